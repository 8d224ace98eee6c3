"""Profiles from their files: every fact validated, every fact with its source, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from builder.findings import Finding, Phrase, has_errors, in_order
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
from builder.text import did_you_mean, some

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
        message = f'"{file.name}" is not the file\'s name'
        or_so = f"write name: {path.stem}, or " if NAME.fullmatch(path.stem) else ""
        help_text = f"{or_so}call the file {file.name}.yaml"
        findings.append(
            Finding(code="E219", place=nodes.place_of(("name",)), message=message, help=help_text)
        )
    if file.based_on is not None and file.based_on not in bases:
        message = f'there is no profile "{file.based_on}" to be based on'
        hint = did_you_mean(file.based_on, bases, f"there are: {', '.join(bases)}")
        findings.append(Finding(code="E222", place=nodes.place_of(("based_on",)), message=message, help=hint))
    if file.refused is not None and (file.based_on is not None or file.facts != Facts()):
        findings.append(
            Finding(
                code="E225",
                place=nodes.place_of(("refused",), key=True),
                message="a device that is refused has facts, or is based on another",
                help="keep name, title and refused; or take refused out",
            )
        )
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
        return None, [_too_little(missing, nodes, bases)]
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


def _too_little(missing: list[str], nodes: Node, bases: Mapping[str, Profile]) -> Finding:
    return Finding(
        code="E202",
        place=nodes.place_of(("facts",), key=True),
        message=f"facts are missing here: {some(missing, 5)}",
        help=f"add `based_on:` and one of {', '.join(bases)}; or state each with its source",
    )


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
