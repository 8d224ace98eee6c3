"""No byte of an image outside its files can be another one: whatever it means, `audit` tells it, where it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.audit.leak import Leak
from builder.audit.volume import judge_volume
from builder.fat.geometry import Geometry
from builder.fat.read import FatError, open_volume
from tests.fat.images import FAT16, FAT32, KOREAN, image
from tests.hostile.mutants import ROUNDS

# Folders within folders, names of one slot and of many, an empty file, a file that ends with its cluster.
PACK = {
    f"01 {KOREAN}/001 {KOREAN}.mp3": 40_000,
    f"01 {KOREAN}/02 B/003.mp3": 32_768,
    f"01 {KOREAN}/02 B/C/004 {KOREAN * 3}.mp3": 1,
    "05/006.MP3": 70_001,
    "LAST.MP3": 0,
}
MARKS = (0, 1, 2, 4, 8, 0x0F, 0x10, 0x18, 0x20, 0x28, 0x3F, 0x40, 0x80, 0xFF)


@pytest.fixture(scope="module", params=[FAT16, FAT32], ids=["FAT16", "FAT32"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = image(tmp_path_factory.mktemp("sound"), PACK, request.param)
    yield path
    path.unlink()


def leaks(path: Path) -> list[Leak]:
    """What `audit` says of an image besides its files; that it cannot be read is said too."""
    try:
        with open_volume(path) as volume:
            return list(judge_volume(volume))
    except FatError as error:
        return [Leak(code="E719", message=str(error), offset=error.offset)]


def geometry_of(path: Path) -> Geometry:
    return FAT16 if path.stat().st_size == FAT16.image_bytes else FAT32


def files(path: Path) -> list[tuple[int, int]]:
    """Where the bytes of files are, as (offset, end): they are the tracks' own gate's."""
    with open_volume(path) as volume:
        extents = [one for entry in volume.walk() if not entry.is_folder for one in volume.extents(entry)]
    return [(offset, offset + length) for offset, length in extents]


def places(path: Path, chance: random.Random) -> list[int]:
    """Every kind of place: of each sector that holds anything, of the slack of each file and folder, of all else."""
    geometry = geometry_of(path)
    with open_volume(path) as volume:
        header = volume.header
        used = [one for entry in volume.walk() for one in volume.extents(entry)]
    fats = [header.fat_offset + copy * header.fat_bytes for copy in range(2)]
    root = header.root_offset if header.root_entries else header.offset_of(2)
    sectors = [0, *range(header.start, header.start + 8 * 512, 512), *fats, root]
    sectors += [offset for offset, _ in used]
    found = [sector + at for sector in sectors for at in chance.sample(range(512), min(512, 6 * ROUNDS))]
    found += [
        sector + slot * 32 + at
        for sector in [root, *sectors[-len(used) :]]
        for slot in (0, 1)
        for at in range(32)
    ]
    for offset, length in used:
        end = header.offset_of(2) + -(-(offset + length - header.offset_of(2)) // header.cluster_bytes) * (
            header.cluster_bytes
        )
        found += [end - 1, *([chance.randrange(offset + length, end)] if end > offset + length else [])]
    found += [offset - 1 for offset in (header.start, *fats, root, header.offset_of(2), header.end)]
    found += [chance.randrange(geometry.image_bytes) for _ in range(30 * ROUNDS)]
    return found


def test_no_byte_outside_the_files_can_be_changed_unseen(sound: Path) -> None:
    assert leaks(sound) == []
    chance = random.Random(7)
    taken = files(sound)
    unseen = []
    with sound.open("r+b", buffering=0) as file:
        for offset in sorted(set(places(sound, chance))):
            if any(start <= offset < end for start, end in taken):
                continue
            file.seek(offset)
            good = file.read(1)
            file.seek(offset)
            file.write(bytes([good[0] ^ chance.randint(1, 255)]))
            if not leaks(sound):
                unseen.append(offset)
            file.seek(offset)
            file.write(good)
    assert unseen == []
    assert leaks(sound) == []


def end_of(path: Path, folder: str) -> int:
    """Where the first slot behind the last entry of a folder is."""
    with open_volume(path) as volume:
        header = volume.header
        at = header.root_offset if header.root_entries else header.offset_of(2)
        if folder:
            (at, _), *_ = volume.extents(next(one for one in volume.walk() if one.path == folder))
    with path.open("rb") as file:
        file.seek(at)
        while file.read(32)[:1] != b"\0":
            pass
        return file.tell() - 32


@pytest.mark.parametrize("folder", ["", f"01 {KOREAN}", f"01 {KOREAN}/02 B/C"], ids=["root", "one", "deep"])
def test_no_slot_can_be_put_behind_the_last_entry_of_a_folder_unseen(sound: Path, folder: str) -> None:
    """Whatever its first byte and its marks make of it: a label, `.`, an entry that is deleted, half of a long name."""
    at = end_of(sound, folder)
    unseen = []
    with sound.open("r+b", buffering=0) as file:
        for name in (
            b".          ",
            b"..         ",
            b"CANARY  KIM",
            b"\xe5ANARY  KIM",
            b"\x05ANARY  KIM",
            b"\x41ANARY  KIM",
        ):
            for marks in range(256) if ROUNDS > 1 else MARKS:
                file.seek(at)
                file.write(name + bytes([marks]) + b"a secret of " + bytes(8))
                if not leaks(sound):
                    unseen.append((name, marks))
        file.seek(at)
        file.write(bytes(32))
    assert unseen == []


def test_text_in_the_clear_behind_the_end_of_a_folder_is_told_once_and_where_it_is(sound: Path) -> None:
    """As many labels as its cluster has room for; only the volume's root may have one, and ours has none."""
    folder = f"01 {KOREAN}/02 B"
    at = end_of(sound, folder)
    room = geometry_of(sound).cluster_bytes - at % geometry_of(sound).cluster_bytes
    with sound.open("r+b", buffering=0) as file:
        file.seek(at)
        file.write(b"KIM YONGSU \x08is in room 21 at ten".ljust(32) * (room // 32))
        found = leaks(sound)
        file.seek(at)
        file.write(bytes(room))
    (leak,) = found
    assert (leak.code, leak.offset) == ("E714", at)
    assert folder in leak.message
    assert "KIM YONGSU" in leak.message
