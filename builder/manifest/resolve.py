"""From the models to the pack: defaults applied, patterns filled, a track for every chapter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from builder.bible.passage import Passage, parse_passage, passage_title
from builder.findings import Finding, Place
from builder.manifest.models import Manifest, PieceEntry, SectionEntry, Sound, TrackEntry
from builder.manifest.nodes import Node
from builder.manifest.pack import CardWish, Edit, Pack, Piece, Section, Track
from builder.manifest.text import fill_pattern

# A whole Bible has 66 and 1,189; no device that is known reads more than 999 folders.
MAX_SECTIONS = 1_000
MAX_TRACKS = 5_000


def resolve(
    manifest: Manifest, nodes: Node, path: Path, *, faulty_lines: Collection[int] = ()
) -> tuple[Pack | None, list[Finding]]:
    """The pack of a valid manifest, and what only shows when its parts are put together. None where it is too large.

    `nodes` are those the manifest was validated from. A section that holds one of `faulty_lines` may have lost
    items to a finding, so nothing is said of how many it has.
    """
    findings: list[Finding] = []
    starts = [nodes.place_of(("sections", index)).line for index in range(len(manifest.sections))]
    sections: list[Section] = []
    whole = []
    tracks = 0
    for index, entry in enumerate(manifest.sections):
        end = starts[index + 1] if index + 1 < len(starts) else None
        is_whole = not any(starts[index] <= line and (end is None or line < end) for line in faulty_lines)
        desk = _Section(manifest=manifest, nodes=nodes, index=index, entry=entry, is_whole=is_whole)
        section = desk.resolve()
        tracks += len(section.tracks)
        if len(sections) == MAX_SECTIONS or tracks > MAX_TRACKS:
            return None, [*findings, _too_many(section.place)]
        sections.append(section)
        findings += desk.findings
        whole += [index] if is_whole else []
    findings += _uneven(manifest, nodes, whole)
    profiles: dict[str, Place] = {}
    for index, name in enumerate(manifest.profiles):
        profiles.setdefault(name, nodes.place_of(("profiles", index)))
    pack = Pack(
        id=manifest.pack,
        title=manifest.title,
        language=manifest.language,
        edition=manifest.edition,
        quality=manifest.quality,
        profiles=tuple(profiles),
        profile_places=tuple(profiles.values()),
        sources=path.parent / manifest.sources,
        sources_place=nodes.place_of(("sources",)),
        books=manifest.books,
        romanize=manifest.romanize,
        discreet=manifest.discreet,
        discreet_place=nodes.place_of(("discreet",)),
        cover=manifest.cover,
        cover_place=nodes.place_of(("cover",)),
        card=CardWish(
            label_bytes=manifest.card,
            fit=manifest.fit,
            split=manifest.split,
            levels=manifest.levels,
            place=nodes.place_of(("card",)),
            levels_place=nodes.place_of(("levels",)),
        ),
        sections=tuple(sections),
    )
    return pack, findings


def _too_many(place: Place) -> Finding:
    return Finding(
        code="E111",
        place=place,
        message=f"from here on there are more than {MAX_SECTIONS:,} sections or {MAX_TRACKS:,} tracks",
        help="make several packs of it; a whole Bible has 66 sections and 1,189 tracks",
    )


def _uneven(manifest: Manifest, nodes: Node, whole: Collection[int]) -> list[Finding]:
    """Sections that stand in more or fewer groups than the first: a folder holds folders or files, never both."""
    groups = {index: manifest.sections[index].group for index in whole}
    depths = {
        index: 0 if group is None else 1 if isinstance(group, str) else len(group)
        for index, group in groups.items()
    }
    first = next(iter(depths.values()), 0)
    return [
        Finding(
            code="E217",
            place=nodes.place_of(("sections", index, "group")),
            message=f"this section stands in {_count(depth, 'group')}, the first one in {first}",
            help="give every section a `group`, or none",
        )
        for index, depth in depths.items()
        if depth != first
    ]


@dataclass(kw_only=True)
class _Section:
    """One section while it is resolved."""

    manifest: Manifest
    nodes: Node
    index: int
    entry: SectionEntry
    is_whole: bool
    findings: list[Finding] = field(default_factory=list)

    def resolve(self) -> Section:
        entry = self.entry
        passage = parse_passage(entry.reading) if entry.reading else None
        tracks = self._chapters(passage) if passage else self._listed(entry.tracks or [])
        return Section(
            number=self.index + 1,
            title=entry.title or (self._title_of(passage) if passage else ""),
            passage=passage,
            tracks=tuple(tracks),
            place=self._place("reading" if passage else "title"),
            groups=(entry.group,) if isinstance(entry.group, str) else tuple(entry.group or ()),
        )

    def _chapters(self, passage: Passage) -> list[Track]:
        """A track per chapter, numbered by its true chapter; verses are one track, whatever chapters they cross."""
        entry = self.entry
        parts = [passage]
        if passage.first_verse is None:
            parts = [Passage(book=passage.book, first=n, last=n) for n in passage.chapters]
        sources = self._sources(parts)
        together = entry.level != "each"
        # A Bible book shares one gain, also where two sections read it from one folder of recordings.
        folder = PurePosixPath(sources[0]).parent if sources else PurePosixPath()
        work = f"{passage.book} in {folder}/"
        tracks = []
        for index, (part, source) in enumerate(zip(parts, sources, strict=False)):
            clip, clip_place = self._announcement(index, len(parts), part)
            place = self._place("source", *([index] if isinstance(entry.source, list) else []))
            tracks.append(
                Track(
                    number=part.first,
                    title=self._title_of(part),
                    speaker=entry.speaker or self.manifest.defaults.speaker,
                    passage=part,
                    pieces=(Piece(source=source, place=place, start_place=place, end_place=place),),
                    edit=self._edit(entry, announcement=clip),
                    work=work if together else f"{self.index + 1}.{passage.book} {part.numbers}",
                    place=place,
                    announcement_place=clip_place,
                )
            )
        return tracks

    def _sources(self, parts: Sequence[Passage]) -> list[str]:
        source, place = self.entry.source, self._place("source")
        if isinstance(source, list):
            if len(source) != len(parts) and self.is_whole:
                help_text = "list one file per chapter, in order; read fewer chapters if some are missing"
                self._mismatch(
                    place, _count(len(parts), "chapter"), _count(len(source), "recording"), help_text
                )
            return source
        filled = [_fill(source or "", part, index) for index, part in enumerate(parts, 1)]
        if len(parts) > 1 and len(set(filled)) == 1:
            help_text = "write a pattern with {chapter:03}, or a list of files"
            self._mismatch(place, _count(len(parts), "chapter"), "one file for all of them", help_text)
        return filled

    def _listed(self, entries: Sequence[TrackEntry]) -> list[Track]:
        """The tracks a section lists, numbered from 1."""
        section, defaults = self.entry, self.manifest.defaults
        tracks = []
        first_with: dict[str, Place] = {}
        for index, entry in enumerate(entries):
            passage = parse_passage(entry.passage) if entry.passage else None
            title = entry.title or (self._title_of(passage) if passage else "")
            place = self._place("tracks", index, "title" if entry.title else "passage")
            self._check_unique(title, first_with.setdefault(title.casefold(), place), place)
            clip, clip_place = self._announcement(index, len(entries), None)
            if entry.announce is not None:
                clip = entry.announce if isinstance(entry.announce, str) else None
                clip_place = self._place("tracks", index, "announce")
            split = next((one.split for one in (entry, section, defaults) if one.split is not None), None)
            tracks.append(
                Track(
                    number=index + 1,
                    title=title,
                    speaker=entry.speaker or section.speaker or defaults.speaker,
                    passage=passage,
                    pieces=self._pieces(entry, index),
                    edit=self._edit(entry, section, announcement=clip),
                    work=f"{self.index + 1}"
                    if section.level == "together"
                    else f"{self.index + 1}.{index + 1}",
                    split_seconds=None if isinstance(entry.source, list) else split or None,
                    place=self._place("tracks", index, "source"),
                    announcement_place=clip_place,
                )
            )
        return tracks

    def _pieces(self, entry: TrackEntry, index: int) -> tuple[Piece, ...]:
        """The recording of a listed track, or those that are joined."""
        if isinstance(entry.source, str):
            return (self._piece(entry, entry.source, "tracks", index),)
        return tuple(
            self._piece(None, item, "tracks", index, "source", at)
            if isinstance(item, str)
            else self._piece(item, item.source, "tracks", index, "source", at)
            for at, item in enumerate(entry.source)
        )

    def _piece(self, cut: TrackEntry | PieceEntry | None, source: str, *path: str | int) -> Piece:
        return Piece(
            source=source,
            start_seconds=cut.start if cut else None,
            end_seconds=cut.end if cut else None,
            place=self._place(*path, "source") if cut else self._place(*path),
            start_place=self._place(*path, "start"),
            end_place=self._place(*path, "end"),
        )

    def _announcement(self, index: int, of: int, part: Passage | None) -> tuple[str | None, Place]:
        """The spoken title that the section, or else the manifest, gives its `index`th track."""
        announce, place = self.entry.announce, self._place("announce")
        if announce is None:
            clip = self.manifest.defaults.announce
            return clip or None, self.nodes.place_of(("defaults", "announce"))
        if announce is False:
            return None, place
        if isinstance(announce, str):
            return _fill(announce, part, index + 1), place
        if index == 0 and len(announce) != of and self.is_whole:
            help_text = "list one per track, in order"
            self._mismatch(place, _count(of, "track"), _count(len(announce), "spoken title"), help_text)
        if index >= len(announce):
            return None, place
        return announce[index], self._place("announce", index)

    def _edit(self, *nearest: Sound, announcement: str | None) -> Edit:
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

    def _check_unique(self, title: str, first: Place, place: Place) -> None:
        if first is not place:
            self.findings.append(
                Finding(
                    code="E221",
                    place=place,
                    track=title,
                    message=f'two tracks of this section are called "{title}" (the first on line {first.line})',
                    help="a listener could not tell them apart; give each a title of its own",
                )
            )

    def _mismatch(self, place: Place, wanted: str, found: str, help_text: str) -> None:
        message = f"{wanted}, but {found}"
        self.findings.append(Finding(code="E220", place=place, message=message, help=help_text))

    def _title_of(self, passage: Passage) -> str:
        return passage_title(passage, self.manifest.language, self.manifest.books)

    def _place(self, *path: str | int) -> Place:
        return self.nodes.place_of(("sections", self.index, *path))


def _fill(pattern: str, part: Passage | None, number: int) -> str:
    values: dict[str, str | int] = {"number": number}
    if part is not None:
        values |= {"book": part.book, "chapter": part.first}
    return fill_pattern(pattern, values)


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
