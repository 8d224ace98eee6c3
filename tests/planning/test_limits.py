"""Plans against the limits of a device, and names that are taken for one."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Sequence

import pytest

from builder.findings import Finding
from builder.manifest.pack import Pack
from builder.planning.limits import faults_of
from builder.planning.plan import plan_card
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import listed, pack_of

_PROFILES = list(built_in().values())
_SD, _PLAYER = built_in()["sd-card"], built_in()["mp3-player"]


def _faults(pack: Pack, profile: Profile) -> list[Finding]:
    return faults_of(plan_card(pack, profile, {}), pack)


def _codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_folders_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    sections = [listed(n, "A", ["B"]) for n in range(1, profile.max_folders + 2)]
    assert _faults(pack_of(*sections[:-1]), profile) == []
    (finding,) = _faults(pack_of(*sections), profile)
    assert (finding.code, finding.place) == ("E411", sections[-1].place)
    assert str(profile.max_folders) in finding.message
    assert str(profile.max_folders + 1) in finding.message


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_files_in_a_folder_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    titles = [f"T {n}" for n in range(profile.max_files_per_folder + 1)]
    full, over = listed(1, "A", titles[:-1]), listed(2, "B", titles)
    assert _faults(pack_of(full), profile) == []
    (finding,) = _faults(pack_of(full, over), profile)
    assert (finding.code, finding.place) == ("E412", over.place)


@pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
def test_all_files_are_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    profile = dataclasses.replace(profile, max_files=20)
    ten, eleven = [f"T {n}" for n in range(10)], [f"T {n}" for n in range(11)]
    assert _faults(pack_of(listed(1, "A", ten), listed(2, "B", ten)), profile) == []
    findings = _faults(pack_of(listed(1, "A", ten), listed(2, "B", eleven)), profile)
    assert _codes(findings) == ["E413"]
    assert "21 files" in findings[0].message


def test_every_limit_that_is_passed_is_told_at_once() -> None:
    tight = dataclasses.replace(_SD, max_folders=1, max_files_per_folder=1, max_files=2)
    findings = _faults(pack_of(listed(1, "A", ["B", "C"]), listed(2, "D", ["E"])), tight)
    assert sorted(_codes(findings)) == ["E411", "E412", "E413"]


def test_names_that_a_reader_takes_for_one_are_a_finding() -> None:
    careless = dataclasses.replace(_PLAYER, track_name="{label}")
    nfd = unicodedata.normalize("NFD", "하나")
    section = listed(1, "A", ["Hope", "HOPE", "Joy", "하나", nfd, "Hope!"])
    findings = _faults(pack_of(section), careless)
    assert _codes(findings) == ["E401", "E401"]
    assert [finding.place for finding in findings] == [section.tracks[1].place, section.tracks[4].place]
    assert f"line {section.tracks[0].place.line}" in findings[0].message
    assert findings[0].track == "HOPE"


def test_equal_titles_in_two_folders_are_no_collision() -> None:
    careless = dataclasses.replace(_PLAYER, track_name="{label}")
    assert _faults(pack_of(listed(1, "A", ["Hope"]), listed(2, "B", ["Hope"])), careless) == []
