"""The plan of the sound: pieces, parts, shaping and fades, decided before any audio is touched."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.manifest.load import load_pack
from builder.manifest.shaping import Shaping
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.plan.plan import Plan, PlannedTrack
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import with_limits

_SD, _PLAYER = built_in()["sd-card"], built_in()["mp3-player"]
_HEAD = "pack: test\ntitle: Test\nlanguage: ko\n"


def _plan(
    folder: Path, sections: str, lengths: dict[str, float], *, head: str = "", profile: Profile = _SD
) -> Plan:
    path = folder / "m.yaml"
    path.write_text(f"{_HEAD}{head}sections:\n{sections}", "utf-8")
    loaded = load_pack(path)
    assert loaded.findings == ()
    assert loaded.pack is not None
    return plan_card(loaded.pack, profile, lengths)


def _tracks(
    folder: Path, *tracks: str, head: str = "", profile: Profile = _SD, **lengths: float
) -> tuple[PlannedTrack, ...]:
    """Of listed tracks, with lengths by the name of the recording without its ending."""
    lines = "".join(f"      - {{title: T{n}, {track}}}\n" for n, track in enumerate(tracks, 1))
    seconds = {f"{name}.wav": length for name, length in lengths.items()}
    return _plan(folder, f"  - title: S\n    tracks:\n{lines}", seconds, head=head, profile=profile).tracks


@pytest.mark.parametrize(
    ("length", "parts"),
    [(1800, 1), (1979, 1), (1981, 2), (3600, 2), (3779, 2), (3781, 3), (5400, 3), (12, 1), (0, 1)],
)
def test_a_recording_is_divided_evenly_and_no_part_is_much_longer_than_asked(
    tmp_path: Path, length: float, parts: int
) -> None:
    tracks = _tracks(tmp_path, "source: a.wav, split: 30min", a=length)
    assert [(track.part, track.parts) for track in tracks] == [(n, parts) for n in range(1, parts + 1)]
    assert [track.seconds for track in tracks] == [length / parts] * parts
    assert max(track.seconds for track in tracks) <= 1800 * 1.1


@settings(deadline=None, max_examples=40)
@given(st.floats(1, 40_000), st.integers(10, 3600))
def test_parts_add_up_to_the_whole_whatever_its_length(
    tmp_path_factory: pytest.TempPathFactory, length: float, split: int
) -> None:
    tracks = _tracks(tmp_path_factory.getbasetemp(), f"source: a.wav, split: {split}s", a=length)
    assert sum(track.seconds for track in tracks) == pytest.approx(length)
    assert tracks[0].seconds <= split * 1.1 + 1e-6
    assert len(tracks) == 1 or len(tracks) <= length / split + 1


def test_parts_are_files_and_titles_of_their_own_in_play_order(tmp_path: Path) -> None:
    tracks = _tracks(tmp_path, "source: a.wav", "source: b.wav, split: 10min", "source: c.wav", a=60, b=1700)
    assert [track.title for track in tracks] == ["T1", "T2 1/3", "T2 2/3", "T2 3/3", "T3"]
    assert [track.path for track in tracks] == [
        "01_S/01_001_T1.mp3",
        "01_S/01_002_T2_1_3.mp3",
        "01_S/01_003_T2_2_3.mp3",
        "01_S/01_004_T2_3_3.mp3",
        "01_S/01_005_T3.mp3",
    ]
    assert [track.tags.track for track in tracks] == [1, 2, 3, 4, 5]
    assert [track.tags.title for track in tracks] == [track.title for track in tracks]


def test_parts_share_one_gain_and_their_recording(tmp_path: Path) -> None:
    tracks = _tracks(tmp_path, "source: a.wav, split: 10min", a=1200)
    assert len({track.work for track in tracks}) == 1
    assert len({track.pieces for track in tracks}) == 1


def test_a_spoken_title_and_a_fade_in_come_with_the_first_part_and_a_fade_out_with_the_last(
    tmp_path: Path,
) -> None:
    edit = "announce: t.wav, pause: 1, fade_in: 0.5, fade_out: 2"
    first, middle, last = _tracks(tmp_path, f"source: a.wav, split: 10min, {edit}", a=1800, t=3)
    assert [one.announcement for one in (first, middle, last)] == [("t.wav",), (), ()]
    assert [one.fade_in_seconds for one in (first, middle, last)] == [0.5, 0, 0]
    assert [one.fade_out_seconds for one in (first, middle, last)] == [0, 0, 2]
    assert [one.seconds for one in (first, middle, last)] == [604, 600, 600]
    (whole,) = _tracks(tmp_path, f"source: a.wav, {edit}", a=1800, t=3)
    assert (whole.fade_in_seconds, whole.fade_out_seconds, whole.part, whole.parts) == (0.5, 2, 1, 1)


def test_what_is_split_is_what_start_and_end_leave(tmp_path: Path) -> None:
    tracks = _tracks(tmp_path, 'source: a.wav, split: 10min, start: "10:00", end: "30:00"', a=3600)
    assert [track.seconds for track in tracks] == [600, 600]


def test_parts_count_against_the_limits_of_a_profile(tmp_path: Path) -> None:
    tight = with_limits(_SD, max_files_per_folder=5)
    path = tmp_path / "m.yaml"
    path.write_text(f"{_HEAD}sections: [{{title: S, split: 10s, tracks: [{{title: A, source: a.wav}}]}}]\n")
    pack = load_pack(path).pack
    assert pack is not None
    assert faults_of(plan_card(pack, tight, {"a.wav": 50.0}), pack) == []
    (finding,) = faults_of(plan_card(pack, tight, {"a.wav": 60.0}), pack)
    assert finding.code == "E412"


def test_joined_recordings_are_as_long_as_their_pieces_together(tmp_path: Path) -> None:
    source = 'source: [a.wav, {source: b.wav, start: "0:10", end: "0:30"}, {source: a.wav, start: "0:50"}]'
    (track,) = _tracks(tmp_path, source, a=60, b=25)
    assert track.seconds == 60 + 15 + 10
    assert track.source == "a.wav"
    assert track.files == ("a.wav", "b.wav", "a.wav")
    (announced,) = _tracks(tmp_path, f"{source}, announce: t.wav", a=60, b=25, t=2)
    assert announced.files == ("a.wav", "b.wav", "a.wav", "t.wav")


def test_shaping_is_the_profiles_unless_the_manifest_says_otherwise(tmp_path: Path) -> None:
    small = dataclasses.replace(_SD, high_pass_hz=120.0, compress="gentle")
    tracks = (
        "source: a.wav",
        "source: a.wav, high_pass: none, compress: none",
        "source: a.wav, high_pass: 80",
    )
    assert [track.shaping for track in _tracks(tmp_path, *tracks, profile=small)] == [
        Shaping(high_pass_hz=120, compress="gentle"),
        Shaping(),
        Shaping(high_pass_hz=80, compress="gentle"),
    ]
    (plain,) = _tracks(tmp_path, "source: a.wav", profile=_PLAYER)
    assert plain.shaping.is_plain
    (all_,) = _tracks(tmp_path, "source: a.wav, channel: left, denoise: light, compress: strong")
    assert all_.shaping == Shaping(channel="left", denoise="light", compress="strong")


@pytest.mark.parametrize(
    ("shaping", "is_plain", "needs_level"),
    [
        (Shaping(), True, False),
        (Shaping(channel="left"), True, False),
        (Shaping(high_pass_hz=80), False, False),
        (Shaping(denoise="light"), False, True),
        (Shaping(compress="gentle"), False, True),
    ],
)
def test_what_a_shaping_needs_follows_from_it(shaping: Shaping, is_plain: bool, needs_level: bool) -> None:
    assert (shaping.is_plain, shaping.needs_level) == (is_plain, needs_level)


def test_the_quality_of_the_pack_is_that_of_every_profile(tmp_path: Path) -> None:
    sections = "  - {title: S, tracks: [{title: A, source: a.wav}]}\n"
    for profile in (_SD, _PLAYER):
        assert _plan(tmp_path, sections, {}, profile=profile).audio == profile.audio
        fast = _plan(tmp_path, sections, {}, head="quality: fast\n", profile=profile)
        assert fast.audio == dataclasses.replace(profile.audio, quality="fast")
        assert fast.profile == profile
