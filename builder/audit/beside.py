"""What lies in folders of built cards besides them: nothing but the empty locks of those cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from builder.audit.attached import alone, look_at
from builder.audit.leak import Leak, excerpt
from builder.card.publish import CARD, IMAGE, RECORD
from builder.verify.match import left_by

_OWN = {RECORD: S_ISREG, CARD: S_ISDIR, IMAGE: S_ISREG}
# Who holds a lock may say so in it: its process and since when.
_DAY, _CLOCK = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", rb"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?"
_NOTE = re.compile(rb"(?:[0-9]{1,7} (?:(?:%b[T ])?%b|[0-9]{10}(?:\.[0-9]+)?)\n?)?" % (_DAY, _CLOCK))
_MOST_NOTE = 64
_TAKE_OUT = "take it out of the folder, or audit it by itself"
_LEFT = re.compile(r"\..+\.(?:new|old)")


def judge_beside(root: Path, packs: Sequence[Path]) -> Iterator[tuple[Path, Leak]]:
    """Each leak of the folders from `root` down to the packs in it, with the path it is at. OSError from the disk.

    The cards and images themselves are not looked into, and links are not followed.
    """
    between = {above for pack in packs for above in pack.parents if above == root or root in above.parents}
    known = {*between, *packs}
    yield from ((root, leak) for leak in alone(look_at(root)))
    for folder in sorted(known):
        for item in sorted(folder.iterdir()):
            if item in known or (folder in packs and _is_own(item)):
                leaks = list(_of_the_known(item))
            elif folder in between and item.name in {
                f".{one.name}.lock" for one in known if one.parent == folder
            }:
                leaks = list(_of_a_lock(item))
            else:
                leaks = [Leak(code="E719", message=_stranger(item), help=_TAKE_OUT)]
            if item.name != CARD:  # which is looked at as a card
                leaks += alone(look_at(item))
            for leak in leaks:
                yield item, leak


def _is_own(item: Path) -> bool:
    return item.name in _OWN and (item.is_symlink() or _OWN[item.name](item.lstat().st_mode))


def _of_the_known(item: Path) -> Iterator[Leak]:
    if S_ISLNK(item.lstat().st_mode):
        message = "is a link; what it leads to is looked at, but may be another thing tomorrow"
        yield Leak(code="E719", message=message, help="put there what it leads to")


def _of_a_lock(item: Path) -> Iterator[Leak]:
    stat = item.lstat()
    if not S_ISREG(stat.st_mode):
        yield Leak(code="E719", message="has the name of a lock, and is no file", help="delete it")
    elif stat.st_size > _MOST_NOTE or not _NOTE.fullmatch(data := item.read_bytes()):
        shown = "" if stat.st_size > _MOST_NOTE else excerpt(data)
        message = f"is a lock with {stat.st_size:,} bytes in it; a lock is empty{shown}"
        yield Leak(code="E719", message=message, help="delete it when no build is running")


def _stranger(item: Path) -> str:
    if maker := left_by(item.name):
        return f"{maker} left it there; beside cards nothing lies that was not looked at"
    if _LEFT.fullmatch(item.name):
        return "is what a build works in: it runs, or was killed; build again, and it is gone"
    return "is beside a card, and is neither record.json, card.img nor our lock; nothing says what it holds"
