"""The spoken name of a section: file 0 of its folder, or before the first where a device counts its files from 1."""

from __future__ import annotations

import dataclasses

import pytest

from builder.manifest.pack import Pack, Section, SoundSettings, speech_name
from builder.manifest.shaping import JOIN_SECONDS
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import lengths_of, listed, pack_of, piece_of, reading, track_of, with_limits

_SD, _MODULE = built_in()["sd-card"], built_in()["numbered-module"]
_NAME = speech_name("ko", "설교")


def _named(section: Section, clip: str = _NAME) -> Section:
    prompt = dataclasses.replace(
        track_of(0, section.title, section=section.number),
        pieces=(piece_of(clip),),
        work=f"{section.number}.0",
    )
    return dataclasses.replace(section, prompt=prompt)


def _plan(pack: Pack, profile: Profile, seconds: float = 60.0, name_seconds: float = 1.5) -> Plan:
    plan = plan_card(pack, profile, lengths_of(pack, seconds) | {_NAME: name_seconds, "t.wav": 2.0})
    assert {fault.code for fault in faults_of(plan, pack)} <= {"W418"}
    return plan


def test_a_name_is_file_0_and_chapters_keep_their_true_numbers() -> None:
    plan = _plan(pack_of(_named(reading(1, "MRK 3-4")), _named(listed(2, "설교", ["희망"]))), _SD)
    assert [(track.path, track.number, track.title, track.tags.track) for track in plan.tracks] == [
        ("01_MRK/01_MRK_000.mp3", 0, "마가복음 3-4장", 1),
        ("01_MRK/01_MRK_003.mp3", 3, "마가복음 3장", 2),
        ("01_MRK/01_MRK_004.mp3", 4, "마가복음 4장", 3),
        ("02/02_000.mp3", 0, "설교", 4),
        ("02/02_001.mp3", 1, "희망", 5),
    ]
    name = plan.tracks[0]
    assert (name.passage, name.spoken, name.recording, name.announcement) == (None, ("설교",), None, ())
    assert (name.tags.plain_title, name.seconds) == ("Mark 3-4", 1.5)
    assert len({track.work for track in plan.tracks if track.number == 0}) == 2


def test_where_files_are_counted_from_1_the_name_is_said_before_the_first() -> None:
    section = reading(1, "MRK 1-2")
    titled = tuple(
        dataclasses.replace(track, edit=SoundSettings(announcement=("t.wav",), pause_seconds=1))
        for track in section.tracks
    )
    plan = _plan(pack_of(_named(dataclasses.replace(section, tracks=titled))), _MODULE)
    assert [(track.path, track.announcement) for track in plan.tracks] == [
        ("01/001.mp3", (_NAME, "t.wav")),
        ("01/002.mp3", ("t.wav",)),
    ]
    assert plan.tracks[0].seconds == pytest.approx(60 + 1.5 + JOIN_SECONDS + 2 + 1)
    assert plan.tracks[0].spoken == ("설교",)
    (alone,) = _plan(pack_of(_named(listed(1, "설교", ["희망"]))), _MODULE).tracks
    assert alone.announcement == (_NAME,)
    assert alone.seconds == pytest.approx(60 + 1.5 + _MODULE.pause_seconds)


@pytest.mark.parametrize("profile", built_in().values(), ids=lambda profile: profile.name)
@pytest.mark.parametrize("discreet", [False, True])
def test_every_device_plays_the_name_first_in_order_and_once(profile: Profile, discreet: bool) -> None:
    pack = pack_of(
        _named(reading(1, "MRK 1-16"), speech_name("ko", "마가복음")),
        _named(listed(2, "설교", ["희망", "사랑"])),
        discreet=discreet,
    )
    plan = plan_card(pack, profile, lengths_of(pack, 60.0))
    assert [fault for fault in faults_of(plan, pack) if fault.code not in ("W418", "W423")] == []
    paths = [track.path for track in plan.tracks]
    assert paths == sorted(paths) and len(set(paths)) == len(paths)
    first = next(track for track in plan.tracks if track.section == "설교")
    assert [track.spoken for track in plan.tracks if track.spoken] == [("마가복음",), ("설교",)]
    assert first.spoken == ("설교",)
    assert first.number == (1 if first.announcement else 0)


def test_a_name_too_short_for_a_device_is_said_before_the_first() -> None:
    pack = pack_of(_named(listed(1, "설교", ["희망"])))
    slow = with_limits(_SD, min_seconds=2.0)
    assert [track.announcement for track in _plan(pack, slow, name_seconds=1.5).tracks] == [(_NAME,)]
    assert len(_plan(pack, slow, name_seconds=2.5).tracks) == 2


def test_a_name_counts_among_the_files_of_its_folder_and_is_never_joined_to_chapters() -> None:
    car = built_in()["car-legacy"]
    pack = pack_of(_named(reading(1, "MRK 1-4")))
    plan = _plan(pack, with_limits(car, max_files_per_folder=4))
    assert [(track.number, len(track.pieces)) for track in plan.tracks] == [(0, 1), (1, 2), (3, 2)]
    full = plan_card(pack, with_limits(_SD, max_files_per_folder=4), lengths_of(pack, 60.0))
    assert [fault.code for fault in faults_of(full, pack)] == ["E412"]


def test_of_a_track_in_parts_the_first_says_the_name() -> None:
    section = listed(1, "설교", ["희망"])
    split = (dataclasses.replace(section.tracks[0], split_seconds=600.0),)
    pack = pack_of(_named(dataclasses.replace(section, tracks=split)))
    plan = _plan(pack, _MODULE, seconds=1800)
    assert [track.announcement for track in plan.tracks] == [(_NAME,), (), ()]


def test_files_that_a_manual_counts_from_1_have_no_file_0_though_numbers_may_be_left_out() -> None:
    plan = _plan(pack_of(_named(reading(1, "MRK 3-4"))), built_in()["megavoice-envoy"])
    assert [track.path for track in plan.tracks] == ["001 Mark/Mark-003.mp3", "001 Mark/Mark-004.mp3"]
    assert [track.announcement for track in plan.tracks] == [(_NAME,), ()]
