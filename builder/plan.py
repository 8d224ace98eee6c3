"""The plan: every decision about a card, made before any audio is touched. Pure.

Pack x profile x lengths of the sources -> Plan. Later stages obey it and never decide again; the one late number
is the gain, for which the plan fixes the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import langcodes

from builder.findings import Finding, Place
from builder.manifest.pack import Pack, Section, Track
from builder.naming import collision_key, label, name, pad
from builder.profiles.profile import Profile

ENDING = ".mp3"
# An ID3v2.3 tag of seven short frames; only the estimate of sizes needs it.
_TAG_BYTES = 300


@dataclass(frozen=True, kw_only=True)
class Tags:
    """What the player may show. `track` counts over the whole card and `disc` the folders, from 1, so that
    players that sort by tag agree with those that sort by name, whether or not they look at the disc.
    """

    title: str
    artist: str
    album: str
    track: int
    disc: int
    language: str
    genre: str


@dataclass(frozen=True, kw_only=True)
class PlannedTrack:
    """One file of the card. `path` is relative to the card, with `/`; `source` and `announcement` likewise to
    the sources. Lengths are in seconds; `seconds` and `bytes` are estimates until the sound has been decoded.
    """

    path: str
    tags: Tags
    title: str
    speaker: str | None
    passage: str | None
    source: str
    work: str
    start_seconds: float
    end_seconds: float | None
    head_silence_seconds: float
    tail_silence_seconds: float
    announcement: str | None
    pause_seconds: float
    seconds: float
    bytes: int
    place: Place
    announcement_place: Place


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A card as it will be. `tracks` stand in play order."""

    pack: str
    title: str
    language: str
    edition: str | None
    profile: Profile
    tracks: tuple[PlannedTrack, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(track.path.rpartition("/")[0] for track in self.tracks))

    @property
    def seconds(self) -> float:
        return sum(track.seconds for track in self.tracks)

    @property
    def bytes(self) -> int:
        return sum(track.bytes for track in self.tracks)


def plan_card(pack: Pack, profile: Profile, seconds: Mapping[str, float]) -> tuple[Plan, list[Finding]]:
    """Lay the pack out for a profile. `seconds` holds the length of each source by its path.

    Findings: limits of the profile that the pack exceeds, names that a card reader takes for one.
    """
    tracks: list[PlannedTrack] = []
    for section in pack.sections:
        folder = _folder(section, pack, profile)
        tracks += [
            _planned(track, section, folder, len(tracks) + index, pack, profile, seconds)
            for index, track in enumerate(section.tracks, 1)
        ]
    plan = Plan(
        pack=pack.id,
        title=pack.title,
        language=pack.language,
        edition=pack.edition,
        profile=profile,
        tracks=tuple(tracks),
    )
    return plan, [*_over_limits(plan, pack), *_collisions(plan)]


def _folder(section: Section, pack: Pack, profile: Profile) -> str:
    book = section.passage.book if section.passage else ""
    # A reading's fallback is its book code, which every script's readers can match; other titles have none.
    words = label(book if book and profile.charset == "ascii" else section.title, profile.charset)
    parts = {"section": _section_number(section, pack), "label": words}
    return name(profile.section_name, parts, max_chars=profile.max_name_chars)


def _section_number(section: Section, pack: Pack) -> str:
    return pad(section.number, len(pack.sections), least=2)


def _planned(
    track: Track,
    section: Section,
    folder: str,
    place_in_card: int,
    pack: Pack,
    profile: Profile,
    lengths: Mapping[str, float],
) -> PlannedTrack:
    passage = track.passage
    words = label(track.title, profile.charset)
    if not words and passage:
        words = f"{passage.book}_{passage.first}"
    parts = {
        "section": _section_number(section, pack),
        "number": pad(track.number, max(t.number for t in section.tracks), least=3),
        "book": section.passage.book if section.passage else "",
        "label": words,
    }
    pattern = profile.chapter_name if section.passage else profile.track_name
    file_name = name(pattern, parts, max_chars=profile.max_name_chars, ending=ENDING)
    edit = track.edit
    pause = profile.pause_seconds if edit.pause_seconds is None else edit.pause_seconds
    seconds = _seconds(track, pause, lengths)
    several = len(pack.sections) > 1
    return PlannedTrack(
        path=f"{folder}/{file_name}",
        tags=Tags(
            title=track.title,
            artist=track.speaker or pack.title,
            # Albums sort by name on players with a tag database: the number keeps them in play order.
            album=f"{_section_number(section, pack)} {section.title}" if several else section.title,
            track=place_in_card,
            disc=section.number,
            language=_three_letters(pack.language),
            genre=profile.genre,
        ),
        title=track.title,
        speaker=track.speaker,
        passage=str(passage) if passage else None,
        source=track.source,
        work=track.work,
        start_seconds=edit.start_seconds or 0.0,
        end_seconds=edit.end_seconds,
        head_silence_seconds=_given(edit.head_silence_seconds, profile.head_silence_seconds),
        tail_silence_seconds=_given(edit.tail_silence_seconds, profile.tail_silence_seconds),
        announcement=edit.announcement,
        pause_seconds=pause,
        seconds=seconds,
        bytes=round(seconds * profile.audio.bitrate_kbps * 125) + _TAG_BYTES,
        place=track.place,
        announcement_place=track.announcement_place,
    )


def _three_letters(language: str) -> str:
    """ISO 639-2/B, which TLAN asks for: it knows Chinese as one language (`chi`), not Mandarin (`cmn`)."""
    return langcodes.Language.get(language).prefer_macrolanguage().to_alpha3(variant="B")


def _given(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _seconds(track: Track, pause: float, lengths: Mapping[str, float]) -> float:
    whole = lengths.get(track.source, 0.0)
    start, end = track.edit.start_seconds or 0.0, track.edit.end_seconds
    seconds = max(0.0, (whole if end is None else min(end, whole)) - start)
    if track.edit.announcement is not None:
        seconds += lengths.get(track.edit.announcement, 0.0) + pause
    return seconds


def _over_limits(plan: Plan, pack: Pack) -> list[Finding]:
    profile = plan.profile
    findings = []

    def finding(code: str, place: Place, message: str, help_text: str) -> None:
        findings.append(Finding(code=code, place=place, message=message, help=help_text))

    if len(plan.folders) > profile.max_folders:
        finding(
            "E411",
            pack.sections[profile.max_folders].place,
            f"{len(plan.folders)} folders; {profile.name} reads {profile.max_folders}",
            "join sections, or make two packs",
        )
    for section in pack.sections:
        if len(section.tracks) > profile.max_files_per_folder:
            finding(
                "E412",
                section.place,
                f"{len(section.tracks)} files in one folder; {profile.name} reads {profile.max_files_per_folder}",
                "divide this section",
            )
    if len(plan.tracks) > profile.max_files:
        finding(
            "E413",
            pack.sections[0].place,
            f"{len(plan.tracks):,} files; {profile.name} reads {profile.max_files:,}",
            "make two packs",
        )
    return findings


def _collisions(plan: Plan) -> list[Finding]:
    first: dict[str, PlannedTrack] = {}
    findings = []
    for track in plan.tracks:
        other = first.setdefault(collision_key(track.path), track)
        if other is not track:
            findings.append(
                Finding(
                    code="E401",
                    place=track.place,
                    track=track.title,
                    message=f"{track.path} would also be the name of the track on line {other.place.line}",
                    help="give the two different titles or numbers",
                )
            )
    return findings
