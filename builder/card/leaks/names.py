"""What a name on a card may be, and what files do not belong there. Pure: names only, no bytes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from fnmatch import fnmatchcase

from builder.card.leaks.leak import WRITE_AGAIN, Leak
from builder.card.verify.pack import NodeKind
from builder.fat.names import name_fault
from builder.files.names import left_by
from builder.sources.lyrics.lines import ENDING
from builder.text import text_fault

# A player that finds one of these may overwrite itself: Jieli takes UFW (and BFU, older) and MVSilicon MVA files.
_FIRMWARE = ("*.ufw", "*.bfu", "*.mva")
_PAPERS = {
    "record.json": "this program's record of what was made",
    "*.yaml": "a manifest",
    "*.yml": "a manifest",
    "*.json": "a record or a list",
    "*.html": "a report",
    "*.htm": "a report",
    "*.csv": "a list",
    "*.tsv": "a list",
    "*.xls*": "a list",
    "*.doc*": "a document",
    "*.pdf": "a document",
    "*.txt": "a text",
    "*.md": "a text",
    "*.log": "a log",
    "*.img": "a disk image",
    "*.sha*": "checksums",
    "*.md5": "checksums",
    "*.sfv": "checksums",
    "*.m3u*": "a playlist, which tells where files were",
    "*.pls": "a playlist, which tells where files were",
    "*.cue": "a list of tracks",
    "*.jpg": "a picture",
    "*.jpeg": "a picture",
    "*.png": "a picture",
    "*.lock": "a lock of a program",
    "*.lnk": "a link of Windows, which tells where the file was",
    "*.wav": "a recording that is no MP3",
    "*.flac": "a recording that is no MP3",
    "*.m4a": "a recording that is no MP3",
    "*.ogg": "a recording that is no MP3",
}
_COPIED = re.compile(r" - Copy( \(\d+\))?$| copy( \d+)?$|의 복사본$| - 복사본$| - 副本$", re.IGNORECASE)
_NUMBERED = re.compile(r" ?\(\d+\)$")


def judge_name(path: str, kind: NodeKind, beside: Container[str]) -> Iterator[Leak]:
    """Every leak that a name is, or that a file or folder of that name is. `beside` are all paths of the card."""
    name = path.rpartition("/")[2]
    lower = name.lower()
    if maker := left_by(name):
        what = f"{maker} left it there, and it may tell which computer the card was in, and when"
        yield Leak(code="E708", message=what, help=WRITE_AGAIN)
    elif any(fnmatchcase(lower, pattern) for pattern in _FIRMWARE):
        what = "a file by which a player renews its own program: it may overwrite itself"
        yield Leak(code="E709", message=what)
    elif kind == "other":
        yield Leak(code="E707", message="is a link, a pipe or a device; a card holds files and folders")
    elif kind == "file" and name.endswith(ENDING) and f"{path.removesuffix(ENDING)}.mp3" in beside:
        pass  # words beside a track, which are judged by what is in them
    elif kind == "file" and name.endswith(ENDING):
        yield Leak(code="E720", message="is a lyrics file without a track of the same name")
    elif kind == "file" and not lower.endswith(".mp3"):
        paper = next((what for pattern, what in _PAPERS.items() if fnmatchcase(lower, pattern)), "")
        yield Leak(code="E707", message=f"is {paper or 'no track'}; a card holds its tracks and nothing else")
    stem, ending = (path[:-4], path[-4:]) if lower.endswith(".mp3") else (path, "")
    original = _NUMBERED.sub("", stem)
    if _COPIED.search(stem) or (original != stem and original + ending in beside):  # a title may end with (2)
        yield Leak(code="E710", message="the name is that of a copy, as a file manager makes it")
    elif (fault := _spelling(name)) and not maker:  # which is reported
        yield Leak(code="E710", message=f"the name {fault}")


def _spelling(name: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in name):
        return "is not text in any known encoding"
    # A space before the ending is at an end too.
    if fault := text_fault(name) or text_fault(name.rpartition(".")[0]):
        return fault
    if name.lower().endswith(".mp3") and not name.endswith(".mp3"):
        return f"ends with {name[-4:]}; a track here ends with .mp3"
    if name.startswith("."):
        return "begins with a dot, which hides it on many computers"
    return name_fault(name)
