"""Sections for chapters: one pattern where one names them all, and never a file that was left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.bible.passage import Passage, parse_passage, parse_passages
from builder.manifest.text import fill_pattern
from builder.sources.intake.sections import Parts, Reading, sections_of
from tests.sources.intake.families import FAMILIES, names_of


def _passages(names: dict[str, tuple[str, int]]) -> dict[str, Passage]:
    return {path: Passage(book=book, first=chapter, last=chapter) for path, (book, chapter) in names.items()}


def _filled(sections: list[Reading | Parts]) -> dict[str, str]:
    """What sections name, by path, as a manifest would."""
    found: dict[str, str] = {}
    for section in sections:
        if isinstance(section, Parts):
            found |= {path: str(passage) for path, passage in section.tracks}
            continue
        parts = [part for passage in parse_passages(section.text) for part in passage.by_chapter()]
        for number, part in enumerate(parts, 1):
            if isinstance(section.source, str):
                values: dict[str, str | int] = {"book": part.book, "chapter": part.first, "number": number}
                path = fill_pattern(section.source, values)
            else:
                path = section.source[number - 1]
            if str(part) not in section.missing:
                found[path] = str(part)
    return found


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("Digital Bible Library", "all", "release/audio/{book}/{book}_{chapter:03}.mp3"),
        ("Paratext", "all", "XKAL-{book}-{chapter:03}.mp3"),
    ],
)
def test_a_bible_that_one_pattern_names_is_one_section(name: str, text: str, source: str) -> None:
    sections, findings = sections_of(_passages(names_of(name)), (), allow_gaps=False)
    assert sections == [Reading(text=text, source=source)]
    assert findings == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_named_whole_and_in_canonical_order(family: str) -> None:
    passages = _passages(names_of(family))
    sections, findings = sections_of(dict(reversed(passages.items())), (), allow_gaps=False)
    assert findings == []
    found = _filled(sections)
    assert found == {path: str(passage) for path, passage in passages.items()}
    assert list(found) == list(passages)


def test_books_whose_code_begins_with_a_digit_share_a_pattern_with_the_others() -> None:
    names = {
        path: held
        for path, held in names_of("Digital Bible Library").items()
        if books()[held[0]].testament == "OT"
    } | {f"{code}-{n}.mp3": (code, n) for code, n in [("MAT", n) for n in range(1, 29)]}
    sections, _ = sections_of(_passages(names), (), allow_gaps=False)
    assert [one.text for one in sections if isinstance(one, Reading)] == ["OT", "MAT"]


def test_a_pattern_of_few_chapters_names_the_others_as_they_would_be_called() -> None:
    (section,), _ = sections_of(_passages({"en_ulb_b41_mat_c01.wav": ("MAT", 1)}), (), allow_gaps=False)
    assert isinstance(section, Reading)
    assert section.source == "en_ulb_b41_mat_c{chapter:02}.wav"


def test_files_counted_through_a_whole_bible_are_one_section() -> None:
    names = {f"{at:04}.mp3": held for at, held in enumerate(names_of("Paratext").values(), 1)}
    assert sections_of(_passages(names), (), allow_gaps=False)[0] == [
        Reading(text="all", source="{number:04}.mp3")
    ]


@pytest.mark.parametrize(
    ("codes", "texts"),
    [
        (["GEN", "EXO", "LEV"], ["GEN-LEV"]),
        (["GEN", "LEV"], ["GEN", "LEV"]),
        (["MAL", "MAT"], ["MAL-MAT"]),
        ([code for code, book in books().items() if book.testament == "NT"], ["NT"]),
    ],
)
def test_books_that_stand_one_behind_the_other_share_a_section(codes: list[str], texts: list[str]) -> None:
    names = {path: held for path, held in names_of("Paratext").items() if held[0] in codes}
    sections, _ = sections_of(_passages(names), (), allow_gaps=False)
    assert [section.text for section in sections if isinstance(section, Reading)] == texts


def test_psalms_that_no_pattern_names_are_listed_between_the_others() -> None:
    names = {
        f"{book}_{f'{chapter:02}'.rjust(4, '_')}.mp3": (book, chapter)
        for book, chapter in names_of("Paratext").values()
        if book in ("JOB", "PSA", "PRO")
    }
    sections, _ = sections_of(_passages(names), (), allow_gaps=False)
    assert [(one.text, type(one.source)) for one in sections if isinstance(one, Reading)] == [
        ("JOB", str),
        ("PSA", tuple),
        ("PRO", str),
    ]


def test_a_missing_chapter_stays_in_the_pattern_so_that_check_stops_at_it() -> None:
    passages = {f"MRK_{n:03}.mp3": parse_passage(f"MRK {n}") for n in range(1, 17) if n not in (4, 5, 9)}
    sections, findings = sections_of(passages, (), allow_gaps=False)
    assert sections == [
        Reading(text="MRK", source="{book}_{chapter:03}.mp3", missing=("MRK 4", "MRK 5", "MRK 9"))
    ]
    assert [f.code for f in findings] == ["E332", "W333"]
    assert "3 of 16 chapters are missing: 4-5, 9" in findings[0].message
    assert [f.code for f in sections_of(passages, (), allow_gaps=True)[1]] == ["W333", "W333"]


def test_a_file_that_was_left_out_never_slips_in_by_a_pattern() -> None:
    passages = {f"RUT_{n:03}.mp3": parse_passage(f"RUT {n}") for n in (1, 2, 4)}
    (section,), _ = sections_of(passages, {"RUT_003.mp3"}, allow_gaps=False)
    assert isinstance(section, Reading)
    assert section.source == ("RUT_001.mp3", "RUT_002.mp3", "RUT 3 is missing.mp3", "RUT_004.mp3")
    (alone,), _ = sections_of({"RUT_1.mp3": parse_passage("RUT 1")}, {"RUT_2.mp3"}, allow_gaps=False)
    assert isinstance(alone, Reading)
    assert alone.source[:2] == ("RUT_1.mp3", "RUT 2 is missing.mp3")
    (allowed,), _ = sections_of(passages, {"RUT_003.mp3"}, allow_gaps=True)
    assert isinstance(allowed, Parts)
    assert [path for path, _ in allowed.tracks] == list(passages)


@pytest.mark.parametrize(("book", "count"), [("MAL", 3), ("JOL", 4), ("PSA", 151)])
def test_books_that_some_bibles_count_otherwise_are_read_as_they_are(book: str, count: int) -> None:
    passages = {f"{book}_{n}.mp3": parse_passage(f"{book} {n}") for n in range(1, count + 1)}
    (section,), findings = sections_of(passages, (), allow_gaps=False)
    assert section == Reading(text=f"{book} 1-{count}", source="{book}_{chapter}.mp3")
    assert [f.code for f in findings] == ["W333", "W333"]


def test_parts_of_chapters_are_listed_with_their_verses_in_order() -> None:
    passages = {name: parse_passage(name) for name in ("LUK 2:1-20", "LUK 1:26-38", "LUK 1:1-25")}
    (section,), _ = sections_of(passages, (), allow_gaps=False)
    assert isinstance(section, Parts)
    assert [path for path, _ in section.tracks] == ["LUK 1:1-25", "LUK 1:26-38", "LUK 2:1-20"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["LUK 1:1-25", "LUK 1:26-80", "LUK 2:1-20"], None),
        (["LUK 1:1-79", "LUK 2"], None),
        (["LUK 1", "LUK 2:1-20"], None),
        (["LUK 1:1-25", "LUK 1:30-80"], "LUK 1:1-25 and LUK 1:30-80"),
        (["LUK 1:1-25", "LUK 2:1-20"], "LUK 1:1-25 and LUK 2:1-20"),
        (["LUK 1", "LUK 2:3-20"], "LUK 1 and LUK 2:3-20"),
        (["LUK 1", "LUK 3:1-20"], "LUK 1 and LUK 3:1-20"),
    ],
)
def test_verses_missing_between_parts_are_told(parts: list[str], said: str | None) -> None:
    passages = {part: parse_passage(part) for part in parts}
    found = [f for f in sections_of(passages, (), allow_gaps=False)[1] if f.code == "E332"]
    assert [f.message.partition("between ")[2] for f in found] == ([said] if said else [])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(FAMILIES)),
    st.lists(st.sampled_from(sorted(names_of("Paratext").values())), min_size=1, max_size=80, unique=True),
)
def test_any_part_of_any_family_is_named_exactly(family: str, held: list[tuple[str, int]]) -> None:
    by_chapter = {chapter: path for path, chapter in names_of(family).items()}
    passages = _passages({by_chapter[chapter]: chapter for chapter in held})
    others = set(by_chapter.values()) - passages.keys()
    sections, _ = sections_of(passages, others, allow_gaps=False)
    assert _filled(sections) == {path: str(passage) for path, passage in passages.items()}
