"""What single values of a manifest may be, as types of pydantic: the checks of text.py with their JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from builder.bible.books import books
from builder.bible.calendar import YEAR
from builder.bible.passage import PassageError, format_passages, parse_passage, parse_passages
from builder.findings import Problem
from builder.manifest import beside, text

# Editors read `edition: 2026.11` as a number where this program reads the text; both are right.
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}


def _passage_text(value: str) -> str:
    try:
        return str(parse_passage(value))
    except PassageError as error:
        raise text.refused(error.problem) from None


def _reading_text(value: str) -> str:
    try:
        return format_passages(parse_passages(value))
    except PassageError as error:
        raise text.refused(error.problem) from None


# As many as a pack may have tracks (resolve.py).
_MOST_CHAPTERS = 5_000
_MOST_DAYS = 3_660
_DAYS = re.compile(r"([0-9]{1,9}) ?days?")


def _few_chapters(readings: Sequence[str]) -> Sequence[str]:
    total = 0
    for reading in readings:
        total += sum(len(passage.chapters) for passage in parse_passages(reading))
        if total > _MOST_CHAPTERS:
            raise text.refused(Problem("E235", most=_MOST_CHAPTERS))
    return readings


def _plan_text(value: str) -> str:
    match = _DAYS.fullmatch(value)
    if value != "one-year" and not (match and 1 <= int(match[1]) <= _MOST_DAYS):
        raise text.refused(Problem("E232", found=value, most=_MOST_DAYS))
    return value


def days_of(plan: str) -> int:
    """The days of a plan that was checked."""
    match = _DAYS.fullmatch(plan)
    return int(match[1]) if match else YEAR


def _announcement(value: object) -> object:
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and value.lower() in ("no", "off", "yes", "on", "true", "false"):
        raise text.refused(Problem("E214", found=value))
    return value


def _one_value(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "one value expected")
    return value


def _book_code(value: str) -> str:
    if value not in books():
        raise text.refused(Problem("E213.code", found=value))
    return value


def _two_at_most(groups: list[str]) -> list[str]:
    if len(groups) > 2:
        raise text.refused(Problem("E219.groups", groups=len(groups)))
    return groups


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
ReadingText = Annotated[
    str,
    AfterValidator(_reading_text),
    WithJsonSchema({"type": "string", "examples": ["MRK", "PSA 1-41", "GEN-DEU", "NT", "all"]}),
]
# A list is read in its own order.
Readings = Annotated[
    Annotated[ReadingText, Tag("(path)")]
    | Annotated[list[ReadingText], AfterValidator(_few_chapters), Field(min_length=1), Tag("(list)")],
    Discriminator(lambda value: "(list)" if isinstance(value, list) else "(path)"),
]
PlanText = Annotated[
    str, AfterValidator(_plan_text), WithJsonSchema({"type": "string", "examples": ["one-year", "90 days"]})
]
NameSet = Literal["en", "ko", "ko-common", "zh-Hans", "zh-Hant"]
SourcePath = Annotated[
    str, AfterValidator(text.checked_source), WithJsonSchema({"type": ["string", "number"]})
]
SourceFolderPath = Annotated[
    str, AfterValidator(text.checked_source_folder), WithJsonSchema({"type": ["string", "number"]})
]
Pattern = Annotated[str, AfterValidator(text.checked_pattern), WithJsonSchema({"type": ["string", "number"]})]
Leveling = Literal["together", "each"]
Gaps = Literal["allowed", "refused"]
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
SourceList = Annotated[list[SourcePath], Field(min_length=1)]


def shape_of(value: object) -> str:
    """Which of the forms of a union a value has, so that a wrong value gets one finding, not one per form."""
    return "(flag)" if isinstance(value, bool) else "(list)" if isinstance(value, list) else "(path)"


_Flag = Annotated[bool, WithJsonSchema({"type": "boolean"}), Tag("(flag)")]
Announcement = Annotated[
    _Flag | Annotated[SourcePath, Tag("(path)")],
    Discriminator(lambda value: "(flag)" if isinstance(value, bool) else "(path)"),
    BeforeValidator(_announcement),
]
AnnouncementPattern = Annotated[
    _Flag | Annotated[Pattern, Tag("(path)")] | Annotated[SourceList, Tag("(list)")],
    Discriminator(shape_of),
    BeforeValidator(_announcement),
]
LyricsPath = Annotated[SourcePath, AfterValidator(text.checked_lyrics)]
LyricsPattern = Annotated[
    Annotated[Pattern, AfterValidator(text.checked_lyrics), Tag("(path)")]
    | Annotated[list[LyricsPath], Field(min_length=1), Tag("(list)")],
    Discriminator(shape_of),
]
SourcePattern = Annotated[
    Annotated[Pattern, Tag("(path)")] | Annotated[SourceList, Tag("(list)")], Discriminator(shape_of)
]
Card = Annotated[
    int,
    BeforeValidator(lambda value: text.checked_card(_one_value(value))),
    WithJsonSchema({"type": "string", "examples": ["4GB", "512MB"]}),
]
Flag = Annotated[
    bool,
    BeforeValidator(lambda value: text.checked_flag(_one_value(value))),
    WithJsonSchema({"type": "boolean"}),
]
Depth = Annotated[
    int,
    BeforeValidator(lambda value: text.checked_levels(_one_value(value))),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 4}),
]
Groups = Annotated[
    Annotated[Title, Tag("(path)")]
    | Annotated[
        list[Title],
        AfterValidator(_two_at_most),
        Field(min_length=1, json_schema_extra={"maxItems": 2}),
        Tag("(list)"),
    ],
    Discriminator(shape_of),
]
ProfileWord = Annotated[str, AfterValidator(beside.checked_profile), WithJsonSchema(_SCALAR)]
FileBeside = Annotated[
    str, AfterValidator(beside.checked_beside), WithJsonSchema({"type": ["string", "number"]})
]
FolderPath = Annotated[
    str, AfterValidator(beside.checked_folder), WithJsonSchema({"type": ["string", "number"]})
]
BookNames = dict[Annotated[str, AfterValidator(_book_code)], Title]
