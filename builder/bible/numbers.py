"""Chapters and verses as people write them: `3:16`, `3장 16절`, `제3장`, `第3章16节`, `第三章十六節`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
HAN = "".join(_DIGITS) + "十百"
"""The signs that Chinese numerals are made of."""
_ANY = f"(?:[0-9]{{1,12}}|[{HAN}]{{1,7}})"
_CHAPTER, _VERSE = "[장편章篇]", "[절节節]"
# Chinese numerals need a word that says what they count, for books end in them too (约一).
_FORMS = tuple(
    re.compile(form)
    for form in (
        f"[第제]? ?(?P<chapter>{_ANY}) ?{_CHAPTER}(?: ?[第제]? ?(?P<verse>{_ANY}) ?{_VERSE}?)?",
        f"(?P<chapter>[0-9]{{1,12}}) ?: ?(?P<verse>[0-9]{{1,12}}) ?{_VERSE}?",
        f"[第제]? ?(?P<verse>{_ANY}) ?{_VERSE}",
        f"(?P<number>[0-9]{{1,12}}|[第제] ?{_ANY})",
    )
)
_BEGINS = re.compile(f"(?:제 ?)?[0-9]|[第{HAN}]")  # 제 alone begins no number: 에제키엘


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """One end of a passage. `number` is a chapter or a verse: the other end decides which."""

    chapter: int | None = None
    verse: int | None = None
    number: int | None = None


def read_numbers(text: str) -> Numbers | None:
    """Read one end of a passage, narrowed and with single spaces; None for anything else."""
    for form in _FORMS:
        if match := form.fullmatch(text):
            found = {name: numeral(word.lstrip("第제 ")) for name, word in match.groupdict().items() if word}
            return None if None in found.values() else Numbers(**found)
    return None


def may_begin(text: str) -> bool:
    """Whether numbers may begin here."""
    return _BEGINS.match(text) is not None


_TENS = re.compile(
    "(?:(?P<hundreds>[一二两兩三四五六七八九]?)百(?P<zero>零|〇)?)?"
    "(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[一二三四五六七八九]?)"
)


def numeral(word: str) -> int | None:
    """The number that `12`, `十二`, `一百一十九`, `一百零五` or `一〇二` writes; None for any other word.

    None for `一百二` too: it is 120 to some readers, 102 to others.
    """
    if not word or word.isdecimal():
        return int(word) if word else None
    if not set(word) <= set(HAN):
        return None
    if not set(word) & set("十百"):
        return int("".join(str(_DIGITS[sign]) for sign in word))
    match = _TENS.fullmatch(word)
    if match is None:
        return None
    has_hundreds, has_tens = match["hundreds"] is not None, match["tens"] is not None
    # A zero stands for the missing tens, and only then.
    if has_hundreds and (match["zero"] is not None) != (bool(match["ones"]) and not has_tens):
        return None
    hundreds = _DIGITS.get(match["hundreds"], 1) if has_hundreds else 0
    tens = _DIGITS.get(match["tens"], 1) if has_tens else 0
    return 100 * hundreds + 10 * tens + _DIGITS.get(match["ones"], 0)
