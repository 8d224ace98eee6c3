"""Recordings that are not Scripture: a section for each folder, titles from file names, or from ID3v2 tags without one.

Layout: id3.org, "ID3 tag version 2.3.0" (frame sizes are plain) and "2.4.0" (they are syncsafe). Nothing is unpacked or
decompressed, whatever a frame claims.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from builder.bible.books import name_set_for
from builder.files.opening import open_file
from builder.findings import Finding, Problem
from builder.manifest.text import MAX_TEXT, checked_title
from builder.sources.intake.listing import natural, place_at
from builder.sources.mpeg import id3v2_size
from builder.text import invisible

_MOST_BYTES = 256 * 1024  # a picture before the title may be larger; then there is no title
_ENCODINGS = {1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


def title_in(path: Path, language: str) -> str:
    """The title in the tag before an MP3's sound, "" without one. Programs write Korean and Chinese in the code page of
    their Windows where Latin-1 is declared; `language` tells which that was.
    """
    try:
        with open_file(path) as stream:
            head = stream.read(_MOST_BYTES)
    except OSError:
        return ""
    size = id3v2_size(head[:10])
    if (
        not size or head[3] not in (3, 4) or head[5] & 0xC0
    ):  # unsynchronised, or with an extended header: rare
        return ""
    at, end = 10, min(size, len(head))
    while at + 10 <= end and head[at : at + 4].strip(b"\0"):
        length = _size(head[at + 4 : at + 8], syncsafe=head[3] == 4)
        if head[at : at + 4] == b"TIT2" and not head[at + 9]:
            return _text(head[at + 10 : min(at + 10 + length, end)], language)
        at += 10 + length
    return ""


def _size(raw: bytes, *, syncsafe: bool) -> int:
    total = 0
    for byte in raw:
        total = (total << (7 if syncsafe else 8)) | byte
    return total


def _text(raw: bytes, language: str) -> str:
    if not raw:
        return ""
    page = {"ko": "cp949", "zh": "gb18030"}.get(language.partition("-")[0], "latin-1")
    for charset in (_ENCODINGS[raw[0]],) if raw[0] in _ENCODINGS else ("utf-8", page, "latin-1"):
        try:
            return raw[1:].decode(charset).partition("\0")[0].strip()
        except UnicodeDecodeError:
            continue
    return ""


# `01. 희망`, `7 희망`, `01희망`, and A01_001_ of FCBH's stories; but 2024-03-10 is a date, and 40일 a word.
_NUMBER = re.compile(
    r"(?:[AB][0-9]{2}_)?(?P<n>[0-9]{1,3})"
    r"(?:(?P<sign>[._\-]*[\s)][\s._\-]*|[._\-]+(?![0-9]))|(?<=0[0-9])(?=[^\W\d_]))"
)
_FILESET = re.compile(r"_+[A-Z0-9]{9}A(?:[0-9]{2})?$")  # ENGABCN1DA at the end of a story's name
# What recorders and programs call a file that nobody has named.
_SAYS_NOTHING = re.compile(
    r"(?:audio|track|rec|recording|voice|file|untitled|memo|zoom|new recording|sound|mp3|side|녹음|트랙|음성|"
    r"새로운 녹음|录音|錄音|音轨|音軌)?[\s_.\-()]*(?P<n>[0-9]{0,5})[\s_.\-()]*",
    re.IGNORECASE,
)
# What a pack of talks, one that nobody has named, and a Bible are called, by the name set of the language.
_NEUTRAL = {
    "en": ("Recordings", "Part {}", "Bible"),
    "ko": ("녹음", "{}번", "성경"),
    "ko-common": ("녹음", "{}번", "성경"),
    "zh-Hans": ("录音", "第{}段", "圣经"),
    "zh-Hant": ("錄音", "第{}段", "聖經"),
}


SectionTitles = Literal["neutral", "folders"]
"""Whether sections are called by a neutral word and a number, or by the names of their folders."""


@dataclass(frozen=True, kw_only=True)
class Sermons:
    """A section of listed recordings: its title, and each recording's path and title in play order.

    `folder` is whose name the title is, "" where it is neutral; `taken` says of each title that is not neutral, by its
    path, whether it comes from the name or the tag of the recording.
    """

    title: str
    tracks: tuple[tuple[str, str], ...]
    folder: str = ""
    taken: Mapping[str, Literal["name", "tag"]] = field(default_factory=dict)


def talks_of(
    paths: Sequence[str],
    language: str,
    tag_title: Callable[[str], str],
    section_titles: SectionTitles = "neutral",
) -> tuple[list[Sermons], list[Finding]]:
    """Sections for recordings, by folder. `tag_title` gives the title in the tag of a recording."""
    sections: list[Sermons] = []
    findings: list[Finding] = []
    folders = sorted({path.rpartition("/")[0] for path in paths}, key=natural)
    used: set[str] = set()
    for number, folder in enumerate(folders, 1):
        inside = sorted((path for path in paths if path.rpartition("/")[0] == folder), key=natural)
        findings += _counted(folder, inside)
        neutral = neutral_title(language)
        named = ""
        if section_titles == "folders":
            named = shown_title(_unnumbered(folder.rpartition("/")[2], is_numbered=False))
        elif len(folders) > 1:
            neutral = f"{neutral} {number}"
        section, changed = _titled(inside, language, tag_title)
        findings += changed
        title = _distinct(named or neutral, " {}", used)
        sections.append(replace(section, title=title, folder=folder if named else ""))
    return sections, findings


def neutral_title(language: str, *, is_bible: bool = False) -> str:
    """A title for a pack without one: Recordings, Bible."""
    recordings, _, bible = _NEUTRAL[name_set_for(language)]
    return bible if is_bible else recordings


def _titled(
    paths: Sequence[str], language: str, tag_title: Callable[[str], str]
) -> tuple[Sermons, list[Finding]]:
    """A section without its title, and which titles are not as they were found."""
    tracks: list[tuple[str, str]] = []
    taken: dict[str, Literal["name", "tag"]] = {}
    findings = []
    used: set[str] = set()
    is_numbered = all(_NUMBER.match(PurePosixPath(path).stem.strip()) for path in paths)
    for number, path in enumerate(paths, 1):
        stem = _FILESET.sub("", PurePosixPath(path).stem.strip())
        bare = _unnumbered(stem, is_numbered=is_numbered)
        is_bare = _SAYS_NOTHING.fullmatch(bare)
        said = tag_title(path) if is_bare else bare.replace("_", " ")
        if shown_title(said):
            taken[path] = "tag" if is_bare else "name"
        wanted = shown_title(said) or _NEUTRAL[name_set_for(language)][1].format(_number(stem) or number)
        title = _distinct(wanted, " ({})", used)
        if said and title != _composed(said):
            findings.append(Problem("W339", title=title).at(place_at(path)))
        tracks.append((path, title))
    return Sermons(title="", tracks=tuple(tracks), taken=taken), findings


def _distinct(title: str, count: str, used: set[str]) -> str:
    """A title that is not used yet, and is from now on; where it is, with a count that takes room from a long one."""
    found, again = title, 1
    while found.casefold() in used:
        again += 1
        ending = count.format(again)
        # What is cut may not end in half of an ellipsis.
        found = (title[: MAX_TEXT - len(ending)].rstrip(" .") + ending).strip()
    used.add(found.casefold())
    return found


def _unnumbered(stem: str, *, is_numbered: bool) -> str:
    """A name without the number before it, if that is one: all names of its folder have one, or it looks like one."""
    match = _NUMBER.match(stem)
    if match is None or not (is_numbered or match["n"].startswith("0") or (match["sign"] or "").strip()):
        return stem
    return stem[match.end() :].strip(" _-.") or stem


def _number(stem: str) -> int | None:
    """The number of a recording: before its name, or all that its name says, as in `track01`."""
    match = _NUMBER.match(stem) or _SAYS_NOTHING.fullmatch(stem)
    return int(match["n"]) if match and match["n"] else None


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def shown_title(text: str) -> str:
    """A title that a manifest takes, or "": without signs that no player shows, and with `-` for a slash."""
    text = unicodedata.normalize("NFC", text)
    seen = (c if not invisible(text, at) and ord(c) < 0x10000 else " " for at, c in enumerate(text))
    title = " ".join(re.sub(r"[/\\]", "-", re.sub(r"\.\.+", "...", "".join(seen))).split())[:MAX_TEXT].strip()
    try:
        return checked_title(title)
    except ValueError:
        return ""


def _counted(folder: str, paths: Sequence[str]) -> Iterator[Finding]:
    """Numbers before the names that are missing or there twice."""
    numbers = Counter(n for path in paths if (n := _number(PurePosixPath(path).stem)) is not None)
    if len(paths) < 3 or sum(numbers.values()) < len(paths) or max(numbers) - min(numbers) > 2 * len(paths):
        return  # they count nothing
    missing = [str(n) for n in range(min(numbers), max(numbers)) if n not in numbers]
    doubled = [str(n) for n, count in numbers.items() if count > 1]
    if missing or doubled:
        key = "W338.missing" if missing else "W338.twice"
        facts = {"recordings": len(paths), "first": min(numbers), "last": max(numbers)}
        problem = Problem("W338" if missing and doubled else key, **facts, missing=missing, twice=doubled)
        yield problem.at(place_at(folder))
