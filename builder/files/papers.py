"""Files for the office (pages, lists, manifests): written whole or not at all, and over nothing else.

What is in the place of one is replaced only if it is known by its content to be such a file. A link is never
followed, and nothing goes into the folder of a pack, of which all belongs to the card or its record.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from builder.errors import StorageError
from builder.files.opening import open_file

MOST_BYTES = 4_000_000
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_ADVICE = "is its folder there, and may you write in it?"
# What a build leaves beside a card (card/publish.py), on one card or on several.
_PACKS = (("record.json", "card"), ("1/record.json", "1/card"))


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A kind of file: what it is, and whether bytes are those of one, which may be replaced by another."""

    what: str
    is_known: Callable[[bytes], bool]


def obstacle(path: Path, paper: Paper) -> str:
    """Why a file may not be written there, as the end of a sentence, or "". StorageError where none can be."""
    with _told(path):
        found = _in_the_way(path, paper)
        if not found:
            part = _part(path)
            os.close(os.open(part, _NEW, 0o600))
            part.unlink()
    return found


def write_paper(path: Path, text: str, paper: Paper, check: Callable[[Path], None] = lambda _: None) -> None:
    """Write a file, once `check` has looked at what is to become it. StorageError where it cannot or may not be."""
    with _told(path):
        part = _part(path)
        try:
            handle = os.open(part, _NEW, 0o666)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(handle)
            check(part)
            if found := _in_the_way(path, paper):
                raise StorageError(f"{path} is not written: it {found}", "choose another name")
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """A name beside the file that nothing has, and that is no longer than a name may be."""
    return path.with_name(f".{secrets.token_hex(8)}.part")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}", _ADVICE) from error


def _in_the_way(path: Path, paper: Paper) -> str:
    if is_in_pack(path.parent):
        return "would stand in the folder of a pack, where only what is built belongs"
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    if S_ISLNK(mode):
        return "is a link, and links are not followed"
    if not S_ISREG(mode):
        return "is a folder" if S_ISDIR(mode) else "is no regular file"
    with open_file(path) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) <= MOST_BYTES and paper.is_known(data):
        return ""
    return f"is there already, and is not {paper.what} that this program wrote"


def is_in_pack(folder: Path) -> bool:
    """Whether a folder is that of a built card, or is in one."""
    here = Path(os.path.realpath(folder))
    return any(_is_pack(above) for above in (here, *here.parents))


def _is_pack(folder: Path) -> bool:
    """Whether a folder holds what a build leaves; no where one may not look."""
    with suppress(OSError):
        return any(all((folder / name).exists() for name in names) for names in _PACKS)
    return False
