"""The only writer of tags: ID3v2.3 before the sound, ID3v1.1 behind it, each as the profile asks for it.

ID3v1.1 is 128 bytes that the oldest players read in the code page of their country. The tag cannot name its encoding,
and mutagen writes `?` for every letter beyond Latin-1, so that part is ours.
"""

from __future__ import annotations

import io
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mutagen import PaddingInfo
from mutagen.id3 import APIC, ID3, TALB, TCON, TIT2, TLAN, TPE1, TPOS, TRCK, Encoding, PictureType

from builder.errors import EngineError
from builder.plan.tagging import Tags, is_wide, tag_bytes
from builder.profiles.naming import holds
from builder.profiles.profile import CodePage, TagSettings

_FIELD_BYTES = 30
CODE_PAGES: tuple[CodePage, ...] = ("ascii", "cp949", "cp936", "latin-1")
# Of the list that ends at 191 only what a player of any age knows: below 148 (Winamp 1.91).
GENRE_BYTES = {"Speech": 101}
_UNKNOWN_GENRE = 255


def id3v1(tags: Tags, page: CodePage) -> bytes:
    """The tag: always 128 bytes, or b"" where the page is "none".

    A text that the page lacks a letter of is written in ASCII instead. Year and comment stay empty. A track number
    above 255 does not fit and is left out.
    """
    if page == "none":
        return b""
    texts = ((tags.title, tags.plain_title), (tags.artist, tags.plain_artist), (tags.album, tags.plain_album))
    fields = b"".join(_field(text, plain, page) for text, plain in texts)
    year, comment = bytes(4), bytes(28)
    number = tags.track if 1 <= tags.track <= 255 else 0
    return b"TAG" + fields + year + comment + bytes([0, number, GENRE_BYTES.get(tags.genre, _UNKNOWN_GENRE)])


def _field(text: str, plain: str, page: CodePage) -> bytes:
    """A text in 30 bytes, filled up with zeros; cut between two letters, never within one of two bytes."""
    text = unicodedata.normalize("NFC", text)
    if not holds(page, text):
        text = plain
    return cut(text, page).ljust(_FIELD_BYTES, b"\0")


def cut(text: str, page: CodePage) -> bytes:
    """As many letters of a text as have room in 30 bytes."""
    field = b""
    for letter in text:
        code = letter.encode(page)
        if len(field) + len(code) > _FIELD_BYTES:
            break
        field += code
    return field


_FRAMES = (TIT2, TPE1, TALB, TRCK, TPOS, TLAN, TCON)
# mutagen cuts off an ID3v1 tag where it sees "TAG" near the end: of the sound, or of a short tag that says so itself.
# It never sees either; it is given zeros to write before.
_NOTHING_BEHIND = bytes(256)


def write_tagged(
    path: Path, stream: Path, tags: Tags, settings: TagSettings, cover: bytes | None = None
) -> None:
    """Write a bare MP3 stream as a file with its tags; without any, it is the stream and nothing else.

    `cover` is a JPEG of card/cover.py. EngineError where a tag is not as long as was planned, or holds a letter that
    its encoding lacks.
    """
    before = id3v2(tags, settings, cover)
    with stream.open("rb") as sound, path.open("xb") as file:
        file.write(before)
        shutil.copyfileobj(sound, file, 1 << 20)
        file.write(id3v1(tags, settings.id3v1))


def id3v2(tags: Tags, settings: TagSettings, cover: bytes | None = None) -> bytes:
    """The tag before the sound, b"" where the profile wants none."""
    if settings.tag == "none":
        return b""
    texts = {frame.__name__: text for frame, text in zip(_FRAMES, tags.texts, strict=True)}
    written = tag_of(texts, wide=is_wide(tags.texts, settings.tag_encoding), cover=cover)
    planned = tag_bytes(tags, settings, len(cover or b""))
    if len(written) != planned:
        raise EngineError(f"the tag of {tags.title!r} has {len(written)} bytes, planned were {planned}")
    return written


def tag_of(texts: Mapping[str, str], *, wide: bool, cover: bytes | None = None) -> bytes:
    """The one tag that says these texts, by the names of their frames: at most seven in one encoding, then the cover.

    No padding (mutagen would leave a kilobyte), no unsynchronisation; an empty text has no frame. The cover's
    description is empty and Latin-1 whatever the texts are, since one maker's units show no other [P28].
    """
    encoding = Encoding.UTF16 if wide else Encoding.LATIN1
    tag = ID3()
    for frame in _FRAMES:
        text = texts.get(frame.__name__, "")
        if encoding == Encoding.LATIN1 and not holds("latin-1", text):
            raise EngineError(f"the tag of {texts.get('TIT2')!r} is to be Latin-1 and says {text!r}")
        text_frame: Any = frame  # typed in part, see pyproject.toml
        tag.add(text_frame(encoding=encoding, text=text))
    if cover:
        picture: Any = APIC
        tag.add(
            picture(
                encoding=Encoding.LATIN1,
                mime="image/jpeg",
                type=PictureType.COVER_FRONT,
                desc="",
                data=cover,
            )
        )
    file = io.BytesIO(_NOTHING_BEHIND)
    tag.save(file, v1=0, v2_version=3, padding=_none)
    return file.getvalue().removesuffix(_NOTHING_BEHIND)


def _none(info: PaddingInfo) -> int:  # noqa: ARG001  # mutagen's signature
    return 0
