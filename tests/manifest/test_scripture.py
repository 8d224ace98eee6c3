"""Scripture in a manifest: passages in any language, verses that no Bible has, names that nobody vouches for."""

from __future__ import annotations

import pytest

from tests.manifest.conftest import HEAD, Load, pack_of

NORTH = "pack: p\ntitle: T\nlanguage: ko-KP\n"
LUKE_AND_JOHN = 'sections:\n  - {reading: LUK-JHN, source: "{book}{chapter}.mp3"}\n'


@pytest.mark.parametrize(
    "reading", ["MRK 1-3", "마가복음 1-3장", "막 1~3", "马可福音 第一至三章", "Mark 1–3"]
)
def test_a_reading_in_any_language_is_the_same_pack(load: Load, reading: str) -> None:
    pack = pack_of(
        load, f'{HEAD}sections:\n  - {{reading: "{reading}", source: "{{book}}_{{chapter}}.mp3"}}\n'
    )
    assert [track.pieces[0].source for track in pack.tracks] == ["MRK_1.mp3", "MRK_2.mp3", "MRK_3.mp3"]
    assert pack.sections[0].title == "마가복음 1-3장"


def test_a_reading_may_end_in_the_fourth_chapter_of_joel(load: Load) -> None:
    pack = pack_of(load, f'{HEAD}sections:\n  - {{reading: JOL 1-4, source: "{{chapter}}.mp3"}}\n')
    assert [track.title for track in pack.tracks] == ["요엘 1장", "요엘 2장", "요엘 3장", "요엘 4장"]
    whole = pack_of(load, f'{HEAD}sections:\n  - {{reading: JOL, source: "{{chapter}}.mp3"}}\n')
    assert len(whole.tracks) == 3


def test_verses_beyond_a_chapter_are_a_warning_where_they_stand(load: Load) -> None:
    loaded = load(
        f"{HEAD}sections:\n"
        "  - reading: MRK 1:40-50\n"
        "    source: a.mp3\n"
        "  - title: 설교\n"
        "    tracks:\n"
        "      - {source: b.mp3, passage: 요한복음 3장 16절}\n"
        "      - {source: c.mp3, title: C, passage: 요한복음 3장 37절}\n"
    )
    assert [(one.code, one.place.line, one.message) for one in loaded.findings] == [
        ("W228", 5, "MRK 1 has 45 verses (versifications eng and org), not 50"),
        ("W228", 10, "JHN 3 has 36 verses (versifications eng and org), not 37"),
    ]
    assert loaded.pack is not None
    assert len(loaded.pack.tracks) == 3


def test_borrowed_names_are_told_once_to_a_pack_for_the_north(load: Load) -> None:
    loaded = load(NORTH + LUKE_AND_JOHN)
    (finding,) = loaded.findings
    assert (finding.code, finding.place.line) == ("W229", 3)
    assert finding.message.startswith("2 of 2 books are called as in the Common Translation: no source for")
    assert finding.help == "write them under `books:`, or `names: ko-common` to say that these are meant"


def test_only_books_without_a_name_of_their_own_count(load: Load) -> None:
    loaded = load(f"{NORTH}books: {{LUK: 누가복음, MAT: 마태복음}}\n{LUKE_AND_JOHN}")
    assert [one.message[:40] for one in loaded.findings] == ["1 of 2 books is called as in the Common "]


@pytest.mark.parametrize(
    "head",
    [
        f"{NORTH}books: {{LUK: 누가복음, JHN: 요한복음}}\n",
        f"{NORTH}names: ko-common\n",
        f"{NORTH}names: ko\n",
        HEAD,
        "pack: p\ntitle: T\nlanguage: ko-KR\n",
        "pack: p\ntitle: T\nlanguage: zh-Hans\n",
    ],
)
def test_names_that_are_meant_or_known_need_no_word(load: Load, head: str) -> None:
    assert load(head + LUKE_AND_JOHN).findings == ()


def test_a_book_whose_name_is_not_shown_needs_no_word(load: Load) -> None:
    loaded = load(
        f"{NORTH}sections:\n  - {{title: 설교, tracks: [{{source: a.mp3, title: 위로, passage: MRK 1}}]}}\n"
    )
    assert loaded.findings == ()
