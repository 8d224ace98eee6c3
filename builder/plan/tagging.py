"""What a tag says: texts that a device can show, and how many bytes they take. Pure; card/tags.py writes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import langcodes

from builder.profiles.naming import holds, utf16_units
from builder.profiles.profile import TagEncoding, TagSettings

_HEADER_BYTES = 10
# A text frame besides its text: header and encoding, the byte order mark of UTF-16, the zero that ends it.
_NARROW_BYTES, _WIDE_BYTES = 10 + 1 + 1, 10 + 1 + 2 + 2
ID3V1_BYTES = 128
# An APIC frame before its picture: header, encoding, `image/jpeg` and its end, kind, empty description.
_PICTURE_BYTES = 10 + 1 + 11 + 1 + 1


@dataclass(frozen=True, kw_only=True)
class Tags:
    """What the player may show. `track` counts over the whole card and `disc` the folders, from 1, so that
    players that sort by tag agree with those that sort by name, whether or not they look at the disc.

    `plain_…` are the same in ASCII, for code pages that lack a letter.
    """

    title: str
    artist: str
    album: str
    track: int
    disc: int
    language: str
    genre: str
    plain_title: str
    plain_artist: str
    plain_album: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The values of the seven frames, in NFC."""
        values = (
            self.title,
            self.artist,
            self.album,
            str(self.track),
            str(self.disc),
            self.language,
            self.genre,
        )
        return tuple(unicodedata.normalize("NFC", value) for value in values)


def three_letters(language: str) -> str:
    """ISO 639-2/B, which TLAN asks for: it knows Chinese as one language (`chi`), not Mandarin (`cmn`)."""
    return langcodes.Language.get(language).prefer_macrolanguage().to_alpha3(variant="B")


def is_language(code: str) -> bool:
    """Whether three letters are what `three_letters` makes of a language, and no message in three letters."""
    return langcodes.tag_is_valid(code) and code not in ("und", "mul", "zxx") and three_letters(code) == code


def discreet_tags(title: str, album: str, *, track: int, disc: int) -> Tags:
    """Tags of numbers only: those of a file and its folder. No language and no genre: they have no frame."""
    return Tags(
        title=title,
        artist="",
        album=album,
        track=track,
        disc=disc,
        language="",
        genre="",
        plain_title=title,
        plain_artist="",
        plain_album=album,
    )


def shown(text: str, plain: str, settings: TagSettings) -> str:
    """A text as the device's tags can hold it: as it is, or in ASCII where they know nothing but Latin-1."""
    return text if settings.tag_encoding != "latin-1" or holds("latin-1", text) else plain


def is_wide(texts: Iterable[str], encoding: TagEncoding) -> bool:
    """Whether a tag is written as UTF-16: one encoding for all of it, since a Samsung parser chokes on two [P27]."""
    if encoding == "auto":
        return not all(text.isascii() for text in texts)
    return encoding == "utf-16"


def tag_bytes(tags: Tags, settings: TagSettings, cover_bytes: int = 0) -> int:
    """How long the tag before the sound is (ID3v2.3, sections 3 and 4). An empty text has no frame."""
    if settings.tag == "none":
        return 0
    texts = [text for text in tags.texts if text]
    if is_wide(texts, settings.tag_encoding):
        length = sum(_WIDE_BYTES + 2 * utf16_units(text) for text in texts)
    else:
        length = sum(_NARROW_BYTES + len(text) for text in texts)
    return _HEADER_BYTES + length + (_PICTURE_BYTES + cover_bytes if cover_bytes else 0)
