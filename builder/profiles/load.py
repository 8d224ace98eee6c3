"""Profiles from their files: every fact validated, every fact with its source, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from builder.findings import Finding, Phrase, Problem, has_errors, in_order
from builder.manifest.yaml.compose import Node
from builder.manifest.yaml.document import read_document
from builder.manifest.yaml.quoting import quoted
from builder.manifest.yaml.validate import validate
from builder.profiles.consistency import contradictions
from builder.profiles.facts import NAME, Facts, ProfileFile
from builder.profiles.profile import (
    AudioSettings,
    Confidence,
    Fact,
    Limits,
    LyricsSettings,
    NameSettings,
    Profile,
    Refused,
    TagSettings,
)
from builder.text import closest

_WANTED = {
    "name": Phrase("profile_name_wanted"),
    "title": Phrase("profile_title_wanted"),
    "value": Phrase("profile_value_wanted"),
    "source": Phrase("profile_source_wanted"),
    "reason": Phrase("profile_reason_wanted"),
    "help": Phrase("profile_help_wanted"),
}
_KEYS = ("name", "title", "based_on", "facts", "refused")
_ORDER: tuple[Confidence, ...] = ("low", "medium", "high")

Device = TypeVar("Device", bound=Profile | Refused)
Settings = TypeVar("Settings", NameSettings, Limits, AudioSettings, TagSettings, LyricsSettings)


@dataclass(frozen=True, kw_only=True)
class ProfileRead:
    """A profile file as read. Without findings it has a profile, or a device that is refused."""

    file: str
    lines: tuple[str, ...]
    profile: Profile | None
    refused: Refused | None
    findings: tuple[Finding, ...]


class ProfileError(ValueError):
    """A profile file that ships with the program is at fault: the text of its findings."""


def read_profile(path: Path, bases: Mapping[str, Profile]) -> ProfileRead:
    """Read and validate one profile file, which may be based on one of `bases`. OSError when it cannot be read."""
    document = read_document(path)
    findings = list(document.findings)
    profile, refused = None, None
    if document.root is not None:
        file, nodes, faults = validate(document.root, ProfileFile, _WANTED)
        findings += faults
        if file is not None:
            findings += _misplaced(file, nodes, path, bases)
        if file is not None and not has_errors(findings):
            if file.refused is not None:
                refused = Refused(name=file.name, title=file.title, **file.refused.model_dump())
            else:
                profile, faults = _assembled(file, nodes, bases)
                findings += faults
    lines, findings = quoted(document, findings, _KEYS, Phrase("profile_unlike"))
    return ProfileRead(
        file=document.file,
        lines=lines,
        profile=profile,
        refused=refused,
        findings=in_order(findings),
    )


def _misplaced(file: ProfileFile, nodes: Node, path: Path, bases: Mapping[str, Profile]) -> list[Finding]:
    findings = []
    if file.name != path.stem:
        key = "E219.other_name" if NAME.fullmatch(path.stem) else "E219.other_file"
        problem = Problem(key, profile=file.name, stem=path.stem)
        findings.append(problem.at(nodes.place_of(("name",))))
    if file.based_on is not None and file.based_on not in bases:
        like = closest(file.based_on, bases)
        key = "E222.base_like" if like else "E222.base"
        problem = Problem(key, base=file.based_on, like=like, known=bases)
        findings.append(problem.at(nodes.place_of(("based_on",))))
    if file.refused is not None and (file.based_on is not None or file.facts != Facts()):
        findings.append(Problem("E225.refused").at(nodes.place_of(("refused",), key=True)))
    return findings


def _assembled(
    file: ProfileFile, nodes: Node, bases: Mapping[str, Profile]
) -> tuple[Profile | None, list[Finding]]:
    """The profile of a file's facts, and for the others those of its base."""
    base = bases.get(file.based_on or "")
    values: dict[str, Any] = dict(base.values()) if base else {}
    facts: dict[str, Fact] = {}
    missing = []
    for name in Facts.model_fields:
        entry = getattr(file.facts, name)
        if entry is not None:
            values[name] = entry.value
            facts[name] = Fact(
                source=entry.source,
                confidence=entry.confidence or file.confidence,
                tested_on=tuple(file.tested_on if entry.tested_on is None else entry.tested_on),
            )
        elif base is not None:
            theirs = base.facts[name]
            facts[name] = Fact(
                source=theirs.source,
                # What is known of one device is known less surely of another.
                confidence=min(theirs.confidence, file.confidence, key=_ORDER.index),
                tested_on=(),  # another device's truth, until it is tried on this one
                taken_from=theirs.taken_from or base.name,
            )
        else:
            missing.append(name)
    if missing:
        problem = Problem("E202.facts", missing=missing, known=bases)
        return None, [problem.at(nodes.place_of(("facts",), key=True))]
    profile = Profile(
        name=file.name,
        title=file.title,
        confidence=file.confidence,
        tested_on=tuple(file.tested_on),
        verify=tuple(file.verify),
        names=_settings(NameSettings, values),
        limits=_settings(Limits, values),
        audio=_settings(AudioSettings, values),
        tag=_settings(TagSettings, values),
        lyrics=_settings(LyricsSettings, values),
        facts=facts,
        **values,
    )
    return profile, contradictions(profile, nodes)


def _settings(kind: type[Settings], values: dict[str, Any]) -> Settings:
    """Take the fields of one group out of the values."""
    return kind(**{field.name: values.pop(field.name) for field in fields(kind) if field.name in values})


class ProfileFiles:
    """The profiles of a folder, each read when it is asked for, with those that it is based on: a start reads one or
    two of all.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths
        self._found: dict[str, Profile | Refused | None] = {}

    def find(self, name: str) -> Profile | Refused | None:
        """The profile of a name; None if there is none, or while it is read. ProfileError if it has a fault."""
        if name in self.paths and name not in self._found:
            self._found[name] = None  # what is based on itself finds nothing
            read = read_profile(self.paths[name], _Named(self, Profile))
            if read.findings:
                raise ProfileError(
                    "; ".join(f"{f.place.file}:{f.place.line}: {f.message}" for f in read.findings)
                )
            self._found[name] = read.profile or read.refused
        return self._found.get(name)


class _Named(Mapping[str, Device]):
    """Those of one kind by name, in the order of their names."""

    def __init__(self, files: ProfileFiles, kind: type[Device]) -> None:
        self._files, self._kind = files, kind

    def __getitem__(self, name: str) -> Device:
        found = self._files.find(name)
        if not isinstance(found, self._kind):
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._files.paths if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def _shipped() -> ProfileFiles:
    with resources.as_file(resources.files("builder.profiles")) as folder:
        return ProfileFiles({path.stem: path for path in sorted(folder.glob("*.yaml"))})


def built_in() -> Mapping[str, Profile]:
    """The profiles that ship with the program, by name."""
    return _Named(_shipped(), Profile)


def refused() -> Mapping[str, Refused]:
    """The devices that are known and cannot be served, by name."""
    return _Named(_shipped(), Refused)
