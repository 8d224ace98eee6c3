"""Runs that once went wrong, found by trying: each fault stays mended."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from builder import build
from builder.cli import run
from builder.sound.decode.ffmpeg import find_ffmpeg
from tests.acceptance.test_disasters import liar
from tests.conftest import ROOT, STARTER, Desk, oracle, packbuilder, speech, tree


def test_a_decoder_that_loses_samples_is_not_believed(desk: Desk, tmp_path: Path) -> None:
    """Half of the sound comes out of it, no complaint, and it exits 0."""
    speech(desk.sources / "a.wav", 4)
    desk.one_track("a.wav")
    lose = '*pipe:1*) "$REAL" "$@" | head -c 350000; exit 0;;'
    ran = desk.build(**liar(tmp_path, f'case "$*" in {lose} esac; exec "$REAL" "$@"'))
    assert ran.code in (1, 3), ran.err
    assert not desk.card().exists()


def test_a_source_that_changes_while_it_is_used_stops_the_build(desk: Desk, tmp_path: Path) -> None:
    speech(desk.sources / "a.wav", 2, seed=1)
    speech(tmp_path / "other.wav", 2, seed=2)
    desk.one_track("a.wav")
    swap = f'cp "{tmp_path}/other.wav" "{desk.sources}/a.wav"; exec "$REAL" "$@"'
    cache = str(tmp_path / "shared cache")
    ran = desk.build(**{**liar(tmp_path, swap), "PACKBUILDER_CACHE": cache})
    assert ran.code == 5, ran.err
    assert "changed while it was used" in ran.err
    speech(desk.sources / "a.wav", 2, seed=1)
    assert desk.build("--format", "json", PACKBUILDER_CACHE=cache).json["cards"][0]["rendered"] == 1


def test_a_source_that_goes_away_is_exit_code_5(desk: Desk, tmp_path: Path) -> None:
    speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav")
    ran = desk.build(**liar(tmp_path, f'rm -f "{desk.sources}/a.wav"; exec "$REAL" "$@"'))
    assert ran.code == 5, ran.err
    assert "went away" in ran.err


@pytest.mark.parametrize("script", ["kill -9 $$", "exit 0"], ids=["killed", "silent"])
def test_an_engine_that_dies_is_not_blamed_on_the_recording(desk: Desk, tmp_path: Path, script: str) -> None:
    speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav")
    assert desk.build(**liar(tmp_path, script)).code == 3


@pytest.mark.parametrize(
    ("call", "when"), [("renameat2", 1), ("rename", 1), ("rename", 2)], ids=["exchange", "first", "second"]
)
def test_an_interrupt_at_a_rename_leaves_a_whole_pack(
    desk: Desk, tmp_path: Path, call: str, when: int
) -> None:
    """In the one step, or in the two renames of a system that has no such step."""
    strace = oracle("strace")
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    before = tree(desk.out)
    desk.one_track("a.wav", title="Another")
    log = tmp_path / "calls"
    command = [strace, "-f", "-o", str(log), "-e", "trace=rename,renameat2"]
    command += ["-e", f"inject={call}:signal=SIGINT:when={when}"]
    command += [] if call == "renameat2" else ["-e", "inject=renameat2:error=EINVAL"]
    command += [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.out)]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert ran.returncode in (0, 130), ran.stderr
    assert "SIGINT" in log.read_text()
    left = tree(desk.out)
    assert desk.build().code == 0
    assert left in (before, tree(desk.out))


def test_brackets_in_a_name_do_not_upset_the_progress_bar(desk: Desk) -> None:
    pty = pytest.importorskip("pty", reason="terminals of this kind are Unix's")
    speech(desk.sources / "d[" / "b].wav", 1)
    desk.one_track("d[/b].wav", title="[/red] x")
    desk.manifest.write_text(desk.manifest.read_text("utf-8").replace("[/red] x", "[red]x"), "utf-8")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.out)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=follower, stdout=subprocess.DEVNULL)
    os.close(follower)
    while True:
        try:
            if not os.read(leader, 65536):
                break
        except OSError:
            break
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("redirect", ["> /dev/full", "2> /dev/full", ">&- 2>&-", "> /dev/full 2>&1"])
def test_output_that_cannot_be_written_is_never_a_finding_or_a_crash(desk: Desk, redirect: str) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    command = (
        f'"{sys.executable}" -m builder build "{desk.manifest}" -o "{desk.out}" --format json {redirect}'
    )
    ran = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == (0 if "&-" in redirect else 5)
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere.yaml"],
        ["plan", str(STARTER), "--profile", "x"],
        ["build", str(STARTER), "--jobs", "0"],
    ],
)
def test_a_usage_error_is_a_json_document_too(arguments: list[str]) -> None:
    ran = packbuilder(*arguments, "--format", "json")
    assert ran.code == 2
    assert ran.json["error"]["exit_code"] == 2


def test_sigterm_ends_as_an_interrupt_does(desk: Desk, tmp_path: Path) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    started = tmp_path / "started"
    slow = liar(tmp_path, f'touch "{started}"; sleep 2; exec "$REAL" "$@"')
    command = [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.out)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **slow}, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 130
    assert not list(Path(slow["PACKBUILDER_CACHE"]).glob(".work-*"))


def test_plan_writes_nothing_at_all(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    cache = desk.folder / "no cache yet"
    assert packbuilder("plan", desk.manifest, PACKBUILDER_CACHE=str(cache)).code == 0
    assert not cache.exists()


def test_five_thousand_slips_are_told_in_seconds(desk: Desk) -> None:
    desk.write("  - title: S\n    tracks:\n" + "      - {titel: a, source: a.wav}\n" * 5000)
    begin = time.monotonic()
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.code == 1
    assert len(ran.codes) >= 5000
    assert time.monotonic() - begin < 60  # 64 s once; a few seconds now


def test_a_file_of_somebody_elses_beside_the_record_is_not_deleted(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    notes = desk.out / "test" / "sd-card" / "notes.txt"
    notes.write_text("mine")
    assert desk.build().code == 5
    assert notes.read_text() == "mine"


def test_an_output_that_is_a_link_is_followed(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    real = desk.folder / "real place"
    real.mkdir()
    (desk.out / "test").mkdir(parents=True)
    (desk.out / "test" / "sd-card").symlink_to(real)
    for _ in range(2):
        assert desk.build().code == 0
    assert (desk.out / "test" / "sd-card").is_symlink()
    assert (real / "record.json").is_file()


def test_a_file_system_that_cannot_hold_korean_names_says_so(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav", title="희망")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = desk.build("--profile", "mp3-player", **ascii_only)
    assert ran.code == 5
    assert "PYTHONUTF8" in ran.err


def test_the_program_in_the_wheel_is_whole(tmp_path: Path) -> None:
    """Data files that a wheel leaves out are missed only by those who do not work in a clone."""
    copy = tmp_path / "source"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "out", ".*cache", "audio-samples")
    )
    shutil.rmtree(copy / "tests")
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(copy)]
    subprocess.run(pip, check=True, capture_output=True, timeout=300)
    ran = subprocess.run(
        [sys.executable, "-m", "builder", "check", str(STARTER)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert find_ffmpeg().version


def _changed_at_the_end(desk: Desk, change: Callable[[], object]) -> tuple[int, str]:
    """Build with a change after everything was used and before anything is published."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        write = vars(build)["write_record"]
        patch.setitem(vars(build), "write_record", lambda *what: (write(*what), change()))
        with contextlib.redirect_stdout(said):
            code = run(["build", str(desk.manifest), "-o", str(desk.out), "--profile", "mp5-player"])
    return code, said.getvalue()


@pytest.fixture
def whole(desk: Desk) -> Desk:
    """A pack with a recording, a spoken title and a cover, built and stored."""
    speech(desk.sources / "a.wav", 1, seed=31)
    speech(desk.sources / "title.wav", 0.7, seed=32)
    Image.new("RGB", (64, 64), "red").save(desk.sources / "cover.png")
    desk.one_track("a.wav", ", announce: title.wav")
    desk.manifest.write_text(desk.manifest.read_text("utf-8") + "cover: cover.png\n", "utf-8")
    assert _changed_at_the_end(desk, int)[0] == 0
    return desk


@pytest.mark.parametrize("name", ["a.wav", "title.wav"])
@pytest.mark.parametrize("how", ["changed", "went away"])
def test_a_source_that_changes_after_its_last_use_stops_the_build_too(
    whole: Desk, name: str, how: str
) -> None:
    before = tree(whole.out)
    path = whole.sources / name
    change = path.unlink if how == "went away" else lambda: speech(path, 1, seed=33)
    code, said = _changed_at_the_end(whole, change)
    assert (code, f"{name} {how} while it was used" in said) == (5, True), said
    assert tree(whole.out) == before


def test_a_source_that_is_only_touched_stops_nothing(whole: Desk) -> None:
    assert _changed_at_the_end(whole, (whole.sources / "a.wav").touch)[0] == 0


def test_a_cover_is_read_once_so_that_a_change_comes_with_the_next_build(whole: Desk) -> None:
    before = tree(whole.out)
    other = Image.new("RGB", (64, 64), "blue")
    assert _changed_at_the_end(whole, lambda: other.save(whole.sources / "cover.png"))[0] == 0
    assert tree(whole.out) == before
    assert _changed_at_the_end(whole, int)[0] == 0
    assert tree(whole.out) != before
