"""Where a pack may lie and what it may be called: one on a card is no pack, and folders hold no messages."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.cli import run
from tests.acceptance.cards import once
from tests.conftest import Desk, Ran, packbuilder, speech


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Packs of two tracks; one of them is called as the folder of a card is."""

    def make(folder: Path) -> None:
        desk = Desk(folder)
        for number in (1, 2):
            speech(desk.sources / f"{number}.wav", 2)
        rows = "      - {title: One, source: 1.wav}\n      - {title: Two, source: 2.wav}\n"
        manifest = desk.write(f"  - title: Sermons\n    tracks:\n{rows}")
        assert desk.build().code == 0
        manifest.write_text(manifest.read_text("utf-8").replace("pack: test", "pack: card"), "utf-8")
        assert packbuilder("build", manifest, "-o", folder / "called").code == 0

    with once(tmp_path_factory.getbasetemp(), "places", make) as folder:
        yield folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    shutil.copytree(made, tmp_path / "desk")
    return Desk(tmp_path / "desk")


def audit(capsys: pytest.CaptureFixture[str], path: Path | str, *options: str) -> Ran:
    capsys.readouterr()
    code = run(["audit", str(path), "--format", "json", *options])
    return Ran(code, *capsys.readouterr())


@pytest.mark.parametrize("between", ["", "Kim Seoul", "a/b"])
def test_a_pack_that_was_copied_onto_its_card_is_on_the_card(
    desk: Desk, capsys: pytest.CaptureFixture[str], between: str
) -> None:
    """As when the folder of the pack is copied, and not what is in `card`: its record is on the card then."""
    card = desk.card()
    inner = desk.folder / "inner"
    card.rename(inner)
    place = card / between
    place.mkdir(parents=True)
    inner.rename(place / "card")
    shutil.copy(card.parent / "record.json", place)
    ran = audit(capsys, card)
    assert ran.code == 7
    assert "record.json" in str([finding["file"] for finding in ran.json["findings"]])


def test_a_folder_above_a_pack_that_has_another_name_than_a_build_gives_it_is_a_leak(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(capsys, desk.out).code == 0
    assert audit(capsys, desk.out / "test").code == 0
    (desk.out / "test").rename(desk.out / "Kim Seoul")
    ran = audit(capsys, desk.out)
    assert (ran.code, ran.codes) == (7, ["E719"])
    assert "test/sd-card" in ran.json["findings"][0]["message"]
    (desk.out / "Kim Seoul").rename(desk.out / "x")
    assert audit(capsys, desk.out).code == 0
    (desk.out / "x").rename(desk.out / "Kim Seoul")
    assert audit(capsys, desk.out / "Kim Seoul").code == 0  # as one is called that a person names


def test_a_card_is_held_against_its_record_from_within_and_through_a_link(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = desk.card()
    monkeypatch.chdir(card)
    assert audit(capsys, ".").json["compared"]
    other = desk.folder / "called" / "card" / "sd-card" / "card"
    next(other.rglob("*.mp3")).unlink()
    shutil.rmtree(card)
    card.symlink_to(other)
    assert audit(capsys, card).code == 7


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_what_is_attached_to_a_folder_above_a_pack_is_seen_whatever_it_is_called(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    called = desk.folder / "called"
    assert audit(capsys, called).code == 0
    os.setxattr(called / "card", "user.who", b"Kim Seoul")  # type: ignore[attr-defined,unused-ignore]
    assert audit(capsys, called).codes == ["E722"]


@pytest.mark.parametrize("name", [".test.lock", ".test.run", ".test.txt.run"])
def test_locks_lie_beside_what_builds_lock(desk: Desk, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (desk.out / name).write_bytes(b"" if name.endswith("lock") else b"4711 1764601200\n")
    assert audit(capsys, desk.out).codes == ["E719"]


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is of Linux")
@pytest.mark.parametrize("seconds", [300_000_000_000, 9_000_000_000_000, -70_000_000_000, -9_000_000_000_000])
def test_a_time_that_no_calendar_has_is_a_leak(
    desk: Desk, capsys: pytest.CaptureFixture[str], seconds: int
) -> None:
    folder = Path("/dev/shm") / f"packbuilder-{os.getpid()}"
    shutil.copytree(desk.card().parent, folder)
    try:
        os.utime(next(folder.rglob("*.mp3")), (seconds, seconds))
        assert "E711" in audit(capsys, folder).codes
    finally:
        shutil.rmtree(folder)


def test_ffmpeg_writes_no_report_of_when_and_where_it_ran(desk: Desk) -> None:
    """FFREPORT in somebody's environment would make it do so in the folder where one is."""
    assert packbuilder("doctor", cwd=desk.card(), FFREPORT="level=32", PYTHONPATH=str(Path.cwd())).code == 0
    assert packbuilder("audit", desk.card()).code == 0


def test_a_record_that_cannot_be_read_is_said_of_its_card_too(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    record = desk.card().parent / "record.json"
    record.unlink()
    os.mkfifo(record)
    ran = audit(capsys, desk.card())
    assert (ran.code, ran.codes) == (7, ["E719"])


def test_the_cache_is_in_no_pack(desk: Desk) -> None:
    before = sorted(desk.out.rglob("*"))
    for cache in (desk.card(), desk.card().parent / "cache"):
        ran = desk.build(PACKBUILDER_CACHE=str(cache))
        assert (ran.code, "is in a pack" in ran.err) == (5, True)
    assert sorted(desk.out.rglob("*")) == before
