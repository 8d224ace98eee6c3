"""One sound under two names: recordings that are the same but for their tags.

Only recordings whose sound has the same number of bytes are opened, and read to their end only where their middles are
the same: a Bible without such a pair costs nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress

from builder.files.opening import open_file
from builder.findings import Finding, Place
from builder.manifest.pack import Pack, Track
from builder.sources.find import Source
from builder.sources.probe import SourceFacts

_MIDDLE_BYTES = 1 << 14
_SHOWN = 3
_BLOCK_BYTES = 1 << 20


def duplicate_faults(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """A finding for each entry with recordings whose sound came before. `sources` are those that are there."""
    first: dict[str, Track] = {}
    for track in pack.tracks:
        for piece in track.pieces:
            first.setdefault(piece.source, track)
    there = [name for name in first if name in sources]
    by_place: dict[Place, list[tuple[str, str]]] = defaultdict(list)
    for as_long in _groups(there, lambda name: _length(sources[name].facts)):
        for alike in _groups(as_long, lambda name: _digest(sources[name], _MIDDLE_BYTES)):
            for same in _groups(alike, lambda name: _digest(sources[name])):
                for name in same[1:]:
                    by_place[first[name].place].append((name, same[0]))
    for place, pairs in by_place.items():
        name, other = pairs[0]
        more = [f"{two} as {one}" for two, one in pairs[1:_SHOWN]]
        more += [f"{len(pairs) - _SHOWN} more"] if len(pairs) > _SHOWN else []
        yield Finding(
            code="W316",
            place=place,
            track=first[name].title,
            message=f'{name} has the same sound as {other}, which is "{first[other].title}" '
            f"(line {first[other].place.line}){''.join(f'; {one}' for one in more)}",
            help="listen to both: one of them is most likely the wrong recording under a right name",
        )


def _groups(names: Iterable[str], key: Callable[[str], Hashable]) -> Iterator[list[str]]:
    """The names that share a key with another one; those without a key share none."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for name in names:
        found[key(name)].append(name)
    return (group for value, group in found.items() if len(group) > 1 and value is not None)


def _bounds(facts: SourceFacts) -> tuple[int, int]:
    """Where the sound begins and ends: of an MP3 without its tags, of others the whole file."""
    return (facts.tag_bytes if facts.kind == "mp3" else 0), facts.bytes - facts.end_bytes


def _length(facts: SourceFacts) -> tuple[str, int] | None:
    start, end = _bounds(facts)
    return (facts.kind, end - start) if end > start else None


def _digest(source: Source, middle_bytes: int | None = None) -> bytes | None:
    """The sound of a recording, or so much of its middle; None where it can no longer be read."""
    start, end = _bounds(source.facts)
    if middle_bytes is not None:
        start = max(start, (start + end - middle_bytes) // 2)
        end = min(end, start + middle_bytes)
    digest = hashlib.sha256()
    with suppress(OSError), open_file(source.path) as stream:
        stream.seek(start)
        while start < end and (block := stream.read(min(_BLOCK_BYTES, end - start))):
            digest.update(block)
            start += len(block)
        return digest.digest()
    return None
