"""`packbuilder profiles`."""

from __future__ import annotations

from typing import Any

import click

from builder.cli.manifests import known_profile
from builder.cli.output import format_option, print_json, print_text
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from builder.review.report import document


@click.command(short_help="List the devices that packs are built for.")
@click.argument("name", required=False, callback=known_profile)
@format_option
def profiles(name: Profile | None, as_format: str) -> None:
    """List the profiles; with NAME, every fact of one and where it comes from."""
    chosen = [name] if name else list(built_in().values())
    if as_format == "json":
        print_json(document((), profiles=[_profile_json(profile) for profile in chosen]))
    elif name:
        print_text(_facts_text(chosen[0]))
    else:
        print_text(profiles_table(chosen))


def profiles_table(chosen: list[Profile]) -> str:
    """The table of the README, in Markdown, so that it can be read as it is too."""
    rows = [("profile", "for", "names", "sound", "level", "folders x files", "confidence")]
    for profile in chosen:
        audio = profile.audio
        channels = "mono" if audio.channels == 1 else "stereo"
        rows.append(
            (
                profile.name,
                profile.title,
                f"{profile.charset.upper()}, {profile.max_name_chars} characters",
                f"{audio.sample_rate_hz / 1000:g} kHz {channels} {audio.bitrate_kbps} kbps CBR",
                f"{audio.target_lufs:g} LUFS, {audio.peak_dbtp:g} dBTP",
                f"{profile.max_folders} x {profile.max_files_per_folder}",
                profile.confidence,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _values(profile: Profile) -> dict[str, Any]:
    audio = profile.audio
    return {name: getattr(audio if hasattr(audio, name) else profile, name) for name in profile.sources}


def _facts_text(profile: Profile) -> str:
    tested = ", ".join(profile.tested_on) or "no device yet"
    out = [f"{profile.name}: {profile.title} (confidence {profile.confidence}; tested on {tested})"]
    for name, value in _values(profile).items():
        out.append(f"  {name} = {value}\n      {profile.sources[name]}")
    return "\n".join(out)


def _profile_json(profile: Profile) -> dict[str, Any]:
    facts = {
        name: {"value": value, "source": profile.sources[name]} for name, value in _values(profile).items()
    }
    return {
        "name": profile.name,
        "title": profile.title,
        "confidence": profile.confidence,
        "tested_on": list(profile.tested_on),
        "facts": facts,
    }
