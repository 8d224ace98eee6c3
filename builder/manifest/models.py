"""The manifest as pydantic models: which keys there are and what each may hold. JSON Schema comes from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from builder.bible.books import books
from builder.bible.passage import PassageError, parse_passage
from builder.manifest import text
from builder.shaping import Channel, Compress, Denoise, Quality

# Editors read `edition: 2026.11` as a number where this program reads the text; both are right.
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def _passage_text(value: str) -> str:
    try:
        return str(parse_passage(value))
    except PassageError as error:
        raise text.fault("E213", str(error), error.help) from None


def _announcement(value: object) -> object:
    if value == "false":
        return False
    if value == "true":
        raise text.fault(
            "E214",
            "`announce: true` asks for a voice, and this version has none",
            "name a recording of the spoken title, or write false",
        )
    if isinstance(value, str) and value.lower() in ("no", "off", "yes", "on", "true", "false"):
        raise text.fault(
            "E214", f'"{value}" is no recording', "write false for no spoken title, or name a recording"
        )
    return value


def _one_value(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "one value expected")
    return value


def _book_code(value: str) -> str:
    if value not in books():
        raise text.fault("E213", f'"{value}" is not a book code', "use a code such as GEN, MRK or REV")
    return value


Text = Annotated[str, AfterValidator(text.checked_text), WithJsonSchema(_SCALAR)]
Title = Annotated[str, AfterValidator(text.checked_title), WithJsonSchema(_SCALAR)]
Name = Annotated[str, AfterValidator(text.checked_name), WithJsonSchema(_SCALAR)]
PackId = Annotated[str, AfterValidator(text.checked_pack_id), WithJsonSchema({"type": ["string", "integer"]})]
Edition = Annotated[str, AfterValidator(text.checked_edition), WithJsonSchema(_SCALAR)]
Language = Annotated[str, AfterValidator(text.checked_language), WithJsonSchema({"type": "string"})]
Seconds = Annotated[
    float,
    BeforeValidator(lambda value: text.checked_seconds(_one_value(value))),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0}),
]
Time = Annotated[
    float,
    BeforeValidator(lambda value: text.checked_time(_one_value(value))),
    WithJsonSchema({"type": ["string", "number"], "examples": ["0:12", "1:30:00"]}),
]
PassageText = Annotated[
    str, AfterValidator(_passage_text), WithJsonSchema({"type": "string", "examples": ["MRK", "PSA 1-41"]})
]
Source = Annotated[str, AfterValidator(text.checked_source), WithJsonSchema({"type": ["string", "number"]})]
Pattern = Annotated[str, AfterValidator(text.checked_pattern), WithJsonSchema({"type": ["string", "number"]})]
Level = Literal["together", "each"]
Split = Annotated[
    float,
    BeforeValidator(lambda value: text.checked_length(_one_value(value))),
    WithJsonSchema({"type": "string", "examples": ["30min", "1h"]}),
]
Hertz = Annotated[
    float,
    BeforeValidator(lambda value: text.checked_hertz(_one_value(value))),
    WithJsonSchema({"type": ["number", "string"], "examples": [80, "none"]}),
]
SourceList = Annotated[list[Source], Field(min_length=1)]


def _shape(value: object) -> str:
    """Which of the forms of a union a value has, so that a wrong value gets one finding, not one per form."""
    return "(no)" if value is False else "(list)" if isinstance(value, list) else "(path)"


_No = Annotated[Literal[False], WithJsonSchema({"const": False}), Tag("(no)")]
Announcement = Annotated[
    _No | Annotated[Source, Tag("(path)")],
    Discriminator(lambda value: "(no)" if value is False else "(path)"),
    BeforeValidator(_announcement),
]
AnnouncementPattern = Annotated[
    _No | Annotated[Pattern, Tag("(path)")] | Annotated[SourceList, Tag("(list)")],
    Discriminator(_shape),
    BeforeValidator(_announcement),
]
SourcePattern = Annotated[
    Annotated[Pattern, Tag("(path)")] | Annotated[SourceList, Tag("(list)")], Discriminator(_shape)
]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_forward(start: float | None, end: float | None) -> None:
    if end is not None and end <= (start or 0):
        raise text.fault("E216", "`end` does not come after `start`", "both count from the recording's start")


class PieceEntry(_Written):
    """A part of a recording that is joined to others."""

    source: Source = Field(description="The recording, relative to `sources`.")
    start: Time | None = Field(None, description="Where in the recording the piece begins.")
    end: Time | None = Field(None, description="Where in the recording the piece ends.")

    @model_validator(mode="after")
    def _forward(self) -> PieceEntry:
        _check_forward(self.start, self.end)
        return self


def _piece_shape(value: object) -> str:
    return "(piece)" if isinstance(value, (dict, PieceEntry)) else "(path)"


_Piece = Annotated[
    Annotated[Source, Tag("(path)")] | Annotated[PieceEntry, Tag("(piece)")], Discriminator(_piece_shape)
]
TrackSource = Annotated[
    Annotated[Source, Tag("(path)")] | Annotated[list[_Piece], Field(min_length=1), Tag("(list)")],
    Discriminator(_shape),
]
BookNames = dict[Annotated[str, AfterValidator(_book_code)], Title]


class Sound(_Written):
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


_SPLIT = "Listed tracks longer than this are divided at silences near it: 30min, 1h; none."


class Defaults(Sound):
    """What holds for every track that does not say otherwise."""

    announce: Announcement = Field(False, description="false, or one recording played before every track.")
    split: Split | None = Field(None, description=_SPLIT)


class TrackEntry(Sound):
    """One listed track: a sermon, a song, or a passage with a recording of its own."""

    source: TrackSource = Field(
        description="The recording, relative to `sources`; or a list of recordings, or parts, to be joined."
    )
    title: Title | None = Field(None, description="What the listener sees. Without it, the passage.")
    passage: PassageText | None = Field(None, description="The Scripture it reads or preaches on.")
    start: Time | None = Field(None, description="Where in the recording the track begins.")
    end: Time | None = Field(None, description="Where in the recording the track ends.")
    announce: Announcement | None = Field(None, description="A recording of the spoken title, or false.")
    split: Split | None = Field(None, description=_SPLIT)
    note: Text | None = Field(None, description="For the office; never leaves this file.")

    @model_validator(mode="after")
    def _named_and_forward(self) -> TrackEntry:
        if self.title is None and self.passage is None:
            raise text.fault(
                "E215", "a track needs a `title` or a `passage`", "say what the listener should see"
            )
        _check_forward(self.start, self.end)
        if isinstance(self.source, list):
            if self.start is not None or self.end is not None:
                raise text.fault(
                    "E223",
                    "`start` and `end` of joined recordings",
                    'give them to the pieces: source: [{source: a.mp3, end: "10:00"}, b.mp3]',
                )
            if self.split is not None:
                raise text.fault("E223", "`split` of joined recordings", "list them as tracks of their own")
        return self


class SectionEntry(Sound):
    """A folder of the pack: either a `reading`, one track per chapter, or listed `tracks`."""

    title: Title | None = Field(None, description="What the folder is called; a reading has its book's name.")
    reading: PassageText | None = Field(None, description="A passage; every chapter becomes a track.")
    source: SourcePattern | None = Field(
        None, description="With `reading`: a pattern with {book}, {chapter:03}, {number}; or a list of files."
    )
    tracks: Annotated[list[TrackEntry], Field(min_length=1)] | None = Field(
        None, description="The tracks, in play order."
    )
    level: Level | None = Field(
        None,
        description="together: one gain for the section (a reading has that); each: a gain for every track.",
    )
    split: Split | None = Field(None, description=_SPLIT)
    announce: AnnouncementPattern | None = Field(
        None, description="Recordings of the spoken titles (a pattern or a list), or false."
    )
    note: Text | None = Field(None, description="For the office; never leaves this file.")

    @model_validator(mode="after")
    def _one_kind(self) -> SectionEntry:
        if (self.reading is None) == (self.tracks is None):
            found = "both" if self.reading is not None else "neither"
            raise text.fault(
                "E217",
                f"a section has either `reading` or `tracks`; this one has {found}",
                "make two sections of it"
                if found == "both"
                else "add `reading: MRK`, or `tracks:` with a list",
            )
        if self.reading is not None and self.source is None:
            raise text.fault(
                "E217", "a `reading` needs a `source`", "for example source: MRK/MRK_{chapter:03}.mp3"
            )
        if self.reading is not None and self.split is not None:
            raise text.fault(
                "E217", "a `reading` is never split: each chapter is one track", "take `split` out"
            )
        if self.tracks is not None and isinstance(self.announce, str):
            text.check_fields(self.announce, {"number"})
        if self.tracks is not None and self.source is not None:
            raise text.fault("E217", "listed tracks have a `source` each", "move it to the tracks")
        if self.tracks is not None and self.title is None:
            raise text.fault("E217", "a section of listed tracks needs a `title`", "it names the folder")
        return self


class Manifest(_Written):
    """A pack of recordings for players: what is on it, in which order, and where the recordings are."""

    pack: PackId = Field(description="Id of the pack: a-z 0-9 -; it names the output folder.")
    title: Title = Field(description="What the listener may see.")
    language: Language = Field(description="BCP 47: ko, ko-KP, zh-Hans, zh-Hant, en, …")
    edition: Edition | None = Field(None, description="For the office: which edition of the pack this is.")
    profiles: Annotated[list[Text], Field(min_length=1)] = Field(
        ["sd-card"], description="The devices to build for when the command line names none."
    )
    sources: Annotated[
        str, AfterValidator(text.checked_folder), WithJsonSchema({"type": ["string", "number"]})
    ] = Field(".", description="The folder of recordings, relative to this file.")
    quality: Quality = Field(
        "standard", description="How much time the encoder takes: fast (half of it), standard, best."
    )
    books: BookNames = Field({}, description="Names of books that replace the built-in ones: {GEN: …}.")
    defaults: Defaults = Field(
        Defaults.model_construct(), description="What holds for every track that does not say otherwise."
    )
    note: Text | None = Field(None, description="For the office; never leaves this file.")
    sections: Annotated[list[SectionEntry], Field(min_length=1)] = Field(
        description="Folders, in play order."
    )
