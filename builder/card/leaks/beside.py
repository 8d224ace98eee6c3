"""Leaks in the folders of built cards, beside the cards: only locks and the notes of their holders may be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from builder.card.leaks.attached import alone, look_at
from builder.card.leaks.leak import Leak, excerpt
from builder.card.leaks.track import word_leak
from builder.card.leaks.words import Words
from builder.card.publish import CARD, IMAGE, RECORD
from builder.files.names import left_by

_OWN = {RECORD: S_ISREG, CARD: S_ISDIR, IMAGE: S_ISREG}
# Beside a lock that is held lies a note that says by which process, and since when, in seconds; it is after 2023.
_NOTE = re.compile(rb"(?:[1-9][0-9]{0,6} (?:1[7-9]|2[01])[0-9]{8}\n)?")
_MOST_NOTE = 32
_LOCKS = {".lock": "a lock, which is empty", ".run": "a note of who holds a lock"}
_TAKE_OUT = "take it out of the folder, or audit it by itself"
_LEFT = re.compile(r"\..+\.(?:new|old)")


def judge_beside(root: Path, packs: Sequence[Path], words: Words) -> Iterator[tuple[Path, Leak]]:
    """Each leak of the folders from `root` down to the packs in it, with the path it is at. OSError from the disk.

    Private terms are looked for in their names. The cards and images themselves are not looked into, and links are not
    followed; only `root` itself may be given by one.
    """
    between = {above for pack in packs for above in pack.parents if above == root or root in above.parents}
    known = {*between, *packs}
    built = {pack.parent if pack.name.isdecimal() and pack.parent in between else pack for pack in packs}
    yield from ((root, leak) for leak in alone(look_at(root.resolve())))
    for folder in sorted(known):
        for item in sorted(folder.iterdir()):
            if item in known or (folder in packs and _is_own(item)):
                leaks = list(_of_the_known(item))
            elif what := _LOCKS.get(item.suffix if _beside(item) in built else ""):
                leaks = list(_of_a_lock(item, what))
            else:
                leaks = [Leak(code="E719", message=_stranger(item), help=_TAKE_OUT)]
            leaks += [word_leak(term, "the name holds", None) for term in words.terms_in(item.name)]
            if not (item.name == CARD and folder in packs):  # which is looked at as a card
                leaks += alone(look_at(item))
            for leak in leaks:
                yield item, leak


def _is_own(item: Path) -> bool:
    return item.name in _OWN and (item.is_symlink() or _OWN[item.name](item.lstat().st_mode))


def _beside(item: Path) -> Path:
    """What a lock is beside, by its name: `.sd-card.lock` is beside `sd-card`."""
    return item.with_name(item.stem[1:] or item.name) if item.name.startswith(".") else item


def _of_the_known(item: Path) -> Iterator[Leak]:
    if S_ISLNK(item.lstat().st_mode):
        message = "is a link; what it leads to is looked at, but may be another thing tomorrow"
        yield Leak(code="E719", message=message, help="put there what it leads to")


def _of_a_lock(item: Path, what: str) -> Iterator[Leak]:
    stat = item.lstat()
    if not S_ISREG(stat.st_mode):
        yield Leak(code="E719", message=f"has the name of {what}, and is no file", help="delete it")
        return
    data = item.read_bytes() if stat.st_size <= _MOST_NOTE else b""
    if stat.st_size > len(data) or not (_NOTE.fullmatch(data) if what == _LOCKS[".run"] else not data):
        message = f"has the name of {what}, and holds something else{excerpt(data)}"
        yield Leak(code="E719", message=message, help="delete it when no build is running")


def _stranger(item: Path) -> str:
    if maker := left_by(item.name):
        return f"{maker} left it there; beside cards nothing lies that was not looked at"
    if _LEFT.fullmatch(item.name):
        return "is what a build works in: it runs, or was killed; build again, and it is gone"
    return "is beside a card, and is neither record.json, card.img nor our lock; nothing says what it holds"
