"""A folder, an image or a card looked at file by file: by names, bytes and times, and by its record if there is one."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from builder.card.leaks.agree import disagreements
from builder.card.leaks.attached import alone, look_at, times, unlike
from builder.card.leaks.held import (
    CardLeak,
    ReadFile,
    against_record,
    is_of,
    length_leak,
    of_another,
    out_of_name_order,
    size_leak,
)
from builder.card.leaks.leak import Leak
from builder.card.leaks.ledger import AuditFindings
from builder.card.leaks.names import judge_name
from builder.card.leaks.sight import UNCOMPARED, of_a_card, of_length
from builder.card.leaks.track import Judged, judge_lyrics, word_leak
from builder.card.leaks.volume import judge_volume
from builder.card.leaks.words import Words, words_of_sources
from builder.card.verify.pack import RecordedPack, RecordedTrack
from builder.card.verify.target import Found, is_fat, open_target
from builder.fat.read import FatError, open_volume
from builder.sources.lyrics.lines import ENDING

_MOST_BYTES = 1 << 30
_MOST_SEARCHED = 64_000_000
_NOTHING = Leak(code="E719", message="holds no file to look at", help="is the card mounted there?")
_WHAT = "audit takes an MP3, a folder, an image of a card or a raw card"


@dataclass(frozen=True, kw_only=True)
class _Card:
    """A card that is looked at: `pack` is what its record lists, None without one."""

    target: Path
    pack: RecordedPack | None
    words: Words
    ledger: AuditFindings

    @cached_property
    def tracks(self) -> dict[str, RecordedTrack]:
        return {track.path: track for track in self.pack.tracks} if self.pack else {}

    def is_right(self, one: ReadFile) -> bool:
        """Whether a file is the one that the record lists."""
        track = self.tracks.get(one.found.path)
        return track is not None and track.sha256 == one.sha256

    def tell(self, leaks: Iterable[Leak], found: Found | None = None, path: str = "") -> None:
        """Enter leaks of something that was found, or of a path at which nothing is."""
        path = found.path if found else path
        title = self.tracks[path].title if path in self.tracks else ""
        self.ledger.tell(self.target if found else self.target / path, leaks, found, title)


def look_at_card(target: Path, pack: RecordedPack | None, words: Words, ledger: AuditFindings) -> None:
    """Enter every leak of a card. OSError where it cannot be read as a whole."""
    try:
        with open_target(target) as there:
            items = list(there.walk)
            ledger.enter_said("names", _names(items))
            if pack is not None and not is_of(pack, items):
                ledger.tell(target, [of_another(pack, items)])
                pack = None
            ledger.unseen += of_a_card(target, there)
            if pack is None:
                ledger.is_compared = False
                ledger.unseen.append(UNCOMPARED)
            card = _Card(target=target, pack=pack, words=_with_sources(words, pack), ledger=ledger)
            read = _look_at_items(card, items)
            for one in _unlike(pack, items, read, is_ordered=there.shows_order):
                card.tell([one.leak], one.found, one.path)
            if there.is_image:
                _look_at_volume(card)
            else:
                _look_at_attached(card, items)
    except FatError as error:
        message = f"is neither an MP3 nor a card that can be accounted for: {error}"
        ledger.tell(target, [Leak(code="E719", message=message, offset=error.offset, help=_WHAT)])


def _unlike(
    pack: RecordedPack | None, items: Sequence[Found], read: Sequence[ReadFile], *, is_ordered: bool
) -> Iterable[CardLeak]:
    if pack is not None:
        return against_record(pack, items, read, is_ordered=is_ordered)
    return out_of_name_order(items) if is_ordered else ()


def _with_sources(words: Words, pack: RecordedPack | None) -> Words:
    """The names of the recordings too, as far as the pack itself does not say them."""
    if pack is None:
        return words
    sources = words_of_sources(source for track in pack.tracks for source in track.sources)
    return Words(words=(*words.words, *sources)).without(pack.said)


def _names(items: Sequence[Found]) -> list[str]:
    """Every file's path, and with `/` that of each folder that holds nothing; the words of a folder behind its tracks,
    as on a card, whatever the order in which the system lists them.
    """
    folders = list(dict.fromkeys(found.path.rpartition("/")[0] for found in items))
    place = {folder: at for at, folder in enumerate(folders)}
    names = [
        f"{found.path}/" if found.kind == "folder" else found.path
        for found in items
        if found.kind != "folder" or found.path not in place
    ]
    return sorted(names, key=lambda name: (place[name.rstrip("/").rpartition("/")[0]], name.endswith(ENDING)))


def _look_at_items(card: _Card, items: Sequence[Found]) -> list[ReadFile]:
    """Enter the leaks of all files and folders by their names and bytes; the files as they were read."""
    files = [found for found in items if found.kind == "file"]
    card.ledger.expect(len(files))
    paths = {found.path for found in items} | {found.path.rpartition("/")[0] + "/" for found in items}
    passed: set[str] = set()
    made, read = [], []
    for found in items:
        leaks = _by_name(found, paths, card)
        if found.path in passed:
            leaks.append(Leak(code="E707", message="is there a second time, under the same name"))
        passed.add(found.path)
        if found.kind == "file":
            one, judged, more = _by_content(found, card)
            read += [one] if one else []
            made += [(found, judged)] if judged else []
            leaks += more
        card.tell(leaks, found)
    _tell_apart(card, made)
    _tell_disagreements(card, made, read)
    if not files:
        card.tell([_NOTHING])
    return read


def _by_name(found: Found, paths: Container[str], card: _Card) -> list[Leak]:
    """Leaks in the name of a file or folder. The pack's own have the names that the manifest asks for.

    `paths` has all paths of the card, and with `/` those of folders that hold something.
    """
    leaks: list[Leak] = []
    if card.pack is None or card.pack.kinds.get(found.path) != found.kind:
        leaks += judge_name(found.path, found.kind, paths)
        if card.pack is not None and not leaks:
            code = "E720" if found.path.endswith(ENDING) else "E707"
            leaks.append(Leak(code=code, message="is not of this pack"))
    name = found.path.rpartition("/")[2]
    leaks += [word_leak(word, "the name holds", None) for word in card.words.in_text(name)]
    if found.kind == "folder" and f"{found.path}/" not in paths and not found.fault and not leaks:
        leaks.append(Leak(code="E707", message="is an empty folder"))
    if found.fault:
        leaks.append(Leak(code="E719", message=f"cannot be looked into: {found.fault}"))
    return leaks


def _by_content(found: Found, card: _Card) -> tuple[ReadFile | None, Judged | None, list[Leak]]:
    """Leaks in the bytes of a file. One that is not a track is searched for words only, unless it is very large."""
    is_ours = found.path.lower().endswith((".mp3", ENDING))
    if not is_ours and found.size > _MOST_SEARCHED:  # that it is there is a leak already
        return None, None, []
    try:
        data = content(found.read(), found.size)
    except (OSError, FatError) as error:
        return None, None, [Leak(code="E719", message=f"cannot be read: {error}")]
    sha256 = card.ledger.count(data, found.path)
    judged, leaks = None, []
    if found.path.endswith(ENDING):
        leaks = _lyrics(data, sha256, card.tracks.get(found.path), card)
    elif found.path.lower().endswith(".mp3"):
        judged = card.ledger.judge(data, sha256, card.words)
        leaks = list(judged.leaks)
    else:
        found_words = card.words.in_bytes.find([data])
        leaks = [word_leak(word, f"in {encoding} it holds", at) for at, (word, encoding) in found_words]
    return ReadFile(found=found, bytes=len(data), sha256=sha256, is_leaking=bool(leaks)), judged, leaks


def _lyrics(data: bytearray, sha256: str, track: RecordedTrack | None, card: _Card) -> list[Leak]:
    """Leaks in the lyrics beside a track; or the leak that they are there at all."""
    is_known = track is not None and track.is_lyrics and sha256 == track.sha256
    allowed = card.ledger.allowed.lyrics
    encoding = None if allowed == "none" else allowed
    judged = judge_lyrics(data, card.words, is_known=is_known, encoding=encoding)
    card.ledger.enter_said("LRC", judged.said)
    leaks = list(judged.leaks)
    if allowed == "none":
        leaks.insert(0, Leak(code="E720", message="are words, and this card has none"))
    return leaks


def content(blocks: Iterable[bytes], size: int) -> bytearray:
    """All bytes of a file that says to have `size`; FatError where it has more than anybody can listen to."""
    kept = bytearray()  # joined pieces would be there twice
    _refuse_more(size)
    for block in blocks:
        kept += block
        _refuse_more(len(kept))
    return kept


def _refuse_more(size: int) -> None:
    if size > _MOST_BYTES:
        raise FatError(0, f"it has {size:,} bytes, and at most {_MOST_BYTES:,} are looked at")


def _tell_apart(card: _Card, made: Sequence[tuple[Found, Judged]]) -> None:
    """Enter the tracks whose tag, picture or form of sound is not that of the others."""
    kinds = Counter(judged.makeup for _, judged in made if not judged.leaks)
    if len(kinds) < 2:
        return
    usual, count = kinds.most_common(1)[0]
    for found, judged in made:
        if not judged.leaks and judged.makeup != usual:
            message = f"is made of {' + '.join(judged.makeup)}; {count} others are of {' + '.join(usual)}"
            card.tell([Leak(code="E703", message=message)], found)


def _tell_disagreements(card: _Card, made: Sequence[tuple[Found, Judged]], read: Sequence[ReadFile]) -> None:
    """Enter tags that do not agree with the card. What is not of the pack was named, and counts for nothing; where a
    track of it is missing, the numbers of the others say nothing; and a file that was made so is right.
    """
    ours = [(found, judged) for found, judged in made if card.pack is None or found.path in card.tracks]
    is_whole = card.pack is None or len(ours) == sum(not track.is_lyrics for track in card.tracks.values())
    if is_whole and not any(judged.leaks for _, judged in ours):
        by_path = {found.path: found for found, _ in ours}
        right = {one.found.path for one in read if card.is_right(one)}
        said = [(found.path, judged.said.texts | judged.said.form) for found, judged in ours]
        for path, leak in disagreements(said):
            if path not in right:
                card.tell([leak], by_path[path])


def _look_at_volume(card: _Card) -> None:
    """Enter the leaks of an image or raw card that are not in its files."""
    with open_volume(card.target) as volume:
        end = volume.header.end
        size = card.target.stat().st_size if card.target.is_file() else None
        is_own = card.pack is not None and card.target.parent.resolve() == card.pack.card.parent.resolve()
        if card.pack:
            card.tell(size_leak(card.pack, end, size if is_own else None))
        leaks = list(judge_volume(volume, card.ledger.report))
        if size is not None and size > end and not is_own:
            leaks += (
                []
                if any(leak.offset is not None and leak.offset >= end for leak in leaks)
                else length_leak(end, size)
            )
            card.ledger.unseen.append(of_length(size - end))
        card.tell(leaks)


def _look_at_attached(card: _Card, items: Sequence[Found]) -> None:
    """Enter what a system keeps of the files and folders besides their bytes, and of the card's own folder."""
    found_at = {found.path: found for found in items}
    own = look_at(card.target.resolve())  # given by a link, it is the folder that counts
    all_of_them = [look_at(card.target / found.path, found.path, found.marks) for found in items]
    for one in (own, *all_of_them):
        card.tell(alone(one), found_at.get(one.path))
    # The root of a volume is no entry: it has no time there, and the rights of the mount.
    is_mount = os.path.ismount(card.target) and (sys.platform != "linux" or is_fat(card.target))
    compared = all_of_them if is_mount else [own, *all_of_them]
    for one, leak in unlike(compared):
        card.tell([leak], found_at.get(one.path))
    card.tell(times(compared))
