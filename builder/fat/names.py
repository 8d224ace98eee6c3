"""Names as FAT stores them: folders in their order, slots of long names, 8.3 aliases; and what no card can hold.

Layout: Microsoft, "FAT: General Overview of On-Disk Format" 1.03. What an alias should be is our own choice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from builder.files.names import is_reserved
from builder.profiles.naming import collision_key, utf16_units

SLOT_BYTES = 32
# A folder is at most 2 MiB long, whatever its entries are (Microsoft 1.03, "FAT Directory Structure").
MOST_SLOTS = 65_536
LONG_NAME = 0x0F  # the attributes that mark a slot as part of a long name

_UNITS_PER_SLOT = 13
_MOST_UNITS = 255
_ILLEGAL = re.compile(r'["*/:<>?\\|]')
_SHORT = re.compile(r"[A-Z0-9!#$%&'()@^_`{}~-]{1,8}(?:\.[A-Z0-9!#$%&'()@^_`{}~-]{1,3})?")


def name_fault(name: str) -> str:
    """Why FAT cannot hold this name of one file or folder, as the end of a sentence; "" when it can."""
    if name in {"", ".", ".."}:
        return "is no name"
    if found := _ILLEGAL.search(name):
        return f"has a character that FAT does not allow: {found.group()}"
    if any(unicodedata.category(char) == "Cc" for char in name):
        return "has a control character"
    # 0xFFFF fills up the last slot of a long name, so as part of one it would be lost.
    if any(unicodedata.category(char) == "Cs" or ord(char) & 0xFFFE == 0xFFFE for char in name):
        return "has a code point that is no character"
    if name[-1] in ". ":
        return "ends with a dot or a space, which FAT drops"
    if unicodedata.normalize("NFC", name) != name:
        return "is not in Unicode form NFC"
    if (units := utf16_units(name)) > _MOST_UNITS:
        return f"is {units} UTF-16 units long; FAT holds {_MOST_UNITS}"
    return ""


def slots(name: str) -> int:
    """How many slots of 32 bytes a name takes in its folder, that of its 8.3 entry counted."""
    return 1 if _SHORT.fullmatch(name) else 1 - -utf16_units(name) // _UNITS_PER_SLOT


def aliases(names: Sequence[str]) -> list[bytes]:
    """The 8.3 name of each name of one folder, 11 bytes, in the order given, which is the play order.

    A name that is 8.3 in capitals is its own. Some players sort by short names and some show them, so the byte
    order of aliases is the order given: by the letters and digits of the names, else by the numbers that they begin
    with, else by running numbers. No alias is the short or the long name of a sibling in any case: Linux finds a
    folder `FirstNet` under the alias FIRSTNET of another, and its files are gone.
    """
    # Not the digits behind other letters: "001 창세기 1장" is 001 on a player's screen, not 0011.
    words = _tried(names, lambda stem: _plain(re.sub(r"[^\x00-\x7f].*", "", stem)))
    return words or _tried(names, lambda stem: re.sub(r"[^0-9].*", "", stem)) or _numbered(names)


def _tried(names: Sequence[str], to_stem: Callable[[str], str]) -> list[bytes]:
    """Aliases by a rule for the part before the ending; none at all where one of the folder's is not fit."""
    found: list[bytes] = []
    long = {collision_key(name) for name in names}
    for name in names:
        stem, ending = _parted(name)
        stem = name.partition(".")[0] if _SHORT.fullmatch(name) else to_stem(stem)
        key = collision_key(_text(stem, ending))
        if not 0 < len(stem) <= 8 or is_reserved(stem) or (key in long and key != collision_key(name)):
            return []
        found.append(_packed(stem, ending))
    return found if all(a < b for a, b in pairwise(found)) else []


def _numbered(names: Sequence[str]) -> list[bytes]:
    """Running numbers, `0001~1.MP3`; names that are 8.3 in capitals keep their own, so the order may suffer."""
    long = {collision_key(name) for name in names}
    # A number whose alias is a sibling's name is passed over; each such sibling takes a slot or two.
    width = 4 if sum(slots(name) for name in names) < 10_000 else 5
    found: list[bytes] = []
    number = 0
    for name in names:
        ending = _parted(name)[1]
        if _SHORT.fullmatch(name):
            found.append(_packed(name.partition(".")[0], ending))
            continue
        number += 1
        alias = f"{number:0{width}d}~1"
        while (key := collision_key(_text(alias, ending))) in long and key != collision_key(name):
            number += 1
            alias = f"{number:0{width}d}~1"
        found.append(_packed(alias, ending))
    return found


def long_slots(name: str, alias: bytes) -> bytes:
    """The slots before the 8.3 entry that hold the long name; empty for a name that is its own alias."""
    if _SHORT.fullmatch(name):
        return b""
    data = name.encode("utf-16-le")
    count = slots(name) - 1
    if len(data) < count * _UNITS_PER_SLOT * 2:
        data = (data + b"\0\0").ljust(count * _UNITS_PER_SLOT * 2, b"\xff")
    parts = bytearray()
    for order in range(count, 0, -1):
        units = data[(order - 1) * 26 : order * 26]
        mark = order | 0x40 if order == count else order
        head = bytes((mark, *units[:10], LONG_NAME, 0, checksum(alias)))
        parts += head + units[10:22] + b"\0\0" + units[22:]
    return bytes(parts)


def checksum(alias: bytes) -> int:
    """What ties the slots of a long name to the 8.3 entry behind them."""
    total = 0
    for byte in alias:
        total = (((total & 1) << 7 | total >> 1) + byte) & 0xFF
    return total


def _parted(name: str) -> tuple[str, str]:
    """Stem, and ending as an alias has it: up to three ASCII letters and digits in capitals."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name, ""
    return stem, ending if _SHORT.fullmatch(name) else _plain(ending)[:3]


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def _packed(stem: str, ending: str) -> bytes:
    return stem.ljust(8).encode("ascii") + ending.ljust(3).encode("ascii")


def _text(stem: str, ending: str) -> str:
    return f"{stem}.{ending}" if ending else stem


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
