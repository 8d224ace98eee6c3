"""Where everything lies on a card of a given size, and whether a list of files has room there. Pure.

Boundary units, partition start, cluster sizes and MBR types are those of the SdFat library (FatFormatter.cpp, MIT),
which follow the SD Association's formatter; the limits are Microsoft's, "FAT: General Overview of On-Disk Format".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from builder.fat.names import MOST_SLOTS, SLOT_BYTES, grow, slots_of

SECTOR_BYTES = 512
FEWEST_FAT16, FEWEST_FAT32 = 4_085, 65_525  # clusters; fewer would be FAT12, FAT16

_FAT16_CARD_BYTES = 2_000_000_000  # the largest card that is formatted with FAT16
_LARGEST_CARD_BYTES = 2_000_000_000_000  # sector numbers have 32 bits
_PERCENT = 95  # of what is printed on the card: cards of one class differ by some per cent
_UNIT_16, _UNIT_32 = 128, 8_192  # sectors of a boundary unit
_ROOT_ENTRIES = 512
_LEAST_RESERVED_32 = 9  # boot sector and its copy at 6 with the sectors that belong to them
_CHS_SECTORS = 1_024 * 255 * 63  # the last sector that an address of cylinder, head and sector can name
# Up to so many MiB: sectors per cluster; heads.
_CLUSTER_SECTORS = ((16, 2), (32, 4), (64, 8), (128, 16), (1_024, 32), (32_768, 64), (4_000_000, 128))
_HEADS = ((16, 2), (32, 4), (128, 8), (504, 16), (1_008, 32), (2_016, 64), (4_032, 128), (4_000_000, 255))


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """A card with one partition. Sectors have 512 bytes; `partition_start` and `data_start` count from the card's
    first sector, `fat_sectors` are those of one FAT of two. `root_entries` is 0 for FAT32, whose root is a chain.
    """

    image_bytes: int
    fat_bits: int
    sectors_per_cluster: int
    partition_start: int
    reserved_sectors: int
    fat_sectors: int
    root_entries: int
    data_start: int
    clusters: int
    partition_type: int
    heads: int
    sectors_per_track: int

    @property
    def cluster_bytes(self) -> int:
        return self.sectors_per_cluster * SECTOR_BYTES

    @property
    def partition_sectors(self) -> int:
        return self.data_start - self.partition_start + self.clusters * self.sectors_per_cluster

    @property
    def fat_start(self) -> int:
        return self.partition_start + self.reserved_sectors

    @property
    def root_start(self) -> int:
        """The first sector of FAT16's root; of FAT32 it is that of the first cluster."""
        return self.fat_start + 2 * self.fat_sectors


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a list of files needs and what a card has. `folder` is the one that needs the most slots of 32 bytes;
    the root is apart, since FAT16 gives it less.
    """

    cluster_bytes: int
    clusters_needed: int
    clusters_there: int
    root_slots_needed: int
    root_slots_there: int
    folder: str
    folder_slots_needed: int
    folder_slots_there: int

    @property
    def fault(self) -> str:
        """What there is not enough of, as a sentence; "" if there is room."""
        if self.clusters_needed > self.clusters_there:
            return (
                f"the card is too small: {self.clusters_needed} clusters of {self.cluster_bytes} bytes are needed, "
                f"it has {self.clusters_there}"
            )
        if self.root_slots_needed > self.root_slots_there:
            return (
                f"the root needs {self.root_slots_needed} slots for its names and has {self.root_slots_there}"
            )
        if self.folder_slots_needed > self.folder_slots_there:
            needed, there = self.folder_slots_needed, self.folder_slots_there
            return f"{self.folder!r} needs {needed} slots for its names; a folder has {there}"
        return ""


def geometry_for(card_bytes: int) -> Geometry:
    """The image for a card of a class in decimal bytes: 5 % less than the class, FAT16 up to 2 GB, else FAT32.

    ValueError for a card too small for FAT16 (some 5 MB), or above 2 TB.
    """
    if card_bytes > _LARGEST_CARD_BYTES:
        raise ValueError(
            f"a card of {card_bytes} bytes is too large: {_LARGEST_CARD_BYTES} (2 TB) is the most for FAT32"
        )
    is_fat16 = card_bytes <= _FAT16_CARD_BYTES
    return geometry_of(_image_bytes(card_bytes, is_fat16=is_fat16), is_fat16=is_fat16)


def _image_bytes(card_bytes: int, *, is_fat16: bool) -> int:
    unit = (_UNIT_16 if is_fat16 else _UNIT_32) * SECTOR_BYTES
    return card_bytes * _PERCENT // 100 // unit * unit


def geometry_of(image_bytes: int, *, is_fat16: bool) -> Geometry:
    """How an image of a size is laid out; ValueError for one that is too small, or whose size has the other FAT."""
    border = _image_bytes(_FAT16_CARD_BYTES + (not is_fat16), is_fat16=is_fat16)
    if image_bytes > border if is_fat16 else image_bytes < border:
        raise ValueError(f"an image of {image_bytes} bytes has FAT{32 if is_fat16 else 16}")
    sectors = image_bytes // SECTOR_BYTES
    mib = -(-sectors // 2048)
    per_cluster = _row(_CLUSTER_SECTORS, mib)
    geometry = _laid_out(sectors, per_cluster, mib, is_fat16=is_fat16)
    if is_fat16 and geometry.clusters < FEWEST_FAT16:
        raise ValueError(
            f"an image of {image_bytes} bytes is too small: FAT16 needs {FEWEST_FAT16} clusters, and it would have "
            f"{max(0, geometry.clusters)}; use a card of 8 MB or more"
        )
    while not is_fat16 and geometry.clusters < FEWEST_FAT32:  # just above 2 GB
        per_cluster //= 2
        geometry = _laid_out(sectors, per_cluster, mib, is_fat16=False)
    return geometry


def _laid_out(sectors: int, per_cluster: int, mib: int, *, is_fat16: bool) -> Geometry:
    """Move the start of the data up by whole units until all before it has room."""
    unit = _UNIT_16 if is_fat16 else _UNIT_32
    per_fat_sector = SECTOR_BYTES * 8 // (16 if is_fat16 else 32)
    root_sectors = _ROOT_ENTRIES * SLOT_BYTES // SECTOR_BYTES if is_fat16 else 0
    data_start = unit
    while True:
        data_start += unit
        clusters = (sectors - data_start) // per_cluster
        fat_sectors = -(-(clusters + 2) // per_fat_sector)
        before = (1 if is_fat16 else _LEAST_RESERVED_32) + 2 * fat_sectors + root_sectors
        if unit + before <= data_start:
            break
    # FAT16 has one reserved sector, so the partition is moved; FAT32 starts on a unit and reserves more.
    start = data_start - before if is_fat16 else unit
    end = data_start + clusters * per_cluster
    return Geometry(
        image_bytes=sectors * SECTOR_BYTES,
        fat_bits=16 if is_fat16 else 32,
        sectors_per_cluster=per_cluster,
        partition_start=start,
        reserved_sectors=1 if is_fat16 else data_start - start - 2 * fat_sectors,
        fat_sectors=fat_sectors,
        root_entries=_ROOT_ENTRIES if is_fat16 else 0,
        data_start=data_start,
        clusters=clusters,
        partition_type=_partition_type(end, end - start, is_fat16=is_fat16),
        heads=_row(_HEADS, mib),
        sectors_per_track=32 if mib <= 256 else 63,
    )


def _partition_type(end: int, sectors: int, *, is_fat16: bool) -> int:
    if is_fat16:
        return 0x04 if sectors < 65_536 else 0x06
    return 0x0B if end <= _CHS_SECTORS else 0x0C


def _row(table: tuple[tuple[int, int], ...], mib: int) -> int:
    return next(value for most, value in table if mib <= most)


def room_for(geometry: Geometry, items: Iterable[tuple[str, int]]) -> Room:
    """What these (path, bytes) need of a card and what it has; ValueError for paths that no card can hold."""
    items = list(items)
    tree = grow(items)
    needed = {folder: slots_of(tree, folder) for folder in tree}
    clusters = sum(-(-size // geometry.cluster_bytes) for _, size in items)
    for folder, count in needed.items():
        if folder or not geometry.root_entries:
            clusters += max(1, -(-count * SLOT_BYTES // geometry.cluster_bytes))
    root = needed.pop("")
    fullest = max(needed, key=lambda folder: needed[folder], default="")
    return Room(
        cluster_bytes=geometry.cluster_bytes,
        clusters_needed=clusters,
        clusters_there=geometry.clusters,
        root_slots_needed=root,
        root_slots_there=geometry.root_entries or MOST_SLOTS,
        folder=fullest,
        folder_slots_needed=needed.get(fullest, 0),
        folder_slots_there=MOST_SLOTS,
    )
