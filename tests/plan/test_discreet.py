"""Discreet packs as they are planned: numbers and nothing else, on every device, in the order of the manifest."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books, names_for
from builder.card.tags import id3v1, id3v2
from builder.manifest.pack import Pack, Section
from builder.plan.draw import plan_card
from builder.plan.fitting import plan_cards
from builder.plan.limits import faults_of
from builder.plan.paths import ENDING
from builder.plan.plan import Plan
from builder.plan.tagging import Tags, tag_bytes
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.conftest import each
from tests.packs import any_packs, lengths_of, listed, pack_of, plan_of, reading, with_limits, with_names

_DEVICES = built_in()
_PROFILES = list(_DEVICES.values())
_EACH = pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
_ANY = given(
    any_packs().map(lambda pack: dataclasses.replace(pack, discreet=True)), st.sampled_from(_PROFILES)
)
_NUMBERS = re.compile(r"[0-9]+(?:[ _.-][0-9]+)*")


def _codes(plan: Plan, pack: Pack) -> set[str]:
    return {finding.code for finding in faults_of(plan, pack)}


def _paths(profile: Profile, *sections: Section, levels: int | None = None) -> list[str]:
    """The paths of a discreet pack, of whose names there is nothing to say but what the device wants."""
    pack = pack_of(*sections, discreet=True, levels=levels)
    plan = plan_card(pack, profile, {})
    assert _codes(plan, pack) <= {"W423"}
    return [track.path.removesuffix(ENDING) for track in plan.tracks]


# The last of three chapters of a book, then two testaments back, then a sermon.
_LAYOUTS = {
    "car-legacy": ("01/01_005", "02/02_002", "03/03_001"),
    "car-usb": ("01/005", "02/002", "03/001"),
    "kulumi": ("Kulumi/001/001005", "Kulumi/002/002002", "Kulumi/003/003001"),
    "megavoice-envoy": ("001/005", "002/002", "003/001"),
    "mp3-player": ("01/005", "02/002", "03/001"),
    "mp5-player": ("01/005", "02/002", "03/001"),
    "numbered-module": ("01/005", "02/002", "03/001"),
    "pearl": ("1/01/01_005", "1/02/02_002", "1/03/03_001"),
    "saber": ("001/001005", "002/002002", "003/003001"),
    "sd-card": ("01/01_005", "02/02_002", "03/03_001"),
    "speaker-box": ("01/01_005", "02/02_002", "03/03_001"),
}


@_EACH
def test_each_device_gets_the_numbers_of_its_pattern_and_folders_are_counted(profile: Profile) -> None:
    sections = reading(1, "MRK 1-5"), reading(2, "GEN 1-2"), listed(3, "설교", ["Hope"])
    paths = _paths(profile, *sections)
    assert (paths[4], paths[6], paths[7]) == _LAYOUTS[profile.name]


@settings(deadline=None, max_examples=200)
@_ANY
def test_names_and_tags_are_numbers_whatever_the_pack_says(pack: Pack, profile: Profile) -> None:
    for track in each(plan_of(pack, profile, {}).tracks):
        root, *rest = track.path.removesuffix(ENDING).split("/")
        for part in rest if root == profile.names.root_folder else [root, *rest]:
            assert _NUMBERS.fullmatch(part), track.path
        tags = track.tags
        assert tags.title == track.path.rpartition("/")[2].removesuffix(ENDING)
        assert all(_NUMBERS.fullmatch(text) for text in (tags.title, tags.album))
        assert (tags.plain_title, tags.plain_album) == (tags.title, tags.album)
        assert {tags.artist, tags.plain_artist, tags.language, tags.genre} == {""}


@settings(deadline=None, max_examples=200)
@_ANY
def test_one_order_by_name_by_album_and_by_number_and_no_device_asks_for_another(
    pack: Pack, profile: Profile
) -> None:
    plan = plan_of(pack, profile, {})
    paths = [track.path.encode() for track in plan.tracks]
    assert all(a < b for a, b in pairwise(paths))
    assert [track.tags.track for track in plan.tracks] == list(range(1, len(paths) + 1))
    albums = [track.tags.album.encode() for track in plan.tracks]
    assert albums == sorted(albums)
    folders = [track.path.rpartition("/")[0] for track in plan.tracks]
    assert len(set(zip(albums, folders, strict=True))) == len(set(albums)) == len(set(folders))
    assert [piece for t in plan.tracks for piece in t.pieces] == [p for t in pack.tracks for p in t.pieces]
    # Only what has nothing to do with words is ever wrong with it.
    assert _codes(plan, pack) <= {"E422", "W423"}


# Another book of as many chapters, if need be of another testament.
_OTHER = {"GEN": "MAT", "PSA": "PRO", "SNG": "GAL", "MRK": "EXO", "REV": "LEV", "TOB": "ROM", "S3Y": "JUD"}


def _told_otherwise(pack: Pack) -> Pack:
    """The same recordings under other words: titles, speakers, groups, books, language and id."""
    groups: dict[str, str] = {}
    sections = []
    for one in pack.sections:
        above = tuple(groups.setdefault(title, f"다른 것 {len(groups)}") for title in one.groups)
        passage = one.passage
        other = (
            listed(one.number, "x", ["y"] * len(one.tracks))
            if passage is None
            else reading(one.number, f"{_OTHER[passage.book]} {passage.numbers}", language="zh-Hant")
        )
        tracks = tuple(
            dataclasses.replace(track, title=f"{'福' * 30} {track.number}", speaker="김목사")
            for track in other.tracks
        )
        sections.append(dataclasses.replace(other, title="Other", groups=above, tracks=tracks, plan=one.plan))
    return dataclasses.replace(
        pack,
        id="another",
        title="Another pack",
        language="zh-Hant",
        edition="7",
        books=names_for("ko", own={"ROM": "x"}),
        sections=tuple(sections),
    )


@settings(deadline=None, max_examples=200)
@_ANY
def test_two_packs_of_the_same_recordings_cannot_be_told_apart(pack: Pack, profile: Profile) -> None:
    mine, other = (plan_of(one, profile, lengths_of(pack, 60)) for one in (pack, _told_otherwise(pack)))
    assert [(t.path, t.tags, t.bytes) for t in mine.tracks] == [
        (t.path, t.tags, t.bytes) for t in other.tracks
    ]
    assert (mine.size, mine.audio) == (other.size, other.audio)
    assert [t.title for t in mine.tracks] != [t.title for t in other.tracks]


@_EACH
@pytest.mark.parametrize(
    "other", [("EXO 1-2", "JON 1-2"), ("GAL 1-2", "MRK 1-2"), ("JHN 1-2", "GEN 1-2"), ("TOB 1-2", "MRK 1-2")]
)
def test_no_folder_says_of_which_testament_a_book_is(profile: Profile, other: tuple[str, str]) -> None:
    def made(*books_read: str) -> list[tuple[str, Tags]]:
        sections = [reading(at, text) for at, text in enumerate(books_read, 1)]
        pack = pack_of(*sections, listed(3, "설교", ["소망"]), discreet=True)
        return [(t.path, t.tags) for t in plan_card(pack, profile, lengths_of(pack, 60)).tracks]

    assert made("GEN 1-2", "MRK 1-2") == made(*other)


@_EACH
def test_a_tag_has_four_frames_of_ascii_and_is_as_long_as_was_planned(profile: Profile) -> None:
    pack = pack_of(reading(1, "GEN 1"), listed(2, "설교", ["소망", "希望"]), discreet=True)
    settings = profile.tag
    for track in each(plan_card(pack, profile, lengths_of(pack, 60)).tracks):
        before, behind = id3v2(track.tags, settings), id3v1(track.tags, settings.id3v1)
        assert len(before) == tag_bytes(track.tags, settings)
        words = set(re.findall(rb"[A-Za-z]{2,}", before + behind))
        assert words <= {b"ID", b"TIT", b"TALB", b"TRCK", b"TPOS", b"TAG"}
        assert (before + behind.removesuffix(b"\xff")).isascii()
        if behind:
            assert behind[3:33].rstrip(b"\0").decode() == track.tags.title
            assert behind[33:63] == bytes(30)
            assert behind[93:] == bytes(33) + bytes([track.tags.track, 255])


def test_the_size_of_a_plan_counts_the_tags_of_numbers() -> None:
    profile = _DEVICES["car-legacy"]
    pack = pack_of(reading(1, "GEN 1-2"), listed(2, "설교", ["소망"]))
    named, bare = (
        plan_card(dataclasses.replace(pack, discreet=discreet), profile, lengths_of(pack, 60)).tracks
        for discreet in (False, True)
    )
    for one, other in each(zip(named, bare, strict=True)):
        saved = tag_bytes(one.tags, profile.tag) - tag_bytes(other.tags, profile.tag)
        assert one.bytes - other.bytes == saved > 0


def test_a_book_of_the_bible_stands_where_the_manifest_has_it() -> None:
    sections = reading(1, "REV 1"), reading(2, "GEN 1"), reading(3, "MRK 1"), reading(4, "GEN 2")
    assert _paths(_DEVICES["saber"], *sections) == ["001/001001", "002/002001", "003/003001", "004/004002"]
    assert _paths(_DEVICES["pearl"], *sections) == [
        "1/01/01_001",
        "1/02/02_001",
        "1/03/03_001",
        "1/04/04_002",
    ]
    named = pack_of(*sections)
    assert "E402" in _codes(plan_card(named, _DEVICES["saber"], {}), named)


def test_a_missing_chapter_shifts_no_number() -> None:
    chapters = reading(1, "MRK 1-5")
    fewer = dataclasses.replace(chapters, tracks=chapters.tracks[:1] + chapters.tracks[2:])
    all_of_them, rest = (_paths(_DEVICES["sd-card"], section) for section in (chapters, fewer))
    assert rest == [path for path in all_of_them if path != "01/01_002"]


def test_files_in_no_folder_and_folders_in_groups_are_numbers() -> None:
    sections = [
        listed(1, "사랑", ["A"], groups=("성경", "구약")),
        listed(2, "Joy", ["B"], groups=("성경", "신약")),
        listed(3, "Joy", ["C"], groups=("설교", "신약")),
    ]
    assert _paths(_DEVICES["megavoice-envoy"], *sections) == [
        "001/001/001/001",
        "001/002/001/001",
        "002/001/001/001",
    ]
    assert _paths(_DEVICES["megavoice-envoy"], *sections, levels=1) == ["001", "002", "003"]
    pack = pack_of(*sections, levels=1, discreet=True)
    tags = [track.tags for track in plan_card(pack, _DEVICES["sd-card"], {}).tracks]
    assert [(one.title, one.album, one.disc) for one in tags] == [(f"00{n}", "01", 1) for n in (1, 2, 3)]


def test_books_that_share_a_folder_say_which_numbers_are_in_it() -> None:
    pack = pack_of(*(reading(n, code) for n, code in enumerate(list(books())[:66], 1)), discreet=True)
    plan = plan_card(pack, _DEVICES["car-legacy"], lengths_of(pack, 10))
    assert _codes(plan, pack) <= {"W418"}
    assert len(plan.folders) < 66
    for folder in plan.folders:
        inside = [track for track in plan.tracks if track.path.startswith(f"{folder}/")]
        numbers = [track.path.split("/")[1][:2] for track in inside]
        assert folder == (numbers[0] if numbers[0] == numbers[-1] else f"{numbers[0]}-{numbers[-1]}")
        assert {track.tags.album for track in inside} == {folder}
    paths = [track.path.encode() for track in plan.tracks]
    assert paths == sorted(paths)
    assert any(re.fullmatch(r"\d\d-\d\d/\d\d_\d\d\d-\d\d\d\.mp3", track.path) for track in plan.tracks)


def test_every_card_of_a_pack_on_several_counts_from_one() -> None:
    sections = [listed(n, f"S{n}", ["A", "B"]) for n in (1, 2, 3, 4)]
    pack = pack_of(*sections, discreet=True, split=True)
    plans = plan_cards(pack, with_limits(_DEVICES["sd-card"], max_folders=2), {})
    assert [[track.path for track in plan.tracks] for plan in plans] == [
        ["01/01_001.mp3", "01/01_002.mp3", "02/02_001.mp3", "02/02_002.mp3"]
    ] * 2


def test_what_the_office_needs_stays_in_the_plan() -> None:
    pack = pack_of(reading(1, "MRK 3"), listed(2, "설교", ["소망"]), discreet=True)
    tracks = plan_card(pack, _DEVICES["saber"], {}).tracks
    assert [(t.title, t.section, t.passage) for t in tracks] == [
        ("마가복음 3장", "마가복음 3장", "MRK 3"),
        ("소망", "설교", None),
    ]


@pytest.mark.parametrize(
    ("name", "levels", "words", "help_text"),
    [
        ("kulumi", None, "Kulumi", "`levels: 2` leaves Kulumi out"),
        ("kulumi", 3, "Kulumi", "`levels: 2` leaves Kulumi out"),
        ("kulumi", 2, "", ""),
        *((name, None, "", "") for name in _DEVICES if name != "kulumi"),
    ],
)
def test_a_word_that_the_device_wants_stays_and_is_told(
    name: str, levels: int | None, words: str, help_text: str
) -> None:
    pack = pack_of(reading(1, "GEN 1"), listed(2, "설교", ["소망"]), discreet=True, levels=levels)
    found = [one for one in faults_of(plan_card(pack, _DEVICES[name], {}), pack) if one.code == "W423"]
    assert [one.message for one in found] == (
        [f"{name} requires words in its names: {words}"] if words else []
    )
    assert all(help_text in one.help and one.place == pack.discreet_place for one in found)


def test_words_of_a_profiles_patterns_are_the_devices_too_and_are_in_no_tag() -> None:
    device = with_names(
        with_limits(_DEVICES["car-usb"], min_levels=2),
        section_name="CD{section:2} {label}",
        track_name="제{number}장 {label}",
        root_folder="",
    )
    pack = pack_of(listed(1, "설교", ["소망"]), discreet=True)
    plan = plan_card(pack, device, {})
    (finding,) = faults_of(plan, pack)
    assert plan.tracks[0].path == "CD01/제001장.mp3"
    assert (plan.tracks[0].tags.title, plan.tracks[0].tags.album) == ("001", "01")
    assert (finding.code, finding.message) == ("W423", "car-usb requires words in its names: CD, 제, 장")
    assert finding.help.startswith("this cannot be turned off")


@pytest.mark.parametrize("discreet", [False, True])
def test_titles_are_blamed_only_where_they_are_on_the_card(discreet: bool) -> None:
    sections = [listed(n, f"{'가' * 50} {n}", ["A"]) for n in range(1, 600)]
    pack = pack_of(*sections, discreet=discreet, label_bytes=16_000_000)
    found = faults_of(plan_card(pack, with_limits(_DEVICES["mp3-player"], max_folders=999), {}), pack)
    helps = [one.help for one in found if one.code == "E420"]
    assert len(helps) == 1
    assert ("titles" in helps[0]) != discreet
