"""Each documented exit code is reached by a real run, so that a script can tell them apart."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from builder.errors import ExitCode
from builder.sound.decode.ffmpeg import find_ffmpeg
from tests.conftest import ROOT, Desk, Ran, speech


def done(desk: Desk) -> Ran:
    return desk.build("--format", "json")


def findings(desk: Desk) -> Ran:
    (desk.sources / "a.wav").unlink()
    return desk.build("--format", "json")


def usage(desk: Desk) -> Ran:
    return desk.build("--format", "json", "--jobs", "none")


def a_bug(desk: Desk) -> Ran:
    """A fault is put into a stage that every build goes through."""
    script = (
        "import sys, builder.build\nfrom builder.__main__ import main\nbuilder.build.joint_plan = None\n"
        f"sys.argv = ['packbuilder', 'build', {str(desk.manifest)!r}, '-o', {str(desk.out)!r}, '--format', 'json']\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def no_tool(desk: Desk) -> Ran:
    return desk.build("--format", "json", IMAGEIO_FFMPEG_EXE=str(desk.folder / "none"))


def no_room(desk: Desk) -> Ran:
    """A file stands where the folder of the output belongs."""
    desk.out.write_text("")
    return desk.build("--format", "json")


def leak(desk: Desk) -> Ran:
    """The term is the title of the one track."""
    (desk.folder / "terms.txt").write_text("Hope\n")
    return desk.build("--format", "json", "--terms", desk.folder / "terms.txt")


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (leak, ExitCode.LEAK),
        (done, ExitCode.DONE),
        (findings, ExitCode.FINDINGS),
        (usage, ExitCode.USAGE),
        (a_bug, ExitCode.BUG),
        (no_tool, ExitCode.TOOL_MISSING),
        (no_room, ExitCode.IO),
    ],
)
def test_how_a_run_ended_is_its_exit_code_and_its_document(
    desk: Desk, run: Callable[[Desk], Ran], code: ExitCode
) -> None:
    speech(desk.sources / "a.wav", 1, rate=8000)
    desk.one_track("a.wav")
    ran = run(desk)
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    if code in (ExitCode.DONE, ExitCode.FINDINGS, ExitCode.LEAK):
        assert ("error" in ran.json, bool(ran.codes)) == (False, code != ExitCode.DONE)
    else:
        assert ran.json["error"]["exit_code"] == code
        assert ran.json["error"]["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for ffmpeg, and signals are Unix's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_run_is_locked_out_and_the_first_ends_as_interrupted(
    desk: Desk, number: signal.Signals
) -> None:
    speech(desk.sources / "a.wav", 1, rate=8000)
    desk.one_track("a.wav")
    slow, started = desk.folder / "ffmpeg", desk.folder / "started"
    real = find_ffmpeg().executable
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *-version*) exec "{real}" "$@";; esac\ntouch "{started}"; exec sleep 60\n'
    )
    slow.chmod(0o755)
    cache = str(desk.folder / "cache")
    first = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "builder",
            "build",
            str(desk.manifest),
            "-o",
            str(desk.out),
            "--format",
            "json",
        ],
        cwd=ROOT,
        env={**os.environ, "IMAGEIO_FFMPEG_EXE": str(slow), "PACKBUILDER_CACHE": cache},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not started.exists():
            assert first.poll() is None
            time.sleep(0.02)
        ran = desk.build("--format", "json")
        assert (ran.code, ran.json["error"]["exit_code"]) == (ExitCode.LOCKED, ExitCode.LOCKED)
        first.send_signal(number)
        _, said = first.communicate(timeout=60)
    finally:
        first.kill()
        first.wait()
    assert first.returncode == ExitCode.INTERRUPTED
    assert said.splitlines()[-1] == "interrupted; every pack that was published is whole"


def test_the_codes_are_those_of_the_page_of_the_command_line() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    table = page.partition("| exit code | means |")[2].partition("\n\n")[0]
    told = {
        int(code) for row in re.findall(r"^\| ([0-9, ]+) \|", table, re.MULTILINE) for code in row.split(",")
    }
    assert told == {int(code) for code in ExitCode}
