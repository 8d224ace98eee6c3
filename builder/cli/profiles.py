"""`packbuilder profiles`."""

from __future__ import annotations

from typing import Any

import click

from builder.cli.manifests import chosen_profile
from builder.cli.output import format_option, print_json, print_text, say
from builder.errors import ExitCode
from builder.profiles.choose import ProfileLookup
from builder.profiles.load import built_in, refused
from builder.profiles.profile import Profile, Refused
from builder.review.report import document, findings_text


def _shown(ctx: click.Context, param: click.Parameter, value: str | None) -> ProfileLookup | None:
    """A device that cannot be served can be looked at all the same."""
    if value is not None and value in refused():
        return ProfileLookup(refused=refused()[value])
    return chosen_profile(ctx, param, value)


@click.command(short_help="List the devices that packs are built for.")
@click.argument("choice", metavar="[NAME|FILE.yaml]", required=False, callback=_shown)
@format_option
def profiles(choice: ProfileLookup | None, as_format: str) -> ExitCode:
    """List the profiles; with NAME, or the path of a profile of your own, every fact and where it comes from."""
    if choice is None:
        served, unserved = list(built_in().values()), list(refused().values())
    else:
        served = [choice.profile] if choice.profile else []
        unserved = [choice.refused] if choice.refused else []
    findings = choice.findings if choice else ()
    if as_format == "json":
        rows = [*(_profile_json(one) for one in served), *(_refused_json(one) for one in unserved)]
        print_json(document(findings, profiles=rows))
    elif choice is None:
        print_text(profiles_table(served))
        for device in unserved:
            print_text(f"\n{device.name}: cannot be served. {_why(device)}")
    elif findings:
        say(findings_text(findings, choice.lines))
    else:
        print_text("\n".join([*map(_facts_text, served), *(f"{one.name}: {_why(one)}" for one in unserved)]))
    return ExitCode.FINDINGS if findings else ExitCode.DONE


def _why(device: Refused) -> str:
    return f"{device.title}: {device.reason}; {device.help} ({device.source})"


def profiles_table(chosen: list[Profile]) -> str:
    """The table of docs/devices.md: Markdown that is readable as it is."""
    rows = [
        (
            "profile",
            "for",
            "names",
            "levels",
            "folders x files, in all",
            "sound",
            "level",
            "tag",
            "words",
            "confidence",
        )
    ]
    for profile in chosen:
        audio, names, limits = profile.audio, profile.names, profile.limits
        levels = f"{limits.min_levels}-{limits.max_levels}"
        tag = profile.tag.tag if profile.tag.id3v1 == "none" else f"{profile.tag.tag} + v1"
        rows.append(
            (
                profile.name,
                profile.title,
                f"{names.charset.upper()}, {names.max_name_chars} characters",
                levels if limits.min_levels < limits.max_levels else str(limits.min_levels),
                f"{limits.max_folders} x {limits.max_files_per_folder}, {limits.max_files:,}",
                f"{audio.sample_rate_hz / 1000:g} kHz, {audio.bitrate_kbps} kbps",
                f"{audio.target_lufs:g} LUFS",
                tag + (", cover" if profile.tag.cover != "none" else ""),
                _words(profile),
                profile.confidence,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _words(profile: Profile) -> str:
    settings = profile.lyrics
    return (
        "" if settings.lyrics == "none" else f"{settings.lyrics.upper()}, {settings.lyrics_encoding.upper()}"
    )


def _facts_text(profile: Profile) -> str:
    tested = ", ".join(profile.tested_on) or "no device yet"
    out = [f"{profile.name}: {profile.title} (confidence {profile.confidence}; tested on {tested})"]
    out += [f"  try on a device: {what}" for what in profile.verify]
    for name, value in profile.values().items():
        fact = profile.facts[name]
        known = [fact.confidence, *(f"tested on {device}" for device in fact.tested_on)]
        taken = f"from {fact.taken_from}: " if fact.taken_from else ""
        out.append(
            f"  {name} = {value if value != '' else 'none'}  ({', '.join(known)})\n      {taken}{fact.source}"
        )
    return "\n".join(out)


def _profile_json(profile: Profile) -> dict[str, Any]:
    facts = {
        name: {
            "value": value,
            "source": profile.facts[name].source,
            "confidence": profile.facts[name].confidence,
            "tested_on": list(profile.facts[name].tested_on),
            "taken_from": profile.facts[name].taken_from or None,
        }
        for name, value in profile.values().items()
    }
    return {
        "name": profile.name,
        "title": profile.title,
        "confidence": profile.confidence,
        "tested_on": list(profile.tested_on),
        "verify": list(profile.verify),
        "refused": None,
        "facts": facts,
    }


def _refused_json(device: Refused) -> dict[str, Any]:
    return {
        "name": device.name,
        "title": device.title,
        "refused": {"reason": device.reason, "help": device.help, "source": device.source},
    }
