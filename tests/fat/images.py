"""Images for the tests of this room, small where they can be: sources on disk, items, and the image of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path

from builder.fat.geometry import Geometry, geometry_for
from builder.fat.read import Volume, open_volume
from builder.fat.write import ImageFile, write_image

FAT16 = geometry_for(16_000_000)  # clusters of 1 KiB
FAT32 = geometry_for(4_000_000_000)  # clusters of 32 KiB; a sparse file

# Of the sizes that matter: nothing, a byte, whole clusters of FAT16 and FAT32, and one byte about them.
EDGES = (0, 1, 511, 1023, 1024, 1025, 2048, 32_767, 32_768, 32_769)

KOREAN, SIMPLIFIED, TRADITIONAL = "위로하시는 하나님", "马可福音 第3章", "馬可福音 希望之聲"

GOLDEN_PACK = {
    f"01 {KOREAN}/001 {KOREAN}.mp3": 3_000,
    f"01 {KOREAN}/002.mp3": 1_024,
    "02/A.MP3": 0,
    "02/b.mp3": 1,
}


def content(name: str, size: int) -> bytes:
    """Bytes that are a name's own, none of them zero, so that a wrong end or place shows."""
    seed = hashlib.sha256(name.encode()).digest().replace(b"\0", b"\1")
    return (seed * (size // len(seed) + 1))[:size]


def items(folder: Path, sizes: Mapping[str, int]) -> list[ImageFile]:
    """Sources of these sizes, as items in this order. Names on the card need not be names that this disk takes."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, (path, size) in enumerate(sizes.items()):
        source = folder / f"{number}.bin"
        source.write_bytes(content(path, size))
        found.append(ImageFile(path=path, source=source, bytes=size))
    return found


def image(folder: Path, sizes: Mapping[str, int], geometry: Geometry = FAT16) -> Path:
    """A new image of files of these sizes, in this order."""
    out = folder / f"{hashlib.sha256(repr((sizes, geometry)).encode()).hexdigest()[:8]}.img"
    write_image(out, items(folder / "sources", sizes), geometry)
    return out


def partition(path: Path, geometry: Geometry) -> Path:
    """The partition alone, sparse, for checkers that take no offset."""
    out = path.with_suffix(".part")
    with path.open("rb") as source, out.open("wb") as target:
        source.seek(geometry.partition_start * 512)
        target.truncate(geometry.partition_sectors * 512)
        # Holes are long on these images: what is used lies at the front.
        zero = bytes(1 << 20)
        for start in range(0, min(geometry.partition_sectors * 512, 64 << 20), len(zero)):
            block = source.read(len(zero))[: geometry.partition_sectors * 512 - start]
            if block != zero:
                target.seek(start)
                target.write(block)
    return out


def files(volume: Volume) -> dict[str, bytes]:
    """Path and content of every file in on-disk order."""
    return {entry.path: b"".join(volume.read(entry)) for entry in volume.walk() if not entry.is_folder}


def read(path: Path) -> dict[str, bytes]:
    with open_volume(path) as volume:
        return files(volume)


def same(theirs: Iterable[object], ours: Iterable[object]) -> None:
    """Both lists are alike. Shows the first difference only: pytest would compare a thousand names for minutes."""
    for number, (one, other) in enumerate(zip_longest(theirs, ours, fillvalue="(nothing)")):
        assert one == other, f"number {number} differs"


def expected(sizes: Mapping[str, int]) -> dict[str, bytes]:
    return {path: content(path, size) for path, size in sizes.items()}


def bible(folders: int = 66, files_in_all: int = 1_189, size: int = 300) -> dict[str, int]:
    """As many folders and files as a Bible has, with names of 20 characters and more, in two scripts."""
    names: dict[str, int] = {}
    for number in range(files_in_all):
        section = number * folders // files_in_all
        script = KOREAN if section % 2 else SIMPLIFIED
        names[f"{section + 1:02} {script}/{number + 1:04} {script} {number % 50 + 1}장.mp3"] = size + number
    return names
