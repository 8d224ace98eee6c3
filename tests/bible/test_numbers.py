"""Numerals: every reader of chapters and verses reads the same number."""

from __future__ import annotations

import pytest

from builder.bible.numbers import numeral, read_numbers
from builder.sources.intake.families import claim_of
from tests.conftest import each

_ONES = "〇一二三四五六七八九"


def _claimed(name: str) -> tuple[int, ...]:
    """The chapters that the name of a file claims; () without any."""
    claim = claim_of(name)
    return claim.chapters if claim else ()


def _spellings(number: int) -> set[str]:
    """The ways in which Chinese readers write a number up to 199."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    last = _ONES[ones] if ones else ""
    below = f"{_ONES[tens] if tens > 1 or hundreds else ''}十{last}" if tens else last
    written = {"".join(_ONES[int(digit)] for digit in str(number))}
    if not hundreds:
        return written | {below}
    gaps = ("零", "〇") if ones and not tens else ("",)
    return written | {f"一百{gap}{below}" for gap in gaps}


@pytest.mark.parametrize("number", range(1, 200))
def test_every_spelling_of_a_number_is_that_number_in_passages_and_in_names_of_files(number: int) -> None:
    for spelled in each(_spellings(number)):
        assert numeral(spelled) == number
        numbers = read_numbers(f"第{spelled}篇")
        assert numbers is not None
        assert numbers.chapter == number
        assert _claimed(f"诗篇第{spelled}篇.wav") == (number,), spelled


@pytest.mark.parametrize(
    "word", ["一百二", "一百零", "二一十", "十十", "百百", "", "甲", "一百零二十", "十〇五"]
)
def test_what_readers_read_in_two_ways_is_no_number_and_claims_no_chapter(word: str) -> None:
    assert numeral(word) is None
    assert _claimed(f"诗篇第{word}篇.wav") == ()


def test_full_width_and_other_signs_for_two_are_read_in_names_of_files() -> None:
    names = ("诗篇第１０２篇.mp3", "诗篇两篇.mp3", "詩篇第兩篇.mp3")
    assert [_claimed(name) for name in names] == [(102,), (2,), (2,)]
