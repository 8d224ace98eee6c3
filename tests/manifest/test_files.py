"""Every manifest of tests/manifests: good ones load in silence, bad ones say exactly what is beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder.check import check
from builder.findings import Finding, in_order, rules
from builder.manifest.load import load_pack
from builder.profiles.load import refused
from tests.manifest.conftest import HEAD, Load, Write

ROOT = Path(__file__).parents[2]
GOOD = sorted((ROOT / "tests/manifests/good").glob("*.yaml"))
BAD = sorted((ROOT / "tests/manifests/bad").glob("*.yaml"))
SHIPPED = sorted((ROOT / "manifests").glob("*.yaml"))

# No small file shows these: a test of this folder does, by building a large one or by reading nodes alone.
SHOWN_BY_A_TEST = {"E102", "E111", "E222", "E224", "E225", "E227", "W244"}


def as_line(finding: Finding) -> str:
    return f"{finding.place.line}:{finding.place.column}: {finding.code} {finding.message}"


@pytest.mark.parametrize("path", GOOD + SHIPPED, ids=lambda path: path.stem)
def test_a_good_manifest_loads_with_no_findings(path: Path) -> None:
    loaded = load_pack(path)
    assert [as_line(finding) for finding in loaded.findings] == []
    assert loaded.pack is not None
    assert loaded.pack.tracks


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_manifest_has_exactly_the_findings_written_beside_it(path: Path) -> None:
    loaded = load_pack(path)
    expected = path.with_suffix(".txt").read_text("utf-8").splitlines()
    assert [as_line(finding) for finding in loaded.findings] == expected
    assert loaded.findings == in_order(loaded.findings)
    assert {finding.place.file for finding in loaded.findings} == {str(path)}


def test_every_bad_manifest_has_its_findings_beside_it_and_nothing_else_lies_there() -> None:
    folder = ROOT / "tests/manifests/bad"
    wanted = {path.name for path in BAD} | {path.with_suffix(".txt").name for path in BAD}
    assert wanted
    assert {path.name for path in folder.iterdir()} == wanted
    assert {path.suffix for path in (ROOT / "tests/manifests/good").iterdir()} == {".yaml"}


def test_every_rule_of_what_is_written_is_shown_by_a_bad_manifest_or_a_test() -> None:
    shown = {
        code
        for path in BAD
        for code in re.findall(r"^\d+:\d+: ([EW]\d{3}) ", path.with_suffix(".txt").read_text("utf-8"), re.M)
    }
    written = {code for code in rules() if code[1] in "12"}
    assert written - shown == SHOWN_BY_A_TEST
    tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for code in SHOWN_BY_A_TEST:
        assert tests.count(f'"{code}"') > 1, f"{code} is listed here but no test shows it"


def test_an_unknown_profile_is_a_finding_at_the_profiles_and_has_a_near_name(write: Write) -> None:
    path = write(HEAD + "profiles: [sd-crad]\nsections: [{title: S, tracks: [{title: A, source: a.mp3}]}]\n")
    finding = next(finding for finding in check(path).findings if finding.code == "E222")
    assert as_line(finding) == '4:12: E222 there is no profile "sd-crad"'
    assert finding.help == 'did you mean "sd-card"?'


def test_more_tracks_or_sections_than_a_pack_may_have_are_one_finding_where_they_begin(load: Load) -> None:
    psalms = "  - {reading: PSA, source: '{chapter}.mp3'}\n"
    many = load(HEAD + "sections:\n" + psalms * 40)
    assert [(finding.code, finding.place.line) for finding in many.findings] == [("E111", 5 + 5000 // 150)]
    assert many.pack is None
    sections = "  - {reading: MRK 1, source: 1.mp3}\n"
    assert load(HEAD + "sections:\n" + sections * 1000).findings == ()
    one_more = load(HEAD + "sections:\n" + sections * 1001).findings
    assert [(finding.code, finding.place.line) for finding in one_more] == [("E111", 5 + 1000)]


def test_a_player_that_cannot_be_served_is_a_finding_with_the_reason(write: Write) -> None:
    path = write(HEAD + "profiles: [papyrus]\nsections: [{title: S, tracks: [{title: A, source: a.mp3}]}]\n")
    finding = next(finding for finding in check(path).findings if finding.code == "E224")
    assert as_line(finding) == f"4:12: E224 {refused()['papyrus'].title}: {refused()['papyrus'].reason}"
    assert finding.help == refused()["papyrus"].help


def test_a_profile_of_ones_own_is_found_beside_the_manifest_and_its_faults_are_told_there(
    write: Write,
) -> None:
    text = HEAD + "profiles: [my-box.yaml]\nsections: [{title: S, tracks: [{title: A, source: a.mp3}]}]\n"
    path = write(text)
    box = path.parent / "my-box.yaml"
    mine = "name: my-box\ntitle: My box\nbased_on: sd-card\nfacts:\n"
    box.write_text(mine + "  max_folders: {value: 5, source: I counted}\n", "utf-8")
    checked = check(path)
    assert [plan.profile.limits.max_folders for plan in checked.plans] == [5]
    box.write_text(mine + "  max_name_chars: {value: 9, source: I counted}\n", "utf-8")
    fault = next(finding for finding in check(path).findings if finding.code == "E225")
    assert (fault.place.file, fault.place.line) == (str(box), 5)
    box.unlink()
    missing = next(finding for finding in check(path).findings if finding.code == "E222")
    assert "my-box.yaml" in missing.message


def test_two_profiles_of_one_name_are_a_finding_and_one_named_twice_is_one(write: Write) -> None:
    profiles = "profiles: [sd-card, sd-card.yaml, ./sd-card.yaml]\n"
    path = write(HEAD + profiles + "sections: [{title: S, tracks: [{title: A, source: a.mp3}]}]\n")
    ours = "name: sd-card\ntitle: My card\nbased_on: mp3-player\n"
    (path.parent / "sd-card.yaml").write_text(ours, "utf-8")
    twins = [as_line(finding) for finding in check(path).findings if finding.code == "E227"]
    assert twins == [f'4:{at}: E227 another profile is called "sd-card", too' for at in (21, 35)]
    path.write_text(path.read_text("utf-8").replace("[sd-card, ", "["), "utf-8")
    assert [plan.profile.title for plan in check(path).plans] == ["My card"]


def test_a_file_that_is_not_there_is_an_error_and_no_finding(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_pack(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("code", "fault", "help_text"),
    [
        ("E201", "titel: x", 'did you mean "title"?'),
        ("E201", "langauge: x", 'did you mean "language"?'),
        ("E201", "Sections: x", 'did you mean "sections"?'),
        ("E201", "defaults: {speeker: x}", 'did you mean "speaker"?'),
        ("E213", "passage: Marc 3", "did you mean MRK?"),
        ("E213", "passage: 마가복읍", "did you mean MRK?"),
        ("E213", "passage: 马可福英", "did you mean MRK?"),
        ("E213", "passage: 1CH 30", "1 Chronicles has chapters 1-29"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_slip_is_answered_with_what_was_probably_meant(
    load: Load, code: str, fault: str, help_text: str
) -> None:
    track = f"source: a.mp3, {fault}" if fault.startswith("passage") else "title: A, source: a.mp3"
    top = "" if fault.startswith("passage") else fault
    loaded = load(f"{HEAD}sections: [{{title: S, tracks: [{{{track}}}]}}]\n{top}\n")
    assert [(finding.code, finding.help) for finding in loaded.findings] == [(code, help_text)]


@pytest.mark.parametrize(
    ("level", "help_text"), [("togehter", 'did you mean "together"?'), ("EACH", 'did you mean "each"?')]
)
def test_a_slip_in_a_choice_is_answered_with_the_choice(load: Load, level: str, help_text: str) -> None:
    loaded = load(f"{HEAD}sections: [{{title: S, level: {level}, tracks: [{{title: A, source: a}}]}}]\n")
    assert [(finding.code, finding.help) for finding in loaded.findings] == [("E218", help_text)]


def test_every_finding_about_a_value_or_a_key_says_what_to_do() -> None:
    for path in BAD:
        for finding in load_pack(path).findings:
            if finding.code != "E103":
                assert finding.help, f"{path.name}: {as_line(finding)}"


def test_a_finding_inside_a_track_names_the_track(load: Load) -> None:
    loaded = load(
        f"{HEAD}sections: [{{title: S, tracks: [{{title: 희망, source: a.mp3, start: x, sorce: b}}]}}]\n"
    )
    assert [(finding.code, finding.track) for finding in loaded.findings] == [
        ("E210", "희망"),
        ("E201", "희망"),
    ]
