"""Characters that nobody sees and that may hide what is there; and where such a one is spelling. Pure."""

from __future__ import annotations

import unicodedata

_VIRAMA = 9  # its canonical combining class
_KINDS = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half of a character",
    "Zl": "a line break",
    "Zp": "a line break",
    "Co": "a private character",
    "Cn": "a character that Unicode does not know",
}
# Letters and marks that show as nothing: Hangul fillers, a blank Braille cell, joiners, emoji selectors.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f") | {chr(c) for c in range(0xFE00, 0xFE10)}


def unseen(text: str, at: int) -> str:
    """What the character at a place is, where it cannot be seen and is no spelling; else ""."""
    kind = _KINDS.get(unicodedata.category(text[at]), "")
    if text[at] in _INVISIBLE:
        kind = "an invisible character"
    return "" if not kind or _is_spelling(text, at) else kind


def has_unseen(text: str) -> bool:
    if text.isprintable() and _INVISIBLE.isdisjoint(text):  # nearly every text, and told at once
        return False
    return any(unseen(text, at) for at in range(len(text)))


def _is_spelling(text: str, at: int) -> bool:
    """Whether a joiner or non-joiner stands where a language needs it and it shows (RFC 5892, A.1 and A.2): behind a
    virama, or a non-joiner between Arabic letters.
    """
    if text[at] not in "\u200c\u200d" or not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    is_arabic = unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL"
    return unicodedata.combining(before) == _VIRAMA or (text[at] == "\u200c" and is_arabic)
