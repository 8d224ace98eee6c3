"""Which files a card has, and in which folders, before they have names. Pure.

A chapter is a file, a listed track one or several parts. Where a device reads fewer files or folders than a pack
has, and its profile allows it, chapters share a file and small books a folder.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from builder.bible.titles import passage_title
from builder.manifest.pack import Pack, Piece, Section, Track, sound_seconds
from builder.profiles.profile import Limits

# A recording a little longer than `split` asks for is not worth a second file.
_SPLIT_SLACK = 0.1


@dataclass(frozen=True, kw_only=True)
class File:
    """A track, one part of a track that is split, or a run of chapters; `number` to `last` is what it counts as."""

    section: Section
    track: Track
    number: int
    last: int
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The files of a section; or of several, where the device reads few folders."""

    sections: tuple[Section, ...]
    files: tuple[File, ...]


def arrange(pack: Pack, limits: Limits, lengths: Mapping[str, float], *, is_flat: bool) -> tuple[Folder, ...]:
    """The folders of a card in play order; one that holds all files where there are to be none.

    Chapters are joined no more than is needed. Where nothing is enough, what comes nearest is laid out, so that
    limits.py tells of what joining does not mend.
    """
    best: tuple[int, tuple[Folder, ...]] | None = None
    longest = max((len(section.tracks) for section in pack.sections if section.passage), default=1)
    for chapters in range(1, 1 + longest):
        folders = [
            Folder(
                sections=(section,),
                files=_with_name(section, _files(section, lengths, pack, chapters), lengths, limits),
            )
            for section in pack.sections
        ]
        if is_flat:
            folders = [_together(folders)]
        elif limits.merge == "chapters" and len(folders) > limits.max_folders:
            folders = list(_gathered(folders, limits.max_files_per_folder))
        over = excess(folders, limits)
        if best is None or over < best[0]:
            best = (over, tuple(folders))
        if limits.merge == "none" or over == 0:
            break
    assert best is not None  # noqa: S101  # readings have chapters
    return best[1]


def excess(folders: Sequence[Folder], limits: Limits) -> int:
    """How many files and folders are too many."""
    sizes = [len(folder.files) for folder in folders]
    total = sum(sizes) + (len(sizes) if limits.folders_count == "yes" else 0)
    return (
        max(0, len(sizes) - limits.max_folders)
        + sum(max(0, size - limits.max_files_per_folder) for size in sizes)
        + max(0, total - limits.max_files)
    )


def _gathered(folders: Sequence[Folder], most: int) -> Iterator[Folder]:
    """Neighbours together, as many as a folder holds: the order stays what it was."""
    held: list[Folder] = []
    for folder in folders:
        if held and sum(len(one.files) for one in held) + len(folder.files) > most:
            yield _together(held)
            held = []
        held.append(folder)
    yield _together(held)


def _together(folders: Sequence[Folder]) -> Folder:
    return Folder(
        sections=tuple(section for folder in folders for section in folder.sections),
        files=tuple(file for folder in folders for file in folder.files),
    )


def _files(section: Section, lengths: Mapping[str, float], pack: Pack, chapters: int) -> tuple[File, ...]:
    """A chapter keeps its own number, and a run of them theirs; listed tracks are counted, each part as one."""
    if section.passage:
        runs = _runs(section.tracks, chapters)
        return tuple(
            File(section=section, track=_joined(run, pack), number=run[0].number, last=run[-1].number)
            for run in runs
        )
    files: list[File] = []
    for track in section.tracks:
        parts = _parts(track, lengths)
        for part in range(1, parts + 1):
            number = len(files) + 1
            files.append(
                File(section=section, track=track, number=number, last=number, part=part, parts=parts)
            )
    return tuple(files)


def _parts(track: Track, lengths: Mapping[str, float]) -> int:
    """Equal parts, none more than a tenth longer than was asked for."""
    if track.split_seconds is None:
        return 1
    return max(1, math.ceil(sound_seconds(track, lengths) / track.split_seconds - _SPLIT_SLACK))


def _with_name(
    section: Section, files: tuple[File, ...], lengths: Mapping[str, float], limits: Limits
) -> tuple[File, ...]:
    """The spoken name of a section as a file of number 0; where a device counts its files from 1, or has trouble with
    one so short, the name is said before the first of the others.
    """
    prompt = section.prompt
    if prompt is None or not files:
        return files
    is_counted = "refused" in (limits.gaps, limits.number_zero)
    if not is_counted and sound_seconds(prompt, lengths) >= limits.min_seconds:
        return (File(section=section, track=prompt, number=0, last=0), *files)
    first = files[0].track
    announcement = (*(piece.source for piece in prompt.pieces), *first.edit.announcement)
    place = first.announcement_place if first.edit.announcement else prompt.announcement_place
    track = replace(first, edit=replace(first.edit, announcement=announcement), announcement_place=place)
    return tuple(replace(file, track=track) if file.track is first else file for file in files)


def _runs(tracks: Sequence[Track], most: int) -> list[Sequence[Track]]:
    """Neighbours in runs of at most so many, as equal as can be."""
    count = math.ceil(len(tracks) / most)
    edges = [len(tracks) * index // count for index in range(count + 1)] if count else []
    return [tracks[start:end] for start, end in pairwise(edges)]


def _joined(tracks: Sequence[Track], pack: Pack) -> Track:
    """Chapters as one track."""
    first, last = tracks[0], tracks[-1]
    if len(tracks) == 1 or first.passage is None or last.passage is None:
        return first
    passage = replace(first.passage, last=last.passage.last)
    return replace(
        first, title=passage_title(passage, pack.books), passage=passage, pieces=joined_pieces(tracks)
    )


def joined_pieces(tracks: Sequence[Track]) -> tuple[Piece, ...]:
    """The recordings of tracks that become one, with their spoken titles between; the first one's stays what it is."""
    pieces = list(tracks[0].pieces)
    for track in tracks[1:]:
        place = track.announcement_place
        pieces += [
            Piece(source=clip, place=place, start_place=place, end_place=place)
            for clip in track.edit.announcement
        ]
        pieces += track.pieces
    return tuple(pieces)
