"""What differs between two states of a pack, track by track, as a listener would notice it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "added",
    "removed",
    "moved",
    "retitled",
    "re-recorded",
    "re-cut",
    "re-spoken",
    "re-levelled",
    "re-worded",
    "re-encoded",
    "renamed",
]


GAIN = "gain dB"


@dataclass(frozen=True, kw_only=True)
class Portion:
    """A part of a recording: where it begins and ends, in seconds. `sha256` is the recording's, "" where not known."""

    source: str
    start: float | None = None
    end: float | None = None
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A track as a manifest, a plan or a record describes it. What is None is not known there, and is not compared.

    `said` is its spoken title: recordings, and texts of the voice; `words` are the files of words. `shaped` is what is
    done to its sound, by name, its level too; `sound` is the digest of what the player plays, without the tags.
    """

    path: str | None = None
    section: str
    title: str
    speaker: str | None = None
    passage: str | None = None
    part: int = 1
    cuts: tuple[Portion, ...]
    said: tuple[Portion, ...] = ()
    words: tuple[Portion, ...] = ()
    shaped: tuple[tuple[str, Any], ...] = ()
    sound: str | None = None
    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A track that is not as it was; `details` are what was and what is, by name. One that came has no `before`."""

    kinds: tuple[Kind, ...]
    before: Row | None = None
    after: Row | None = None
    details: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def sign(self) -> str:
        """+ it came, - it went, > it only plays at another place, ~ it is changed."""
        return {"added": "+", "removed": "-", "moved": ">"}.get(self.kinds[0], "~")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`heads` is what differs of the pack as a whole, `sections` the folders that are called otherwise, both as name,
    before, after; `changes` are in the order of the later state, removed tracks where they were.
    """

    heads: tuple[tuple[str, Any, Any], ...]
    sections: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.heads or self.sections or self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """How many tracks there are of each kind of change; of those that are only renamed, where a kind says more."""
        kinds = (
            kind
            for change in self.changes
            for kind in change.kinds
            if kind != "renamed" or len(change.kinds) == 1
        )
        return dict(Counter(kinds))


@dataclass(frozen=True, kw_only=True)
class State:
    """A pack as one of its documents describes it: facts of the whole by their names, and its tracks in play order."""

    head: Mapping[str, Any]
    rows: tuple[Row, ...]


def compare(before: State, after: State) -> Comparison:
    """What is not the same in two states."""
    heads = tuple(
        (name, before.head[name], after.head[name])
        for name in before.head
        if name in after.head and before.head[name] != after.head[name]
    )
    pairs = _pairs(before.rows, after.rows)
    renamed = _renamed_sections([(before.rows[one], after.rows[other]) for one, other in pairs])
    stayed = _longest_rising(pairs)
    later = {other: one for one, other in pairs}
    removed = [index for index in range(len(before.rows)) if index not in set(later.values())]
    changes: list[tuple[float, Change]] = [
        (_place_of(index, pairs), Change(kinds=("removed",), before=before.rows[index])) for index in removed
    ]
    for index, row in enumerate(after.rows):
        if index not in later:
            changes.append((index, Change(kinds=("added",), after=row)))
            continue
        was = before.rows[later[index]]
        found = list(_differences(was, row, renamed))
        if index not in stayed and not (found and found[0][0] == "moved"):
            found.insert(0, ("moved", "place", later[index] + 1, index + 1))
        if found:
            kinds = tuple(dict.fromkeys(kind for kind, *_ in found))
            details = tuple((name, one, other) for _, name, one, other in found)
            changes.append((index, Change(kinds=kinds, before=was, after=row, details=details)))
    ordered = tuple(change for _, change in sorted(changes, key=lambda item: item[0]))
    same = len(after.rows) - sum(change.after is not None for change in ordered)
    return Comparison(heads=heads, sections=tuple(renamed.items()), changes=ordered, same=same)


def _place_of(index: int, pairs: Sequence[tuple[int, int]]) -> float:
    """Where a removed track would be in the later state: behind what came before it."""
    return max((other for one, other in pairs if one < index), default=-1) + 0.5


_Place = tuple[str, int]
"""The folder of a track, and how many of the folder come before it."""

# What makes two rows the same track, the surest first. Of name, recording and place two must agree before one alone is
# enough: so two recordings that changed places are other recordings, and two titles other titles.
_KEYS: tuple[Callable[[Row, _Place], Hashable], ...] = (
    lambda row, _: row.passage and (row.passage, row.part, _recordings(row)),
    lambda row, _: (row.title, row.part, _recordings(row), row.section),
    lambda row, place: (row.title, row.passage, row.part, place),
    lambda row, _: (row.title, row.part, _recordings(row)),
    lambda row, place: (row.part, _recordings(row), place),
    lambda row, place: _digests(row) and (row.part, _digests(row), place),
    lambda row, _: row.passage and (row.passage, row.part, row.title),
    lambda row, _: (row.part, _recordings(row)),
    lambda row, _: _digests(row) and (row.part, _digests(row)),
    lambda row, _: row.passage and (row.passage, row.part),
    lambda row, _: (row.section, row.title, row.part),
    lambda row, _: (row.title, row.part),
)


def _places(rows: Iterable[Row]) -> Iterator[_Place]:
    before: Counter[str] = Counter()
    for row in rows:
        yield row.section, before[row.section]
        before[row.section] += 1


def _recordings(row: Row) -> tuple[str, ...]:
    return tuple(cut.source for cut in row.cuts)


def _digests(row: Row) -> tuple[str, ...]:
    return tuple(cut.sha256 for cut in row.cuts) if all(cut.sha256 for cut in row.cuts) else ()


def _pairs(before: Sequence[Row], after: Sequence[Row]) -> list[tuple[int, int]]:
    """Which rows are the same track, by their places, in the later order. What several share is paired in order."""
    left, right = (dict(enumerate(zip(rows, _places(rows), strict=True))) for rows in (before, after))
    found = []
    for key in _KEYS:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for index, (row, place) in left.items():
            if known := key(row, place):
                waiting[known].append(index)
        for index, (row, place) in list(right.items()):
            if (known := key(row, place)) and (those := waiting.get(known)):
                found.append((those.pop(0), index))
                del left[found[-1][0]], right[index]
    return sorted(found, key=lambda pair: pair[1])


def _renamed_sections(pairs: Iterable[tuple[Row, Row]]) -> dict[str, str]:
    """Folders that are called otherwise: nearly all that was in the one is in the other, and nothing else is."""
    forth: dict[str, Counter[str]] = defaultdict(Counter)
    back: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other in pairs:
        forth[one.section][other.section] += 1
        back[other.section][one.section] += 1
    found = {}
    for was, names in forth.items():
        name, _ = names.most_common(1)[0]
        if name != was and back[name].most_common(1)[0][0] == was and name not in forth:
            found[was] = name
    return found


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """The places in the later order of the most tracks that stayed in order; all others were moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for index, (was, _) in enumerate(pairs):
        at = bisect_left(tails, was)
        tails[at : at + 1] = [was]
        ends[at : at + 1] = [index]
        before[index] = ends[at - 1] if at else None
    stayed = set()
    at_end: int | None = ends[-1] if ends else None
    while at_end is not None:
        stayed.add(pairs[at_end][1])
        at_end = before[at_end]
    return stayed


_Difference = tuple[Kind, str, Any, Any]


def _differences(was: Row, row: Row, renamed: Mapping[str, str]) -> Iterator[_Difference]:
    """Each thing that differs: its kind, its name, what was, what is."""
    if renamed.get(was.section, was.section) != row.section:
        yield "moved", "folder", was.section, row.section
    yield from _unlike("retitled", was, row, ("title", "speaker", "passage"))
    sound = list(_of_cuts(was, row))
    sound += _of_treatment(was, row, is_other=bool(sound))
    yield from sound
    if not _are_alike(was.words, row.words):
        yield "re-worded", "words", *_shown(was.words, row.words)
    if not sound and was.sound and row.sound:
        yield from _unlike("re-encoded", was, row, ("sound",))
    if was.path and row.path:
        yield from _unlike("renamed", was, row, ("path",))


def _unlike(kind: Kind, was: Row, row: Row, names: Iterable[str]) -> Iterator[_Difference]:
    for name in names:
        if (one := getattr(was, name)) != (other := getattr(row, name)):
            yield kind, name, one, other


def _of_cuts(was: Row, row: Row) -> Iterator[_Difference]:
    if not _are_alike(was.cuts, row.cuts):
        yield "re-recorded", "recording", *_shown(was.cuts, row.cuts)
    if (one := _times(was)) != (other := _times(row)):
        yield "re-cut", "parts", one, other
    if not _are_alike(was.said, row.said):
        yield "re-spoken", "spoken title", *_shown(was.said, row.said)


def _times(row: Row) -> list[list[float | None]]:
    return [[cut.start, cut.end] for cut in row.cuts]


def _are_alike(one: Sequence[Portion], other: Sequence[Portion]) -> bool:
    """Whether it is the same sound: by the digests where both know them, else by the names."""
    return len(one) == len(other) and all(
        a.sha256 == b.sha256 if a.sha256 and b.sha256 else a.source == b.source
        for a, b in zip(one, other, strict=True)
    )


def _shown(one: Sequence[Portion], other: Sequence[Portion]) -> tuple[list[str], list[str]]:
    """Names of recordings, with the beginnings of their digests where the names are the same."""
    names = [cut.source for cut in one], [cut.source for cut in other]
    if names[0] != names[1]:
        return names
    return [f"{c.source} {c.sha256[:8]}" for c in one], [f"{c.source} {c.sha256[:8]}" for c in other]


def _of_treatment(was: Row, row: Row, *, is_other: bool) -> Iterator[_Difference]:
    """That another recording has another gain goes without saying."""
    one, other = dict(was.shaped), dict(row.shaped)
    for name in sorted(one.keys() & other.keys()):  # a plan knows no gain yet
        if one[name] != other[name] and not (is_other and name == GAIN):
            yield "re-levelled", name, one[name], other[name]
