"""The plan: play order by name, by tag and by place; names and tags per device; limits; lengths."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.passage import parse_passage, passage_title
from builder.findings import Finding, Place
from builder.manifest.load import load_pack
from builder.manifest.pack import Edit, Pack, Piece, Section, Track
from builder.naming import utf16_units
from builder.plan import Plan, plan_card
from builder.profiles.load import built_in
from builder.profiles.profile import Profile

_PLACE = Place(file="m.yaml")
_PROFILES = list(built_in().values())
_SD, _PLAYER = built_in()["sd-card"], built_in()["mp3-player"]
_TITLES = st.sampled_from(
    ["설교", "Hope", "希望 Hope 3", "가" * 90, "A" * 90, "1983", "…", "Éphèse", "con", "Zz", "하나. ", "-"]
)


def _piece(source: str, start: float | None = None, end: float | None = None) -> Piece:
    return Piece(
        source=source,
        start_seconds=start,
        end_seconds=end,
        place=_PLACE,
        start_place=_PLACE,
        end_place=_PLACE,
    )


def _track(
    number: int, title: str, *, section: int = 1, speaker: str | None = None, edit: Edit | None = None
) -> Track:
    return Track(
        number=number,
        title=title,
        speaker=speaker,
        passage=None,
        pieces=(_piece(f"{section}/{number}.wav"),),
        edit=edit or Edit(),
        work=f"{section}.{number}",
        place=dataclasses.replace(_PLACE, line=section * 10_000 + number),
        announcement_place=_PLACE,
    )


def _listed(number: int, title: str, titles: Sequence[str]) -> Section:
    tracks = tuple(_track(n, t, section=number) for n, t in enumerate(titles, 1))
    return Section(
        number=number,
        title=title,
        passage=None,
        tracks=tracks,
        place=dataclasses.replace(_PLACE, line=number),
    )


def _reading(number: int, text: str) -> Section:
    passage = parse_passage(text)
    tracks = tuple(
        dataclasses.replace(
            _track(chapter, f"{passage_title(passage, 'ko', {})} {chapter}장", section=number),
            passage=parse_passage(f"{passage.book} {chapter}"),
        )
        for chapter in passage.chapters
    )
    return Section(
        number=number, title=passage_title(passage, "ko", {}), passage=passage, tracks=tracks, place=_PLACE
    )


def _pack(*sections: Section, language: str = "ko") -> Pack:
    return Pack(
        id="test",
        title="희망의 소리",
        language=language,
        edition=None,
        quality="standard",
        profiles=("sd-card",),
        sources=Path("recordings"),
        sources_place=_PLACE,
        profile_places=(_PLACE,),
        sections=sections,
    )


def _planned(pack: Pack, profile: Profile = _SD) -> Plan:
    plan, findings = plan_card(pack, profile, {})
    assert findings == []
    return plan


def _codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


_SECTIONS = st.lists(st.tuples(_TITLES, st.lists(_TITLES, min_size=1, max_size=4)), min_size=1, max_size=120)


@settings(deadline=None, max_examples=40)
@given(_SECTIONS, st.integers(1, 300), st.sampled_from(_PROFILES))
def test_names_tags_and_places_give_one_play_order(
    sections: list[tuple[str, list[str]]], long: int, profile: Profile
) -> None:
    sections[0] = (sections[0][0], (sections[0][1] * long)[:long])
    pack = _pack(*(_listed(n, title, titles) for n, (title, titles) in enumerate(sections, 1)))
    tracks = plan_card(pack, profile, {})[0].tracks

    assert [track.pieces for track in tracks] == [track.pieces for track in pack.tracks]
    assert sorted(tracks, key=lambda t: t.path.encode()) == list(tracks)
    assert sorted(tracks, key=lambda t: t.path.encode("utf-16-be")) == list(tracks)
    assert sorted(tracks, key=lambda t: t.path.casefold()) == list(tracks)
    assert sorted(tracks, key=lambda t: (t.tags.album, t.tags.track)) == list(tracks)
    assert [track.tags.track for track in tracks] == list(range(1, len(tracks) + 1))
    assert [track.tags.disc for track in tracks] == sorted(track.tags.disc for track in tracks)
    for part in (part for track in tracks for part in track.path.split("/")):
        assert utf16_units(part) <= profile.max_name_chars
        assert part == part.strip(" .")


def test_units_that_flatten_folders_into_one_name_sort_keep_the_order_too() -> None:
    pack = _pack(_reading(1, "MRK 1-3"), _listed(2, "설교", ["Zeal", "Alpha"]), _reading(3, "GEN 1-2"))
    files = [track.path.rpartition("/")[2] for track in _planned(pack).tracks]
    assert sorted(files) == files


def test_a_reading_keeps_the_true_numbers_of_its_chapters() -> None:
    pack = _pack(_reading(1, "PSA 3-5"))
    assert [track.path for track in _planned(pack).tracks] == [
        "01_PSA/01_PSA_003.mp3",
        "01_PSA/01_PSA_004.mp3",
        "01_PSA/01_PSA_005.mp3",
    ]
    assert _planned(pack, _PLAYER).tracks[0].path.startswith("01 시편 3-5편/003 ")
    assert [track.tags.track for track in _planned(pack).tracks] == [1, 2, 3]


def test_an_sd_card_gets_short_ascii_names_one_folder_deep() -> None:
    pack = _pack(
        _reading(1, "MRK"), _listed(2, "설교", ["위로하시는 하나님", "Hope and peace for everyone who waits"])
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
    plan = _planned(_pack(_reading(1, "MRK 1-2"), _listed(2, "설교", [title])), _PLAYER)
    assert [track.path for track in plan.tracks][-1] == "02 설교/001 위로하시는 하나님.mp3"
    assert all(unicodedata.is_normalized("NFC", track.path) for track in plan.tracks)
    assert plan.folders == ("01 마가복음 1-2장", "02 설교")


def test_a_title_that_cannot_be_spelt_gives_way_to_its_passage() -> None:
    track = dataclasses.replace(_track(1, "위로하시는 하나님"), passage=parse_passage("2CO 1:3-7"))
    pack = _pack(dataclasses.replace(_listed(1, "설교", ["-"]), tracks=(track,)))
    assert _planned(pack).tracks[0].path == "01/01_001_2CO_1.mp3"
    assert _planned(pack, _PLAYER).tracks[0].path == "01 설교/001 위로하시는 하나님.mp3"


def test_an_album_has_its_number_only_among_several() -> None:
    one, two = _listed(1, "설교", ["A"]), _listed(2, "찬양", ["B"])
    assert [t.tags.album for t in _planned(_pack(one)).tracks] == ["설교"]
    assert [t.tags.album for t in _planned(_pack(one, two)).tracks] == ["01 설교", "02 찬양"]


def test_who_speaks_is_the_artist_and_else_the_pack_is() -> None:
    tracks = (_track(1, "A", speaker="김목사"), _track(2, "B"))
    plan = _planned(_pack(dataclasses.replace(_listed(1, "설교", ["-"]), tracks=tracks)))
    assert [track.tags.artist for track in plan.tracks] == ["김목사", "희망의 소리"]
    assert [track.speaker for track in plan.tracks] == ["김목사", None]
    assert [track.tags.title for track in plan.tracks] == ["A", "B"]
    assert {track.tags.genre for track in plan.tracks} == {"Speech"}


@pytest.mark.parametrize(
    ("language", "code"),
    [("ko", "kor"), ("ko-KP", "kor"), ("zh-Hans", "chi"), ("zh-Hant", "chi"), ("en", "eng"), ("de", "ger")],
)
def test_the_language_tag_is_bibliographic(language: str, code: str) -> None:
    plan = _planned(_pack(_listed(1, "A", ["B"]), language=language))
    assert plan.tracks[0].tags.language == code


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_folders_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    sections = [_listed(n, "A", ["B"]) for n in range(1, profile.max_folders + 2)]
    assert plan_card(_pack(*sections[:-1]), profile, {})[1] == []
    (finding,) = plan_card(_pack(*sections), profile, {})[1]
    assert (finding.code, finding.place) == ("E411", sections[-1].place)
    assert str(profile.max_folders) in finding.message
    assert str(profile.max_folders + 1) in finding.message


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_files_in_a_folder_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    titles = [f"T {n}" for n in range(profile.max_files_per_folder + 1)]
    full, over = _listed(1, "A", titles[:-1]), _listed(2, "B", titles)
    assert plan_card(_pack(full), profile, {})[1] == []
    (finding,) = plan_card(_pack(full, over), profile, {})[1]
    assert (finding.code, finding.place) == ("E412", over.place)


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_all_files_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    profile = dataclasses.replace(profile, max_files=20)
    ten, eleven = [f"T {n}" for n in range(10)], [f"T {n}" for n in range(11)]
    assert plan_card(_pack(_listed(1, "A", ten), _listed(2, "B", ten)), profile, {})[1] == []
    findings = plan_card(_pack(_listed(1, "A", ten), _listed(2, "B", eleven)), profile, {})[1]
    assert _codes(findings) == ["E413"]
    assert "21 files" in findings[0].message


def test_every_limit_that_is_passed_is_told_at_once() -> None:
    tight = dataclasses.replace(_SD, max_folders=1, max_files_per_folder=1, max_files=2)
    findings = plan_card(_pack(_listed(1, "A", ["B", "C"]), _listed(2, "D", ["E"])), tight, {})[1]
    assert sorted(_codes(findings)) == ["E411", "E412", "E413"]


def test_names_that_a_reader_takes_for_one_are_a_finding() -> None:
    careless = dataclasses.replace(_PLAYER, track_name="{label}")
    nfd = unicodedata.normalize("NFD", "하나")
    section = _listed(1, "A", ["Hope", "HOPE", "Joy", "하나", nfd, "Hope!"])
    findings = plan_card(_pack(section), careless, {})[1]
    assert _codes(findings) == ["E401", "E401"]
    assert [finding.place for finding in findings] == [section.tracks[1].place, section.tracks[4].place]
    assert f"line {section.tracks[0].place.line}" in findings[0].message
    assert findings[0].track == "HOPE"


def test_equal_titles_in_two_folders_are_no_collision() -> None:
    careless = dataclasses.replace(_PLAYER, track_name="{label}")
    assert plan_card(_pack(_listed(1, "A", ["Hope"]), _listed(2, "B", ["Hope"])), careless, {})[1] == []


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
    return plan_card(loaded.pack, _SD, {**lengths, "title.wav": 3.0, "own.wav": 4.5})[0]


def test_tracks_share_a_work_where_they_share_a_gain(tmp_path: Path) -> None:
    works = [track.work for track in _loaded(tmp_path).tracks]
    groups = [[n for n, work in enumerate(works) if work == one] for one in dict.fromkeys(works)]
    assert groups == [[0, 1], [2], [3], [4, 5], [6], [7], [8]]


def test_the_planned_length_counts_cuts_spoken_titles_and_pauses(tmp_path: Path) -> None:
    plan = _loaded(tmp_path)
    # Chapter 2 has no known length: nothing but its title. The last `end` lies beyond the recording.
    assert [track.seconds for track in plan.tracks] == [65.0, 5.0, 30.0, 0.0, 25.0, 20.0, 90.0, 40.0, 94.5]
    assert [track.announcement for track in plan.tracks][-4:] == [None, None, None, "own.wav"]
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
