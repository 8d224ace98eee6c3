"""A card held against the record of its pack: what is missing, changed, there twice or out of order. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.card.leaks.leak import WRITE_AGAIN, Leak
from builder.card.verify.pack import RecordedPack
from builder.card.verify.target import Found
from builder.fat.geometry import SECTOR_BYTES
from builder.sources.lyrics.lines import ENDING

_CHANGED = "is not the file that was made, and nothing tells what the difference is"
_WHICH = "is it the right pack, and the right card? TARGET is the card itself: its folder card/, its image, its mount"
# From how many files on a card of nothing but other files is reported as one leak.
_MANY = 5


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """A file of a card as it was read; `is_leaking` where it was found to hold what no file may."""

    found: Found
    bytes: int
    sha256: str
    is_leaking: bool


@dataclass(frozen=True, kw_only=True)
class CardLeak:
    """A leak at a path of the card ("" is the card as a whole), and the file or folder there, if any."""

    path: str
    leak: Leak
    found: Found | None = None


def is_of(pack: RecordedPack, items: Sequence[Found]) -> bool:
    """Whether any file of the pack is there by its name."""
    return any(found.kind == "file" and pack.kinds.get(found.path) == "file" for found in items)


def of_another(pack: RecordedPack, items: Sequence[Found]) -> Leak:
    """The one leak of a card that has nothing of the pack."""
    first = next((found.path for found in items if found.kind == "file"), "")
    instead = f"; what is there instead begins with {first!r}" if first else ""
    message = f"none of the {len(pack.tracks)} files of the pack {pack.name!r} is here{instead}"
    return Leak(code="E718", message=message, help=_WHICH)


def against_record(
    pack: RecordedPack, items: Sequence[Found], read: Sequence[ReadFile], *, is_ordered: bool
) -> Iterator[CardLeak]:
    """Everything in which a card differs from the record, but for files that the pack has not; `is_ordered` says that
    `items` are in the order of the card's entries.
    """
    yield from _missing(pack, items)
    yield from _changed(pack, read)
    if is_ordered:
        yield from _disorder(pack, items)


def _missing(pack: RecordedPack, items: Sequence[Found]) -> Iterator[CardLeak]:
    there = {found.path for found in items if found.kind == "file"}
    for track in pack.tracks:
        if track.path not in there:
            yield CardLeak(path=track.path, leak=Leak(code="E718", message="is missing; the record lists it"))


def _changed(pack: RecordedPack, read: Sequence[ReadFile]) -> Iterator[CardLeak]:
    tracks = {track.path: track for track in pack.tracks}
    mine = [(one, tracks[one.found.path]) for one in read if one.found.path in tracks]
    changed = [
        CardLeak(
            path=one.found.path,
            leak=Leak(code="E718", message=_difference(one, track.bytes)),
            found=one.found,
        )
        for one, track in mine
        # What was found in a file is why it is another.
        if (one.bytes, one.sha256) != (track.bytes, track.sha256) and not one.is_leaking
    ]
    if len(changed) < _MANY or len(changed) < len(mine):
        yield from changed
    else:
        first = changed[0].path
        message = f"none of the {len(changed)} files that are here is the one that was made; see {first!r}"
        yield CardLeak(path="", leak=Leak(code="E718", message=message, help=_WHICH))


def _difference(one: ReadFile, size: int) -> str:
    return _CHANGED if one.bytes == size else f"has {one.bytes:,} bytes; the record says {size:,}"


def _disorder(pack: RecordedPack, items: Sequence[Found]) -> Iterator[CardLeak]:
    """The first entry of each folder that is out of order."""
    there: dict[str, list[Found]] = defaultdict(list)
    for one in items:
        if one.path in pack.kinds:
            there[one.path.rpartition("/")[0]].append(one)
    for folder, paths in pack.folders.items():
        present = {one.path for one in there[folder]}
        wanted = [path for path in paths if path in present]
        for path, one in zip(wanted, there[folder], strict=False):
            if path != one.path:
                message = (
                    f"stands where {path.rpartition('/')[2]!r} should: the order is not that of the record"
                )
                yield CardLeak(path=one.path, leak=Leak(code="E718", message=message), found=one)
                break


def out_of_name_order(items: Sequence[Found]) -> Iterator[CardLeak]:
    """Without a record: the first entry of each folder that is behind one whose name comes after its own. Names of
    a card are numbered so that both orders are one; words and folders count for themselves.
    """
    last: dict[tuple[str, str, bool], str] = {}
    told: set[tuple[str, str, bool]] = set()
    for one in items:
        kind = (one.path.rpartition("/")[0], one.kind, one.path.endswith(ENDING))
        before = last.get(kind, "")
        if kind not in told and before > one.path:
            told.add(kind)
            message = (
                f"stands behind {before.rpartition('/')[2]!r}: the entries are not in the order of names"
            )
            yield CardLeak(path=one.path, leak=Leak(code="E718", message=message), found=one)
        last[kind] = one.path


def length_leak(volume_end: int, file_bytes: int) -> Iterator[Leak]:
    """A file that is longer than the volume in it, as one is that a card was read into, but not by whole sectors."""
    more = file_bytes - volume_end
    if more % SECTOR_BYTES:
        message = f"is {more:,} bytes longer than the file system in it, and no card ends within a sector"
        yield Leak(code="E715", message=message, help=WRITE_AGAIN)


def size_leak(pack: RecordedPack, volume_end: int, file_bytes: int | None) -> Iterator[Leak]:
    """A volume of another size than on the card of the record; `volume_end` is where its last cluster ends. An image in
    its pack's own folder has `file_bytes`, and ends there too; a copy of a whole card may be larger.
    """
    if pack.image_bytes not in (None, volume_end):
        message = f"the volume ends at byte {volume_end:,}; on the card of the record at {pack.image_bytes:,}"
        yield Leak(code="E718", message=message)
    elif file_bytes not in (None, volume_end):
        message = f"has {file_bytes:,} bytes, and the image that was made has {volume_end:,}"
        yield Leak(code="E718", message=message)
