"""Whether the bytes of a file are the record's; if not, the first that differs from the pack's own copy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.card.verify.pack import RecordedPack, RecordedTrack
from builder.card.verify.target import Found, blocks
from builder.fat.read import FatError


@dataclass(frozen=True, kw_only=True)
class Content:
    """`bytes` that were read. If they are not as they should be, `fault` says how, `at` is the first byte of the file
    that differs and `offset` where that is in the image (in a folder: in the file); both None if that is not known.
    """

    bytes: int = 0
    fault: str = ""
    at: int | None = None
    offset: int | None = None


def look_at(found: Found, track: RecordedTrack, pack: RecordedPack) -> Content:
    """The record decides what is right. A file that cannot be read is reported like one that is changed."""
    try:
        size, sha256 = _digest(found.read())
        if (size, sha256) == (track.bytes, track.sha256):
            return Content(bytes=size)
        return _changed(found, track, pack, size)
    except (FatError, OSError) as error:
        return Content(fault=f"cannot be read: {_reason(error)}", offset=found.offset)


def _changed(found: Found, track: RecordedTrack, pack: RecordedPack, size: int) -> Content:
    sizes = "" if size == track.bytes else f" and has {size} bytes instead of {track.bytes}"
    if why := _own_fault(pack.card / track.path, track):
        fault = f"is changed{sizes}; at which byte is not known, for the pack's own copy {why}"
        return Content(bytes=size, fault=fault, offset=found.offset)
    at = first_difference(found.read(), blocks(pack.card / track.path))
    if at is None:
        fault = "was not the same when it was read again: the card or its reader fails"
        return Content(bytes=size, fault=fault, offset=found.offset)
    if at == min(size, track.bytes):
        sizes = f"{sizes}, the same up to the end of the shorter"
    return Content(bytes=size, fault=f"is changed{sizes}", at=at, offset=found.locate(at))


def _own_fault(own: Path, track: RecordedTrack) -> str:
    """What is wrong with the pack's own copy, as the end of a sentence, or ""."""
    try:
        is_right = _digest(blocks(own)) == (track.bytes, track.sha256)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({_reason(error)})"
    return "" if is_right else "is changed too"


def _digest(blocks: Iterator[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def first_difference(one: Iterator[bytes], two: Iterator[bytes]) -> int | None:
    """The first byte at which two streams differ, the end of the shorter included; None if they are the same.

    Blocks may be of any sizes, but not empty.
    """
    at, left, right = 0, b"", b""
    while True:
        left, right = left or next(one, b""), right or next(two, b"")
        count = min(len(left), len(right))
        if left[:count] != right[:count]:
            return at + next(place for place in range(count) if left[place] != right[place])
        if not count:
            return at if left or right else None
        at, left, right = at + count, left[count:], right[count:]


def _reason(error: OSError | FatError) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
