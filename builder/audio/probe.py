"""What a source file is, without decoding it: its kind by its first bytes, its length, and whether its end is there.

Owns the reading of foreign files by mutagen; the tags in them are never looked at.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Literal

import mutagen.flac
import mutagen.mp3
import mutagen.mp4
import mutagen.oggflac
import mutagen.oggopus
import mutagen.oggvorbis

from builder.audio import frames
from builder.audio.ending import Riff, missing_end, read_riff

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
# What else recorders and downloads leave behind, so that a finding can say it by name.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x30\x26\xb2\x75", "Windows Media (WMA)"),
    (b"#!AMR", "AMR"),
    (b"RF64", "a WAV of more than 4 GiB (RF64)"),
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
    """A source that can be read. `seconds` is what its header says, exact if `is_exact`, else an estimate."""

    kind: Kind
    bytes: int
    seconds: float
    is_exact: bool


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
    """Look at an existing file. Reads its first and last kilobytes only."""
    status = path.stat()
    if not S_ISREG(status.st_mode):
        found = "a folder" if path.is_dir() else "no regular file"
        return _refused("E303", f"{path.name} is {found}", "name one audio file")
    if status.st_size == 0:
        return _refused(
            "E304", f"{path.name} is empty (0 bytes)", "copy the recording again from where it came"
        )
    with path.open("rb") as stream:
        head = stream.read(4096)
    kind = _kind(head)
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
    try:
        short = missing_end(path, kind, status.st_size)
        facts = _facts(path, kind, status.st_size)
    except (mutagen.MutagenError, struct.error, EOFError, ValueError, IndexError, KeyError) as error:
        if short:  # what cannot be read is most likely in the part that is missing
            return _refused("E307", f"{path.name} is cut short: {short}", "copy it again from where it came")
        return _refused(
            "E305",
            f"{path.name} begins like {kind.upper()} but cannot be read: {error}",
            "record or copy it again",
        )
    if short:
        faults.append(Fault(code="E307", message=f"{path.name} is cut short: {short}", help=CUT_SHORT_HELP))
    return Probed(facts=facts, faults=tuple(faults))


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


def _facts(path: Path, kind: Kind, size: int) -> SourceFacts:
    with path.open("rb") as stream:
        info: object
        match kind:
            case "mp3":
                seconds, is_exact = _mp3_seconds(stream)
                return SourceFacts(kind=kind, bytes=size, seconds=seconds, is_exact=is_exact)
            case "wav":
                return _wav_facts(read_riff(stream, size), size)
            case "flac":
                info = mutagen.flac.FLAC(stream).info
            case "m4a":
                info = mutagen.mp4.MP4(stream).info
            case "ogg":
                info = _ogg_info(stream)
    seconds = _number(info, "length")
    if seconds <= 0 and kind != "flac":  # a FLAC stream may leave its length open
        raise ValueError("it has no sound in it")
    return SourceFacts(kind=kind, bytes=size, seconds=seconds, is_exact=seconds > 0)


def _wav_facts(riff: Riff, size: int) -> SourceFacts:
    rate, channels = riff.sample_rate_hz, riff.channels
    is_sane = _LEAST_RATE <= rate <= _MOST_RATE and 1 <= channels <= _MOST_CHANNELS
    if not is_sane or riff.bytes_per_second < rate * channels // 8:
        raise ValueError(
            f"its header says {rate:,} Hz, {channels} channels, {riff.bytes_per_second:,} bytes a second"
        )
    if riff.length == 0:
        raise ValueError("it has no sound in it")
    seconds = riff.length / riff.bytes_per_second
    return SourceFacts(kind="wav", bytes=size, seconds=seconds, is_exact=riff.is_plain)


def _number(info: object, name: str) -> float:
    """What mutagen knows of a stream; 0 where it knows nothing."""
    return float(getattr(info, name, 0) or 0)


def _ogg_info(stream: BinaryIO) -> object:
    for reader in (mutagen.oggvorbis.OggVorbis, mutagen.oggopus.OggOpus, mutagen.oggflac.OggFLAC):
        stream.seek(0)
        try:
            return reader(stream).info
        except mutagen.MutagenError:
            continue
    raise mutagen.MutagenError("no Vorbis, Opus or FLAC stream in it")


def _mp3_seconds(stream: BinaryIO) -> tuple[float, bool]:
    """Seconds, and whether an Info frame counts them; else they are estimated from the first frames."""
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, _ = frames.bounds(data)
        if start >= len(data):
            raise mutagen.MutagenError("it holds a tag and no sound")
        offset = frames.first_frame(data, start)
        header = frames.parse_header(data[offset : offset + 4]) if offset is not None else None
        if offset is None or header is None:  # Layer I or II, or rubbish: mutagen tells which
            return _number(mutagen.mp3.MPEGInfo(stream, start), "length"), False
        said = frames.declared(data, offset, header)
        if said and said.frames:
            return said.frames * header.samples / header.sample_rate_hz, True
        return _counted(data, offset), False


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
    return samples / header.sample_rate_hz if bitrates else 0.0
