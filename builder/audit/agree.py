"""Whether the tags of a card's tracks agree: with their order, their folders and each other. Pure.

A number that agrees with nothing is a message. Without a record, the card itself says what the numbers must be: they
count the tracks over the whole card and the folders, both in order of name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from builder.audit.leak import Leak

Texts = Mapping[str, str]
"""What the tags of a track say, by frame; nothing where there are none."""

_OF_ALL = {"TLAN": "language", "TCON": "kind", "ID3v1 TCON": "kind"}
_NUMBERS = ("TRCK", "TPOS")


def disagreements(tracks: Sequence[tuple[str, Texts]]) -> Iterator[tuple[str, Leak]]:
    """For each frame the path of the first track whose tag does not agree with the card, and the leak.

    One track that is missing shifts the numbers of all behind it, so the others are counted.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, frame, message in _all(tracks):
        found[frame].append((path, message))
    for frame, places in found.items():
        path, message = places[0]
        more = f" (and {len(places) - 1:,} more)" if len(places) > 1 else ""
        help_text = "audit the whole card, not a folder of it; if it is whole, build the pack again"
        yield path, Leak(code="E701", message=f"the frame {frame} {message}{more}", help=help_text)


def _all(tracks: Sequence[tuple[str, Texts]]) -> Iterator[tuple[str, str, str]]:
    """Path, frame and what is wrong with it, of every track."""
    ordered = sorted(tracks, key=lambda track: track[0].encode("utf-8", "surrogatepass"))
    folders: dict[str, int] = {}
    albums: dict[str, str] = {}
    usual = {frame: _usual(frame, tracks) for frame in _OF_ALL}
    numbered = any(frame in texts for _, texts in tracks for frame in _NUMBERS)
    for number, (path, texts) in enumerate(ordered, 1):
        folder = path.rpartition("/")[0]
        place = folders.setdefault(folder, len(folders) + 1)
        wanted = [("TRCK", number), ("TPOS", place)] if numbered else []
        # One byte counts no further.
        wanted += [("ID3v1 TRCK", number if number < 256 else 0)] if "ID3v1 TRCK" in texts else []
        for frame, right in wanted:
            if (found := texts.get(frame, "")) != str(right):
                yield path, frame, f"says {found or 'nothing'}, and this is number {right} on the card"
        for frame, right_text in usual.items():
            if (found := texts.get(frame, "")) != right_text:
                yield (
                    path,
                    frame,
                    f"says {found!r}, the {_OF_ALL[frame]} of the others is {right_text or 'not said'!r}",
                )
        album = albums.setdefault(folder, texts.get("TALB", ""))
        if folder and (found := texts.get("TALB", "")) != album:
            yield path, "TALB", f"says {found!r}, and the first of its folder says {album!r}"


def _usual(frame: str, tracks: Sequence[tuple[str, Texts]]) -> str:
    counts = Counter(texts.get(frame, "") for _, texts in tracks)
    return counts.most_common(1)[0][0] if counts else ""
