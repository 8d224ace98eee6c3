"""What a source file is, without decoding it: its kind by its first bytes, its length, and whether its end is there.

The tags in it are stepped over by arithmetic: they may unfold to any size.
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Literal

import mutagen.mp3

from builder.audio import frames, headers
from builder.audio.ending import Riff, missing_end, read_riff
from builder.opening import open_file

Kind = Literal["mp3", "wav", "flac", "ogg", "m4a"]

# The name endings each kind usually has; another ending is worth a warning, since someone renamed the file.
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "mp3": (".mp3",),
    "wav": (".wav", ".wave"),
    "flac": (".flac",),
    "ogg": (".ogg", ".oga", ".opus"),
    "m4a": (".m4a", ".mp4", ".m4b", ".aac"),
}
_LEAST_RATE, _MOST_RATE, _MOST_CHANNELS = 4000, 384_000, 64
_FRAMES_ASKED = 200
_PLACES_ASKED, _PLACE_BYTES = 16, 4096
_MOST_TAGS = 100
LONGEST_HOURS = 24
# A third of what the lowest codec of speech takes; only pauses take less, and no recording of hours is all pause.
_LEAST_BYTES_A_SECOND, _SILENT_SECONDS = 250, 3600
# Of MPEG audio 448 kbit/s is the most there is; besides there may be pictures and room for them.
_MOST_MPEG_BYTES_A_SECOND, _MOST_EXTRA_BYTES = 56_000, 1 << 26
# What else recorders and downloads leave behind, so that a finding can say it by name.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x30\x26\xb2\x75", "Windows Media (WMA)"),
    (b"#!AMR", "AMR"),
    (b"RF64", "a WAV of more than 4 GiB (RF64)"),
    (b"riff\x2e\x91\xcf\x11", "a WAV of more than 4 GiB (Wave64)"),
    (b"FORM", "AIFF"),
    (b"\xff\xf1", "raw AAC"),
    (b"\xff\xf9", "raw AAC"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a list for joining files"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"<", "a web page"),
)


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """A source that can be read. `seconds` is what its header says, exact if `is_exact`, else an estimate.

    `tag_bytes` are those of ID3 before the sound, `end_bytes` those of an MP3's tags behind it. `md5` is a FLAC's own
    digest of its samples of so many `bits`, or "".
    """

    kind: Kind
    bytes: int
    seconds: float
    is_exact: bool
    tag_bytes: int = 0
    end_bytes: int = 0
    md5: str = ""
    bits: int = 0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a source cannot be used as it is: a finding's code and words, without a place."""

    code: str
    message: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Probed:
    """`facts` is None where a fault forbids any use; a file cut short has both."""

    facts: SourceFacts | None
    faults: tuple[Fault, ...] = ()


def probe(path: Path) -> Probed:
    """Look at an existing file. Reads its first and last kilobytes only. OSError where it does not open."""
    if not S_ISREG(path.stat().st_mode):
        found = "a folder" if path.is_dir() else "no regular file"
        return _refused("E303", f"{path.name} is {found}", "name one audio file")
    with open_file(path) as stream:
        size = stream.seek(0, 2)
        if size == 0:
            again = "copy the recording again from where it came"
            return _refused("E304", f"{path.name} is empty (0 bytes)", again)
        return _look(path, stream, size)


def _look(path: Path, stream: BinaryIO, size: int) -> Probed:
    start = min(_behind_tags(stream), size)
    stream.seek(0)
    head = stream.read(4096)
    stream.seek(start)
    kind = "flac" if start and stream.read(4) == b"fLaC" else _kind(head)
    if kind is None:
        return _refused(
            "E305",
            f"{path.name} is not a recording this program reads: {_other(head)}",
            "save it as MP3, WAV, FLAC, Ogg or M4A",
        )
    faults = []
    if path.suffix.lower() not in _ENDINGS[kind]:
        faults.append(
            Fault(
                code="W306",
                message=f"{path.name} is {kind.upper()} inside, whatever its name says",
                help="it is read as what it is; rename it to avoid confusion",
            )
        )
    short = ""
    again = "copy it again from where it came"
    try:
        short = missing_end(stream, kind, size)
        facts = _facts(stream, kind, size, start)
    except (mutagen.MutagenError, struct.error, EOFError, ValueError, IndexError, KeyError) as error:
        if short:  # what cannot be read is most likely in the part that is missing
            return _refused("E307", f"{path.name} is cut short: {short}", again)
        return _refused(
            "E305",
            f"{path.name} begins like {kind.upper()} but cannot be read: {error}",
            "record or copy it again",
        )
    longest = longest_seconds(size)
    if facts.seconds > longest and short:  # no card could be planned by such a length
        return _refused("E307", f"{path.name} is cut short: {short}", again)
    if facts.seconds > longest:
        hours = f"{facts.seconds / 3600:,.0f} hours long, by its header"
        return _refused("E313", f"{path.name} is {hours}, and has {size:,} bytes", TOO_LONG_HELP)
    if short:
        faults.append(Fault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP))
    return Probed(facts=facts, faults=tuple(faults))


def longest_seconds(size: int) -> float:
    """How long a recording of so many bytes can be: a day, or so long as a voice fits into them."""
    return min(LONGEST_HOURS * 3600.0, max(_SILENT_SECONDS, size / _LEAST_BYTES_A_SECOND))


TOO_LONG_HELP = (
    f"no recording may be longer than {LONGEST_HOURS} hours, or than an hour with less than "
    f"{_LEAST_BYTES_A_SECOND} bytes a second; save it again, or divide it"
)
CUT_SHORT_HELP = "copy it again from where it came; if this is all there is, set `end:` before the cut"


def _refused(code: str, message: str, help_text: str) -> Probed:
    return Probed(facts=None, faults=(Fault(code=code, message=message, help=help_text),))


def _kind(head: bytes) -> Kind | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "ogg"
    if head[4:8] == b"ftyp":
        return "m4a"
    # Layer bits 00 are AAC, which shares the sync word; 01 to 11 are MPEG audio.
    is_frame = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0
    return "mp3" if head[:3] == b"ID3" or (is_frame and head[:3] != b"\xff\xd8\xff") else None


def _other(head: bytes) -> str:
    for start, name in _OTHERS:
        if head.startswith(start):
            return f"it is {name}"
    try:
        head[:1024].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < 1000:
            return "its first bytes are of no known kind"
    return "it is text" if b"\0" not in head[:1024] else "its first bytes are of no known kind"


def _behind_tags(stream: BinaryIO) -> int:
    """Where the ID3v2 tags at the beginning end; 0 without one. No program writes more than a few."""
    at = 0
    for _ in range(_MOST_TAGS):
        stream.seek(at)
        size = frames.id3v2_size(stream.read(10))
        if not size:
            break
        at += size
    return at


def _facts(stream: BinaryIO, kind: Kind, size: int, start: int) -> SourceFacts:
    flac: headers.Flac | None = None
    is_exact, end_bytes, most_bytes_a_second = True, 0, math.inf
    if kind in ("mp3", "flac", "ogg"):
        _refuse_holes(stream, size, start)
    match kind:
        case "mp3":
            seconds, is_exact, end_bytes = _mp3_seconds(stream)
            most_bytes_a_second = _MOST_MPEG_BYTES_A_SECOND
        case "wav":
            riff = read_riff(stream, size)
            seconds, is_exact = _wav_seconds(riff), riff.is_plain
        case "flac":
            stream.seek(start)
            flac = headers.flac(stream.read(42))
            seconds = flac.seconds
            most_bytes_a_second = flac.most_bytes_a_second
            is_exact = seconds > 0  # a FLAC stream may leave its length open
        case "m4a":
            seconds = headers.m4a_seconds(stream, size)
        case "ogg":
            found = headers.ogg(stream, size)
            seconds, flac = found.seconds, found.flac
    if seconds <= 0 and kind != "flac":
        raise ValueError("it has no sound in it")
    if 0 < seconds < (size - start - _MOST_EXTRA_BYTES) / most_bytes_a_second:
        raise ValueError(
            f"{size:,} bytes are more than the {seconds:,.0f} s of sound that it tells of can have"
        )
    return SourceFacts(
        kind=kind,
        bytes=size,
        seconds=seconds,
        is_exact=is_exact,
        tag_bytes=start,
        end_bytes=end_bytes,
        md5=flac.md5 if flac else "",
        bits=flac.bits if flac else 0,
    )


def _refuse_holes(stream: BinaryIO, size: int, start: int) -> None:
    """Raise ValueError for a large file that is mostly one byte again and again behind its tags, as no sound is."""
    step = (size - start) // _PLACES_ASKED
    places = range(start, size - step, step) if size - start > _MOST_EXTRA_BYTES else ()
    empty = 0
    for place in places:
        stream.seek(place)
        empty += len(set(stream.read(_PLACE_BYTES))) == 1
    if 2 * empty > len(places):
        raise ValueError(f"there is nothing in most of its {size:,} bytes")


def _wav_seconds(riff: Riff) -> float:
    rate, channels = riff.sample_rate_hz, riff.channels
    is_sane = _LEAST_RATE <= rate <= _MOST_RATE and 1 <= channels <= _MOST_CHANNELS
    if not is_sane or riff.bytes_per_second < rate * channels // 8:
        raise ValueError(
            f"its header says {rate:,} Hz, {channels} channels, {riff.bytes_per_second:,} bytes a second"
        )
    return riff.length / riff.bytes_per_second


def _mp3_seconds(stream: BinaryIO) -> tuple[float, bool, int]:
    """Seconds, and whether an Info frame counts them, else they are estimated from the first frames; bytes of tags at
    the end.
    """
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, _ = frames.bounds(data)
        behind = frames.tags_behind(data)
        if start >= len(data):
            raise mutagen.MutagenError("it holds a tag and no sound")
        offset = frames.first_frame(data, start)
        header = frames.parse_header(data[offset : offset + 4]) if offset is not None else None
        if offset is None or header is None:  # Layer I or II, or rubbish: mutagen tells which
            return float(mutagen.mp3.MPEGInfo(stream, start).length), False, behind
        said = frames.declared(data, offset, header)
        if said and said.frames:
            return said.frames * header.samples / header.sample_rate_hz, True, behind
        return _counted(data, offset), False, behind


def _counted(data: mmap.mmap, start: int) -> float:
    """Seconds of a stream that does not say: by its bitrate if the first frames agree on one, else by counting."""
    samples = 0
    bitrates: set[int] = set()
    for count, (offset, header) in enumerate(frames.frames(data, start)):
        bitrates.add(header.bitrate_kbps)
        if count == _FRAMES_ASKED and len(bitrates) == 1:
            per_byte = samples / (offset - start) / header.sample_rate_hz
            return (len(data) - start) * per_byte
        samples += header.samples
        if samples > LONGEST_HOURS * 3600 * header.sample_rate_hz:
            break
    return samples / header.sample_rate_hz if bitrates else 0.0
