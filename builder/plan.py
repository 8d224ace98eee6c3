"""The plan: every decision about a card, made before any audio is touched. Pure.

Pack x profile x lengths of the sources -> Plan. Later stages obey it and never decide again; the one late number
is the gain, for which the plan fixes the target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import langcodes

from builder.findings import Place
from builder.manifest.pack import Pack, Piece, Section, Track
from builder.naming import label, name, pad
from builder.profiles.profile import AudioSettings, Profile
from builder.shaping import Shaping

ENDING = ".mp3"
# A recording a little longer than `split` asks for is not worth a second file.
_SPLIT_SLACK = 0.1
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
    """One file of the card. `path` is relative to the card, with `/`; the pieces' `source` and `announcement` likewise
    to the sources. It is the whole of its joined pieces, or `part` of `parts` that are cut at silences. Lengths are in
    seconds; `sound_seconds`, which is without the spoken title, `seconds` and `bytes` are estimates until the sound has
    been decoded.
    """

    path: str
    tags: Tags
    title: str
    speaker: str | None
    passage: str | None
    pieces: tuple[Piece, ...]
    part: int
    parts: int
    work: str
    shaping: Shaping
    fade_in_seconds: float
    fade_out_seconds: float
    head_silence_seconds: float
    tail_silence_seconds: float
    announcement: str | None
    pause_seconds: float
    sound_seconds: float
    seconds: float
    bytes: int
    place: Place
    announcement_place: Place

    @property
    def source(self) -> str:
        """The first recording of those that are joined, which is mostly the only one."""
        return self.pieces[0].source

    @property
    def files(self) -> tuple[str, ...]:
        """Every recording it is made of, its spoken title included."""
        sources = tuple(piece.source for piece in self.pieces)
        return (*sources, self.announcement) if self.announcement is not None else sources


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A card as it will be. `tracks` stand in play order; `audio` is the profile's, in the quality of the pack."""

    pack: str
    title: str
    language: str
    edition: str | None
    profile: Profile
    audio: AudioSettings
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


def plan_card(pack: Pack, profile: Profile, seconds: Mapping[str, float]) -> Plan:
    """Lay the pack out for a profile. `seconds` holds the length of each source by its path."""
    tracks: list[PlannedTrack] = []
    for section in pack.sections:
        folder = _folder(section, pack, profile)
        files = _files(section, seconds)
        for file in files:
            last = max(file.number for file in files)
            tracks.append(_planned(file, last, section, folder, len(tracks) + 1, pack, profile, seconds))
    return Plan(
        pack=pack.id,
        title=pack.title,
        language=pack.language,
        edition=pack.edition,
        profile=profile,
        audio=replace(profile.audio, quality=pack.quality),
        tracks=tuple(tracks),
    )


def _folder(section: Section, pack: Pack, profile: Profile) -> str:
    book = section.passage.book if section.passage else ""
    # A reading's fallback is its book code, which every script's readers can match; other titles have none.
    words = label(book if book and profile.charset == "ascii" else section.title, profile.charset)
    parts = {"section": _section_number(section, pack), "label": words}
    return name(profile.section_name, parts, max_chars=profile.max_name_chars)


def _section_number(section: Section, pack: Pack) -> str:
    return pad(section.number, len(pack.sections), least=2)


@dataclass(frozen=True, kw_only=True)
class _File:
    """A track, or one part of a track that is split, and the number in its name."""

    track: Track
    number: int
    part: int
    parts: int


def _files(section: Section, lengths: Mapping[str, float]) -> list[_File]:
    """A chapter keeps its own number; listed tracks are counted, each part as one."""
    files: list[_File] = []
    for track in section.tracks:
        parts = _parts(track, lengths)
        for part in range(1, parts + 1):
            number = track.number if section.passage else len(files) + 1
            files.append(_File(track=track, number=number, part=part, parts=parts))
    return files


def _parts(track: Track, lengths: Mapping[str, float]) -> int:
    """Equal parts, none more than a tenth longer than was asked for."""
    if track.split_seconds is None:
        return 1
    return max(1, math.ceil(_sound_seconds(track, lengths) / track.split_seconds - _SPLIT_SLACK))


def _planned(
    file: _File,
    last_number: int,
    section: Section,
    folder: str,
    place_in_card: int,
    pack: Pack,
    profile: Profile,
    lengths: Mapping[str, float],
) -> PlannedTrack:
    track, passage = file.track, file.track.passage
    title = track.title if file.parts == 1 else f"{track.title} {file.part}/{file.parts}"
    words = label(title, profile.charset)
    if not words and passage:
        words = f"{passage.book}_{passage.first}"
    parts = {
        "section": _section_number(section, pack),
        "number": pad(file.number, last_number, least=3),
        "book": section.passage.book if section.passage else "",
        "label": words,
    }
    pattern = profile.chapter_name if section.passage else profile.track_name
    file_name = name(pattern, parts, max_chars=profile.max_name_chars, ending=ENDING)
    edit = track.edit
    pause = profile.pause_seconds if edit.pause_seconds is None else edit.pause_seconds
    announcement = edit.announcement if file.part == 1 else None
    seconds = sound_seconds = _sound_seconds(track, lengths) / file.parts
    if announcement is not None:
        seconds += lengths.get(announcement, 0.0) + pause
    several = len(pack.sections) > 1
    return PlannedTrack(
        path=f"{folder}/{file_name}",
        tags=Tags(
            title=title,
            artist=track.speaker or pack.title,
            # Albums sort by name on players with a tag database: the number keeps them in play order.
            album=f"{_section_number(section, pack)} {section.title}" if several else section.title,
            track=place_in_card,
            disc=section.number,
            language=_three_letters(pack.language),
            genre=profile.genre,
        ),
        title=title,
        speaker=track.speaker,
        passage=str(passage) if passage else None,
        pieces=track.pieces,
        part=file.part,
        parts=file.parts,
        work=track.work,
        shaping=Shaping(
            channel=edit.channel,
            high_pass_hz=_given(edit.high_pass_hz, profile.high_pass_hz),
            denoise=edit.denoise,
            compress=edit.compress or profile.compress,
        ),
        fade_in_seconds=edit.fade_in_seconds if file.part == 1 else 0.0,
        fade_out_seconds=edit.fade_out_seconds if file.part == file.parts else 0.0,
        head_silence_seconds=_given(edit.head_silence_seconds, profile.head_silence_seconds),
        tail_silence_seconds=_given(edit.tail_silence_seconds, profile.tail_silence_seconds),
        announcement=announcement,
        pause_seconds=pause,
        sound_seconds=sound_seconds,
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


def _sound_seconds(track: Track, lengths: Mapping[str, float]) -> float:
    """How long the pieces of a track are, going by what their headers say."""
    seconds = 0.0
    for piece in track.pieces:
        whole = lengths.get(piece.source, 0.0)
        end = whole if piece.end_seconds is None else min(piece.end_seconds, whole)
        seconds += max(0.0, end - (piece.start_seconds or 0.0))
    return seconds
