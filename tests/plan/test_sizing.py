"""How much a card holds: 92 % of its label, in clusters, and a root that is short on small cards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.fat.geometry import geometry_for
from builder.plan.sizing import GB, CardSize, size_for
from builder.profiles.load import built_in
from tests.packs import with_limits

_SD = built_in()["sd-card"].limits
_MB = 10**6


def _filled(label_bytes: int, clusters: int, *, reserve_mb: int = 0) -> CardSize:
    """A card with one folder of one file, which together take so many clusters, its own root counted."""
    geometry = geometry_for(label_bytes)
    own = 1 if geometry.fat_bits == 16 else 2  # the folder; FAT32's root too
    files = [("01_A/01_001_B.mp3", (clusters - own) * geometry.cluster_bytes)]
    return size_for(files, label_bytes, with_limits(built_in()["sd-card"], reserve_mb=reserve_mb).limits)


@pytest.mark.parametrize("label_bytes", [64 * _MB, 512 * _MB, 1 * GB, 2 * GB, 4 * GB])
def test_a_card_holds_ninety_two_per_cent_of_its_label_and_no_cluster_more(label_bytes: int) -> None:
    cluster = geometry_for(label_bytes).cluster_bytes
    most = label_bytes * 92 // 100 // cluster
    full, over = _filled(label_bytes, most), _filled(label_bytes, most + 1)
    assert full.budget_bytes == label_bytes * 92 // 100
    assert (full.needed_bytes, over.needed_bytes) == (most * cluster, (most + 1) * cluster)
    assert full.holds
    assert not over.holds


def test_what_the_device_writes_itself_is_left_free() -> None:
    cluster = geometry_for(1 * GB).cluster_bytes
    most = (920 * _MB - 20 * _MB) // cluster
    assert _filled(1 * GB, most, reserve_mb=20).holds
    assert not _filled(1 * GB, most + 1, reserve_mb=20).holds


def test_small_files_count_as_whole_clusters() -> None:
    files = [(f"01_A/01_{n:03}_B.mp3", 1) for n in range(1, 101)]
    size = size_for(files, 1 * GB, _SD)
    assert size.needed_bytes == (100 + 1) * size.geometry.cluster_bytes


@pytest.mark.parametrize(
    ("needed_mb", "gb"),
    [(0, 1), (900, 1), (925, 2), (1900, 4), (3700, 8), (14_000, 16), (29_000, 32), (40_000, 32)],
)
def test_without_a_wish_it_is_the_smallest_card_that_holds_it(needed_mb: int, gb: int) -> None:
    files = [(f"01_A/{n:03}.mp3", 100 * _MB) for n in range(needed_mb // 100)]
    files += [("01_A/999.mp3", needed_mb % 100 * _MB)]
    size = size_for(files, None, _SD)
    assert size.label_bytes == gb * GB
    assert size.holds is (needed_mb < 30_000)


def test_the_largest_card_is_what_the_device_reads() -> None:
    files = [(f"01_A/{n:03}.mp3", 1000 * _MB) for n in range(3)]
    assert size_for(files, None, built_in()["car-legacy"].limits).label_bytes == 2 * GB
    assert not size_for(files, None, built_in()["car-legacy"].limits).holds
    roomy = with_limits(built_in()["sd-card"], max_card_gb=200).limits
    many = [(f"01_A/{n:03}.mp3", 1000 * _MB) for n in range(100)]
    assert size_for(many, None, roomy).label_bytes == 128 * GB


def test_a_card_that_was_asked_for_is_never_another() -> None:
    assert size_for([("a.mp3", 3 * GB)], 1 * GB, _SD).label_bytes == 1 * GB
    assert size_for([("a.mp3", 1)], 64 * GB, _SD).label_bytes == 64 * GB


@pytest.mark.parametrize(("names", "holds"), [(512, True), (513, False)])
def test_the_root_of_a_small_card_has_512_entries(names: int, holds: bool) -> None:
    """`01` is its own 8.3 name and takes one entry; a long name takes more."""
    files = [(f"{n:03}/001.mp3", 1) for n in range(names)]
    size = size_for(files, 2 * GB, _SD)
    assert (size.room.root_slots_needed, size.room.root_slots_there) == (names, 512)
    assert size.holds is holds
    assert size_for(files, 4 * GB, _SD).holds
    assert size_for(files, None, _SD).label_bytes == (1 if holds else 4) * GB


def test_names_that_are_taken_for_one_and_files_too_large_are_still_counted() -> None:
    files = [("A/a.mp3", 100 * _MB), ("A/A.mp3", 100 * _MB), ("A/b.mp3", 5 * GB)]
    size = size_for(files, 32 * GB, _SD)
    assert size.needed_bytes > 4 * GB


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 50 * _MB), min_size=1, max_size=200))
def test_more_files_never_need_less(sizes: list[int]) -> None:
    files = [(f"01_A/{n:03}.mp3", size) for n, size in enumerate(sizes)]
    whole, part = size_for(files, 32 * GB, _SD), size_for(files[:-1], 32 * GB, _SD)
    assert part.needed_bytes <= whole.needed_bytes
    assert whole.needed_bytes >= sum(sizes)
    chosen = size_for(files, None, _SD)
    assert chosen.holds
    assert all(not size_for(files, gb * GB, _SD).holds for gb in (1, 2, 4, 8) if gb * GB < chosen.label_bytes)
