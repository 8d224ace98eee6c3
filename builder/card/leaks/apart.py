"""A private term whose letters were set apart: by blanks, points or marks, or as parts of Korean syllables. Pure.

What may part two letters depends on the script. Korean and Chinese names are written with a space or without; a number
of a telephone is grouped as one likes; Latin letters count only where all are set apart, or where the term itself is
parted: "in a" is no Ina. A term of two letters of East Asia counts as a word of its own, since the end of one word and
the beginning of the next are often a name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from builder.text import INVISIBLE

_RANGES = "\u1100-\u11ff\u3040-\u318f\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
_EAST_ASIAN = re.compile(f"[{_RANGES}]+")
_SPACED, _SPACED_OR_NOT = r"[\W_]{1,3}", r"[\W_]{0,3}"
_GROUPED_OR_NOT = r"[\W_]{0,6}"  # of numbers: (010) - 1234 - 5678
_WHOLE = r"(?<![^\W_]){}(?![^\W_])"
# Korean sets its endings behind Latin letters too.
_NO_LETTER_BESIDE = rf"(?<![^\W_{_RANGES}]){{}}(?![^\W_{_RANGES}])"
_LEAST_SPELLED, _LEAST_DIGITS = 3, 6
# Two letters alone are set apart by points: a space parts words, and a sign of India is a part of a letter.
_POINTED = r"[-.,:;*_/|~+'\u00b7\u2010-\u2015\u2019\u2022\u30fb]{1,3}"
# Combining classes: accents and points are over, below or through a letter; vowel signs of India and Thailand are not.
_OVERLAY, _POINTS, _BESIDE = 1, range(10, 36), 200
# Letters that are written as points: the old Korean vowel, which Korean keyboards type for one, and its kin.
_AS_POINTS = dict.fromkeys(map(ord, "\u318d\u119e\ua78f"), "\u00b7")
_LOOSE_FINAL = re.compile("([\uac00-\ud7a3])([\u1100-\u1112])")


class Apart:
    """A term as it may be written."""

    def __init__(self, term: str) -> None:
        self._plain = unmarked(term)
        self._letters = letters_of(self._plain)

    def is_in(self, plain: str, letters: str) -> bool:
        """Whether a text holds it, of which these are what `unmarked` and `letters_of` give."""
        if len(self._letters) < 2 or self._letters not in letters:
            return False
        return self._plain in plain or self._pattern.search(plain) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        units = _units(self._plain)
        between = _GROUPED_OR_NOT if _is_number(self._plain) else _SPACED_OR_NOT
        grouped = "".join(unit + (between if may_part else "") for unit, may_part in units)
        if _EAST_ASIAN.fullmatch(self._letters):
            return re.compile(_WHOLE.format(grouped) if len(units) == 2 else grouped)
        either = _NO_LETTER_BESIDE.format(grouped)
        apart = _SPACED if len(units) >= _LEAST_SPELLED else _POINTED
        return re.compile(either + "|" + _NO_LETTER_BESIDE.format(apart.join(unit for unit, _ in units)))


def _is_number(plain: str) -> bool:
    """Whether a term is a number that is grouped as one likes, such as that of a telephone."""
    return sum(c.isdigit() for c in plain) >= _LEAST_DIGITS


def _units(plain: str) -> list[tuple[str, bool]]:
    """Each letter of a term with the signs that belong to it, and whether something may come before the next."""
    is_number = _is_number(plain)
    units: list[tuple[str, bool]] = []
    for at, character in enumerate(plain):
        if character.isalnum():
            pair = plain[at : at + 2]
            units.append((character, bool(_EAST_ASIAN.fullmatch(pair)) or (is_number and pair.isdigit())))
        elif units:
            is_sign = unicodedata.category(character)[0] == "M"
            units[-1] = (units[-1][0] + character, units[-1][1]) if is_sign else (units[-1][0], True)
    return [*units[:-1], (units[-1][0], False)] if units else []


def letters_of(plain: str) -> str:
    """The letters and digits of a text alone."""
    return re.sub(r"[\W_]+", "", plain)


def unmarked(text: str) -> str:
    """A text in small letters without what is unseen, odd blanks, accents and what is set over or through letters."""
    if text.isascii():
        return " ".join(text.lower().split())
    close = "".join(
        c for c in seen(text.translate(_AS_POINTS)) if c == " " or unicodedata.category(c) != "Zs"
    )
    parts = unicodedata.normalize("NFKD", close).casefold()
    kept = unicodedata.normalize("NFKC", "".join(c for c in parts if not _is_mark(c)))
    return " ".join(_LOOSE_FINAL.sub(_syllable, kept).split())


def _is_mark(character: str) -> bool:
    place = unicodedata.combining(character)
    return (
        place == _OVERLAY or place in _POINTS or place >= _BESIDE or unicodedata.category(character) == "Me"
    )


def _syllable(match: re.Match[str]) -> str:
    """A syllable with the consonant behind it as its final, where it has none; that no vowel follows is known, else the
    two would be a syllable.
    """
    final = unicodedata.name(match[2]).replace("CHOSEONG", "JONGSEONG")
    try:
        composed = unicodedata.normalize("NFC", match[1] + unicodedata.lookup(final))
    except KeyError:  # three double consonants end no syllable
        return match[0]
    return composed if len(composed) == 1 else match[0]


def seen(text: str) -> str:
    """A text without its invisible characters; blanks stay."""
    if text.isascii():
        return text
    return "".join(
        c for c in text if c not in INVISIBLE and unicodedata.category(c) not in ("Cf", "Co", "Cn")
    )
