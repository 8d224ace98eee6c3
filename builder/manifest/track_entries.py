"""What a manifest may say of a track, as pydantic models; the settings of its sound, which others may give too."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from builder.findings import Problem
from builder.manifest import text
from builder.manifest.shaping import Channel, Compress, Denoise
from builder.manifest.values import (
    Announcement,
    Flag,
    Hertz,
    LyricsPath,
    Name,
    PassageText,
    Seconds,
    SourcePath,
    Split,
    Text,
    Time,
    Title,
    shape_of,
)


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_forward(start: float | None, end: float | None) -> None:
    if end is not None and end <= (start or 0):
        raise text.refused(Problem("E216"))


LYRICS = (
    "Words for players that show them, with their times in the recording: .lrc, .srt, .vtt, or labels (.txt); "
    "relative to `sources`."
)


class PieceEntry(Written):
    """A part of a recording that is joined to others."""

    source: SourcePath = Field(description="The recording, relative to `sources`.")
    start: Time | None = Field(None, description="Where in the recording the piece begins.")
    end: Time | None = Field(None, description="Where in the recording the piece ends.")
    lyrics: LyricsPath | None = Field(None, description=LYRICS)

    @model_validator(mode="after")
    def _forward(self) -> PieceEntry:
        _check_forward(self.start, self.end)
        return self


def _piece_shape(value: object) -> str:
    return "(piece)" if isinstance(value, (dict, PieceEntry)) else "(path)"


_Piece = Annotated[
    Annotated[SourcePath, Tag("(path)")] | Annotated[PieceEntry, Tag("(piece)")], Discriminator(_piece_shape)
]
TrackSource = Annotated[
    Annotated[SourcePath, Tag("(path)")] | Annotated[list[_Piece], Field(min_length=1), Tag("(list)")],
    Discriminator(shape_of),
]


class SoundKeys(Written):
    """Settings of a track that a section or the whole manifest may also give."""

    speaker: Name | None = Field(None, description="Who speaks; the listener may see it.")
    pause: Seconds | None = Field(None, description="Seconds between the spoken title and the track.")
    head_silence: Seconds | None = Field(
        None, description="Seconds of silence that stay at most at the start of a track."
    )
    tail_silence: Seconds | None = Field(
        None, description="Seconds of silence that stay at most at the end of a track."
    )
    fade_in: Seconds | None = Field(None, description="Seconds over which a track begins softly.")
    fade_out: Seconds | None = Field(None, description="Seconds over which a track ends softly.")
    channel: Channel | None = Field(
        None,
        description="Of two channels: auto (their mean, or the good one where the other is dead), mix, left, right.",
    )
    high_pass: Hertz | None = Field(None, description="Takes rumble and hum below so many Hz away; none.")
    denoise: Denoise | None = Field(None, description="light: takes 6 dB from a steady hiss; none.")
    compress: Compress | None = Field(
        None, description="gentle or strong: less distance between soft and loud, for noisy places; none."
    )
    announced: Flag | None = Field(
        None, description="true: the recordings say their titles themselves; nothing is put before them."
    )


def check_announced(entry: SoundKeys, announce: object) -> None:
    if entry.announced and announce not in (None, True, False):
        raise text.refused(Problem("E236"))


SPLIT = "Listed tracks longer than this are divided at silences near it: 30min, 1h; none."


class Defaults(SoundKeys):
    """What holds for every track that does not say otherwise."""

    announce: Announcement = Field(
        False,
        description="true: every title is spoken; or one recording played before every track; or false.",
    )
    split: Split | None = Field(None, description=SPLIT)

    @model_validator(mode="after")
    def _said_once(self) -> Defaults:
        check_announced(self, self.announce)
        return self


class TrackEntry(SoundKeys):
    """One listed track: a sermon, a song, or a passage with a recording of its own."""

    source: TrackSource = Field(
        description="The recording, relative to `sources`; or a list of recordings, or parts, to be joined."
    )
    title: Title | None = Field(None, description="What the listener sees. Without it, the passage.")
    passage: PassageText | None = Field(None, description="The Scripture it reads or preaches on.")
    start: Time | None = Field(None, description="Where in the recording the track begins.")
    end: Time | None = Field(None, description="Where in the recording the track ends.")
    lyrics: LyricsPath | None = Field(None, description=LYRICS)
    announce: Announcement | None = Field(
        None, description="true: the title is spoken; or a recording of it; or false."
    )
    split: Split | None = Field(None, description=SPLIT)
    note: Text | None = Field(None, description="For the office; never leaves this file.")

    @model_validator(mode="after")
    def _named_and_forward(self) -> TrackEntry:
        if self.title is None and self.passage is None:
            raise text.refused(Problem("E215"))
        _check_forward(self.start, self.end)
        check_announced(self, self.announce)
        if isinstance(self.source, list):
            if self.start is not None or self.end is not None:
                raise text.refused(Problem("E223.cut"))
            if self.lyrics is not None:
                raise text.refused(Problem("E240"))
            if self.split is not None:
                raise text.refused(Problem("E223.split"))
        return self
