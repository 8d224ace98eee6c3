"""Disks that fill and runs that end while an image is written: no half image, and the last pack stays."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.fat.geometry import geometry_for
from tests.acceptance.cards import Made
from tests.conftest import ROOT, Desk, packbuilder, speech, tree

TRACKS = 40
# Waits at the third file of an image until the test has done what it wants to; then goes on.
SLOW = """
import pathlib, sys, time
import builder.fat.write as write
from builder.__main__ import main
real, here, seen = write._write_file, pathlib.Path(sys.argv.pop(1)), []
def slow(file, item, **options):
    seen.append(item)
    if len(seen) == 3:
        (here / "imaging").write_text(str(item.source))
        while (here / "imaging").exists():
            time.sleep(0.02)
    return real(file, item, **options)
write._write_file = slow
main()
"""


@pytest.fixture
def good(desk: Desk) -> Desk:
    """A desk with a published pack of many short tracks, and a manifest that would change it."""
    speech(desk.sources / "1.wav", 1)
    for number in range(2, TRACKS + 1):
        shutil.copy(desk.sources / "1.wav", desk.sources / f"{number}.wav")
    write(desk, "Old")
    return desk


def write(desk: Desk, word: str) -> None:
    tracks = "".join(f"      - {{title: {word} {n}, source: {n}.wav}}\n" for n in range(1, TRACKS + 1))
    desk.write("  - title: S\n    tracks:\n" + tracks)


def debris(out: Path) -> list[str]:
    """What a run may leave neither in its output nor beside it."""
    return [str(path) for path in out.rglob("*") if path.name.startswith(".") and path.suffix != ".lock"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Room for the pack, and for the next one without its image: each file takes more on a disk than its bytes."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode != 0:
        if os.environ.get("CI"):
            pytest.fail(f"a tmpfs cannot be mounted: {mounted.stderr.decode()}")
        pytest.skip("mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_while_the_image_is_written(good: Desk, small_disk: Path) -> None:
    assert packbuilder("build", good.manifest, "-o", small_disk).code == 0
    before = tree(small_disk)
    write(good, "New")
    ran = packbuilder("build", good.manifest, "-o", small_disk, "--image")
    assert ran.code == 5, ran.err
    assert f"writing {TRACKS}/{TRACKS}" in ran.err  # all but the image was there
    assert "imaging" not in ran.err
    assert "cannot be written: No space left on device" in ran.err
    assert tree(small_disk) == before
    assert debris(small_disk) == []
    # Without an image there is room.
    assert packbuilder("build", good.manifest, "-o", small_disk).code == 0
    assert tree(small_disk) != before


def test_a_disk_too_small_for_card_and_image_is_refused_before_any_work(good: Desk, small_disk: Path) -> None:
    (small_disk / "mine").write_bytes(bytes(1_000_000))
    assert packbuilder("plan", good.manifest).code == 0
    ran = packbuilder("build", good.manifest, "-o", small_disk, "--image")
    assert ran.code == 5
    assert "bytes free" in ran.err
    assert "rendering" not in ran.err
    assert not list(small_disk.rglob("*.mp3"))


def test_a_file_system_that_takes_no_file_of_that_size(good: Desk) -> None:
    assert good.build("--image").code == 0
    before = tree_of_cards(good)
    write(good, "New")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000_000, 100_000_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ran = subprocess.run(
        [sys.executable, "-m", "builder", "build", str(good.manifest), "-o", str(good.out), "--image"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=limit,  # a test process without threads
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 5, ran.stderr
    assert b"cannot be written: File too large" in ran.stderr
    assert tree_of_cards(good) == before
    assert debris(good.out) == []
    made = Made(good.out / "test" / "sd-card")
    assert made.verified(made.image).findings == ()


def tree_of_cards(desk: Desk) -> dict[str, bytes]:
    """Every published file; of an image what stands before its free space."""
    found = {}
    for path in desk.out.rglob("*"):
        name = path.relative_to(desk.out).as_posix()
        if path.is_file() and "/." not in name:
            with path.open("rb") as file:
                found[name] = file.read(4_000_000)
    return found


def start(desk: Desk, place: Path) -> subprocess.Popen[bytes]:
    """A build that waits in the middle of its image."""
    options = ["build", str(desk.manifest), "-o", str(desk.out), "--image"]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(place), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not (place / "imaging").exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()
    stage = desk.out / "test" / ".sd-card.new" / "card.img"
    assert stage.stat().st_size == geometry_for(10**9).image_bytes  # half written, and not where packs are
    return process


@pytest.mark.sampled(2)
@pytest.mark.parametrize("has_old", [True, False], ids=["over an old pack", "over none"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_run_that_ends_while_the_image_is_written(
    good: Desk, tmp_path: Path, number: signal.Signals, code: int, has_old: bool
) -> None:
    if has_old:
        assert good.build("--image").code == 0
        write(good, "New")
    before = tree_of_cards(good)
    process = start(good, tmp_path)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert b"Traceback" not in errors
    assert tree_of_cards(good) == before
    if number == signal.SIGINT:
        assert debris(good.out) == []
    ran = good.build("--image", "--format", "json")
    assert (ran.code, [card["rendered"] for card in ran.json["cards"]]) == (0, [0])
    assert debris(good.out) == []
    made = Made(good.out / "test" / "sd-card")
    assert made.tracks[0]["title"] == ("New 1" if has_old else "Old 1")
    assert made.verified(made.image).findings == ()


def test_a_card_that_is_no_longer_what_was_written_makes_no_image(good: Desk, tmp_path: Path) -> None:
    """As a failing disk: a byte of a track that is still to come is another one now."""
    assert good.build("--image").code == 0
    before = tree_of_cards(good)
    write(good, "New")
    process = start(good, tmp_path)
    track = Path((tmp_path / "imaging").read_text())
    data = bytearray(track.read_bytes())
    data[-100] ^= 1
    track.write_bytes(data)
    (tmp_path / "imaging").unlink()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 5, errors
    assert b"is not what was written to it" in errors
    assert tree_of_cards(good) == before
    assert debris(good.out) == []
