"""Recordings made to do harm: each ends in its one finding, costs no more than an hour of sound does and 512 MB, or is
built as if nothing were.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Desk
from tests.sound.hostile import CORPUS, Good, good_files

# Of the processor time that ten minutes of ordinary sound take on the same machine: six of them are an hour.
_MOST_COST, _MOST_BYTES = 6, 512 << 20
_TEN_MINUTES = 300  # of good.mp3, which lasts two seconds
# Checks manifests one after the other. What this process takes at most is counted anew for each; to it comes the
# largest child so far, which is one ffmpeg.
_MEASURED = """
import contextlib, io, json, os, resource, sys
from pathlib import Path
from builder.cli import run
def highest():
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(line for line in lines if line.startswith("VmHWM"))
    return (int(own.split()[1]) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
def spent():
    return sum(os.times()[:4])  # user and system, of this process and its children
for manifest in sys.argv[1:]:
    Path("/proc/self/clear_refs").write_text("5")
    began, out = spent(), io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run(["check", manifest, "--audio", "--format", "json"])
    row = {"exit": code, "cost": spent() - began, "bytes": highest(), "answer": json.loads(out.getvalue())}
    print(json.dumps(row), flush=True)
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    return good_files(tmp_path_factory.mktemp("good"))


def _laid_out(folder: Path, good: Good, name: str) -> str:
    """A manifest of one case of the corpus; of ten minutes of ordinary sound, where there is no such case."""
    desk = Desk(folder / (name or "ordinary"))
    desk.sources.mkdir(parents=True)
    if not name:
        (desk.sources / "a.mp3").write_bytes(good["bare.mp3"] * _TEN_MINUTES)
        return str(desk.one_track("a.mp3"))
    CORPUS[name][0](desk.sources, good)
    (source,) = [path.name for path in desk.sources.iterdir() if path.name.startswith("a.")]
    return str(desk.one_track(source))


@pytest.mark.sampled(2)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted by Linux's means")
@pytest.mark.parametrize("part", range(4))
def test_a_hostile_recording_costs_little_and_has_one_finding(tmp_path: Path, good: Good, part: int) -> None:
    names = list(CORPUS)[part::4]
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, *(_laid_out(tmp_path, good, name) for name in ("", *names))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PACKBUILDER_CACHE": str(tmp_path / "cache")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    ordinary, *lines = ran.stdout.splitlines()
    most_cost = _MOST_COST * json.loads(ordinary)["cost"]
    for name, line in zip(names, lines, strict=True):
        row, code = json.loads(line), CORPUS[name][1]
        assert [finding["code"] for finding in row["answer"]["findings"]] == ([code] if code else []), (
            name,
            row,
        )
        assert row["exit"] == (1 if code.startswith("E") else 0), name
        assert row["cost"] < most_cost, (name, row["cost"], most_cost)
        assert row["bytes"] < _MOST_BYTES, (name, row["bytes"])
