"""Chapters of odd length: hardly any in a right Bible, many of those that changed places, none where nothing is learnt.

`syllables.tsv` has about how many each chapter of the King James Version has (runs of vowels); reading times are made
from them.
"""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path

import pytest

from builder.bible.books import books
from builder.manifest.pack import Pack
from builder.sources.lengths import length_faults
from tests.conftest import IS_LONG
from tests.packs import pack_of, reading

_SYLLABLES = {
    code: [int(count) for count in counts.split(",")]
    for code, counts in (
        line.split("\t") for line in Path(__file__).with_name("syllables.tsv").read_text("utf-8").splitlines()
    )
}
_RUNS = 20 if IS_LONG else 12


@cache
def _bible() -> Pack:
    return pack_of(*(reading(number, code) for number, code in enumerate(_SYLLABLES, 1)))


def seconds_of(book: str) -> list[float]:
    """What the chapters of a book take at an even pace."""
    return [count / 4.2 + 5 for count in _SYLLABLES[book]]


def _times(seed: int, *, uneven: float = 0.03, announcement: float | None = None) -> dict[str, float]:
    """Seconds of each recording: a reader's pace, another in each book, and never quite the same."""
    chance = random.Random(seed)
    before = chance.uniform(4, 8) if announcement is None else announcement
    lengths = {}
    for number, counts in enumerate(_SYLLABLES.values(), 1):
        pace = 4.2 * math.exp(chance.gauss(0, uneven))
        for chapter, count in enumerate(counts, 1):
            lengths[f"{number}/{chapter}.wav"] = count / pace * math.exp(chance.gauss(0, 0.06)) + before + 1
    return lengths


def _told(lengths: dict[str, float]) -> set[str]:
    faults = length_faults(_bible(), lengths)
    assert {fault.code for fault in faults} <= {"W317"}
    return {fault.track for fault in faults}


def test_the_table_has_every_chapter() -> None:
    bible = [book for book in books().values() if book.number <= 66]
    assert {code: len(counts) for code, counts in _SYLLABLES.items()} == {b.code: b.chapters for b in bible}


@pytest.mark.parametrize(
    ("uneven", "announcement"), [(0.03, None), (0.15, None), (0.03, 0.0), (0.03, 20.0)],
    ids=["one reader", "many readers", "nothing announced", "music before"],
)  # fmt: skip
def test_a_right_bible_has_hardly_a_chapter_of_odd_length(uneven: float, announcement: float | None) -> None:
    told = [len(_told(_times(seed, uneven=uneven, announcement=announcement))) for seed in range(_RUNS)]
    assert sum(told) / _RUNS <= 2
    assert max(told) <= 6


@pytest.mark.parametrize(("where", "least"), [("anywhere", 0.35), ("in a book", 0.18)])
def test_many_chapters_that_changed_places_are_told(where: str, least: float) -> None:
    chance = random.Random(1)
    told = pairs = 0
    for seed in range(_RUNS * 3):
        lengths = _times(seed)
        one = chance.choice(list(lengths))
        near = [name for name in lengths if name.split("/")[0] == one.split("/")[0]]
        other = chance.choice(
            [name for name in (lengths if where == "anywhere" else near) if name != one] or [one]
        )
        lengths[one], lengths[other] = lengths[other], lengths[one]
        titles = {t.title for t in _bible().tracks if t.pieces[0].source in (one, other)}
        told += bool(_told(lengths) & titles)
        pairs += one != other
    assert told / pairs >= least


def test_a_pair_that_changed_places_is_told_of_each_other() -> None:
    lengths = _times(1)
    numbers = {code: number for number, code in enumerate(_SYLLABLES, 1)}
    psalms, psalm = f"{numbers['PSA']}/119.wav", f"{numbers['PSA']}/117.wav"
    lengths[psalms], lengths[psalm] = lengths[psalm], lengths[psalms]
    faults = {fault.track: fault for fault in length_faults(_bible(), lengths)}
    long = faults["시편 117편"]
    assert long.message.startswith("PSA 117: the recording takes 1")
    assert "; it would fit 시편 119편 (19/119.wav): were they swapped?" in long.message
    assert "시편 117편" in faults["시편 119편"].message
    assert long.help == "listen to 19/117.wav: is it this chapter, and all of it?"


def test_a_recording_that_stops_early_is_told() -> None:
    lengths = _times(2)
    lengths["1/24.wav"] = 60.0
    (fault,) = [f for f in length_faults(_bible(), lengths) if f.track == "창세기 24장"]
    assert fault.message.startswith("GEN 24: the recording takes 1:00; its 67 verses should take about ")
    assert "swapped" not in fault.message


@pytest.mark.parametrize("seconds", [0.0, 1.0, 60.0, 86_400.0])
def test_lengths_that_say_nothing_make_no_flood(seconds: float) -> None:
    assert _told(dict.fromkeys(_times(1), seconds)) == set()


def test_random_lengths_make_no_flood() -> None:
    chance = random.Random(3)
    assert _told({name: chance.uniform(30, 900) for name in _times(1)}) == set()


def test_little_is_learnt_from_few_chapters() -> None:
    pack = pack_of(reading(1, "RUT"))
    assert length_faults(pack, {"1/1.wav": 200, "1/2.wav": 200, "1/3.wav": 5, "1/4.wav": 200}) == []
    assert length_faults(pack_of(reading(1, "MRK")), {}) == []
