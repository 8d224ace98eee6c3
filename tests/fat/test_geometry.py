"""Where everything lies on a card, and whether a pack has room there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.fat.geometry import geometry_for, geometry_of, room_for
from tests.fat.images import FAT16, FAT32

MB, GB = 1_000_000, 1_000_000_000
CLASSES = [16 * MB, 32 * MB, 64 * MB, 128 * MB, 256 * MB, 512 * MB] + [
    n * GB for n in (1, 2, 4, 8, 16, 32, 64, 128)
]


@pytest.mark.parametrize(
    ("card", "bits", "cluster", "kind", "start", "data"),
    [
        (16 * MB, 16, 1_024, 0x04, 235, 384),
        (32 * MB, 16, 2_048, 0x04, 235, 384),
        (64 * MB, 16, 4_096, 0x06, 235, 384),
        (128 * MB, 16, 8_192, 0x06, 235, 384),
        (256 * MB, 16, 16_384, 0x06, 235, 384),
        (512 * MB, 16, 16_384, 0x06, 247, 512),
        (1 * GB, 16, 16_384, 0x06, 153, 640),
        (2 * GB, 16, 32_768, 0x06, 153, 640),
        (4 * GB, 32, 32_768, 0x0B, 8_192, 16_384),
        (8 * GB, 32, 32_768, 0x0B, 8_192, 16_384),
        (16 * GB, 32, 32_768, 0x0C, 8_192, 16_384),
        (32 * GB, 32, 32_768, 0x0C, 8_192, 24_576),
        (64 * GB, 32, 65_536, 0x0C, 8_192, 24_576),
        (128 * GB, 32, 65_536, 0x0C, 8_192, 40_960),
    ],
)
def test_a_class_is_laid_out_as_cards_come_formatted(
    card: int, bits: int, cluster: int, kind: int, start: int, data: int
) -> None:
    geometry = geometry_for(card)
    assert (geometry.fat_bits, geometry.cluster_bytes, geometry.partition_type) == (bits, cluster, kind)
    assert (geometry.partition_start, geometry.data_start) == (start, data)
    assert 0.945 * card < geometry.image_bytes <= 0.95 * card


@given(card=st.integers(5 * MB, 2_000 * GB))
def test_any_card_from_5_mb_to_2_tb_has_a_valid_layout(card: int) -> None:
    geometry = geometry_for(card)
    is_fat16 = geometry.fat_bits == 16
    unit = 128 if is_fat16 else 8_192
    assert is_fat16 == (card <= 2 * GB)
    assert 4_085 <= geometry.clusters <= 65_524 if is_fat16 else 65_525 <= geometry.clusters <= 0x0FFF_FFF5
    assert geometry.data_start % unit == 0
    assert geometry.image_bytes % (unit * 512) == 0
    assert (geometry.clusters + 2) * geometry.fat_bits // 8 <= geometry.fat_sectors * 512
    roots = geometry.root_entries * 32 // 512
    assert geometry.root_start + roots == geometry.data_start
    assert geometry.fat_start == geometry.partition_start + geometry.reserved_sectors
    # Nothing reaches beyond the image, and less than a cluster of it is left over.
    rest = geometry.image_bytes // 512 - geometry.partition_start - geometry.partition_sectors
    assert 0 <= rest < geometry.sectors_per_cluster
    assert geometry.partition_start + geometry.partition_sectors < 1 << 32


def test_fat32_begins_above_2_gb_with_enough_clusters_to_be_fat32() -> None:
    assert geometry_for(2 * GB).fat_bits == 16
    above = geometry_for(2 * GB + 1)
    assert (above.fat_bits, above.cluster_bytes) == (32, 16_384)
    assert above.clusters >= 65_525


def test_a_size_has_one_kind_of_fat() -> None:
    """Else the kind of the FAT is a bit that says something; but for one size at the border, which both have."""
    for card in (16_000_000, 1_000_000_000, 2_000_000_000):
        with pytest.raises(ValueError, match="has FAT16"):
            geometry_of(geometry_for(card).image_bytes - 8_388_608, is_fat16=False)
    for card in (2_010_000_000, 32_000_000_000):
        with pytest.raises(ValueError, match="has FAT32"):
            geometry_of(geometry_for(card).image_bytes, is_fat16=True)


@pytest.mark.parametrize("card", [-1, 0, 1, 100_000, 4 * MB])
def test_a_card_too_small_for_fat16_is_refused(card: int) -> None:
    with pytest.raises(ValueError, match="too small: FAT16 needs 4085 clusters"):
        geometry_for(card)


def test_a_card_above_2_tb_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        geometry_for(2_000 * GB + 1)


def test_room_counts_files_folders_and_slots() -> None:
    # The root holds "A" (its own short name); A holds `.`, `..`, two names of two slots, and one of one.
    paths = [("A/one.mp3", 1_025), ("A/two.mp3", 0), ("A/TEN.MP3", 1_024)]
    room = room_for(FAT16, paths)
    assert room.fault == ""
    assert (room.clusters_needed, room.clusters_there) == (2 + 0 + 1 + 1, 14_592)
    assert (room.root_slots_needed, room.root_slots_there) == (1, 512)
    assert (room.folder, room.folder_slots_needed, room.folder_slots_there) == ("A", 2 + 2 + 2 + 1, 65_536)
    assert room_for(FAT32, paths).clusters_needed == 1 + 1 + 1 + 1, "the root of FAT32 has a cluster too"
    assert room_for(FAT32, []).clusters_needed == 1, "an empty one too"


def test_a_folder_takes_another_cluster_when_its_slots_fill_the_first() -> None:
    # A cluster of 1 KiB has 32 slots, two of them `.` and `..`.
    full = [(f"A/F{n}", 0) for n in range(30)]
    assert room_for(FAT16, full).clusters_needed == 1
    assert room_for(FAT16, [*full, ("A/F30", 0)]).clusters_needed == 2


@pytest.mark.parametrize(
    ("paths", "is_enough"),
    [
        ([("A", 14_592 * 1_024)], True),
        ([("A", 14_592 * 1_024 + 1)], False),
        ([(f"F{n}", 0) for n in range(512)], True),
        ([(f"F{n}", 0) for n in range(513)], False),
        ([(f"A/F{n}", 0) for n in range(65_534)], True),
        ([(f"A/F{n}", 0) for n in range(65_535)], False),
    ],
    ids=["all clusters", "a byte more", "a full root", "a name more", "a full folder", "one more"],
)
def test_room_ends_where_clusters_root_or_folder_end(paths: list[tuple[str, int]], is_enough: bool) -> None:
    assert (not room_for(FAT16, paths).fault) is is_enough


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([("A", 1 << 32)], "bytes; a file on FAT has"),
        ([("A", -1)], "bytes; a file on FAT has"),
        ([("A", 1), ("a", 1)], "the same to a card reader"),
        ([("A/x", 1), ("a/y", 1)], "the same to a card reader"),
        ([("A", 1), ("A/x", 1)], "the same to a card reader"),
        ([("A/x", 1), ("A", 1)], "the same to a card reader"),
        ([("straße", 1), ("STRASSE", 1)], "the same to a card reader"),
        ([("A//x", 1)], "is no name"),
        ([("/A", 1)], "is no name"),
        ([("", 1)], "is no name"),
        ([("../A", 1)], "is no name"),
        ([("/".join("x" * 66), 1)], "folders deep"),
    ],
)
def test_what_no_card_could_hold_is_refused(paths: list[tuple[str, int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        room_for(FAT32, paths)
