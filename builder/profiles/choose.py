"""Finds the profile that a word means: one that ships, or the path of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builder.findings import Finding, Problem
from builder.manifest.beside import is_profile_file
from builder.profiles.load import built_in, read_profile, refused
from builder.profiles.profile import Profile, Refused
from builder.text import closest


@dataclass(frozen=True, kw_only=True)
class ProfileLookup:
    """The result for a word: a profile, or why there is none. `lines` are those of the file that was read, by its name.

    `problem` is the word's own fault; `findings` are those of a file. A repeated profile name yields an empty lookup.
    """

    profile: Profile | None = None
    refused: Refused | None = None
    problem: Problem | None = None
    findings: tuple[Finding, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choose_all(words: Iterable[str], folder: Path) -> list[ProfileLookup]:
    """What became of each word, in their order. Two profiles of one name would build into one folder."""
    choices: list[ProfileLookup] = []
    first: dict[str, Profile] = {}
    for word in words:
        choice = choose(word, folder)
        profile = choice.profile
        if profile is not None:
            other = first.get(profile.name)
            if other is not None:
                problem = None if other == profile else Problem("E227", profile=profile.name)
                choice = ProfileLookup(problem=problem)
            first.setdefault(profile.name, profile)
        choices.append(choice)
    return choices


def choose(word: str, folder: Path) -> ProfileLookup:
    """A profile by its name; or by the path of its file, relative to `folder`, where the word ends in `.yaml`."""
    if is_profile_file(word):
        return _from_file(word, folder / word)
    if word in built_in():
        return ProfileLookup(profile=built_in()[word])
    if word in refused():
        return _refusal(refused()[word])
    if like := closest(word, [*built_in(), *refused()]):
        return ProfileLookup(problem=Problem("E222.like", profile=word, like=like))
    return ProfileLookup(problem=Problem("E222", profile=word, known=built_in()))


def _refusal(device: Refused) -> ProfileLookup:
    problem = Problem("E224", title=device.title, reason=device.reason, way=device.help)
    return ProfileLookup(refused=device, problem=problem)


def _from_file(word: str, path: Path) -> ProfileLookup:
    try:
        read = read_profile(path, built_in())
    except (OSError, UnicodeEncodeError) as error:  # a name that this system's encoding has no letters for
        why = getattr(error, "strerror", None) or str(error)
        return ProfileLookup(problem=Problem("E222.unread", profile=word, reason=why))
    if read.refused is not None:
        return _refusal(read.refused)
    return ProfileLookup(
        profile=read.profile if not read.findings else None,
        findings=read.findings,
        lines={read.file: read.lines},
    )
