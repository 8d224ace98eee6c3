"""A pack as a manifest, a plan or a record describes it, in one form that can be compared. Pure.

A plan that was written to a file lists its tracks as a record does, with what is known before anything is encoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from builder.bible.passage import format_passages
from builder.manifest.pack import Pack, Section, SoundSettings, Track, speech_of
from builder.review.compare import GAIN, Portion, Row, State

_HEAD = ("pack", "title", "language", "profile", "discreet", "bitrate_kbps")


class NoStateError(ValueError):
    """A document that describes no pack; the message says where it does not."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class _Piece(_Part):
    source: str | None = None
    text: str | None = None
    source_sha256: str = ""
    start: float | None = None
    end: float | None = None


class _Clip(_Part):
    source: str | None = None
    text: str | None = None
    sha256: str = ""


class _Words(_Part):
    source: str
    source_sha256: str = ""


class _Loudness(_Part):
    target_lufs: float | None = None
    gain_db: float | None = None


class _Track(_Part):
    path: str
    title: str
    section: str = ""
    speaker: str | None = None
    passage: str | None = None
    part: int = 1
    pieces: list[_Piece]
    announcement: list[_Clip] = []
    lyrics: _Words | None = None
    shaping: dict[str, str | float] = {}
    edit: dict[str, float] = {}
    loudness: _Loudness = _Loudness()
    sound_sha256: str | None = None
    seconds: float | None = None
    bytes: int | None = None


class _Card(_Part):
    pack: str | None = None
    title: str | None = None
    language: str | None = None
    profile: str | None = None
    discreet: bool | None = None
    bitrate_kbps: int | None = None
    tracks: list[_Track]
    manifest: dict[str, Any] | None = None
    findings: list[dict[str, Any]] = []


def state_of_cards(cards: Sequence[Mapping[str, Any]]) -> State:
    """The state that the records of all cards of a profile describe, or the cards of a plan. NoStateError."""
    rows = []
    for number, card in enumerate(cards, 1):
        try:
            tracks = _Card.model_validate(card).tracks
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise NoStateError(f"{where or 'it'}: {first['msg'].lower()}") from None
        inside = f"{number}/" if len(cards) > 1 else ""
        rows += [_row(track, inside) for track in tracks]
    return State(head={name: cards[0][name] for name in _HEAD if name in cards[0]}, rows=tuple(rows))


def _row(track: _Track, inside: str) -> Row:
    levels = {"target LUFS": track.loudness.target_lufs, GAIN: track.loudness.gain_db}
    known = {name: value for name, value in levels.items() if value is not None}
    words = [Portion(source=track.lyrics.source, sha256=track.lyrics.source_sha256)] if track.lyrics else []
    return Row(
        path=inside + track.path,
        section=track.section,
        title=track.title,
        speaker=track.speaker,
        passage=track.passage,
        part=track.part,
        cuts=tuple(
            Portion(
                source=one.source or one.text or "", start=one.start, end=one.end, sha256=one.source_sha256
            )
            for one in track.pieces
        ),
        said=tuple(
            Portion(source=one.source or one.text or "", sha256=one.sha256) for one in track.announcement
        ),
        words=tuple(words),
        shaped=tuple({**track.shaping, **track.edit, **known}.items()),
        sound=track.sound_sha256,
        seconds=track.seconds,
        bytes=track.bytes,
    )


def state_of_manifest(pack: Pack) -> State:
    """The state that a manifest describes, as far as it goes without the recordings."""
    tracks = ((section, track) for section in pack.sections for track in _tracks(section))
    head = {"pack": pack.id, "title": pack.title, "language": pack.language, "discreet": pack.discreet}
    head |= {"profiles": list(pack.profiles), "quality": pack.quality, "cover": pack.cover}
    return State(head=head, rows=tuple(_written(section, track) for section, track in tracks))


def _tracks(section: Section) -> Iterable[Track]:
    return (section.prompt, *section.tracks) if section.prompt else section.tracks


def _written(section: Section, track: Track) -> Row:
    said = (*track.edit.announcement, *([track.says] if track.says is not None else []))
    return Row(
        section=section.title,
        title=track.title,
        speaker=track.speaker,
        passage=format_passages(track.passages) if track.passages else None,
        cuts=tuple(
            Portion(source=piece.source, start=piece.start_seconds, end=piece.end_seconds)
            for piece in track.pieces
        ),
        said=tuple(Portion(source=_said(name)) for name in said),
        words=tuple(Portion(source=piece.lyrics.source) for piece in track.pieces if piece.lyrics),
        shaped=_settings(track.edit, track.split_seconds),
    )


def _said(name: str) -> str:
    speech = speech_of(name)
    return speech[1] if speech else name


def _settings(edit: SoundSettings, split_seconds: float | None) -> tuple[tuple[str, Any], ...]:
    settings = {name: value for name, value in asdict(edit).items() if name != "announcement"}
    return tuple({**settings, "split_seconds": split_seconds}.items())
