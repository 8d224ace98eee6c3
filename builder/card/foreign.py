"""What of a pack's folder is not ours. A pack owns what its record lists; what is not its own is never taken away."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from builder.files.folders import FileKind, contents
from builder.files.names import SIGNATURE_BYTES, is_dropped, may_be_dropped
from builder.files.opening import open_file

Listed = Callable[[Path], Iterable[str]]
"""The files of a built card in a folder, by its record; none where there is no record that can be read."""

# A pack of several cards has a folder for each.
_NUMBER = re.compile(r"[1-9]\d*")
_NOTHING = re.compile(r"(?!)")
# What a build makes, of each kind, as far as it is known before there is a record.
_MADE: Mapping[FileKind, re.Pattern[str]] = {
    "file": re.compile(r"(?:[1-9]\d*/)?(?:record\.json|card\.img|card/.+\.(?:mp3|lrc))", re.DOTALL),
    "folder": re.compile(r"[1-9]\d*|(?:[1-9]\d*/)?card(?:/.+)?", re.DOTALL),
    "link": _NOTHING,
    "pipe": _NOTHING,
    "device": _NOTHING,
}


def foreign_in(target: Path, listed: Listed) -> str:
    """What is in a pack's folder and is not the pack's own, or "".

    A link never is its own, and no folder without a file of it; what a file manager leaves by itself is nobody's.
    """
    there = dict(contents(target))
    own = dict(_own(target, there, listed))
    return _first(target, there, lambda path, kind: own.get(_as_written(path)) == kind)


def foreign_left(folder: Path) -> str:
    """What is in the folder of a build that was killed, and no build puts there, or ""."""
    return _first(folder, dict(contents(folder)), lambda path, kind: bool(_MADE[kind].fullmatch(path)))


def _first(folder: Path, there: Mapping[str, FileKind], is_own: Callable[[str, FileKind], bool]) -> str:
    for path, kind in sorted(there.items(), key=lambda item: (item[1] in ("folder", "file"), item)):
        if not is_own(path, kind) and not (kind == "file" and _is_dropping(folder / path)):
            return f"{path}, a {kind}"
    return ""


def _own(target: Path, there: Iterable[str], listed: Listed) -> Iterator[tuple[str, FileKind]]:
    """The files of each card in a pack's folder, and the folders that they lie in."""
    for unit in ("", *filter(_NUMBER.fullmatch, there)):
        for file in listed(target / unit):
            path = PurePosixPath(unit, file)
            yield str(path), "file"
            yield from ((str(above), "folder") for above in path.parents)


def _as_written(path: str) -> str:
    """macOS lists names decomposed on some of its disks, however they were written."""
    return unicodedata.normalize("NFC", path) if sys.platform == "darwin" else path


def _is_dropping(path: Path) -> bool:
    """Whether a file is what its name says that a file manager leaves."""
    if not may_be_dropped(path.name):
        return False
    with open_file(path) as file:
        return is_dropped(path.name, file.read(SIGNATURE_BYTES))
