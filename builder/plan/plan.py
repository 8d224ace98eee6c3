"""The plan: every decision about a card, made before any audio is touched, as data.

Later stages obey it and never decide again; the one late number is the gain, for which the plan fixes the target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from builder.bible.coverage import Coverage, cover
from builder.bible.passage import Passage
from builder.findings import Phrase, Place
from builder.manifest.pack import Piece, speech_of
from builder.manifest.shaping import Shaping
from builder.plan.sizing import CardSize
from builder.plan.tagging import Tags
from builder.profiles.profile import AudioSettings, Profile
from builder.sources.lyrics.lines import ENDING as LYRICS_ENDING


@dataclass(frozen=True, kw_only=True)
class PlannedTrack:
    """One file of the card. `path` is relative to the card, with `/`; the pieces' `source` and `announcement`
    likewise to the sources. `number` is its chapter, or its place in its section. `title`, `speaker`, `passage`
    (several are parted by commas) and `section`, the title of its section or its day of a reading plan, are the
    office's, and so is what it `reads` of the Bible, nothing where it preaches on a passage; what a listener may see
    is in the path and the tags. It is the whole of its joined pieces, or `part` of `parts` that are cut at silences.
    Lengths are in seconds; `sound_seconds`, which is without the spoken title, `seconds` and `bytes` are estimates
    until the sound has been decoded. `lyrics` are the files of words of its pieces, as far as there are some and its
    device shows them, `lyrics_bytes` what they take.
    """

    path: str
    number: int
    tags: Tags
    title: str
    speaker: str | None
    passage: str | None
    reads: tuple[Passage, ...] = ()
    section: str
    pieces: tuple[Piece, ...]
    part: int
    parts: int
    work: str
    shaping: Shaping
    fade_in_seconds: float
    fade_out_seconds: float
    head_silence_seconds: float
    tail_silence_seconds: float
    announcement: tuple[str, ...]
    pause_seconds: float
    sound_seconds: float
    seconds: float
    bytes: int
    place: Place
    announcement_place: Place
    section_place: Place
    lyrics: tuple[str, ...] = ()
    lyrics_bytes: int = 0

    @property
    def folder(self) -> str:
        """The folder that it is in; "" is the card itself."""
        return self.path.rpartition("/")[0]

    @property
    def lyrics_path(self) -> str:
        """Where its words are on the card, if it has any: beside it, under its name."""
        return self.path.rpartition(".")[0] + LYRICS_ENDING

    @property
    def source(self) -> str:
        """The first recording of those that are joined, which is mostly the only one."""
        return self.pieces[0].source

    @property
    def recording(self) -> str | None:
        """The same; None where it is no recording but a section's name, said by the voice."""
        return None if speech_of(self.source) else self.source

    @property
    def described(self) -> dict[str, Any]:
        """The facts of a track that plans and records state alike, by their names in JSON."""
        return {
            "title": self.title,
            "speaker": self.speaker,
            "album": self.tags.album,
            "number": self.tags.track,
            "passage": self.passage,
            "section": self.section,
            "source": self.recording,
        }

    def made_of(self, digests: Mapping[str, str]) -> dict[str, Any]:
        """What its sound is made of, as plans and records state it; `digests` are the SHA-256 of recordings and of
        what the voice said, as far as they are known.
        """
        return {
            "pieces": [
                {
                    **_file(piece.source),
                    "source_sha256": digests.get(piece.source, ""),
                    "start": piece.start_seconds,
                    "end": piece.end_seconds,
                    "lyrics": piece.lyrics.source
                    if piece.lyrics and piece.lyrics.source in self.lyrics
                    else None,
                }
                for piece in self.pieces
            ],
            "announcement": [
                {
                    "kind": "spoken" if speech_of(clip) else "recorded",
                    **_file(clip),
                    "sha256": digests.get(clip, ""),
                }
                for clip in self.announcement
            ],
            "part": self.part,
            "parts": self.parts,
            "shaping": asdict(self.shaping),
            "edit": {
                "head_silence_seconds": self.head_silence_seconds,
                "tail_silence_seconds": self.tail_silence_seconds,
                "fade_in_seconds": self.fade_in_seconds,
                "fade_out_seconds": self.fade_out_seconds,
                "pause_seconds": self.pause_seconds,
            },
        }

    @property
    def files(self) -> tuple[str, ...]:
        """Every recording it is made of, its spoken title included."""
        sources = tuple(piece.source for piece in self.pieces)
        return (*sources, *self.announcement)

    @property
    def spoken(self) -> tuple[str, ...]:
        """The texts that the voice says in it."""
        return tuple(speech[1] for name in self.files if (speech := speech_of(name)))


def _file(name: str) -> dict[str, str | None]:
    """The path of a recording; of a text that the voice says, the text."""
    speech = speech_of(name)
    return {"source": None, "text": speech[1]} if speech else {"source": name}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A card as it will be, `number` of `cards` that the pack takes. `tracks` are in play order; `audio` is the
    profile's, in the quality of the pack and a bitrate that fits; `cover` is the picture in each track, if any, of
    `cover_bytes`; `label_bytes` is the card that was asked for, if one was, and `size` the one it will be. `remedies`
    says what would make a pack fit that does not. With `discreet`, paths and tags are numbers only.
    """

    pack: str
    title: str
    language: str
    edition: str | None
    discreet: bool
    profile: Profile
    audio: AudioSettings
    cover: str | None
    cover_bytes: int
    tracks: tuple[PlannedTrack, ...]
    label_bytes: int | None
    size: CardSize
    number: int = 1
    cards: int = 1
    remedies: tuple[Phrase, ...] = ()

    def inside(self, path: str) -> str:
        """A path on this card as seen from the folder that holds all cards of the profile."""
        return f"{self.number}/{path}" if self.cards > 1 else path

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that hold tracks; "" is the card itself."""
        return tuple(dict.fromkeys(track.path.rpartition("/")[0] for track in self.tracks))

    @property
    def files_by_folder(self) -> Mapping[str, int]:
        """How many files each folder holds."""
        return Counter(track.path.rpartition("/")[0] for track in self.tracks)

    @property
    def seconds(self) -> float:
        return sum(track.seconds for track in self.tracks)

    @property
    def bytes(self) -> int:
        return sum(size for _, size in files_of(self.tracks))


def files_of(tracks: Sequence[PlannedTrack]) -> Iterator[tuple[str, int]]:
    """Path and bytes of every file of a card, in the order of their entries: the tracks of a folder in play order, then
    their words, so that players which go by entries meet tracks only.
    """
    for _, run in groupby(tracks, key=lambda track: track.folder):
        folder = list(run)
        yield from ((track.path, track.bytes) for track in folder)
        yield from ((track.lyrics_path, track.lyrics_bytes) for track in folder if track.lyrics)


def joint_plan(plans: Sequence[Plan]) -> Plan:
    """All cards of a profile as one, for stages that know of tracks only: works may go over several cards."""
    if len(plans) == 1:
        return plans[0]
    tracks = tuple(replace(track, path=plan.inside(track.path)) for plan in plans for track in plan.tracks)
    return replace(plans[0], tracks=tracks)


def covered(tracks: Iterable[PlannedTrack]) -> Coverage | None:
    """What tracks read of the Bible, in play order; None where they read nothing of it."""
    reads = [passage for track in tracks for passage in track.reads]
    return cover(reads) if reads else None
