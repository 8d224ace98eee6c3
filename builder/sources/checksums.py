"""The list of checksums beside a manifest: which recording stood under which name when the list was made.

Its form is that of `sha256sum`, with paths as in the manifest, so that others can check it too:
`sha256sum -c ../pack.sha256` in the sources folder.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from builder.files.opening import file_digest, open_file
from builder.findings import Finding, Place
from builder.manifest.pack import Pack
from builder.sources.find import Source
from builder.sources.folder import SourceFolder
from builder.text import some

MAX_BYTES = 4_000_000
# What `init` writes above a list, and by which it knows its own; `sha256sum -c` passes over it.
MARK = "# Written by packbuilder init: what the recordings were.\n"
_MOST_STRAYS = 12  # told one by one
_SHOWN = 5
LISTED_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")


@dataclass(frozen=True, kw_only=True)
class _FirstUse:
    """Where a recording is named first."""

    place: Place
    track: str


def checksum_findings(
    pack: Pack, sources: Mapping[str, Source]
) -> tuple[Mapping[str, tuple[str, ...]], list[Finding]]:
    """The lines, by its file, of the list that the manifest names; and where recordings are not what it says."""
    if pack.checksums is None:
        return {}, []
    opened = open_list(pack, pack.checksums)
    if isinstance(opened, Finding):
        return {}, [opened]
    place, file = pack.checksums_place, str(opened.path)
    lines = tuple(opened.text.removeprefix("\ufeff").splitlines())
    listed, findings = read_list(lines, file)
    uses: dict[str, _FirstUse] = {}
    for track in pack.tracks:
        for piece in track.pieces:
            if piece.source in sources:
                uses.setdefault(piece.source, _FirstUse(place=piece.place, track=track.title))
    found: dict[str, str] = {}
    with ThreadPoolExecutor(thread_name_prefix="checksum") as threads:
        digests = {name: threads.submit(file_digest, sources[name].path) for name in uses if name in listed}
        for name, digest in digests.items():
            with suppress(OSError):  # it went away since it was looked at, which the build will say
                found[name] = digest.result()
    findings += [*_compared(listed, found, uses), *_unlisted(listed, pack, uses, place)]
    findings += _strays(listed, pack, sources)
    # A file that is something else is not quoted: it may be anyone's.
    return {file: lines} if 2 * len(listed) > len(lines) else {}, findings


@dataclass(frozen=True, kw_only=True)
class ChecksumList:
    """The file of a list: where it is, and its text, with the mark of byte order that some editors set before it."""

    path: Path
    text: str


def open_list(pack: Pack, checksums: str) -> ChecksumList | Finding:
    """The list that a manifest names, or what is wrong with it."""
    place, name = pack.checksums_place, checksums.removeprefix("./")
    source_folder = SourceFolder(pack.folder, "the manifest's folder")
    path = source_folder.locate(name) or source_folder.missing(name)
    if not isinstance(path, Path):
        return _unreadable(place, path.message, path.help)
    try:
        with open_file(path) as stream:
            text = stream.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is no text in UTF-8"
        return _unreadable(place, f"{name} cannot be read: {why}")
    if len(text) > MAX_BYTES:
        return _unreadable(place, f"{name} is larger than a list of recordings")
    return ChecksumList(path=path, text=text)


def checksum_lines(digests: Mapping[str, str]) -> str:
    """The lines of these recordings: SHA-256 by path."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def checksums_of(sources: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of recordings below a folder, by their paths on the disk. OSError where one cannot be read."""
    source_folder = SourceFolder(sources)
    # As the disk has the names, decomposed or not, so that `sha256sum -c` finds them.
    found = [path for name in names if isinstance(path := source_folder.locate(name), Path)]
    with ThreadPoolExecutor(thread_name_prefix="checksum") as threads:
        digests = threads.map(file_digest, found)
        return {
            os.fsencode(path.relative_to(source_folder.root).as_posix()).decode("utf-8"): digest
            for path, digest in zip(found, digests, strict=True)
        }


def read_list(lines: Iterable[str], file: str) -> tuple[dict[str, str], list[Finding]]:
    """The SHA-256 of each recording of a list, and what is wrong with its lines."""
    listed: dict[str, str] = {}
    findings: list[Finding] = []
    for at, line in enumerate(lines, 1):
        match = LISTED_LINE.fullmatch(line)
        if match is not None:
            listed[unicodedata.normalize("NFC", match[2].removeprefix("./"))] = match[1].lower()
        elif (
            line.strip() and not line.startswith("#") and not findings
        ):  # one of them tells that it is another kind of file
            where = Place(file=file, line=at, width=max(1, len(line)))
            findings.append(_unreadable(where, "this line is no checksum and path"))
    return listed, findings


_MAKE_IT = "make it again (`sha256sum` in the sources folder writes such lists), or take `checksums` out"


def _unreadable(place: Place, message: str, help_text: str = _MAKE_IT) -> Finding:
    return Finding(code="E360", place=place, message=message, help=help_text)


def _compared(
    listed: Mapping[str, str], found: Mapping[str, str], uses: Mapping[str, _FirstUse]
) -> Iterator[Finding]:
    """What is another recording than it was; above all, one that stood under another name."""
    was = {digest: name for name, digest in sorted(listed.items(), reverse=True)}
    for name, digest in found.items():
        if digest == listed[name]:
            continue
        other, use = was.get(digest), uses[name]
        if other is None:
            yield Finding(
                code="W361",
                place=use.place,
                track=use.track,
                message=f"{name} is not the recording that is in the checksums",
                help="listen to it; if it was replaced on purpose, put its new checksum into the list",
            )
            continue
        both = found.get(other) == listed[name]
        yield Finding(
            code="E362",
            place=use.place,
            track=use.track,
            message=f"{name} and {other} have changed places"
            if both
            else f"{name} is now the recording that {other} was",
            help="put the right recording back under this name, or its checksum into the list",
        )


def _unlisted(
    listed: Mapping[str, str], pack: Pack, uses: Mapping[str, _FirstUse], place: Place
) -> Iterator[Finding]:
    """Recordings that the list does not speak of, and those of the list that nothing uses: one finding each."""
    prompts = tuple(section.prompt for section in pack.sections if section.prompt)
    tracks = (*pack.tracks, *prompts)
    named = {piece.source for track in tracks for piece in track.pieces}
    named |= {clip for track in tracks for clip in track.edit.announcement}
    for names, what in (
        (sorted(uses.keys() - listed.keys()), "used, and not in the checksums"),
        (sorted(listed.keys() - named), "in the checksums, and used by no track"),
    ):
        if names:
            yield Finding(
                code="W363",
                place=place,
                message=f"{some(names, _SHOWN)}: {what}",
                help="is one missing from the manifest, or the list older than it?",
            )


def _strays(listed: Mapping[str, str], pack: Pack, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """Recordings of the list that lie in its folders under a name that nothing knows: copied, or renamed."""
    source_folder = SourceFolder(pack.sources)
    uses: dict[str, _FirstUse] = {}
    for track in pack.tracks:
        for piece in track.pieces:
            uses.setdefault(piece.source, _FirstUse(place=piece.place, track=track.title))
    lost = {name for name in listed.keys() - sources.keys() if source_folder.locate(name) is None}
    sizes = {sources[name].facts.bytes for name in listed if name in sources}
    was = {listed[name]: name for name in sorted(listed, key=lambda one: (one in lost, one))}
    told = []
    for name, path in _unknown(listed, {*listed, *uses, *sources}, source_folder):
        with suppress(OSError):
            if (lost or path.stat().st_size in sizes) and (other := was.get(file_digest(path))):
                told.append((other, name))
    shown = told if len(told) <= _MOST_STRAYS else told[:1]
    more = f"; so do {len(told) - 1} more" if len(told) > len(shown) else ""
    for other, name in shown:
        use = uses.get(other, _FirstUse(place=pack.checksums_place, track=""))
        yield Finding(
            code="W364",
            place=use.place,
            track=use.track,
            message=f"{name}, which nothing uses, holds the recording that {other} was{more}",
            help=f"was it renamed? Then call it {other} again"
            if other in lost
            else "it is a second copy: take away the one that is not meant",
        )


def _unknown(
    listed: Iterable[str], known: Container[str], source_folder: SourceFolder
) -> Iterator[tuple[str, Path]]:
    """Files in the folders of the list, of its kinds, that have none of the known names."""
    folders = sorted({name.rpartition("/")[0] for name in listed})
    kinds = {PurePosixPath(name).suffix.lower() for name in listed}
    for above in folders:
        folder = source_folder.locate(above) if above else source_folder.root
        if not isinstance(folder, Path):
            continue
        for name, actual in source_folder.names(folder).items():
            path, full = folder / actual, f"{above}/{name}" if above else name
            is_of_a_kind = path.suffix.lower() in kinds and not name.startswith(".")
            if is_of_a_kind and full not in known and path.is_file() and not path.is_symlink():
                yield full, path
