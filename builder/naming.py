"""Names on the card: pure functions from words and numbers to names a profile's devices can read and sort.

The number is always at the front and padded, so that the byte order of names is the play order.
"""

from __future__ import annotations

import re
import unicodedata

from builder.profiles.profile import Charset

# Illegal in FAT long names or on Windows, and what FAT's short names do not take (Microsoft, "Naming Files").
_FORBIDDEN = re.compile(r'[<>:"/\\|?*+,;=\[\]\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE)
_SEPARATORS = " _-."


def pad(number: int, largest: int, *, least: int) -> str:
    """`number` with as many digits as `largest` has, and never fewer than `least`."""
    return f"{number:0{max(least, len(str(largest)))}d}"


def label(text: str, charset: Charset) -> str:
    """The part of a name that says what it is, in the charset; "" when nothing of the text can be kept.

    ASCII keeps letters and digits, in capitals; accents are dropped, other scripts are not guessed at.
    """
    if charset == "ascii":
        # In capitals first: the capital of "ß" is two letters that ASCII has.
        plain = unicodedata.normalize("NFKD", text.upper()).encode("ascii", "ignore").decode("ascii")
        words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
        return "_".join(words).upper() if any(re.search(r"[A-Za-z]", word) for word in words) else ""
    return re.sub(r"\s+", " ", _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text))).strip(_SEPARATORS)


def name(pattern: str, parts: dict[str, str], *, max_chars: int, ending: str = "") -> str:
    """Fill a profile's pattern, cutting the label so that the whole, with its ending, fits in `max_chars`.

    Lengths count UTF-16 units, as FAT does. An empty label leaves no separator behind.
    """
    words = parts["label"]
    stem = _filled(pattern, parts, words)
    while words and utf16_units(stem) + len(ending) > max_chars:
        words = words[:-1].rstrip(_SEPARATORS)
        stem = _filled(pattern, parts, words)
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem + ending


def _filled(pattern: str, parts: dict[str, str], words: str) -> str:
    return pattern.format(**{**parts, "label": words}).strip(_SEPARATORS)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def collision_key(path: str) -> str:
    """Two names with the same key are one name to a card reader, whatever their case or Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
