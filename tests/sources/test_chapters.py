"""What is told of a pack's coverage: errors where a listener would be led astray, warnings where it may be meant."""

from __future__ import annotations

import dataclasses

import pytest

from builder.findings import Finding
from builder.manifest.pack import Pack, Section
from builder.sources.chapters import coverage_faults, coverage_of
from tests.packs import lengths_of, listed, pack_of, reading


def _pack(*texts: str, language: str = "ko", gaps_allowed: bool = False) -> Pack:
    sections = [reading(number, text, language=language) for number, text in enumerate(texts, 1)]
    return dataclasses.replace(pack_of(*sections, language=language), gaps_allowed=gaps_allowed)


def _told(pack: Pack) -> list[str]:
    return [f"{f.code} {f.message}" for f in coverage_faults(pack)]


def _one(pack: Pack) -> Finding:
    (finding,) = coverage_faults(pack)
    return finding


@pytest.mark.parametrize(
    "texts", [["MRK"], ["MRK 1-3"], ["MRK 14-16"], ["MAT", "JHN"], ["GEN", "TOB", "EXO"], ["JHN 3:16"]]
)
def test_whole_books_portions_and_books_that_are_not_there_are_no_fault(texts: list[str]) -> None:
    assert _told(_pack(*texts)) == []


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["MRK 1-6", "MRK 8-16"], "E425 MRK: chapter 7 missing between what is there"),
        (["MRK 1-2", "MRK 5", "MRK 9"], "E425 MRK: chapters 3-4, 6-8 missing between what is there"),
        (["LUK 1:1-25", "LUK 2"], "E425 LUK: verses 1:26-80 missing between what is there"),
        (
            ["JHN 3:16", "JHN 3:18", "JHN 5"],
            "E425 JHN: chapter 4 and verses 3:17, 3:19-36 missing between what is there",
        ),
        (["MRK 16", "MRK 1-15"], "E427 MRK: chapter 16 stands out of order"),
        (["MRK 1-3", "MRK 7-16", "MRK 4-6"], "E427 MRK: chapters 4-6 stand out of order"),
        (["MRK", "MRK 4"], "W426 MRK 4 is read twice, the first time on line 10004"),
        (["MRK", "MRK"], "W426 MRK 1 is read twice, the first time on line 10001, and so are 2-16"),
        (["LUK", "MRK"], "W428 the books are not in the order of the Bible: LUK"),
        (["MRK 2-16", "LUK", "MRK 1"], "W428 MRK: chapter 1 stands out of order"),
        (
            ["MAL 1-3"],
            "W429 MAL: 3 chapters are all of it where they are counted as in Hebrew; in most Bibles it has 4",
        ),
    ],
)
def test_a_fault_is_told_once(texts: list[str], told: str) -> None:
    assert _told(_pack(*texts)) == [told]


def test_a_selection_may_have_gaps_and_any_order() -> None:
    assert _told(_pack("PSA 23", "PSA 121", gaps_allowed=True)) == []
    assert _told(_pack("PSA 121", "PSA 23", gaps_allowed=True)) == [
        "W428 PSA: chapter 121 stands out of order"
    ]


def test_a_fault_is_told_where_it_is_heard() -> None:
    assert _one(_pack("MRK 1-6", "MRK 8-16")).track == "마가복음 6장"
    assert _one(_pack("MRK 16", "MRK 1-15")).place.line == 10_016
    assert _one(_pack("MRK", "MRK 4")).place.line == 20_004


def test_the_common_translation_counts_malachi_as_hebrew_bibles_do() -> None:
    assert _told(_pack("MAL 1-3", language="ko-KP")) == []


def test_a_sermon_reads_nothing() -> None:
    sermon = listed(1, "설교", ["위로"])
    passage = reading(2, "2CO 1:3-7").tracks[0].passage
    track = dataclasses.replace(sermon.tracks[0], passage=passage)
    sermon = dataclasses.replace(sermon, tracks=(track,))
    assert coverage_of(pack_of(sermon), lengths_of(pack_of(sermon), 60)) is None
    read: Section = dataclasses.replace(sermon, tracks=(dataclasses.replace(track, is_reading=True),))
    assert coverage_of(pack_of(read), lengths_of(pack_of(read), 60)) is not None


def test_only_what_has_a_recording_is_shown_as_there() -> None:
    pack = _pack("MRK")
    lengths = lengths_of(pack, 60)
    del lengths["1/7.wav"]
    coverage = coverage_of(pack, lengths)
    assert coverage is not None
    assert next(one.missing for one in coverage.books if one.is_there) == (7,)
    assert coverage_of(pack, {}) is not None
