"""How a pack comes to fit: the best bitrate that does, several cards, and advice that is true."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.manifest.load import load_pack
from builder.manifest.pack import Pack
from builder.plan.draw import plan_card
from builder.plan.fitting import entries_of, fits, plan_cards
from builder.plan.limits import faults_of
from builder.plan.plan import Plan, joint_plan
from builder.plan.sizing import GB
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.conftest import IS_LONG, ROOT
from tests.packs import lengths_of, listed, pack_of, reading, with_limits

_PROFILES = list(built_in().values())
_SD, _CAR = built_in()["sd-card"], built_in()["car-legacy"]
_EACH = pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
_MB = 10**6


def _asking(pack: Pack, **card: Any) -> Pack:
    return dataclasses.replace(pack, card=dataclasses.replace(pack.card, **card))


def _codes(plans: tuple[Plan, ...], pack: Pack) -> list[str]:
    return [finding.code for plan in plans for finding in faults_of(plan, pack)]


def _shipped(name: str) -> Pack:
    pack = load_pack(ROOT / "manifests" / f"{name}.yaml").pack
    assert pack is not None
    return pack


@pytest.mark.sampled(2)
@_EACH
@pytest.mark.parametrize(
    ("name", "seconds"), [("starter", 240.0), ("whole-bible", 150.0), ("whole-bible", 240.0)]
)
def test_the_manifests_that_ship_fit_every_device(profile: Profile, name: str, seconds: float) -> None:
    """A Bible of 79 hours takes two of the cards that an old radio reads."""
    pack = _asking(_shipped(name), split=True)
    plans = plan_cards(pack, profile, lengths_of(pack, seconds))
    assert _codes(plans, pack) == []
    assert len(plans) == (2 if profile is _CAR and seconds == 240 and name == "whole-bible" else 1)
    joined = [piece for plan in plans for track in plan.tracks for piece in track.pieces]
    assert joined == [piece for track in pack.tracks for piece in track.pieces]


def test_a_bible_too_large_for_an_old_radio_is_told_what_to_do() -> None:
    pack = _shipped("whole-bible")
    plans = plan_cards(pack, _CAR, lengths_of(pack, 240.0))
    (finding,) = faults_of(plans[0], pack)
    assert finding.code == "E416"
    assert finding.help == "`split: true` (2 cards, whole folders on each) or fewer recordings"


@_EACH
def test_what_fits_stays_as_it_is_whatever_is_allowed(profile: Profile) -> None:
    pack = pack_of(listed(1, "A", ["B"]), label_bytes=1 * GB)
    assert plan_cards(pack, profile, {}) == plan_cards(_asking(pack, fit=True, split=True), profile, {})
    (plan,) = plan_cards(pack, profile, {})
    assert (plan.audio.bitrate_kbps, plan.remedies) == (profile.audio.bitrate_kbps, ())
    assert (plan.number, plan.cards) == (1, 1)


@pytest.mark.parametrize(("hours", "kbps"), [(31, 64), (36, 56), (42, 48), (50, 40), (63, 32), (64, None)])
def test_the_best_bitrate_that_fits_is_taken(hours: int, kbps: int | None) -> None:
    # 920 MB at 8,000 bytes a second are 31.9 hours at 64 kbps, 63.8 at 32.
    pack = pack_of(listed(1, "A", [f"T {n}" for n in range(hours)]), label_bytes=1 * GB, fit=True)
    (plan,) = plan_cards(pack, _SD, lengths_of(pack, 3600.0))
    assert plan.audio.bitrate_kbps == (kbps or 64)
    assert fits(plan) is (kbps is not None)
    assert _codes((plan,), pack) == ([] if kbps else ["E416"])


def test_no_bitrate_below_the_range_of_the_device_is_taken() -> None:
    pack = pack_of(listed(1, "A", [f"T {n}" for n in range(31)]), label_bytes=512 * _MB, fit=True)
    (plan,) = plan_cards(pack, _CAR, lengths_of(pack, 3600.0))
    assert plan.audio.bitrate_kbps == _CAR.min_bitrate_kbps == 64
    tight = dataclasses.replace(_SD, min_bitrate_kbps=48)
    (lower,) = plan_cards(pack, tight, lengths_of(pack, 2500.0))
    assert (lower.audio.bitrate_kbps, fits(lower)) == (48, True)
    (refused,) = plan_cards(pack, tight, lengths_of(pack, 3000.0))
    assert _codes((refused,), pack) == ["E416"]


def test_a_lower_bitrate_comes_before_several_cards() -> None:
    pack = pack_of(*(listed(n, "A", ["B"]) for n in range(1, 41)), label_bytes=1 * GB, fit=True, split=True)
    assert [plan.audio.bitrate_kbps for plan in plan_cards(pack, _SD, lengths_of(pack, 3600.0))] == [48]
    assert len(plan_cards(pack, _SD, lengths_of(pack, 8000.0))) == 3


def test_where_neither_is_enough_several_cards_have_a_lower_bitrate() -> None:
    pack = pack_of(*(listed(n, "A", ["B"]) for n in range(1, 5)), label_bytes=64 * _MB, fit=True, split=True)
    plans = plan_cards(pack, _SD, lengths_of(pack, 9_000.0))  # 72 MB each at 64 kbps, 45 at 40
    assert [(len(plan.tracks), plan.audio.bitrate_kbps) for plan in plans] == [(1, 48)] * 4
    (alone, *_) = plan_cards(_asking(pack, fit=False), _SD, lengths_of(pack, 9_000.0))
    assert not fits(alone)


def test_several_cards_hold_whole_sections_in_order_each_counted_from_one() -> None:
    sections = [listed(n, f"S {n}", ["A", "B"]) for n in range(1, 8)]
    pack = pack_of(*sections, label_bytes=1 * GB, split=True)
    plans = plan_cards(pack, _SD, lengths_of(pack, 4 * 3600.0))  # eight hours a folder
    assert [len(plan.folders) for plan in plans] == [3, 3, 1]
    assert [(plan.number, plan.cards) for plan in plans] == [(1, 3), (2, 3), (3, 3)]
    assert plans[1].folders == ("01_S_4", "02_S_5", "03_S_6")
    assert [track.tags.track for track in plans[1].tracks] == [1, 2, 3, 4, 5, 6]
    assert [track.tags.album for track in plans[1].tracks][::2] == ["01 S 4", "02 S 5", "03 S 6"]
    assert plans[2].tracks[0].tags.album == "S 7"
    assert [track.place for plan in plans for track in plan.tracks] == [track.place for track in pack.tracks]
    whole = joint_plan(plans)
    assert whole.tracks[0].path == "1/01_S_1/01_001_A.mp3"
    assert len({track.path for track in whole.tracks}) == 14


def test_a_reading_over_two_cards_keeps_its_chapters_and_its_one_gain() -> None:
    halves = reading(1, "PSA 1-75"), reading(2, "PSA 76-150")
    tracks = [tuple(dataclasses.replace(t, work="PSA in PSA/") for t in half.tracks) for half in halves]
    pack = pack_of(
        *(dataclasses.replace(half, tracks=own) for half, own in zip(halves, tracks, strict=True)),
        label_bytes=512 * _MB,
        split=True,
    )
    first, second = plan_cards(pack, _SD, lengths_of(pack, 600.0))
    assert second.tracks[0].path == "01_PSA/01_PSA_076.mp3"
    assert {track.work for track in (*first.tracks, *second.tracks)} == {"PSA in PSA/"}


def test_folders_that_are_too_many_for_one_card_go_on_several() -> None:
    pack = pack_of(*(listed(n, "A", ["B"]) for n in range(1, 101)), split=True)
    assert [len(plan.folders) for plan in plan_cards(pack, _SD, {})] == [99, 1]


def test_files_that_are_too_many_for_one_card_go_on_several() -> None:
    pack = pack_of(*(listed(n, "A", ["B", "C"]) for n in range(1, 6)), split=True)
    plans = plan_cards(pack, with_limits(_SD, max_files=4), {})
    assert [len(plan.tracks) for plan in plans] == [4, 4, 2]
    plans = plan_cards(pack, with_limits(_SD, max_files=6, folders_count="yes"), {})
    assert [len(plan.tracks) for plan in plans] == [4, 4, 2]


def test_a_section_that_is_too_much_for_a_card_is_named() -> None:
    sections = listed(1, "A", ["x"]), listed(2, "설교 전집", ["y", "z"]), listed(3, "C", ["w"])
    pack = pack_of(*sections, label_bytes=512 * _MB, split=True)
    plans = plan_cards(pack, _SD, lengths_of(pack, 30_000.0))
    (finding,) = faults_of(plans[0], pack)
    assert finding.code == "E416"
    assert 'divide "설교 전집", which is too much for one card' in finding.help


def test_advice_that_does_not_help_is_not_given() -> None:
    """A larger card holds the bytes and mends nothing: the folders stay too many."""
    pack = pack_of(*(listed(n, "A", ["B"]) for n in range(1, 101)), label_bytes=512 * _MB)
    plans = plan_cards(pack, _SD, lengths_of(pack, 6000.0))
    assert not any("card of" in remedy or "fit" in remedy for remedy in map(str, plans[0].remedies))


_ADVICE: dict[str, dict[str, int]] = {
    r"`fit: true` \((\d+) kbps fits\)": {"fit": True},
    r"`split: true` \((\d+) cards, whole folders on each\)": {"split": True},
    r"a card of (\d+) GB": {},
}


@settings(deadline=None, max_examples=200 if IS_LONG else 30)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(10, 3000)), min_size=1, max_size=12),
    st.sampled_from([64, 128, 256, 512, 1000]),
    st.sampled_from(_PROFILES),
    st.integers(2, 40),
)
def test_whatever_is_advised_makes_the_pack_fit_when_it_is_done(
    contents: list[tuple[int, int]], label_mb: int, profile: Profile, folders: int
) -> None:
    profile = with_limits(profile, max_folders=folders)
    pack = pack_of(
        *(
            listed(n, f"S {n}", [f"T {at}" for at in range(count)])
            for n, (count, _) in enumerate(contents, 1)
        ),
        label_bytes=label_mb * _MB,
    )
    lengths = {
        piece.source: float(contents[section.number - 1][1])
        for section in pack.sections
        for track in section.tracks
        for piece in track.pieces
    }
    plans = plan_cards(pack, profile, lengths)
    if fits(plans[0]):
        assert plans[0].remedies == ()
        return
    for remedy in map(str, plans[0].remedies):  # a pack that is far too large has none
        if "merge" in remedy:
            assert fits(plan_cards(pack, with_limits(profile, merge="chapters"), lengths)[0])
            continue
        ((found, wish),) = [(m, wish) for text, wish in _ADVICE.items() if (m := re.fullmatch(text, remedy))]
        if "GB" in remedy:
            wish = {"label_bytes": int(found[1]) * GB}
            assert int(found[1]) <= profile.limits.max_card_gb
        done = plan_cards(_asking(pack, **wish), profile, lengths)
        assert all(fits(plan) for plan in done)
        assert not {"E411", "E412", "E413", "E416", "E420"} & set(_codes(done, pack))
        if "fit" in wish:
            assert done[0].audio.bitrate_kbps == int(found[1]) < profile.audio.bitrate_kbps
            assert done[0].audio.bitrate_kbps >= profile.min_bitrate_kbps
        if "split" in wish:
            assert len(done) == int(found[1])


@settings(deadline=None, max_examples=60 if IS_LONG else 15)
@given(
    st.lists(st.sampled_from(["GEN", "PSA", "ISA", "RUT", "JHN", "3JN"]), min_size=2, max_size=12),
    st.sampled_from([16, 64, 256]),
    st.sampled_from(["sd-card", "car-legacy", "mp3-player", "numbered-module"]),
    st.integers(20, 200),
)
def test_several_cards_hold_every_section_once_and_no_card_could_take_the_next(
    codes: list[str], label_mb: int, name: str, seconds: int
) -> None:
    profile = built_in()[name]
    pack = pack_of(
        *(reading(n, code) for n, code in enumerate(codes, 1)), label_bytes=label_mb * _MB, split=True
    )
    lengths = lengths_of(pack, float(seconds))
    plans = plan_cards(pack, profile, lengths)
    pieces = [piece for plan in plans for track in plan.tracks for piece in track.pieces]
    assert pieces == [piece for track in pack.tracks for piece in track.pieces]
    if len(plans) == 1:
        return
    assert _codes(plans, pack) == []
    counts = [len({track.section_place for track in plan.tracks}) for plan in plans]
    assert sum(counts) == len(codes)
    start = 0
    for count in counts[:-1]:
        more = [
            dataclasses.replace(section, number=n)
            for n, section in enumerate(pack.sections[start : start + count + 1], 1)
        ]
        assert not fits(plan_card(dataclasses.replace(pack, sections=tuple(more)), profile, lengths))
        start += count


def test_folders_are_entries_where_the_device_counts_them() -> None:
    pack = pack_of(listed(1, "A", ["x", "y"]), listed(2, "B", ["z"]))
    assert entries_of(plan_card(pack, _SD, {})) == 3
    assert entries_of(plan_card(pack, _CAR, {})) == 5
