"""Broken images into the reader of FAT: what can be read, a fault or a FatError, within bounds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.fat.disk import Disk, FatError
from builder.fat.read import Volume, open_volume
from tests.fat.images import FAT16, FAT32, image
from tests.hostile.mutants import ANY, ROUNDS, SAME_LENGTH, mutants


@pytest.fixture(scope="module", params=["FAT16", "FAT32"])
def sound_image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    geometry = {"FAT16": FAT16, "FAT32": FAT32}[request.param]
    sizes = {f"0{n} 희망/00{m} 소리 {m}.mp3": 700 * m for n in (1, 2, 3) for m in (0, 1, 2, 3)}
    return image(tmp_path_factory.mktemp("images"), {**sizes, "last.mp3": 40_000}, geometry)


def _places(path: Path) -> list[tuple[int, int]]:
    """Where structure is: the boot sectors, the beginnings of both FATs, the first folders and files."""
    with open_volume(path) as volume:
        header = volume.header
        fats = [header.fat_offset + copy * header.fat_bytes for copy in range(header.fats)]
        folders = [extent for entry in volume.walk() if entry.is_folder for extent in volume.extents(entry)]
    root = [(header.root_offset, 512)] if header.root_entries else []
    return [
        (0, 512),
        (header.start, 4096),
        *((fat, 256) for fat in fats),
        *root,
        *((at, 512) for at, _ in folders),
    ]


def test_a_broken_image_is_read_faulted_or_refused_within_bounds(
    sound_image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is broken, no more is read than some times what a good image takes."""
    taken = 0
    read = Disk.read

    def counted(disk: Disk, offset: int, length: int) -> bytes:
        nonlocal taken
        taken += length
        return read(disk, offset, length)

    monkeypatch.setattr(Disk, "read", counted)
    everything(sound_image)
    most = 4 * taken + 8_000_000
    places = _places(sound_image)
    chance = random.Random(len(places))
    for _ in range(150 * ROUNDS):
        hurt = chance.sample(places, chance.randint(1, 3))
        with sound_image.open("r+b") as file:
            before = []
            for offset, length in hurt:
                file.seek(offset)
                before.append((offset, file.read(length)))
            for offset, good in before:
                (bad,) = mutants(good, 1, SAME_LENGTH, seed=chance.getrandbits(32))
                file.seek(offset)
                file.write(bad)
        taken = 0
        everything(sound_image)
        assert taken < most
        with sound_image.open("r+b") as file:
            for offset, good in before:
                file.seek(offset)
                file.write(good)
    everything(sound_image, is_good=True)


def everything(path: Path, *, is_good: bool = False) -> None:
    """All that the reader offers. FatError alone may come out of it."""
    try:
        with open_volume(path) as volume:
            faults = volume.faults()
            _read_all(volume)
            list(volume.deleted())
            rest = next(iter(volume.account()), None)
    except FatError:
        assert not is_good
    else:
        assert not is_good or (faults, rest) == ([], None)


def _read_all(volume: Volume) -> None:
    for entry in volume.walk():
        try:
            for _ in volume.read(entry):
                pass
        except FatError:
            continue


@ANY
@given(data=st.binary(max_size=2_000))
def test_any_bytes_are_no_image(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.img"
    path.write_bytes(data)
    with pytest.raises(FatError), open_volume(path):
        pass
