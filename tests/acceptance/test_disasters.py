"""Full disks, pulled plugs, liars and crowds: the exit code says which, and the last good pack stays."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.sound.decode.ffmpeg import find_ffmpeg
from tests.conftest import ROOT, Desk, packbuilder, speech, tree
from tests.disks import small_disk


@pytest.fixture
def good(desk: Desk) -> Desk:
    """A desk with a published pack of three tracks, and a manifest that would change it."""
    for number in (1, 2, 3):
        speech(desk.sources / f"{number}.wav", 3, seed=number)
    tracks = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in (1, 2, 3))
    desk.write("  - title: S\n    tracks:\n" + tracks)
    assert desk.build().code == 0
    desk.write("  - title: S\n    level: together\n    tail_silence: 0.1\n    tracks:\n" + tracks)
    return desk


def liar(folder: Path, script: str) -> dict[str, str]:
    """An ffmpeg that does as `script` says, with the real one as $REAL; the environment to use it."""
    path = folder / "ffmpeg"
    version = 'case "$*" in *-version*) exec "$REAL" "$@";; esac\n'
    path.write_text(f"#!/bin/sh\nREAL={find_ffmpeg().executable}\n{version}{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"IMAGEIO_FFMPEG_EXE": str(path), "PACKBUILDER_CACHE": str(folder / "another cache")}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param("exit 0", (1, 3), id="writes nothing"),
        pytest.param(
            '"$REAL" "$@"; for out; do :; done; : > "${out#file:}"; exit 0', (3,), id="empties its output"
        ),
        pytest.param(
            '"$REAL" "$@"; for out; do :; done; out=${out#file:}; '
            'if [ -f "$out" ]; then head -c 9000 "$out" > short && mv short "$out"; fi; exit 0',
            (3,),
            id="leaves half of it",
        ),
        pytest.param("kill -SEGV $$", (1, 3), id="crashes"),
    ],
)
def test_an_ffmpeg_that_lies_is_not_believed(
    good: Desk, tmp_path: Path, script: str, code: tuple[int, ...]
) -> None:
    before = tree(good.out)
    ran = good.build(**liar(tmp_path, script))
    assert ran.code in code, ran.err
    assert tree(good.out) == before


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", ["/nowhere/ffmpeg", "/etc/hostname", "/bin/true"])
def test_a_missing_ffmpeg_is_exit_code_4(good: Desk, path: str) -> None:
    before = tree(good.out)
    ran = good.build(IMAGEIO_FFMPEG_EXE=path)
    assert ran.code == 4
    assert "IMAGEIO_FFMPEG_EXE" in ran.err
    assert tree(good.out) == before


@pytest.mark.parametrize("wait", [0.0, 0.25, 0.5, 0.8])
def test_an_interrupt_leaves_the_last_pack_and_exits_130(good: Desk, tmp_path: Path, wait: float) -> None:
    """The encoder is slowed down, so that the interrupt comes while it runs."""
    before = tree(good.out)
    started = tmp_path / "started"
    slow = liar(tmp_path, f'touch "{started}"; sleep 0.4; exec "$REAL" "$@"')
    command = [
        sys.executable,
        "-m",
        "builder",
        "build",
        str(good.manifest),
        "-o",
        str(good.out),
        "--jobs",
        "2",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **slow, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 30
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert b"Traceback" not in errors
    assert tree(good.out) == before
    assert not list(good.out.rglob(".*.new"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("after", [0.4, 0.8, 1.2, 1.6, 2.0])
def test_a_killed_build_leaves_one_whole_pack_and_the_next_run_finishes(good: Desk, after: float) -> None:
    before = tree(good.out)
    process = subprocess.Popen(
        [sys.executable, "-m", "builder", "build", str(good.manifest), "-o", str(good.out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after)
    process.kill()
    process.wait()
    left = {name: data for name, data in tree(good.out).items() if "/." not in name}
    assert good.build().code == 0
    after_rerun = tree(good.out)
    assert left in (before, after_rerun)
    assert not [name for name in after_rerun if "/." in name]
    fresh = Desk(good.folder / "fresh")
    ran = packbuilder("build", good.manifest, "-o", fresh.out)
    assert ran.code == 0
    assert tree(fresh.out) == after_rerun


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small disk", "300k") as folder:
        yield folder


def long_manifest(desk: Desk, seconds: float) -> None:
    speech(desk.sources / "long.wav", seconds, rate=8000)
    desk.one_track("long.wav")


def test_a_disk_too_small_for_the_card_is_refused_before_any_work(desk: Desk, disk: Path) -> None:
    long_manifest(desk, 60)
    ran = packbuilder("build", desk.manifest, "-o", disk)
    assert ran.code == 5
    assert "bytes free" in ran.err
    assert "rendering" not in ran.err
    assert list(disk.rglob("*.mp3")) == []


def test_a_disk_that_fills_while_rendering_is_exit_code_5(desk: Desk, disk: Path) -> None:
    long_manifest(desk, 60)
    ran = desk.build(PACKBUILDER_CACHE=str(disk / "cache"))
    assert ran.code == 5, ran.err
    assert "took no more" in ran.err or "cannot be written" in ran.err
    assert not (desk.out / "test" / "sd-card").exists()
    assert not list(disk.rglob("*.mp3"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("size", [3_000, 50_000, 200_000])
def test_a_file_size_limit_is_exit_code_5(desk: Desk, size: int) -> None:
    """As a disk that fills: measurements, or ffmpeg's output, are stopped in the middle."""
    long_manifest(desk, 60)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ran = subprocess.run(
        [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PACKBUILDER_CACHE": str(desk.folder / "cache")},
        preexec_fn=limit,  # a test process without threads
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 5, ran.stderr
    assert not (desk.out / "test" / "sd-card").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_an_output_that_cannot_be_written_is_exit_code_5(desk: Desk, place: str) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    (desk.folder / "file").write_text("mine")
    ran = packbuilder("build", desk.manifest, "-o", desk.folder / place)
    assert ran.code == 5, ran.err
    assert (desk.folder / "file").read_text() == "mine"


def test_a_folder_that_is_no_pack_is_left_alone(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    mine = desk.out / "test" / "sd-card" / "photos" / "me.jpg"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    ran = desk.build()
    assert ran.code == 5
    assert mine.read_text() == "mine"


def test_a_second_build_of_one_output_is_told_to_wait(good: Desk, tmp_path: Path) -> None:
    slow = liar(tmp_path, 'sleep 1; exec "$REAL" "$@"')
    command = [sys.executable, "-m", "builder", "build", str(good.manifest), "-o", str(good.out)]
    first = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **slow, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stage = good.out / "test" / ".sd-card.new"
    deadline = time.monotonic() + 20
    while not stage.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    ran = good.build()
    assert ran.code == 6, ran.err
    assert first.wait(timeout=60) == 0
    assert good.build().code == 0
