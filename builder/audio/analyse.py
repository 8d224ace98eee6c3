"""One pass over a recording: its loudness, its true length, and the silence at its head and tail."""

from __future__ import annotations

import math
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.audio.ffmpeg import Ffmpeg, Outcome, failure, source_arguments
from builder.audio.loudness import ABSOLUTE_GATE_LUFS, Loudness
from builder.audio.probe import CUT_SHORT_HELP, Fault, SourceFacts
from builder.audio.speech import SAMPLE_BYTES, head_silence_seconds, tail_silence_seconds
from builder.profiles.profile import AudioSettings

# pydub looks for silence in so much of each end, to 10 ms; beyond, the meter's blocks tell it to half a second.
EDGE_SECONDS = 20.0
# Silence is what stays this far below the recording's own loudness, so that a whisper is never cut.
SILENCE_BELOW_LU = 35.0
QUIETEST_SILENCE_DBFS = -75.0
# Below this it is a click: too few frames for players, and for checkers of MP3, to know it for sound.
SHORTEST_SECONDS = 0.25

# The filter prints peaks as linear numbers with three decimals; a gain of 60 dB before it, in double
# precision, moves the digits of quiet recordings into view, and is taken off again here.
_LIFT_DB = 60.0
_BLOCK_SECONDS, _HOP_SECONDS = 0.4, 0.1
_BLOCKS, _PEAKS = "blocks.txt", "peaks.txt"
# `apad` gives a clip shorter than one block a block to be measured in.
_METER = (
    f"volume={_LIFT_DB:.0f}dB:precision=double,apad=whole_dur={_BLOCK_SECONDS},"
    "ebur128=peak=true:metadata=1,"
    f"ametadata=mode=print:key=lavfi.r128.M:file={_BLOCKS},"
    f"ametadata=mode=print:key=lavfi.r128.true_peak:file={_PEAKS}"
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a recording that is meant, in seconds from its first sample; `end` None is its end."""

    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What a recording is, within its window. `silence_dbfs` is what counts as silence in it; `complaint` is
    the decoder's, or "".
    """

    loudness: Loudness
    seconds: float
    head_silence_seconds: float
    tail_silence_seconds: float
    silence_dbfs: float
    complaint: str


def front_filters(settings: AudioSettings, window: Window) -> str:
    """The filters that make a recording into the signal that is measured and encoded: cut, mixed, resampled.

    Time is counted in samples, since a recording's own time stamps may have gaps.
    """
    layout = {1: "mono", 2: "stereo"}[settings.channels]
    cut = f"atrim=start={window.start:.6f}" + ("" if window.end is None else f":end={window.end:.6f}")
    # Without rematrix_maxval a float mix of two channels comes out 3 dB louder than the loudest of them.
    mix = f"out_sample_fmt=flt:out_chlayout={layout}:rematrix_maxval=1"
    return f"asetpts=N/SR/TB,{cut},asetpts=N/SR/TB,aresample={settings.sample_rate_hz}:{mix}"


def analyse(
    ffmpeg: Ffmpeg, path: Path, facts: SourceFacts, settings: AudioSettings, window: Window, folder: Path
) -> Analysis | Fault:
    """Decode the window once and measure it as it would go to the encoder. A fault where it cannot be used.

    `folder` is an empty place to work in.
    """
    frame = SAMPLE_BYTES * settings.channels
    edges = _Edges(int(EDGE_SECONDS * settings.sample_rate_hz) * frame)
    filters = f"[0:a:0]{front_filters(settings, window)},asplit=2[sound][metered];[metered]{_METER}[meter]"
    arguments = [
        *source_arguments(path, facts.kind),
        *("-filter_complex_threads", "1", "-filter_complex", filters),
        *("-map", "[sound]", "-f", "s16le", "-c:a", "pcm_s16le", "pipe:1"),
        *("-map", "[meter]", "-f", "null", "-"),
    ]
    with ffmpeg.stream(arguments, folder) as call:
        for chunk in call:
            edges.add(chunk)
    outcome = call.outcome
    seconds = edges.total / frame / settings.sample_rate_hz
    if fault := _unusable(path, facts, window, seconds, outcome, folder):
        return fault
    meter = _read_meter(folder, seconds, outcome)
    level = meter.loudness.integrated_lufs
    if level is None:
        return Fault(
            code="E501",
            message=f"{path.name} is silent: nothing in its mono mix is louder than {ABSOLUTE_GATE_LUFS:.0f} LUFS",
            help="listen to it; it may be the wrong file, an unplugged microphone, or channels that cancel out",
        )
    threshold = max(level - SILENCE_BELOW_LU, QUIETEST_SILENCE_DBFS)
    head = head_silence_seconds(edges.head, settings.sample_rate_hz, settings.channels, threshold)
    tail = tail_silence_seconds(edges.tail, settings.sample_rate_hz, settings.channels, threshold)
    if seconds > EDGE_SECONDS:
        far_head, far_tail = meter.silence_at_ends(threshold)
        head = max(head, far_head) if head > EDGE_SECONDS - 1 else head
        tail = max(tail, far_tail) if tail > EDGE_SECONDS - 1 else tail
    return Analysis(
        loudness=meter.loudness,
        seconds=seconds,
        head_silence_seconds=head,
        tail_silence_seconds=tail,
        silence_dbfs=threshold,
        complaint=outcome.complaints[0] if outcome.complaints else "",
    )


def measure(ffmpeg: Ffmpeg, path: Path, seconds: float) -> Loudness:
    """The loudness of a finished MP3 of known length, decoded as it ships. It must decode without a complaint."""
    folder = path.parent
    arguments = [
        *(*source_arguments(path, "mp3"), "-filter_complex_threads", "1"),
        *("-filter_complex", f"[0:a:0]{_METER}[metered]", "-map", "[metered]", "-f", "null", "-"),
    ]
    outcome = ffmpeg.run(arguments, folder)
    if outcome.code != 0 or outcome.complaints:
        raise failure(folder, outcome, "the MP3 made for this card does not decode cleanly")
    return _read_meter(folder, seconds, outcome).loudness


class _Edges:
    """The first and the last bytes of a stream, at most `size` of each, and how many there were in all."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.total = 0

    def add(self, chunk: bytes) -> None:
        self.total += len(chunk)
        if len(self._head) < self._size:
            self._head += chunk[: self._size - len(self._head)]
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        while self._tail_size - len(self._tail[0]) >= self._size:
            self._tail_size -= len(self._tail.popleft())

    @property
    def head(self) -> bytes:
        return bytes(self._head)

    @property
    def tail(self) -> bytes:
        return b"".join(self._tail)[-self._size :]


@dataclass(frozen=True, kw_only=True)
class _Meter:
    """What the meter wrote: the level of each 400 ms block, one every 100 ms, and the loudness of them all."""

    levels: array[float]
    loudness: Loudness

    def silence_at_ends(self, threshold: float) -> tuple[float, float]:
        """Seconds at the head and the tail in which no block reaches the threshold; half a second to be safe."""
        loud = [index for index, level in enumerate(self.levels) if level > threshold]
        if not loud:
            return 0.0, 0.0
        head = loud[0] * _HOP_SECONDS - _BLOCK_SECONDS - _HOP_SECONDS
        tail = (len(self.levels) - 1 - loud[-1]) * _HOP_SECONDS - _HOP_SECONDS
        return max(0.0, head), max(0.0, tail)


def _read_meter(folder: Path, seconds: float, outcome: Outcome) -> _Meter:
    """Read what the meter wrote, and take it away. Every block must be there: a full disk loses some in silence."""
    try:
        levels = array("d", (value - _LIFT_DB for value in _values(folder / _BLOCKS)))
        peaks = array("d", _values(folder / _PEAKS))
    except (OSError, ValueError) as error:
        raise failure(folder, outcome, "the loudness meter's numbers are not there") from error
    finally:
        for name in (_BLOCKS, _PEAKS):
            (folder / name).unlink(missing_ok=True)
    expected = math.floor(max(seconds, _BLOCK_SECONDS) / _HOP_SECONDS + 1e-6)
    if min(len(levels), len(peaks)) < expected:
        what = f"the loudness meter wrote {min(len(levels), len(peaks))} of {expected} blocks"
        raise failure(folder, outcome, what)
    blocks = Counter(round(level * 100) for level in levels if level > ABSOLUTE_GATE_LUFS)
    peak = max(peaks)
    return _Meter(
        levels=levels,
        loudness=Loudness(
            blocks=dict(sorted(blocks.items())),
            true_peak_dbtp=20 * math.log10(peak) - _LIFT_DB if peak > 0 else -math.inf,
        ),
    )


def _values(path: Path) -> Iterator[float]:
    """The numbers in a file of ametadata: lines of `key=value` between lines of `frame:`."""
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith("lavfi."):
                value = float(line.partition("=")[2])
                yield value if math.isfinite(value) else ABSOLUTE_GATE_LUFS - 100


def _unusable(
    path: Path, facts: SourceFacts, window: Window, seconds: float, outcome: Outcome, folder: Path
) -> Fault | None:
    """Why what was decoded is not what was asked for, if it is not."""
    if outcome.crashed or (
        outcome.code == 0 and seconds == 0 and not outcome.complaints and facts.seconds > window.start
    ):
        raise failure(folder, outcome, f"ffmpeg stopped while it decoded {path.name}")
    if seconds == 0 and window.start >= facts.seconds > 0:
        return Fault(
            code="E502",
            message=f"`start` is at {window.start:.1f} s; {path.name} is {facts.seconds:.1f} s long",
            help="set `start` inside the recording",
        )
    if outcome.code != 0 or seconds == 0:
        complaint = outcome.complaints[0] if outcome.complaints else "no sound came out of it"
        return Fault(
            code="E503",
            message=f"{path.name} cannot be decoded: {complaint}",
            help="play it in another program; copy or export it again",
        )
    if short := _shortfall(facts, window, seconds):
        return Fault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP)
    if seconds < SHORTEST_SECONDS:
        return Fault(
            code="E507",
            message=f"{path.name} gives {seconds:.3f} s of sound, less than {SHORTEST_SECONDS} s",
            help="is it the right file? Join it to another if it is",
        )
    return None


def _shortfall(facts: SourceFacts, window: Window, seconds: float) -> str:
    """What is missing against the length the header declares, or against the `end` that was asked for."""
    if window.end is not None:
        wanted = window.end - window.start
        if seconds < wanted - 0.5:
            return f"`end` asks for {wanted:.1f} s from {window.start:.1f} s on; there are {seconds:.1f} s"
        return ""
    wanted = facts.seconds - window.start
    if facts.is_exact and seconds < wanted - max(0.5, wanted * 0.005):
        return f"it declares {facts.seconds:.1f} s and holds {window.start + seconds:.1f} s"
    return ""
