"""The reader against images that are broken, cut or hostile: each mistake told with its place, and nothing worse."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.fat import survey
from builder.fat.names import long_slots
from builder.fat.read import FatError, Volume, open_volume
from tests.fat.images import FAT16, FAT32, KOREAN, image

NAME = f"A/{KOREAN} 1.mp3"  # two slots
PACK = {NAME: 5_000, "A/B/two.mp3": 2_000, "LAST.MP3": 1_500, "EMPTY": 0}
START = FAT16.partition_start * 512
FAT, COPY = FAT16.fat_start * 512, (FAT16.fat_start + FAT16.fat_sectors) * 512
ROOT = FAT16.root_start * 512
# Clusters in order: A 2, B 3, the Korean 4 to 8, two.mp3 9 and 10, LAST 11 and 12.
FOLDER_A, FOLDER_B, KOREAN_FILE, TWO, LAST = 2, 3, 4, 9, 11


def data(cluster: int) -> int:
    return FAT16.data_start * 512 + (cluster - 2) * 1_024


def fat(cluster: int, value: int) -> list[tuple[int, bytes]]:
    """Both FATs say that `value` follows a cluster."""
    return [(start + 2 * cluster, value.to_bytes(2, "little")) for start in (FAT, COPY)]


@dataclass(frozen=True)
class Broken:
    """Bytes put into a sound image, and the faults that this makes: (kind, offset, a part of the message)."""

    changes: list[tuple[int, bytes]]
    faults: list[tuple[str, int, str]]


# The root holds A (a slot), LAST.MP3, EMPTY. A holds `.`, `..`, the Korean name in two slots, B.
_LONG = data(FOLDER_A) + 64
_CASES = {
    "nothing": Broken([], []),
    "FATs differ": Broken(
        [(COPY + 5, b"\x77")], [("structure", FAT + 5, f"the FATs differ from here on, at {COPY + 5}")]
    ),
    "a circle": Broken(
        fat(KOREAN_FILE + 4, KOREAN_FILE + 2),
        [("structure", FAT + 2 * (KOREAN_FILE + 4), "runs in a circle")],
    ),
    "a folder in a circle": Broken(
        fat(FOLDER_A, FOLDER_A), [("structure", FAT + 2 * FOLDER_A, "'A' runs in a circle")]
    ),
    "cross-linked": Broken(
        fat(LAST + 1, TWO + 1),
        [("structure", FAT + 2 * (LAST + 1), "'LAST.MP3' runs into clusters that something else has")],
    ),
    "out of the volume": Broken(
        fat(LAST + 1, 0xFFF0), [("structure", FAT + 2 * (LAST + 1), "leads to cluster 65520, which is none")]
    ),
    "a bad cluster": Broken(
        fat(LAST + 1, 0xFFF7), [("structure", FAT + 2 * (LAST + 1), "runs into a bad cluster")]
    ),
    "a free cluster": Broken(
        fat(LAST + 1, 0), [("structure", FAT + 2 * (LAST + 1), "runs into a free cluster")]
    ),
    "too long": Broken(
        fat(LAST + 1, LAST + 2) + fat(LAST + 2, 0xFFFF),
        [("structure", ROOT + 32, "'LAST.MP3' has 3 clusters, longer than its 1500 bytes, which take 2")],
    ),
    "too short": Broken(
        [(ROOT + 32 + 28, (3_000).to_bytes(4, "little"))],
        [("structure", ROOT + 32, "'LAST.MP3' has 2 clusters, shorter than its 3000 bytes, which take 3")],
    ),
    "no clusters": Broken(
        [(ROOT + 64 + 28, b"\1")], [("structure", ROOT + 64, "'EMPTY' has 1 bytes and no clusters")]
    ),
    "lost clusters": Broken(
        fat(100, 101) + fat(101, 0xFFFF),
        [("structure", FAT + 200, "2 clusters are in use and belong to nothing; the first is 100")],
    ),
    "a marked bad cluster that nobody has": Broken(fat(100, 0xFFF7), []),
    "a folder with a size": Broken(
        [(ROOT + 28, b"\1")], [("structure", ROOT, "'A' is a folder and says to have 1 bytes")]
    ),
    "a wrong dot": Broken(
        [(data(FOLDER_B) + 26, b"\x09")],
        [("structure", data(FOLDER_B), "'A/B' does not begin with . and ..")],
    ),
    "a wrong parent": Broken(
        [(data(FOLDER_B) + 32 + 26, b"\x09")],
        [("structure", data(FOLDER_B), "'A/B' does not begin with . and ..")],
    ),
    "no dots": Broken(
        [(data(FOLDER_B), b"X")],
        [
            ("structure", data(FOLDER_B), "'A/B' does not begin with . and .."),
            ("structure", data(FOLDER_B), "'A/B/X' runs into clusters that something else has"),
        ],
    ),
    "dots in the root": Broken(
        [(ROOT + 64, b".          \x10")],
        [("structure", ROOT + 64, "stands in the root, where it does not belong")],
    ),
    "a wrong checksum": Broken(
        [(_LONG + 13, b"\0"), (_LONG + 32 + 13, b"\0")],
        [("structure", _LONG, "with the checksum of another entry")],
    ),
    "a part without a beginning": Broken(
        [(_LONG, b"\xe5")], [("structure", _LONG + 32, "a part of a long name without its beginning")]
    ),
    "a name without its first part": Broken(
        [(_LONG + 32, long_slots("b.mp3", b"X          ").replace(b"\x41", b"\x42", 1))],
        [
            ("structure", _LONG, "a long name without an entry"),
            ("structure", _LONG + 32, "a long name that lacks its first part"),
        ],
    ),
    "a name of 63 slots": Broken(
        [(_LONG + 32, b"\x7f")],
        [
            ("structure", _LONG, "without an entry"),
            ("structure", _LONG + 32, "a long name of 63 slots; 20 are the most"),
        ],
    ),
    "a name of 130 slots": Broken(
        [(_LONG, b"\xc2")],
        [
            ("structure", _LONG, "a long name of 130 slots; 20 are the most"),
            ("structure", _LONG + 32, "a part of a long name without its beginning"),
        ],
    ),
    "a long name that is left over": Broken(
        [(ROOT + 96, long_slots("left over", b"X          "))],
        [("structure", ROOT + 96, "a long name without an entry")],
    ),
    "half of a pair": Broken(
        [(_LONG + 32 + 1, b"\x00\xd8")], [("structure", _LONG, "a long name that is not UTF-16")]
    ),
    "a slash in a name": Broken(
        [(_LONG + 32 + 1, b"/\0")], [("structure", _LONG + 64, "has a name that FAT does not allow")]
    ),
    "a short name twice": Broken(
        [(ROOT + 64, b"LAST    MP3")],
        [("structure", ROOT + 64, "has a name that another of its folder has too")],
    ),
    "a short name that is a sibling's long name": Broken(
        [
            (ROOT + 96, long_slots("last.mp3", b"X          ")),
            (ROOT + 128, b"X          \x20" + bytes(20)),
        ],
        [("structure", ROOT + 128, "has a name that another of its folder has too")],
    ),
    "slack of a file": Broken(
        [(data(LAST + 1) + 477, b"secret")],
        [("residue", data(LAST + 1) + 477, "bytes behind the end of 'LAST.MP3'")],
    ),
    "bytes behind the end of the root": Broken(
        [(ROOT + 97, b"secret")], [("residue", ROOT + 97, "bytes behind the end of the root")]
    ),
    "bytes behind the end of a folder": Broken(
        [(data(FOLDER_B) + 1_000, b"secret")],
        [("residue", data(FOLDER_B) + 1_000, "bytes behind the end of the folder 'A/B'")],
    ),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return image(tmp_path_factory.mktemp("sound"), PACK).read_bytes()


@pytest.fixture(scope="module")
def sound32(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = image(tmp_path_factory.mktemp("sound32"), PACK, FAT32)
    yield path
    path.unlink()


def put(path: Path, sound: bytes, changes: list[tuple[int, bytes]]) -> Path:
    broken = bytearray(sound)
    for offset, new in changes:
        broken[offset : offset + len(new)] = new
    path.write_bytes(broken)
    return path


def everything(volume: Volume) -> None:
    """Ask a volume for all that it can tell."""
    for entry in volume.walk():
        try:
            for _ in volume.read(entry):
                pass
        except FatError:
            pass
    assert list(volume.deleted()) is not None
    assert volume.faults() is not None
    assert volume.account() is not None


@pytest.mark.parametrize("name", _CASES)
def test_what_is_broken_is_told_with_its_place(tmp_path: Path, sound: bytes, name: str) -> None:
    case = _CASES[name]
    with open_volume(put(tmp_path / "x.img", sound, case.changes)) as volume:
        found = [(fault.kind, fault.offset) for fault in volume.faults()]
        assert found == [(kind, offset) for kind, offset, _ in case.faults], volume.faults()
        for fault, (_, _, words) in zip(volume.faults(), case.faults, strict=True):
            assert words in fault.message
        everything(volume)


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (300, "code"),
        (442, "signature of the partition table"),
        (512 * 10, "the gap before the partition"),
        (START + 200, "the code of the boot sector"),
        (COPY - 1, "a FAT, behind its last entry"),
        (data(13), "free clusters"),
        (data(14_592 + 2) - 1, "free clusters"),
    ],
)
def test_a_byte_where_none_belongs_is_residue(tmp_path: Path, sound: bytes, offset: int, words: str) -> None:
    with open_volume(put(tmp_path / "x.img", sound, [(offset, b"\x5a")])) as volume:
        (fault,) = volume.account()
        kind = "code" if "code" in words or "signature" in words else "residue"
        assert (fault.kind, fault.offset) == (kind, offset)
        assert words in fault.message


def test_a_single_free_cluster_between_used_ones_is_looked_at(tmp_path: Path, sound: bytes) -> None:
    changes = [*fat(14, 0xFFFF), (data(13) + 5, b"x"), (data(14) + 5, b"x")]
    with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
        found = [fault.offset for fault in volume.account() if fault.kind == "residue"]
        assert found == [data(13) + 5, data(14) + 5]  # of the one that belongs to nothing too


def test_bytes_behind_the_volume_are_residue(tmp_path: Path, sound: bytes) -> None:
    with open_volume(put(tmp_path / "x.img", sound + bytes(100) + b"x", [])) as volume:
        (fault,) = volume.account()
        assert fault.offset == len(sound) + 100


@pytest.mark.parametrize(
    ("offset", "new", "faults"),
    [
        (8_193 * 512 + 488, b"\1\0\0\0", ["FSInfo says that 1 clusters are free"]),
        (8_193 * 512 + 488, b"\xff\xff\xff\xff", []),
        (8_193 * 512, b"X", ["FSInfo lacks its signature"]),
        ((8_192 + 6) * 512 + 20, b"X", ["the boot sector and its copy differ"]),
    ],
)
def test_what_fat32_keeps_twice_or_counts_is_compared(
    sound32: Path, offset: int, new: bytes, faults: list[str]
) -> None:
    with sound32.open("r+b") as file:
        file.seek(offset)
        old = file.read(len(new))
        file.seek(offset)
        file.write(new)
    try:
        with open_volume(sound32) as volume:
            found = volume.faults()
            assert len(found) == len(faults)
            assert all(words in fault.message for fault, words in zip(found, faults, strict=True))
    finally:
        with sound32.open("r+b") as file:
            file.seek(offset)
            file.write(old)


def test_four_bits_of_a_free_entry_that_no_system_reads_are_seen(sound32: Path) -> None:
    """Both FATs have them, no count is wrong, and only an image made anew differs."""
    places = [(FAT32.fat_start + copy * FAT32.fat_sectors) * 512 + 4 * 5_000 + 3 for copy in range(2)]
    for bits, wanted in ((b"\x50", [("unlike", places[0])]), (b"\0", [])):
        with sound32.open("r+b") as file:
            for place in places:
                file.seek(place)
                file.write(bits)
        with open_volume(sound32) as volume:
            assert volume.faults() == []
            assert [(fault.kind, fault.offset) for fault in volume.account()] == wanted


@pytest.mark.parametrize("offset", [8_193 * 512 + 100, 8_193 * 512 + 500, (8_192 + 7) * 512 + 483])
def test_a_byte_where_fsinfo_and_its_copy_say_nothing_is_residue(sound32: Path, offset: int) -> None:
    with sound32.open("r+b") as file:
        file.seek(offset)
        file.write(b"x")
    try:
        with open_volume(sound32) as volume:
            assert [(fault.kind, fault.offset) for fault in volume.account()] == [("residue", offset)]
    finally:
        with sound32.open("r+b") as file:
            file.seek(offset)
            file.write(b"\0")


def test_what_is_left_of_deleted_names_is_told_in_pieces_that_a_name_may_have(
    tmp_path: Path, sound: bytes
) -> None:
    slot = b"\xe5" + "한".encode("utf-16-le") * 5 + b"\x0f" + bytes(2) + "한".encode("utf-16-le") * 6
    slot += bytes(2) + "한".encode("utf-16-le") * 2
    with open_volume(put(tmp_path / "x.img", sound, [(ROOT + 96, slot * 45)])) as volume:
        assert [len(entry.name) for entry in volume.deleted()] == [20 * 13, 20 * 13, 5 * 13]


def test_entries_are_counted_before_they_are_kept(
    tmp_path: Path, sound: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Folders in folders, each as long as it may be, would be held in memory all at once. The root has 3 slots.
    monkeypatch.setattr(survey, "_MOST_SLOTS", 3)
    with open_volume(put(tmp_path / "x.img", sound, [])) as volume:
        walk = volume.walk()
        assert next(walk).path == "A"
        with pytest.raises(FatError, match="more than 3 entries") as raised:
            next(walk)
        assert raised.value.offset == data(FOLDER_A)


def test_a_deleted_entry_is_found_and_not_listed(tmp_path: Path, sound: bytes) -> None:
    changes = [(_LONG, b"\xe5"), (_LONG + 32, b"\xe5"), (ROOT + 32, b"\xe5")]
    with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
        assert [entry.path for entry in volume.walk()] == ["A", "A/0001~1.MP3", "A/B", "A/B/two.mp3", "EMPTY"]
        found = [(entry.name, entry.offset) for entry in volume.deleted()]
        assert found == [(NAME.removeprefix("A/"), _LONG), ("\ufffdAST.MP3", ROOT + 32)]
    with open_volume(put(tmp_path / "y.img", sound, [*changes, (_LONG + 64, b"\xe5")])) as volume:
        gone = next(volume.deleted())
        assert (gone.path, gone.offset, gone.size) == (NAME, _LONG + 64, 5_000)


@pytest.mark.parametrize(
    ("offset", "new", "where", "words"),
    [
        (510, b"\0", 510, "no signature 55 AA"),
        (446 + 4, b"\x07", 446, "no FAT partition; types found: 07"),
        (446 + 4, b"\0", 446, "types found: none"),
        (446 + 8, b"\xff\xff\xff\xff", 0xFFFF_FFFF * 512, "the image ends at"),
        (446 + 8, b"\1\0\0\0", 512, "does not begin with a boot sector"),
        (START + 11, b"\x00\x10", START + 11, "sectors of 4096 bytes"),
        (START + 13, b"\0", START + 13, "0 sectors per cluster"),
        (START + 13, b"\x03", START + 13, "3 sectors per cluster"),
        (START + 14, b"\0\0", START + 14, "no reserved sector"),
        (START + 16, b"\0", START, "does not begin with a boot sector"),
        (START + 17, b"\0\0", START + 17, "0 root entries do not go with FAT16"),
        (START + 17, b"\1\2", START + 17, "do not fill whole sectors"),
        (START + 22, b"\0\0", START + 17, "512 root entries do not go with FAT32"),
        (START + 22, b"\1\0", START + 22, "a FAT of 1 sectors is too short"),
        (START + 19, b"\0\x10", START, "clusters: FAT12 or damaged"),
        (START + 19, b"\xff\xff", START + 32, "the image ends at byte"),
        (START + 13, b"\x08", START, "FAT12 or damaged"),
    ],
)
def test_a_head_that_cannot_be_is_an_error_with_its_place(
    tmp_path: Path, sound: bytes, offset: int, new: bytes, where: int, words: str
) -> None:
    path = put(tmp_path / "x.img", sound, [(offset, new)])
    with pytest.raises(FatError, match=words) as raised, open_volume(path):
        pass
    assert raised.value.offset == where


@pytest.mark.parametrize("size", [0, 1, 511, 512, 100_000, 15_000_000])
def test_a_cut_image_is_an_error(tmp_path: Path, sound: bytes, size: int) -> None:
    path = tmp_path / "x.img"
    path.write_bytes(sound[:size])
    with pytest.raises(FatError), open_volume(path):
        pass


def test_a_volume_without_a_partition_table_is_read(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "x.img"
    path.write_bytes(sound[START:])
    with open_volume(path) as volume:
        assert [entry.path for entry in volume.walk() if not entry.is_folder] == list(PACK)
        assert volume.faults() == []


def test_a_chain_that_is_broken_or_too_short_cannot_be_read(tmp_path: Path, sound: bytes) -> None:
    for changes in (
        fat(KOREAN_FILE + 1, KOREAN_FILE),
        fat(KOREAN_FILE + 1, 0xFFFF),
        fat(KOREAN_FILE + 1, 0),
        [(_LONG + 64 + 26, b"\0\0")],
    ):
        with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
            entry = next(entry for entry in volume.walk() if entry.size == 5_000)
            with pytest.raises(FatError):
                list(volume.read(entry))


def test_names_without_long_ones_follow_the_case_bits_of_windows(tmp_path: Path, sound: bytes) -> None:
    with open_volume(
        put(tmp_path / "x.img", sound, [(ROOT + 32 + 12, b"\x18"), (ROOT + 64, b"\x05MPTY")])
    ) as volume:
        found = {entry.short: entry.name for entry in volume.walk()}
    assert found["LAST.MP3"] == "last.mp3"
    assert "σMPTY" in found


def folder_slot(name: bytes, cluster: int) -> bytes:
    return name.ljust(11) + b"\x10" + bytes(14) + cluster.to_bytes(2, "little") + bytes(4)


def test_a_folder_within_itself_ends(tmp_path: Path, sound: bytes) -> None:
    changes = [(data(FOLDER_B) + 64, folder_slot(b"SELF", FOLDER_B) + folder_slot(b"UP", FOLDER_A))]
    with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
        assert "A/B/SELF" in [entry.path for entry in volume.walk()]
        assert sum("something else has" in fault.message for fault in volume.faults()) == 2


def test_folders_deeper_than_64_are_not_looked_into(tmp_path: Path, sound: bytes) -> None:
    changes = [(ROOT + 96, folder_slot(b"D", 100))]
    for cluster in range(100, 200):
        changes += fat(cluster, 0xFFFF)
        parent = cluster - 1 if cluster > 100 else 0
        slots = [folder_slot(b".", cluster), folder_slot(b"..", parent), folder_slot(b"D", cluster + 1)]
        changes += [(data(cluster), b"".join(slots))]
    with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
        assert max(entry.path.count("/") for entry in volume.walk()) == 64
        assert any("64 folders deep" in fault.message for fault in volume.faults())


def test_a_folder_longer_than_2_mib_is_told_and_ends(tmp_path: Path, sound: bytes) -> None:
    # A million names in folders that all hold the same ones would take for ever; so would one endless folder.
    changes = [(ROOT + 96, folder_slot(b"D", 100))]
    count = 3_000
    for cluster in range(100, 100 + count):
        changes += fat(cluster, cluster + 1 if cluster < 99 + count else 0xFFFF)
        changes += [(data(cluster), (b"N%-10d\x20" % cluster + bytes(20)) * 32)]
    with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
        found = [entry for entry in volume.walk() if entry.parent == "D"]
        assert len(found) == 65_536
        assert any("longer than 2 MiB" in fault.message for fault in volume.faults())


@settings(max_examples=150, deadline=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32), flips=st.integers(1, 400), is_head=st.booleans())
def test_random_bytes_give_nothing_worse_than_an_error(
    tmp_path: Path, sound: bytes, seed: int, flips: int, is_head: bool
) -> None:
    chance = random.Random(seed)
    # Where it hurts: partition table and boot sector, FATs, and the clusters in use.
    regions = [(FAT, FAT + 64), (COPY, COPY + 64), (ROOT, ROOT + 256), (data(2), data(13))]
    regions += [(446, 512), (START, START + 64)] if is_head else []
    changes = []
    for _ in range(flips):
        low, high = chance.choice(regions)
        changes.append(
            (
                chance.randrange(low, high),
                bytes([chance.choice([0, 1, 2, 5, 15, 16, 0x41, 0xE5, 0xFF, chance.randrange(256)])]),
            )
        )
    try:
        with open_volume(put(tmp_path / "x.img", sound, changes)) as volume:
            everything(volume)
    except FatError:
        pass


@settings(max_examples=50, deadline=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=2_000), size=st.integers(0, 2_000_000))
def test_noise_is_an_error(tmp_path: Path, noise: bytes, size: int) -> None:
    path = tmp_path / "noise.img"
    path.write_bytes(noise.ljust(size, b"\x5a"))
    with pytest.raises(FatError), open_volume(path):
        pass


def test_a_boot_sector_that_claims_2_tb_of_holes_costs_no_memory(tmp_path: Path, sound32: Path) -> None:
    path = tmp_path / "huge.img"
    with sound32.open("rb") as source, path.open("wb") as target:
        head = bytearray(source.read(8_192 * 512 + 512))
        boot = 8_192 * 512
        head[boot + 13] = 128
        head[boot + 32 : boot + 36] = (4_000_000_000).to_bytes(4, "little")
        head[boot + 36 : boot + 40] = (300_000).to_bytes(4, "little")
        target.write(head)
        target.truncate(4_000_008_192 * 512)
    with open_volume(path) as volume:
        assert list(volume.walk()) == []
        assert [fault.message for fault in volume.faults() if "root" in fault.message]
