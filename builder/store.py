"""The store: renders and measurements kept by what they were made of, so that nothing is encoded twice.

An entry's key is a digest of everything its bytes depend on. Entries are written under another name and renamed,
and re-hashed on every hit: what does not match its digest is a miss, and put aside as `.bad`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from builder.errors import StorageError

_WORKPLACE = ".work-"
_CONTENT = ".data"
# No single recording takes a day to render; a workplace that old belongs to nobody.
_ABANDONED_SECONDS = 24 * 3600


def default_folder() -> Path:
    """PACKBUILDER_CACHE, or the user's cache folder."""
    given = os.environ.get("PACKBUILDER_CACHE")
    return Path(given).expanduser() if given else platformdirs.user_cache_path("packbuilder", appauthor=False)


def key_of(what: Mapping[str, Any]) -> str:
    """The key of an entry made of `what`: numbers, text, None and mappings of them."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`facts` are what was stored with the entry; `file` is None for a measurement."""

    facts: Mapping[str, Any]
    file: Path | None
    sha256: str  # of the file; "" without one


class Store:
    """A folder of entries. Safe for any number of threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_open = False

    def open(self) -> Store:
        """Make the folder, prove that it can be written, and clear what killed runs have left in it."""
        with self._storage_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder) as file:
                file.write(b"\0")
        for left in self.folder.glob(f"{_WORKPLACE}*"):
            with suppress(FileNotFoundError):  # another run may be clearing it too, or its own
                if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
        self._is_open = True
        return self

    def find(self, key: str) -> Entry | None:
        """The entry, proved whole; None when there is none."""
        path = self._path(key)
        try:
            text = path.read_bytes()
        except FileNotFoundError:  # a plain miss, also when another run is just putting it there
            return None
        except OSError:
            text = b""
        try:
            document = json.loads(text)
            facts, digest = document["facts"], document["sha256"]
            sound = path.with_suffix(_CONTENT) if digest["file"] else None
            # The key is part of what is hashed, so that no entry can stand in another's place.
            is_whole = digest["facts"] == key_of({"key": key, "facts": facts})
            if is_whole and (sound is None or file_digest(sound) == digest["file"]):
                return Entry(facts=facts, file=sound, sha256=digest["file"])
        except FileNotFoundError:  # the facts without their sound
            pass
        except (ValueError, KeyError, TypeError, RecursionError, IsADirectoryError):
            pass
        except OSError:  # a disk that does not answer now is no proof of damage
            return None
        if self._is_open:  # a plan writes nothing
            for bad in (path, path.with_suffix(_CONTENT)):
                _put_aside(bad)
        return None

    def add(self, key: str, facts: Mapping[str, Any], file: Path | None = None) -> Entry:
        """Keep `facts` and, by moving it in, `file`. The facts go last: without them there is no entry."""
        with self._storage_errors():
            return self._add(key, facts, file)

    def _add(self, key: str, facts: Mapping[str, Any], file: Path | None) -> Entry:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = {"facts": key_of({"key": key, "facts": facts}), "file": ""}
        if file is not None:
            digest["file"] = file_digest(file)
            _flush(file)
            file.replace(path.with_suffix(_CONTENT))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump({"sha256": digest, "facts": facts}, stream)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Entry(facts=facts, file=path.with_suffix(_CONTENT) if file else None, sha256=digest["file"])

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """A private folder on the store's own disk, where an entry is made before it is moved in."""
        with self._storage_errors():
            folder = tempfile.TemporaryDirectory(dir=self.folder, prefix=_WORKPLACE)
        with folder as name:
            yield Path(name)

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"the cache folder {self.folder} cannot be used: {error.strerror or error}",
                "free some room there, or set PACKBUILDER_CACHE to a folder on another disk",
            ) from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _put_aside(path: Path) -> None:
    """Rename what is there, file or folder, to `.bad`, in the place of what was put aside before."""
    bad = path.with_name(path.name + ".bad")
    with suppress(OSError):
        if bad.is_dir() and not bad.is_symlink():
            shutil.rmtree(bad, ignore_errors=True)
        path.replace(bad)


def _flush(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())
