"""The profile: the facts of one kind of device, loaded from data and validated. No device is named in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from builder.manifest.nodes import read_document
from builder.manifest.validate import validate

Charset = Literal["ascii", "bmp"]


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str


class _Whole(_Fact):
    value: Annotated[int, Field(gt=0)]


class _Number(_Fact):
    value: Annotated[float, Field(allow_inf_nan=False)]


class _Word(_Fact):
    value: str


class _CharsetFact(_Fact):
    value: Charset


class _Facts(BaseModel):
    """The facts of a profile file. Each is `{value, source}`; names carry their unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    charset: _CharsetFact
    max_name_chars: _Whole
    section_name: _Word
    chapter_name: _Word
    track_name: _Word
    max_folders: _Whole
    max_files_per_folder: _Whole
    max_files: _Whole
    sample_rate_hz: _Whole
    channels: _Whole
    bitrate_kbps: _Whole
    target_lufs: _Number
    peak_dbtp: _Number
    max_gain_db: _Number
    head_silence_seconds: _Number
    tail_silence_seconds: _Number
    pause_seconds: _Number
    genre: _Word


class _ProfileFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    confidence: Literal["high", "medium", "low"]
    tested_on: list[str]
    facts: _Facts


@dataclass(frozen=True, kw_only=True)
class AudioSettings:
    """What the sound of a card must be. Profiles with equal settings share their renders."""

    sample_rate_hz: int
    channels: int
    bitrate_kbps: int
    target_lufs: float
    peak_dbtp: float
    max_gain_db: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of device.

    `section_name`, `chapter_name` and `track_name` are patterns of {section}, {number}, {book} and {label};
    `max_name_chars` counts a whole name with its ending, in UTF-16 units as FAT does. `sources` says where
    each fact comes from, by field name.
    """

    name: str
    title: str
    confidence: str
    tested_on: tuple[str, ...]
    charset: Charset
    max_name_chars: int
    section_name: str
    chapter_name: str
    track_name: str
    max_folders: int
    max_files_per_folder: int
    max_files: int
    audio: AudioSettings
    head_silence_seconds: float
    tail_silence_seconds: float
    pause_seconds: float
    genre: str
    sources: Mapping[str, str]


class ProfileError(ValueError):
    """A profile file that ships with the program is at fault: the text of its findings."""


def load_profile(path: Path) -> Profile:
    """Read and validate one profile file."""
    document = read_document(path)
    if document.root is None:
        raise ProfileError(f"{path.name}: {document.findings[0].message}")
    file, _, findings = validate(document.root, _ProfileFile)
    findings = [*document.findings, *findings]
    if file is None or findings:
        raise ProfileError("; ".join(f"{path.name}:{f.place.line}: {f.message}" for f in findings))
    facts: dict[str, Any] = {name: getattr(file.facts, name) for name in _Facts.model_fields}
    values = {name: fact.value for name, fact in facts.items()}
    audio = AudioSettings(**{name: values.pop(name) for name in AudioSettings.__dataclass_fields__})
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
