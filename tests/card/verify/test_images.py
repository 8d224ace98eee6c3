"""Images against their pack: every kind of fault is planted, by mtools where it can, and named at its very byte."""

from __future__ import annotations

import unicodedata

import pytest

from builder.fat.disk import Disk
from builder.fat.read import open_volume
from builder.findings import has_errors
from tests.card.verify.cards import FILES, Card, content

FAT16, FAT32 = 16_000_000, 2_100_000_000
MARK, COMFORT, HOPE = FILES[1], FILES[3], FILES[4]


@pytest.mark.parametrize("card_bytes", [FAT16, FAT32], ids=["FAT16", "FAT32"])
def test_an_image_that_was_just_made_is_as_the_record_says(card: Card, card_bytes: int) -> None:
    ran = card.write(card_bytes).verify()
    assert (ran.code, ran.out) == (0, f"{card.image}: as the record says: 6 files, 413 kB, in play order\n")
    assert f"verifying 6/6 {FILES[5]}" in ran.err.splitlines()
    total = sum(len(content(path)) for path in FILES)
    assert card.document() == {
        "schema": 1,
        "pack": "test",
        "target": str(card.image),
        "files": 6,
        "bytes": total,
        "order": "verified",
        "findings": [],
    }


@pytest.mark.parametrize("options", [[], ["-F", "32", "-s", "1"]], ids=["FAT16", "FAT32"])
def test_a_volume_without_partitions_that_mtools_filled_in_order_is_right_too(
    card: Card, options: list[str]
) -> None:
    found = card.format(40, *options).copy(*FILES).look()
    assert (found.files, found.order) == (6, "verified")
    assert not has_errors(found.findings)


@pytest.mark.parametrize("card_bytes", [FAT16, FAT32], ids=["FAT16", "FAT32"])
def test_flipped_bytes_are_named_where_they_are(card: Card, card_bytes: int) -> None:
    data = content(COMFORT)
    start = card.write(card_bytes).find(data)
    for at in (0, 1, 16_384, 40_000, len(data) - 1):
        card.flip(start + at)
        assert card.found() == [("E603", COMFORT, start + at)]
        card.flip(start + at)
    assert card.found() == []


def test_a_flipped_byte_is_told_in_one_line(card: Card) -> None:
    at = 40_000
    offset = card.write().find(content(COMFORT)) + at
    card.flip(offset)
    ran = card.verify()
    assert ran.code == 1
    assert ran.out.startswith(f"{card.image}/{COMFORT}:0x{offset:x}: E603 is changed; the first byte")
    assert f"is byte {at} of the file, byte 0x{offset:x} of card.img\n" in ran.out
    assert ran.out.endswith(f"{card.image}: 1 error\n")


def test_a_finding_keeps_the_keys_of_the_contract(card: Card) -> None:
    card.write().flip(card.find(content(MARK)))
    (finding,) = card.document()["findings"]
    assert list(finding) == [
        *("code", "severity", "file", "line", "column", "track", "message", "help", "facts"),
        "offset",
    ]
    assert (finding["line"], finding["column"], finding["track"]) == (1, 1, f"title of {MARK}")


def test_a_flipped_byte_of_a_fragmented_file_is_named_where_it_is(card: Card) -> None:
    filler = card.folder / "filler"
    filler.write_bytes(b"\x55" * 20_000)
    card.format(12)
    card.mtools("mcopy", filler, "::/filler")
    card.mtools("mmd", "::/01_MRK")
    card.mtools("mdel", "::/filler")
    # What the filler left is too small for the first file: it takes the room behind the folder too.
    for path in FILES:
        folder = path.rpartition("/")[0]
        if path in (FILES[3], FILES[5]):
            card.mtools("mmd", f"::/{folder}")
        card.mtools("mcopy", card.own(path), f"::/{path}")
    with open_volume(card.image) as volume:
        parts = {entry.path: volume.extents(entry) for entry in volume.walk() if not entry.is_folder}
    broken = [path for path, extents in parts.items() if len(extents) > 1]
    assert broken
    path = broken[0]
    at = len(content(path)) - 100
    offset = card.find(content(path)[at : at + 50])
    assert card.find(content(path)[:50]) + at != offset
    card.flip(offset)
    assert [one for one in card.found() if one[0] == "E603"] == [("E603", path, offset)]


def test_a_file_that_mtools_deleted_is_missing_and_its_entry_remains(card: Card) -> None:
    entry = card.write().entry(b"01MRK002MP3")
    card.mtools("mdel", f"::/{MARK}")
    assert card.found() == [("E601", MARK, None), ("W608", "", entry)]
    assert card.look().order == "verified"


def test_a_file_that_was_deleted_and_copied_back_is_out_of_order(card: Card) -> None:
    card.format(12).copy(*FILES[:1], *FILES[2:])
    card.mtools("mcopy", card.own(MARK), f"::/{MARK}")
    (finding,) = [one for one in card.look().findings if one.severity == "error"]
    assert (finding.code, finding.place.file) == ("E604", f"{card.image}/{FILES[2]}")
    assert finding.message == "out of play order: '01_MRK_003.mp3' stands where '01_MRK_002.mp3' should"
    with open_volume(card.image) as volume:
        assert finding.offset == {entry.path: entry.offset for entry in volume.walk()}[FILES[2]]
    assert card.look().order == "wrong"


def test_folders_are_held_to_the_play_order_too(card: Card) -> None:
    card.write(order=[*FILES[3:5], *FILES[:3], FILES[5]])
    assert card.found() == [("E604", "02_설교", card.entry(b"0001~1"))]


def test_two_entries_that_changed_places_are_told_once(card: Card) -> None:
    card.write(order=[*FILES[:3], HOPE, COMFORT, FILES[5]])
    (found,) = card.found()
    assert found[:2] == ("E604", HOPE)


def test_entries_swapped_by_hand_are_named_by_the_first(card: Card) -> None:
    card.write()
    one, two = card.entry(b"01MRK001MP3"), card.entry(b"01MRK002MP3")
    slots = two - one
    data = bytearray(card.image.read_bytes())
    start = one - slots + 32
    first, second = data[start : one + 32], data[one + 32 : two + 32]
    data[start : two + 32] = second + first
    card.image.write_bytes(data)
    assert card.found() == [("E604", MARK, one)]


def test_what_was_copied_by_hand_is_extra_and_what_computers_leave_is_junk(card: Card) -> None:
    extra = card.folder / "extra"
    extra.write_bytes(b"\x01" * 2_048)
    card.write()
    card.mtools("mcopy", extra, "::/여분.mp3")
    card.mtools("mmd", "::/04_NEW", "::/04_NEW/IN", "::/System Volume Information")
    card.mtools("mcopy", extra, "::/04_NEW/IN/1.MP3")
    card.mtools("mcopy", extra, "::/04_NEW/2.MP3")
    card.mtools("mcopy", extra, "::/System Volume Information/WPSettings.dat")
    card.mtools("mcopy", extra, f"::/{FILES[3].replace('/', '/._')}")
    with open_volume(card.image) as volume:
        offsets = {entry.path: entry.offset for entry in volume.walk()}
    junk = FILES[3].replace("/", "/._")
    assert [found for found in card.found() if found[0] != "W608"] == [
        ("E602", "여분.mp3", offsets["여분.mp3"]),
        ("E602", "04_NEW", card.entry(b"04_NEW")),
        ("E605", junk, offsets[junk]),
        ("E605", "System Volume Information", offsets["System Volume Information"]),
    ]
    out = card.verify().out
    assert "E602 a folder that the pack does not have, with 2 files" in out
    assert "E605 Windows left it when the card was opened, with 1 file" in out
    assert "E605 macOS left it when the card was opened\n" in out


def test_a_renamed_file_is_missing_and_extra(card: Card) -> None:
    card.write().mtools("mren", f"::/{MARK}", "::/01_MRK/01_MRK_002b.mp3")
    assert [found[:2] for found in card.found() if found[0] != "W608"] == [
        ("E601", MARK),
        ("E602", "01_MRK/01_MRK_002b.mp3"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        (MARK, "01_MRK/01_mrk_002.MP3", "capital and small letters"),
        (COMFORT, unicodedata.normalize("NFD", COMFORT), "Unicode form"),
    ],
    ids=["case", "Unicode form"],
)
def test_a_name_that_is_nearly_right_is_told_as_such(card: Card, old: str, new: str, difference: str) -> None:
    new = old.partition("/")[0] + "/" + new.partition("/")[2]  # the folder stays as it is
    card.format(12).copy(*(path for path in FILES if path != old))
    card.mtools("mcopy", card.own(old), f"::/{new}")
    errors = [one for one in card.look().findings if one.severity == "error"]
    assert [one.code for one in errors] == ["E601"]
    assert f"there is {new!r}, which differs in {difference}" in errors[0].help


def test_a_whole_folder_that_is_missing_is_one_finding(card: Card) -> None:
    card.write(order=FILES[3:])
    (finding,) = card.look().findings
    assert (finding.code, finding.place.file) == ("E601", f"{card.image}/01_MRK")
    assert finding.message == "the folder is missing, with all its 3 files"


def test_a_folder_that_lost_all_its_files_is_one_finding(card: Card) -> None:
    card.write().mtools("mdel", *(f"::/{path}" for path in FILES[:3]))
    first = card.look().findings[0]
    assert (first.code, first.place.file) == ("E601", f"{card.image}/01_MRK")
    assert first.message == "the folder is there, but all its 3 files are missing"


def test_an_image_of_another_pack_is_one_finding(card: Card) -> None:
    other = Card(card.folder / "other", files=[f"09_X/{n:03}.mp3" for n in range(30)])
    other.folder.mkdir()
    other.make().write()
    ran = card.verify(other.image)
    assert ran.code == 1
    assert ran.out.splitlines()[0] == (
        f"{other.image}: E601 none of the 6 files of the pack is here; what is there instead begins with '09_X'"
    )
    assert card.found(other.image) == [("E601", "", None)]
    assert card.look(other.image).order == "not visible"


def test_another_edition_with_the_same_names_is_one_finding(card: Card) -> None:
    for path in FILES:
        card.own(path).write_bytes(b"X" + content(path)[1:])
    card.write()
    card.make()
    assert card.found() == [("E603", "", card.find(b"X" + content(FILES[0])[1:50]))]


def test_a_file_that_is_shorter_or_longer_says_so(card: Card) -> None:
    card.own(MARK).write_bytes(content(MARK)[:40_000])
    card.own(HOPE).write_bytes(content(HOPE) + b"more")
    card.write()
    card.make()
    short, long = card.look().findings
    assert short.offset == card.entry(b"01MRK002MP3")  # no byte to point at: the size stands in the entry
    assert f"has 40000 bytes instead of {len(content(MARK))}, the same up to the end" in short.message
    assert long.offset == card.find(content(HOPE)) + len(content(HOPE))
    assert f"has {len(content(HOPE)) + 4} bytes instead of {len(content(HOPE))}" in long.message


@pytest.mark.parametrize(
    ("change", "said"),
    [(None, "the pack's own copy is missing"), (b"x", "the pack's own copy is changed too")],
)
def test_the_record_decides_when_the_packs_own_copy_is_gone_or_changed(
    card: Card, change: bytes | None, said: str
) -> None:
    card.write()
    for path in (MARK, HOPE):
        card.own(path).unlink()
        if change:
            card.own(path).write_bytes(change)
    assert card.found() == []
    card.flip(card.find(content(MARK)) + 7)
    (finding,) = card.look().findings
    assert (finding.code, finding.offset) == ("E603", card.entry(b"01MRK002MP3"))
    assert said in finding.message


def test_a_broken_chain_hides_no_other_fault(card: Card) -> None:
    card.write()
    with open_volume(card.image) as volume:
        entry = next(entry for entry in volume.walk() if entry.path == MARK)
        header = volume.header
    place = header.entry_offset(entry.first_cluster)
    with card.image.open("r+b") as file:
        for copy in range(header.fats):
            file.seek(place + copy * header.fat_bytes)
            file.write(b"\0\0")
    card.flip(card.find(content(HOPE)))
    found = card.found()
    assert ("E606", "", place) in found
    assert ("E603", MARK, entry.offset) in found
    assert ("E603", HOPE, card.find(content(HOPE)[1:]) - 1) in found
    assert {code for code, _, _ in found} == {"E603", "E606"}


def test_a_disk_that_fails_in_the_end_hides_no_fault_that_was_found_before(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(5, "Input/output error")

    entry = card.write().entry(b"01_MRK")
    with card.image.open("r+b") as file:
        file.seek(entry + 28)
        file.write(b"\1")  # a folder has no size
    monkeypatch.setattr(Disk, "first_nonzero", fail)
    assert card.found() == [("E606", "", 0), ("E606", "", entry)]
    assert "cannot be read to its end: Input/output error" in card.look().findings[0].message


def test_an_image_that_is_cut_short_is_one_finding(card: Card) -> None:
    card.write()
    with card.image.open("r+b") as file:
        file.truncate(1_000_000)
    ran = card.verify()
    assert ran.code == 1
    assert [code for code, _, _ in card.found()] == ["E606"]
    assert "and the image ends at byte 1000000" in ran.out


@pytest.mark.parametrize("data", [b"", b"\0" * 4096, b"ID3" * 1000])
def test_a_file_that_is_no_image_is_one_finding(card: Card, data: bytes) -> None:
    card.image.write_bytes(data)
    assert [code for code, _, _ in card.found()] == ["E606"]


def test_bytes_behind_the_end_of_a_file_are_a_warning_and_no_error(card: Card) -> None:
    end = card.write().find(content(MARK)) + len(content(MARK))
    card.flip(end + 3)
    ran = card.verify()
    assert ran.code == 0
    assert card.found() == [("W608", "", end + 3)]
    assert ran.out.splitlines()[-1].endswith("6 files, 413 kB, in play order; 1 warning")


def test_a_second_entry_of_a_name_is_told(card: Card) -> None:
    card.write()
    one, two = card.entry(b"01MRK001MP3"), card.entry(b"01MRK002MP3")
    data = bytearray(card.image.read_bytes())
    slots = two - one
    data[one + 32 : two + 32] = data[one + 32 - slots : one + 32]
    card.image.write_bytes(data)
    found = card.found()
    assert ("E601", MARK, None) in found
    assert ("E602", FILES[0], two) in found
    assert ("E606", "", two) in found


@pytest.mark.parametrize("mark", ["+h", "+s"])
def test_a_file_that_was_hidden_is_named_with_its_entry(card: Card, mark: str) -> None:
    entry = card.write().entry(b"01MRK002MP3")
    card.mtools("mattrib", mark, f"::/{MARK}")
    assert card.found() == [("E609", MARK, entry)]
