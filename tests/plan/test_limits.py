"""Plans against the counts of a device, and names that are taken for one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest

from builder.findings import Finding
from builder.manifest.pack import Pack
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import listed, pack_of, with_limits, with_names

_PROFILES = list(built_in().values())
_SD, _PLAYER = built_in()["sd-card"], built_in()["mp3-player"]


def _faults(pack: Pack, profile: Profile) -> list[Finding]:
    return faults_of(plan_card(pack, profile, {}), pack)


def _codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_folders_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    profile, most = with_limits(profile, merge="none"), profile.limits.max_folders
    sections = [listed(n, "A", ["B"]) for n in range(1, most + 2)]
    assert _faults(pack_of(*sections[:-1]), profile) == []
    (finding,) = _faults(pack_of(*sections), profile)
    assert (finding.code, finding.place) == ("E411", sections[-1].place)
    assert str(most) in finding.message
    assert str(most + 1) in finding.message


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_files_in_a_folder_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    titles = [f"T {n}" for n in range(profile.limits.max_files_per_folder + 1)]
    full, over = listed(1, "A", titles[:-1]), listed(2, "B", titles)
    assert _faults(pack_of(full), profile) == []
    (finding,) = _faults(pack_of(full, over), profile)
    assert (finding.code, finding.place) == ("E412", over.place)
    assert finding.help == "divide this section"


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_all_files_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    limits = profile.limits
    counted = "files and folders" if limits.folders_count == "yes" else "files"
    own = 1 if limits.folders_count == "yes" else 0
    # A limit that is met in few files, since it does not matter how many they are.
    profile, left = with_limits(profile, max_files=20 + 2 * own), [f"T {n}" for n in range(11)]
    assert _faults(pack_of(listed(1, "A", left[:10]), listed(2, "B", left[:10])), profile) == []
    (finding,) = _faults(pack_of(listed(1, "A", left[:10]), listed(2, "B", left)), profile)
    assert finding.code == "E413"
    assert finding.message.startswith(f"{21 + 2 * own} {counted}; {profile.name} reads {20 + 2 * own}")
    assert "two packs" in finding.help


@pytest.mark.sampled(3)
@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_the_files_that_a_device_says_it_reads_are_planned_to_the_last(profile: Profile) -> None:
    """At the profile's own number, over as many folders as that takes."""
    limits = profile.limits
    own = 1 if limits.folders_count == "yes" else 0
    per_folder = 200 if limits.max_files_per_folder > 200 else 20
    most = min(limits.max_files, limits.max_folders * (per_folder + own))
    profile = with_limits(profile, max_files=most)
    full, rest = divmod(most, per_folder + own)
    counts = [per_folder] * full + ([rest - own] if rest > own else [])
    sections = [listed(n, "A", [f"T {at}" for at in range(count)]) for n, count in enumerate(counts, 1)]
    assert sum(counts) + own * len(counts) == most
    assert _faults(pack_of(*sections), profile) == []
    one_more = listed(len(sections), "A", [f"T {at}" for at in range(counts[-1] + 1)])
    assert _codes(_faults(pack_of(*sections[:-1], one_more), profile)) == ["E413"]


def test_every_limit_that_is_passed_is_told_at_once() -> None:
    tight = with_limits(_SD, max_folders=1, max_files_per_folder=1, max_files=2)
    findings = _faults(pack_of(listed(1, "A", ["B", "C"]), listed(2, "D", ["E"])), tight)
    assert sorted(_codes(findings)) == ["E411", "E412", "E413"]


def test_names_that_a_reader_takes_for_one_are_a_finding() -> None:
    careless = with_names(_PLAYER, track_name="{label}", distinct_chars=0)
    nfd = unicodedata.normalize("NFD", "하나")
    section = listed(1, "A", ["Hope", "HOPE", "Joy", "하나", nfd, "Hope!"])
    findings = [one for one in _faults(pack_of(section), careless) if one.code != "E402"]
    assert _codes(findings) == ["E401", "E401"]
    assert [finding.place for finding in findings] == [section.tracks[1].place, section.tracks[4].place]
    assert f"line {section.tracks[0].place.line}" in findings[0].message
    assert findings[0].track == "HOPE"
    assert {finding.help for finding in findings} == {"give the two different titles or numbers"}


def test_equal_titles_in_two_folders_are_no_collision() -> None:
    careless = with_names(_PLAYER, track_name="{label}")
    assert _faults(pack_of(listed(1, "A", ["Hope"]), listed(2, "B", ["Hope"])), careless) == []
