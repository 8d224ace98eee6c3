"""The slots of one folder as entries, in their order; long names put together and checked.

Layout: Microsoft, "FAT: General Overview of On-Disk Format" 1.03.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from builder.fat.disk import VolumeFault
from builder.fat.names import LONG_NAME, SLOT_BYTES, checksum
from builder.profiles.naming import collision_key

_FOLDER, _LABEL = 0x10, 0x08
_DELETED = 0xE5
_UNSHOWN = re.compile(r'["*/:<>?\\|\x00-\x1f\x7f-\x9f]')
_LONE = re.compile(r"[\ud800-\udfff]")
_LOWER_STEM, _LOWER_ENDING = 0x08, 0x10  # what Windows NT says in a reserved byte, instead of a long name
_LAST = 0x40  # of the number of a long name's last slot, which is first
_MOST_LONG_SLOTS = 20


class Times(NamedTuple):
    """FAT's own numbers: days since 1980 and times of day in packed fields, hundredths of two seconds."""

    created_hundredths: int
    created_time: int
    created_day: int
    read_day: int
    written_time: int
    written_day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectoryEntry:
    """A file or folder. `offset` is that of its 8.3 entry in the image, `slots` are those of all its slots. Characters
    of a name that FAT does not allow, `/` first of all, are shown as U+FFFD; `alias` is its 8.3 name as it is
    there. Of a deleted one the name is what is left of it. `times` say when it was created, last read and written, as
    FAT has them (Microsoft 1.03, "Date and Time Formats").
    """

    parent: str
    name: str
    short: str
    alias: bytes
    size: int
    attributes: int
    first_cluster: int
    offset: int
    slots: tuple[int, ...]
    times: Times
    is_deleted: bool = False

    @property
    def path(self) -> str:
        return f"{self.parent}/{self.name}" if self.parent else self.name

    @property
    def is_folder(self) -> bool:
        return bool(self.attributes & _FOLDER)


@dataclass(frozen=True, kw_only=True)
class FolderContent:
    """What a folder holds: entries and deleted ones in order; `.` and `..`, and labels, apart. `end` is how far its
    slots go.
    """

    end: int
    entries: list[DirectoryEntry]
    dots: list[DirectoryEntry]
    labels: list[DirectoryEntry]


class _Parser:
    """Walks the slots once; `pending` are those of a long name whose 8.3 entry has not come yet."""

    def __init__(self, parent: str, locate: Callable[[int], int], log: list[VolumeFault]) -> None:
        self.entries: list[DirectoryEntry] = []
        self.dots: list[DirectoryEntry] = []
        self.labels: list[DirectoryEntry] = []
        self._parent, self._locate, self._log = parent, locate, log
        self._pending: list[bytes] = []
        self._since = 0  # where the pending slots begin

    def take(self, position: int, slot: bytes) -> None:
        is_long = slot[11] & 0x3F == LONG_NAME
        is_deleted = slot[0] == _DELETED
        if self._pending and (self._pending[-1][0] == _DELETED) != is_deleted:
            self.drop()
        if is_long and is_deleted:
            self._add(position, slot)
        elif is_long:
            self._take_long(position, slot)
        elif slot[11] & _LABEL and not is_deleted:
            self.drop()
            self.labels.append(self._entry(position, slot, slot[:11].decode("ascii", "replace").rstrip()))
        else:
            self._take_short(position, slot)

    def _add(self, position: int, slot: bytes) -> None:
        if len(self._pending) == _MOST_LONG_SLOTS:
            self.drop()
        if not self._pending:
            self._since = position
        self._pending.append(slot)

    def _take_long(self, position: int, slot: bytes) -> None:
        """They count down to 1."""
        last = self._pending[-1] if self._pending else None
        if slot[0] & _LAST:
            self.drop()
        elif last is None or slot[0] != (last[0] & ~_LAST) - 1 or slot[13] != last[13]:
            self.drop()
            self._fault(position, "a part of a long name without its beginning")
            return
        if not 1 <= slot[0] & ~_LAST <= _MOST_LONG_SLOTS:
            self._fault(position, f"a long name of {slot[0] & ~_LAST} slots; {_MOST_LONG_SLOTS} are the most")
            return
        self._add(position, slot)

    def _take_short(self, position: int, slot: bytes) -> None:
        raw, lower = slot[:11], slot[12]
        is_deleted = raw[0] == _DELETED
        name = self._long_name(raw, is_deleted=is_deleted) or shown_alias(raw, lower)
        entry = self._entry(position, slot, name)
        self._pending.clear()
        if raw in (b".          ", b"..         "):
            self.dots.append(entry)
            return
        if not is_deleted and (entry.name != name or name in {"", ".", ".."}):
            self._fault(position, f"{entry.path!r} has a name that FAT does not allow")
        self.entries.append(entry)

    def _entry(self, position: int, slot: bytes, name: str) -> DirectoryEntry:
        fields = struct.unpack("<11sBxBHHHHHHHI", slot)
        raw, attributes, hundredths, created, created_day, read_day, high, written, written_day, low, size = (
            fields
        )
        return DirectoryEntry(
            parent=self._parent,
            name=_shown(name),
            short=_UNSHOWN.sub("\ufffd", shown_alias(raw)),
            alias=raw,
            size=size,
            attributes=attributes,
            first_cluster=high << 16 | low,
            offset=self._locate(position),
            slots=tuple(self._locate(place) for place in self._places(position)),
            times=Times(hundredths, created, created_day, read_day, written, written_day),
            is_deleted=raw[0] == _DELETED,
        )

    def _places(self, position: int) -> list[int]:
        """Those of the pending slots and of the entry behind them; of what is left of a deleted name, theirs only."""
        pending = [self._since + at * SLOT_BYTES for at in range(len(self._pending))]
        return pending if position in pending else [*pending, position]

    def _long_name(self, raw: bytes, *, is_deleted: bool) -> str:
        """The pending long name, if it belongs to this entry; "" without one."""
        if not self._pending:
            return ""
        data = b"".join(slot[1:11] + slot[14:26] + slot[28:] for slot in reversed(self._pending))
        text = data.decode("utf-16-le", "surrogatepass").partition("\0")[0]
        whole = _LONE.sub("\ufffd", text)
        if is_deleted:
            return whole.rstrip("\uffff")
        if self._pending[-1][0] & ~_LAST != 1:
            self.drop("a long name that lacks its first part")
            return ""
        if self._pending[-1][13] != checksum(raw):
            self.drop("a long name with the checksum of another entry")
            return ""
        if whole != text:
            self._fault(self._since, "a long name that is not UTF-16")
        return whole

    def drop(self, why: str = "a long name without an entry") -> None:
        """Give up the pending slots. Deleted ones are kept as an entry of their own: they may spell a name."""
        if self._pending and self._pending[0][0] == _DELETED:
            self._take_short(self._since, b"\xe5" + b" " * 10 + bytes(SLOT_BYTES - 11))
        elif self._pending:
            self._fault(self._since, why)
        self._pending.clear()

    def _fault(self, position: int, message: str) -> None:
        where = f"in {self._parent!r}" if self._parent else "in the root"
        self._log.append(
            VolumeFault(kind="structure", offset=self._locate(position), message=f"{where}: {message}")
        )


def parse_folder(
    data: bytes, parent: str, locate: Callable[[int], int], log: list[VolumeFault]
) -> FolderContent:
    """The entries in a folder's bytes; `locate` turns a place in them into an offset. Faults go to `log`."""
    parser, end = _Parser(parent, locate, log), len(data)
    for position in range(0, len(data), SLOT_BYTES):
        if data[position] == 0:
            end = position
            break
        parser.take(position, data[position : position + SLOT_BYTES])
    parser.drop()
    _compare(parser.entries, log)
    return FolderContent(end=end, entries=parser.entries, dots=parser.dots, labels=parser.labels)


def _compare(entries: list[DirectoryEntry], log: list[VolumeFault]) -> None:
    """No name of an entry, long or short, may be a name of another: a reader would open the wrong one."""
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.is_deleted:
            continue
        for key in {collision_key(entry.name), collision_key(entry.short)}:
            if seen.setdefault(key, entry.offset) != entry.offset:
                message = f"{entry.path!r} ({entry.short}) has a name that another of its folder has too"
                log.append(VolumeFault(kind="structure", offset=entry.offset, message=message))
                break


def shown_alias(raw: bytes, lower: int = 0) -> str:
    """An 8.3 name as it is written: `NAME.EXT`. 0x05 stands for 0xE5, which means deleted, its first letter lost."""
    first = b"?" if raw[0] == _DELETED else b"\xe5" if raw[0] == 0x05 else raw[:1]
    stem = (first + raw[1:8]).decode("cp437").rstrip(" ")
    ending = raw[8:].decode("cp437").rstrip(" ")
    stem = stem.lower() if lower & _LOWER_STEM else stem
    ending = ending.lower() if lower & _LOWER_ENDING else ending
    return f"{stem}.{ending}" if ending else stem


def _shown(name: str) -> str:
    return "\ufffd" if name in {"", ".", ".."} else _UNSHOWN.sub("\ufffd", name)
