"""`check` for other programs, and for a person who has very many findings."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

from tests.conftest import STARTER, Desk, packbuilder, speech


def _write(desk: Desk, tracks: int) -> Path:
    rows = "".join(f"      - {{source: {n}.mp3, title: T{n}}}\n" for n in range(tracks))
    return desk.write(f"  - title: A\n    tracks:\n{rows}")


def test_of_each_code_the_first_twenty_are_shown_and_the_counts_come_last(desk: Desk) -> None:
    manifest = _write(desk, 31)
    ran = packbuilder("check", manifest)
    assert ran.out.count(": E301 ") == 20
    assert "E301: 11 more; `packbuilder check --all` shows them" in ran.out
    assert ran.out.splitlines()[-1] == f"{manifest}: 31 errors"
    ran = packbuilder("check", manifest, "--all")
    assert (ran.code, ran.out.count(": E301 "), "more;" in ran.out) == (1, 31, False)
    assert len(packbuilder("check", manifest, "--format", "json").json["findings"]) == 31


def test_other_programs_get_every_finding(desk: Desk) -> None:
    manifest = _write(desk, 31)
    ran = packbuilder("check", manifest, "--format", "github")
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 31
    assert ran.out.startswith(f"::error file={manifest},line=")
    ran = packbuilder("check", manifest, "--format", "sarif")
    (run,) = json.loads(ran.out)["runs"]
    assert (ran.code, len(run["results"]), run["results"][0]["ruleId"]) == (1, 31, "E301")
    ran = packbuilder("check", manifest, "--format", "junit")
    root = Xml.fromstring(ran.out)
    assert (ran.code, root.get("tests"), root.get("failures")) == (1, "31", "31")


def test_a_manifest_without_findings_is_a_document_too() -> None:
    assert packbuilder("check", STARTER, "--format", "github").out == ""
    assert json.loads(packbuilder("check", STARTER, "--format", "sarif").out)["runs"][0]["results"] == []
    assert Xml.fromstring(packbuilder("check", STARTER, "--format", "junit").out).get("failures") == "0"


def test_what_is_the_same_for_several_devices_is_said_once(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    options = ("--card", "64GB", "--profile", "sd-card", "--profile", "mp3-player", "--profile", "mp5-player")
    findings = packbuilder("check", desk.manifest, *options, "--format", "json").json["findings"]
    (finding,) = [one for one in findings if one["code"] == "E421"]
    assert finding["facts"]["device"] == ["sd-card", "mp3-player", "mp5-player"]
    assert finding["message"].startswith(
        "a card of 64 GB; sd-card (also mp3-player, mp5-player) reads cards up to"
    )
