"""The disk image of a finished card: its files in their order, proved while they are read and when all is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from builder.card.layout import Placed
from builder.errors import StorageError
from builder.fat.geometry import Geometry
from builder.fat.read import open_volume
from builder.fat.write import Item, write_image


def write_card_image(out: Path, card: Path, placed: Mapping[str, Placed], geometry: Geometry) -> None:
    """Write the image of a card that lies finished in the folder `card`, its entries in the order of `placed`.

    StorageError where a file is not what was placed there, or the image, read back, not what was written.
    """
    items = [Item(path=path, source=card / path, bytes=file.bytes) for path, file in placed.items()]
    written = write_image(out, items, geometry)
    for path, sha256 in written.items():
        if sha256 != placed[path].sha256:
            raise _failing(card / path)
    with open_volume(out) as volume:
        listed = [entry.path for entry in volume.walk() if not entry.is_folder]
        if listed != [item.path for item in items] or volume.faults():
            raise _failing(out)


def _failing(path: Path) -> StorageError:
    return StorageError(
        f"{path} is not what was written to it", "the disk may be failing; build on another one"
    )
