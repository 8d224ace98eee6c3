"""The pack: what a device carries, with every default applied and every pattern filled. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.bible.books import Names
from builder.bible.calendar import Days
from builder.bible.passage import Passage
from builder.findings import Place
from builder.manifest.shaping import Channel, Compress, Denoise, Quality
from builder.manifest.waivers import Waiver

# No path of a source begins so: checked_source refuses "//".
_SPEECH = "espeak-ng//"


def speech_name(voice: str, text: str) -> str:
    """The pseudo path of a text that a voice speaks, in the place of a source's path: `espeak-ng//ko/설교`."""
    return f"{_SPEECH}{voice}/{text}"


def speech_of(name: str) -> tuple[str, str] | None:
    """The voice and the text of such a name; None for the path of a recording."""
    voice, slash, text = name.removeprefix(_SPEECH).partition("/")
    return (voice, text) if name.startswith(_SPEECH) and slash else None


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """What is done to the sound of a track besides its level; None leaves the choice to the profile.

    `announcement` is the spoken title: source paths of recordings, or names of texts (`speech_name`), one behind the
    other. All lengths are in seconds.
    """

    head_silence_seconds: float | None = None
    tail_silence_seconds: float | None = None
    announcement: tuple[str, ...] = ()
    pause_seconds: float | None = None
    fade_in_seconds: float = 0.0
    fade_out_seconds: float = 0.0
    channel: Channel = "auto"
    high_pass_hz: float | None = None
    denoise: Denoise = "none"
    compress: Compress | None = None


@dataclass(frozen=True, kw_only=True)
class LyricsFile:
    """A file of words with their times in a recording, below the sources. One that `is_extra` may be missing."""

    source: str
    place: Place
    is_extra: bool = False


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a recording: `source` below the sources, times in seconds; None is the recording's own end.

    `lyrics` is timed from the recording's own start, whatever part of it is used.
    """

    source: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    place: Place
    start_place: Place
    end_place: Place
    lyrics: LyricsFile | None = None


@dataclass(frozen=True, kw_only=True)
class Track:
    """A recording of the pack, or several joined. `number` is its chapter in a reading, else its place in the section.

    `is_reading` says that it reads its passage; a sermon has one that it preaches on. Where it is longer than
    `split_seconds` it becomes several files. `says` is the title that is to be spoken before it, where the manifest
    names no recording of one; sources/prompts.py finds who says it. Chapters of several books are joined in a day of
    a reading plan, and `further` are the passages that come after the first.
    """

    number: int
    title: str
    speaker: str | None
    passage: Passage | None
    further: tuple[Passage, ...] = ()
    days: Days | None = None
    pieces: tuple[Piece, ...]
    edit: SoundSettings
    work: str
    split_seconds: float | None = None
    is_reading: bool = False
    place: Place
    announcement_place: Place
    says: str | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (self.passage, *self.further) if self.passage else ()


@dataclass(frozen=True, kw_only=True)
class ReadingPlan:
    """That readings are to be laid out in `days` days; `by_date` calls them by their dates in a common year.

    Neighbouring sections of one plan are laid out together; `place` is where the manifest asks for it.
    """

    days: int
    by_date: bool
    title: str | None
    place: Place


@dataclass(frozen=True, kw_only=True)
class Section:
    """A folder of the pack. `passage` is what a reading reads; None for listed tracks.

    `groups` are the titles of what it is in, from the outside, for players with more levels. `prompt` is its spoken
    name, a track of number 0. `plan` is for plan/days.py, which makes of it sections of one day or more: `days`.
    """

    number: int
    title: str
    passage: Passage | None
    tracks: tuple[Track, ...]
    place: Place
    groups: tuple[str, ...] = ()
    prompt: Track | None = None
    plan: ReadingPlan | None = None
    days: Days | None = None


@dataclass(frozen=True, kw_only=True)
class CardRequest:
    """What the manifest asks of cards: the bytes on their label (None: whatever holds the pack), and what may be done
    where the pack does not fit: a lower bitrate (`fit`), several cards (`split`). `levels` None is the device's.
    """

    label_bytes: int | None = None
    fit: bool = False
    split: bool = False
    levels: int | None = None
    place: Place
    levels_place: Place


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Everything a manifest says, ready to be planned. `books` is what it calls the books of the Bible, `cover` a
    path below the sources, `prompts` a folder there; with `discreet` a card has numbers for names, with `gaps_allowed`
    it may lack chapters. `checksums` is a list of what the recordings were, below `folder`, which is the manifest's.
    `waivers` are the warnings that may pass.
    """

    id: str
    title: str
    language: str
    edition: str | None
    quality: Quality
    profiles: tuple[str, ...]
    profile_places: tuple[Place, ...]
    sources: Path
    sources_place: Place
    books: Names
    romanize: bool
    discreet: bool
    discreet_place: Place
    cover: str | None
    cover_place: Place
    checksums: str | None
    checksums_place: Place
    card: CardRequest
    gaps_allowed: bool = False
    sections: tuple[Section, ...]
    prompts: str | None = None
    prompts_place: Place
    folder: Path = Path()
    waivers: tuple[Waiver, ...] = ()

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(track for section in self.sections for track in section.tracks)


def sound_seconds(track: Track, lengths: Mapping[str, float]) -> float:
    """How long the pieces of a track are, going by what their headers say."""
    seconds = 0.0
    for piece in track.pieces:
        whole = lengths.get(piece.source, 0.0)
        end = whole if piece.end_seconds is None else min(piece.end_seconds, whole)
        seconds += max(0.0, end - (piece.start_seconds or 0.0))
    return seconds
