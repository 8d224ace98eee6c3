"""What a FAT volume tells besides its files: who formatted it and when, its number and name, times, and remains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.audit.leak import Leak, excerpt
from builder.fat.boot import MAKER, NO_LABEL
from builder.fat.folder import Times
from builder.fat.place import DAY
from builder.fat.read import Entry, Volume
from builder.fat.write import serial_of

_ANEW = "write the image anew, and open the card on no computer"
_OVERWRITE = "write the image anew onto a new card; no overwriting makes sure of what a card once held"
_CONSTANT = Times(0, 0, DAY, DAY, 0, DAY)


def judge_volume(volume: Volume, entries: Sequence[Entry]) -> Iterator[Leak]:
    """Every leak of an open volume with these entries that is not in its files; FatError, OSError from the reader."""
    found = [*_header(volume, entries), *_times(entries), *_remains(volume)]
    yield from found
    paths = [(entry.path, entry.size) for entry in entries if not entry.is_folder]
    unlike = volume.first_unlike(paths)
    if unlike is not None and not found:
        message = "the file system differs from here on from what this program writes for these files"
        yield Leak(code="E715", message=message, offset=unlike, help=_ANEW)


def _header(volume: Volume, entries: Sequence[Entry]) -> Iterator[Leak]:
    header = volume.header
    if header.maker != MAKER:
        name = excerpt(header.maker) or f" {header.maker.hex(' ').upper()}"
        message = f"the boot sector names who formatted the card:{name}"
        yield Leak(code="E712", message=message, offset=header.start + 3, help=_ANEW)
    if header.serial != serial_of([(entry.path, entry.size) for entry in entries if not entry.is_folder]):
        number = int.from_bytes(header.serial, "little")
        message = f"the volume's number {number >> 16:04X}-{number & 0xFFFF:04X} is not that of these files"
        help_text = f"most programs make it from the time of formatting; {_ANEW}"
        yield Leak(code="E712", message=message, offset=header.start, help=help_text)
    if header.label != NO_LABEL:
        message = f"the volume has a label:{excerpt(header.label)}"
        yield Leak(code="E712", message=message, offset=header.start, help=_ANEW)
    for label in volume.labels():
        message = f"the volume has a label, {label.name!r}, with the time {_shown(label.times)}"
        yield Leak(code="E712", message=message, offset=label.offset, help=_ANEW)


def _times(entries: Sequence[Entry]) -> Iterator[Leak]:
    told = [entry for entry in entries if entry.times != _CONSTANT]
    if told:
        many = f"{len(told)} entries tell" if len(told) > 1 else "an entry tells"
        message = f"{many} a time; the first is {told[0].path!r}, {_shown(told[0].times)}"
        yield Leak(code="E711", message=message, offset=told[0].offset, help=_ANEW)


def _shown(times: Times) -> str:
    parts = (
        ("created", times.created_day, times.created_time),
        ("written", times.written_day, times.written_time),
    )
    shown = [f"{what} {_day(day)} {time >> 11:02}:{time >> 5 & 63:02}" for what, day, time in parts if day]
    return ", ".join([*shown, *([f"read {_day(times.read_day)}"] if times.read_day else [])])


def _day(day: int) -> str:
    return f"{1980 + (day >> 9)}-{day >> 5 & 15:02}-{day & 31:02}"


def _remains(volume: Volume) -> Iterator[Leak]:
    for entry in volume.deleted():
        message = f"the entry of a deleted {'folder' if entry.is_folder else 'file'}, {entry.path!r}"
        yield Leak(code="E713", message=message, offset=entry.offset, help=_OVERWRITE)
    for fault in [*volume.faults(), *volume.residue()]:
        if fault.kind == "residue":
            shown = excerpt(volume.bytes_at(fault.offset, 64))
            message = f"{fault.message}{shown}"
            yield Leak(code="E714", message=message, offset=fault.offset, help=_OVERWRITE)
        elif fault.kind == "code":
            message = f"{fault.message}: it was formatted by another program"
            yield Leak(code="E712", message=message, offset=fault.offset, help=_ANEW)
        else:
            yield Leak(code="E715", message=fault.message, offset=fault.offset, help=_ANEW)
