"""The record: what was made, kept beside the card and never on it. Every number in it was measured."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import soundfile

from builder import __version__
from builder.bible.coverage import coverage_json
from builder.card.layout import WrittenFile
from builder.card.publish import RECORD_SCHEMA
from builder.plan.plan import Plan, PlannedTrack, covered
from builder.profiles.profile import AudioSettings
from builder.sound.decode.alike import machine
from builder.sound.decode.ffmpeg import Ffmpeg
from builder.sound.rendering import RenderedTrack
from builder.sources.find import Source
from builder.sources.lyrics.files import Lyrics


def engine_versions(ffmpeg: Ffmpeg, espeak_ng: str | None = None) -> dict[str, str]:
    """What the bytes of a card depend on: versions, and the kind of machine; `espeak_ng` where it speaks on it."""
    return {
        "packbuilder": __version__,
        "machine": machine(),
        "ffmpeg": ffmpeg.version,
        "libsndfile": soundfile.__libsndfile_version__,
        "numpy": np.__version__,
        "mutagen": mutagen.version_string,
        "pillow": version("pillow"),
        **({"espeak_ng": espeak_ng} if espeak_ng else {}),
    }


@dataclass(frozen=True, kw_only=True)
class CardContent:
    """What is on a card: by path its tracks' sound, its files as they were written, and the bytes of the words beside
    tracks, by the paths of these.
    """

    plan: Plan
    sounds: Mapping[str, RenderedTrack]
    files: Mapping[str, WrittenFile]
    words: Mapping[str, bytes]
    cover: bytes | None

    @property
    def seconds(self) -> float:
        """The length of all tracks, each to 0.001 s as the record has it."""
        return sum(round(self.sounds[track.path].seconds, 3) for track in self.plan.tracks)

    @property
    def bytes(self) -> int:
        """The size of all tracks, without the words beside them."""
        return sum(self.files[track.path].bytes for track in self.plan.tracks)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a card was made from: the manifest by the name of its file and the SHA-256 of its bytes, the recordings and
    files of words by their paths in it; the versions of what made it; and what was found wrong, and let pass, as JSON.
    """

    manifest: str
    sha256: str
    sources: Mapping[str, Source]
    lyrics: Mapping[str, Lyrics]
    versions: Mapping[str, str]
    findings: Sequence[Mapping[str, Any]]
    waived: Sequence[Mapping[str, Any]]


def make_record(card: CardContent, origin: Origin) -> dict[str, Any]:
    """The record as plain data, tracks in play order. Levels in LUFS, dBTP and dB, to 0.01.

    `title`, `speaker`, `passage` and `section` are always the true ones: beside the paths, they are the key to a pack
    that is `discreet`. `announcement` is what is said before the track: recordings, and texts that the voice says; a
    section's name has no `source` where the voice says it. `album` and `number` are what the tags say; the title in the
    tags of such a pack is its file's name. `lyrics` is the file of words beside a track, if it has one; `sound_sha256`
    is that of what is played, without the tags.
    """
    plan, cover = card.plan, card.cover
    return {
        "schema": RECORD_SCHEMA,
        "manifest": {"file": origin.manifest, "sha256": origin.sha256},
        "pack": plan.pack,
        "title": plan.title,
        "language": plan.language,
        "edition": plan.edition,
        "discreet": plan.discreet,
        "profile": plan.profile.name,
        "card": {
            "number": plan.number,
            "of": plan.cards,
            "label_bytes": plan.label_bytes,
            "image_bytes": plan.size.geometry.image_bytes,
        },
        "bitrate_kbps": plan.audio.bitrate_kbps,
        "coverage": coverage_of_card(plan),
        "cover": {"source": plan.cover, "sha256": hashlib.sha256(cover).hexdigest()} if cover else None,
        "engine": dict(origin.versions),
        "findings": list(origin.findings),
        "waived": list(origin.waived),
        "tracks": [
            {
                **_track(track, card.sounds[track.path], card.files[track.path], origin.sources, plan.audio),
                "lyrics": _lyrics(track, card.files.get(track.lyrics_path), origin.lyrics, card.words),
            }
            for track in plan.tracks
        ],
    }


def coverage_of_card(plan: Plan) -> dict[str, Any] | None:
    """How much of the Bible is on this card; None where none of it is read."""
    coverage = covered(plan.tracks)
    if coverage is None:
        return None
    whole = coverage_json(coverage)
    return {key: whole[key] for key in ("books", "chapters", "in_order")}


def _track(
    track: PlannedTrack,
    sound: RenderedTrack,
    placed: WrittenFile,
    sources: Mapping[str, Source],
    settings: AudioSettings,
) -> dict[str, Any]:
    return {
        "path": track.path,
        "sha256": placed.sha256,
        "bytes": placed.bytes,
        "seconds": round(sound.seconds, 3),
        "sound_sha256": sound.sha256,
        **track.described,
        "source_sha256": sources[track.source].sha256,
        **track.made_of({name: sources[name].sha256 for name in track.files}),
        "loudness": {
            "source_lufs": _rounded(sound.source.integrated_lufs),
            "source_true_peak_dbtp": _rounded(sound.source.true_peak_dbtp),
            "target_lufs": settings.target_lufs,
            "gain_db": sound.gain_db,
            "limited_db": sound.limited_db,
            "delivered_lufs": _rounded(sound.delivered.integrated_lufs),
            "delivered_true_peak_dbtp": _rounded(sound.delivered.true_peak_dbtp),
            "lra": _rounded(sound.lra_lu),
            "noise_floor_db": _rounded(sound.noise_floor_db),
            "work": track.work,
            "work_source_lufs": _rounded(sound.work_source.integrated_lufs),
            "work_delivered_lufs": _rounded(sound.work_delivered.integrated_lufs),
            "held_by": sound.held_by,
        },
    }


def _lyrics(
    track: PlannedTrack, placed: WrittenFile | None, lyrics: Mapping[str, Lyrics], words: Mapping[str, bytes]
) -> dict[str, Any] | None:
    """The words beside a track; of joined recordings the first is reported here, and each with its piece."""
    if not track.lyrics or placed is None:
        return None
    first = lyrics[track.lyrics[0]]
    return {
        "path": track.lyrics_path,
        "sha256": placed.sha256,
        "bytes": placed.bytes,
        "lines": words[track.path].count(b"\r\n"),
        "source": first.source,
        "source_sha256": first.sha256,
    }


def _rounded(level: float | None) -> float | None:
    return None if level is None or not math.isfinite(level) else round(level, 2)


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write it as UTF-8 JSON with one LF line ending on every system."""
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    # A name of a file that the system's encoding has not comes as bytes in disguise: of UTF-8, wherever it was written.
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
