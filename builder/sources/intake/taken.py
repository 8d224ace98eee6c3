"""Titles that names of files and folders or tags gave, and that a listener would see: told, to be read by a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from builder.findings import Finding
from builder.sources.intake.listing import finding_at
from builder.sources.intake.persons import Sign, signs_in
from builder.sources.intake.sermons import Sermons

_READ = "read them: a person's name or number on a card may endanger someone"


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
    counts = {source: [one for one in titles if one.source == source] for source in ("name", "tag", "folder")}
    parts = [
        f"{len(ones):,} from the {what}{'' if len(ones) == 1 else 's'} of {whose}"
        for (what, whose), ones in zip(
            (("name", "recordings"), ("tag", "recordings"), ("name", "folders")), counts.values(), strict=True
        )
        if ones
    ]
    if titles:
        shown = ", ".join(f'"{one.title}"' for one in titles)  # all of them: somebody has to read them
        yield finding_at("W365", "", f"titles were taken, {', '.join(parts)}: {shown}", _READ)
    for one in titles:
        if one.signs:
            seen = " and ".join(f'{sign.kind} ("{sign.text}")' for sign in one.signs)
            help_text = "if it tells of someone, write another title in the manifest"
            yield finding_at("W366", one.path, f'its title, "{one.title}", may hold {seen}', help_text)
