"""A link, or whatever else is at a name that the program makes itself: nothing beyond it is ever touched.

Links above those names are the user's: the folder that -o or PACKBUILDER_CACHE names, a pack's, a profile's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builder.cli import run
from tests.conftest import Desk, speech

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="Windows lets few people make links, and has no pipes"
)


@dataclass(frozen=True)
class _Bench:
    """A pack of two tracks with its image, the store it filled, and a folder that must stay as it is."""

    desk: Desk
    out: Path
    store: Path
    precious: Path

    @property
    def pack(self) -> Path:
        return self.out / "test" / "sd-card"

    def build(self, *more: str) -> int:
        os.environ["PACKBUILDER_CACHE"] = str(self.store)
        return run(["build", str(self.desk.manifest), "-o", str(self.out), "--image", *more])

    def named(self, name: str) -> Path:
        """A path that the program makes: of an entry KEY, one that the build needs."""
        if not name.startswith("store/"):
            return self.out / "test" / name
        render = min(path for path in self.store.glob("??/*.data")).with_suffix("")
        path = name.removeprefix("store/")
        return self.store / path.replace("KEY", render.name).replace("XX", render.parent.name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Bench]:
    folder = tmp_path_factory.mktemp("made")
    desk = Desk(folder)
    for number in (1, 2):
        speech(desk.sources / f"{number}.wav", 0.6, rate=8000, seed=9000 + number)
    rows = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in (1, 2))
    desk.write("  - title: S\n    tracks:\n" + rows, head="card: 16MB\n")
    before = os.environ["PACKBUILDER_CACHE"]
    bench = _Bench(desk, folder / "out", folder / "store", folder / "precious")
    assert bench.build() == 0
    yield bench
    os.environ["PACKBUILDER_CACHE"] = before


@pytest.fixture
def bench(made: _Bench, tmp_path: Path) -> Iterator[_Bench]:
    copy = replace(made, out=tmp_path / "out", store=tmp_path / "store", precious=tmp_path / "precious")
    shutil.copytree(made.out, copy.out)
    shutil.copytree(made.store, copy.store)
    # What a careless program would take for its own, too.
    shutil.copytree(made.out / "test" / "sd-card", copy.precious)
    (copy.precious / "held.lock").touch()
    for folder in (copy.precious, copy.precious / "card", copy.precious / "photos"):
        folder.mkdir(exist_ok=True)
        (folder / "me.jpg").write_text("precious")
    before = _all(copy.precious)
    yield copy
    assert _all(copy.precious) == before


def _all(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder with its time and bytes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in (folder, *folder.rglob("*"))
    }


def _pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _a_copy(path: Path, precious: Path) -> None:
    shutil.copytree(precious, path)
    (path / "held.lock").unlink()


_PLANTS: dict[str, Callable[[Path, Path], object]] = {
    "link": lambda path, precious: path.symlink_to(precious),
    "link to a file": lambda path, precious: path.symlink_to(precious / "me.jpg"),
    "link to nothing": lambda path, precious: path.symlink_to(precious / "nothing"),
    "pipe": _pipe,
    "file": lambda path, _: path.write_text("precious"),
    "folder": _a_copy,
}

# Names in the output, and where a build goes on: with a link there (l), a pipe (p), a file (f), a folder (d).
_OUTPUT = {
    ".sd-card.lock": "f",
    ".sd-card.run": "lpfd",
    ".sd-card.new": "",
    ".sd-card.old": "",
    "sd-card/record.json": "",
    "sd-card/card": "",
    "sd-card/card.img": "f",
    "sd-card/card/01": "",
    "sd-card/card/01_S": "",
    "sd-card/card/01_S/01_001_T1.mp3": "f",
    "sd-card/1": "",
    "sd-card/.DS_Store": "",
}
# In the store, where what is damaged is put aside.
_STORE = {
    "store/locks": "d",
    "store/locks/runs.lock": "f",
    "store/locks/runs.run": "lpfd",
    "store/locks/XX.lock": "f",
    "store/locks/XX.run": "lpfd",
    "store/.work-precious": "lpfd",
    "store/XX": "d",
    "store/XX/KEY.json": "lpfd",
    "store/XX/KEY.data": "lpfd",
    "store/XX/KEY.data.bad": "lpfd",
    "store/XX/KEY.json.bad": "lpfd",
}
_NAMES = {**_OUTPUT, **_STORE}
# Files whose names nobody but the program gives: they make room for what it makes.
_REPLACED = {
    ("sd-card/card.img", "file"),
    ("sd-card/card/01_S/01_001_T1.mp3", "file"),
    ("store/XX/KEY.data", "file"),
    *((f"store/XX/KEY.{end}.bad", what) for end in ("data", "json") for what in _PLANTS if what != "folder"),
}


def _seen(path: Path, what: str) -> set[object]:
    """All that is at a path and below it, which may become more; folders without their times."""
    if what == "folder":
        return {(name, *seen) for name, seen in _all(path).items() if (path / name).is_file()}
    return {path.lstat().st_ino, path.lstat().st_size}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("what", _PLANTS)
@pytest.mark.parametrize("name", _NAMES)
def test_nothing_beyond_a_name_of_our_own_is_touched(
    bench: _Bench, name: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is planted stays, is put aside, or is refused by its name; and it is not what the fixture looks at."""
    path, aside = bench.named(name), bench.out.parent / "aside"
    if "XX" in name and name != "store/XX/KEY.json":
        bench.named("store/XX/KEY.json").unlink()  # so that it is made again
    if name.endswith(".bad"):
        path.with_suffix("").unlink(missing_ok=True)
        path.with_suffix("").mkdir() if what == "folder" else path.with_suffix("").write_bytes(b"damaged")
    if os.path.lexists(path):
        path.rename(aside)
    _PLANTS[what](path, bench.precious)
    planted = _seen(path, what)
    code = bench.build()
    said = capfd.readouterr().err
    assert "Traceback" not in said
    if {"folder": "d"}.get(what, what[0]) in _NAMES[name]:
        assert code == 0, said
        if (name, what) not in _REPLACED:
            stays = path.with_name(f"{path.name}.bad") if name.endswith(("KEY.json", "KEY.data")) else path
            assert _seen(stays, what) >= planted
        return
    assert code == 5, said
    if path.parent != bench.pack and "/card" not in name and what != "folder":
        assert "and this program makes a" in said
    assert path.name in said or (path.name == "record.json" and "no pack" in said)
    assert "Errno" not in said
    assert _seen(path, what) == planted
    shutil.rmtree(path) if what == "folder" else path.unlink()
    if aside.exists():
        aside.rename(path)
    assert bench.build() == 0, capfd.readouterr().err


def test_what_is_damaged_beyond_a_link_is_not_put_aside_there(
    bench: _Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    """The link is followed neither to rename what is there nor to put what is made anew beside it."""
    entry = bench.named("store/XX/KEY.json")
    damaged = bench.precious / entry.name
    bench.precious.rename(bench.precious.with_name("kept"))
    shutil.copytree(entry.parent, bench.precious)
    damaged.write_text("damaged")
    shutil.rmtree(entry.parent)
    entry.parent.symlink_to(bench.precious)
    before = _all(bench.precious)
    assert bench.build() == 5
    assert f"{entry.parent} is a link, and this program makes a folder" in capfd.readouterr().err
    assert _all(bench.precious) == before
    entry.parent.unlink()
    assert bench.build() == 0
    shutil.rmtree(bench.precious)
    bench.precious.with_name("kept").rename(bench.precious)


@pytest.mark.parametrize("what", ["link", "link to a file", "link to nothing", "pipe"])
@pytest.mark.parametrize("number", [1, 2])
def test_nor_beyond_one_in_what_a_killed_build_left(
    bench: _Bench, number: int, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of several cards, too."""
    for left in (".sd-card.new", ".sd-card.old"):
        card = bench.out / "test" / left / str(number) / "card"
        card.mkdir(parents=True)
        (card / "half.mp3").write_bytes(b"x")
        _PLANTS[what](card / "01", bench.precious)
        assert bench.build() == 5
        assert f"{number}/card/01, a {what.split()[0]}" in capfd.readouterr().err
        (card / "01").unlink()
        assert bench.build() == 0
        assert not (bench.out / "test" / left).exists()


@pytest.mark.parametrize("link", ["out", "out/test", "out/test/sd-card"])
def test_links_of_the_user_are_followed(bench: _Bench, link: str, tmp_path: Path) -> None:
    disk, path = tmp_path / "disk", tmp_path / link
    path.rename(disk)
    path.symlink_to(disk)
    before = {name: data for name, (_, data) in _all(bench.pack.resolve()).items()}
    for _ in range(2):
        assert bench.build() == 0
    assert path.is_symlink()
    assert {name: data for name, (_, data) in _all(bench.pack.resolve()).items()} == before
    left = sorted(entry.name for entry in bench.pack.resolve().parent.iterdir() if entry.name.startswith("."))
    assert left == [f".{bench.pack.resolve().name}.lock"]


@pytest.mark.parametrize("what", ["link", "link to a file"])
def test_what_is_behind_a_link_of_the_user_and_is_no_pack_is_refused(
    bench: _Bench, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(bench.pack)
    _PLANTS[what](bench.pack, bench.precious)
    assert bench.build() == 5
    said = capfd.readouterr().err
    assert "is no pack" in said or "is no folder" in said


@pytest.mark.parametrize("link", ["out", "out/test", "out/test/sd-card"])
@pytest.mark.parametrize("to", ["nothing", "itself"])
def test_a_link_of_the_user_to_a_disk_that_is_not_there_is_refused(
    bench: _Bench, link: str, to: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / link
    shutil.rmtree(path)
    path.symlink_to(path if to == "itself" else tmp_path / "mnt" / "usb")
    assert bench.build() == 5
    assert f"{path} is a link to" in capfd.readouterr().err
    assert not (tmp_path / "mnt").exists()


def test_a_store_behind_a_link_is_used_and_one_that_is_not_there_is_refused(
    bench: _Bench, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.store.rename(tmp_path / "disk")
    bench.store.symlink_to("disk")
    assert bench.build() == 0
    assert "rendering" not in capfd.readouterr().err
    (tmp_path / "disk").rename(tmp_path / "gone")
    assert bench.build() == 5
    assert f"{bench.store} is a link to disk, which is missing" in capfd.readouterr().err
