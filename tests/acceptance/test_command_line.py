"""The program as people and scripts meet it: verbs, help, exit codes, one JSON document, any console."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from builder.cli.app import app
from builder.cli.profiles import profiles_table
from builder.findings import rules
from builder.profiles.load import built_in, refused
from tests.conftest import ROOT, STARTER, Desk, each, packbuilder, speech

README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("verb", list(app.commands))
def test_every_verb_has_help_and_stands_in_the_readme(verb: str) -> None:
    ran = packbuilder(verb, "--help")
    assert ran.code == 0
    assert app.commands[verb].short_help
    assert f"`{verb}" in README


@pytest.mark.parametrize("verb", ["review", "write"])
def test_a_verb_that_is_not_built_does_not_pretend(verb: str) -> None:
    assert packbuilder(verb).code == 2
    assert f"\n  {verb} " not in packbuilder("--help").out


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "nowhere.yaml"], ["build", str(STARTER), "--jobs", "0"], ["plan", "--frobnicate"]],
    ids=["no manifest", "no such file", "no jobs", "unknown option"],
)
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str]) -> None:
    assert packbuilder(*arguments).code == 2


def test_an_unknown_profile_on_the_command_line_is_usage_with_a_hint() -> None:
    ran = packbuilder("plan", STARTER, "--profile", "sdcard")
    assert ran.code == 2
    assert 'Did you mean "sd-card"?' in ran.err


def test_check_of_the_starter_is_ok() -> None:
    ran = packbuilder("check", STARTER)
    assert (ran.code, ran.err) == (0, "")
    assert "ok, 11 tracks" in ran.out


def test_check_of_the_whole_bible_without_any_recording_says_one_thing(desk: Desk) -> None:
    """One pattern is wrong, or one disk is not here: not sixty-six errors."""
    ran = packbuilder("check", ROOT / "manifests" / "whole-bible.yaml", "--format", "json")
    assert ran.code == 1
    (missing,) = [finding["message"] for finding in ran.json["findings"] if finding["code"] == "E301"]
    assert missing.startswith("GEN-REV: all 1,189 recordings of 66 books are missing (GEN/GEN_001.mp3 ... ")
    desk.write("  - reading: GEN-DEU\n    source: '{book}{chapter}.wav'\n")
    speech(desk.sources / "EXO1.wav", 0.6, rate=8000)
    messages = [
        f["message"] for f in packbuilder("check", desk.manifest, "--format", "json").json["findings"]
    ]
    assert [message.partition(" (")[0] for message in messages] == [
        "GEN-DEU: all 147 recordings of 4 books are missing",
        "EXO: 39 of 40 recordings are missing: chapters 2-40",
    ]


def test_a_single_missing_chapter_of_a_book_is_named(desk: Desk) -> None:
    for chapter in (1, 2, 4):
        speech(desk.sources / f"MRK_{chapter:03}.wav", 0.6, rate=8000, seed=chapter)
    desk.write("  - reading: MRK 1-4\n    source: MRK_{chapter:03}.wav\n")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert [f["message"] for f in ran.json["findings"]] == [
        "MRK: 1 of 4 recordings are missing: chapter 3 (MRK_003.wav)"
    ]


def test_a_finding_on_the_console_shows_place_line_caret_and_hint(desk: Desk) -> None:
    desk.write('  - title: 설교\n    tracks:\n      - {titel: "희망", source: a.wav}\n')
    ran = packbuilder("check", desk.manifest)
    lines = ran.out.splitlines()
    at = next(i for i, line in enumerate(lines) if "E201" in line)
    assert lines[at] == f'{desk.manifest}:8:10: E201 unknown key "titel"'
    assert lines[at + 1] == '          - {titel: "희망", source: a.wav}'
    assert lines[at + 2] == "             ^^^^^"
    assert lines[at + 3] == '    help: did you mean "title"?'


@pytest.mark.parametrize("verb", ["check", "plan", "build"])
def test_json_is_one_document_on_standard_output(desk: Desk, verb: str) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    more = ["-o", desk.out] if verb == "build" else []
    ran = packbuilder(verb, desk.manifest, "--format", "json", *more)
    assert ran.code == 0
    assert ran.json["schema"] == 1
    assert ran.json["findings"] == []


def test_a_finding_in_json_has_the_promised_keys(desk: Desk) -> None:
    desk.one_track("missing.wav")
    (finding,) = packbuilder("check", desk.manifest, "--format", "json").json["findings"]
    assert set(finding) == {"code", "severity", "file", "line", "column", "track", "message", "help", "facts"}
    assert (finding["code"], finding["severity"], finding["track"]) == ("E301", "error", "Hope")


def test_an_error_in_json_is_a_document_too(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    ran = desk.build("--format", "json", IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg")
    assert ran.code == 4
    assert ran.json["error"]["exit_code"] == 4


def test_warnings_alone_do_not_fail_a_check(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    track = "      - {{title: {}, source: a.wav}}\n"
    desk.write("  - title: S\n    tracks:\n" + track.format("One") + track.format("Two"))
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert (ran.code, ran.codes) == (0, ["W309"])


def test_several_manifests_are_checked_in_one_run(desk: Desk) -> None:
    desk.one_track("missing.wav")
    ran = packbuilder("check", STARTER, desk.manifest)
    assert ran.code == 1
    assert "starter.yaml: ok" in ran.out
    assert "1 error" in ran.out


def test_explain_knows_every_code_and_no_other() -> None:
    listed = packbuilder("explain")
    assert [line.split()[0] for line in listed.out.splitlines()] == list(rules())
    assert "reads as a path" in packbuilder("explain", "e207").out
    assert packbuilder("explain", "E999").code == 2


def test_the_schema_beside_the_manifests_is_the_one_the_program_prints() -> None:
    ran = packbuilder("schema")
    assert (ROOT / "manifests" / "manifest.schema.json").read_text("utf-8") == ran.out


def test_the_sample_manifests_name_the_schema_for_editors() -> None:
    for path in (STARTER, ROOT / "manifests" / "whole-bible.yaml"):  # others there are a user's own
        assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=manifest.schema.json\n")


def test_profiles_are_x() -> None:
    table = profiles_table(list(built_in().values()))
    shown = packbuilder("profiles").out
    assert shown.startswith(table)
    assert table in (ROOT / "docs" / "devices.md").read_text("utf-8")
    document = packbuilder("profiles", "--format", "json").json
    assert [profile["name"] for profile in document["profiles"]] == [*built_in(), *refused()]
    for device in refused().values():
        assert f"{device.name}: cannot be served. {device.title}: {device.reason}" in shown


def test_a_profile_shows_every_fact_with_its_source() -> None:
    shown = packbuilder("profiles", "sd-card").out
    for name, fact in each(built_in()["sd-card"].facts.items()):
        assert f"  {name} = " in shown
        assert fact.source in shown


def test_doctor_tells_the_versions_and_the_cache(cache: Path) -> None:
    ran = packbuilder("doctor")
    assert ran.code == 0
    assert str(cache) in ran.out
    assert "packages     " in ran.out
    assert packbuilder("doctor", IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg").code == 4


@pytest.mark.parametrize("encoding", ["cp949", "cp1252", "ascii"])
def test_any_console_shows_findings_and_none_turns_them_into_a_crash(desk: Desk, encoding: str) -> None:
    desk.one_track("없음.wav", title="희망 — 바람")
    ran = packbuilder("check", desk.manifest, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert ran.code == 1
    assert "E301" in ran.out
    assert "Traceback" not in ran.err


def test_a_reader_that_goes_away_is_neither_success_nor_findings() -> None:
    command = [sys.executable, "-m", "builder", "schema"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 5
    assert errors == b""


def test_a_fault_of_the_program_is_exit_code_3_without_a_traceback(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    broken = (
        f"import sys, builder.check; sys.argv = ['packbuilder', 'check', {str(desk.manifest)!r}]\n"
        "builder.check.plan_cards = lambda *_: 1 / 0\n"
        "from builder.__main__ import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", broken], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3
    assert "a fault in packbuilder itself: ZeroDivisionError" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_progress_is_plain_lines_without_a_terminal(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1, seed=20_261_122)  # no other test's, or it would be in the store
    desk.one_track("a.wav")
    ran = desk.build()
    assert "rendering 1/1 01_SERMONS/01_001_HOPE.mp3" in ran.err.splitlines()
    assert "\x1b" not in ran.err + ran.out
    again = desk.build()
    assert "rendering" not in again.err  # what is in the store is not rendered
    assert "writing 1/1 01_SERMONS/01_001_HOPE.mp3" in again.err.splitlines()


def test_progress_is_a_bar_on_a_terminal(desk: Desk) -> None:
    pty = pytest.importorskip("pty", reason="terminals of this kind are Unix's")
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.out)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=follower, stdout=subprocess.DEVNULL)
    os.close(follower)
    shown = b""
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
    assert process.wait(timeout=60) == 0
    assert b"Rendering" in shown
    assert b"\x1b[" in shown


def test_the_version_is_that_of_the_package() -> None:
    declared = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert declared is not None
    assert packbuilder("--version").out.strip().endswith(declared[1])


def test_build_tells_where_the_card_is(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    ran = desk.build("--format", "json")
    (card,) = ran.json["cards"]
    assert Path(card["card"]).is_dir()
    assert json.loads(Path(card["record"]).read_text("utf-8"))["schema"] == 2
