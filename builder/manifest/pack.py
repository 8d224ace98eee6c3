"""The pack: what a device carries, with every default applied and every pattern filled. Frozen data.

`load_pack` is the one way in: file -> nodes -> models -> pack, and the findings of all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.bible.passage import Passage, parse_passage, passage_title
from builder.findings import Finding, Place, in_order
from builder.manifest.models import Manifest, SectionEntry, Sound, TrackEntry
from builder.manifest.nodes import Node, read_document
from builder.manifest.text import fill_pattern
from builder.manifest.validate import validate


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is done to the sound of a track besides its level; None leaves the choice to the profile.

    `announcement` is the source path of a recorded spoken title. All lengths are in seconds.
    """

    start_seconds: float | None = None
    end_seconds: float | None = None
    head_silence_seconds: float | None = None
    tail_silence_seconds: float | None = None
    announcement: str | None = None
    pause_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Track:
    """One audio file of the pack. `number` is its chapter in a reading, else its place in the section."""

    number: int
    title: str
    speaker: str | None
    passage: Passage | None
    source: str
    edit: Edit
    work: str
    place: Place
    announcement_place: Place


@dataclass(frozen=True, kw_only=True)
class Section:
    """A folder of the pack. `passage` is what a reading reads; None for listed tracks."""

    number: int
    title: str
    passage: Passage | None
    tracks: tuple[Track, ...]
    place: Place


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Everything a manifest says, ready to be planned."""

    id: str
    title: str
    language: str
    edition: str | None
    profiles: tuple[str, ...]
    sources: Path
    sources_place: Place
    profiles_place: Place
    sections: tuple[Section, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(track for section in self.sections for track in section.tracks)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`pack` may lack what the findings spoke of; build it only when there are no errors among them."""

    file: str
    lines: tuple[str, ...]
    pack: Pack | None
    findings: tuple[Finding, ...]


def load_pack(path: Path) -> Loaded:
    """Read a manifest. OSError when the file cannot be read; all else is a finding."""
    document = read_document(path)
    findings = list(document.findings)
    pack: Pack | None = None
    if document.root is not None:
        manifest, nodes, faults = validate(document.root, Manifest)
        findings += faults
        if manifest is not None:
            pack, faults = _resolve(manifest, nodes, path)
            findings += faults
    return Loaded(file=document.file, lines=document.lines, pack=pack, findings=in_order(findings))


def _resolve(manifest: Manifest, nodes: Node, path: Path) -> tuple[Pack, list[Finding]]:
    findings: list[Finding] = []
    sections = []
    for index, entry in enumerate(manifest.sections):
        at = ("sections", index)
        tracks: list[Track] | None
        if entry.reading is not None:
            tracks = _chapters(entry, index + 1, manifest, nodes, at, findings)
        else:
            tracks = _listed(entry, index + 1, manifest, nodes, at, findings)
        passage = parse_passage(entry.reading) if entry.reading else None
        title = entry.title or (_title_of(passage, manifest) if passage else "")
        sections.append(
            Section(
                number=index + 1,
                title=title,
                passage=passage,
                tracks=tuple(tracks),
                place=nodes.place_of((*at, "reading" if entry.reading else "title")),
            )
        )
    pack = Pack(
        id=manifest.pack,
        title=manifest.title,
        language=manifest.language,
        edition=manifest.edition,
        profiles=tuple(dict.fromkeys(manifest.profiles)),
        sources=path.parent / manifest.sources,
        sources_place=nodes.place_of(("sources",)),
        profiles_place=nodes.place_of(("profiles",)),
        sections=tuple(sections),
    )
    return pack, findings


def _title_of(passage: Passage, manifest: Manifest) -> str:
    return passage_title(passage, manifest.language, manifest.books)


def _chapters(
    entry: SectionEntry,
    number: int,
    manifest: Manifest,
    nodes: Node,
    at: tuple[str | int, ...],
    findings: list[Finding],
) -> list[Track]:
    """One track per chapter of a reading, numbered by its true chapter."""
    passage = parse_passage(entry.reading or "")
    chapters = passage.chapters
    sources = _filled(entry.source, passage, nodes.place_of((*at, "source")), "recordings", findings)
    clips: Mapping[int, str] = {}
    announce = manifest.defaults.announce if entry.announce is None else entry.announce
    announce_place = nodes.place_of((*at, "announce"))
    if announce is not False:
        clips = _filled(announce, passage, announce_place, "spoken titles", findings)
    together = entry.level != "each"
    tracks = []
    for index, chapter in enumerate(chapters):
        whole = passage.first_verse is None
        part = Passage(book=passage.book, first=chapter, last=chapter) if whole else passage
        if not whole and index:
            break  # a passage of verses is one recording, whatever chapters it crosses
        if chapter not in sources:
            continue
        place = nodes.place_of((*at, "source"))
        if isinstance(entry.source, list):
            place = nodes.place_of((*at, "source", index))
        tracks.append(
            Track(
                number=chapter,
                title=_title_of(part, manifest),
                speaker=entry.speaker or manifest.defaults.speaker,
                passage=part,
                source=sources[chapter],
                edit=_edit((entry, manifest.defaults), announcement=clips.get(chapter)),
                work=f"{number}.{passage.book}" if together else f"{number}.{passage.book}.{chapter}",
                place=place,
                announcement_place=announce_place,
            )
        )
    return tracks


def _filled(
    source: str | list[str] | None, passage: Passage, place: Place, what: str, findings: list[Finding]
) -> dict[int, str]:
    """Source paths by chapter, from a pattern or from a list as long as the reading."""
    chapters = list(passage.chapters) if passage.first_verse is None else [passage.first]
    if isinstance(source, list):
        if len(source) != len(chapters):
            findings.append(
                Finding(
                    code="E220",
                    place=place,
                    message=f"{passage} has {len(chapters)} chapters; {len(source)} {what} are listed",
                    help="list one file per chapter, in order; read fewer chapters if some are missing",
                )
            )
        return dict(zip(chapters, source, strict=False))
    pattern = source or ""
    filled = {
        chapter: fill_pattern(pattern, {"book": passage.book, "chapter": chapter, "number": index})
        for index, chapter in enumerate(chapters, 1)
    }
    if what == "recordings" and len(chapters) > 1 and len(set(filled.values())) == 1:
        findings.append(
            Finding(
                code="E220",
                place=place,
                message=f"{passage} has {len(chapters)} chapters; this names one file for all of them",
                help="write a pattern with {chapter:03}, or a list of files",
            )
        )
    return filled


def _listed(
    entry: SectionEntry,
    number: int,
    manifest: Manifest,
    nodes: Node,
    at: tuple[str | int, ...],
    findings: list[Finding],
) -> list[Track]:
    """The tracks a section lists, numbered from 1."""
    tracks = []
    if entry.announce is not None and entry.announce is not False and not isinstance(entry.announce, str):
        clips: Mapping[int, str] = dict(enumerate(entry.announce, 1))
        if len(clips) != len(entry.tracks or ()):
            findings.append(
                Finding(
                    code="E220",
                    place=nodes.place_of((*at, "announce")),
                    message=f"{len(entry.tracks or ())} tracks; {len(clips)} spoken titles are listed",
                    help="list one per track, or write `announce` at the tracks",
                )
            )
    else:
        clips = {}
    first_with: dict[str, Place] = {}
    for index, track in enumerate(entry.tracks or ()):
        here = (*at, "tracks", index)
        passage = parse_passage(track.passage) if track.passage else None
        title = track.title or (_title_of(passage, manifest) if passage else "")
        place = nodes.place_of((*here, "title" if track.title else "passage"))
        if title.casefold() in first_with:
            findings.append(
                Finding(
                    code="E221",
                    place=place,
                    track=title,
                    message=f'two tracks of this section are called "{title}" '
                    f"(the first on line {first_with[title.casefold()].line})",
                    help="a listener could not tell them apart; give each a title of its own",
                )
            )
        first_with.setdefault(title.casefold(), place)
        announce: str | bool | None = track.announce
        if announce is None:
            announce = clips.get(index + 1) or _section_clip(entry, index + 1)
        if announce is None:
            announce = manifest.defaults.announce
        tracks.append(
            Track(
                number=index + 1,
                title=title,
                speaker=track.speaker or entry.speaker or manifest.defaults.speaker,
                passage=passage,
                source=track.source,
                edit=_edit(
                    (track, entry, manifest.defaults),
                    track=track,
                    announcement=announce if isinstance(announce, str) else None,
                ),
                work=f"{number}" if entry.level == "together" else f"{number}.{index + 1}",
                place=nodes.place_of((*here, "source")),
                announcement_place=nodes.place_of((*here, "announce")),
            )
        )
    return tracks


def _section_clip(entry: SectionEntry, number: int) -> str | bool | None:
    """A section's `announce` for one of its listed tracks: false, or a pattern with {number}."""
    if isinstance(entry.announce, str):
        return fill_pattern(entry.announce, {"book": "", "chapter": number, "number": number})
    return False if entry.announce is False else None


def _edit(settings: tuple[Sound, ...], *, announcement: str | None, track: TrackEntry | None = None) -> Edit:
    """The nearest setting wins: the track's, else the section's, else the manifest's."""

    def nearest(name: str) -> float | None:
        return next((value for given in settings if (value := getattr(given, name)) is not None), None)

    return Edit(
        start_seconds=track.start if track else None,
        end_seconds=track.end if track else None,
        head_silence_seconds=nearest("head_silence"),
        tail_silence_seconds=nearest("tail_silence"),
        announcement=announcement,
        pause_seconds=nearest("pause"),
    )
