"""How texts are worded and printed; characters that are invisible, and where such a one is spelling. Pure.

The invisible ones are those of Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 15.0), which
Python's `unicodedata` lacks; its ranges have room reserved for characters to come. To them come all controls, private,
unassigned and lone code points, every blank other than U+0020, and a few signs that fonts draw as nothing.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

Progress = Callable[[str, int, int, str], None]
"""A callback for each finished item: the stage, how many are done, of how many (0: not known), and the item's name, ""
where it is not worth showing. The stage "wait" has no items; its name is the run that is waited for. The stage "space"
counts MB of a card outside its files.
"""


def silent(stage: str, done: int, total: int, name: str) -> None:
    """A Progress that shows nothing."""


MAX_MARKS = 4
"""UTS #39, 5.4: more nonspacing marks than these on a letter are no language's."""

LAST_SHOWN = 0xFFFF
"""The last character that cheap players show."""

_LONGEST_WORD = 250  # comparing takes the product of the lengths
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


def invisible(text: str, at: int) -> str:
    """What the character at a place is, where it cannot be seen and is no spelling; else ""."""
    character = text[at]
    kind = "" if character == " " else _KINDS.get(unicodedata.category(character), "")
    if character in INVISIBLE:
        kind = "an invisible character"
    return "" if not kind or _is_spelling(text, at) else kind


def named(character: str) -> str:
    """An invisible character by its number and, if it has one, its name: U+3000 IDEOGRAPHIC SPACE."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def has_invisible(text: str) -> bool:
    if text.isprintable() and INVISIBLE.isdisjoint(text):  # nearly every text, and told at once
        return False
    return any(invisible(text, at) for at in range(len(text)))


def spaced(text: str) -> str:
    """A text with an ordinary space for every other blank: what a name of a file may hold, and a card may not."""
    return _BLANKS.sub(" ", text)


def text_fault(text: str) -> str:
    """What a text on a card holds besides what is read, as the end of a sentence; "" where it is all that is read."""
    if unicodedata.normalize("NFC", text) != text:
        return "is spelled in parts of letters (NFD), as a Mac does"
    if has_invisible(text):
        return "has characters in it that cannot be seen"
    if has_many_marks(text):
        return "has more marks on a letter than any language"
    if any(ord(character) > LAST_SHOWN for character in text):
        return "has characters that no player shows, such as emoji"
    if text != text.strip(" "):
        return "begins or ends with a space"
    return "has several spaces together" if "  " in text else ""


def has_many_marks(text: str) -> bool:
    """Whether a letter has more marks than any language sets on one."""
    marks = 0
    for character in "" if text.isascii() else text:
        is_mark = unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        if marks > MAX_MARKS:
            return True
    return False


# Joining_Type=Dual_Joining of the Arabic blocks, and their letters that join to nothing (ArabicShaping.txt, 15.0).
_JOINED_BEHIND = _characters(
    "\u0620 \u0626 \u0628 \u062a-\u062e \u0633-\u063f \u0641-\u0647 \u0649-\u064a \u066e-\u066f "
    "\u0678-\u0687 \u069a-\u06bf \u06c1-\u06c2 \u06cc \u06ce \u06d0-\u06d1 \u06fa-\u06fc \u06ff "
    "\u0750-\u0758 \u075c-\u076a \u076d-\u0770 \u0772 \u0775-\u0777 \u077a-\u077f \u0886 \u0889-\u088d "
    "\u08a0-\u08a9 \u08af-\u08b0 \u08b3-\u08b8 \u08ba-\u08c8"
)
_JOINED_TO_NOTHING = frozenset("\u0621\u0674\u08ad")


def _is_spelling(text: str, at: int) -> bool:
    """Whether a joiner or non-joiner is where a language needs it and it shows (RFC 5892, A.1 and A.2): between the
    virama of a letter and the next letter of its script, or a non-joiner between Arabic letters that would be joined.
    """
    if text[at] not in "\u200c\u200d" or not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    if unicodedata.combining(before) == _VIRAMA:
        return (
            at > 1
            and unicodedata.category(after)[0] == "L"
            and len(set(map(_script, text[at - 2 : at] + after))) == 1
        )
    is_joined = before in _JOINED_BEHIND and after not in _JOINED_TO_NOTHING
    is_arabic = unicodedata.category(after) == "Lo" and _script(after) == "ARABIC"
    return text[at] == "\u200c" and is_joined and is_arabic


def _script(character: str) -> str:
    """The script of a letter or sign, with which its name begins."""
    return unicodedata.name(character, "").partition(" ")[0]


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, keep: str = "\t") -> str:
    """What is not seen as escapes: control characters, which a terminal obeys; signs of no width or that turn the
    direction, which hide what is there; halves of surrogate pairs, which stand for bytes of a file's name that are no
    UTF-8. All of it may come from a manifest or a file's name.
    """
    return "".join(c if c in keep or not _is_hidden(c) else ascii(c)[1:-1] for c in text)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN or character in INVISIBLE


def cells(character: str) -> int:
    """Columns a terminal gives a character: East Asian wide ones take two."""
    # Vowels and finals of decomposed Hangul join the letter before them.
    if unicodedata.combining(character) or "\u1160" <= character <= "\u11ff":
        return 0
    if unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def many(count: int, word: str) -> str:
    """`1 track`, `24 tracks`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def length(seconds: float) -> str:
    """`0:53`, `12:07`, `1:02:03`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """Bytes in decimal units, as cards are sold."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor * 0.9995:  # 999.95 kB would be shown as 1000 kB
            return f"{count / factor:.{0 if unit == 'kB' else 1}f} {unit}"
    return f"{count} B"


def some(names: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def alternatives(ways: Sequence[str], word: str = "or") -> str:
    """`a or b`, `a, b, or c`."""
    return f" {word} ".join(ways) if len(ways) < 3 else f"{', '.join(ways[:-1])}, {word} {ways[-1]}"


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelled one probably means, or ""."""
    found = difflib.get_close_matches(word[:_LONGEST_WORD], known, n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The help for an unknown word: the known one that it probably means, or what to say if there is none."""
    found = closest(word, known)
    return f'did you mean "{found}"?' if found else otherwise


def ranges(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
