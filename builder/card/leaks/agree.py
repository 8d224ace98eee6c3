"""Whether the tags of a card's tracks agree: with their order, their folders and each other. Pure.

A number that agrees with nothing is a message. Without a record, the card itself says what the numbers must be: they
count the tracks over the whole card and the folders, both in order of name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from builder.card.leaks.leak import Leak
from builder.plan.tagging import is_wide
from builder.profiles.profile import TAG_ENCODINGS

_Value = TypeVar("_Value")


Texts = Mapping[str, str]
"""What the tags of a track say, by frame, and their form; nothing where there are none."""

_OF_ALL = {"TLAN": "language", "TCON": "kind", "ID3v1 TCON": "kind"}
_IN_ALL = ("TIT2", "TPE1", "TALB")
_NUMBERS = ("TRCK", "TPOS")
_TEXTS = (*_IN_ALL, *_NUMBERS, *_OF_ALL)
_ONLY_NUMBERS = re.compile(r"([0-9]{2,5})(?:-([0-9]{2,5}))?")

Disagreement = tuple[str, str, str]
"""Path, frame and what is wrong with it."""


def disagreements(tracks: Sequence[tuple[str, Texts]]) -> Iterator[tuple[str, Leak]]:
    """For each frame the path of the first track whose tag does not agree with the card, and the leak.

    One track that is missing shifts the numbers of all behind it, so the others are counted.
    """
    ordered = sorted(tracks, key=lambda track: track[0].encode("utf-8", "surrogatepass"))
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, frame, message in (
        *_numbers(ordered),
        *_alike(ordered),
        *_albums(ordered),
        *_encodings(ordered),
        *_pages(ordered),
    ):
        found[frame].append((path, message))
    for frame, places in found.items():
        path, message = places[0]
        more = f" (and {len(places) - 1:,} more)" if len(places) > 1 else ""
        help_text = "audit the whole card, not a folder of it; if it is whole, build the pack again"
        what = "the ID3v1 tag" if frame == "ID3v1" else f"the frame {frame}"
        yield path, Leak(code="E701", message=f"{what} {message}{more}", help=help_text)


def _numbers(ordered: Sequence[tuple[str, Texts]]) -> Iterator[Disagreement]:
    """They count the tracks and the folders, in all tracks or in none."""
    folders: dict[str, int] = {}
    is_numbered = any(frame in texts for _, texts in ordered for frame in _NUMBERS)
    for number, (path, texts) in enumerate(ordered, 1):
        place = folders.setdefault(path.rpartition("/")[0], len(folders) + 1)
        wanted = [("TRCK", number), ("TPOS", place)] if is_numbered else []
        # One byte counts no further.
        wanted += [("ID3v1 TRCK", number if number < 256 else 0)] if "ID3v1 TRCK" in texts else []
        for frame, right in wanted:
            if (found := texts.get(frame, "")) != str(right):
                yield path, frame, f"says {found or 'nothing'}, and this is number {right} on the card"


def _alike(ordered: Sequence[tuple[str, Texts]]) -> Iterator[Disagreement]:
    """What all tracks have alike: language, kind, and which texts there are."""
    usual = {frame: _usual(texts.get(frame, "") for _, texts in ordered) for frame in _OF_ALL}
    has = {frame: _usual(bool(texts.get(frame)) for _, texts in ordered) for frame in _IN_ALL}
    # Where nothing but Latin-1 is read, an artist in other letters has no frame.
    if all(texts.get("encoding") != "UTF-16" for _, texts in ordered):
        del has["TPE1"]
    for path, texts in ordered:
        for frame, what in _OF_ALL.items():
            if (found := texts.get(frame, "")) != usual[frame]:
                others = usual[frame] or "not said"
                yield path, frame, f"says {found!r}, the {what} of the others is {others!r}"
        for frame, right in has.items():
            if bool(texts.get(frame)) != right:
                missing, there = "is missing, and the others have it", "is there, and the others have none"
                yield path, frame, missing if right else there


def _albums(ordered: Sequence[tuple[str, Texts]]) -> Iterator[Disagreement]:
    """Several albums begin with their numbers, in order; each folder has its own, or several."""
    runs: list[tuple[str, str, str]] = []  # path of the first track, folder, album
    for path, texts in ordered:
        run = (path.rpartition("/")[0], texts.get("TALB", ""))
        if not runs or runs[-1][1:] != run:
            runs.append((path, *run))
    if len(runs) > 1 and any(album for _, _, album in runs):
        wrong = list(_misnumbered(runs))
        usual = _usual(texts.get("TALB", "") for _, texts in ordered)
        is_one = len(wrong) == len(runs)  # there is one album, and somebody changed another track's
        for path, album, number in wrong:
            if not is_one or album != usual:
                right = (
                    f"{usual!r} is that of the others" if is_one else f"this is album {number} of the card"
                )
                yield path, "TALB", f"says {album!r}, and {right}"


def _misnumbered(runs: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """The path and album of each run that has another number than its own, and that number."""
    width, following = max(2, len(str(len(runs)))), 1
    spans = [_ONLY_NUMBERS.fullmatch(album) for _, _, album in runs]
    for place, ((path, _, album), span) in enumerate(zip(runs, spans, strict=True), 1):
        number, found = f"{place:0{width}d}", album.partition(" ")[0]
        if all(spans) and span:  # a discreet pack, in which a folder may hold several sections
            number, found = f"{following:02}", span[1]
            following = int(span[2] or span[1]) + 1
        if found != number:
            yield path, album, number


def _encodings(ordered: Sequence[tuple[str, Texts]]) -> Iterator[Disagreement]:
    """All tags are written by one rule of a profile."""
    tagged = [(path, texts) for path, texts in ordered if "encoding" in texts]
    wrong = [
        [
            (path, texts)
            for path, texts in tagged
            if is_wide([texts.get(frame, "") for frame in _TEXTS], encoding)
            != (texts["encoding"] == "UTF-16")
        ]
        for encoding in TAG_ENCODINGS
    ]
    for path, texts in min(wrong, key=len):
        yield path, "TIT2", f"is in {texts['encoding']}, and those of the others are by another rule"


def _pages(ordered: Sequence[tuple[str, Texts]]) -> Iterator[Disagreement]:
    """All tags behind the sound are in one code page."""
    pages = Counter(page for _, texts in ordered for page in texts.get("pages", "").split())
    usual = max(pages, key=lambda page: (pages[page], page), default="")
    for path, texts in ordered:
        if usual and usual not in texts.get("pages", usual).split():
            yield path, "ID3v1", f"is not in the code page of the others, {usual}"


def _usual(values: Iterable[_Value]) -> _Value | None:
    return next((value for value, _ in Counter(values).most_common(1)), None)
