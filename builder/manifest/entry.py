"""One entry of a manifest's `sections` while it is resolved: its defaults, its spoken titles, its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from builder.bible.books import Names
from builder.bible.passage import Passage
from builder.bible.titles import passage_title, spoken_passage
from builder.findings import Finding, Place, Problem
from builder.manifest.models import Manifest, SectionEntry
from builder.manifest.pack import Piece, SoundSettings, Track
from builder.manifest.text import fill_pattern
from builder.manifest.track_entries import Defaults, SoundKeys, TrackEntry
from builder.manifest.yaml.compose import Node


@dataclass(kw_only=True)
class SectionInput:
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

    def announcement(
        self, index: int, of: int, part: Passage | None, own: TrackEntry | None = None
    ) -> tuple[str | bool, Place]:
        """What the track, else the section, else the manifest says of the spoken title of the `index`th track: a
        recording, or whether it is to be spoken.

        `announced: true` suppresses the announcement, unless a closer level names a recording.
        """
        listed, place = self.entry.announce, self.place("announce")
        if index == 0 and isinstance(listed, list) and len(listed) != of and self.is_whole:
            self.findings.append(Problem("E220.spoken", tracks=of, titles=len(listed)).at(place))
        steps: list[tuple[TrackEntry | SectionEntry | Defaults, Place]] = [
            (self.entry, place),
            (self.manifest.defaults, self.nodes.place_of(("defaults", "announce"))),
        ]
        if own is not None:
            steps.insert(0, (own, self.place("tracks", index, "announce")))
        at = next(at for at, (step, _) in enumerate(steps) if step.announce is not None)
        announce, place = steps[at][0].announce, steps[at][1]
        heeded = steps if announce is True else steps[: at + 1]
        if next((step.announced for step, _ in heeded if step.announced is not None), False):
            return False, place
        if isinstance(announce, list):
            return (
                (announce[index], self.place("announce", index)) if index < len(announce) else (False, place)
            )
        if steps[at][0] is self.entry and isinstance(announce, str):
            return fill(announce, part, index + 1), place
        return announce or False, place

    def prompt(self, number: int, title: str, says: str, *, at: str) -> Track | None:
        """The spoken name of the `number`th section, if it has one; its title is at the key `at`."""
        prompt, place = self.entry.prompt, self.place("prompt")
        if not prompt:
            return None
        return Track(
            number=0,
            title=title,
            speaker=None,
            passage=None,
            pieces=pieces_of([prompt], place) if isinstance(prompt, str) else (),
            edit=SoundSettings(),
            work=f"{number}.0",
            place=self.place(at),
            announcement_place=place,
            says=None if isinstance(prompt, str) else says,
        )

    def spoken(self, passage: Passage) -> str:
        return spoken_passage(passage, self.names, self.manifest.language)

    def edit(self, *nearest: SoundKeys, announcement: tuple[str, ...]) -> SoundSettings:
        """Settings of the track, else of the section, else of the manifest."""
        given = (*nearest, self.manifest.defaults)

        def setting(name: str) -> Any:
            return next((value for one in given if (value := getattr(one, name)) is not None), None)

        return SoundSettings(
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

    def title_of(self, passage: Passage) -> str:
        return passage_title(passage, self.names)

    def place(self, *path: str | int) -> Place:
        return self.nodes.place_of(("sections", self.index, *path))


def pieces_of(sources: Iterable[str], place: Place) -> tuple[Piece, ...]:
    """Whole recordings, named at one place."""
    return tuple(Piece(source=one, place=place, start_place=place, end_place=place) for one in sources)


def fill(pattern: str, part: Passage | None, number: int) -> str:
    """A checked pattern for one track: `number` is its place in the entry."""
    values: dict[str, str | int] = {"number": number}
    if part is not None:
        values |= {"book": part.book, "chapter": part.first}
    return fill_pattern(pattern, values)
