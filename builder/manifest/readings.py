"""Readings: a section for each book of what is read, a track for each chapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import PurePosixPath

from builder.bible.passage import Passage, parse_passages
from builder.manifest.entry import Entry, count_of, fill
from builder.manifest.pack import Piece, Section, Track


def read_sections(desk: Entry, number: int) -> list[Section]:
    """The sections of a reading, counted from `number`: one for each of its books."""
    passages = parse_passages(desk.entry.reading or "")
    parts = [part for passage in passages for part in passage.by_chapter()]
    tracks = list(_chapters(desk, parts))
    by_book = {book: tuple(run) for book, run in groupby(tracks, key=_book)}
    return [
        Section(
            number=number + at,
            title=desk.entry.title or desk.title_of(passage),
            passage=passage,
            tracks=by_book.get(passage.book, ()),
            place=desk.place("reading"),
            groups=desk.groups,
            prompt=desk.prompt(
                number + at,
                desk.entry.title or desk.title_of(passage),
                desk.entry.title or desk.spoken(passage),
                at="title" if desk.entry.title else "reading",
            ),
        )
        for at, passage in enumerate(passages)
    ]


def _book(track: Track) -> str:
    return track.passage.book if track.passage else ""


def _chapters(desk: Entry, parts: Sequence[Passage]) -> Iterator[Track]:
    """A track per chapter, numbered by its true chapter; verses are one track, whatever chapters they cross."""
    entry = desk.entry
    sources = _sources(desk, parts)
    folders: dict[str, PurePosixPath] = {}
    for index, (part, source) in enumerate(zip(parts, sources, strict=False)):
        clip, clip_place = desk.announcement(index, len(parts), part)
        place = desk.place("source", *([index] if isinstance(entry.source, list) else []))
        # A Bible book shares one gain, also where two sections read it from one folder of recordings.
        folder = folders.setdefault(part.book, PurePosixPath(source).parent)
        together = f"{part.book} in {folder}/"
        yield Track(
            number=part.first,
            title=desk.title_of(part),
            speaker=entry.speaker or desk.manifest.defaults.speaker,
            passage=part,
            pieces=(Piece(source=source, place=place, start_place=place, end_place=place),),
            edit=desk.edit(entry, announcement=(clip,) if isinstance(clip, str) else ()),
            work=f"{desk.index + 1}.{part.book} {part.numbers}" if entry.level == "each" else together,
            is_reading=True,
            place=place,
            announcement_place=clip_place,
            says=desk.spoken(part) if clip is True else None,
        )


def _sources(desk: Entry, parts: Sequence[Passage]) -> list[str]:
    source, place = desk.entry.source, desk.place("source")
    if isinstance(source, list):
        if len(source) != len(parts) and desk.is_whole:
            help_text = "list one file per chapter, in order; read fewer chapters if some are missing"
            desk.mismatch(
                place, count_of(len(parts), "chapter"), count_of(len(source), "recording"), help_text
            )
        return source
    filled = [fill(source or "", part, index) for index, part in enumerate(parts, 1)]
    # Books in one pattern must differ by {book} or {number}, chapters by {chapter}.
    if len(set(filled)) < len(parts):
        help_text = "write a pattern with {chapter:03}, or a list of files"
        if len({part.book for part in parts}) > 1:
            help_text = "write a pattern with {book} and {chapter:03}, or a list of files"
        found = "one file for all of them" if len(set(filled)) == 1 else "one file for several of them"
        desk.mismatch(place, count_of(len(parts), "chapter"), found, help_text)
    return filled
