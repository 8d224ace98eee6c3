"""The only writer of tags: ID3v2.3 before the sound, ID3v1.1 behind it, each as the profile wants it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mutagen import PaddingInfo
from mutagen.id3 import APIC, ID3, TALB, TCON, TIT2, TLAN, TPE1, TPOS, TRCK, Encoding, PictureType

from builder.card.id3v1 import id3v1
from builder.errors import EngineError
from builder.plan.tagging import Tags, is_wide, tag_bytes
from builder.profiles.naming import holds
from builder.profiles.profile import TagSettings

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
