"""The store: renders and measurements kept by what they were made of, so that nothing is encoded twice.

An entry's key is a digest of everything its bytes depend on. Entries are made in a workplace and moved in, and
re-hashed on every hit: what does not match its digest is a miss, and kept as `.bad`. Two runs that want one entry
make it once. When no run is at work the folder holds entries, what was put aside, and `locks/` (sound/scratch.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import platformdirs

from builder.errors import StorageError
from builder.files.folders import claim, follow, kind_of, temporary
from builder.files.locking import Holder, Patience
from builder.files.opening import file_digest
from builder.files.papers import is_in_pack
from builder.sound.scratch import scratch_folder, shard

_CONTENT = ".data"
# What reading a damaged entry raises. A disk that does not answer counts: what is put aside can still be looked at.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, RecursionError)


def default_folder() -> Path:
    """PACKBUILDER_CACHE, or the user's cache folder."""
    given = os.environ.get("PACKBUILDER_CACHE")
    return Path(given).expanduser() if given else platformdirs.user_cache_path("packbuilder", appauthor=False)


def key_of(what: Mapping[str, Any]) -> str:
    """The key of an entry made of `what`: numbers, text, None and mappings of them."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class StoreEntry:
    """`facts` are what was stored with the entry; `file` is None for a measurement."""

    facts: Mapping[str, Any]
    file: Path | None
    sha256: str  # of the file; "" without one


class Store:
    """A folder of entries. Safe for any number of threads and processes at once.

    `damaged` are the keys of the entries that were put aside. `tell` is called with the run that this one waits for.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
        self.folder = folder
        self.damaged: list[str] = []
        self._locks = folder / "locks"
        self._place = Path()
        self._stopped = threading.Event()
        self._tell = tell
        self._told = {os.getpid()}  # threads of one run wait for each other too, which is no news
        self._telling = threading.Lock()

    @contextmanager
    def open(self) -> Iterator[Store]:
        """Make the folder, prove that it can be written, and clear what killed runs have left in it.

        What is not opened can be searched (`find`), and nothing is written.
        """
        if is_in_pack(self.folder):
            raise StorageError(
                f"the cache folder {self.folder} is in a pack, where only what is built belongs",
                "set PACKBUILDER_CACHE to a folder of its own",
            )
        with ExitStack() as stack:
            with self._storage_errors():
                follow(self.folder).mkdir(parents=True, exist_ok=True)
                self._place = stack.enter_context(scratch_folder(self.folder, self._locks, self._waits_for))
            yield self

    def stop(self) -> None:
        """End all waiting for entries that other runs are making. For an interrupted build."""
        self._stopped.set()

    def _waits_for(self, holder: Holder | None) -> None:
        """Tell of each other run once, however many threads wait for it."""
        pid = holder.pid if holder else 0
        with self._telling:
            is_news = pid not in self._told
            self._told.add(pid)
        if is_news:
            run = f"run {holder.pid}" if holder else "another run"
            self._tell(f"{run}, which holds the store" + (f" since {holder.time}" if holder else ""))

    def find(self, key: str) -> StoreEntry | None:
        """The entry, if it is there and not damaged; else None."""
        try:
            return self._read(key)
        except _DAMAGE:
            return None

    @contextmanager
    def take(self, key: str) -> Iterator[StoreEntry | Path]:
        """The entry; if there is none, a folder to make it in, which this thread alone does meanwhile.

        A damaged entry is put aside. A thread that makes an entry takes no other.
        """
        entry = self.find(key)
        if entry is not None:
            yield entry
            return
        patience = Patience(is_stopped=self._stopped.is_set, tell=self._waits_for)
        with self._storage_errors(), shard(self._locks, key, patience), ExitStack() as stack:
            claim(self._path(key).parent, "folder")
            entry = self._found_or_put_aside(key)  # another run may have made it while we waited
            yield entry or stack.enter_context(self.scratch_folder())

    def _found_or_put_aside(self, key: str) -> StoreEntry | None:
        try:
            return self._read(key)
        except _DAMAGE:
            path = self._path(key)
            for bad in (path.with_suffix(_CONTENT), path):
                _put_aside(bad)
            self.damaged.append(key)
            return None

    def _read(self, key: str) -> StoreEntry | None:
        """The entry, if there is one; one of _DAMAGE where it is not what was stored."""
        path = self._path(key)
        sound = path.with_suffix(_CONTENT)
        if not os.path.lexists(path):
            if os.path.lexists(sound):  # a run was killed before it put the facts there
                _need_file(sound)
            return None
        _need_file(path)
        document = json.loads(path.read_bytes())
        facts, digest = document["facts"], document["sha256"]
        # The key is part of what is hashed, so that no entry can stand in another's place.
        if digest["facts"] != key_of({"key": key, "facts": facts}):
            raise ValueError
        if not digest["file"]:
            return StoreEntry(facts=facts, file=None, sha256="")
        _need_file(sound)
        if file_digest(sound) != digest["file"]:
            raise ValueError
        return StoreEntry(facts=facts, file=sound, sha256=digest["file"])

    def add(self, key: str, facts: Mapping[str, Any], file: Path | None = None) -> StoreEntry:
        """Keep `facts` and, by moving it in, `file`. The facts go last: without them there is no entry."""
        with self._storage_errors():
            return self._add(key, facts, file)

    def _add(self, key: str, facts: Mapping[str, Any], file: Path | None) -> StoreEntry:
        path = self._path(key)
        claim(path.parent, "folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = {"facts": key_of({"key": key, "facts": facts}), "file": ""}
        if file is not None:
            digest["file"] = file_digest(file)
            _flush(file)
            file.replace(path.with_suffix(_CONTENT))
        handle, name = tempfile.mkstemp(dir=self._place)
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
        return StoreEntry(
            facts=facts, file=path.with_suffix(_CONTENT) if file else None, sha256=digest["file"]
        )

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """A private folder on the store's own disk, where an entry is made before it is moved in."""
        with ExitStack() as stack:
            with self._storage_errors():
                folder = stack.enter_context(temporary(self._place))
            yield folder

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


def _need_file(path: Path) -> None:
    """Refuse a folder, a link that leads elsewhere, and a pipe, which would be waited for."""
    if kind_of(path) != "file":
        raise ValueError


def _put_aside(path: Path) -> None:
    """Rename what is there to `.bad`, in the place of a file that was put aside before; of a folder, beside it."""
    with suppress(OSError):
        for number in count(1):
            bad = path.with_name(f"{path.name}.{number}.bad" if number > 1 else f"{path.name}.bad")
            if not kind_of(bad) or "folder" not in (kind_of(bad), kind_of(path)):
                path.replace(bad)
                return


def _flush(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())
