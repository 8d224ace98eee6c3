"""One decoding of a recording: its envelope, both its channels, its first and last seconds."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from builder.manifest.shaping import Channel
from builder.sound.decode.ffmpeg import Outcome
from builder.sound.decode.graph import Clip
from builder.sound.decode.pcm import Decoder, decode, digest_is_wrong, heard_of, pcm16, read_pcm
from builder.sound.decode.spool import Spool
from builder.sound.loudness.envelope import Envelope
from builder.sound.loudness.exact import Samples
from builder.sound.loudness.meter import ClippingCounter, Meter
from builder.sources.probe import longest_seconds

# pydub looks for silence in so much of each end; beyond, the envelope tells.
EDGE_SECONDS = 20.0

# A channel with so little of the other's power, 30 dB below it, carries no voice, only the noise of an open cable.
_DEAD_BELOW = 0.001
# Two channels whose mean has so little left of their power cancel each other out: one was wired the wrong way.
_CANCELLED = 0.05
# So much direct current (-34 dBFS) takes room from the peaks: a fault of a cheap sound card.
_SHIFTED = 0.02
ChannelFault: TypeAlias = Literal["", "dead", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What came out of one decoding. `powers` and `means` are those of the left and the right channel and of both."""

    envelope: Envelope
    edges: Edges
    channels: int
    powers: tuple[float, float, float]
    means: tuple[float, float, float]
    clipped_samples: int
    is_begun: bool  # ffmpeg wrote something, be it only a header
    is_strange: bool  # it held samples that are no numbers, and was left there
    is_damaged: bool  # its samples are not those that its own digest tells of
    outcome: Outcome

    @property
    def louder(self) -> Channel:
        return "left" if self.powers[0] >= self.powers[1] else "right"

    def shift_of(self, channel: Channel) -> float:
        """The direct current in what is used of the channels; 0 where it takes no room from the sound."""
        mean = self.means[{"left": 0, "right": 1}.get(channel, 2)]
        return round(mean, 6) if abs(mean) >= _SHIFTED else 0.0

    @property
    def channel_fault(self) -> ChannelFault:
        left, right, mean = self.powers
        if self.channels == 1 or not max(left, right):
            return ""
        if min(left, right) < max(left, right) * _DEAD_BELOW:
            return "dead"
        return "cancelled" if mean < _CANCELLED * (left + right) / 2 else ""


def decode_and_measure(decoder: Decoder, clip: Clip, spool: Spool) -> Decoded:
    """Decode a clip to its end, and keep it. Nothing is judged here, not even that it has sound.

    Of a clip that is not yet known, `channel` "auto" is heard as the mean, and `channels` is not looked at.
    """
    strange, rate_hz = False, decoder.rate_hz
    with decode(decoder, clip, is_digested=True) as call:
        pcm = read_pcm(call)
        meter, edges = Meter(rate_hz), Edges(int(EDGE_SECONDS * rate_hz))
        sides = _ChannelStats(pcm.channels)
        for samples in pcm.samples:
            strange = not _are_numbers(samples)
            if strange or sides.count > longest_seconds(clip.facts.bytes) * rate_hz:
                break
            sides.add(samples)
            used = heard_of(samples, clip)
            meter.add(used[:, None])
            edges.add(used)
            spool.add(used)
    return Decoded(
        envelope=meter.finish(),
        edges=edges,
        channels=pcm.channels,
        powers=sides.powers,
        means=sides.means,
        clipped_samples=sides.tops.count,
        is_begun=pcm.is_begun,
        is_strange=strange,
        is_damaged=not strange and digest_is_wrong(clip, call.outcome, decoder.folder),
        outcome=call.outcome,
    )


def _are_numbers(samples: Samples) -> bool:
    """Whether none is NaN or infinite; their sum would be, too."""
    with np.errstate(invalid="ignore"):
        return math.isfinite(samples.sum())


class _ChannelStats:
    """Power and mean of one or two channels and of what they are together, and the samples cut off in either."""

    def __init__(self, channels: int) -> None:
        self._squares, self._sums, self.count = np.zeros(3), np.zeros(3), 0
        self.tops = ClippingCounter(channels)

    def add(self, samples: Samples) -> None:
        self.count += len(samples)
        if samples.shape[1] == 1:
            self._sums += float(samples.sum())
        else:
            left, right = samples.T
            for at, side in enumerate((left, right, (left + right) * np.float32(0.5))):
                self._squares[at] += np.square(side, dtype=np.float64).sum()
                self._sums[at] += side.sum(dtype=np.float64)
        self.tops.add(samples)

    @property
    def means(self) -> tuple[float, float, float]:
        left, right, both = self._sums / max(1, self.count)
        return float(left), float(right), float(both)

    @property
    def powers(self) -> tuple[float, float, float]:
        """Mean squares without the direct current, which is no sound."""
        left, right, both = self._squares / max(1, self.count) - np.square(self.means)
        return float(left), float(right), float(both)


class Edges:
    """The first and the last samples of a clip, at most `size` of each."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._head: list[Samples] = []
        self._tail: deque[Samples] = deque()
        self._head_size = self._tail_size = 0

    def add(self, samples: Samples) -> None:
        if self._head_size < self._size:
            self._head.append(samples[: self._size - self._head_size])
            self._head_size += len(self._head[-1])
        self._tail.append(samples)
        self._tail_size += len(samples)
        while self._tail_size - len(self._tail[0]) >= self._size:
            self._tail_size -= len(self._tail.popleft())

    @property
    def head(self) -> bytes:
        """As 16-bit samples, which is what pydub reads."""
        return pcm16(np.concatenate([*self._head, _NONE]))

    @property
    def tail(self) -> bytes:
        return pcm16(np.concatenate([*self._tail, _NONE])[-self._size :])


_NONE = np.empty(0, np.float32)
