"""Titles that names of files and folders or tags gave, and that a listener would see: told, to be read by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from builder.findings import Finding, Phrase, Problem
from builder.sources.intake.listing import in_a_row, place_at
from builder.sources.intake.persons import Sign, SignKind, signs_in
from builder.sources.intake.sermons import Sermons

_KINDS: Mapping[SignKind, Phrase] = {
    "a person's name": Phrase("intake_person"),
    "a date": Phrase("intake_date"),
    "a telephone number or another long number": Phrase("intake_telephone"),
    "an address on the net": Phrase("intake_net"),
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A title of a track or a section, with where it was found; `signs` are those that may identify a person."""

    path: str
    title: str
    source: Literal["name", "tag", "folder"]
    signs: tuple[Sign, ...]


def taken_from(sections: Iterable[Sermons]) -> tuple[Taken, ...]:
    """The titles of sections, and of the tracks in them, that are not neutral."""
    found: list[tuple[str, str, Literal["name", "tag", "folder"]]] = []
    for section in sections:
        if section.folder:
            found.append((section.folder, section.title, "folder"))
        found += [
            (path, title, section.taken[path]) for path, title in section.tracks if path in section.taken
        ]
    return tuple(
        Taken(path=path, title=title, source=source, signs=signs_in(title)) for path, title, source in found
    )


def told_of_titles(titles: Sequence[Taken]) -> Iterator[Finding]:
    """Findings about such titles: that there are some, and each that may identify a person."""
    counts = Counter(one.source for one in titles)
    places = (
        (counts["name"], Phrase("intake_from_names", titles=counts["name"])),
        (counts["tag"], Phrase("intake_from_tags", titles=counts["tag"])),
        (counts["folder"], Phrase("intake_from_folders", titles=counts["folder"])),
    )
    if titles:
        shown = [Phrase("intake_quoted", title=one.title) for one in titles]  # all: somebody has to read them
        problem = Problem("W365", places=[place for count, place in places if count], titles=shown)
        yield problem.at(place_at(""))
    for one in titles:
        if one.signs:
            signs = (Phrase("intake_sign", kind=_KINDS[sign.kind], text=sign.text) for sign in one.signs)
            problem = Problem("W366", title=one.title, signs=in_a_row("intake_and", signs))
            yield problem.at(place_at(one.path))
