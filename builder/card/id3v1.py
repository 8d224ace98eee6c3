"""ID3v1.1: the 128 bytes behind the sound that the oldest players read, in the code page of their country.

The tag cannot say what its encoding is; players take it for their maker's own. mutagen writes `?` for every letter
beyond Latin-1, so this is ours.
"""

from __future__ import annotations

import unicodedata

from builder.plan.tagging import Tags
from builder.profiles.naming import holds
from builder.profiles.profile import CodePage

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
