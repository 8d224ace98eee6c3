"""What a profile file may say: which facts there are, and what each may be."""

from __future__ import annotations

import re
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from builder.findings import Problem
from builder.manifest.shaping import Compress
from builder.manifest.text import checked_text, refused
from builder.profiles.naming import Charset, Letters, fields_of
from builder.profiles.profile import (
    MAX_COVER_BYTES,
    MAX_COVER_PX,
    CodePage,
    Confidence,
    Genre,
    LyricsEncoding,
    TagEncoding,
)

_Value = TypeVar("_Value")

_SECTION = {"section", "canon", "label"}
_GROUP = {"group", "testament", "label"}
_FILE = {"section", "canon", "number", "place", "book", "bookname", "label"}
_NO_SOURCE = {"ours", "mine", "unknown", "none"}
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def _pattern(needed: set[str], allowed: set[str], before: set[str]) -> AfterValidator:
    """A pattern for names. Only `before` may come before the number, so that the order of names is the play order."""

    def check(value: str) -> str:
        try:
            fields = fields_of(value)
        except ValueError:
            raise refused(Problem("E219.pattern", pattern=value, fields=_braced(allowed))) from None
        unknown = [field for field in fields if field not in allowed]
        if unknown:
            facts = {"pattern": value, "field": unknown[0], "fields": _braced(allowed)}
            raise refused(Problem("E219.no_field", **facts))
        at = next((at for at, field in enumerate(fields) if field in needed), None)
        if at is None:
            raise refused(Problem("E219.unnumbered", pattern=value, needed=_braced(needed)))
        early = [field for field in fields[:at] if field not in before]
        if early:
            raise refused(Problem("E219.early", pattern=value, field=early[0], number=fields[at]))
        return value

    return AfterValidator(check)


def _braced(fields: set[str]) -> list[str]:
    return [f"{{{field}}}" for field in sorted(fields)]


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise refused(Problem("E219.profile", found=value))
    return value


def _sourced(value: str) -> str:
    if not any(character.isalpha() for character in value) or value.casefold() in _NO_SOURCE:
        raise refused(Problem("E219.source", found=value))
    return value


def _or_none(value: str) -> str:
    return "" if value == "none" else value


# Every scalar of a file is text; a choice among numbers needs the number.
_AS_NUMBER = BeforeValidator(
    lambda value: int(value) if isinstance(value, str) and value.isdecimal() else value
)
_Text = Annotated[str, AfterValidator(checked_text)]
_Source = Annotated[_Text, AfterValidator(_sourced)]
_Count = Annotated[int, Field(gt=0)]
_Countless = Annotated[int, Field(ge=0)]
_Seconds = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
_Silence = Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)]
_Rate = Annotated[Literal[22050, 24000, 32000, 44100, 48000], _AS_NUMBER]
_Bitrate = Annotated[Literal[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], _AS_NUMBER]
_Level = Annotated[int, Field(ge=1, le=4)]
_NoPattern = Annotated[str, AfterValidator(_or_none)]


class FactEntry(BaseModel, Generic[_Value]):
    """One fact of a file. Without a `confidence` or `tested_on` of its own it has those of the profile."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: _Value
    source: _Source
    confidence: Confidence | None = None
    tested_on: list[_Text] | None = None


class Facts(BaseModel):
    """The facts of a profile file. Names carry their unit. What is left out is that of `based_on`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_card_gb: FactEntry[Annotated[int, Field(ge=1, le=MAX_COVER_PX)]] | None = None
    reserve_mb: FactEntry[_Countless] | None = None
    min_levels: FactEntry[_Level] | None = None
    max_levels: FactEntry[_Level] | None = None
    groups: FactEntry[Literal["none", "manifest", "testament"]] | None = None
    max_groups: FactEntry[_Count] | None = None
    max_folders: FactEntry[_Count] | None = None
    max_files_per_folder: FactEntry[_Count] | None = None
    max_files: FactEntry[_Count] | None = None
    folders_count: FactEntry[Literal["yes", "no"]] | None = None
    gaps: FactEntry[Literal["allowed", "refused"]] | None = None
    number_zero: FactEntry[Literal["allowed", "refused"]] | None = None
    merge: FactEntry[Literal["none", "chapters"]] | None = None
    min_seconds: FactEntry[_Seconds] | None = None
    max_seconds: FactEntry[_Seconds] | None = None

    charset: FactEntry[Charset] | None = None
    letters: FactEntry[Letters] | None = None
    max_name_chars: FactEntry[Annotated[int, Field(ge=6, le=255)]] | None = None
    max_name_bytes: FactEntry[Annotated[int, Field(ge=6, le=765)]] | None = None
    max_path_bytes: FactEntry[Annotated[int, Field(ge=12, le=1024)]] | None = None
    distinct_chars: FactEntry[_Countless] | None = None
    root_folder: FactEntry[_NoPattern] | None = None
    group_name: FactEntry[Annotated[str, _pattern({"group"}, _GROUP, set())]] | None = None
    section_name: FactEntry[Annotated[str, _pattern({"section", "canon"}, _SECTION, set())]] | None = None
    chapter_name: FactEntry[Annotated[str, _pattern({"number"}, _FILE, _FILE - {"label"})]] | None = None
    track_name: FactEntry[Annotated[str, _pattern({"number"}, _FILE, _FILE - {"label"})]] | None = None
    flat_name: FactEntry[Annotated[str, _pattern({"place"}, _FILE, set())]] | None = None

    sample_rate_hz: FactEntry[_Rate] | None = None
    # A voice needs no second channel: half the card, and no dead ear.
    channels: FactEntry[Annotated[Literal[1], _AS_NUMBER]] | None = None
    bitrate_kbps: FactEntry[_Bitrate] | None = None
    min_bitrate_kbps: FactEntry[_Bitrate] | None = None
    target_lufs: FactEntry[Annotated[float, Field(ge=-40, le=-8, allow_inf_nan=False)]] | None = None
    peak_dbtp: FactEntry[Annotated[float, Field(ge=-12, le=0, allow_inf_nan=False)]] | None = None
    max_gain_db: FactEntry[Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)]] | None = None
    high_pass_hz: FactEntry[Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)]] | None = None
    compress: FactEntry[Compress] | None = None
    head_silence_seconds: FactEntry[_Silence] | None = None
    tail_silence_seconds: FactEntry[_Silence] | None = None
    pause_seconds: FactEntry[_Silence] | None = None

    tag: FactEntry[Literal["v2.3", "none"]] | None = None
    tag_encoding: FactEntry[TagEncoding] | None = None
    max_tag_bytes: FactEntry[Annotated[int, Field(ge=256)]] | None = None
    id3v1: FactEntry[CodePage] | None = None
    genre: FactEntry[Genre] | None = None
    cover: FactEntry[Literal["none", "jpeg"]] | None = None
    max_cover_px: FactEntry[Annotated[int, Field(ge=16, le=MAX_COVER_PX)]] | None = None
    max_cover_bytes: FactEntry[Annotated[int, Field(ge=1000, le=MAX_COVER_BYTES)]] | None = None

    lyrics: FactEntry[Literal["none", "lrc"]] | None = None
    lyrics_encoding: FactEntry[LyricsEncoding] | None = None
    max_lyrics_lines: FactEntry[_Count] | None = None
    max_lyrics_line_chars: FactEntry[Annotated[int, Field(ge=10, le=1000)]] | None = None
    max_lyrics_line_bytes: FactEntry[Annotated[int, Field(ge=32, le=4000)]] | None = None
    max_lyrics_bytes: FactEntry[Annotated[int, Field(ge=1000, le=1_000_000)]] | None = None


class ProfileFile(BaseModel):
    """A device: its facts, or the reason why none can be served."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(_name)]
    title: Annotated[_Text, Field(max_length=80)]
    based_on: str | None = None
    confidence: Confidence = "low"
    tested_on: list[_Text] = []
    verify: list[_Text] = []
    facts: Facts = Facts()
    refused: RefusedEntry | None = None


class RefusedEntry(BaseModel):
    """Why a device cannot be served."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: _Text
    help: _Text
    source: _Source


ProfileFile.model_rebuild()
