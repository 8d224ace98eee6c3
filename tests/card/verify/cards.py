"""Packs without sound, and images of them: by our writer, or by mkfs.fat and mtools, which we did not write."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.card.verify.verify import Verified, verify
from builder.fat.geometry import geometry_for
from builder.fat.write import ImageFile, write_image
from tests.conftest import Ran, checked, oracle, packbuilder

_LOOKED_AT = 40_000_000  # bytes of an image: whatever is written to it here lies within
FILES = (
    "01_MRK/01_MRK_001.mp3",
    "01_MRK/01_MRK_002.mp3",
    "01_MRK/01_MRK_003.mp3",
    "02_설교/001_위로하시는 하나님.mp3",
    "02_설교/002_희망의 소리.mp3",
    "03_PSA/001.mp3",
)


def content(path: str) -> bytes:
    """Bytes that occur nowhere else, some 50 to 60 kB: several clusters, and no whole number of them."""
    return hashlib.shake_128(path.encode()).digest(50_001 + sum(path.encode()) * 7)


@dataclass(frozen=True)
class Card:
    """A pack in a folder, and beside it the image that tests damage."""

    folder: Path
    files: Sequence[str] = FILES

    @property
    def pack(self) -> Path:
        return self.folder / "pack"

    @property
    def image(self) -> Path:
        return self.folder / "card.img"

    def own(self, path: str) -> Path:
        return self.pack / "card" / path

    def make(self) -> Card:
        for path in self.files:
            self.own(path).parent.mkdir(parents=True, exist_ok=True)
            self.own(path).write_bytes(content(path))
        self.write_record()
        return self

    def write_record(self, **changes: Any) -> None:
        tracks = [
            {
                "path": path,
                "sha256": hashlib.sha256(content(path)).hexdigest(),
                "bytes": len(content(path)),
                "title": f"title of {path}",
            }
            for path in self.files
        ]
        record = {"schema": 1, "pack": "test", "tracks": tracks, **changes}
        (self.pack / "record.json").write_text(json.dumps(record), "utf-8")

    def write(self, card_bytes: int = 16_000_000, order: Sequence[str] = ()) -> Card:
        """The image by our writer, in play order unless another is given."""
        items = [
            ImageFile(path=path, source=self.own(path), bytes=self.own(path).stat().st_size)
            for path in order or self.files
        ]
        write_image(self.image, items, geometry_for(card_bytes))
        return self

    def mtools(self, verb: str, *arguments: object) -> None:
        """Run one of mtools on the volume of the image, which begins where its partition does."""
        with self.image.open("rb") as file:
            sector = file.read(512)
        is_parted = sector[0] not in (0xEB, 0xE9)
        start = int.from_bytes(sector[454:458], "little") * 512 if is_parted else 0
        done = subprocess.run(
            [oracle(verb), "-i", f"{self.image}@@{start}", *map(str, arguments)],
            # It would ask for other numbers of heads and tracks than a card has.
            env={**os.environ, "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1"},
            input="",
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def format(self, mib: int = 12, *options: object) -> Card:
        """An empty volume by mkfs.fat, without a partition table unless its options make one."""
        self.image.unlink(missing_ok=True)
        checked(oracle("mkfs.fat"), "-C", *options, self.image, mib * 1024)
        return self

    def copy(self, *paths: str) -> Card:
        """Copy the pack's own files by mcopy, in this order; folders are made before their first file."""
        made = set()
        for path in paths:
            folder = path.rpartition("/")[0]
            if folder not in made:
                self.mtools("mmd", f"::/{folder}")
                made.add(folder)
            self.mtools("mcopy", self.own(path), f"::/{path}")
        return self

    def flip(self, offset: int) -> None:
        with self.image.open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 0x01]))

    def find(self, needle: bytes) -> int:
        """Where these bytes stand in the image, in one place only."""
        with self.image.open("rb") as file:
            data = file.read(_LOOKED_AT)
        assert data.count(needle) == 1
        return data.index(needle)

    def entry(self, short: bytes) -> int:
        """The offset of the entry of 32 bytes with this 8.3 name, which needs no more than 11 bytes."""
        with self.image.open("rb") as file:
            data = file.read(_LOOKED_AT)
        found = [
            at
            for kind in (b"\x10", b"\x20")
            if (at := data.find(short.ljust(11) + kind)) >= 0 and at % 32 == 0
        ]
        assert len(found) == 1
        return found[0]

    def verify(self, target: Path | None = None, *options: object) -> Ran:
        return packbuilder("verify", self.pack, target or self.image, *options)

    def look(self, target: Path | None = None) -> Verified:
        """The same without a process of its own, which takes longer than all the rest."""
        return verify(self.pack, target or self.image)

    def document(self, target: Path | None = None) -> Any:
        return self.verify(target, "--format", "json").json

    def found(self, target: Path | None = None) -> list[tuple[str, str, int | None]]:
        """(code, path on the card, offset) of each finding, in the order told."""
        target = target or self.image
        return [
            (one.code, one.place.file.removeprefix(str(target)).removeprefix("/"), one.offset)
            for one in self.look(target).findings
        ]
