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
import mutagen.wave

from builder.audio import mp3

Kind = Literal["mp3", "wav", "flac", "ogg", "m4a"]

# The name endings each kind usually has; another ending is worth a warning, since someone renamed the file.
_ENDINGS: dict[Kind, tuple[str, ...]] = {
    "mp3": (".mp3",),
    "wav": (".wav", ".wave"),
    "flac": (".flac",),
    "ogg": (".ogg", ".oga", ".opus"),
    "m4a": (".m4a", ".mp4", ".m4b", ".aac"),
}
# What else recorders and downloads leave behind, so that a finding can say it by name.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x30\x26\xb2\x75", "Windows Media (WMA)"),
    (b"#!AMR", "AMR"),
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
    try:
        facts, short = _facts(path, kind, status.st_size)
    except (mutagen.MutagenError, struct.error, EOFError, ValueError, IndexError, KeyError) as error:
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


def _facts(path: Path, kind: Kind, size: int) -> tuple[SourceFacts, str]:
    """The facts, and in which way the file is cut short, if it is."""
    if kind == "mp3":
        return _mp3_facts(path, size)
    short = ""
    with path.open("rb") as stream:
        if kind == "wav":
            seconds = _length(mutagen.wave.WAVE(stream).info)
            short = _wav_short(stream, size)
        elif kind == "flac":
            seconds = _length(mutagen.flac.FLAC(stream).info)
        elif kind == "m4a":
            seconds = _length(mutagen.mp4.MP4(stream).info)
            short = _m4a_short(stream, size)
        else:
            seconds = _ogg_seconds(stream)
            stream.seek(max(0, size - 65536))
            tail = stream.read()
            last = tail.rfind(b"OggS")
            if last == -1 or not tail[last + 5 : last + 6] or not tail[last + 5] & 4:
                short = "the page that ends the stream is missing"
    return SourceFacts(kind=kind, bytes=size, seconds=seconds, is_exact=bool(seconds)), short


def _length(info: object) -> float:
    """Seconds by mutagen's information on a stream; 0 where it has none."""
    return float(getattr(info, "length", 0) or 0)


def _ogg_seconds(stream: BinaryIO) -> float:
    for reader in (mutagen.oggvorbis.OggVorbis, mutagen.oggopus.OggOpus, mutagen.oggflac.OggFLAC):
        stream.seek(0)
        try:
            return _length(reader(stream).info)
        except mutagen.MutagenError:
            continue
    raise mutagen.MutagenError("no Vorbis, Opus or FLAC stream in it")


def _mp3_facts(path: Path, size: int) -> tuple[SourceFacts, str]:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = 0
        while tag := mp3.id3v2_size(data[start : start + 10]):
            start += tag
        if start >= size:
            raise mutagen.MutagenError("it holds a tag and no sound")
        offset = mp3.first_frame(data, start)
        end = size
        if end >= 128 and data[end - 128 : end - 125] == b"TAG":
            end -= 128
        if offset is None:  # Layer I or II, or rubbish: mutagen tells which
            info = mutagen.mp3.MPEGInfo(stream, start)
            return SourceFacts(kind="mp3", bytes=size, seconds=float(info.length), is_exact=False), ""
        header = mp3.parse_header(data[offset : offset + 4])
        assert header is not None  # noqa: S101  # first_frame has parsed it
        said = mp3.declared(data, offset, header)
        if said and said.frames:
            seconds = said.frames * header.samples / header.sample_rate_hz
            there = end - offset
            short = ""
            if said.bytes and there < said.bytes - header.size:
                short = f"{there:,} of {said.bytes:,} bytes are there"
            return SourceFacts(kind="mp3", bytes=size, seconds=seconds, is_exact=True), short
        info = mutagen.mp3.MPEGInfo(stream, offset)
        missing = _missing_at_end(data, offset, end)
        short = f"the last frame lacks {missing} bytes" if missing else ""
        return SourceFacts(kind="mp3", bytes=size, seconds=float(info.length), is_exact=False), short


def _missing_at_end(data: mmap.mmap, start: int, end: int) -> int:
    """How many bytes the last frame lacks; 0 when frames run up to the end or something else stands there."""
    offset = max(start, end - 16384)
    while True:
        found = mp3.first_frame(data, offset, within=8192)
        if found is None:
            return 0
        chain = 0
        while found + 4 <= end:
            header = mp3.parse_header(data[found : found + 4])
            if header is None:
                break
            if found + header.size > end:
                return found + header.size - end if chain >= 2 or found == start else 0
            found, chain = found + header.size, chain + 1
        if chain >= 2:
            return 0
        offset = found + 1


def _wav_short(stream: BinaryIO, size: int) -> str:
    """A RIFF whose `data` chunk claims more than the file holds. Recorders that were never stopped claim 0."""
    stream.seek(12)
    read = stream.read
    position = 12
    while position + 8 <= size:
        stream.seek(position)
        name, length = struct.unpack("<4sI", read(8))
        if name == b"data":
            there = size - position - 8
            return f"{there:,} of {length:,} bytes of sound are there" if there < length < 0xFFFFFFFF else ""
        position += 8 + length + (length & 1)
    return "it has no sound in it"


def _m4a_short(stream: BinaryIO, size: int) -> str:
    """Top-level boxes that reach beyond the end of the file (ISO/IEC 14496-12 section 4.2)."""
    position = 0
    while position + 8 <= size:
        stream.seek(position)
        length, name = struct.unpack(">I4s", stream.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
        if length == 0:
            return ""
        if position + length > size:
            return f"its part {name.decode('ascii', 'replace')!r} lacks {position + length - size:,} bytes"
        position += max(length, 8)
    return ""
