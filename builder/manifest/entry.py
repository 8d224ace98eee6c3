"""One entry of a manifest's `sections` while it is resolved: its defaults, its spoken titles, its places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.bible.names import Names
from builder.bible.passage import Passage
from builder.bible.titles import passage_title
from builder.findings import Finding, Place
from builder.manifest.models import Manifest, SectionEntry, Sound
from builder.manifest.nodes import Node
from builder.manifest.pack import Edit
from builder.manifest.text import fill_pattern


@dataclass(kw_only=True)
class Entry:
    """`index` is its place in the manifest; `is_whole` says that no item of it was lost to a finding."""

    manifest: Manifest
    nodes: Node
    index: int
    entry: SectionEntry
    names: Names
    is_whole: bool
    findings: list[Finding] = field(default_factory=list)

    @property
    def groups(self) -> tuple[str, ...]:
        group = self.entry.group
        return (group,) if isinstance(group, str) else tuple(group or ())

    def announcement(self, index: int, of: int, part: Passage | None) -> tuple[str | None, Place]:
        """The spoken title that the section, or else the manifest, gives its `index`th track."""
        announce, place = self.entry.announce, self.place("announce")
        if announce is None:
            clip = self.manifest.defaults.announce
            return clip or None, self.nodes.place_of(("defaults", "announce"))
        if announce is False:
            return None, place
        if isinstance(announce, str):
            return fill(announce, part, index + 1), place
        if index == 0 and len(announce) != of and self.is_whole:
            help_text = "list one per track, in order"
            self.mismatch(place, count_of(of, "track"), count_of(len(announce), "spoken title"), help_text)
        if index >= len(announce):
            return None, place
        return announce[index], self.place("announce", index)

    def edit(self, *nearest: Sound, announcement: str | None) -> Edit:
        """Settings of the track, else of the section, else of the manifest."""
        given = (*nearest, self.manifest.defaults)

        def setting(name: str) -> Any:
            return next((value for one in given if (value := getattr(one, name)) is not None), None)

        return Edit(
            head_silence_seconds=setting("head_silence"),
            tail_silence_seconds=setting("tail_silence"),
            announcement=announcement,
            pause_seconds=setting("pause"),
            fade_in_seconds=setting("fade_in") or 0.0,
            fade_out_seconds=setting("fade_out") or 0.0,
            channel=setting("channel") or "auto",
            high_pass_hz=setting("high_pass"),
            denoise=setting("denoise") or "none",
            compress=setting("compress"),
        )

    def mismatch(self, place: Place, wanted: str, found: str, help_text: str) -> None:
        """Two counts that should be the same are not."""
        message = f"{wanted}, but {found}"
        self.findings.append(Finding(code="E220", place=place, message=message, help=help_text))

    def title_of(self, passage: Passage) -> str:
        return passage_title(passage, self.names)

    def place(self, *path: str | int) -> Place:
        return self.nodes.place_of(("sections", self.index, *path))


def fill(pattern: str, part: Passage | None, number: int) -> str:
    """A checked pattern for one track: `number` is its place in the entry."""
    values: dict[str, str | int] = {"number": number}
    if part is not None:
        values |= {"book": part.book, "chapter": part.first}
    return fill_pattern(pattern, values)


def count_of(count: int, word: str) -> str:
    """`1 track`, `3 tracks`."""
    return f"{count} {word}{'' if count == 1 else 's'}"
