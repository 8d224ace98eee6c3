"""A card that is as the record says is so to the last byte: what stands in it besides the files is told, and where."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from builder.fat.names import LONG_NAME, checksum
from builder.fat.read import open_volume
from builder.findings import has_errors
from tests.card.verify.cards import FILES, Card
from tests.conftest import checked, oracle

FAT16, FAT32 = 16_000_000, 2_100_000_000
SECRET = b"a secret of kim"


def end_of(card: Card, folder: str) -> tuple[int, int]:
    """Where the first slot behind the last entry of a folder is, and how much room there is up to its end."""
    with open_volume(card.image) as volume:
        entry = next(one for one in volume.walk() if one.path == folder)
        ((at, length),) = volume.extents(entry)
    with card.image.open("rb") as file:
        file.seek(at)
        data = file.read(length)
    used = next(place for place in range(0, length, 32) if data[place] == 0)
    return at + used, length - used


def put(card: Card, offset: int, data: bytes) -> None:
    with card.image.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def labels(card: Card) -> int:
    at, room = end_of(card, "02_설교")
    put(card, at, b"KIM YONGSU \x08is in room 21 at ten".ljust(32) * (room // 32))
    return at


def case_byte(card: Card) -> int:
    """The byte of Windows NT, which is 0 with a long name."""
    at = card.entry(b"01MRK002MP3") + 12
    put(card, at, b"\x01")
    return at


def time(card: Card) -> int:
    at = card.entry(b"01MRK002MP3")
    put(card, at + 13, b"\x2a")
    return at


def dots(card: Card) -> int:
    """Of a folder's `..`, the time when it was written."""
    with open_volume(card.image) as volume:
        ((at, _),) = volume.extents(next(volume.walk()))
    put(card, at + 32 + 22, b"KIM!")
    return at + 32


def free_entry(card: Card) -> int:
    """In both FATs: the mark of a bad cluster; on FAT32 the four bits of an entry that no system looks at."""
    with open_volume(card.image) as volume:
        header = volume.header
    at = header.entry_offset(5_000)
    for copy in range(header.fats):
        put(card, at + copy * header.fat_bytes, b"\xf7\xff" if header.fat_bits == 16 else b"\0\0\0\x50")
    return at if header.fat_bits == 16 else at + 3


def free_space(card: Card) -> int:
    put(card, 14_000_000, SECRET)
    return 14_000_000


def gap(card: Card) -> int:
    put(card, 700, SECRET)
    return 700


@pytest.mark.parametrize("card_bytes", [FAT16, FAT32], ids=["FAT16", "FAT32"])
@pytest.mark.parametrize("plant", [labels, case_byte, time, dots, free_entry, free_space, gap])
def test_a_card_whose_files_are_right_is_not_called_right_in_silence(
    card: Card, plant: Callable[[Card], int], card_bytes: int
) -> None:
    card.write(card_bytes)
    assert card.found() == []
    at = plant(card)
    assert card.found() == [("W608", "", at)]
    ran = card.verify()
    assert ran.code == 0
    assert ran.out.splitlines()[-1].endswith("6 files, 413 kB, in play order; 1 warning")


def test_other_programs_read_such_a_card_and_say_nothing(card: Card) -> None:
    """So only a comparison finds it: fsck has nothing to repair, mtools and the Sleuth Kit list the pack."""
    card.write(FAT16)
    for plant in (case_byte, time, dots, free_space, gap):
        plant(card)
    with open_volume(card.image) as volume:
        start = volume.header.start
    part = card.folder / "part"
    part.write_bytes(card.image.read_bytes()[start:])
    assert re.fullmatch(
        r"fsck\.fat .*\n.*part: 9 files, \d+/14592 clusters\n", checked(oracle("fsck.fat"), "-n", part)
    )
    assert checked(oracle("mdir"), "-b", "-/", "-i", part, "::").count(".mp3") == len(FILES)
    listed = checked(oracle("fls"), "-r", "-u", "-o", str(start // 512), card.image)
    assert listed.count(".mp3") == len(FILES)


def renamed(card: Card, aliases: dict[bytes, bytes]) -> int:
    """Entries get other 8.3 names, and the slots of their long names the checksums of these; the first one's place."""
    data = bytearray(card.image.read_bytes())
    entries = [card.entry(old) for old in aliases]
    for entry, new in zip(entries, aliases.values(), strict=True):
        data[entry : entry + 11] = new.ljust(11)
        slot = entry - 32
        while data[slot + 11] == LONG_NAME:
            data[slot + 13] = checksum(new.ljust(11))
            slot -= 32
    card.image.write_bytes(data)
    return entries[0]


def test_exchanged_8_3_names_are_out_of_play_order(card: Card) -> None:
    """Long names, files and order are right: only who goes by 8.3 names hears another chapter."""
    at = renamed(card.write(), {b"01MRK001MP3": b"01MRK002MP3", b"01MRK002MP3": b"01MRK001MP3"})
    (finding,) = card.look().findings
    assert (finding.code, finding.offset) == ("E604", at)
    assert finding.message == (
        f"{FILES[0]!r} has the 8.3 name '01MRK002.MP3'; this program writes '01MRK001.MP3', and 1 more of its folder"
    )


def test_an_8_3_name_that_says_something_is_told(card: Card) -> None:
    at = renamed(card.write(), {b"01MRK002MP3": b"01MRKIM"})
    assert card.found() == [("E604", "", at)]


def test_8_3_names_of_another_program_are_held_to_the_play_order(card: Card) -> None:
    card.format(12).copy(*FILES)
    assert not has_errors(card.look().findings)
    with open_volume(card.image) as volume:
        one, two = [entry.alias for entry in volume.walk() if entry.path in FILES[:2]]
    at = renamed(card, {one: two, two: one})
    (finding,) = [one for one in card.look().findings if one.severity == "error"]
    assert (finding.code, finding.offset) == ("E604", at)
    assert "by these it comes elsewhere" in finding.message


def test_a_card_that_another_program_formatted_says_what_is_not_known(card: Card) -> None:
    card.format(12).copy(*FILES)
    codes = [(one.code, one.message) for one in card.look().findings]
    assert codes == [
        ("W608", "another program formatted the card: what else stands in its file system is not known here")
    ]
