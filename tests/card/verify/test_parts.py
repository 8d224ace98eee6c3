"""The parts of verify that need no card: what is junk, what a mount is, where two streams part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.card.verify.content import first_difference
from builder.card.verify.pack import parents
from builder.card.verify.target import file_system

MOUNTS = r"""22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
30 22 8:17 / /media/me/NO\040NAME rw,nosuid shared:5 - vfat /dev/sdb1 rw,uid=1000
31 22 8:33 / /media/me/카드 rw shared:6 master:1 - exfat /dev/sdc1 rw
32 30 0:50 / /media/me/NO\040NAME/inner rw - tmpfs tmpfs rw
33 22 8:49 / /mnt/twice rw - ext4 /dev/sdd1 rw
34 22 8:50 / /mnt/twice rw - vfat /dev/sdd2 rw
35 22 0:60 / /mnt/msdos rw - msdos /dev/sde1 rw
a line that is cut
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/home/me", "ext4"),
        ("/media/me/NO NAME", "vfat"),
        ("/media/me/NO NAME/01_MRK", "vfat"),
        ("/media/me/NO NAMES", "ext4"),
        ("/media/me/NO NAME/inner/x", "tmpfs"),
        ("/media/me/카드/a", "exfat"),
        ("/mnt/twice", "vfat"),
        ("/mnt/msdos/a", "msdos"),
    ],
)
def test_a_folder_lies_on_the_innermost_mount_and_of_two_the_later(folder: str, kind: str) -> None:
    assert file_system(folder, MOUNTS) == kind


def test_without_mounts_nothing_is_known() -> None:
    assert file_system("/media/card", "") == ""


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(1, 9), st.integers(1, 9))
def test_two_streams_part_at_the_same_byte_whatever_their_blocks(
    one: bytes, two: bytes, first: int, second: int
) -> None:
    same = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    expected = None if one == two else same
    assert first_difference(iter(_cut(one, first)), iter(_cut(two, second))) == expected
    assert first_difference(iter(_cut(one, first)), iter(_cut(one, second))) is None


def test_the_folders_of_a_path_are_told_from_the_outside() -> None:
    assert parents("a/b/c.mp3") == ["a", "a/b"]
    assert parents("c.mp3") == []
