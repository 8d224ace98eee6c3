"""A recording that was replaced on purpose: its new checksum, and only it, goes into the list beside the manifest."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.files.opening import file_digest
from builder.manifest.pack import Pack, speech_of
from builder.sources.checksums import LISTED_LINE
from builder.sources.folder import SourceFolder, composed
from builder.text import did_you_mean


class UnknownSourceError(ValueError):
    """Nothing of this name belongs to the manifest, or is there; the message says which it may be."""


class SwappedError(ValueError):
    """A recording that is now what another one was; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A recording by its name in the manifest: the checksum that the list had for it, if any, and the one of now."""

    source: str
    before: str | None
    after: str


def accept(pack: Pack, listed: Mapping[str, str], sources: Iterable[str]) -> list[Accepted]:
    """What becomes of recordings that were replaced, each named as in the manifest or by its path on this disk. None is
    accepted where one cannot be: UnknownSourceError, SwappedError, OSError.
    """
    folder = SourceFolder(pack.sources)
    used = _used(pack)
    found = [_accepted(name, folder, {*used, *listed}, listed) for name in dict.fromkeys(sources)]
    for one in found:
        was = next(
            (name for name, digest in listed.items() if digest == one.after and name != one.source), None
        )
        if was is not None and one.before != one.after:
            raise SwappedError(f"{one.source} is now the recording that {was} was")
    return found


def _used(pack: Pack) -> set[str]:
    """The recordings that a pack names."""
    prompts = tuple(section.prompt for section in pack.sections if section.prompt)
    tracks = (*pack.tracks, *prompts)
    names = {piece.source for track in tracks for piece in track.pieces}
    names |= {clip for track in tracks for clip in track.edit.announcement}
    return {name for name in names if speech_of(name) is None}


def _accepted(given: str, folder: SourceFolder, known: set[str], listed: Mapping[str, str]) -> Accepted:
    name = _named(given, folder, known)
    path = folder.locate(name)
    if not isinstance(path, Path):
        raise UnknownSourceError(f"{name} is not in the sources folder")
    return Accepted(source=name, before=listed.get(name), after=file_digest(path))


def _named(given: str, folder: SourceFolder, known: set[str]) -> str:
    """The name in the manifest of a recording that is given so, or by where it is on this disk."""
    name = composed(given.replace("\\", "/") if os.name == "nt" else given).removeprefix("./")
    if name in known:
        return name
    inside = os.path.relpath(os.path.realpath(given), os.path.realpath(folder.root)).replace(os.sep, "/")
    if composed(inside) in known:
        return composed(inside)
    hint = did_you_mean(name, known, "the names are those of the manifest")
    raise UnknownSourceError(f"{given} is no recording of this manifest; {hint}")


def with_accepted(text: str, accepted: Iterable[Accepted]) -> str:
    """The text of a list with the checksums that were accepted; every other line, and how lines end, stays as it is."""
    fresh = {one.source: one.after for one in accepted}
    end = "\r\n" if "\r\n" in text else "\n"
    lines = []
    for line in text.splitlines(keepends=True):
        match = LISTED_LINE.fullmatch(line.strip("\r\n\ufeff"))
        name = unicodedata.normalize("NFC", match[2].removeprefix("./")) if match else ""
        digest = fresh.pop(name, None)
        lines.append(line if match is None or digest is None else line.replace(match[1], digest, 1))
    if fresh and lines and not lines[-1].endswith(("\n", "\r")):
        lines.append(end)
    return "".join([*lines, *(f"{digest}  {name}{end}" for name, digest in sorted(fresh.items()))])
