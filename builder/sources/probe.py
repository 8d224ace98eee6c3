"""The facts of a recording without decoding it: its kind by its first bytes, its length, whether its end is missing."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Literal

import mutagen.mp3

from builder.files.opening import open_file
from builder.sources import headers, mpeg
from builder.sources.ending import Riff, read_riff, truncation

Container = Literal["mp3", "wav", "flac", "ogg", "m4a"]

# The name endings each kind usually has; another ending is worth a warning, since someone renamed the file.
_ENDINGS: dict[Container, tuple[str, ...]] = {
    "mp3": (".mp3",),
    "wav": (".wav", ".wave"),
    "flac": (".flac",),
    "ogg": (".ogg", ".oga", ".opus"),
    "m4a": (".m4a", ".mp4", ".m4b", ".aac"),
}
_LEAST_RATE, _MOST_RATE, _MOST_CHANNELS = 4000, 384_000, 64
_FRAMES_ASKED, _PLACES_ASKED, _PLACE_BYTES = 200, 16, 4096
_MOST_TAGS = 100
LONGEST_HOURS = 24
# No codec keeps a voice in less (Opus and HE-AAC begin at 6,000): what is smaller is silence, and would be decoded for
# nothing. Short recordings are mostly header.
_LEAST_BITS_PER_SECOND, _LEAST_SECONDS = 1500, 600
# Far more than each kind can hold, and any picture besides.
_MOST_BYTES_PER_SECOND: dict[Container, int] = {
    "mp3": 10**5,
    "ogg": 10**6,
    "m4a": 10**7,
    "flac": 10**7,
    "wav": 10**7,
}
_MOST_BYTES_BESIDES = 1 << 28
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

    kind: Container
    bytes: int
    seconds: float
    is_exact: bool
    tag_bytes: int = 0
    end_bytes: int = 0
    md5: str = ""
    bits: int = 0


@dataclass(frozen=True, kw_only=True)
class SourceFault:
    """Why a source cannot be used as it is: a finding's code and words, without a place."""

    code: str
    message: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Probed:
    """`facts` is None where a fault forbids any use; a file cut short has both."""

    facts: SourceFacts | None
    faults: tuple[SourceFault, ...] = ()


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
            SourceFault(
                code="W306",
                message=f"{path.name} is {kind.upper()} inside, whatever its name says",
                help="it is read as what it is; rename it to avoid confusion",
            )
        )
    short = ""
    again = "copy it again from where it came"
    try:
        short = truncation(stream, kind, size)
        facts = _facts(stream, kind, size, start)
    except (mutagen.MutagenError, struct.error, EOFError, ValueError, IndexError, KeyError):
        if short:  # what cannot be read is most likely in the part that is missing
            return _refused("E307", f"{path.name} is cut short: {short}", again)
        return _refused(
            "E305",
            # Not why: the words of the error hold bytes of the file.
            f"{path.name} begins like {kind.upper()} and goes on like something else",
            "record or copy it again",
        )
    hours = facts.seconds / 3600
    if hours > LONGEST_HOURS and short:  # no card could be planned by such a length
        return _refused("E307", f"{path.name} is cut short: {short}", again)
    if hours > LONGEST_HOURS:
        return _refused("E313", f"{path.name} is {hours:,.0f} hours long, by its header", TOO_LONG_HELP)
    if not short and (found := _unlike_its_size(facts) or _hollow(stream, facts)):
        return _refused("E319", f"{path.name} {found}", UNLIKE_ITS_SIZE_HELP)
    if short:
        faults.append(
            SourceFault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP)
        )
    return Probed(facts=facts, faults=tuple(faults))


def _unlike_its_size(facts: SourceFacts) -> str:
    """Why no recording of that length has that many bytes, as the end of a sentence, or ""."""
    held = facts.bytes - facts.tag_bytes - facts.end_bytes
    if not facts.seconds:  # a FLAC may leave it open
        return ""
    if facts.seconds > longest_seconds(held):
        return (
            f"is {facts.seconds / 3600:.1f} hours long and has {facts.bytes:,} bytes: there is no voice in it"
        )
    if held > facts.seconds * _MOST_BYTES_PER_SECOND[facts.kind] + _MOST_BYTES_BESIDES:
        return f"plays {facts.seconds:,.0f} seconds and has {facts.bytes:,} bytes: most of it is no sound"
    return ""


def longest_seconds(size: int) -> float:
    """How long the sound in so many bytes can be: no longer than a day, nor than a voice that fits into them."""
    return min(LONGEST_HOURS * 3600.0, max(_LEAST_SECONDS, size * 8 / _LEAST_BITS_PER_SECOND))


def _hollow(stream: BinaryIO, facts: SourceFacts) -> str:
    """Whether a large file is mostly one byte again and again, as packed sound never is; its end of a sentence."""
    held = facts.bytes - facts.tag_bytes
    if facts.kind not in ("mp3", "flac", "ogg") or held < _MOST_BYTES_BESIDES:
        return ""
    step = held // _PLACES_ASKED
    hollow = 0
    for place in range(facts.tag_bytes, facts.bytes - step, step):
        stream.seek(place)
        hollow += len(set(stream.read(_PLACE_BYTES))) == 1
    return (
        f"has {facts.bytes:,} bytes, and there is nothing in most of them"
        if hollow > _PLACES_ASKED / 2
        else ""
    )


TOO_LONG_HELP = f"no recording may be longer than {LONGEST_HOURS} hours; save it again, or divide it"
UNLIKE_ITS_SIZE_HELP = "record or export it again, and listen to it"
CUT_SHORT_HELP = "copy it again from where it came; if this is all there is, set `end:` before the cut"


def _refused(code: str, message: str, help_text: str) -> Probed:
    return Probed(facts=None, faults=(SourceFault(code=code, message=message, help=help_text),))


def _kind(head: bytes) -> Container | None:
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
        size = mpeg.id3v2_size(stream.read(10))
        if not size:
            break
        at += size
    return at


def _facts(stream: BinaryIO, kind: Container, size: int, start: int) -> SourceFacts:
    flac: headers.Flac | None = None
    is_exact, end_bytes = True, 0
    match kind:
        case "mp3":
            seconds, is_exact, end_bytes = _mp3_seconds(stream)
        case "wav":
            riff = read_riff(stream, size)
            seconds, is_exact = _wav_seconds(riff), riff.is_plain
        case "flac":
            stream.seek(start)
            flac = headers.flac(stream.read(42))
            seconds = flac.seconds
            is_exact = seconds > 0  # a FLAC stream may leave its length open
        case "m4a":
            seconds = headers.m4a_seconds(stream, size)
        case "ogg":
            found = headers.ogg(stream, size)
            seconds, flac = found.seconds, found.flac
    if seconds <= 0 and kind != "flac":
        raise ValueError("it has no sound in it")
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
        start, _ = mpeg.bounds(data)
        behind = mpeg.tags_behind(data)
        if start >= len(data):
            raise mutagen.MutagenError("it holds a tag and no sound")
        offset = mpeg.first_frame(data, start)
        header = mpeg.parse_header(data[offset : offset + 4]) if offset is not None else None
        if offset is None or header is None:  # Layer I or II, or rubbish: mutagen tells which
            return float(mutagen.mp3.MPEGInfo(stream, start).length), False, behind
        said = mpeg.declared(data, offset, header)
        if said and said.frames:
            return said.frames * header.samples / header.sample_rate_hz, True, behind
        return _counted(data, offset), False, behind


def _counted(data: mmap.mmap, start: int) -> float:
    """Seconds of a stream that does not say: by its bitrate if the first frames agree on one, else by counting."""
    samples = 0
    bitrates: set[int] = set()
    for count, (offset, header) in enumerate(mpeg.frames(data, start)):
        bitrates.add(header.bitrate_kbps)
        if count == _FRAMES_ASKED and len(bitrates) == 1:
            per_byte = samples / (offset - start) / header.sample_rate_hz
            return (len(data) - start) * per_byte
        samples += header.samples
        if samples > LONGEST_HOURS * 3600 * header.sample_rate_hz:
            break
    return samples / header.sample_rate_hz if bitrates else 0.0
