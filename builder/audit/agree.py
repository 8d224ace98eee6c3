"""Whether the tags of a card's tracks agree: with their order, their folders and each other. Pure.

A number that agrees with nothing is a message. Without a record, the card itself says what the numbers must be: they
count the tracks over the whole card and the folders, both in order of name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from builder.audit.leak import Leak

Texts = Mapping[str, str]
"""What the tags of a track say, by frame; nothing where there are none."""

_OF_ALL = {"TLAN": "language", "TCON": "kind"}
_NUMBERS = ("TRCK", "TPOS")


def disagreements(tracks: Sequence[tuple[str, Texts]]) -> Iterator[tuple[str, Leak]]:
    """The path of each track whose tag does not agree with the card, and the leak."""
    ordered = sorted(tracks, key=lambda track: track[0].encode("utf-8", "surrogatepass"))
    folders: dict[str, int] = {}
    albums: dict[str, str] = {}
    usual = {frame: _usual(frame, tracks) for frame in _OF_ALL}
    numbered = any(frame in texts for _, texts in tracks for frame in _NUMBERS)
    for number, (path, texts) in enumerate(ordered, 1):
        folder = path.rpartition("/")[0]
        place = folders.setdefault(folder, len(folders) + 1)
        wanted = {"TRCK": str(number), "TPOS": str(place)} if numbered else {}
        for frame, right in wanted.items():
            if (found := texts.get(frame, "")) != right:
                yield path, _leak(frame, f"says {found or 'nothing'}, and this is number {right} on the card")
        for frame, right in usual.items():
            if (found := texts.get(frame, "")) != right:
                what = f"says {found!r}, where the {_OF_ALL[frame]} of the others is {right or 'not said'!r}"
                yield path, _leak(frame, what)
        album = albums.setdefault(folder, texts.get("TALB", ""))
        if folder and texts.get("TALB", "") != album:
            yield (
                path,
                _leak("TALB", f"says {texts.get('TALB', '')!r}, and its folder is {album!r} in other tags"),
            )


def _usual(frame: str, tracks: Sequence[tuple[str, Texts]]) -> str:
    counts = Counter(texts.get(frame, "") for _, texts in tracks)
    return counts.most_common(1)[0][0] if counts else ""


def _leak(frame: str, message: str) -> Leak:
    help_text = "audit the whole card, not a folder of it; if it is whole, build the pack again"
    return Leak(code="E701", message=f"the frame {frame} {message}", help=help_text)
