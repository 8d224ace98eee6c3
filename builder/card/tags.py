"""The only writer of ID3: seven frames, one encoding, not a byte more."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from mutagen import PaddingInfo
from mutagen.id3 import ID3, TALB, TCON, TIT2, TLAN, TPE1, TPOS, TRCK, Encoding

from builder.plan import Tags


def write_tags(path: Path, tags: Tags) -> None:
    """Put an ID3v2.3 tag before a bare MP3 stream.

    One encoding for the whole tag, since a Samsung parser chokes on two: Latin-1 when every value is ASCII, which
    Latin-1-only players need, else UTF-16 with a byte order mark. No padding: mutagen would leave a kilobyte of it.
    """
    values = {
        TIT2: tags.title,
        TPE1: tags.artist,
        TALB: tags.album,
        TRCK: str(tags.track),
        TPOS: str(tags.disc),
        TLAN: tags.language,
        TCON: tags.genre,
    }
    values = {frame: unicodedata.normalize("NFC", value) for frame, value in values.items()}
    encoding = Encoding.LATIN1 if all(v.isascii() for v in values.values()) else Encoding.UTF16
    tag = ID3()
    for frame, value in values.items():
        text_frame: Any = frame  # typed in part, see pyproject.toml
        tag.add(text_frame(encoding=encoding, text=value))
    tag.save(path, v1=0, v2_version=3, padding=_none)


def _none(info: PaddingInfo) -> int:  # noqa: ARG001  # mutagen's signature
    return 0
