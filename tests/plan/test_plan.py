"""The plan: play order by name, by tag and by place; names and tags per device; lengths."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.passage import parse_passage
from builder.manifest.load import load_pack
from builder.manifest.pack import Pack
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.profiles.naming import utf16_units
from builder.profiles.profile import Profile
from tests.packs import listed, pack_of, reading, track_of

_PROFILES = list(built_in().values())
_SD, _PLAYER = built_in()["sd-card"], built_in()["mp3-player"]
_TITLES = st.sampled_from(
    ["설교", "Hope", "希望 Hope 3", "가" * 90, "A" * 90, "1983", "…", "Éphèse", "con", "Zz", "하나. ", "-"]
)


def _planned(pack: Pack, profile: Profile = _SD) -> Plan:
    plan = plan_card(pack, profile, {})
    assert faults_of(plan, pack) == []
    return plan


_SECTIONS = st.lists(st.tuples(_TITLES, st.lists(_TITLES, min_size=1, max_size=4)), min_size=1, max_size=120)


@settings(deadline=None, max_examples=40)
@given(_SECTIONS, st.integers(1, 300), st.sampled_from(_PROFILES))
def test_names_tags_and_places_give_one_play_order(
    sections: list[tuple[str, list[str]]], long: int, profile: Profile
) -> None:
    sections[0] = (sections[0][0], (sections[0][1] * long)[:long])
    pack = pack_of(*(listed(n, title, titles) for n, (title, titles) in enumerate(sections, 1)))
    tracks = plan_card(pack, profile, {}).tracks

    assert [track.pieces for track in tracks] == [track.pieces for track in pack.tracks]
    assert sorted(tracks, key=lambda t: t.path.encode()) == list(tracks)
    assert sorted(tracks, key=lambda t: t.path.encode("utf-16-be")) == list(tracks)
    assert sorted(tracks, key=lambda t: t.path.casefold()) == list(tracks)
    assert sorted(tracks, key=lambda t: (t.tags.album, t.tags.track)) == list(tracks)
    assert [track.tags.track for track in tracks] == list(range(1, len(tracks) + 1))
    assert [track.tags.disc for track in tracks] == sorted(track.tags.disc for track in tracks)
    for part in (part for track in tracks for part in track.path.split("/")):
        assert utf16_units(part) <= profile.names.max_name_chars
        assert part == part.strip(" .")


def test_units_that_flatten_folders_into_one_name_sort_keep_the_order_too() -> None:
    pack = pack_of(reading(1, "MRK 1-3"), listed(2, "설교", ["Zeal", "Alpha"]), reading(3, "GEN 1-2"))
    files = [track.path.rpartition("/")[2] for track in _planned(pack).tracks]
    assert sorted(files) == files


def test_a_reading_keeps_the_true_numbers_of_its_chapters() -> None:
    pack = pack_of(reading(1, "PSA 3-5"))
    assert [track.path for track in _planned(pack).tracks] == [
        "01_PSA/01_PSA_003.mp3",
        "01_PSA/01_PSA_004.mp3",
        "01_PSA/01_PSA_005.mp3",
    ]
    assert _planned(pack, _PLAYER).tracks[0].path.startswith("01 시편 3-5편/003 ")
    assert [track.tags.track for track in _planned(pack).tracks] == [1, 2, 3]


def test_an_sd_card_gets_short_ascii_names_one_folder_deep() -> None:
    pack = pack_of(
        reading(1, "MRK"), listed(2, "설교", ["위로하시는 하나님", "Hope and peace for everyone who waits"])
    )
    for track in _planned(pack).tracks:
        folder, file = track.path.split("/")
        assert re.fullmatch(r"[A-Z0-9_]{1,30}", folder)
        assert re.fullmatch(r"[A-Z0-9_]+\.mp3", file)
        assert len(file) <= 30
    paths = [track.path for track in _planned(pack).tracks]
    assert paths[0] == "01_MRK/01_MRK_001.mp3"
    assert paths[-2:] == ["02/02_001.mp3", "02/02_002_HOPE_AND_PEACE_FOR.mp3"]


def test_an_mp3_player_gets_korean_names_in_nfc() -> None:
    title = unicodedata.normalize("NFD", "위로하시는 하나님")
    plan = _planned(pack_of(reading(1, "MRK 1-2"), listed(2, "설교", [title])), _PLAYER)
    assert [track.path for track in plan.tracks][-1] == "02 설교/001 위로하시는 하나님.mp3"
    assert all(unicodedata.is_normalized("NFC", track.path) for track in plan.tracks)
    assert plan.folders == ("01 마가복음 1-2장", "02 설교")


def test_a_title_that_cannot_be_spelt_gives_way_to_its_passage() -> None:
    track = dataclasses.replace(track_of(1, "위로하시는 하나님"), passage=parse_passage("2CO 1:3-7"))
    pack = pack_of(dataclasses.replace(listed(1, "설교", ["-"]), tracks=(track,)))
    assert _planned(pack).tracks[0].path == "01/01_001_2CO_1.mp3"
    assert _planned(pack, _PLAYER).tracks[0].path == "01 설교/001 위로하시는 하나님.mp3"


def test_an_album_has_its_number_only_among_several() -> None:
    one, two = listed(1, "설교", ["A"]), listed(2, "찬양", ["B"])
    assert [t.tags.album for t in _planned(pack_of(one)).tracks] == ["설교"]
    assert [t.tags.album for t in _planned(pack_of(one, two)).tracks] == ["01 설교", "02 찬양"]


def test_albums_have_as_many_digits_as_there_are_folders() -> None:
    albums = [
        t.tags.album
        for t in _planned(pack_of(*(listed(n, "A", ["B"]) for n in range(1, 101))), _PLAYER).tracks
    ]
    assert (albums[0], albums[98], albums[99]) == ("001 A", "099 A", "100 A")


def test_who_speaks_is_the_artist_and_else_the_pack_is() -> None:
    tracks = (track_of(1, "A", speaker="김목사"), track_of(2, "B"))
    plan = _planned(pack_of(dataclasses.replace(listed(1, "설교", ["-"]), tracks=tracks)))
    assert [track.tags.artist for track in plan.tracks] == ["김목사", "희망의 소리"]
    assert [track.speaker for track in plan.tracks] == ["김목사", None]
    assert [track.tags.title for track in plan.tracks] == ["A", "B"]
    assert {track.tags.genre for track in plan.tracks} == {"Speech"}


@pytest.mark.parametrize(
    ("language", "code"),
    [("ko", "kor"), ("ko-KP", "kor"), ("zh-Hans", "chi"), ("zh-Hant", "chi"), ("en", "eng"), ("de", "ger")],
)
def test_the_language_tag_is_bibliographic(language: str, code: str) -> None:
    plan = _planned(pack_of(listed(1, "A", ["B"]), language=language))
    assert plan.tracks[0].tags.language == code


_MANIFEST = """
pack: test
title: Test
language: ko
defaults: {announce: title.wav, pause: 2}
sections:
  - {reading: MRK 1-2, source: "m{chapter}.wav"}
  - {reading: MRK 3-4, source: "m{chapter}.wav", level: each, announce: false}
  - title: A
    level: together
    tracks: [{title: A, source: a.wav}, {title: B, source: b.wav, announce: false}]
  - title: B
    head_silence: 0.25
    tracks:
      - {title: C, source: c.wav, start: "0:10", announce: false}
      - {title: D, source: c.wav, end: "0:40", announce: false, tail_silence: 0}
      - {title: E, source: c.wav, start: "0:10", end: "1:30:00", announce: own.wav, pause: 0}
"""


def _loaded(tmp_path: Path) -> Plan:
    path = tmp_path / "m.yaml"
    path.write_text(_MANIFEST, "utf-8")
    loaded = load_pack(path)
    assert loaded.findings == ()
    assert loaded.pack is not None
    lengths = {"m1.wav": 60.0, "m3.wav": 30.0, "a.wav": 20.0, "b.wav": 20.0, "c.wav": 100.0}
    return plan_card(loaded.pack, _SD, {**lengths, "title.wav": 3.0, "own.wav": 4.5})


def test_tracks_share_a_work_where_they_share_a_gain(tmp_path: Path) -> None:
    works = [track.work for track in _loaded(tmp_path).tracks]
    groups = [[n for n, work in enumerate(works) if work == one] for one in dict.fromkeys(works)]
    assert groups == [[0, 1], [2], [3], [4, 5], [6], [7], [8]]


def test_the_planned_length_counts_cuts_spoken_titles_and_pauses(tmp_path: Path) -> None:
    plan = _loaded(tmp_path)
    # Chapter 2 has no known length: nothing but its title. The last `end` lies beyond the recording.
    assert [track.seconds for track in plan.tracks] == [65.0, 5.0, 30.0, 0.0, 25.0, 20.0, 90.0, 40.0, 94.5]
    assert [track.announcement for track in plan.tracks][-4:] == [(), (), (), ("own.wav",)]
    assert plan.seconds == sum(track.seconds for track in plan.tracks)
    # 64 kbps are 8,000 bytes a second.
    assert 8_000 * 65 <= plan.tracks[0].bytes <= 8_000 * 65 + 1_000
    assert plan.bytes == sum(track.bytes for track in plan.tracks)


def test_silences_and_pauses_come_from_the_profile_unless_written(tmp_path: Path) -> None:
    tracks = _loaded(tmp_path).tracks
    assert {track.head_silence_seconds for track in tracks[:6]} == {_SD.head_silence_seconds}
    assert {track.head_silence_seconds for track in tracks[6:]} == {0.25}
    assert [track.tail_silence_seconds for track in tracks[6:]] == [1.5, 0.0, 1.5]
    assert [track.pause_seconds for track in tracks[6:]] == [2.0, 2.0, 0.0]
    assert [(t.pieces[0].start_seconds, t.pieces[0].end_seconds) for t in tracks[6:]] == [
        (10.0, None),
        (None, 40.0),
        (10.0, 5400.0),
    ]
