"""The place of a folder on a card: the groups above it, and the numbers for patterns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.bible.books import books
from builder.manifest.pack import Pack, Section
from builder.profiles.naming import Number
from builder.profiles.profile import Profile

# Sections that are no Bible book count on from the last of the sixty-six, or from a later book of the pack.
_LAST_BOOK = 66
_NO_TESTAMENT = "EXTRA"
_TESTAMENTS = ("OT", "DC", "NT")


@dataclass(frozen=True, kw_only=True)
class Group:
    """A folder above the folders: the `number`th of so many beside it."""

    title: str
    number: int
    siblings: int
    is_root: bool


def groups_above(pack: Pack, profile: Profile, levels: int) -> dict[int, tuple[Group, ...]]:
    """The groups above each section, by its number, from the outside: as many as there are levels for."""
    root = profile.names.root_folder

    def titles(section: Section) -> list[str]:
        groups = list(section.groups) if profile.limits.groups == "manifest" else []
        if profile.limits.groups == "testament":
            # Where testaments change is a word too: what a discreet pack reads is in one group, whatever it is.
            groups = [_NO_TESTAMENT if pack.discreet else _testament(section, pack)]
        return [*([root] if root else []), *groups][: max(0, levels - 2)]

    found: dict[int, tuple[Group, ...]] = {section.number: () for section in pack.sections}
    # All are equally deep; a manifest that wants it otherwise has a finding, and is planned all the same.
    deepest = min(len(titles(section)) for section in pack.sections)

    def number(sections: Sequence[Section], depth: int) -> None:
        """Neighbours of one title are in one group; each group is divided further in its turn."""
        if depth == deepest:
            return
        runs = [list(run) for _, run in groupby(sections, key=lambda section: titles(section)[depth])]
        for at, run in enumerate(runs, 1):
            group = Group(
                title=titles(run[0])[depth], number=at, siblings=len(runs), is_root=bool(root) and depth == 0
            )
            for section in run:
                found[section.number] += (group,)
            number(run, depth + 1)

    number(pack.sections, 0)
    return found


def _testament(section: Section, pack: Pack) -> str:
    """The testament of a book; of a reading plan, all that it reads from."""
    tracks = [
        track for one in pack.sections if one.days and one.place == section.place for track in one.tracks
    ]
    passages = [section.passage, *(passage for track in tracks for passage in track.passages)]
    found = {books()[passage.book].testament for passage in passages if passage}
    return "-".join(sorted(found, key=_TESTAMENTS.index)) or _NO_TESTAMENT


def section_numbers(pack: Pack, above: dict[int, tuple[Group, ...]]) -> dict[int, Number]:
    """The sections of each group counted from 1, with two digits at least."""
    found = {}
    for _, run in groupby(pack.sections, key=lambda section: above[section.number]):
        sections = list(run)
        for at, section in enumerate(sections, 1):
            found[section.number] = Number(value=at, width=max(2, len(str(len(sections)))))
    return found


def _places(pack: Pack) -> dict[int, Number]:
    """The sections counted over the whole card."""
    width = max(2, len(str(len(pack.sections))))
    return {section.number: Number(value=at, width=width) for at, section in enumerate(pack.sections, 1)}


def canon_numbers(pack: Pack) -> dict[int, Number]:
    """The place of each book in the Bible; other sections are counted behind the last book, all in equal width.

    Days have no place in the Bible: a card that has some is numbered as it is read, and so is a discreet one.
    """
    if pack.discreet or any(section.days for section in pack.sections):
        return _places(pack)
    found = {one.number: books()[one.passage.book].number for one in pack.sections if one.passage}
    others = [section.number for section in pack.sections if not section.passage]
    after = max([_LAST_BOOK, *found.values()])
    found |= {number: after + at for at, number in enumerate(others, 1)}
    width = max(2, len(str(max(found.values()))))
    return {number: Number(value=value, width=width) for number, value in found.items()}
