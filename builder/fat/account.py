"""Every byte of a volume besides those of its files: held to what this program writes; what differs is called by name.

The comparison alone finds. What is said of a difference comes from a closer look at labels, times, deleted entries and
remains; where that knows nothing of it, it is reported as another byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from builder.fat.disk import Disk, FatError, VolumeFault
from builder.fat.folder import DirectoryEntry, Times, shown_alias
from builder.fat.header import VolumeHeader
from builder.fat.names import SLOT_BYTES, aliases
from builder.fat.place import DAY, MAKER, NO_LABEL
from builder.fat.remake import Difference, Spans, remade
from builder.fat.residue import residue
from builder.fat.survey import Survey
from builder.fat.table import Table
from builder.fat.write import serial_of

_CONSTANT = Times(0, 0, DAY, DAY, 0, DAY)
_TIMES = ((13, 7), (22, 4))  # where an entry has them, as (place, length)
# Up to which byte of an entry each of its fields goes (Microsoft 1.03, "FAT Directory Structure").
_FIELDS = (
    (11, "the 8.3 name"),
    (12, "the marks"),
    (13, "a reserved byte"),
    (20, "a time"),
    (22, "the first cluster"),
    (26, "a time"),
    (28, "the first cluster"),
    (32, "the size"),
)


def account(disk: Disk, header: VolumeHeader, table: Table, survey: Survey) -> list[VolumeFault]:
    """All that is not as this program would write the files that are there; nothing for an image of ours.

    FatError, OSError where the folders cannot be read.
    """
    entries = [entry for entry in survey.entries() if not entry.is_deleted]
    paths = [(entry.path, entry.size) for entry in entries if not entry.is_folder]
    made = remade(header, paths)
    unlike = list(made.unlike(disk)) if made else []
    if made and all(one.region.kind == "spare" for one in unlike):
        return [_told(disk, one) for one in unlike]
    named = [
        *_of_the_header(header, paths),
        *_of_times([*entries, *survey.dots]),
        *_of_labels(survey.labels),
        *_of_aliases(entries, is_ours=made is not None),
        *_of_deleted(survey.entries()),
        *survey.checked(),
        *_residue(disk, header, table),
    ]
    if made is None:
        message = "the file system differs from here on from what this program writes for these files"
        return [VolumeFault(kind="foreign", offset=header.start, message=message), *named]
    known = Spans(span for fault in named for span in fault.spans or ((fault.offset, 1),))
    return [*named, *(_told(disk, one) for one in made.unlike(disk, known))]


def _told(disk: Disk, one: Difference) -> VolumeFault:
    what, offset = one.region.what, one.offset
    if one.region.kind == "spare":
        return VolumeFault(kind="residue", offset=offset, message=f"bytes {what}")
    where = ""
    if what.startswith(("the root", "the folder")):  # they begin with a sector, and so with a slot
        within = offset % SLOT_BYTES
        where = f", in {next(name for end, name in _FIELDS if within < end)} of an entry"
    byte = disk.read(offset, 1)[0]
    message = f"{what} differs from what this program writes for these files{where}: {byte:02X} stands here"
    return VolumeFault(kind="unlike", offset=offset, message=message)


def _of_the_header(header: VolumeHeader, paths: Sequence[tuple[str, int]]) -> Iterator[VolumeFault]:
    at = header.start + (67 if header.fat_bits == 32 else 39)
    if header.maker != MAKER:
        message = f"the boot sector names who formatted the card: {_quoted(header.maker)}"
        yield VolumeFault(
            kind="maker", offset=header.start + 3, message=message, spans=((header.start + 3, 8),)
        )
    if header.serial != serial_of(paths):
        number = int.from_bytes(header.serial, "little")
        shown = f"{number >> 16:04X}-{number & 0xFFFF:04X}"
        message = (
            f"the volume's number {shown} is not that of these files; most programs make it from the time"
        )
        yield VolumeFault(kind="maker", offset=at, message=message, spans=((at, 4),))
    if header.label != NO_LABEL:
        message = f"the volume has a label: {_quoted(header.label)}"
        yield VolumeFault(kind="maker", offset=at + 4, message=message, spans=((at + 4, 11),))


def _quoted(name: bytes) -> str:
    return f'"{ascii(name.decode("latin-1").rstrip())[1:-1]}"'


def _of_labels(labels: Sequence[DirectoryEntry]) -> Iterator[VolumeFault]:
    for label in labels:
        message = f"the volume has a label, {label.name!r}, with the time {shown_times(label.times)}"
        yield VolumeFault(
            kind="maker", offset=label.offset, message=message, spans=((label.offset, SLOT_BYTES),)
        )


def _of_times(entries: Sequence[DirectoryEntry]) -> Iterator[VolumeFault]:
    told = [entry for entry in entries if entry.times != _CONSTANT]
    if told:
        many = f"{len(told)} entries tell" if len(told) > 1 else "an entry tells"
        message = f"{many} a time; the first is {told[0].path!r}, {shown_times(told[0].times)}"
        spans = tuple((entry.offset + at, length) for entry in told for at, length in _TIMES)
        yield VolumeFault(kind="time", offset=told[0].offset, message=message, spans=spans)


def _of_deleted(entries: Iterator[DirectoryEntry]) -> Iterator[VolumeFault]:
    for entry in entries:
        if entry.is_deleted:
            message = f"the entry of a deleted {'folder' if entry.is_folder else 'file'}, {entry.path!r}"
            spans = tuple((slot, SLOT_BYTES) for slot in entry.slots)
            yield VolumeFault(kind="deleted", offset=entry.offset, message=message, spans=spans)


def _of_aliases(entries: Sequence[DirectoryEntry], *, is_ours: bool) -> Iterator[VolumeFault]:
    """One fault for each folder in which 8.3 names are not those of this program; on a card that another one filled, in
    which they sort in another order than ours would.
    """
    by_folder = sorted(entries, key=lambda entry: entry.parent)  # stable: each folder keeps its order
    for _, group in groupby(by_folder, key=lambda entry: entry.parent):
        inside = list(group)
        wanted = aliases([entry.name for entry in inside])
        there = [entry.alias for entry in inside]
        if not is_ours:
            wanted, there = _ranks(wanted), _ranks(there)
        wrong = [at for at, (one, other) in enumerate(zip(there, wanted, strict=True)) if one != other]
        if wrong:
            what = (
                f"this program writes {shown_alias(wanted[wrong[0]])!r}"
                if is_ours
                else "by these it comes elsewhere"
            )
            yield _alias_fault([inside[at] for at in wrong], what)


def _ranks(names: Sequence[bytes]) -> list[bytes]:
    ranks = {name: b"%d" % rank for rank, name in enumerate(sorted(names))}
    return [ranks[name] for name in names]


def _alias_fault(entries: Sequence[DirectoryEntry], what: str) -> VolumeFault:
    first = entries[0]
    more = f", and {len(entries) - 1} more of its folder" if len(entries) > 1 else ""
    message = f"{first.path!r} has the 8.3 name {first.short!r}; {what}"
    spans = [(entry.offset, 11) for entry in entries]
    spans += [(slot + 13, 1) for entry in entries for slot in entry.slots[:-1]]  # a checksum of the name
    return VolumeFault(kind="alias", offset=first.offset, message=message + more, spans=tuple(spans))


def _residue(disk: Disk, header: VolumeHeader, table: Table) -> Iterator[VolumeFault]:
    try:
        yield from residue(disk, header, table)
    except FatError as error:
        yield VolumeFault(kind="structure", offset=error.offset, message=str(error))


def shown_times(times: Times) -> str:
    """What an entry says of when it was created, written and read."""
    parts = (
        ("created", times.created_day, times.created_time),
        ("written", times.written_day, times.written_time),
    )
    shown = [f"{what} {_day(day)} {time >> 11:02}:{time >> 5 & 63:02}" for what, day, time in parts if day]
    return ", ".join([*shown, *([f"read {_day(times.read_day)}"] if times.read_day else [])])


def _day(day: int) -> str:
    return f"{1980 + (day >> 9)}-{day >> 5 & 15:02}-{day & 31:02}"
