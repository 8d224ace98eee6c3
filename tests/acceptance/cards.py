"""Finished cards for the tests: built once for all of them, and read by programs that we did not write."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from builder.card.verify.verify import Verified, verify
from builder.fat.geometry import Geometry, geometry_for
from builder.fat.read import open_volume
from builder.profiles.load import built_in
from tests.conftest import checked, oracle
from tests.fat.images import partition, same

PROFILES = tuple(built_in())
ALL_PROFILES = tuple(option for name in PROFILES for option in ("--profile", name))
GB = 10**9


@contextmanager
def once(root: Path, name: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """A folder that `make` fills once for all processes of a test run; gone when the last of them is done with it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    folder = (root.parent if worker else root) / name
    lock, users = FileLock(folder.with_suffix(".lock")), folder.with_suffix(".users")
    mine = users / (worker or "alone")
    with lock:
        users.mkdir(exist_ok=True)
        mine.touch()
        if not folder.exists():
            making = folder.with_suffix(".new")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(folder)
    yield folder
    with lock:
        mine.unlink()
        if not list(users.iterdir()):
            shutil.rmtree(folder)


@dataclass(frozen=True)
class Made:
    """A card as it was built: the folder with `card`, `record.json` and perhaps `card.img`, of a card of a class."""

    folder: Path
    label_bytes: int = GB

    @property
    def card(self) -> Path:
        return self.folder / "card"

    @property
    def image(self) -> Path:
        return self.folder / "card.img"

    @property
    def geometry(self) -> Geometry:
        return geometry_for(self.label_bytes)

    @property
    def record(self) -> Any:
        return json.loads((self.folder / "record.json").read_text("utf-8"))

    @property
    def tracks(self) -> list[Any]:
        tracks: list[Any] = self.record["tracks"]
        return tracks

    @property
    def paths(self) -> list[str]:
        """The files in play order, as the record has them."""
        return [track["path"] for track in self.tracks]

    def here(self) -> list[str]:
        """What lies in the card's folder, folders with a slash behind their names, in byte order of the paths."""
        found = [
            path.relative_to(self.card).as_posix() + ("/" if path.is_dir() else "")
            for path in self.card.rglob("*")
        ]
        return sorted(found, key=str.encode)

    def read(self) -> list[str]:
        """The files of the image in the order of their entries, folder by folder, by our own reader."""
        with open_volume(self.image) as volume:
            return [entry.path for entry in volume.walk() if not entry.is_folder]

    def verified(self, target: Path) -> Verified:
        return verify(self.folder, target)

    def by_mtools(self) -> list[str]:
        """The entries of the image, of each folder first its names and then what lies in each of them."""
        place = f"{self.image}@@{self.geometry.partition_start * 512}"
        done = subprocess.run(
            [oracle("mdir"), "-b", "-/", "-a", "-i", place, "::"],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stderr == ""
        return [line.removeprefix("::/") for line in done.stdout.splitlines()]

    def check_by_strangers(self, folder: Path) -> None:
        """fsck.fat has nothing to repair; mtools and 7z list what the record says, in its order; 7z unpacks it."""
        link = folder / "card.img"  # `partition` writes beside the image, where nothing of ours may lie
        link.symlink_to(self.image)
        part = partition(link, self.geometry)
        said = checked(oracle("fsck.fat"), "-n", "-v", part)
        assert not re.search(
            r"differ|free cluster summary (?:wrong|uninit)|[Ww]rong|[Bb]ad|[Dd]irty|does ?n.t|no '\.", said
        )
        expected = listing(self.paths)
        same(self.by_mtools(), expected)
        said = checked(oracle("7z"), "l", "-slt", "-tfat", part)
        theirs = re.findall(r"^Path = (.*)\nFolder = (.)$", said, re.MULTILINE)
        same([name + ("/" if kind == "+" else "") for name, kind in theirs], expected)
        out = folder / "unpacked"
        checked(oracle("7z"), "x", "-tfat", f"-o{out}", part)
        for track in self.tracks:
            digest = hashlib.sha256((out / track["path"]).read_bytes()).hexdigest()
            assert digest == track["sha256"], track["path"]
        shutil.rmtree(out)
        part.unlink()


def listing(paths: Sequence[str]) -> list[str]:
    """The names of a card that holds these files in this order, as mdir and 7z print them: a folder's, then deeper."""
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        *folders, file = path.split("/")
        for folder in folders:
            node = node.setdefault(folder, {})
        node[file] = None

    def below(parent: str, node: dict[str, Any]) -> list[str]:
        names = [f"{parent}{name}{'' if child is None else '/'}" for name, child in node.items()]
        deeper = [below(f"{parent}{name}/", child) for name, child in node.items() if child is not None]
        return names + [name for group in deeper for name in group]

    return below("", tree)


def parents(paths: Sequence[str]) -> set[str]:
    """The folders that files with these paths need, each with a slash behind it."""
    return {path[: at + 1] for path in paths for at in range(len(path)) if path[at] == "/"}
