"""What is said of names and levels: collisions, orders, paths, screens and groups."""

from __future__ import annotations

import dataclasses

import pytest

from builder.findings import Finding
from builder.manifest.pack import Pack
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.profiles.load import built_in
from builder.profiles.naming import bytes_of
from builder.profiles.profile import Profile
from tests.packs import CARD, listed, pack_of, reading, with_limits, with_names

_PROFILES = list(built_in().values())
_EACH = pytest.mark.parametrize("profile", _PROFILES, ids=lambda profile: profile.name)
_SD, _SABER, _ENVOY = built_in()["sd-card"], built_in()["saber"], built_in()["megavoice-envoy"]


def _faults(pack: Pack, profile: Profile) -> list[Finding]:
    return faults_of(plan_card(pack, profile, {}), pack)


@_EACH
def test_levels_are_taken_within_what_the_device_reads_and_one_past_it_is_told(profile: Profile) -> None:
    limits = profile.limits
    section = reading(1, "MRK 1", groups=("A", "B"))
    allowed = f"{limits.min_levels} to {limits.max_levels}"
    for levels in range(1, 5):
        findings = _faults(pack_of(section, levels=levels), profile)
        if limits.min_levels <= levels <= limits.max_levels:
            assert findings == []
            continue
        (finding,) = findings
        assert (finding.code, finding.place) == ("E422", CARD.levels_place)
        wanted = str(limits.min_levels) if limits.min_levels == limits.max_levels else allowed
        assert finding.message == f"{levels} level{'s' * (levels > 1)}; {profile.name} reads {wanted}"


def test_groups_are_counted_to_the_limit_and_one_past_it() -> None:
    most = _ENVOY.limits.max_groups
    sections = [listed(n, "A", ["B"], groups=(f"G {n}",)) for n in range(1, most + 2)]
    assert _faults(pack_of(*sections[:-1]), _ENVOY) == []
    (finding,) = _faults(pack_of(*sections), _ENVOY)
    assert (finding.code, finding.place) == ("E422", sections[-1].place)
    assert finding.message == f"{most + 1} groups of folders; megavoice-envoy reads {most}"
    assert _faults(pack_of(*sections, levels=2), _ENVOY) == []


def test_testaments_are_never_too_many_groups() -> None:
    sections = reading(1, "GEN 1"), reading(2, "MRK 1"), reading(3, "TOB 1"), listed(4, "A", ["B"])
    assert _faults(pack_of(*sections), built_in()["pearl"]) == []


@pytest.mark.parametrize("name", ["saber", "kulumi", "pearl"])
def test_books_out_of_their_order_are_one_finding_where_they_are_numbered_by_it(name: str) -> None:
    pack = pack_of(reading(1, "MRK 1-3"), reading(2, "MAT 1-3"), listed(3, "A", ["B"]))
    (finding,) = [one for one in _faults(pack, built_in()[name]) if one.code == "E402"]
    assert finding.place == pack.sections[1].tracks[0].place
    assert "Bible" in finding.help
    assert _faults(pack, _SD) == _faults(pack, _ENVOY) == []


def test_many_tracks_out_of_order_are_told_in_one_finding_with_their_number() -> None:
    pack = pack_of(
        reading(1, "REV 1"), *(reading(n, f"{b} 1") for n, b in enumerate(("MRK", "LEV", "EXO"), 2))
    )
    (finding,) = _faults(pack, _SABER)
    assert finding.code == "E402"
    assert finding.message.endswith("041Mark/041001Mark 1.mp3 before what stands above it (and 2 more)")


def test_a_sermon_before_the_readings_is_told_where_books_have_their_own_numbers() -> None:
    (finding,) = _faults(pack_of(listed(1, "A", ["B"]), reading(2, "MRK 1")), _SABER)
    assert (finding.code, finding.place.line) == ("E402", 20_001)


def test_a_book_read_twice_is_one_finding_where_readings_are_named_by_book_and_chapter() -> None:
    """The same book in two languages: each section has its own recordings, and the same chapters."""
    pack = pack_of(reading(1, "MRK"), reading(2, "MRK"))
    for profile in _PROFILES:
        findings = [one for one in _faults(pack, profile) if one.code != "E402"]
        if profile.name not in ("saber", "kulumi", "pearl"):
            assert findings == []
            continue
        (finding,) = findings
        assert (finding.code, finding.place) == ("E401", pack.sections[1].tracks[0].place)
        assert finding.message.endswith("would also be the name of the track on line 10001 (and 15 more)")
        assert "list its recordings as tracks" in finding.help
    again = pack_of(reading(1, "MRK"), listed(2, "Mark (English)", [f"Mark {n}" for n in range(1, 17)]))
    assert _faults(again, _SABER) == []


def test_two_readings_of_one_chapter_by_their_verses_are_two_names() -> None:
    pack = pack_of(reading(1, "JHN 3:1-15"), reading(2, "JHN 3:16-21"))
    paths = [track.path for track in plan_card(pack, _SABER, {}).tracks]
    assert paths == ["043John/043003John 3 1-15.mp3", "043John/043003John 3 16-21.mp3"]
    assert _faults(pack, _SABER) == []


@_EACH
def test_a_path_is_counted_to_the_limit_and_one_past_it(profile: Profile) -> None:
    """Of a name that has nothing to be cut."""
    pack = pack_of(reading(1, "MRK 1"))
    bare = with_names(profile, section_name="{section:2}", chapter_name="{number:3}")
    size = bytes_of(profile.names.charset, plan_card(pack, bare, {}).tracks[0].path)
    assert _faults(pack, with_names(bare, max_path_bytes=size)) == []
    (finding,) = _faults(pack, with_names(bare, max_path_bytes=size - 1))
    assert (finding.code, finding.place) == ("E405", pack.tracks[0].place)
    assert f"{size - 1} bytes" in finding.message


@pytest.mark.parametrize("fact", ["max_name_chars", "max_name_bytes"])
@_EACH
def test_a_name_is_counted_to_the_limit_and_one_past_it(profile: Profile, fact: str) -> None:
    pack = pack_of(reading(1, "MRK 1"))
    bare = with_names(profile, section_name="{section:2}", chapter_name="{number:3}", distinct_chars=0)
    longest = max(len(part) for part in plan_card(pack, bare, {}).tracks[0].path.split("/"))
    assert _faults(pack, with_names(bare, **{fact: longest})) == []
    assert [one.code for one in _faults(pack, with_names(bare, **{fact: longest - 1}))] == ["E405"]


def test_groups_whose_titles_are_too_long_together_are_told_once() -> None:
    sections = [listed(n, "S" * 60, ["T" * 60], groups=("A" * 60, "B" * 60)) for n in (1, 2, 3)]
    (finding,) = _faults(pack_of(*sections), _ENVOY)
    assert finding.code == "E405"
    assert finding.message.endswith("(40 characters, 120 bytes) (and 2 more)")
    assert "its group" in finding.help
    assert _faults(pack_of(*sections, levels=3), _ENVOY) == []


@pytest.mark.parametrize(("most", "codes"), [(3, []), (2, ["E404"])])
def test_what_a_screen_shows_is_counted_to_the_limit_and_one_past_it(most: int, codes: list[str]) -> None:
    player = with_names(built_in()["mp3-player"], distinct_chars=most)
    findings = _faults(pack_of(listed(1, "A", ["x", "y", "z"])), player)
    assert [finding.code for finding in findings] == codes
    if codes:
        assert findings[0].message.endswith("the same as of the one before (and 1 more)")


def test_more_files_than_a_card_without_folders_takes_are_told_how_to_be_fewer() -> None:
    section = listed(1, "A", [f"T {n}" for n in range(256)])
    pack = pack_of(section, levels=1)
    (finding,) = _faults(pack, _SD)
    assert finding.message == "256 files in no folder; sd-card reads 255"
    assert finding.help == "take `levels: 1` out or make two packs"
    (flat,) = _faults(pack, with_limits(_SD, max_levels=1))
    assert flat.help == "make two packs"


def test_a_title_of_two_braces_is_no_pattern_in_a_finding() -> None:
    section = dataclasses.replace(listed(1, "{track}", ["{0} {track.path}"]))
    (finding,) = _faults(pack_of(section), with_names(_SD, max_path_bytes=12))
    assert finding.message.startswith("01_TRACK/01_001.mp3 is longer")
    player = with_names(built_in()["mp3-player"], max_path_bytes=12)
    (finding,) = _faults(pack_of(section), player)
    assert finding.message.startswith("01 {track}/001.mp3 is longer")
