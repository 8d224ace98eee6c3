"""Listed tracks: sermons, songs, and passages with recordings of their own."""

from __future__ import annotations

from builder.bible.passage import Passage, parse_passage
from builder.findings import Place, Problem
from builder.manifest.entry import SectionInput
from builder.manifest.pack import LyricsFile, Piece, Section, Track
from builder.manifest.track_entries import PieceEntry, TrackEntry


def listed_section(inputs: SectionInput, number: int) -> Section:
    """The section of listed tracks."""
    return Section(
        number=number,
        title=inputs.entry.title or "",
        passage=None,
        tracks=tuple(_tracks(inputs)),
        place=inputs.place("title"),
        groups=inputs.groups,
        prompt=inputs.prompt(number, inputs.entry.title or "", inputs.entry.title or "", at="title"),
    )


def _tracks(inputs: SectionInput) -> list[Track]:
    """The tracks a section lists, numbered from 1."""
    section, defaults = inputs.entry, inputs.manifest.defaults
    entries = section.tracks or []
    tracks = []
    first_with: dict[str, Place] = {}
    for index, entry in enumerate(entries):
        passage = parse_passage(entry.passage) if entry.passage else None
        title = entry.title or (inputs.title_of(passage) if passage else "")
        place = inputs.place("tracks", index, "title" if entry.title else "passage")
        _check_unique(inputs, title, first_with.setdefault(title.casefold(), place), place)
        clip, clip_place = inputs.announcement(index, len(entries), None, entry)
        split = next((one.split for one in (entry, section, defaults) if one.split is not None), None)
        tracks.append(
            Track(
                number=index + 1,
                title=title,
                speaker=entry.speaker or section.speaker or defaults.speaker,
                passage=passage,
                pieces=_pieces(inputs, entry, index),
                edit=inputs.edit(entry, section, announcement=(clip,) if isinstance(clip, str) else ()),
                work=f"{inputs.index + 1}"
                if section.level == "together"
                else f"{inputs.index + 1}.{index + 1}",
                split_seconds=None if isinstance(entry.source, list) else split or None,
                is_reading=entry.title is None,
                place=inputs.place("tracks", index, "source"),
                announcement_place=clip_place,
                says=_spoken(inputs, entry, passage) if clip is True else None,
            )
        )
    return tracks


def _spoken(inputs: SectionInput, entry: TrackEntry, passage: Passage | None) -> str:
    return entry.title or (inputs.spoken(passage) if passage else "")


def _pieces(inputs: SectionInput, entry: TrackEntry, index: int) -> tuple[Piece, ...]:
    """The recording of a listed track, or those that are joined."""
    if isinstance(entry.source, str):
        return (_piece(inputs, entry, entry.source, "tracks", index),)
    return tuple(
        _piece(inputs, None, item, "tracks", index, "source", at)
        if isinstance(item, str)
        else _piece(inputs, item, item.source, "tracks", index, "source", at)
        for at, item in enumerate(entry.source)
    )


def _piece(inputs: SectionInput, cut: TrackEntry | PieceEntry | None, source: str, *path: str | int) -> Piece:
    return Piece(
        source=source,
        start_seconds=cut.start if cut else None,
        end_seconds=cut.end if cut else None,
        place=inputs.place(*path, "source") if cut else inputs.place(*path),
        start_place=inputs.place(*path, "start"),
        end_place=inputs.place(*path, "end"),
        lyrics=LyricsFile(source=cut.lyrics, place=inputs.place(*path, "lyrics"))
        if cut and cut.lyrics
        else None,
    )


def _check_unique(inputs: SectionInput, title: str, first: Place, place: Place) -> None:
    if first is not place:
        inputs.findings.append(Problem("E221", title=title, line=first.line).at(place, title))
