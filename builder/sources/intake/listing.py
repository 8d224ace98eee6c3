"""The files of a folder: recordings in natural order; what is left out, and why. Opens no file, follows no link."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path, PurePosixPath

from builder.bible.lookup import codes_called
from builder.files.names import left_by
from builder.findings import Finding, Phrase, Place, Problem
from builder.manifest.load import MAX_TRACKS
from builder.manifest.text import checked_source
from builder.sources.folder import composed
from builder.text import has_invisible


def place_at(path: str) -> Place:
    """The place of a path relative to the folder that was given; "" is that folder."""
    return Place(file=path, is_binary=True)


def in_a_row(key: str, parts: Iterable[str | Phrase]) -> str | Phrase:
    """Parts as one, by a phrase that has places for two: `a or b or c`."""
    return reduce(lambda first, last: Phrase(key, first=first, last=last), parts)


def below(folder: Path, findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the folder that was given before the paths in them."""
    return [
        replace(finding, place=replace(finding.place, file=str(folder / finding.place.file)))
        for finding in findings
    ]


MAX_ENTRIES = 4 * MAX_TRACKS
METADATA = "metadata.json"
_SOUND = frozenset(
    {".mp3", ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".mp4", ".aac"}
)
_ENDINGS = {
    "sound": ".wma .amr .aif .aiff .aifc .ape .3gp .3ga .caf .ra .rm .mka .webm .mp2 .mpc .wv .au",
    "pictures": ".jpg .jpeg .png .gif .bmp .webp .tif .tiff .svg .heic",
    "playlists": ".m3u .m3u8 .pls .cue .wpl .xspf .asx",
    "texts and times": ".txt .lrc .srt .vtt .json .xml .usfm .sfm .csv .tsv .md .nfo .log .md5",
    "documents": ".pdf .doc .docx .hwp .hwpx .rtf .odt .xls .xlsx .htm .html .epub",
    "archives": ".zip .rar .7z .gz .tar .alz .egg",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_LEFT_BEHIND = "what computers leave behind"
_LEFT_OUT = {
    "pictures": Phrase("intake_pictures"),
    "playlists": Phrase("intake_playlists"),
    "texts and times": Phrase("intake_texts"),
    "documents": Phrase("intake_documents"),
    "archives": Phrase("intake_archives"),
    "others": Phrase("intake_others"),
    _LEFT_BEHIND: Phrase("intake_left_behind"),
}
# Windows keeps these from names, and drops a space or full stop at their end (Microsoft, "Naming Files").
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]|[ .](?:/|$)|[ .]\.[^./]*$')


@dataclass(frozen=True, kw_only=True)
class Recording:
    """`path` is relative to the folder, composed (NFC), with `/`; `at` is where the disk has it."""

    path: str
    at: Path
    bytes: int


@dataclass(kw_only=True)
class Listing:
    """`left_out` are names by what they are. `metadata` are files of that name that Scripture Burrito uses."""

    recordings: list[Recording] = field(default_factory=list)
    metadata: list[Recording] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_too_large: bool = False


def list_folder(folder: Path) -> Listing:
    """Everything below a folder. OSError where the folder itself cannot be read."""
    listing = Listing()
    seen: dict[str, list[str]] = {}
    for count, (path, entry) in enumerate(_walk(folder, "", listing), 1):
        if count > MAX_ENTRIES or len(listing.recordings) > MAX_TRACKS:
            key = "E320.files" if count > MAX_ENTRIES else "E320.recordings"
            problem = Problem(key, files=MAX_ENTRIES, recordings=MAX_TRACKS)
            return Listing(findings=[problem.at(place_at(""))], is_too_large=True)
        _sort(path, entry, listing, seen)
    doubled = {name: paths for name, paths in seen.items() if len(paths) > 1}
    for name, paths in doubled.items():
        listing.findings.append(Problem("E331.forms", files=len(paths)).at(place_at(name)))
    listing.recordings = [one for one in listing.recordings if one.path not in doubled]
    listing.recordings.sort(key=lambda one: natural(one.path))
    for kind, names in listing.left_out.items():
        names.sort(key=natural)
        listing.findings.append(Problem("W326", kind=_LEFT_OUT[kind], names=names).at(place_at("")))
    return listing


def natural(path: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A key that sorts 2 before 10 and the files of a folder before those of the next; the same on every system."""
    parts = re.split(r"([0-9]+)", path.casefold().replace("/", "\0"))
    key = tuple((0, int(part), "") if at % 2 else (1, 0, part) for at, part in enumerate(parts))
    return key, path


def _walk(folder: Path, above: str, listing: Listing) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file below, by its path with `/`, as the disk has it; and links and folders that are not searched."""
    folders: list[tuple[Path, str]] = [(folder, above)]
    while folders:
        here, above = folders.pop()
        try:
            with os.scandir(here) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            if not above:
                raise
            listing.findings.append(Problem("E323.folder", reason=error.strerror).at(place_at(above)))
            continue
        for entry in entries:
            path = f"{above}/{entry.name}" if above else entry.name
            if _is_link(entry) or not entry.is_dir() or _by_computer(entry.name):
                yield path, entry
            else:
                folders.append((here / entry.name, path))


def _sort(raw: str, entry: os.DirEntry[str], listing: Listing, seen: dict[str, list[str]]) -> None:
    """One file into recordings, or what is left out, or a finding."""
    path = composed(raw)
    suffix = PurePosixPath(path.strip()).suffix.lower()
    if _by_computer(entry.name):
        listing.left_out.setdefault(_LEFT_BEHIND, []).append(path)
        return
    if _is_link(entry):
        listing.findings.append(Problem("E323.link").at(place_at(path)))
        return
    facts = entry.stat(follow_symlinks=False)
    if _KINDS.get(suffix) == "sound":
        listing.findings.append(Problem("E325", format=suffix[1:].upper()).at(place_at(path)))
    elif entry.name == METADATA and stat.S_ISREG(facts.st_mode):
        listing.metadata.append(Recording(path=path, at=Path(entry.path), bytes=facts.st_size))
    elif suffix not in _SOUND:
        listing.left_out.setdefault(_KINDS.get(suffix, "others"), []).append(path)
    elif not stat.S_ISREG(facts.st_mode):
        listing.findings.append(Problem("E323").at(place_at(path)))
    elif facts.st_size == 0:
        listing.findings.append(Problem("E324").at(place_at(path)))
    elif problem := _unwritable(path):
        listing.findings.append(problem.at(place_at(path)))
    else:
        seen.setdefault(path, []).append(raw)
        listing.recordings.append(Recording(path=path, at=Path(entry.path), bytes=facts.st_size))
        if _NOT_ON_WINDOWS.search(path):
            listing.findings.append(Problem("W322").at(place_at(path)))


def _by_computer(name: str) -> bool:
    return name.startswith(".") or left_by(name) != ""


def _is_link(entry: os.DirEntry[str]) -> bool:
    """A link, or a junction of Windows."""
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return entry.is_symlink() or (tag != 0 and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None))


def _unwritable(path: str) -> Problem | None:
    """Why a manifest cannot name a file."""
    try:
        path.encode()
    except UnicodeEncodeError:
        readings = _probably(path)
        return Problem("E321.likely" if readings else "E321.bytes", readings=readings)
    try:
        checked_source(path)
    except ValueError as error:
        return Problem("E321", reason=str(error))
    return None


def _probably(path: str) -> list[Phrase]:
    """What a name in the bytes of a Korean or Chinese Windows most likely says."""
    spelled = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    readings = {}
    for charset, key in (("cp949", "intake_korean"), ("gb18030", "intake_chinese")):
        try:
            text = spelled.decode(charset)
        except UnicodeDecodeError:
            continue
        if not has_invisible(text):
            readings[key] = text
    words = {key: re.split(r"[0-9 _.\-第]+", text) for key, text in readings.items()}
    known = {key: text for key, text in readings.items() if any(map(codes_called, words[key]))}
    return [Phrase(key, text=text) for key, text in (known or readings).items()]
