"""Chapters and verses as people write them: `3:16`, `3장 16절`, `제3장`, `第3章16节`, `第三章十六節`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
_HAN = "".join(_DIGITS) + "十百"
_ANY = f"(?:[0-9]{{1,12}}|[{_HAN}]{{1,7}})"
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
_BEGINS = re.compile(f"(?:제 ?)?[0-9]|[第{_HAN}]")  # 제 alone begins no number: 에제키엘


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """One end of a passage. `number` is a chapter or a verse: which, the other end tells."""

    chapter: int | None = None
    verse: int | None = None
    number: int | None = None


def read_numbers(text: str) -> Numbers | None:
    """Read one end of a passage, narrowed and with single spaces; None for anything else."""
    for form in _FORMS:
        if match := form.fullmatch(text):
            found = {name: _value(word.lstrip("第제 ")) for name, word in match.groupdict().items() if word}
            return None if None in found.values() else Numbers(**found)
    return None


def may_begin(text: str) -> bool:
    """Whether numbers may begin here."""
    return _BEGINS.match(text) is not None


_TENS = re.compile(
    "(?:(?P<hundreds>[一二两兩三四五六七八九])百(?:零(?=[一二三四五六七八九]$))?)?"
    "(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[一二三四五六七八九]?)"
)


def _value(word: str) -> int | None:
    """`12`, `十二`, `一百一十九`, `一〇二`; None for what is no numeral. `一百二` is 120 to some, 102 to others."""
    if word.isdigit():
        return int(word)
    if not set(word) & set("十百"):
        return int("".join(str(_DIGITS[sign]) for sign in word))
    match = _TENS.fullmatch(word)
    if match is None or (match["hundreds"] and match["ones"] and match["tens"] is None and "零" not in word):
        return None
    hundreds, ones = _DIGITS.get(match["hundreds"] or "", 0), _DIGITS.get(match["ones"], 0)
    tens = 0 if match["tens"] is None else _DIGITS.get(match["tens"], 1)
    return 100 * hundreds + 10 * tens + ones
