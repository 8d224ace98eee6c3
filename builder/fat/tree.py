"""The folders that a list of paths makes, in the order in which they first appear; and what no card could hold."""

from __future__ import annotations

from collections.abc import Iterable

from builder.fat.names import name_fault, slots
from builder.profiles.naming import collision_key

MOST_FILE_BYTES = 0xFFFF_FFFF
MOST_DEPTH = 64

# Path of a folder ("" is the root) -> its names in order -> which item a name is; None for a folder.
Tree = dict[str, dict[str, int | None]]


def grow(items: Iterable[tuple[str, int]]) -> Tree:
    """The tree of (path, bytes), folders and names in order of first appearance.

    ValueError for a name, a size or a depth that FAT cannot hold, and for two names of a folder that differ in
    case or Unicode form only.
    """
    tree: Tree = {"": {}}
    taken: dict[str, set[str]] = {"": set()}

    def put(folder: str, name: str, path: str, index: int | None) -> None:
        if fault := name_fault(name):
            raise ValueError(f"{path!r}: the name {name!r} {fault}")
        if (key := collision_key(name)) in taken[folder]:
            raise ValueError(f"{path!r}: another name of its folder is the same to a card reader")
        taken[folder].add(key)
        tree[folder][name] = index

    for index, (path, size) in enumerate(items):
        if not 0 <= size <= MOST_FILE_BYTES:
            raise ValueError(f"{path!r}: {size} bytes; a file on FAT has 0 to {MOST_FILE_BYTES}")
        *parents, name = path.split("/")
        if len(parents) > MOST_DEPTH:
            raise ValueError(f"{path!r} lies {len(parents)} folders deep; {MOST_DEPTH} are allowed")
        folder = ""
        for parent in parents:
            inner = f"{folder}/{parent}" if folder else parent
            if not parent or inner not in tree:  # "" is no name, though it is the key of the root
                put(folder, parent, path, None)
                tree[inner], taken[inner] = {}, set()
            folder = inner
        put(folder, name, path, index)
    return tree


def slots_of(tree: Tree, folder: str) -> int:
    """The slots of a folder: its names, and `.` and `..` in any but the root."""
    return (2 if folder else 0) + sum(slots(name) for name in tree[folder])
