"""Plans against the card: its bytes, its root, its size, and files that no card can hold."""

from __future__ import annotations

import dataclasses

import pytest

from builder.findings import Finding
from builder.manifest.pack import Pack, sound_seconds
from builder.plan.draw import plan_card
from builder.plan.fitting import plan_cards
from builder.plan.limits import faults_of
from builder.plan.sizing import GB
from builder.plan.tagging import tag_bytes
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import CARD, lengths_of, listed, pack_of, reading, with_limits, with_tag

_PROFILES = list(built_in().values())
_SD, _PLAYER, _CAR = built_in()["sd-card"], built_in()["mp3-player"], built_in()["car-legacy"]
_EACH = pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)


def _faults(pack: Pack, profile: Profile, seconds: float = 240.0) -> list[Finding]:
    """What is said of the one card of a pack."""
    (plan,) = plan_cards(pack, profile, lengths_of(pack, seconds))
    return faults_of(plan, pack)


@_EACH
def test_a_card_is_filled_to_its_last_cluster_and_not_one_further(profile: Profile) -> None:
    """The length of the last recording is what a cluster decides on."""
    pack = pack_of(listed(1, "A", [f"T {n}" for n in range(3)]), label_bytes=512 * 10**6)
    lengths = lengths_of(pack, 18_000.0)
    last = pack.tracks[-1].pieces[0].source
    empty = plan_card(pack, profile, lengths | {last: 0.0}).size
    clusters = (empty.budget_bytes - empty.needed_bytes) // empty.geometry.cluster_bytes + 1
    spare = plan_card(pack, profile, lengths | {last: 0.0}).tracks[-1].bytes
    room = clusters * empty.geometry.cluster_bytes - spare
    seconds = room / (profile.audio.bitrate_kbps * 125)
    assert faults_of(plan_card(pack, profile, lengths | {last: seconds - 0.01}), pack) == []
    (finding,) = faults_of(plan_card(pack, profile, lengths | {last: seconds + 0.01}), pack)
    assert (finding.code, finding.place) == ("E416", CARD.place)
    holds = 512 * 92 // 100
    assert finding.message == f"{profile.name}: {holds + 1} MB; a card of 512 MB holds {holds} MB"


@_EACH
def test_a_card_of_the_size_that_the_device_reads_is_taken_and_the_next_is_not(profile: Profile) -> None:
    most = profile.limits.max_card_gb
    section = listed(1, "A", ["B"])
    assert _faults(pack_of(section, label_bytes=most * GB), profile) == []
    (finding,) = _faults(pack_of(section, label_bytes=(most + 1) * GB), profile)
    assert (finding.code, finding.place) == ("E421", CARD.place)
    assert finding.message == f"a card of {most + 1} GB; {profile.name} reads cards up to {most} GB"


@pytest.mark.parametrize(("long", "codes"), [(16, []), (17, ["E420"])])
def test_the_names_at_the_top_of_a_small_card_are_counted(long: int, codes: list[str]) -> None:
    """A number alone is its own 8.3 name, of one entry; with a title behind it, it takes two."""
    profile = with_limits(_SD, max_folders=999)
    titles = ["-"] * (496 - long) + ["LONGNAME"] * long
    pack = pack_of(*(listed(n, title, ["x"]) for n, title in enumerate(titles, 1)), label_bytes=2 * GB)
    findings = _faults(pack, profile, seconds=1.0)
    assert [finding.code for finding in findings] == codes
    if codes:
        assert "the names of the folders take 513 entries; a card of 2 GB has 512" in findings[0].message
        assert "a card of 4 GB" in findings[0].help
        assert _faults(dataclasses.replace(pack, card=CARD), profile, seconds=1.0) == []


def test_a_small_card_for_an_old_radio_is_not_told_to_be_a_larger_one() -> None:
    profile = with_limits(_CAR, max_folders=999, max_files=9999)
    pack = pack_of(*(listed(n, "A LONG NAME INDEED", ["x"]) for n in range(1, 300)))
    (finding,) = _faults(pack, profile, seconds=1.0)
    assert finding.code == "E420"
    assert "GB" not in finding.help


def test_files_in_no_folder_on_a_small_card_are_told_of_as_files() -> None:
    pack = pack_of(listed(1, "A", ["A LONG NAME INDEED"] * 200), levels=1, label_bytes=2 * GB)
    (finding,) = _faults(pack, _SD, seconds=1.0)
    assert finding.code == "E420"
    assert "the names of the files" in finding.message
    assert "`levels: 1`" in finding.help


@_EACH
def test_seconds_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    limits = profile.limits
    most = limits.max_seconds
    assert most == 65_535
    pack = pack_of(listed(1, "A", ["B"]))
    assert _faults(pack, profile, seconds=most) == []
    (finding,) = _faults(pack, profile, seconds=most + 1)
    assert (finding.code, finding.place) == ("E417", pack.tracks[0].place)
    assert "65,536 s" in finding.message
    short = [finding.code for finding in _faults(pack, profile, seconds=1.99)]
    assert short == (["W418"] if limits.min_seconds == 2 else [])
    assert _faults(pack, profile, seconds=limits.min_seconds or 0.1) == []


def test_a_file_of_four_gib_is_no_file_for_a_card() -> None:
    profile = with_limits(_SD, max_seconds=0)
    pack = pack_of(listed(1, "A", ["B"]))
    per_second = profile.audio.bitrate_kbps * 125
    own = plan_card(pack, profile, {}).tracks[0].bytes
    most = (2**32 - 1 - own) // per_second
    assert _faults(pack, profile, seconds=most) == []
    (finding,) = _faults(pack, profile, seconds=most + 1)
    assert finding.code == "E417"
    assert "4 GiB" in finding.message


@_EACH
def test_a_tag_is_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    pack = pack_of(listed(1, "설교", ["희망의 소리"]))
    size = tag_bytes(plan_card(pack, profile, {}).tracks[0].tags, profile.tag)
    assert size <= profile.tag.max_tag_bytes
    if profile.tag.tag == "none":
        assert size == 0
        return
    assert _faults(pack, with_tag(profile, max_tag_bytes=size)) == []
    (finding,) = _faults(pack, with_tag(profile, max_tag_bytes=size - 1))
    assert finding.code == "E419"


def test_a_cover_counts_as_large_as_it_is() -> None:
    pack = dataclasses.replace(pack_of(listed(1, "설교", ["소망"])), cover="a.png")
    bare = plan_card(pack, _PLAYER, {})
    plan = plan_card(pack, _PLAYER, {}, cover_bytes=30_000)
    assert plan.bytes == bare.bytes + 30_000 + 24
    tag = tag_bytes(plan.tracks[0].tags, _PLAYER.tag, 30_000)
    tight = with_tag(_PLAYER, max_tag_bytes=tag - 1)
    assert faults_of(plan, pack) == []
    assert [one.code for one in faults_of(dataclasses.replace(plan, profile=tight), pack)] == ["E419"]


@_EACH
def test_the_longest_texts_fit_the_tag_of_every_device(profile: Profile) -> None:
    section = listed(1, "가" * 200, ["나" * 200])
    track = dataclasses.replace(section.tracks[0], speaker="다" * 200)
    pack = pack_of(dataclasses.replace(section, tracks=(track,)), listed(2, "B", ["C"]))
    assert "E419" not in [finding.code for finding in _faults(pack, profile)]


def test_one_finding_tells_of_many_tracks() -> None:
    pack = pack_of(listed(1, "A", [f"T {n}" for n in range(1500 // 6)]))
    findings = _faults(pack, with_limits(_SD, max_seconds=10), seconds=11.0)
    assert len(findings) == 1
    assert findings[0].message == "01_A/01_001_T_0.mp3 lasts 11 s; sd-card reads 10 s (and 249 more)"
    assert findings[0].place == pack.tracks[0].place
    assert sound_seconds(pack.tracks[0], lengths_of(pack, 11.0)) == 11.0


def test_a_missing_chapter_is_told_where_a_device_counts_and_nowhere_else() -> None:
    for profile in _PROFILES:
        pack = pack_of(reading(1, "MRK 1-2"), reading(2, "LUK 2-4"), listed(3, "설교", ["A"]))
        findings = _faults(pack, profile)
        if profile.limits.gaps == "allowed":
            assert findings == []
            continue
        (finding,) = findings
        assert (finding.code, finding.place) == ("E403", pack.sections[1].tracks[0].place)
        assert (
            finding.message == "02/002.mp3: there is no number 1 before it, and numbered-module counts files"
        )


def test_files_that_are_named_by_their_count_have_no_gaps() -> None:
    profile = with_limits(built_in()["numbered-module"], min_levels=1)
    pack = pack_of(reading(1, "MRK 1-2"), reading(2, "LUK 2-4"), levels=1)
    assert _faults(pack, profile) == []
