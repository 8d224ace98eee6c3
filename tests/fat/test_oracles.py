"""Programs that we did not write read our images as we do: the same names, order and content, and nothing to repair."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.fat.geometry import Geometry, geometry_for
from builder.fat.read import open_volume
from tests.conftest import checked, oracle
from tests.fat.images import (
    EDGES,
    FAT16,
    FAT32,
    GOLDEN_PACK,
    KOREAN,
    SIMPLIFIED,
    TRADITIONAL,
    bible,
    expected,
    files,
    image,
    partition,
    read,
    same,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="none of these programs there")

_MIXED = {
    f"03 {KOREAN}/0001 {KOREAN}.mp3": 40_000,
    f"03 {KOREAN}/0002 {TRADITIONAL}.mp3": 0,
    f"01 {SIMPLIFIED}/b.mp3": 1_024,
    f"01 {SIMPLIFIED}/a.mp3": 1_025,
    f"01 {SIMPLIFIED}/inner/A.MP3": 32_768,
    "FirstNet_Guam_CNMI/a.mp3": 3,
    "FirstNet/b.mp3": 4,
    "가" * 60 + ".mp3": 5,
    "x" * 251 + ".mp3": 6,
    "🎵.mp3": 7,
    "UPPER.MP3": 8,
}
_EDGES = {f"{script}/{size} bytes.mp3": size for script in (KOREAN, TRADITIONAL) for size in EDGES}


@pytest.fixture(
    scope="module",
    params=[
        ("mixed", FAT16),
        ("mixed", FAT32),
        ("edges", geometry_for(2_000_000_000)),
        ("bible", geometry_for(64_000_000)),
        ("bible", FAT32),
        ("golden", FAT16),
    ],
    ids=lambda param: f"{param[0]}-FAT{param[1].fat_bits}-{param[1].image_bytes}",
)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, int], Geometry]]:
    name, geometry = request.param
    sizes = {"mixed": _MIXED, "edges": _EDGES, "bible": bible(), "golden": GOLDEN_PACK}[name]
    path = image(tmp_path_factory.mktemp("case"), sizes, geometry)
    yield path, sizes, geometry
    path.unlink()


Case = tuple[Path, dict[str, int], Geometry]


def ours(path: Path) -> list[str]:
    """Files and folders in on-disk order; a folder with a slash behind its name."""
    with open_volume(path) as volume:
        return [entry.path + ("/" if entry.is_folder else "") for entry in volume.walk()]


def test_fsck_finds_nothing_to_repair(case: Case) -> None:
    path, _, geometry = case
    said = checked(oracle("fsck.fat"), "-n", "-v", partition(path, geometry))
    assert f"{geometry.clusters} data clusters" in said
    assert not re.search(
        r"differ|free cluster summary (?:wrong|uninit)|[Ww]rong|[Bb]ad|[Dd]irty|does ?n.t|no '\.", said
    )


def test_mtools_lists_the_same_in_the_same_order(case: Case) -> None:
    path, _, geometry = case
    done = subprocess.run(
        [oracle("mdir"), "-b", "-/", "-a", "-i", f"{path}@@{geometry.partition_start * 512}", "::"],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    theirs = [line.removeprefix("::/") for line in done.stdout.splitlines()]
    # mdir lists a folder's names before it goes into any of them.
    # It shows what is not in the Basic Multilingual Plane as two underscores.
    same(theirs, _breadth([re.sub("[^\0-\uffff]", "__", name) for name in ours(path)]))


def _children(paths: list[str], parent: str) -> list[str]:
    return [path for path in paths if path.rstrip("/").rpartition("/")[0] == parent]


def _breadth(paths: list[str]) -> list[str]:
    """Of each folder first its files and then what lies deeper, as mdir prints it."""

    def below(parent: str) -> list[str]:
        names = _children(paths, parent)
        return names + [deeper for name in names if name.endswith("/") for deeper in below(name.rstrip("/"))]

    return below("")


def test_sleuthkit_lists_and_reads_the_same_and_finds_nothing_deleted(case: Case) -> None:
    path, sizes, geometry = case
    fls, icat, content = oracle("fls"), oracle("icat"), expected(sizes)

    def listed(parent: str, *inode: str) -> Iterator[str]:
        # A folder at a time: asked for all, it searches every free cluster for lost folders.
        said = checked(fls, "-o", geometry.partition_start, path, *inode)
        for kind, deleted, number, name in re.findall(r"^(\S)/\S (\* )?(\d+):\t(.*)$", said, re.MULTILINE):
            assert not deleted
            if kind == "d":
                yield f"{parent}{name}/"
                yield from listed(f"{parent}{name}/", number)
            elif kind == "r" and "(Volume Label Entry)" not in name:
                yield parent + name
                if len(content) < 50 and parent + name in content:
                    command = [icat, "-o", str(geometry.partition_start), str(path), number]
                    done = subprocess.run(command, capture_output=True, check=True)
                    assert done.stdout == content[parent + name]

    theirs = list(listed(""))
    # It cuts the longest names.
    same(theirs, [o if len(o) < 200 else o[: len(t)] for o, t in zip(ours(path), theirs, strict=True)])


def test_7z_lists_and_unpacks_the_same(case: Case, tmp_path: Path) -> None:
    path, sizes, geometry = case
    part = partition(path, geometry)
    said = checked(oracle("7z"), "l", "-slt", "-tfat", part)
    theirs = re.findall(r"^Path = (.*)\nFolder = (.)$", said, re.MULTILINE)
    same([name + ("/" if kind == "+" else "") for name, kind in theirs], _breadth(ours(path)))
    checked(oracle("7z"), "x", "-tfat", f"-o{tmp_path / 'out'}", part)
    found = {
        file.relative_to(tmp_path / "out").as_posix(): file.read_bytes()
        for file in (tmp_path / "out").rglob("*")
        if file.is_file()
    }
    same(sorted(found.items()), sorted(expected(sizes).items()))


def test_dissect_lists_and_reads_the_same_in_the_same_order(case: Case) -> None:
    path, sizes, geometry = case
    dissect = _dissect()
    found: list[str] = []
    content: dict[str, bytes] = {}

    def descend(folder: Any, parent: str) -> None:
        for entry in folder.iterdir():
            name = parent + entry.name
            if entry.name in {".", ".."} or entry.dirent.DIR_Attr & 0x08:  # it lists the label as a file
                continue
            if entry.is_directory():
                found.append(name + "/")
                descend(entry, name + "/")
            else:
                found.append(name)
                content[name] = entry.open().read()

    with partition(path, geometry).open("rb") as file:
        descend(dissect.FATFS(file).root, "")
    same(found, ours(path))
    same(content.items(), expected(sizes).items())
    same(read(path).items(), expected(sizes).items())


def _dissect() -> Any:
    """A reader under the AGPL: for tests only, and imported nowhere else."""
    if os.environ.get("CI"):
        return importlib.import_module("dissect.fat")
    return pytest.importorskip("dissect.fat")


def test_a_card_of_128_gb_is_sound_to_fsck_and_mtools(tmp_path: Path) -> None:
    geometry = geometry_for(128_000_000_000)
    path = image(tmp_path, _MIXED, geometry)
    test_fsck_finds_nothing_to_repair((path, _MIXED, geometry))
    test_mtools_lists_the_same_in_the_same_order((path, _MIXED, geometry))


@pytest.mark.parametrize(("bits", "megabytes"), [(16, 20), (32, 100)])
@pytest.mark.parametrize("is_partitioned", [True, False])
def test_we_read_what_mtools_wrote(tmp_path: Path, bits: int, megabytes: int, is_partitioned: bool) -> None:
    path, offset = tmp_path / "theirs.img", 1 << 20 if is_partitioned else 0
    mkfs, mcopy, mmd, mdel = oracle("mkfs.fat"), oracle("mcopy"), oracle("mmd"), oracle("mdel")
    volume_path = tmp_path / "volume"
    with volume_path.open("wb") as file:
        file.truncate(megabytes << 20)
    checked(mkfs, "-F", bits, "-s", "1" if bits == 32 else "2", "-n", "THEIRS", volume_path)
    pack = {
        f"{KOREAN}/{name}.mp3": size
        for name, size in [("03", 70_000), ("01", 0), (SIMPLIFIED, 513), ("02", 1_024)]
    }
    (tmp_path / "in").mkdir()
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}

    def run(*command: str) -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True, cwd=tmp_path)

    run(mmd, "-i", str(volume_path), f"::{KOREAN}")
    for name, data in expected(pack).items():
        source = tmp_path / "in" / Path(name).name
        source.write_bytes(data)
        run(mcopy, "-i", str(volume_path), str(source), f"::{name}")
    run(mcopy, "-i", str(volume_path), str(tmp_path / "in" / "03.mp3"), "::A_secret_name.mp3")
    run(mdel, "-i", str(volume_path), "::A_secret_name.mp3")
    data = volume_path.read_bytes()
    entry = (
        bytes(4)
        + bytes([0x0C])
        + bytes(3)
        + (offset // 512).to_bytes(4, "little")
        + (len(data) // 512).to_bytes(4, "little")
    )
    path.write_bytes(
        (bytes(446) + entry + bytes(48) + b"\x55\xaa").ljust(offset, b"\0") + data if offset else data
    )
    with open_volume(path) as volume:
        assert volume.header.fat_bits == bits
        assert list(files(volume).items()) == list(expected(pack).items())
        assert [fault for fault in volume.faults() if fault.kind == "structure"] == []
        (gone,) = volume.deleted()
        assert gone.name.endswith("_secret_name.mp3")
        assert any("free clusters" in fault.message for fault in volume.account())
