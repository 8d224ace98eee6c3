"""What a screen shows, and what is left of titles in names: long ones, equal ones, signs, flat cards."""

from __future__ import annotations

import dataclasses

import pytest

from builder.bible.passage import parse_passage
from builder.manifest.pack import Pack, Section
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import listed, pack_of, reading, track_of, with_names

_DEVICES = built_in()


def _paths(profile: Profile | str, *sections: Section) -> list[str]:
    return _paths_of(pack_of(*sections, language="en"), profile)


def _paths_of(pack: Pack, profile: Profile | str) -> list[str]:
    """The paths of a pack that the device takes without a word."""
    profile = _DEVICES[profile] if isinstance(profile, str) else profile
    plan = plan_card(pack, profile, {})
    assert faults_of(plan, pack) == []
    return [track.path for track in plan.tracks]


def test_equal_titles_in_no_folder_are_told_apart_by_their_count() -> None:
    sections = listed(1, "A", ["Sermon one", "Song"]), listed(2, "B", ["Sermon one", "Song"])
    plan = plan_card(pack_of(*sections, levels=1), _DEVICES["mp3-player"], {})
    assert [track.tags.title for track in plan.tracks] == [
        "001 Sermon one",
        "002 Song",
        "003 Sermon one",
        "004 Song",
    ]


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (["Sermon 1", "Sermon 2"], ["Sermon 1", "Sermon 2"]),
        (["Sermons 1", "Sermons 2"], ["001 Sermons 1", "002 Sermons 2"]),
        (["sermons 1", "SERMONS 2"], ["001 sermons 1", "002 SERMONS 2"]),
        (
            ["위로하시는 하나님 1", "위로하시는 하나님 2"],
            ["001 위로하시는 하나님 1", "002 위로하시는 하나님 2"],
        ),
    ],
)
def test_a_small_screen_gets_the_number_first_where_titles_begin_alike(
    titles: list[str], shown: list[str]
) -> None:
    pack = pack_of(listed(1, "S", titles))
    for name, expected in (("mp3-player", shown), ("car-usb", titles)):
        plan = plan_card(pack, _DEVICES[name], {})
        assert [track.tags.title for track in plan.tracks] == expected
        assert [track.title for track in plan.tracks] == titles


def test_books_have_the_names_that_the_manifest_gives_them_in_latin_letters_too() -> None:
    books = {"GEN": "Kejadian", "EXO": "출애굽기"}
    sections = [reading(n, f"{book} 1", language="id", books=books) for n, book in enumerate(books, 1)]
    pack = pack_of(*sections, language="id", books=books)
    assert _paths_of(pack, "saber") == [
        "001Kejadian/001001Kejadian 1.mp3",
        "002Exodus/002001Exodus 1.mp3",
    ]
    assert _paths_of(pack, "megavoice-envoy")[0] == "001 Kejadian/Kejadian-001.mp3"


def test_what_cannot_be_spelt_is_told_by_its_passage_or_its_number() -> None:
    track = dataclasses.replace(track_of(1, "위로하시는 하나님"), passage=parse_passage("2CO 1:3-7"))
    section = dataclasses.replace(listed(1, "설교", ["-"]), tracks=(track, track_of(2, "소망")))
    assert _paths("sd-card", section) == ["01/01_001_2CO_1.mp3", "01/01_002.mp3"]
    assert _paths("saber", section) == ["067/067001 2 Corinthians 1 3-7.mp3", "067/067002.mp3"]


@pytest.mark.parametrize(
    ("title", "sd", "player"),
    [
        ("?!", "01_001", "001 !"),
        ("☺", "01_001", "001 ☺"),
        ("…", "01_001", "001 …"),
        ("- . -", "01_001", "001"),
        ("Part ½", "01_001_PART_1_2", "001 Part ½"),
        ("１부：소망", "01_001", "001 １부：소망"),
        ("Ｈｏｐｅ", "01_001_HOPE", "001 Ｈｏｐｅ"),
    ],
)
def test_titles_of_signs_alone_still_give_names(title: str, sd: str, player: str) -> None:
    section = listed(1, "S", [title])
    assert _paths("sd-card", section) == [f"01_S/{sd}.mp3"]
    assert _paths("mp3-player", section) == [f"01 S/{player}.mp3"]


def test_a_long_title_is_cut_so_that_its_whole_path_can_be_read() -> None:
    section = listed(1, "가" * 50, ["나" * 55, "다" * 55])
    profile = _DEVICES["car-usb"]
    paths = _paths(profile, section)
    assert {len(path.encode()) for path in paths} <= {258, 259, 260}
    roomy = with_names(profile, max_path_bytes=1024)
    assert [len(path.split("/")[1]) for path in _paths(roomy, section)] == [60, 60]
