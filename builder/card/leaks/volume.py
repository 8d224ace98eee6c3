"""Leaks in a FAT volume outside its files: who formatted it and when, its number and name, times, and remains."""

from __future__ import annotations

from collections.abc import Iterator

from builder.card.leaks.leak import WRITE_AGAIN, Leak, excerpt
from builder.card.verify.space import space
from builder.fat.disk import FaultKind
from builder.fat.read import Volume
from builder.text import Progress, silent

_OVERWRITE = "write the image onto a new card; no overwriting makes sure of what a card once held"
_CODES: dict[FaultKind, str] = {
    "structure": "E715",
    "residue": "E714",
    "code": "E712",
    "maker": "E712",
    "time": "E711",
    "deleted": "E713",
    "alias": "E715",
    "foreign": "E715",
    "unlike": "E715",
}


def judge_volume(volume: Volume, report: Progress = silent) -> Iterator[Leak]:
    """Every leak of an open volume that is not in its files; FatError, OSError from the reader."""
    for fault in volume.account(space(report)):
        message = fault.message
        if fault.kind == "residue":
            message += excerpt(volume.bytes_at(fault.offset, 64))
        elif fault.kind == "code":
            message += ": it was formatted by another program"
        help_text = _OVERWRITE if fault.kind in ("residue", "deleted") else WRITE_AGAIN
        yield Leak(code=_CODES[fault.kind], message=message, offset=fault.offset, help=help_text)
