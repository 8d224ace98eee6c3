"""Images that claim more than anybody can read: what is read is bounded by what is there, not by what is claimed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from builder.card.leaks.volume import judge_volume
from builder.card.verify.space import space
from builder.fat.disk import Disk, FatError
from builder.fat.geometry import geometry_for
from builder.fat.read import open_volume
from builder.fat.table import Table
from tests.fat.images import FAT16, image
from tests.hostile.huge_images import CLUSTERS, huge, root, row, slot

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="files have no holes there unless one asks for them"
)


@dataclass
class Taken:
    """What was read, and how many pieces of chains were followed."""

    bytes: int = 0
    reads: int = 0
    pieces: int = 0


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    counts = Taken()
    read, in_a_row = Disk.read, Table._in_a_row

    def counted(disk: Disk, offset: int, length: int) -> bytes:
        counts.bytes += length
        counts.reads += 1
        return read(disk, offset, length)

    def stepped(table: Table, cluster: int) -> int:
        counts.pieces += 1
        return in_a_row(table, cluster)

    monkeypatch.setattr(Disk, "read", counted)
    monkeypatch.setattr(Table, "_in_a_row", stepped)
    return counts


def audit(path: Path) -> set[str]:
    """The codes of all leaks that are not in files; the files' own bytes are read as far as their chains go."""
    with open_volume(path) as volume:
        codes = {leak.code for leak in judge_volume(volume)}
        for entry in volume.walk():
            if not entry.is_folder:
                try:
                    volume.extents(entry)
                except FatError:
                    codes.add("E719")
    return codes


def nothing(_file: BinaryIO) -> None:
    pass


def one_long_chain(file: BinaryIO) -> None:
    """A file of 4 GiB whose chain is twice as long."""
    root(file, 1, lambda _: slot("A       MP3", 0x20, 1_000, 0xFFFF_FFFF))
    row(file, 1_000, 1 << 24)


def one_chain_of_all_files(file: BinaryIO) -> None:
    """Each file's clusters are those of all others: together they would be 8 TB."""
    root(file, 2_000, lambda number: slot(f"{number}", 0x20, 100_000, 0xFFFF_FFFF))
    row(file, 100_000, 1 << 23)


def folders_of_holes(file: BinaryIO) -> None:
    """Folders as long as they may be, in which nothing was ever written."""
    root(file, 500, lambda number: slot(f"{number}", 0x10, 100_000 + number * 4_096, 0))
    for number in range(500):
        row(file, 100_000 + number * 4_096, 4_096)


@pytest.mark.parametrize("fill", [nothing, one_long_chain, one_chain_of_all_files, folders_of_holes])
def test_268_million_clusters_cost_what_is_written_of_them(
    tmp_path: Path, taken: Taken, fill: Callable[[BinaryIO], None]
) -> None:
    path = huge(tmp_path / "huge.img", fill)
    written = path.stat().st_blocks * 512
    assert path.stat().st_size > CLUSTERS * 512
    assert "E715" in audit(path)
    assert taken.bytes < 4 * written + 8_000_000
    assert taken.pieces < 3_000
    path.unlink()


def test_a_chain_in_more_pieces_than_a_card_has_is_not_followed_to_its_end(
    tmp_path: Path, taken: Taken
) -> None:
    """Every cluster leads back, and then further on: two million pieces of a file of 1 GB."""

    def fill(file: BinaryIO) -> None:
        root(file, 1, lambda _: slot("A       MP3", 0x20, 1_001, 1 << 30))
        clusters = np.arange(1_000, 1_000 + (1 << 21))
        file.seek(32 * 512 + 4_000)
        file.write(np.where(clusters % 2, clusters - 1, clusters + 3).astype("<u4").tobytes())

    path = huge(tmp_path / "huge.img", fill)
    with open_volume(path) as volume:
        messages = [leak.message for leak in judge_volume(volume)]
    assert any("one piece more than the 100000 that are followed" in message for message in messages)
    assert taken.pieces <= 100_000
    path.unlink()


def test_free_clusters_in_more_pieces_than_a_card_has_are_not_looked_at_one_by_one(
    tmp_path: Path, taken: Taken
) -> None:
    def fill(file: BinaryIO) -> None:
        entries = np.zeros(1 << 20, "<u4")
        entries[::2] = 0x0FFF_FFFF
        file.seek(32 * 512 + 4_000)
        file.write(entries.tobytes())

    path = huge(tmp_path / "huge.img", fill)
    with open_volume(path) as volume:
        messages = [leak.message for leak in judge_volume(volume)]
    assert any("free clusters in more than 100000 pieces" in message for message in messages)
    assert taken.reads < 1_000
    path.unlink()


def test_10_gb_of_nothing_behind_an_image_are_not_read(tmp_path: Path, taken: Taken) -> None:
    path = image(tmp_path, {"a.mp3": 5_000}, FAT16)
    os.truncate(path, 10_000_000_000)
    assert audit(path) == set()
    assert taken.bytes < 8_000_000


@pytest.mark.parametrize(("card_bytes", "megabytes"), [(600_000_000, 569), (200_000_000, None)])
def test_who_waits_is_told_first_how_much_is_read_besides_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card_bytes: int, megabytes: int | None
) -> None:
    """A raw card has no holes: all of it is read. On a small one that takes no time that is worth a word."""
    path = image(tmp_path, {"a.mp3": 5_000}, geometry_for(card_bytes))
    monkeypatch.setattr(Disk, "held", path.stat().st_size)
    monkeypatch.setattr(Disk, "next_data", lambda _disk, offset: offset)
    said: list[tuple[str, int, int, str]] = []
    with open_volume(path) as volume:
        assert list(judge_volume(volume, lambda *words: said.append(words))) == []
    if megabytes is None:
        assert said == []
        return
    assert said[0] == ("space", 0, megabytes, "MB outside the files")
    assert [done for _, done, _, _ in said] == sorted({done for _, done, _, _ in said})
    assert said[-1][1] == megabytes
    assert len(said) > 50


def test_progress_is_told_a_hundred_times_at_most() -> None:
    said: list[int] = []
    tell = space(lambda *words: said.append(words[1]))
    for done in range(0, 1_000_000_001, 1_000_000):
        tell(done, 1_000_000_000)
    assert (said[0], said[-1], len(said)) == (0, 1_000, 101)
