"""Characters that nobody sees and that may hide what is there, and where such a one is spelling. Pure.

The invisible ones are those of Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 15.0), which
Python's `unicodedata` lacks; its ranges have room reserved for characters to come. To them come all controls, private,
unassigned and lone code points, every blank other than U+0020, and a few signs that fonts draw as nothing.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 4
"""UTS #39, 5.4: more nonspacing marks than these on a letter are no language's."""

_VIRAMA = 9  # its canonical combining class
_BLANK = "a blank that is not an ordinary space"
_KINDS = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half of a character",
    "Zl": "a line break",
    "Zp": "a line break",
    "Zs": _BLANK,
    "Co": "a private character",
    "Cn": "a character that Unicode does not know",
}
_DEFAULT_IGNORABLE = (
    "\u00ad \u034f \u061c \u115f-\u1160 \u17b4-\u17b5 \u180b-\u180f \u200b-\u200f \u202a-\u202e \u2060-\u206f \u3164 "
    "\ufe00-\ufe0f \ufeff \uffa0 \ufff0-\ufff8 \U0001bca0-\U0001bca3 \U0001d173-\U0001d17a \U000e0000-\U000e0fff"
)
# A blank Braille cell, joiners of Tifinagh and Brahmi, half an ideographic space, what stands for an object, the filler
# of the Khitan script, a note without a head.
_DRAWN_AS_NOTHING = "\u2800 \u2d7f \u303f \ufffc \U0001107f \U00016fe4 \U0001d159"


def _characters(ranges: str) -> frozenset[str]:
    ends = [(one[0], one[-1]) for one in ranges.split(" ")]
    return frozenset(chr(code) for first, last in ends for code in range(ord(first), ord(last) + 1))


INVISIBLE = _characters(_DEFAULT_IGNORABLE) | _characters(_DRAWN_AS_NOTHING)
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def unseen(text: str, at: int) -> str:
    """What the character at a place is, where it cannot be seen and is no spelling; else ""."""
    character = text[at]
    kind = "" if character == " " else _KINDS.get(unicodedata.category(character), "")
    if character in INVISIBLE:
        kind = "an invisible character"
    return "" if not kind or _is_spelling(text, at) else kind


def has_unseen(text: str) -> bool:
    if text.isprintable() and INVISIBLE.isdisjoint(text):  # nearly every text, and told at once
        return False
    return any(unseen(text, at) for at in range(len(text)))


def spaced(text: str) -> str:
    """A text with an ordinary space for every other blank: what a name of a file may hold, and a card may not."""
    return _BLANKS.sub(" ", text)


def text_fault(text: str) -> str:
    """What a text on a card holds besides what is read, as the end of a sentence; "" where it is all that is read."""
    if unicodedata.normalize("NFC", text) != text:
        return "is spelled in parts of letters (NFD), as a Mac does"
    if has_unseen(text):
        return "has characters in it that cannot be seen"
    if has_many_marks(text):
        return "has more marks on a letter than any language"
    if text != text.strip(" "):
        return "begins or ends with a space"
    return "has several spaces together" if "  " in text else ""


def has_many_marks(text: str) -> bool:
    """Whether a letter has more marks than any language sets on one."""
    marks = 0
    for character in "" if text.isascii() else text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MAX_MARKS:
            return True
    return False


# Arabic letters that are never joined to the next one: behind them a non-joiner shows nothing (ArabicShaping.txt).
_NOT_JOINED = re.compile(
    "[\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2-\u06d5"
    "\u06ee\u06ef]"
)


def _is_spelling(text: str, at: int) -> bool:
    """Whether a joiner or non-joiner is where a language needs it and it shows (RFC 5892, A.1 and A.2): behind a
    virama, or a non-joiner between Arabic letters that would be joined.
    """
    if text[at] not in "\u200c\u200d" or not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    is_arabic = unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL"
    is_joined = is_arabic and not _NOT_JOINED.match(before)
    return unicodedata.combining(before) == _VIRAMA or (text[at] == "\u200c" and is_joined)
