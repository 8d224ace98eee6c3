"""What a tag and its picture may hold: the frames that this program writes, each once; the segments of a plain JPEG.

Layout: id3.org, "ID3 tag version 2.3.0" and "ID3v1". Nothing is unpacked or decompressed, whatever a frame claims.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest

from builder.card.jpeg import JFIF, plain_fault, segments
from builder.card.leaks.leak import Leak, excerpt
from builder.card.tags import CODE_PAGES, GENRE_BYTES, cut, tag_of
from builder.plan.tagging import is_language
from builder.profiles.naming import holds
from builder.profiles.profile import GENRES, MAX_COVER_BYTES, CodePage
from builder.text import text_fault

_MARKERS = {
    0xE0: "a JFIF header with more than the version in it, or a thumbnail",
    0xE1: "EXIF or XMP: camera, place, date, or a thumbnail",
    0xE2: "a colour profile (ICC) or more pictures",
    0xED: "a Photoshop or IPTC record",
    0xEE: "an Adobe record",
    0xFE: "a comment",
    0xC2: "a progressive picture",
}


@lru_cache(maxsize=8)  # all tracks of a card have the same
def picture_fault(data: bytes) -> str:
    """How a JPEG is more than pixels, as the end of a sentence, or ""."""
    if len(data) > MAX_COVER_BYTES:
        return f"has {len(data):,} bytes, at most {MAX_COVER_BYTES:,} are"
    if not (fault := plain_fault(data)):
        return ""
    with suppress(ValueError):
        found = segments(data)
        foreign = [_MARKERS[marker] for marker, body in found if marker in _MARKERS and body != JFIF]
        text = next((body for marker, body in found if marker == 0xFE), b"")
        return f"holds {', '.join(dict.fromkeys(foreign))}" + _shown(text) if foreign else fault
    return fault


def _shown(text: bytes) -> str:
    return f" ({text[:60].decode('latin-1')!r})" if text else ""


_HEADER_BYTES, _FRAME_BYTES = 10, 10
_FULL_BYTES = 29  # of a text of ID3v1: another letter of two bytes has no room behind it
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_TEXTS: dict[str, Callable[[str], object]] = {
    "TIT2": bool,
    "TPE1": bool,
    "TALB": bool,
    "TRCK": _NUMBER.fullmatch,
    "TPOS": _NUMBER.fullmatch,
    "TLAN": is_language,
    "TCON": GENRES.__contains__,
}
# What a reviewer should know such a frame for.
_FRAMES = {
    "COMM": "a comment",
    "TXXX": "a text of somebody's own",
    "PRIV": "a program's private data",
    "UFID": "a number that names the file",
    "GEOB": "an embedded file",
    "TSSE": "the encoder's name",
    "TENC": "who encoded it",
    "TDEN": "when it was encoded",
    "TDTG": "when it was tagged",
    "TLEN": "a length",
    "USLT": "lyrics",
    "SYLT": "lyrics with times",
    "WXXX": "a link",
    "MCDI": "the contents of a CD",
    "OWNE": "who owns it",
    "TOWN": "who owns it",
    "TCOP": "a copyright",
    "TPUB": "a publisher",
    "TYER": "a year",
    "TDAT": "a date",
    "TCOM": "a composer",
    "TPE2": "a second artist",
    "PCNT": "how often it was played",
    "POPM": "a rating with an address",
}
_PICTURE_HEAD = b"\0image/jpeg\0\3\0"  # Latin-1, its kind, front cover, no description


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the texts of a tag say, by frame; "APIC" is there where it has a picture, numbers of ID3v1 where no tag
    before the sound has them. `form` is how it says so, for the tracks beside it to agree with: its encoding, the code
    pages that a tag behind the sound may be in, the beginning of the picture's digest.
    """

    texts: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


def judge_id3v2(tag: bytes, start: int, said: Said) -> Iterator[Leak]:
    """Every leak of an ID3v2 tag that begins at `start` of its file. What it rightly says is added to `said`."""
    frames: dict[str, bytes] = {}
    leaks = list(_judge_frames(tag, start, said, frames))
    yield from leaks
    if not leaks and (at := _first_unlike(tag, frames, said)) is not None:
        message = (
            "the frames are in another order, or written otherwise, than this program writes what they say"
        )
        yield Leak(code="E701", message=message, offset=start + at)


def _first_unlike(tag: bytes, frames: Mapping[str, bytes], said: Said) -> int | None:
    """The first byte in which a tag differs from the one that says the same."""
    wide = any(frame[0] == 1 for name, frame in frames.items() if name != "APIC")
    picture = frames.get("APIC", b"")[len(_PICTURE_HEAD) :]
    said.form["encoding"] = "UTF-16" if wide else "Latin-1"
    right = tag_of(said.texts, wide=wide, cover=picture) if frames else b""
    pairs = zip_longest(tag, right)
    return None if tag == right else next(at for at, (found, wanted) in enumerate(pairs) if found != wanted)


def _judge_frames(tag: bytes, start: int, said: Said, frames: dict[str, bytes]) -> Iterator[Leak]:
    """Every leak of a single frame, or of what is in none. All frames are added to `frames`."""

    def leak(code: str, message: str, at: int = 0) -> Leak:
        return Leak(code=code, message=message, offset=start + at)

    if tag[3:6] != b"\3\0\0":
        found = f"is ID3v2.{tag[3]}.{tag[4]} with flags {tag[5]:02X}; a tag here is 2.3.0 with none"
        yield leak("E701", found + excerpt(tag[_HEADER_BYTES:]))
        return
    size = _HEADER_BYTES + _syncsafe(tag[6:10])
    if size != len(tag) or max(tag[6:10]) > 0x7F:
        yield leak("E701", f"says to have {size:,} bytes, and the file ends after {len(tag):,}")
    at = _HEADER_BYTES
    while at < len(tag):
        name = tag[at : at + 4]
        if not re.fullmatch(rb"[A-Z][A-Z0-9]{3}", name):
            rest = tag[at:]
            what = "of padding" if not rest.strip(b"\0") else "that are in no frame"
            yield leak("E702", f"{len(rest):,} bytes {what} in the ID3v2 tag{excerpt(rest)}", at)
            return
        length = int.from_bytes(tag[at + 4 : at + 8], "big")
        frame, flags = tag[at + _FRAME_BYTES : at + _FRAME_BYTES + length], tag[at + 8 : at + 10]
        identifier = name.decode("ascii")
        if len(frame) < length:
            yield leak("E701", f"the frame {identifier} is longer than its tag", at)
        elif fault := _frame_fault(identifier, frame, flags, said):
            code = "E706" if identifier == "APIC" and frame.startswith(_PICTURE_HEAD) else "E701"
            yield leak(code, fault, at)
        frames[identifier] = frame
        at += _FRAME_BYTES + length


def _frame_fault(name: str, frame: bytes, flags: bytes, said: Said) -> str:
    """Why a frame may not be there, or ""."""
    kind = f"the frame {name}"
    if name in said.texts:
        return f"{kind} stands there twice{excerpt(frame[1:])}"
    if flags.strip(b"\0"):
        return f"{kind} has flags {flags.hex().upper()}: it may be packed or hidden"
    if name == "APIC":
        said.texts[name], said.form["picture"] = "", hashlib.sha256(frame).hexdigest()[:8]
        if not frame.startswith(_PICTURE_HEAD):
            return f"a picture that is not a front cover in JPEG, or has a description{excerpt(frame[:200])}"
        fault = picture_fault(frame[len(_PICTURE_HEAD) :])
        return f"the picture {fault}" if fault else ""
    if name not in _TEXTS:
        what = f", {_FRAMES[name]}" if name in _FRAMES else ""
        return f"{kind}{what}, which no tag here has{excerpt(frame[1:] if frame[:1] < bytes([4]) else frame)}"
    text = _text(frame)
    if text is None:
        return f"{kind} is no plain text, or goes on behind its end{excerpt(frame[1:])}"
    said.texts[name] = text
    if not _TEXTS[name](text):
        return f"{kind} says what it is not for{excerpt(text.encode())}"
    fault = text_fault(text)
    return f"{kind} {fault}{excerpt(text.encode('utf-8', 'replace'))}" if fault else ""


def _text(frame: bytes) -> str | None:
    """The text of a frame that ends with the zero that ends it, and has no other."""
    encodings = {0: ("latin-1", 1), 1: ("utf-16", 2)}
    encoding, width = encodings.get(frame[0] if frame else 9, ("", 0))
    body, end = frame[1 : len(frame) - width], frame[len(frame) - width :]
    if not encoding or end != bytes(width) or (width == 2 and not body.startswith(b"\xff\xfe")):
        return None
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def judge_id3v1(tag: bytes, start: int, said: Said) -> Iterator[Leak]:
    """Every leak of the 128 bytes of an ID3v1 tag: it may repeat what the tag before the sound says, and no more."""

    def leak(message: str, at: int) -> Leak:
        return Leak(code="E703", message=f"the ID3v1 tag {message}", offset=start + at)

    pages = set(CODE_PAGES)
    for at, name in ((3, "TIT2"), (33, "TPE1"), (63, "TALB")):
        text, _, behind = tag[at : at + 30].partition(b"\0")
        said.texts[f"ID3v1 {name}"] = next(_decodings(text))[1]
        fitting = _pages(text, said.texts.get(name))
        if behind.strip(b"\0"):
            yield leak(f"has bytes behind the end of a text{excerpt(behind.strip(bytes(1)))}", at + len(text))
        elif not fitting:
            yield leak(f"says something else than the tag before the sound{excerpt(text)}", at)
        elif fault := _fault_in(text):
            yield leak(f"{fault}{excerpt(text)}", at)
        elif not pages & fitting:
            yield leak(f"has its texts in several code pages{excerpt(text)}", at)
        pages &= fitting
    said.form["pages"] = " ".join(sorted(pages))
    for at, end, what in ((93, 97, "a year"), (97, 125, "a comment")):
        if (found := tag[at:end]).strip(b"\0"):
            yield leak(f"has {what}{excerpt(found)}", at)
    if "TRCK" in said.texts:
        number = said.texts["TRCK"]
        track = (
            int(number) if re.fullmatch("[0-9]{1,4}", number) else 0
        )  # what is no number is a leak of that frame
        if tag[126] != (track if track < 256 else 0):
            yield leak(f"has another number than the tag before it: {tag[126]}", 126)
    else:
        said.texts["ID3v1 TRCK"] = str(tag[126])
    if tag[125]:
        yield leak(f"has a comment or an end of none: {tag[125]:02X}", 125)
    if "TCON" not in said.texts:
        said.texts["ID3v1 TCON"] = str(tag[127])
    if tag[127] not in ((GENRE_BYTES.get(said.texts["TCON"], 255),) if "TCON" in said.texts else (101, 255)):
        yield leak(f"has a genre that none has here: {tag[127]}", 127)


def _pages(field: bytes, text: str | None) -> set[CodePage]:
    """The code pages in which a text of ID3v1 is one of ID3v2, cut off after 30 bytes, or in ASCII instead of one that
    the page lacks a letter of; all in which it is a text, where there is none to compare it with.
    """
    if text is None:
        return {page for page, _ in _decodings(field)}
    return {
        page
        for page in CODE_PAGES
        if (field == cut(text, page) if holds(page, text) else field.isascii() and not text.isascii())
    }


def _fault_in(field: bytes) -> str:
    """What is wrong with a text of ID3v1 in every code page that it may be in; what is cut off may end in a space."""
    is_full = len(field) >= _FULL_BYTES
    faults = [text_fault(text.removesuffix(" ") if is_full else text) for _, text in _decodings(field)]
    return "" if "" in faults else faults[0]


def _decodings(field: bytes) -> Iterator[tuple[CodePage, str]]:
    """A text in each code page that it may be in. Of two that fit, both show the same ASCII."""
    for page in CODE_PAGES:
        with suppress(UnicodeDecodeError):
            yield page, field.decode(page)


def _syncsafe(size: bytes) -> int:
    return size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
