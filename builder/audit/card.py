"""A folder, an image or a card looked at file by file: by names, bytes and times, and by its record if there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from builder.audit.leak import Leak
from builder.audit.ledger import Ledger
from builder.audit.lyrics import judge_lyrics
from builder.audit.names import judge_name
from builder.audit.track import Judged, word_leak
from builder.audit.volume import judge_volume
from builder.audit.words import Words, words_of_sources
from builder.card.layout import FIXED_TIME
from builder.fat.read import FatError, open_volume
from builder.lyrics.lines import ENDING
from builder.verify.pack import Pack, Track
from builder.verify.target import Found, open_target

_MOST_BYTES = 1 << 30
# Midnight of 1980-01-01, which images have: FAT knows no zone, so a mounted card shows it in the zone of its computer.
_IMAGE_TIME, _ZONE_SECONDS, _MOST_ZONES = 315_532_800, 15 * 60, 14 * 4
_NOTHING = Leak(code="E719", message="holds no file to look at", help="is the card mounted there?")
_WHAT = "audit takes an MP3, a folder, an image of a card or a raw card"
_UNSEEN = "free space, deleted entries, other times, label and number of the volume: audit the image or the raw card"

UNCOMPARED = "whether the sound is what was made, since no record is beside it"


def look_at_card(target: Path, pack: Pack | None, words: Words, ledger: Ledger) -> None:
    """Enter every leak of a card. OSError where it cannot be read as a whole."""
    tracks: dict[str, Track] = {}
    if pack is not None:
        tracks = {track.path: track for track in pack.tracks}
        sources = words_of_sources(source for track in pack.tracks for source in track.sources)
        words = Words(words=(*words.words, *sources)).without(pack.said)
    try:
        with open_target(target) as there:
            items = list(there.walk)
            ledger.expect(sum(found.kind == "file" for found in items))
            paths = {found.path for found in items} | {found.path.rpartition("/")[0] + "/" for found in items}
            made = []
            for found in items:
                leaks = _by_name(found, paths, pack, words)
                if found.kind == "file":
                    judged, more = _by_content(found, tracks.get(found.path), words, ledger)
                    made += [(found, judged)] if judged else []
                    leaks += more
                title = tracks[found.path].title if found.path in tracks else ""
                ledger.tell(target, leaks, found, title)
            _tell_apart(target, made, ledger)
            if not any(found.kind == "file" for found in items):
                ledger.tell(target, [_NOTHING])
            if there.is_image:
                with open_volume(target) as volume:
                    ledger.tell(target, judge_volume(volume, ledger.report))
            else:
                ledger.tell(target, _times(target, items))
                ledger.unseen = _UNSEEN
            if pack is None:
                ledger.unseen = "; ".join(filter(None, [ledger.unseen, UNCOMPARED]))
    except FatError as error:
        message = f"is neither an MP3 nor a card that can be accounted for: {error}"
        ledger.tell(target, [Leak(code="E719", message=message, offset=error.offset, help=_WHAT)])


def _by_name(found: Found, paths: Container[str], pack: Pack | None, words: Words) -> list[Leak]:
    """What a file or folder tells without being opened. Those of the pack are called as the manifest wants.

    `paths` has all paths of the card, and with `/` those of folders that hold something.
    """
    leaks: list[Leak] = []
    if pack is None or pack.kinds.get(found.path) != found.kind:
        leaks += judge_name(found.path, found.kind, paths)
        if pack is not None and not leaks:
            code = "E720" if found.path.endswith(ENDING) else "E707"
            leaks.append(Leak(code=code, message="is not of this pack"))
    name = found.path.rpartition("/")[2]
    leaks += [word_leak(word, "the name holds", None) for word in words.in_text(name)]
    if found.kind == "folder" and f"{found.path}/" not in paths and not found.fault and not leaks:
        leaks.append(Leak(code="E707", message="is an empty folder"))
    if found.fault:
        leaks.append(Leak(code="E719", message=f"cannot be looked into: {found.fault}"))
    return leaks


def _by_content(
    found: Found, track: Track | None, words: Words, ledger: Ledger
) -> tuple[Judged | None, list[Leak]]:
    """What the bytes of a file tell. One that is no track is looked through for words only."""
    try:
        data = content(found.read())
    except (OSError, FatError) as error:
        return None, [Leak(code="E719", message=f"cannot be read: {error}")]
    digest = ledger.count(data, found.path)
    if found.path.endswith(ENDING):
        return None, _lyrics(data, digest, track, words, ledger)
    if not found.path.lower().endswith(".mp3"):
        words_found = words.in_bytes.find([data])
        return None, [
            word_leak(word, f"in {encoding} it holds", offset) for offset, (word, encoding) in words_found
        ]
    judged = ledger.judge(data, digest, words)
    if track is not None and not judged.leaks and digest != track.sha256:
        message = "is not the file that was made, and nothing tells what the difference is"
        return judged, [Leak(code="E718", message=message)]
    return judged, list(judged.leaks)


def _lyrics(data: bytearray, digest: str, track: Track | None, words: Words, ledger: Ledger) -> list[Leak]:
    """What the words beside a track tell, and whether they may be there."""
    is_known = track is not None and track.is_lyrics and digest == track.sha256
    allowed = ledger.allowed.lyrics
    encoding = None if allowed == "none" else allowed
    judged = judge_lyrics(data, words, is_known=is_known, encoding=encoding)
    ledger.enter_said("LRC", judged.said)
    leaks = list(judged.leaks)
    if allowed == "none":
        leaks.insert(0, Leak(code="E720", message="are words, and this card has none"))
    if track is not None and not leaks and digest != track.sha256:
        message = "is not the file that was made, and nothing tells what the difference is"
        leaks.append(Leak(code="E718", message=message))
    return leaks


def content(blocks: Iterable[bytes]) -> bytearray:
    """All bytes of a file; FatError where it has more than anybody can listen to."""
    kept = bytearray()  # joined pieces would be there twice
    for block in blocks:
        kept += block
        if len(kept) > _MOST_BYTES:
            raise FatError(len(kept), f"it has more than {_MOST_BYTES:,} bytes")
    return kept


def _tell_apart(target: Path, made: Sequence[tuple[Found, Judged]], ledger: Ledger) -> None:
    """Enter the tracks that have a tag or a picture which the others have not."""
    kinds = Counter(judged.makeup for _, judged in made if not judged.leaks)
    if len(kinds) < 2:
        return
    usual, count = kinds.most_common(1)[0]
    for found, judged in made:
        if not judged.leaks and judged.makeup != usual:
            message = f"is made of {' + '.join(judged.makeup)}; {count} others are of {' + '.join(usual)}"
            ledger.tell(target, [Leak(code="E703", message=message)], found)


def _times(target: Path, items: Sequence[Found]) -> list[Leak]:
    """One leak for all times of a folder that are not the one of every card."""
    told = []
    for found in items:
        seconds = (target / found.path).lstat().st_mtime
        if not _is_constant(int(seconds)):
            told.append(f"{found.path!r} at {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC")
    if not told:
        return []
    many = f"{len(told)} files and folders tell" if len(told) > 1 else "a file or folder tells"
    help_text = "a plain copy does that: write the image, or copy so that all keep their times, folders too"
    return [Leak(code="E711", message=f"{many} when the card was written: {told[0]}", help=help_text)]


def _is_constant(seconds: int) -> bool:
    """Whether a time is that of every card: of a folder that was built, or of an image that is mounted."""
    zones, rest = divmod(seconds - _IMAGE_TIME, _ZONE_SECONDS)
    return seconds == FIXED_TIME or (rest == 0 and abs(zones) <= _MOST_ZONES)
