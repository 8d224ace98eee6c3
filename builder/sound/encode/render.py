"""Clips become the MP3 of a track: levelled, limited, encoded; then counted, decoded and measured.

What was encoded is decoded by libsndfile, whose MP3 decoder is mpg123: not the program that wrote the file, but one of
the family that players use, and faster in this than ffmpeg. For one channel it gives the same samples on every x86-64
(tests/sound/test_processors.py).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from builder.errors import EngineError
from builder.manifest.shaping import Quality
from builder.profiles.profile import AudioSettings
from builder.sound.decode.ffmpeg import Ffmpeg, failure
from builder.sound.decode.pcm import Decoder, pcm16
from builder.sound.encode.feed import Cut, Fades, gain_factor, stream_samples
from builder.sound.encode.speech import spoken_title
from builder.sound.loudness.envelope import Envelope
from builder.sound.loudness.exact import Samples
from builder.sound.loudness.limiter import Curve
from builder.sound.loudness.meter import Meter
from builder.sound.mp3 import walk
from builder.sound.mp3.ancillary import clear_ancillary

DECODER = f"libsndfile {soundfile.__libsndfile_version__}"
_BLOCK = 65536


class _Straight(soundfile.SoundFile):  # type: ignore[misc]  # soundfile ships no types
    """Reads from the start to the end. soundfile would seek to where it is after every block, and mpg123 begins again
    there without the bits that low-rate MP3 keeps in the frames before: other samples, and complaints about
    `part2_3_length` (its side info of MPEG-2 is cleared one byte too late; measured with 1.31.2 and 1.34).
    """

    def seekable(self) -> bool:
        return False


# A decoder may hold back its own delay at the start, and what the last frame has no successor for.
_HELD_BACK = 3 * 1152


def measure_encoded(path: Path, rate_hz: int, samples: int) -> Envelope:
    """Measure a finished mono MP3 that must hold `samples`. Raises EngineError when it does not decode to that."""
    meter = Meter(rate_hz)
    heard = 0
    buffer = np.empty((_BLOCK, 1), np.float32)
    try:
        with _Straight(path) as sound:
            if (sound.samplerate, sound.channels) != (rate_hz, 1):
                found = f"{sound.samplerate} Hz, {sound.channels} channels"
                raise EngineError(f"the MP3 made for this card decodes to {found}")
            while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True, out=buffer)):
                meter.add(block)
                heard += len(block)
    except soundfile.LibsndfileError as error:
        raise EngineError(f"the MP3 made for this card does not decode: {error}") from error
    if abs(heard - samples) > _HELD_BACK:
        raise EngineError(f"the MP3 made for this card decodes to {heard} of {samples} samples")
    return meter.finish()


# Part of every render's identity: raise it when the same order would give other bytes.
RENDER_REVISION = 6

MAX_TITLE_SECONDS = 60.0

# An encoder adds its delay and fills its last frame; anything beyond is not what was ordered.
_LENGTH_SLACK_SECONDS = 0.25
# LAME's own scale: 3 is what it does when it is not asked, 2 what its authors recommend where time does not matter,
# 7 takes half the time. No listening test has told 3 from 7 yet.
_LAME_QUALITY: Mapping[Quality, int] = {"fast": 7, "standard": 3, "best": 2}


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What a finished MP3 is, found by walking and decoding it."""

    envelope: Envelope
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Signal:
    """What a render is made of: cuts one behind the other, their gain, and the limiter's curve where one is needed."""

    cuts: Sequence[Cut]
    gain_db: float
    curve: Curve | None


def render(
    ffmpeg: Ffmpeg,
    signal: Signal,
    settings: AudioSettings,
    *,
    fades: Fades,
    title: Sequence[Samples],
    out: Path,
) -> Rendered:
    """Write `out`, a bare MP3 stream: no tag, no Info frame, no encoder's name. The pieces of `title` are played before
    the signal.

    Raises StorageError when the disk did not take it all.
    """
    rate = settings.sample_rate_hz
    spool = _spool_to_read(signal, fades, title)
    raw = ("-f", "f32le", "-ar", str(rate), "-ac", "1")
    source = ["-protocol_whitelist", "pipe", *raw, "-i", "pipe:0"]
    if spool is not None:
        source = ["-protocol_whitelist", "file", *raw, "-i", f"file:{spool}", *_one_cut(signal, rate)]
    seconds = sum(cut.seconds for cut in signal.cuts) + sum(len(piece) for piece in title) / rate
    most_bytes = int((seconds + 60) * settings.bitrate_kbps * 125)
    arguments = [
        *("-xerror", *source),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-c:a", "libmp3lame", "-b:a", f"{settings.bitrate_kbps}k", "-threads", "1"),
        *("-compression_level", str(_LAME_QUALITY[settings.quality])),
        *("-f", "mp3", "-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0"),
        *("-fs", str(most_bytes), f"file:{out.name}"),
    ]
    with closing(
        _feed(Decoder(ffmpeg=ffmpeg, rate_hz=rate, folder=out.parent), signal, fades, title)
    ) as feed:
        outcome = ffmpeg.run(arguments, out.parent, feed if spool is None else None)
    stream = walk.walk(out) if out.exists() else None
    length = stream.samples / stream.sample_rate_hz if stream else 0.0
    if (
        outcome.code != 0
        or stream is None
        or stream.trailing_bytes
        or abs(length - seconds) > _LENGTH_SLACK_SECONDS
    ):
        raise failure(out.parent, outcome, f"ffmpeg wrote {length:.2f} s of an MP3 of {seconds:.2f} s")
    expected = (rate, settings.channels, frozenset({settings.bitrate_kbps}))
    if (stream.sample_rate_hz, stream.channels, stream.bitrates_kbps) != expected:
        raise EngineError(f"ffmpeg wrote {stream} where {settings} was asked for")
    left = clear_ancillary(out).left
    if left is not None:
        message = f"ffmpeg wrote an MP3 as its encoder is not known to: at byte {left.offset:,}, {left.what}"
        raise EngineError(message, "use the ffmpeg that comes with this program: unset IMAGEIO_FFMPEG_EXE")
    return Rendered(envelope=measure_encoded(out, rate, stream.samples), seconds=length)


def _spool_to_read(signal: Signal, fades: Fades, title: Sequence[Samples]) -> Path | None:
    """The spool that ffmpeg can read by itself, which costs less than to be fed: one cut, and only its gain to set.

    The bytes that come out are the same, since both multiply each sample by the same 32-bit number.
    """
    is_plain = signal.curve is None and fades == Fades() and not title
    return signal.cuts[0].spool if is_plain and len(signal.cuts) == 1 else None


def _one_cut(signal: Signal, rate_hz: int) -> list[str]:
    (cut,) = signal.cuts
    start, end = round(cut.start * rate_hz), round(cut.end * rate_hz)
    gain = f"volume={gain_factor(signal.gain_db)!r}:precision=float"
    filters = f"[0:a:0]atrim=start_sample={start}:end_sample={end},{gain}[out]"
    return ["-filter_complex_threads", "1", "-filter_complex", filters, "-map", "[out]"]


def _feed(
    decoder: Decoder, signal: Signal, fades: Fades, title: Sequence[Samples]
) -> Generator[memoryview, None, None]:
    for spoken in title:
        yield spoken.data
    for piece in stream_samples(
        decoder, signal.cuts, gain_db=signal.gain_db, curve=signal.curve, fades=fades
    ):
        yield piece.data


def render_title(
    ffmpeg: Ffmpeg,
    signal: Signal,
    settings: AudioSettings,
    *,
    silence_dbfs: float,
    pause_seconds: float,
    folder: Path,
) -> Samples:
    """The samples of a recording that says a title, or part of one: levelled, trimmed, its pause behind it."""
    rate = settings.sample_rate_hz
    decoder = Decoder(ffmpeg=ffmpeg, rate_hz=rate, folder=folder)
    pieces = stream_samples(decoder, signal.cuts, gain_db=signal.gain_db, curve=signal.curve, fades=Fades())
    clip = pcm16(np.concatenate(list(pieces)))
    threshold = silence_dbfs + signal.gain_db
    pcm = spoken_title(clip, rate, threshold_dbfs=threshold, pause_seconds=pause_seconds)
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
