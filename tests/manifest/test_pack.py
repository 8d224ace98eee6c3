"""From what is written to what a device carries: defaults, true chapter numbers, works, titles, filled patterns."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from builder.manifest.load import load_pack
from builder.manifest.pack import Section, SoundSettings
from tests.manifest.conftest import GOOD, HEAD, Load, good, pack_of


def sources(section: Section) -> list[str]:
    return [piece.source for track in section.tracks for piece in track.pieces]


def titles(section: Section) -> list[str]:
    return [track.title for track in section.tracks]


def test_the_smallest_pack_has_the_defaults() -> None:
    pack = good("smallest")
    assert (pack.id, pack.title, pack.language, pack.edition) == ("p", "T", "en", None)
    assert pack.profiles == ("sd-card",)
    assert pack.sources == GOOD
    (section,) = pack.sections
    assert (section.number, section.title, section.passage) == (1, "S", None)
    (track,) = pack.tracks
    assert (track.number, track.title, track.speaker, track.passage) == (1, "A", None, None)
    assert [(piece.source, piece.start_seconds, piece.end_seconds) for piece in track.pieces] == [
        ("a.mp3", None, None)
    ]
    assert (track.edit, track.split_seconds, pack.quality) == (SoundSettings(), None, "standard")


def test_sources_are_relative_to_the_folder_of_the_manifest(load: Load) -> None:
    loaded = load(
        f"{HEAD}sources: ../녹음\nsections: [{{title: S, tracks: [{{title: A, source: a.mp3}}]}}]\n"
    )
    assert loaded.pack is not None
    assert loaded.pack.sources == Path(loaded.file).parent / ".." / "녹음"


def test_a_profile_named_twice_counts_once_and_keeps_its_order(load: Load) -> None:
    pack = pack_of(
        load, f"{HEAD}profiles: [b, a, b]\nsections: [{{title: S, tracks: [{{title: A, source: a.mp3}}]}}]\n"
    )
    assert pack.profiles == ("b", "a")


def test_every_scalar_trap_reaches_the_pack_as_written() -> None:
    pack = good("scalars-as-written")
    traps = [
        "no",
        "012",
        "3:16",
        "1:30:00",
        "2024-01-01",
        "~",
        "null",
        "1_000",
        "3.10",
        "0x1F",
        ".inf",
        "1e3",
    ]
    (section,) = pack.sections
    assert titles(section) == sources(section) == [*traps, "Yes", "true"]
    assert (pack.title, pack.edition, section.title) == ("012", "2024-01-01", "no")


def test_a_title_in_nfd_comes_out_in_nfc() -> None:
    raw = (GOOD / "nfd-korean-title.yaml").read_text("utf-8")
    assert not unicodedata.is_normalized("NFC", raw)
    pack = good("nfd-korean-title")
    assert (pack.title, pack.sections[0].title) == ("희망의 소리", "설교")
    assert sources(pack.sections[0]) == ["설교/위로.wav"]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    raw = (GOOD / "crlf-and-bom.yaml").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in raw
    pack = good("crlf-and-bom")
    assert (pack.id, pack.title) == ("p", "희망의 소리")
    assert [(track.pieces[0].source, track.place.line) for track in pack.tracks] == [
        ("MRK_001.mp3", 6),
        ("MRK_002.mp3", 6),
    ]


def test_chapters_keep_their_true_numbers() -> None:
    mark, psalms = good("reading-with-pattern").sections
    assert [track.number for track in mark.tracks] == list(range(1, 17))
    assert [track.number for track in psalms.tracks] == [3, 4, 5]
    assert [str(track.passage) for track in psalms.tracks] == ["PSA 3", "PSA 4", "PSA 5"]
    assert (str(mark.passage), str(psalms.passage)) == ("MRK", "PSA 3-5")


def test_book_chapter_and_number_are_filled_in_each_chapter() -> None:
    mark, psalms = good("reading-with-pattern").sections
    assert sources(mark)[::15] == ["MRK/MRK_001_01.mp3", "MRK/MRK_016_16.mp3"]
    assert sources(psalms) == ["PSA/3.mp3", "PSA/4.mp3", "PSA/5.mp3"]


def test_the_number_in_a_pattern_counts_from_one_where_the_chapter_does_not(load: Load) -> None:
    pack = pack_of(
        load, HEAD + 'sections: [{reading: PSA 3-5, source: "{number:02}-{book}-{chapter:03}.mp3"}]\n'
    )
    assert sources(pack.sections[0]) == ["01-PSA-003.mp3", "02-PSA-004.mp3", "03-PSA-005.mp3"]


def test_listed_files_go_to_the_chapters_in_order_each_at_its_own_place() -> None:
    (section,) = good("reading-with-list").sections
    assert section.title == "요한의 기록"
    assert [(track.number, track.pieces[0].source, track.place.line) for track in section.tracks] == [
        (3, "a.mp3", 8),
        (4, "둘째/b.wav", 9),
        (5, "c.flac", 10),
    ]


def test_a_reading_of_verses_is_one_track() -> None:
    trial, comfort = good("reading-of-verses").sections
    assert [(track.number, track.title) for track in trial.tracks] == [(26, "마태복음 26장 57절-27장 10절")]
    assert [(track.number, track.title) for track in comfort.tracks] == [(1, "고린도후서 1장 3-7절")]


@pytest.mark.parametrize(
    ("name", "section", "tracks"),
    [
        ("reading-with-pattern", "마가복음", ["마가복음 1장", "마가복음 2장"]),
        ("reading-of-one-chapter", "유다서 1장", ["유다서 1장"]),
        ("chinese-simplified", "马可福音 第1-2章", ["马可福音 第1章", "马可福音 第2章"]),
        ("chinese-traditional", "詩篇 第23篇", ["詩篇 第23篇"]),
        ("korean-of-the-north", "마르코의 복음서 1장", ["마르코의 복음서 1장"]),
        ("book-names", "마르코 1-2장", ["마르코 1장", "마르코 2장"]),
    ],
)
def test_a_reading_is_titled_in_the_language_of_the_pack(name: str, section: str, tracks: list[str]) -> None:
    first = good(name).sections[0]
    assert first.title == section
    assert titles(first)[:2] == tracks


def test_an_english_reading_is_titled_in_english(load: Load) -> None:
    text = HEAD.replace("ko", "en") + 'sections: [{reading: 1CO 12-13, source: "{chapter}.mp3"}]\n'
    (section,) = pack_of(load, text).sections
    assert (section.title, titles(section)) == (
        "1 Corinthians 12-13",
        ["1 Corinthians 12", "1 Corinthians 13"],
    )


def test_a_book_has_the_name_the_manifest_gives_it_and_the_others_keep_theirs() -> None:
    _, listed = good("book-names").sections
    assert titles(listed) == ["성영 23편", "창세기 1장"]


def test_a_listed_track_is_called_by_its_title_before_its_passage(load: Load) -> None:
    pack = pack_of(
        load, HEAD + "sections: [{title: S, tracks: [{title: A, passage: mrk 3, source: a.mp3}]}]\n"
    )
    assert [(track.title, str(track.passage)) for track in pack.tracks] == [("A", "MRK 3")]


def test_a_note_never_reaches_the_pack() -> None:
    loaded = load_pack(GOOD / "notes.yaml")
    assert "for-the-office-3" in "\n".join(loaded.lines)
    assert "for-the-office" not in repr(loaded.pack)
    assert "comment" not in repr(loaded.pack)


def test_the_same_title_in_two_sections_is_no_finding() -> None:
    assert [titles(section) for section in good("one-title-in-two-sections").sections] == [["A"], ["A"]]


def test_what_a_track_points_at_is_its_source(load: Load) -> None:
    text = (
        HEAD
        + "sections:\n  - title: 설교\n    tracks:\n      - {title: 희망, source: a.mp3, announce: b.ogg}\n"
    )
    (track,) = pack_of(load, text).tracks
    assert (track.place.line, track.place.column, track.place.width) == (7, 29, 5)
    assert (track.announcement_place.line, track.announcement_place.column) == (7, 46)
