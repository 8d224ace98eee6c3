"""Recordings that are no Scripture: a section for each folder, titles from names, or from tags where there is none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from builder.bible.names import name_set_for
from builder.findings import Finding
from builder.intake.listing import natural
from builder.intake.told import some, told
from builder.manifest.text import MAX_TEXT, checked_title
from builder.unseen import unseen

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


@dataclass(frozen=True, kw_only=True)
class Talks:
    """A section of listed recordings: its title, and each recording's path and title in play order."""

    title: str
    tracks: tuple[tuple[str, str], ...]


def talks_of(
    paths: Sequence[str], language: str, default: str, tag_title: Callable[[str], str]
) -> tuple[list[Talks], list[Finding]]:
    """Sections for recordings, by folder. `default` is the title for recordings in no folder; `tag_title` tells what
    the tag of a recording says.
    """
    sections: list[Talks] = []
    findings: list[Finding] = []
    folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    titles: Counter[str] = Counter()
    for folder in sorted(folders, key=natural):
        inside = sorted((path for path in paths if path.rpartition("/")[0] == folder), key=natural)
        findings += _counted(folder, inside)
        title = default
        if folder:
            title = shown_title(_unnumbered(folder.rpartition("/")[2], is_numbered=False)) or default
        titles[title.casefold()] += 1
        if titles[title.casefold()] > 1:
            title = f"{title} {titles[title.casefold()]}"
        tracks, changed = _titled(inside, language, tag_title)
        findings += changed
        sections.append(Talks(title=title, tracks=tuple(tracks)))
    return sections, findings


def neutral_title(language: str, *, is_bible: bool = False) -> str:
    """What a pack may be called where nobody says: Recordings, Bible."""
    recordings, _, bible = _NEUTRAL[name_set_for(language)]
    return bible if is_bible else recordings


def _titled(
    paths: Sequence[str], language: str, tag_title: Callable[[str], str]
) -> tuple[list[tuple[str, str]], list[Finding]]:
    tracks: list[tuple[str, str]] = []
    findings = []
    used: set[str] = set()
    is_numbered = all(_NUMBER.match(PurePosixPath(path).stem.strip()) for path in paths)
    for number, path in enumerate(paths, 1):
        stem = _FILESET.sub("", PurePosixPath(path).stem.strip())
        bare = _unnumbered(stem, is_numbered=is_numbered)
        said = tag_title(path) if _SAYS_NOTHING.fullmatch(bare) else bare.replace("_", " ")
        title = wanted = shown_title(said) or _NEUTRAL[name_set_for(language)][1].format(
            _number(stem) or number
        )
        again = 2
        while title.casefold() in used:
            title, again = f"{wanted} ({again})", again + 1
        used.add(title.casefold())
        if said and title != _composed(said):
            message = f'its title is written as "{title}"'
            help_text = (
                "titles of a folder differ, and hold nothing that players cannot show; change it if need be"
            )
            findings.append(told("W339", path, message, help_text))
        tracks.append((path, title))
    return tracks, findings


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
    seen = (c if not unseen(text, at) and ord(c) < 0x10000 else " " for at, c in enumerate(text))
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
    found = [
        f"{what} {some(which, 10)}" for what, which in (("no number", missing), ("twice", doubled)) if which
    ]
    if found:
        message = f"of {len(paths)} recordings numbered {min(numbers)} to {max(numbers)}: {'; '.join(found)}"
        yield told("W338", folder, message, "is a recording missing, or one there in two versions?")
