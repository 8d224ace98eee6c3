"""A written image holds what it should, in play order, the same to the bit each time, and nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.errors import StorageError
from builder.fat.geometry import Geometry, geometry_for
from builder.fat.read import open_volume
from builder.fat.write import ImageFile, write_image
from builder.profiles.naming import collision_key
from tests.conftest import ROOT
from tests.fat.images import (
    EDGES,
    FAT16,
    FAT32,
    GOLDEN_PACK,
    KOREAN,
    SIMPLIFIED,
    TRADITIONAL,
    bible,
    content,
    expected,
    files,
    image,
    items,
    read,
    same,
)
from tests.fat.test_names import CLOSE, NAMES

BOTH = pytest.mark.parametrize("geometry", [FAT16, FAT32], ids=["FAT16", "FAT32"])
# One small image whose bytes may change only on purpose: then say so in the changelog, for resume points and
# checksums of cards that were given out change with them.
_GOLDEN = "d1ed8147005fb6f93108c9e1225320a61ce936522a9a72b10d84bc60529bc322"


def _boot(image: BinaryIO) -> bytes:
    """The boot sector, where the partition table says that it is."""
    image.seek(454)
    image.seek(int.from_bytes(image.read(4), "little") * 512)
    return image.read(512)


def sound(path: Path) -> None:
    """Nothing wrong with the image, and nothing in it that should be zero and is not."""
    with open_volume(path) as volume:
        assert volume.faults() == []
        assert volume.account() == []
        assert list(volume.deleted()) == []


@BOTH
@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"a.mp3": 5},
        {"b.mp3": 5, "a.mp3": 40_000},
        {f"{number:03} {KOREAN}/x.mp3": number for number in range(100, 0, -1)},
        {f"A/{number:03} {KOREAN}.mp3": number for number in range(300)},
        bible(),
        {f"{size} bytes/{name}.mp3": size for size in EDGES for name in (KOREAN, SIMPLIFIED, TRADITIONAL)},
        {"가" * 60 + ".mp3": 1, "x" * 255: 2, "🎵" * 127: 3, "y" * 254 + "/" + "z" * 255: 4},
        {"/".join("ABCDEFGHIJ") + "/deep.mp3": 9},
        {"/".join(["d"] * 64) + "/deepest": 1},
    ],
    ids=["nothing", "one", "two", "100 folders", "300", "a Bible", "edges", "long names", "deep", "deepest"],
)
def test_what_is_written_is_read_in_the_same_order(
    tmp_path: Path, geometry: Geometry, sizes: dict[str, int]
) -> None:
    path = image(tmp_path, sizes, geometry)
    same(read(path).items(), expected(sizes).items())
    sound(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(
        st.lists(st.one_of(NAMES, CLOSE), min_size=1, max_size=3).map("/".join),
        max_size=25,
        unique_by=lambda path: collision_key(path.split("/")[0]),
    ),
    sizes=st.lists(st.sampled_from(EDGES[:7]), min_size=25, max_size=25),
    is_fat16=st.booleans(),
)
def test_any_tree_of_names_comes_back(
    tmp_path: Path, names: list[str], sizes: list[int], is_fat16: bool
) -> None:
    pack = dict(zip(names, sizes, strict=False))
    path = image(tmp_path, pack, FAT16 if is_fat16 else FAT32)
    try:
        same(read(path).items(), expected(pack).items())
        sound(path)
    finally:
        path.unlink()


@BOTH
def test_folders_stand_in_order_of_first_appearance_and_files_lie_in_play_order(
    tmp_path: Path, geometry: Geometry
) -> None:
    pack = {"B/2.mp3": 70_000, "A/9.mp3": 1, "B/1.mp3": 2_000, "B/C/x.mp3": 3, "A/3.mp3": 40_000}
    with open_volume(image(tmp_path, pack, geometry)) as volume:
        entries = list(volume.walk())
        order = ["B", "B/2.mp3", "B/1.mp3", "B/C", "B/C/x.mp3", "A", "A/9.mp3", "A/3.mp3"]
        assert [entry.path for entry in entries] == order
        extents = {entry.path: volume.extents(entry) for entry in entries}
        assert all(len(extent) == 1 for extent in extents.values()), "each in one run"
        # On disk: all folders, then the files as they are played.
        starts = [extents[path][0][0] for path in ("B", "A", "B/C", *pack)]
        assert starts == sorted(starts)


@BOTH
def test_no_clock_person_or_tool_is_in_the_image(tmp_path: Path, geometry: Geometry) -> None:
    path = image(tmp_path, bible(3, 10), geometry)
    with open_volume(path) as volume:
        assert {entry.attributes for entry in volume.walk()} == {0x10, 0x20}
        offsets, root = [entry.offset for entry in volume.walk()], volume.header.root_offset
    with path.open("rb") as file:
        assert file.read(446) == bytes(446), "neither code nor a disk signature"
        boot = _boot(file)
        assert boot[3:11] == b"MSWIN4.1"
        assert boot[71:82] == b"NO NAME    " if geometry.fat_bits == 32 else boot[43:54] == b"NO NAME    "
        for offset in offsets:
            file.seek(offset)
            slot = file.read(32)
            # Created (tenths, time, date), accessed (date); written (time, date): 1980-01-01, 00:00.
            assert (slot[13:20], slot[22:26]) == (b"\0\0\0\x21\0\x21\0", b"\0\0\x21\0")
        file.seek(root)
        attributes = file.read(geometry.cluster_bytes)[11::32]
        assert 0x08 not in attributes, "no label"


def test_the_serial_is_the_same_for_the_same_pack_and_differs_by_pack(tmp_path: Path) -> None:
    serials = []
    for name, pack in [
        ("1", {"A": 1, "B": 2}),
        ("2", {"A": 1, "B": 2}),
        ("3", {"B": 2, "A": 1}),
        ("4", {"A": 1, "B": 3}),
    ]:
        with image(tmp_path / name, pack, FAT16).open("rb") as file:
            serials.append(_boot(file)[39:43])
    assert serials[0] == serials[1]
    assert len(set(serials)) == 3


def test_hashes_are_of_the_bytes_written(tmp_path: Path) -> None:
    pack = {"A/a.mp3": 3 << 20, "A/b.mp3": 0, "B.mp3": 1_025}
    hashes = write_image(tmp_path / "h.img", items(tmp_path / "s", pack), FAT16)
    assert hashes == {
        path: hashlib.sha256(data).hexdigest() for path, data in read(tmp_path / "h.img").items()
    }
    assert list(hashes) == list(pack)


def test_the_image_is_the_same_to_the_bit_wherever_and_whenever_it_is_written(tmp_path: Path) -> None:
    pack = bible(5, 40)
    script = (
        "import os, sys; from pathlib import Path; from builder.fat.geometry import geometry_for;"
        "from tests.fat.images import image, bible; os.umask(int(sys.argv[2], 8));"
        "print(image(Path(sys.argv[1]), bible(5, 40), geometry_for(16_000_000)))"
    )
    images = [image(tmp_path, pack)]
    for number, (zone, umask) in enumerate([("Asia/Seoul", "077"), ("America/New_York", "000")]):
        folder = tmp_path / f"사람 {number}"
        folder.mkdir()
        ran = subprocess.run(
            [sys.executable, "-c", script, folder, umask],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": zone, "PYTHONHASHSEED": str(number)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        images.append(Path(ran.stdout.strip()))
    for source in (tmp_path / "sources").iterdir():
        os.utime(source, (1, 1))
    (tmp_path / "later").mkdir()
    later = tmp_path / "later" / "x.img"
    write_image(
        later,
        [
            ImageFile(path=p, source=tmp_path / "sources" / f"{n}.bin", bytes=s)
            for n, (p, s) in enumerate(pack.items())
        ],
        FAT16,
    )
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in [*images, later]}) == 1


def test_the_golden_image_has_not_changed(tmp_path: Path) -> None:
    assert hashlib.sha256(image(tmp_path, GOLDEN_PACK).read_bytes()).hexdigest() == _GOLDEN


def test_an_image_of_128_gb_takes_little_more_room_than_its_content(tmp_path: Path) -> None:
    path = image(tmp_path, bible(), geometry_for(128_000_000_000))
    content_bytes = sum(bible().values())
    assert path.stat().st_size == geometry_for(128_000_000_000).image_bytes
    if sys.platform == "linux":
        # Files and folders begin on blocks of the disk: 1,256 of 4 KiB, and what the head takes.
        assert path.stat().st_blocks * 512 < content_bytes + 1_256 * 4_096 + (2 << 20)


@pytest.mark.parametrize("size", [0, 1, 4_999, 5_001, 50_000])
def test_a_source_of_another_size_is_an_error_and_leaves_no_image(tmp_path: Path, size: int) -> None:
    (item,) = items(tmp_path, {"A.mp3": size})
    wrong = ImageFile(path="A.mp3", source=item.source, bytes=5_000)
    with pytest.raises(StorageError, match=f"has {size} bytes; 5000 were to be written") as raised:
        write_image(tmp_path / "x.img", [wrong], FAT16)
    assert raised.value.advice
    assert not (tmp_path / "x.img").exists()


@pytest.mark.parametrize("change", ["shrink", "grow", "touch"])
def test_a_source_that_changes_while_it_is_copied_is_an_error(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = items(tmp_path, {"A.mp3": 3 << 20})
    source = pack[0].source
    update = hashlib.sha256

    class Meddling:
        """Changes the source when its first block has been read."""

        def __init__(self) -> None:
            self._digest = update()

        def update(self, data: bytes) -> None:
            if change == "touch":
                os.utime(source, ns=(1, 1))
            else:
                os.truncate(source, (2 << 20) if change == "shrink" else (4 << 20))
            self._digest.update(data)

        def hexdigest(self) -> str:
            return self._digest.hexdigest()

    def sha256(data: bytes | None = None) -> Any:
        return Meddling() if data is None else update(data)

    monkeypatch.setattr(hashlib, "sha256", sha256)
    with pytest.raises(StorageError, match=r"were to be written|was changed while it was copied"):
        write_image(tmp_path / "x.img", pack, FAT16)
    assert not (tmp_path / "x.img").exists()


def test_a_missing_source_leaves_no_image(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_image(tmp_path / "x.img", [ImageFile(path="A", source=tmp_path / "none", bytes=1)], FAT16)
    assert not (tmp_path / "x.img").exists()


def test_what_is_there_already_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "x.img").write_text("mine")
    with pytest.raises(FileExistsError):
        write_image(tmp_path / "x.img", [], FAT16)
    assert (tmp_path / "x.img").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_full_disk_leaves_no_half_image(tmp_path: Path) -> None:
    # The image may be as large as it is; a disk that is full in the middle is a limit below its size.
    script = (
        "import dataclasses, resource, signal, sys; from pathlib import Path;"
        "from tests.fat.images import FAT16, items; from builder.fat.write import write_image;"
        "folder = Path(sys.argv[1]); pack = items(folder, {'A': 100, 'B': 9_000_000});"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "small = dataclasses.replace(FAT16, image_bytes=1_000_000);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000));"
        "write_image(folder / 'full.img', pack, small)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "OSError: [Errno 27]" in ran.stderr
    assert not (tmp_path / "full.img").exists()


def test_an_interrupted_run_leaves_no_half_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_image(tmp_path / "x.img", items(tmp_path, {"A": 100}), FAT16)
    assert not (tmp_path / "x.img").exists()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({f"F{number}": 0 for number in range(513)}, "the root needs 513 slots for its names and has 512"),
        (
            {f"A/F{number}": 0 for number in range(65_535)},
            "'A' needs 65537 slots for its names; a folder has 65536",
        ),
        ({"A?": 1}, "a character that FAT does not allow"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    tmp_path: Path, sizes: dict[str, int], message: str
) -> None:
    pack = [ImageFile(path=path, source=tmp_path / "none", bytes=size) for path, size in sizes.items()]
    with pytest.raises(ValueError, match=message):
        write_image(tmp_path / "x.img", pack, FAT16)
    assert not (tmp_path / "x.img").exists()


def test_too_many_bytes_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    pack = [ImageFile(path="A", source=tmp_path / "none", bytes=16_000_000)]
    with pytest.raises(ValueError, match="the card is too small: 15625 clusters of 1024 bytes are needed"):
        write_image(tmp_path / "x.img", pack, FAT16)


def test_a_card_can_be_filled_to_the_last_cluster(tmp_path: Path) -> None:
    pack = {"A/one.mp3": 8_000_000, "A/two.mp3": FAT16.clusters * 1_024 - 8_000_000 - 1_024 - 512}
    path = image(tmp_path, pack)
    sound(path)
    with open_volume(path) as volume:
        assert {name: len(data) for name, data in files(volume).items()} == pack


def test_images_can_be_written_side_by_side(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    threads = [threading.Thread(target=image, args=(folder, bible(5, 40))) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({next(folder.glob("*.img")).read_bytes() for folder in folders}) == 1


def test_content_is_what_it_says() -> None:
    assert len(content("x", 100)) == 100
    assert 0 not in content("x", 1_000)


def test_an_image_is_the_same_whether_its_files_are_hashed_or_not(tmp_path: Path) -> None:
    pack = items(tmp_path, {"01/001.mp3": 40_000, "01/002.mp3": 1})
    assert set(write_image(tmp_path / "a.img", pack, FAT16)) == {"01/001.mp3", "01/002.mp3"}
    assert write_image(tmp_path / "b.img", pack, FAT16, is_hashed=False) == {}
    assert (tmp_path / "a.img").read_bytes() == (tmp_path / "b.img").read_bytes()
