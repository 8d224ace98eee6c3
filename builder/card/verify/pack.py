"""What should be there: the tracks of a pack, and their words, as its record lists them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from builder.card.publish import CARD, IMAGE, RECORD, RECORD_SCHEMAS
from builder.fat.geometry import SECTOR_BYTES, geometry_for
from builder.files.opening import open_file
from builder.sources.lyrics.lines import ENDING

# Of a path that stays within its folder on any system.
_NO_PART = re.compile(r"(?:\.{0,2}|.*[\\:\0].*)", re.DOTALL)

NodeKind = Literal["file", "folder", "other"]


class NoPackError(ValueError):
    """The folder is no pack; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class RecordedTrack:
    """A file as it should be: `path` from the card's root with `/`, `sha256` in hexadecimal; `said` is what a listener
    may see of it, `sources` the recordings it was made of. The words beside a track are a file of their own, with
    `is_lyrics`.
    """

    path: str
    bytes: int
    sha256: str
    title: str
    said: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    is_lyrics: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordedPack:
    """The tracks in play order, those of a folder followed by their words, and `card`, the folder with the pack's own
    copy of them. `image_bytes` is the size of its image, None where the record does not say.
    """

    name: str
    profile: str
    card: Path
    tracks: tuple[RecordedTrack, ...]
    title: str = ""
    image_bytes: int | None = None

    @cached_property
    def said(self) -> tuple[str, ...]:
        """All on the card that can be read: the names of its files, and what the manifest lets a listener see."""
        return (self.title, *(text for track in self.tracks for text in (track.path, *track.said)))

    @cached_property
    def folders(self) -> dict[str, dict[str, None]]:
        """Each folder ("" is the root) with the paths in it, folders and files, all in play order."""
        found: dict[str, dict[str, None]] = {}
        for track in self.tracks:
            for path in (*parents(track.path), track.path):
                found.setdefault(path.rpartition("/")[0], {})[path] = None
        return found

    @cached_property
    def kinds(self) -> dict[str, NodeKind]:
        """The kind of each path."""
        files: dict[str, NodeKind] = {track.path: "file" for track in self.tracks}
        return files | {folder: "folder" for folder in self.folders if folder}


def parents(path: str) -> list[str]:
    """The folders that a path lies in, the outermost first; the root is not counted."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a pack's folder, as it is written; NoPackError where it cannot be read or is of no kind known."""
    file = folder / RECORD
    try:
        with open_file(file) as opened:
            record = json.loads(opened.read())
    except OSError as error:
        if cards := cards_of(folder):
            held = f"{len(cards)} card{'' if len(cards) == 1 else 's'}"
            raise NoPackError(f"{folder} holds {held}; name one of them: {cards[0]}") from None
        what = f"{RECORD} cannot be read there: {error.strerror or error}"
        raise NoPackError(f"{folder} is no pack: {what}") from None
    except (ValueError, RecursionError):
        raise NoPackError(f"{file} is no record of this program: it is not JSON") from None
    if not isinstance(record, dict) or record.get("schema") not in RECORD_SCHEMAS:
        known = " or ".join(map(str, RECORD_SCHEMAS))
        raise NoPackError(f"{file} is no record that this program knows: it is not of schema {known}")
    return record


def read_records(folder: Path) -> list[dict[str, Any]]:
    """The record of the card in a folder, or those of the numbered cards that a pack takes. NoPackError."""
    numbered = [one for one in cards_of(folder) if one.parent == folder and one.name.isdecimal()]
    if (folder / RECORD).exists() or not numbered:
        return [read_record(folder)]
    return [read_record(one) for one in sorted(numbered, key=lambda one: int(one.name))]


def cards_of(folder: Path) -> list[Path]:
    """The folders of built cards in a folder, or one level below it."""
    found = sorted(folder.glob(f"*/{RECORD}")) or sorted(folder.glob(f"*/*/{RECORD}"))
    return [record.parent for record in found]


def read_pack(folder: Path) -> RecordedPack:
    """The pack of a folder; NoPackError where its record cannot be read or is not of a kind known here."""
    file, record = folder / RECORD, read_record(folder)
    rows = record.get("tracks")
    if not isinstance(rows, list) or not rows:
        raise NoPackError(f"{file} lists no tracks")
    tracks = tuple(_files(rows, file))
    name, profile, title = (str(record.get(key, "")) for key in ("pack", "profile", "title"))
    size = _image_bytes(record.get("card"), file)
    pack = RecordedPack(
        name=name, profile=profile, card=folder / CARD, tracks=tracks, title=title, image_bytes=size
    )
    if len(pack.kinds) != len(tracks) + len(pack.folders) - 1:
        raise NoPackError(f"{file} lists a path twice")
    return pack


def _image_bytes(card: Any, file: Path) -> int | None:
    """The size that the record states; in older ones it follows from the label that was asked for, if one was."""
    values = card if isinstance(card, dict) else {}
    size, label = values.get("image_bytes"), values.get("label_bytes")
    try:
        if size is None and label is None:
            return None
        if isinstance(size, int) and size > 0 and size % SECTOR_BYTES == 0:
            return size
        if size is None and isinstance(label, int):
            return geometry_for(label).image_bytes
    except ValueError:
        pass
    stated = str(label if size is None else size)[:20]
    raise NoPackError(f"{file} names a card of {stated} bytes, which no card has")


def own_files(folder: Path) -> tuple[str, ...]:
    """All files of a built card in a folder, as its record lists them; none where no record can be read there."""
    try:
        tracks = read_pack(folder).tracks
    except NoPackError:
        return ()
    return (RECORD, IMAGE, *(f"{CARD}/{track.path}" for track in tracks))


def _files(rows: list[Any], file: Path) -> Iterator[RecordedTrack]:
    """Tracks and their words in the order of the card's entries."""
    pairs = [(_track(row, number, file), _lyrics(row, number, file)) for number, row in enumerate(rows, 1)]
    for _, run in groupby(pairs, key=lambda pair: pair[0].path.rpartition("/")[0]):
        folder = list(run)
        yield from (track for track, _ in folder)
        yield from (lyrics for _, lyrics in folder if lyrics is not None)


def _lyrics(row: Any, number: int, file: Path) -> RecordedTrack | None:
    words = row.get("lyrics") if isinstance(row, dict) else None
    if words is None:
        return None
    own = {**words, "title": row.get("title", "")} if isinstance(words, dict) else None
    return replace(_track(own, number, file, ENDING), is_lyrics=True, said=())


def _track(row: Any, number: int, file: Path, ending: str = ".mp3") -> RecordedTrack:
    values = row if isinstance(row, dict) else {}
    path, size, digest = values.get("path"), values.get("bytes"), values.get("sha256")
    is_good = (
        isinstance(path, str)
        and path.endswith(ending)
        and not any(_NO_PART.fullmatch(part) for part in path.split("/"))
        and type(size) is int  # true is no number of bytes
        and size >= 0
        and isinstance(digest, str)
        and re.fullmatch("[0-9a-f]{64}", digest)
    )
    if not is_good:
        raise NoPackError(f"{file}: track {number} lacks a path on the card, its bytes or its sha256")
    said = [str(values[key]) for key in ("title", "speaker", "album", "passage") if values.get(key)]
    pieces = values.get("pieces")
    rows = [values, *(pieces if isinstance(pieces, list) else [])]
    return RecordedTrack(
        path=str(path),
        bytes=int(size or 0),
        sha256=str(digest),
        title=str(values.get("title", "")),
        said=tuple(said),
        sources=tuple(str(one["source"]) for one in rows if isinstance(one, dict) and one.get("source")),
    )
