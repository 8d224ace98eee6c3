"""One pass over a recording: its loudness, its true length, and the silence at its head and tail."""

from __future__ import annotations

import math
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.audio.ffmpeg import Ffmpeg, source_arguments
from builder.audio.loudness import ABSOLUTE_GATE_LUFS, Loudness
from builder.audio.probe import CUT_SHORT_HELP, Fault, SourceFacts
from builder.audio.speech import SAMPLE_BYTES, head_silence_seconds, tail_silence_seconds
from builder.errors import EngineError
from builder.profiles.profile import AudioSettings

# Silence is looked for in so much of each end; what is longer stays beyond it.
EDGE_SECONDS = 20.0
# Silence is what stays this far below the recording's own loudness, so that a whisper is never cut.
SILENCE_BELOW_LU = 35.0
QUIETEST_SILENCE_DBFS = -75.0

# The filter prints peaks as linear numbers with three decimals; a gain of 60 dB before it, in double
# precision, moves the digits of quiet recordings into view, and is taken off again here.
_LIFT_DB = 60.0
# `apad` gives a clip shorter than one block a block to be measured in.
_METER = (
    f"volume={_LIFT_DB:.0f}dB:precision=double,apad=whole_dur=0.4,"
    "ebur128=peak=true:metadata=1,"
    "ametadata=mode=print:key=lavfi.r128.M:file=blocks.txt,"
    "ametadata=mode=print:key=lavfi.r128.true_peak:file=peaks.txt"
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
    ffmpeg: Ffmpeg, path: Path, facts: SourceFacts, settings: AudioSettings, window: Window
) -> Analysis | Fault:
    """Decode the window once and measure it as it would go to the encoder. A fault where it cannot be used."""
    head = bytearray()
    tail: deque[bytes] = deque()
    tail_size = total = 0
    frame = SAMPLE_BYTES * settings.channels
    edge = int(EDGE_SECONDS * settings.sample_rate_hz) * frame
    with tempfile.TemporaryDirectory(prefix="packbuilder-") as name:
        folder = Path(name)
        filters = (
            f"[0:a:0]{front_filters(settings, window)},asplit=2[sound][metered];[metered]{_METER},anullsink"
        )
        arguments = [
            *source_arguments(path, facts.kind),
            *("-filter_complex_threads", "1", "-filter_complex", filters),
            *("-map", "[sound]", "-f", "s16le", "-c:a", "pcm_s16le", "pipe:1"),
        ]
        with ffmpeg.stream(arguments, folder) as call:
            for chunk in call:
                total += len(chunk)
                if len(head) < edge:
                    head += chunk[: edge - len(head)]
                tail.append(chunk)
                tail_size += len(chunk)
                while tail_size - len(tail[0]) >= edge:
                    tail_size -= len(tail.popleft())
        complaint = call.outcome.complaints[0] if call.outcome.complaints else ""
        seconds = total / frame / settings.sample_rate_hz
        if call.outcome.code != 0 or total == 0:
            return _undecodable(path, facts, window, complaint)
        loudness = _read_meter(folder)
    if short := _shortfall(facts, window, seconds):
        return Fault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP)
    level = loudness.integrated_lufs
    if level is None:
        return Fault(
            code="E501",
            message=f"{path.name} is silent: nothing in it is louder than {ABSOLUTE_GATE_LUFS:.0f} LUFS",
            help="listen to it; it may be the wrong file, or an unplugged microphone",
        )
    threshold = max(level - SILENCE_BELOW_LU, QUIETEST_SILENCE_DBFS)
    rate, channels = settings.sample_rate_hz, settings.channels
    return Analysis(
        loudness=loudness,
        seconds=seconds,
        head_silence_seconds=head_silence_seconds(bytes(head), rate, channels, threshold),
        tail_silence_seconds=tail_silence_seconds(b"".join(tail)[-edge:], rate, channels, threshold),
        silence_dbfs=threshold,
        complaint=complaint,
    )


def measure(ffmpeg: Ffmpeg, path: Path) -> Loudness:
    """The loudness of a finished MP3, decoded as it ships. EngineError where it does not decode cleanly."""
    with tempfile.TemporaryDirectory(prefix="packbuilder-") as name:
        folder = Path(name)
        arguments = [
            *(*source_arguments(path, "mp3"), "-filter_complex_threads", "1"),
            *("-filter_complex", f"[0:a:0]{_METER}[metered]", "-map", "[metered]", "-f", "null", "-"),
        ]
        outcome = ffmpeg.run(arguments, folder)
        if outcome.code != 0 or outcome.complaints:
            what = outcome.complaints[0] if outcome.complaints else f"exit code {outcome.code}"
            raise EngineError(f"the MP3 made for this card does not decode cleanly: {what}")
        return _read_meter(folder)


def _read_meter(folder: Path) -> Loudness:
    blocks: Counter[int] = Counter()
    for value in _values(folder / "blocks.txt"):
        level = value - _LIFT_DB
        if level > ABSOLUTE_GATE_LUFS:
            blocks[round(level * 100)] += 1
    peak = max(_values(folder / "peaks.txt"), default=0.0)
    peak_dbtp = 20 * math.log10(peak) - _LIFT_DB if peak > 0 else -math.inf
    return Loudness(blocks=dict(sorted(blocks.items())), true_peak_dbtp=peak_dbtp)


def _values(path: Path) -> Iterator[float]:
    """The numbers in a file of ametadata: lines of `key=value` between lines of `frame:`."""
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if line.startswith("lavfi."):
                value = float(line.partition("=")[2])
                if math.isfinite(value):
                    yield value


def _undecodable(path: Path, facts: SourceFacts, window: Window, complaint: str) -> Fault:
    if window.start >= facts.seconds > 0:
        return Fault(
            code="E502",
            message=f"`start` is at {window.start:.1f} s; {path.name} is {facts.seconds:.1f} s long",
            help="set `start` inside the recording",
        )
    return Fault(
        code="E503",
        message=f"{path.name} cannot be decoded: {complaint or 'no sound came out of it'}",
        help="play it in another program; copy or export it again",
    )


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
