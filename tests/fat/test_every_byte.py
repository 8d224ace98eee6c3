"""No byte of an image outside its files can be another one: whatever it means, `audit` tells it, where it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from builder.card.leaks.leak import Leak
from builder.card.leaks.volume import judge_volume
from builder.fat.geometry import Geometry
from builder.fat.read import FatError, open_volume
from tests.fat.images import FAT16, FAT32, KOREAN, content, image
from tests.hostile.mutants import ROUNDS, SAME_LENGTH, mutants

# Folders within folders, names of one slot and of many, an empty file, a file that ends with its cluster.
PACK = {
    f"01 {KOREAN}/001 {KOREAN}.mp3": 40_000,
    f"01 {KOREAN}/02 B/003.mp3": 32_768,
    f"01 {KOREAN}/02 B/C/004 {KOREAN * 3}.mp3": 1,
    "05/006.MP3": 70_001,
    "LAST.MP3": 0,
}
MARKS = (0, 1, 2, 4, 8, 0x0F, 0x10, 0x18, 0x20, 0x28, 0x3F, 0x40, 0x80, 0xFF)


@pytest.fixture(params=[FAT16, FAT32], ids=["FAT16", "FAT32"])
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """One for each test: what a test writes into its holes stays allocated, and slows the looks that follow."""
    return image(tmp_path, PACK, request.param)


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
    found = [sector + at for sector in sectors for at in chance.sample(range(512), min(512, 4 * ROUNDS))]
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
    found += [chance.randrange(geometry.image_bytes) for _ in range(20 * ROUNDS)]
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


@pytest.mark.parametrize("folder", ["", f"01 {KOREAN}/02 B/C"], ids=["root", "deep"])
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


def test_no_few_bytes_outside_the_files_can_be_changed_unseen(sound: Path) -> None:
    """Numbers that are limits, pieces that stand elsewhere: of the tables, of every folder, of the room between."""
    with open_volume(sound) as volume:
        header = volume.header
        folders = [one for entry in volume.walk() if entry.is_folder for one in volume.extents(entry)]
    fats = [(header.fat_offset + copy * header.fat_bytes, 600) for copy in range(2)]
    root = header.root_offset if header.root_entries else header.offset_of(2)
    parts = [(0, 512), (header.start, 8 * 512), *fats, (root, 512), *((at, 1_024) for at, _ in folders)]
    parts.append((header.end - 4_096, 4_096))
    taken = files(sound)
    chance = random.Random(11)
    with sound.open("r+b", buffering=0) as file:
        for offset, length in chance.choices(parts, k=80 * ROUNDS):
            assert not any(start < offset + length and offset < end for start, end in taken)
            file.seek(offset)
            good = file.read(length)
            (bad,) = mutants(good, 1, SAME_LENGTH, seed=chance.getrandbits(32))
            file.seek(offset)
            file.write(bad)
            found = leaks(sound)
            file.seek(offset)
            file.write(good)
            assert found or bad == good, [
                (offset + at, bad[at]) for at in range(length) if bad[at] != good[at]
            ]


def test_a_file_that_lies_elsewhere_in_one_piece_or_two_is_told(sound: Path) -> None:
    """As it would when it was copied anew, and a place was kept for something."""
    path, size = "05/006.MP3", PACK["05/006.MP3"]
    with open_volume(sound) as volume:
        header = volume.header
        entry = next(one for one in volume.walk() if one.path == path)
    count, width = -(-size // header.cluster_bytes), header.fat_bits // 8
    last = entry.first_cluster + count - 1
    moved = header.clusters - 10
    with sound.open("r+b", buffering=0) as file:

        def swap(offset: int, data: bytes) -> tuple[int, bytes]:
            file.seek(offset)
            old = file.read(len(data))
            file.seek(offset)
            file.write(data)
            return offset, old

        file.seek(header.offset_of(last))
        data = file.read(header.cluster_bytes)
        undo = [swap(header.offset_of(moved), data), swap(header.offset_of(last), bytes(len(data)))]
        for copy in range(2):
            for cluster, value in ((last - 1, moved), (moved, 0x0FFF_FFFF), (last, 0)):
                place = header.entry_offset(cluster) + copy * header.fat_bytes
                undo.append(swap(place, value.to_bytes(4, "little")[:width]))
        try:
            with open_volume(sound) as volume:
                assert b"".join(volume.read(entry)) == content(path, size)
            found = leaks(sound)
        finally:
            for offset, old in reversed(undo):
                swap(offset, old)
    assert found[0].code == "E715"
    assert found[0].offset in range(header.entry_offset(last - 1), header.entry_offset(last + 1))
    assert leaks(sound) == []
