"""Names on the card: pure functions from words and numbers to names a profile's devices can read and sort.

A pattern is text with fields in braces: `{section}_{book}_{number}`, `{canon:3}{label}`. Numbers are padded, so that
the byte order of names is the play order; `:3` asks for at least three digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from builder.files.names import is_reserved

Charset = Literal["ascii", "bmp", "cp936", "cp949"]
"""What the letters of a name may be: ASCII, all that FAT holds in one unit, or what a code page can encode."""

Letters = Literal["capitals", "any"]
"""ASCII as `A-Z 0-9 _` alone, or with small letters, spaces and hyphens."""

# Illegal in FAT long names or on Windows, and what FAT's short names do not take (Microsoft, "Naming Files").
FORBIDDEN = re.compile(r'[<>:"/\\|?*+,;=\[\]\x00-\x1f\x7f-\x9f\ufffe\uffff]+')
# Letters that no decomposition takes an accent from, and signs that are within a word.
_LATIN = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
    | dict(zip("đĐðÐłŁøØıħĦŧŦ", "dDdDlLoOihHtT", strict=True))
    | dict.fromkeys("'’‘ʼʻ′´`", "")
)
_SEPARATORS = " _-."
_JOINERS = "\u200c\u200d"  # at the end of a name they join nothing
_FIELD = re.compile(r"\{([a-z]+)(?::([1-9]))?\}")
# A field of words with what parts it from the number before it.
_WORD_FIELD = re.compile(r"[ _.-]*\(?\{(?:label|book|bookname|testament)(?::[1-9])?\}\)?")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number in a name, with as many digits as the largest beside it; with `last`, a run: `001-003`."""

    value: int
    width: int
    last: int | None = None

    def digits(self, least: int) -> str:
        width = max(least, self.width)
        run = "" if self.last in (None, self.value) else f"-{self.last:0{width}d}"
        return f"{self.value:0{width}d}{run}"


def fields_of(pattern: str) -> list[str]:
    """The names of a pattern's fields, in order; ValueError where a brace is not part of a field."""
    if set(_FIELD.sub("", pattern)) & set("{}"):
        raise ValueError("a stray { or }")
    return [match[1] for match in _FIELD.finditer(pattern)]


def literals_of(pattern: str) -> str:
    """What a pattern holds besides its fields."""
    return _FIELD.sub("", pattern)


def without_words(pattern: str) -> str:
    """A pattern with none of its words: `{section}_{book}_{number}` is `{section}_{number}`. Literal text stays:
    it is the same in every name on this device.
    """
    return _WORD_FIELD.sub("", pattern)


def digits_of(text: str) -> str:
    """The digits of a name, and what parts them."""
    return re.sub(r"[^0-9 _.-]", "", text).strip(_SEPARATORS)


def words_of(text: str) -> list[str]:
    """What letters a text has, in runs."""
    return re.findall(r"[^\W\d_]+", text)


def holds(charset: str, text: str) -> bool:
    """Whether a charset, or a code page, has every character of a text."""
    if charset == "bmp":
        return all(ord(character) < 0x10000 for character in text)
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def bytes_of(charset: Charset, text: str) -> int:
    """How many bytes a text takes on a device of that charset; UTF-8 where it is no code page."""
    return len(text.encode("utf-8" if charset == "bmp" else charset, "replace"))


def label(text: str, charset: Charset, letters: Letters = "capitals") -> str:
    """The part of a name that says what it is, in the charset; "" when the text cannot be kept.

    ASCII keeps letters and digits; accents are dropped, other scripts are not guessed at.
    """
    if charset == "ascii":
        word = r"[A-Za-z0-9]+" if letters == "capitals" else r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
        words = re.findall(word, _unaccented(text))
        if not any(re.search(r"[A-Za-z]", word) for word in words):
            return ""
        return "_".join(words).upper() if letters == "capitals" else " ".join(words)
    kept = re.sub(r"\s+", " ", FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text))).strip(_SEPARATORS)
    return kept if holds(charset, kept) else ""


def _unaccented(text: str) -> str:
    """A text without its accents. Other signs stay, so that what they part stays two words: a dash, the line of ½."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LATIN))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def name(
    pattern: str,
    values: Mapping[str, str | Number],
    *,
    charset: Charset,
    max_chars: int,
    max_bytes: int,
    ending: str = "",
) -> str:
    """Fill a profile's pattern, cutting the label so that the whole, with its ending, fits.

    Characters are UTF-16 units, as FAT counts them. An empty label leaves no separator behind.
    """
    words = str(values["label"])
    stem = _filled(pattern, values, words)
    while words and (
        utf16_units(stem) + len(ending) > max_chars or bytes_of(charset, stem) + len(ending) > max_bytes
    ):
        words = words[:-1].rstrip(_SEPARATORS + _JOINERS)
        stem = _filled(pattern, values, words)
    if is_reserved(stem):
        stem = f"_{stem}"
    return stem + ending


def _filled(pattern: str, values: Mapping[str, str | Number], words: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = words if match[1] == "label" else values[match[1]]
        return found.digits(int(match[2] or 0)) if isinstance(found, Number) else found

    return _FIELD.sub(value, pattern).strip(_SEPARATORS)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def collision_key(path: str) -> str:
    """Two names with the same key are one name to a card reader, whatever their case or Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
