"""Finds the profile that a word stands for: one that ships, or the path of a file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builder.findings import Finding
from builder.profiles.load import built_in, read_profile, refused
from builder.profiles.profile import Profile, Refused


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What became of a word: a profile, or why there is none. `lines` are those of the file that was read, by its name.

    `problem` is the word's own fault, with what `help` there is; `findings` are those of a file.
    """

    profile: Profile | None = None
    refused: Refused | None = None
    problem: str = ""
    help: str = ""
    findings: tuple[Finding, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choose(word: str, folder: Path) -> Choice:
    """A profile by its name; or by the path of its file, relative to `folder`, where the word ends in `.yaml`."""
    if word.lower().endswith((".yaml", ".yml")):
        return _from_file(word, folder / word)
    if word in built_in():
        return Choice(profile=built_in()[word])
    if word in refused():
        return _refusal(refused()[word])
    close = difflib.get_close_matches(word, [*built_in(), *refused()], n=1, cutoff=0.5)
    hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(built_in())}"
    return Choice(problem=f'there is no profile "{word}"', help=hint)


def _refusal(device: Refused) -> Choice:
    return Choice(refused=device, problem=f"{device.title}: {device.reason}", help=device.help)


def _from_file(word: str, path: Path) -> Choice:
    try:
        read = read_profile(path, built_in())
    except OSError as error:
        why = error.strerror or str(error)
        return Choice(problem=f'the profile "{word}" cannot be read: {why}', help="check the path")
    if read.refused is not None:
        return _refusal(read.refused)
    return Choice(
        profile=read.profile if not read.findings else None,
        findings=read.findings,
        lines={read.file: read.lines},
    )
