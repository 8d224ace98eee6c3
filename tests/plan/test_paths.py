"""Where each device gets its files: the exact paths that its makers, or SIL HearThis, would give them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from builder.manifest.pack import Pack, Section
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import listed, pack_of, reading, with_limits, with_names

_DEVICES = built_in()


def _paths(profile: Profile | str, *sections: Section, language: str = "en", **card: Any) -> list[str]:
    """The paths of a pack that the device takes without a word."""
    return _paths_of(pack_of(*sections, language=language, **card), profile)


def _paths_of(pack: Pack, profile: Profile | str) -> list[str]:
    profile = _DEVICES[profile] if isinstance(profile, str) else profile
    plan = plan_card(pack, profile, {})
    assert faults_of(plan, pack) == []
    return [track.path for track in plan.tracks]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_saber_gets_the_names_of_sil_hearthis_with_true_chapters(language: str) -> None:
    genesis = reading(1, "GEN 1-2", language=language)
    mark = reading(2, "MRK 3-5", language=language)
    assert _paths("saber", genesis, mark, language=language) == [
        "001Genesis/001001Genesis 1.mp3",
        "001Genesis/001002Genesis 2.mp3",
        "041Mark/041003Mark 3.mp3",
        "041Mark/041004Mark 4.mp3",
        "041Mark/041005Mark 5.mp3",
    ]


@pytest.mark.parametrize(("levels", "above"), [(None, "Kulumi/"), (3, "Kulumi/"), (2, "")])
def test_a_kulumi_has_one_folder_more_unless_the_manifest_says_two_levels(
    levels: int | None, above: str
) -> None:
    assert _paths("kulumi", reading(1, "GEN 1-2"), reading(2, "MRK 4"), levels=levels) == [
        f"{above}001Genesis/001001Genesis 1.mp3",
        f"{above}001Genesis/001002Genesis 2.mp3",
        f"{above}041Mark/041004Mark 4.mp3",
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_envoy_counts_its_folders_and_its_files_say_the_true_chapter(language: str) -> None:
    mark, sermons = reading(1, "MRK 3-5", language=language), listed(2, "Sermons", ["Hope", "설교"])
    assert _paths("megavoice-envoy", mark, sermons, language=language) == [
        "001 Mark/Mark-003.mp3",
        "001 Mark/Mark-004.mp3",
        "001 Mark/Mark-005.mp3",
        "002 Sermons/001 Hope.mp3",
        "002 Sermons/002.mp3",
    ]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (1, ["001 Genesis 1", "002 Mark 1", "003 A", "004 B"]),
        (2, ["001 Genesis/Genesis-001", "002 Mark/Mark-001", "003 Love/001 A", "004 Joy/001 B"]),
        (
            3,
            [
                "001 Bible/001 Genesis/Genesis-001",
                "001 Bible/002 Mark/Mark-001",
                "002 Sermons/001 Love/001 A",
                "002 Sermons/002 Joy/001 B",
            ],
        ),
        (
            4,
            [
                "001 Bible/001 Old/001 Genesis/Genesis-001",
                "001 Bible/002 New/001 Mark/Mark-001",
                "002 Sermons/001 New/001 Love/001 A",
                "002 Sermons/001 New/002 Joy/001 B",
            ],
        ),
    ],
)
def test_an_envoy_has_as_many_groups_as_there_are_levels_for(levels: int, expected: list[str]) -> None:
    sections = (
        reading(1, "GEN 1", language="en", groups=("Bible", "Old")),
        reading(2, "MRK 1", language="en", groups=("Bible", "New")),
        listed(3, "Love", ["A"], groups=("Sermons", "New")),
        listed(4, "Joy", ["B"], groups=("Sermons", "New")),
    )
    assert _paths("megavoice-envoy", *sections, levels=levels) == [f"{path}.mp3" for path in expected]
    if levels == 4:
        assert _paths("megavoice-envoy", *sections) == [f"{path}.mp3" for path in expected]


def test_one_level_of_groups_on_an_envoy_and_none_is_what_the_manifest_has() -> None:
    one = (listed(1, "Love", ["A"], groups=("설교",)), listed(2, "Joy", ["B"], groups=("Songs",)))
    assert _paths("megavoice-envoy", *one) == ["001/001 Love/001 A.mp3", "002 Songs/001 Joy/001 B.mp3"]
    assert _paths("sd-card", *one) == ["01_LOVE/01_001_A.mp3", "02_JOY/02_001_B.mp3"]


def test_a_group_that_comes_again_later_is_another_folder() -> None:
    sections = [listed(n, "S", ["A"], groups=(title,)) for n, title in enumerate(["X", "Y", "X"], 1)]
    assert _paths("megavoice-envoy", *sections) == [
        "001 X/001 S/001 A.mp3",
        "002 Y/001 S/001 A.mp3",
        "003 X/001 S/001 A.mp3",
    ]


def test_groups_have_as_many_digits_as_there_are_beside_them() -> None:
    bare = with_names(with_limits(_DEVICES["megavoice-envoy"], max_groups=99), group_name="{group} {label}")
    sections = [listed(n, "S", ["A"], groups=(f"G{n}",)) for n in range(1, 11)]
    assert [path.split("/")[0] for path in _paths(bare, *sections)[::9]] == ["01 G1", "10 G10"]


def test_more_levels_than_the_device_reads_are_not_built() -> None:
    envoy = with_limits(_DEVICES["megavoice-envoy"], max_levels=3)
    plan = plan_card(pack_of(listed(1, "S", ["A"], groups=("G", "H")), levels=4), envoy, {})
    assert plan.folders == ("001 G/001 S",)


def test_a_pearl_has_testaments_books_and_chapters_and_a_third_group_for_the_rest() -> None:
    sections = (reading(1, "GEN 2"), reading(2, "MRK 3-4"), listed(3, "Sermons", ["Hope"]))
    assert _paths("pearl", *sections, language="ko", pack_id="korbsk") == [
        "1_OT/01_Genesis/01_Genesis_002.mp3",
        "2_NT/41_Mark/41_Mark_003.mp3",
        "2_NT/41_Mark/41_Mark_004.mp3",
        "3_EXTRA/67_Sermons/67_001_Hope.mp3",
    ]


def test_books_beyond_the_sixty_six_come_behind_them_and_sermons_behind_those() -> None:
    sections = (reading(1, "REV 22"), reading(2, "TOB 1", language="en"), listed(3, "Sermons", ["Hope"]))
    paths = _paths("saber", *sections)
    number = int(paths[1][:3])
    assert number > 66
    assert paths[1:] == [
        f"{number:03}Tobit/{number:03}001Tobit 1.mp3",
        f"{number + 1:03}Sermons/{number + 1:03}001 Hope.mp3",
    ]
    assert _paths("pearl", *sections)[1].startswith("2_DC/")


def test_a_numbered_module_has_numbers_and_nothing_else() -> None:
    titles = listed(2, "설교", ["소망", "Hope"])
    assert _paths("numbered-module", reading(1, "MRK 1-2"), titles) == [
        "01/001.mp3",
        "01/002.mp3",
        "02/001.mp3",
        "02/002.mp3",
    ]


def test_a_book_in_two_sections_is_one_folder_where_folders_are_books_and_two_where_they_are_counted() -> (
    None
):
    halves = reading(1, "PSA 41", language="en"), reading(2, "PSA 42", language="en")
    assert _paths("saber", *halves) == ["019Psalms/019041Psalms 41.mp3", "019Psalms/019042Psalms 42.mp3"]
    assert _paths("megavoice-envoy", *halves) == ["001 Psalms/Psalms-041.mp3", "002 Psalms/Psalms-042.mp3"]
    assert _paths("sd-card", *halves) == ["01_PSA/01_PSA_041.mp3", "02_PSA/02_PSA_042.mp3"]
    pack = pack_of(*halves, language="en")
    assert len({track.tags.disc for track in plan_card(pack, _DEVICES["pearl"], {}).tracks}) == 1
    assert len({track.tags.disc for track in plan_card(pack, _DEVICES["sd-card"], {}).tracks}) == 2


def test_verses_are_called_by_their_chapter_and_shown_with_their_verses() -> None:
    verses = reading(1, "JHN 3:16-21"), reading(2, "MAT 26:57-27:10")
    assert _paths("sd-card", *verses) == ["01_JHN/01_JHN_003.mp3", "02_MAT/02_MAT_026.mp3"]
    assert _paths("mp3-player", *verses, language="ko") == [
        "01 요한복음 3장 16-21절/003 요한복음 3장 16-21절.mp3",
        "02 마태복음 26장 57절-27장 10절/026 마태복음 26장 57절-27장 10절.mp3",
    ]
    assert _paths("saber", verses[0]) == ["043John/043003John 3 16-21.mp3"]


def test_an_mp5_player_shows_chinese_and_tells_korean_books_in_english() -> None:
    sermon = listed(2, "설교", ["希望之声", "소망"])
    assert _paths("mp5-player", reading(1, "MRK 3"), sermon, language="ko") == [
        "01 Mark/003 Mark 3.mp3",
        "02/001 希望之声.mp3",
        "02/002.mp3",
    ]
    chinese = reading(1, "MRK 3", language="zh-Hans")
    assert _paths("mp5-player", chinese, language="zh-Hans") == ["01 马可福音 第3章/003 马可福音 第3章.mp3"]


def test_files_in_no_folder_are_counted_over_the_card() -> None:
    sections = reading(1, "MRK 3"), listed(2, "설교", ["Hope", "소망"]), reading(3, "JHN 3:16")
    assert _paths("sd-card", *sections, levels=1) == [
        "001_MRK_3.mp3",
        "002_HOPE.mp3",
        "003.mp3",
        "004_JHN_3.mp3",
    ]
    plan = plan_card(pack_of(*sections, levels=1), _DEVICES["sd-card"], {})
    assert {(track.tags.album, track.tags.disc) for track in plan.tracks} == {("희망의 소리", 1)}
    alone = plan_card(pack_of(sections[1], levels=1), _DEVICES["sd-card"], {})
    assert {track.tags.album for track in alone.tracks} == {"설교"}


def test_joined_chapters_in_no_folder_say_both_their_chapters() -> None:
    assert _paths("car-legacy", reading(1, "PSA 1-40"), language="ko", levels=1)[:2] == [
        "001_PSA_1-2.mp3",
        "002_PSA_3-4.mp3",
    ]


def test_the_id_of_a_pack_is_the_offices_and_is_on_no_card() -> None:
    for device in _DEVICES.values():
        section = listed(1, "설교", ["소망"])
        pack = dataclasses.replace(pack_of(section, reading(2, "GEN 1")), id="secret-batch-7")
        for track in plan_card(pack, device, {}).tracks:
            told = " ".join([track.path, *track.tags.texts, track.tags.plain_artist, track.tags.plain_album])
            assert "secret" not in told.casefold()
