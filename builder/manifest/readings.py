"""Readings: a section for each book, a track for each chapter; warnings of verses and names that no known Bible has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from builder.bible.books import Names, is_northern
from builder.bible.passage import Passage, parse_passages, verses_beyond
from builder.findings import Finding, Phrase, Problem
from builder.manifest.entry import SectionInput, fill
from builder.manifest.models import Manifest
from builder.manifest.pack import LyricsFile, Piece, ReadingPlan, Section, Track
from builder.manifest.values import days_of
from builder.manifest.yaml.compose import Node, Path


def read_sections(inputs: SectionInput, number: int) -> list[Section]:
    """The sections of a reading, counted from `number`: one for each passage of a book."""
    passages = inputs.entry.passages
    parts = [part for passage in passages for part in passage.by_chapter()]
    tracks = _chapters(inputs, parts)
    plan = _plan(inputs, len(parts))
    return [
        Section(
            number=number + at,
            title=(None if plan else inputs.entry.title) or inputs.title_of(passage),
            passage=passage,
            tracks=tuple(islice(tracks, len(passage.by_chapter()))),
            place=inputs.place("reading"),
            groups=inputs.groups,
            prompt=None
            if plan
            else inputs.prompt(
                number + at,
                inputs.entry.title or inputs.title_of(passage),
                inputs.entry.title or inputs.spoken(passage),
                at="title" if inputs.entry.title else "reading",
            ),
            plan=plan,
        )
        for at, passage in enumerate(passages)
    ]


def _plan(inputs: SectionInput, chapters: int) -> ReadingPlan | None:
    """The reading plan that the entry asks for; a day without a chapter is a finding, and then there is no plan."""
    wish, place = inputs.entry.plan, inputs.place("plan")
    if wish is None:
        return None
    if inputs.entry.prompt:
        inputs.findings.append(Problem("W238").at(inputs.place("prompt")))
    days = days_of(wish)
    if isinstance(inputs.entry.reading, list) and not inputs.is_whole and days > chapters:
        return None  # the list may have lost chapters to a finding
    if days > chapters:
        inputs.findings.append(Problem("E233", days=days, chapters=chapters).at(place))
        return None
    return ReadingPlan(days=days, by_date=wish == "one-year", title=inputs.entry.title, place=place)


def _chapters(inputs: SectionInput, parts: Sequence[Passage]) -> Iterator[Track]:
    """A track per chapter, numbered by its true chapter; verses are one track, whatever chapters they cross."""
    entry = inputs.entry
    sources = _sources(inputs, parts)
    lyrics = _lyrics(inputs, parts)
    folders: dict[str, PurePosixPath] = {}
    for index, (part, source) in enumerate(zip(parts, sources, strict=False)):
        clip, clip_place = inputs.announcement(index, len(parts), part)
        place = inputs.place("source", *([index] if isinstance(entry.source, list) else []))
        # A Bible book shares one gain, also where two sections read it from one folder of recordings.
        folder = folders.setdefault(part.book, PurePosixPath(source).parent)
        together = f"{part.book} in {folder}/"
        yield Track(
            number=part.first,
            title=inputs.title_of(part),
            speaker=entry.speaker or inputs.manifest.defaults.speaker,
            passage=part,
            pieces=(
                Piece(
                    source=source, place=place, start_place=place, end_place=place, lyrics=lyrics.get(index)
                ),
            ),
            edit=inputs.edit(entry, announcement=(clip,) if isinstance(clip, str) else ()),
            work=f"{inputs.index + 1}.{part.book} {part.numbers}" if entry.level == "each" else together,
            is_reading=True,
            place=place,
            announcement_place=clip_place,
            says=inputs.spoken(part) if clip is True else None,
        )


def _sources(inputs: SectionInput, parts: Sequence[Passage]) -> list[str]:
    source, place = inputs.entry.source, inputs.place("source")
    if isinstance(source, list):
        if len(source) != len(parts) and inputs.is_whole:
            problem = Problem("E220.recordings", chapters=len(parts), recordings=len(source))
            inputs.findings.append(problem.at(place))
        return source
    filled = [fill(source or "", part, index) for index, part in enumerate(parts, 1)]
    # Books in one pattern must differ by {book} or {number}, chapters by {chapter}.
    if len(set(filled)) < len(set(parts)):
        found = Phrase("manifest_one_file" if len(set(filled)) == 1 else "manifest_few_files")
        is_book = len({part.book for part in parts}) == 1
        problem = Problem("E220.chapter" if is_book else "E220.book", chapters=len(parts), found=found)
        inputs.findings.append(problem.at(place))
    return filled


def _lyrics(inputs: SectionInput, parts: Sequence[Passage]) -> dict[int, LyricsFile]:
    """The files of words by the place of their chapter, from 0. Those of a list must be there, others are extras."""
    written, place = inputs.entry.lyrics, inputs.place("lyrics")
    if isinstance(written, list):
        if len(written) != len(parts) and inputs.is_whole:
            problem = Problem("E220.lyrics", chapters=len(parts), files=len(written))
            inputs.findings.append(problem.at(place))
        return {
            at: LyricsFile(source=source, place=inputs.place("lyrics", at))
            for at, source in enumerate(written)
        }
    filled = [fill(written, part, at) for at, part in enumerate(parts, 1)] if written else []
    if len(set(filled)) < len(filled):
        inputs.findings.append(Problem("E220.lyrics_pattern", chapters=len(parts)).at(place))
    return {at: LyricsFile(source=source, place=place, is_extra=True) for at, source in enumerate(filled)}


def told_of_scripture(
    manifest: Manifest, nodes: Node, names: Names, sections: Sequence[Section]
) -> list[Finding]:
    """Warnings of a manifest whose sections are resolved."""
    return [*_beyond(manifest, nodes), *_unvouched(manifest, nodes, names, sections)]


def _beyond(manifest: Manifest, nodes: Node) -> Iterator[Finding]:
    for path, text in _written(manifest):
        for passage in parse_passages(text):
            if beyond := verses_beyond(passage):
                yield beyond.at(nodes.place_of(path))


def _written(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Every passage of a manifest, with its path."""
    for at, section in enumerate(manifest.sections):
        if isinstance(section.reading, str):
            yield ("sections", at, "reading"), section.reading
        for index, text in enumerate(section.reading if isinstance(section.reading, list) else ()):
            yield ("sections", at, "reading", index), text
        for index, track in enumerate(section.tracks or ()):
            if track.passage:
                yield ("sections", at, "tracks", index, "passage"), track.passage


def _unvouched(
    manifest: Manifest, nodes: Node, names: Names, sections: Sequence[Section]
) -> Iterator[Finding]:
    """Names of the Common Translation on a card for the North, which only the manifest's writer can vouch for."""
    if not is_northern(manifest.language) or manifest.names:
        return
    tracks = (track for section in sections for track in section.tracks)
    shown = {
        track.passage.book
        for track in tracks
        if track.passage and names.of(track.passage.book) in track.title
    }
    if borrowed := shown - manifest.books.keys():
        problem = Problem("W229", borrowed=len(borrowed), shown=len(shown))
        yield problem.at(nodes.place_of(("language",)))
