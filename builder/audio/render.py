"""A recording becomes the MP3 of a track: cut, mixed to mono, levelled, encoded; then counted and measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from builder.audio import mp3
from builder.audio.analyse import Analysis, Window, front_filters, measure
from builder.audio.ffmpeg import Ffmpeg, failure, source_arguments
from builder.audio.loudness import Loudness, gain_for
from builder.audio.probe import Fault, SourceFacts
from builder.audio.speech import SAMPLE_BYTES, write_spoken_title
from builder.errors import EngineError
from builder.profiles.profile import AudioSettings

# Part of every render's identity: raise it when the same order would give other bytes.
RENDER_REVISION = 2

MAX_TITLE_SECONDS = 60.0
_TITLE_HEADROOM_DB = 1.5
_CLIP_SLACK_SECONDS = 0.01

# An encoder adds its delay and fills its last frame; anything beyond is not what was ordered.
_LENGTH_SLACK_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What a finished MP3 is, found by walking and decoding it."""

    loudness: Loudness
    seconds: float


def render(
    ffmpeg: Ffmpeg,
    source: Path,
    facts: SourceFacts,
    settings: AudioSettings,
    *,
    window: Window,
    seconds: float,
    gain_db: float,
    spoken_title: Path | None,
    out: Path,
) -> Rendered:
    """Write `out`, a bare MP3 stream. `seconds` is what it must last, spoken title included.

    No tag, no Info frame, no encoder's name. Raises StorageError when the disk did not take it all.
    """
    inputs = source_arguments(source, facts.kind)
    chain = f"[0:a:0]{front_filters(settings, window)},volume={gain_db:.2f}dB:precision=float"
    if spoken_title is not None:
        inputs += source_arguments(spoken_title, "wav")
        layout = {1: "mono", 2: "stereo"}[settings.channels]
        chain += (
            f"[track];[1:a:0]aformat=sample_fmts=flt:sample_rates={settings.sample_rate_hz}"
            f":channel_layouts={layout}[title];[title][track]concat=n=2:v=0:a=1"
        )
    arguments = [
        *(*inputs, "-filter_complex_threads", "1", "-filter_complex", f"{chain}[out]", "-map", "[out]"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-c:a", "libmp3lame", "-b:a", f"{settings.bitrate_kbps}k", "-threads", "1"),
        *("-f", "mp3", "-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", f"file:{out.name}"),
    ]
    outcome = ffmpeg.run(arguments, out.parent)
    stream = mp3.walk(out) if out.exists() else None
    length = stream.samples / stream.sample_rate_hz if stream else 0.0
    if (
        outcome.code != 0
        or stream is None
        or stream.trailing_bytes
        or abs(length - seconds) > _LENGTH_SLACK_SECONDS
    ):
        raise failure(out.parent, outcome, f"ffmpeg wrote {length:.2f} s of an MP3 of {seconds:.2f} s")
    expected = (settings.sample_rate_hz, settings.channels, frozenset({settings.bitrate_kbps}))
    if (stream.sample_rate_hz, stream.channels, stream.bitrates_kbps) != expected:
        raise EngineError(f"ffmpeg wrote {stream} where {settings} was asked for")
    mp3.clear_ancillary(out)
    return Rendered(loudness=measure(ffmpeg, out, length), seconds=length)


def render_spoken_title(
    ffmpeg: Ffmpeg,
    source: Path,
    facts: SourceFacts,
    settings: AudioSettings,
    found: Analysis,
    *,
    pause_seconds: float,
    out: Path,
) -> float:
    """Make the WAV of a spoken title: trimmed, at the target level, its pause behind it. Returns its seconds."""
    arguments = [
        *(*source_arguments(source, facts.kind), "-filter_complex_threads", "1"),
        *("-filter_complex", f"[0:a:0]{front_filters(settings, Window())}[out]", "-map", "[out]"),
        *("-f", "s16le", "-c:a", "pcm_s16le", "pipe:1"),
    ]
    with ffmpeg.stream(arguments, out.parent) as call:
        pcm = b"".join(call)
    length = len(pcm) / (SAMPLE_BYTES * settings.channels * settings.sample_rate_hz)
    if call.outcome.code != 0 or abs(length - found.seconds) > _CLIP_SLACK_SECONDS:
        raise failure(
            out.parent, call.outcome, f"ffmpeg read {length:.2f} of {found.seconds:.2f} s of {source.name}"
        )
    # The title's peaks stay below the ceiling, so that they never hold down the recording behind it.
    modest = replace(settings, peak_dbtp=settings.peak_dbtp - _TITLE_HEADROOM_DB)
    return write_spoken_title(
        out,
        pcm,
        settings.sample_rate_hz,
        settings.channels,
        gain_db=gain_for(found.loudness, modest),
        threshold_dbfs=found.silence_dbfs,
        pause_seconds=pause_seconds,
    )


def title_fault(path: Path, found: Analysis | Fault) -> Fault | None:
    """Why a clip cannot be a spoken title, if it cannot."""
    if isinstance(found, Fault):
        return found
    if found.seconds <= MAX_TITLE_SECONDS:
        return None
    return Fault(
        code="E504",
        message=f"{path.name} lasts {found.seconds:.0f} s; a spoken title at most {MAX_TITLE_SECONDS:.0f} s",
        help="is this the recording itself? `announce` names a clip that says the title",
    )


def trimmed(
    window: Window, found: Analysis, *, head_silence_seconds: float, tail_silence_seconds: float
) -> tuple[Window, float]:
    """The window less what silence is too much at either end, and how long it lasts."""
    head = max(0.0, found.head_silence_seconds - head_silence_seconds)
    tail = max(0.0, found.tail_silence_seconds - tail_silence_seconds)
    seconds = found.seconds - head - tail
    return Window(start=window.start + head, end=window.start + head + seconds), seconds
