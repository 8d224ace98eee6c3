"""How much a card holds, and how much of it a plan takes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder.fat.geometry import Geometry, Room, geometry_for, room_for
from builder.fat.names import MOST_FILE_BYTES
from builder.profiles.naming import collision_key
from builder.profiles.profile import Limits

GB, MB = 10**9, 10**6
_CLASSES = tuple(gb * GB for gb in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024))
# Labels count in powers of ten, formatting takes about 3 %, and cards of one label differ (kodakflash.com, node 61).
_USABLE = 92


@dataclass(frozen=True, kw_only=True)
class CardSize:
    """The card that a plan is for: the bytes on its label, and of those what may be used, and what is needed.

    `room` counts in clusters and directory slots, as `geometry` has them.
    """

    label_bytes: int
    geometry: Geometry
    room: Room
    budget_bytes: int
    needed_bytes: int

    @property
    def label(self) -> str:
        """The size on the label of a card: `4 GB`, `512 MB`."""
        whole = self.label_bytes >= GB
        return f"{self.label_bytes / (GB if whole else MB):g} {'GB' if whole else 'MB'}"

    @property
    def holds(self) -> bool:
        return self.needed_bytes <= self.budget_bytes and not self.room.fault


def size_for(files: Sequence[tuple[str, int]], label_bytes: int | None, limits: Limits) -> CardSize:
    """The card that was asked for; or the smallest that holds the files, up to what the device reads."""
    if label_bytes is not None:
        return _size(files, label_bytes, limits)
    classes = [size for size in _CLASSES if size <= limits.max_card_gb * GB] or [limits.max_card_gb * GB]
    *smaller, largest = classes
    sizes = (_size(files, size, limits) for size in smaller)
    return next((size for size in sizes if size.holds), None) or _size(files, largest, limits)


def _size(files: Sequence[tuple[str, int]], label_bytes: int, limits: Limits) -> CardSize:
    geometry = geometry_for(label_bytes)
    try:
        room = room_for(geometry, files)
    except ValueError:  # names taken for one, a file too large: limits.py tells of them
        countable = {collision_key(path): min(size, MOST_FILE_BYTES) for path, size in files}
        room = room_for(geometry, list(countable.items()))
    return CardSize(
        label_bytes=label_bytes,
        geometry=geometry,
        room=room,
        budget_bytes=label_bytes * _USABLE // 100,
        needed_bytes=room.clusters_needed * geometry.cluster_bytes + limits.reserve_mb * MB,
    )
