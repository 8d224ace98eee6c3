"""Folders of sermons: sections by folder, order by number, titles from names and tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.manifest.text import checked_title
from builder.sources.intake.sermons import SectionTitles, Sermons, neutral_title, shown_title, talks_of


def _talks(
    *paths: str,
    language: str = "ko",
    tags: dict[str, str] | None = None,
    section_titles: SectionTitles = "neutral",
) -> tuple[list[Sermons], list[str]]:
    sections, findings = talks_of(paths, language, lambda path: (tags or {}).get(path, ""), section_titles)
    return sections, [finding.code for finding in findings]


def _titles(*paths: str, language: str = "ko") -> list[str]:
    return [title for section in _talks(*paths, language=language)[0] for _, title in section.tracks]


def test_each_folder_is_a_section_in_natural_order() -> None:
    paths = ("b/2 둘.mp3", "b/10 열.mp3", "a/x.mp3", "01_설교/말씀.mp3", "끝.mp3")
    sections, codes = _talks(*paths, section_titles="folders")
    assert [section.title for section in sections] == ["녹음", "설교", "a", "b"]
    assert [section.folder for section in sections] == ["", "01_설교", "a", "b"]
    neutral, _ = _talks(*paths)
    assert [section.title for section in neutral] == ["녹음 1", "녹음 2", "녹음 3", "녹음 4"]
    assert [section.folder for section in neutral] == [""] * 4
    assert [section.tracks for section in neutral] == [section.tracks for section in sections]
    assert sections[-1].tracks == (("b/2 둘.mp3", "둘"), ("b/10 열.mp3", "열"))
    assert codes == []


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("01 희망", "희망"),
        ("01. 희망", "희망"),
        ("01_위로하시는_하나님", "위로하시는 하나님"),
        ("(01) 희망", "(01) 희망"),
        ("01희망", "희망"),
        ("07 40일 기도", "40일 기도"),
        ("07 2024-03-10 수련회", "2024-03-10 수련회"),
        ("2024-03-10", "2024-03-10"),
        ("40일 기도", "40일 기도"),
        ("001_TheCreation__ENGABCN1DA", "TheCreation"),
        ("A01_001_TheCreation__ENGABCN1DA", "TheCreation"),
        ("희망/", "희망-"),
        ("희망....", "희망..."),
    ],
)
def test_a_title_is_the_name_without_its_number(stem: str, title: str) -> None:
    if "/" in stem:
        assert shown_title(stem) == title
    else:
        assert _titles(f"{stem}.mp3", "말씀.mp3")[0 if stem < "말씀" else -1] == title


def test_a_bare_number_is_one_where_all_of_a_folder_have_it() -> None:
    assert _titles("1 Hope.mp3", "2 Love.mp3") == ["Hope", "Love"]
    assert _titles("1 Corinthians 13 and love.mp3", "Hope.mp3")[0] == "1 Corinthians 13 and love"


@pytest.mark.parametrize(
    ("language", "title"),
    [("ko", "3번"), ("zh-Hans", "第3段"), ("zh-Hant", "第3段"), ("en", "Part 3"), ("fr", "Part 3")],
)
@pytest.mark.parametrize("name", ["track03.mp3", "03.mp3", "Track 03.mp3", "녹음 003.mp3", "REC_0003.mp3"])
def test_a_name_that_says_nothing_gives_way_to_the_tag(name: str, language: str, title: str) -> None:
    assert _titles(name, language=language) == [title]
    sections, _ = _talks(name, tags={name: "희망"})
    assert sections[0].tracks == ((name, "희망"),)


def test_titles_that_no_player_shows_or_that_are_there_twice_are_changed_and_told() -> None:
    sections, codes = _talks("01 희망.mp3", "02 희망.mp3", "03 믿음😀.mp3", "04 희\u200b망.mp3")
    assert [title for _, title in sections[0].tracks] == ["희망", "희망 (2)", "믿음", "희 망"]
    assert codes == ["W339"] * 3


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1, 2, 3], None),
        ([1, 2, 4], "no number 3"),
        ([1, 2, 2, 3], "twice 2"),
        ([3, 4, 5], None),
        ([1, 500, 900], None),
        ([1, 3], None),
    ],
)
def test_numbers_left_out_or_there_twice_are_told(numbers: list[int], said: str | None) -> None:
    paths = [f"{number:03} {chr(65 + at)}.mp3" for at, number in enumerate(numbers)]
    _, findings = talks_of(paths, "ko", lambda _: "")
    assert [finding.code for finding in findings] == (["W338"] if said else [])
    assert said is None or said in findings[0].message


def test_folders_of_one_name_are_told_apart() -> None:
    sections, _ = _talks(
        "a/설교/1.mp3", "b/설교/1.mp3", "b/설교 2/1.mp3", "c/3.mp3", section_titles="folders"
    )
    assert [section.title for section in sections] == ["설교", "설교 2", "설교 2 2", "c"]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("ko", ["녹음 1", "녹음 2"]),
        ("zh-Hans", ["录音 1", "录音 2"]),
        ("zh-Hant", ["錄音 1", "錄音 2"]),
        ("en", ["Recordings 1", "Recordings 2"]),
    ],
)
def test_sections_have_neutral_titles_in_the_language_of_the_pack(language: str, titles: list[str]) -> None:
    sections, _ = _talks("김목사/1.mp3", "John Smith/1.mp3", language=language)
    assert [section.title for section in sections] == titles
    (alone,), _ = _talks("김목사/1.mp3", language=language)
    assert alone.title == titles[0].removesuffix(" 1")


def test_where_a_title_comes_from_is_known() -> None:
    (section,), _ = _talks("a/01 희망.mp3", "a/track02.mp3", "a/track03.mp3", tags={"a/track02.mp3": "믿음"})
    assert section.taken == {"a/01 희망.mp3": "name", "a/track02.mp3": "tag"}


def test_recordings_in_no_folder_have_a_neutral_title() -> None:
    assert [neutral_title(tag) for tag in ("ko", "ko-KP", "zh-Hans", "zh-Hant", "en")] == [
        "녹음",
        "녹음",
        "录音",
        "錄音",
        "Recordings",
    ]


@given(st.text())
def test_whatever_a_name_holds_a_title_is_one_that_a_manifest_takes(text: str) -> None:
    title = shown_title(text)
    assert title == "" or checked_title(title) == title
