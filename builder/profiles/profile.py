"""The profile: the facts of one kind of device, as frozen data. No device is named in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from builder.manifest.shaping import Compress, Quality
from builder.profiles.naming import Charset, Letters

Confidence = Literal["high", "medium", "low"]
TagEncoding = Literal["auto", "utf-16", "latin-1"]
TAG_ENCODINGS: tuple[TagEncoding, ...] = get_args(TagEncoding)
LyricsEncoding = Literal["utf-8", "cp936", "cp949"]
CodePage = Literal["none", "ascii", "latin-1", "cp936", "cp949"]
# The largest cover that any profile may ask for.
MAX_COVER_PX, MAX_COVER_BYTES = 2000, 2_000_000


@dataclass(frozen=True, kw_only=True)
class AudioSettings:
    """What the sound of a card must be. Profiles with equal settings share their renders."""

    sample_rate_hz: int
    channels: int
    bitrate_kbps: int
    target_lufs: float
    peak_dbtp: float
    max_gain_db: float
    quality: Quality = "standard"


@dataclass(frozen=True, kw_only=True)
class NameSettings:
    """What names on a card may be. The patterns are those of profiles/naming.py.

    `max_name_chars` counts a whole name with its ending, in UTF-16 units as FAT does; bytes are those of the charset.
    `root_folder` is above all others, "" is none; `flat_name` is for files that are in no folder.
    """

    charset: Charset
    letters: Letters
    max_name_chars: int
    max_name_bytes: int
    max_path_bytes: int
    distinct_chars: int
    root_folder: str
    group_name: str
    section_name: str
    chapter_name: str
    track_name: str
    flat_name: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a device can hold and find. Levels count the files as one: 2 is folders of files. 0 seconds is no limit.

    `groups` says what is above the folders where there are levels for it: nothing, what the manifest groups, or
    the testaments. `gaps` says whether a number may be left out, `number_zero` whether a spoken name may be
    a folder's file 0; `merge` whether chapters may share a file. Files are tracks: words are behind all tracks of
    their folder, so that a device which counts them too loses words first.
    """

    max_card_gb: int
    reserve_mb: int
    min_levels: int
    max_levels: int
    groups: Literal["none", "manifest", "testament"]
    max_groups: int
    max_folders: int
    max_files_per_folder: int
    max_files: int
    folders_count: Literal["yes", "no"]
    gaps: Literal["allowed", "refused"]
    number_zero: Literal["allowed", "refused"]
    merge: Literal["none", "chapters"]
    min_seconds: float
    max_seconds: float


Genre = Literal["Speech", "Audiobook", "Podcast", "Gospel", "Other"]
GENRES: tuple[Genre, ...] = get_args(Genre)
"""The kinds that a tag may state: those of ID3v1's list, as Winamp extended it, that a recording here can be."""


@dataclass(frozen=True, kw_only=True)
class TagSettings:
    """The tags before and behind the sound of a track, and what a screen may show of them.

    `tag_encoding` "auto" is Latin-1 where all is ASCII, else UTF-16 with a byte order mark.
    """

    tag: Literal["v2.3", "none"]
    tag_encoding: TagEncoding
    max_tag_bytes: int
    id3v1: CodePage
    genre: Genre
    cover: Literal["none", "jpeg"]
    max_cover_px: int
    max_cover_bytes: int


@dataclass(frozen=True, kw_only=True)
class LyricsSettings:
    """The lyrics that a screen shows beside a track, and how much of them a device reads.

    Characters are counted in the words of a line, bytes in a whole line of the file, with its time and line end.
    """

    lyrics: Literal["none", "lrc"]
    lyrics_encoding: LyricsEncoding
    max_lyrics_lines: int
    max_lyrics_line_chars: int
    max_lyrics_line_bytes: int
    max_lyrics_bytes: int


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Where one field of a profile comes from, and how far it may be relied on.

    `taken_from` is the profile it was taken over from, "" where it is the profile's own.
    """

    source: str
    confidence: Confidence
    tested_on: tuple[str, ...]
    taken_from: str = ""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of device. `facts` says where each field comes from, by its name; `verify` what to try on a device."""

    name: str
    title: str
    confidence: Confidence
    tested_on: tuple[str, ...]
    verify: tuple[str, ...]
    names: NameSettings
    limits: Limits
    audio: AudioSettings
    min_bitrate_kbps: int
    tag: TagSettings
    lyrics: LyricsSettings
    high_pass_hz: float
    compress: Compress
    head_silence_seconds: float
    tail_silence_seconds: float
    pause_seconds: float
    facts: Mapping[str, Fact]

    def values(self) -> dict[str, object]:
        """Every field that has a fact, by its name."""
        # The profile itself last: its `tag` is a group, the group's `tag` a fact; `lyrics` too.
        parts = (self.names, self.limits, self.audio, self.tag, self.lyrics, self)
        return {name: next(getattr(p, name) for p in parts if hasattr(p, name)) for name in self.facts}


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A device that no card can be built for: why, and what to do instead."""

    name: str
    title: str
    reason: str
    help: str
    source: str
