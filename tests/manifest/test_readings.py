"""Readings of several books: a folder for each, the chapters under their true numbers."""

from __future__ import annotations

from builder.manifest.pack import Pack
from tests.manifest.conftest import HEAD, Load, pack_of


def _pack(load: Load, section: str, head: str = HEAD) -> Pack:
    return pack_of(load, f"{head}sections:\n  - {section}\n")


def test_each_book_of_a_reading_is_a_section_of_its_own(load: Load) -> None:
    pack = _pack(load, 'reading: RUT-2SA\n    source: "{book}/{book}_{chapter:03}.mp3"')
    assert [(section.number, section.title, len(section.tracks)) for section in pack.sections] == [
        (1, "룻기", 4),
        (2, "사무엘상", 31),
        (3, "사무엘하", 24),
    ]
    assert pack.tracks[4].pieces[0].source == "1SA/1SA_001.mp3"
    assert pack.tracks[4].number == 1
    assert len({track.work for track in pack.tracks}) == 3


def test_all_is_66_books_and_1189_chapters(load: Load) -> None:
    pack = _pack(load, 'reading: all\n    source: "{book}/{chapter}.mp3"')
    assert (len(pack.sections), len(pack.tracks)) == (66, 1_189)


def test_a_list_of_files_goes_over_the_books(load: Load) -> None:
    pack = _pack(load, "reading: OBA-JON\n    source: [o.mp3, j1.mp3, j2.mp3, j3.mp3, j4.mp3]")
    assert [[track.pieces[0].source for track in section.tracks] for section in pack.sections] == [
        ["o.mp3"],
        ["j1.mp3", "j2.mp3", "j3.mp3", "j4.mp3"],
    ]


def test_a_pattern_that_cannot_tell_books_apart_is_a_finding(load: Load) -> None:
    loaded = load(f'{HEAD}sections:\n  - reading: NT\n    source: "{{chapter:03}}.mp3"\n')
    assert [(finding.code, finding.help) for finding in loaded.findings] == [
        ("E220", "write a pattern with {book} and {chapter:03}, or a list of files")
    ]


def test_several_books_have_no_title_in_common(load: Load) -> None:
    loaded = load(f'{HEAD}sections:\n  - reading: NT\n    title: T\n    source: "{{book}}{{chapter}}.mp3"\n')
    assert [finding.code for finding in loaded.findings] == ["E217"]


def test_a_pack_may_ask_for_a_set_of_names(load: Load) -> None:
    pack = _pack(load, "reading: MRK 1\n    source: a.mp3", f"{HEAD}names: ko-common\n")
    assert pack.sections[0].title == "마르코의 복음서 1장"
