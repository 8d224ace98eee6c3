"""The profile: the facts of one kind of device, as frozen data. No device is named in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from builder.shaping import Compress, Quality

Charset = Literal["ascii", "bmp"]


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
    high_pass_hz: float
    compress: Compress
    head_silence_seconds: float
    tail_silence_seconds: float
    pause_seconds: float
    genre: str
    sources: Mapping[str, str]
