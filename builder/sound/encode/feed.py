"""The samples for the encoder: clips in a row, at their level, limited and faded, a second at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.sound.decode.ffmpeg import failure
from builder.sound.decode.graph import Clip
from builder.sound.decode.pcm import SAMPLE_BYTES, Decoder, decode, heard_of, read_pcm
from builder.sound.loudness.decibels import factor_of
from builder.sound.loudness.envelope import BINS_PER_SECOND
from builder.sound.loudness.exact import Samples
from builder.sound.loudness.limiter import Curve


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The part of a clip that a track plays, from `start` to `end` in seconds. `spool` holds its samples, if kept."""

    clip: Clip
    start: float
    end: float
    spool: Path | None

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Fades:
    """Seconds of fading at either end of a track."""

    fade_in: float = 0.0
    fade_out: float = 0.0


def stream_samples(
    decoder: Decoder, cuts: Sequence[Cut], *, gain_db: float, curve: Curve | None, fades: Fades
) -> Iterator[Samples]:
    """The samples of a track, in pieces of up to a second: (n,). Raises EngineError where some are missing."""
    rate_hz = decoder.rate_hz
    length = sum(_count(cut, rate_hz) for cut in cuts)
    ends = (round(fades.fade_in * rate_hz), round(fades.fade_out * rate_hz))
    gain = np.float32(gain_factor(gain_db))
    at = 0
    pieces = (piece for cut in cuts for piece in _samples(decoder, cut))
    for piece in _by_seconds(pieces, rate_hz):
        sound = piece * gain
        if curve is not None:
            _limit(sound, at, rate_hz, curve)
        _fade(sound, at, length, ends)
        at += len(sound)
        yield sound


def _by_seconds(pieces: Iterator[Samples], rate_hz: int) -> Iterator[Samples]:
    """The same samples, a second at a time, so that their arithmetic does not depend on how they came."""
    waiting = np.empty(0, np.float32)
    for piece in pieces:
        if len(waiting) or len(piece) != rate_hz:
            waiting = np.concatenate([waiting, piece])
            whole = len(waiting) - len(waiting) % rate_hz
            yield from (waiting[start : start + rate_hz] for start in range(0, whole, rate_hz))
            waiting = waiting[whole:]
        else:
            yield piece
    if len(waiting):
        yield waiting


def gain_factor(gain_db: float) -> float:
    """What each sample is multiplied by: a number that 32 bits hold exactly."""
    return float(np.float32(factor_of(gain_db)))


def _count(cut: Cut, rate_hz: int) -> int:
    return round(cut.end * rate_hz) - round(cut.start * rate_hz)


def _samples(decoder: Decoder, cut: Cut) -> Iterator[Samples]:
    """The samples of a cut, from its spool or decoded again: the same ones."""
    rate_hz = decoder.rate_hz
    first, missing = round(cut.start * rate_hz), _count(cut, rate_hz)
    if cut.spool is not None:
        with cut.spool.open("rb") as file:
            file.seek(first * SAMPLE_BYTES)
            while missing and len(piece := np.fromfile(file, np.float32, min(missing, rate_hz))):
                missing -= len(piece)
                yield piece
        if missing:
            raise OSError(f"{cut.spool.name} lacks {missing} samples")
        return
    with decode(decoder, cut.clip) as call:
        for samples in read_pcm(call).samples:
            piece = heard_of(samples, cut.clip)[first : first + missing]
            first = max(0, first - len(samples))
            missing -= len(piece)
            if len(piece):
                yield piece
            if not missing:
                break  # what follows is not asked for
    if missing:
        raise failure(
            decoder.folder, call.outcome, f"ffmpeg left out {missing} samples of {cut.clip.path.name}"
        )


def _limit(sound: Samples, at: int, rate_hz: int, curve: Curve) -> None:
    """Apply the limiter's curve to the samples that begin at `at`, in place; beyond its end it is 1."""
    first = at * BINS_PER_SECOND // rate_hz
    last = -(-(at + len(sound)) * BINS_PER_SECOND // rate_hz)
    edges = curve[first : last + 1]
    if edges.min(initial=1.0) == 1.0:
        return
    if len(sound) == rate_hz and rate_hz % BINS_PER_SECOND == 0 and len(edges) == BINS_PER_SECOND + 1:
        size = rate_hz // BINS_PER_SECOND
        part = np.arange(size, dtype=np.float32) / np.float32(size)
        sound *= (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * part).reshape(-1)
    else:  # the same, where bins are no whole number of samples, or the curve ends
        places, end = (
            (at + np.arange(len(sound))) * BINS_PER_SECOND - first * rate_hz,
            (len(edges) - 1) * rate_hz,
        )
        bins, rest = np.divmod(np.minimum(places, end), rate_hz)
        rises = np.append(edges[1:] - edges[:-1], np.float32(0))
        lines = edges[bins] + rises[bins] * (rest.astype(np.float32) / np.float32(rate_hz))
        sound *= np.where(places > end, np.float32(1), lines)


def _fade(sound: Samples, at: int, length: int, ends: tuple[int, int]) -> None:
    """Fade in over the first samples of a track and out over its last, in straight lines, in place."""
    fade_in, fade_out = ends
    if at < fade_in:
        count = min(len(sound), fade_in - at)
        sound[:count] *= ((at + np.arange(count)) / fade_in).astype(np.float32)
    left = length - at
    if left - len(sound) < fade_out:
        start = max(0, left - fade_out)
        sound[start:] *= ((left - 1 - np.arange(start, len(sound))) / fade_out).astype(np.float32)
