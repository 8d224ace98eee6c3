"""Profiles from their files: every fact validated, every fact with its source."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from builder.findings import Finding
from builder.manifest.document import read_document
from builder.manifest.text import fault
from builder.manifest.validate import validate
from builder.profiles.profile import AudioSettings, Charset, Profile
from builder.shaping import Compress


def _pattern(needed: str, *allowed: str) -> AfterValidator:
    """A name's pattern: it begins with a number, so that the order of names is the play order."""

    def check(value: str) -> str:
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
        except ValueError as error:
            raise fault("E219", f'"{value}" is not a pattern: {error}') from None
        known = {needed, "label", *allowed}
        if not set(fields) <= known or needed not in fields:
            words = ", ".join(f"{{{name}}}" for name in sorted(known))
            raise fault("E219", f'"{value}" is not a pattern of {words} with {{{needed}}} in it')
        if not value.startswith(("{section}", "{number}")):
            raise fault("E219", f'"{value}" does not begin with a number', "begin with {section} or {number}")
        return value

    return AfterValidator(check)


# Every scalar of a file is text; a choice among numbers needs the number.
_AS_NUMBER = BeforeValidator(
    lambda value: int(value) if isinstance(value, str) and value.isdecimal() else value
)


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Annotated[str, Field(min_length=3)]


class _Whole(_Fact):
    value: Annotated[int, Field(gt=0)]


class _Number(_Fact):
    value: Annotated[float, Field(allow_inf_nan=False)]


class _Length(_Fact):
    value: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Word(_Fact):
    value: Annotated[str, Field(min_length=1)]


class _SectionName(_Fact):
    value: Annotated[str, _pattern("section")]


class _ChapterName(_Fact):
    value: Annotated[str, _pattern("number", "section", "book")]


class _TrackName(_Fact):
    value: Annotated[str, _pattern("number", "section")]


class _Rate(_Fact):
    value: Annotated[Literal[32000, 44100, 48000, 16000, 22050, 24000], _AS_NUMBER]


class _Channels(_Fact):
    value: Annotated[
        Literal[1], _AS_NUMBER
    ]  # a voice needs no second channel; half the card, and no dead ear


class _Bitrate(_Fact):
    value: Annotated[Literal[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], _AS_NUMBER]


class _HighPass(_Fact):
    value: Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)]


class _CompressFact(_Fact):
    value: Compress


class _CharsetFact(_Fact):
    value: Charset


class _Facts(BaseModel):
    """The facts of a profile file. Each is `{value, source}`; names carry their unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    charset: _CharsetFact
    max_name_chars: _Whole
    section_name: _SectionName
    chapter_name: _ChapterName
    track_name: _TrackName
    max_folders: _Whole
    max_files_per_folder: _Whole
    max_files: _Whole
    sample_rate_hz: _Rate
    channels: _Channels
    bitrate_kbps: _Bitrate
    target_lufs: _Number
    peak_dbtp: _Number
    max_gain_db: _Number
    high_pass_hz: _HighPass
    compress: _CompressFact
    head_silence_seconds: _Length
    tail_silence_seconds: _Length
    pause_seconds: _Length
    genre: _Word


class _ProfileFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    confidence: Literal["high", "medium", "low"]
    tested_on: list[str]
    facts: _Facts


class ProfileError(ValueError):
    """A profile file that ships with the program is at fault: the text of its findings."""


def load_profile(path: Path) -> Profile:
    """Read and validate one profile file."""
    document = read_document(path)
    findings = list(document.findings)
    file = None
    if document.root is not None:
        file, _, faults = validate(document.root, _ProfileFile)
        findings += faults
        if file is not None and file.name != path.stem:
            place = document.root.place_of(("name",))
            findings.append(
                Finding(code="E219", place=place, message=f'"{file.name}" is not the file\'s name')
            )
    if file is None or findings:
        raise ProfileError("; ".join(f"{path.name}:{f.place.line}: {f.message}" for f in findings))
    facts: dict[str, Any] = {name: getattr(file.facts, name) for name in _Facts.model_fields}
    values = {name: fact.value for name, fact in facts.items()}
    audio = AudioSettings(
        **{name: values.pop(name) for name in AudioSettings.__dataclass_fields__ if name in values}
    )
    return Profile(
        name=file.name,
        title=file.title,
        confidence=file.confidence,
        tested_on=tuple(file.tested_on),
        audio=audio,
        sources={name: fact.source for name, fact in facts.items()},
        **values,
    )


@cache
def built_in() -> Mapping[str, Profile]:
    """The profiles that ship with the program, by name."""
    with resources.as_file(resources.files("builder.profiles")) as folder:
        profiles = [load_profile(path) for path in sorted(folder.glob("*.yaml"))]
    return {profile.name: profile for profile in profiles}
