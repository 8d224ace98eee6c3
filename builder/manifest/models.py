"""The manifest as pydantic models: which keys there are, what each may hold, and the JSON Schema of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from builder.bible.passage import Passage, parse_passages
from builder.findings import Problem
from builder.manifest import text
from builder.manifest.shaping import Quality
from builder.manifest.track_entries import SPLIT, Defaults, SoundKeys, TrackEntry, Written, check_announced
from builder.manifest.values import (
    Announcement,
    AnnouncementPattern,
    BookNames,
    Card,
    Depth,
    Edition,
    FileBeside,
    Flag,
    FolderPath,
    Gaps,
    Groups,
    Language,
    Leveling,
    LyricsPattern,
    NameSet,
    PackId,
    PlanText,
    ProfileWord,
    Readings,
    SourceFolderPath,
    SourcePath,
    SourcePattern,
    Split,
    Text,
    Title,
)
from builder.manifest.waivers import WaiverEntry


class SectionEntry(SoundKeys):
    """A folder of the pack: either a `reading`, one track per chapter, or listed `tracks`."""

    title: Title | None = Field(None, description="What the folder is called; a reading has its book's name.")
    group: Groups | None = Field(
        None, description="What stands above this folder on players with more levels: a title, or two."
    )
    reading: Readings | None = Field(
        None,
        description="A passage, books (GEN-DEU), OT, NT or all, or a list of these; every chapter is a track, "
        "every book a folder.",
    )
    plan: PlanText | None = Field(
        None,
        description="With `reading`: its chapters in so many days of about one length: one-year, 90 days.",
    )
    source: SourcePattern | None = Field(
        None, description="With `reading`: a pattern with {book}, {chapter:03}, {number}; or a list of files."
    )
    lyrics: LyricsPattern | None = Field(
        None,
        description="With `reading`: files of words, as `source` has recordings; a pattern may lack some.",
    )
    tracks: Annotated[list[TrackEntry], Field(min_length=1)] | None = Field(
        None, description="The tracks, in play order."
    )
    level: Leveling | None = Field(
        None,
        description="together: one gain for the section (a reading has that); each: a gain for every track.",
    )
    split: Split | None = Field(None, description=SPLIT)
    announce: AnnouncementPattern | None = Field(
        None,
        description="true: the titles are spoken; or recordings of them (a pattern or a list); or false.",
    )
    prompt: Announcement | None = Field(
        None,
        description="true: the section's name is spoken, as the first track of its folder; or a recording of it.",
    )
    note: Text | None = Field(None, description="For the office; never leaves this file.")

    @model_validator(mode="after")
    def _one_kind(self) -> SectionEntry:
        if (self.reading is None) == (self.tracks is None):
            raise text.refused(Problem("E217.neither" if self.reading is None else "E217.both"))
        if self.reading is not None and self.source is None:
            raise text.refused(Problem("E217.reading_source"))
        if self.reading is not None and self.split is not None:
            raise text.refused(Problem("E217.reading_split"))
        check_announced(self, self.announce)
        if self.plan is not None and self.reading is None:
            raise text.refused(Problem("E234"))
        if isinstance(self.prompt, str) and len(self.passages) > 1:
            raise text.refused(Problem("E237"))
        if self.title is not None and self.plan is None and len(self.passages) > 1:
            raise text.refused(Problem("E217.books_title"))
        if self.tracks is not None and isinstance(self.announce, str):
            text.check_fields(self.announce, {"number"})
        if self.tracks is not None and self.source is not None:
            raise text.refused(Problem("E217.tracks_source"))
        if self.tracks is not None and self.lyrics is not None:
            raise text.refused(Problem("E217.tracks_lyrics"))
        if self.tracks is not None and self.title is None:
            raise text.refused(Problem("E217.tracks_title"))
        return self

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What a reading reads, one passage for each book, in its order."""
        readings = [self.reading] if isinstance(self.reading, str) else self.reading or []
        return tuple(passage for reading in readings for passage in parse_passages(reading))


class Manifest(Written):
    """A pack of recordings for players: what is on it, in which order, and where the recordings are."""

    pack: PackId = Field(description="Id of the pack: a-z 0-9 -; it names the output folder.")
    title: Title = Field(description="What the listener may see.")
    language: Language = Field(description="BCP 47: ko, ko-KP, zh-Hans, zh-Hant, en and so on.")
    edition: Edition | None = Field(None, description="For the office: which edition of the pack this is.")
    profiles: Annotated[list[ProfileWord], Field(min_length=1)] = Field(
        ["sd-card"], description="The devices to build for when the command line names none."
    )
    sources: FolderPath = Field(".", description="The folder of recordings, relative to this file.")
    checksums: FileBeside | None = Field(
        None,
        description="A list of the recordings' SHA-256 as sha256sum writes it, relative to this file: check tells "
        "which recording is another than it was, or has changed places.",
    )
    card: Card | None = Field(None, description="The size on the label of the cards: 4GB, 512MB.")
    fit: Flag = Field(False, description="true: where it does not fit, a lower bitrate, the best that does.")
    split: Flag = Field(
        False, description="true: where it does not fit, several cards, whole folders on each."
    )
    levels: Depth | None = Field(
        None, description="How deep the card is, files included: 1 no folders, 2 folders of files, 3, 4."
    )
    romanize: Flag = Field(
        False, description="true: Korean and Chinese titles in Latin letters where a device has no others."
    )
    cover: SourcePath | None = Field(
        None, description="A picture for players that show one, JPEG or PNG, relative to `sources`."
    )
    discreet: Flag = Field(
        False,
        description="true: names and tags are numbers, and there is no picture; the titles stay in the record, for the "
        "office. What still tells: the voices, spoken titles too; how many folders and files there are, how long and "
        "how large; and a folder's name that a device demands.",
    )
    quality: Quality = Field(
        "standard", description="How much time the encoder takes: fast (half of it), standard, best."
    )
    names: NameSet | None = Field(
        None,
        description="What the books are called, where it is not what the language says: ko-common and so on.",
    )
    gaps: Gaps = Field(
        "refused",
        description="allowed: chapters may be missing within a book, and those of a reading that have no recording are "
        "left out; refused: each is an error.",
    )
    prompts: SourceFolderPath | None = Field(
        None,
        description="A folder of recorded titles in `sources`: MRK_003.wav, or MRK.wav and 003.wav; S02_001.wav.",
    )
    books: BookNames = Field({}, description="Names of books that replace the built-in ones: {GEN: ...}.")
    defaults: Defaults = Field(
        Defaults.model_construct(), description="What holds for every track that does not say otherwise."
    )
    waivers: Annotated[list[WaiverEntry], Field(min_length=1)] | None = Field(
        None, description="Kinds of warnings that you have looked at and let pass, each until a day."
    )
    note: Text | None = Field(None, description="For the office; never leaves this file.")
    sections: Annotated[list[SectionEntry], Field(min_length=1)] = Field(
        description="Folders, in play order."
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12, made from the models."""
    schema = _as_written(Manifest.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "packbuilder manifest",
        **schema,
    }


def _as_written(node: Any) -> Any:
    """Without what pydantic adds and a manifest does not allow: null for an absent key, titles made of names."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key == "default" and (value is None or isinstance(value, dict)):
            continue
        if key == "title" and isinstance(value, str):
            continue
        out[key] = (
            {name: _as_written(inner) for name, inner in value.items()}
            if key in ("properties", "$defs")
            else _as_written(value)
        )
    forms = [form for form in out.get("anyOf", ()) if form != {"type": "null"}]
    if "anyOf" in out and len(forms) == 1:
        del out["anyOf"]
        out = {**forms[0], **out}
    elif "anyOf" in out:
        out["anyOf"] = forms
    return out
