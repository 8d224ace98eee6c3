"""What an MP3 of a card may be: [an ID3v2 tag] [frames of one mode] [an ID3v1 tag]; and an `.lrc`: times and words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from builder.card.leaks.leak import Leak, excerpt
from builder.card.leaks.tag import Said, judge_id3v1, judge_id3v2
from builder.card.leaks.words import Word, Words
from builder.profiles.profile import LyricsEncoding
from builder.sound.mp3.ancillary import first_hidden, is_known
from builder.sound.mp3.walk import Data, StreamPart, parts
from builder.sources.lyrics.lines import LyricsFault, read_card_file

_BLOCK_BYTES = 1 << 20
_SHOWN_BYTES = 4096
_MOST_PARTS = 100
_JOINT_STEREO, _ORIGINAL = 1, 0x04
_FOREIGN = {
    "enhanced": "an enhanced ID3v1 tag (TAG+)",
    "apev2": "an APEv2 tag",
    "lyrics3": "a Lyrics3 tag",
}
_LETTERS = re.compile(rb"[A-Za-z][ -~]{3,}")  # what can be read among numbers
_TEXTS = {"TIT2": "the title (TIT2)", "TPE1": "the artist (TPE1)", "TALB": "the album (TALB)"}
_SECOND = {"id3v2": "an ID3v2 tag", "id3v1": "an ID3v1 tag"}


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What a track may have besides its sound, in it and beside it; None where that is not known.

    `lyrics` is the encoding of the words beside it, "none" where there are none. `sounds` are the SHA-256 of streams
    that were looked at to the last bit when they were made.
    """

    id3v2: bool | None = None
    id3v1: bool | None = None
    cover: bool | None = None
    lyrics: LyricsEncoding | Literal["none"] | None = None
    sounds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was found in an MP3: its leaks, what its tags say, and of what it is made up, for those beside it."""

    leaks: tuple[Leak, ...]
    said: Said
    makeup: tuple[str, ...]


def judge_track(data: Data, allowed: Allowed, words: Words) -> Judged:
    """Account for every byte of an MP3 file."""
    said = Said()
    found = list(islice(parts(data), _MOST_PARTS))
    leaks = [leak for at, part in enumerate(found) for leak in _judged(data, found, at, part, allowed, said)]
    if not any(part.kind == "frames" for part in found):
        leaks.insert(0, Leak(code="E707", message="is no MP3: there is not one frame of sound in it"))
    if found and found[-1].end < len(data):
        message = (
            f"{len(data) - found[-1].end:,} bytes behind {_MOST_PARTS} parts; what they are is not looked at"
        )
        leaks.append(Leak(code="E702", message=message, offset=found[-1].end))
    if "APIC" in said.texts and allowed.cover is False:
        leaks.append(Leak(code="E706", message="has a picture, and this card has none", offset=0))
    leaks += _words(data, found, said, words)
    makeup = [_kind(part) for part in found]
    makeup += [f"picture {said.form['picture']}"] if "picture" in said.form else []
    return Judged(leaks=tuple(leaks), said=said, makeup=tuple(makeup))


def _kind(part: StreamPart) -> str:
    header = part.run.header if part.run else None
    return f"{header.bitrate_kbps} kbps at {header.sample_rate_hz} Hz" if header else part.kind


def _judged(
    data: Data, all_parts: list[StreamPart], at: int, part: StreamPart, allowed: Allowed, said: Said
) -> Iterator[Leak]:
    content = bytes(data[part.start : min(part.end, part.start + _SHOWN_BYTES)])
    where = "before the first frame" if not any(p.run for p in all_parts[:at]) else "between frames"
    if not any(p.run for p in all_parts[at:]):
        where = "behind the last frame"
    length = f"{part.end - part.start:,} bytes {where}"
    is_first, is_last = at == 0, at == len(all_parts) - 1
    match part.kind:
        case "id3v2" if is_first and allowed.id3v2 is not False:
            yield from judge_id3v2(bytes(data[part.start : part.end]), part.start, said)
        case "id3v1" if is_last and allowed.id3v1 is not False:
            yield from judge_id3v1(bytes(data[part.start : part.end]), part.start, said)
        case "frames":
            yield from _judge_frames(data, all_parts, part, allowed)
        case "info":
            shown = excerpt(b" ".join(_LETTERS.findall(content, 120, 170)))
            message = f"an information frame, which names the encoder{shown}"
            yield Leak(code="E704", message=message, offset=part.start)
        case "id3v2" | "id3v1":
            extra = "where this card has none" if is_first or is_last else "where none belongs"
            message = f"{_SECOND[part.kind]} {extra}, {length}{excerpt(content[10:])}"
            yield Leak(code="E703", message=message, offset=part.start)
        case "unknown":
            yield Leak(
                code="E702", message=f"{length} that are no sound{excerpt(content)}", offset=part.start
            )
        case _:
            message = f"{_FOREIGN[part.kind]}, {length}{excerpt(content[8:])}"
            yield Leak(code="E703", message=message, offset=part.start)


def _judge_frames(
    data: Data, all_parts: list[StreamPart], part: StreamPart, allowed: Allowed
) -> Iterator[Leak]:
    assert part.run is not None  # noqa: S101  # frames have one
    first = next(other.run for other in all_parts if other.run)
    odd = part.run.odd
    if part.run is not first:
        message = "frames that are not of the run before them: another recording, or something was inserted"
        yield Leak(code="E705", message=message, offset=part.start)
    elif odd is not None:
        message = "the headers of frames are not all alike: another bitrate, mode or mark from here on"
        yield Leak(code="E705", message=message, offset=odd)
    if _marks(data[part.start + 2], data[part.start + 3]):
        message = (
            "the headers of frames have marks that no frame here has: private, copyright, copy, emphasis"
        )
        yield Leak(code="E704", message=message, offset=part.start)
    if part.run.header.has_crc:
        message = "frames with a checksum each, which tells nothing and may say anything"
        yield Leak(code="E704", message=message, offset=part.start)
    if not is_known(part.run.header):
        message = f"is sound of {part.run.header.channels} channels at {part.run.header.sample_rate_hz:,} Hz"
        yield Leak(code="E705", message=f"{message}, which no card of this program has", offset=part.start)
    hidden = first_hidden(data, part.run, is_proved=_is_proved(data, part, allowed))
    if hidden is not None:
        shown = excerpt(b" ".join(_LETTERS.findall(data, hidden.offset, hidden.offset + 32)))
        yield Leak(code="E704", message=f"{hidden.what}{shown}", offset=hidden.offset)


def _is_proved(data: Data, part: StreamPart, allowed: Allowed) -> bool:
    """Whether frames are a stream that was looked at when it was made."""
    with memoryview(data) as view:
        return (
            bool(allowed.sounds) and hashlib.sha256(view[part.start : part.end]).hexdigest() in allowed.sounds
        )


def _marks(third: int, fourth: int) -> bool:
    """Whether a header says more than how to play the frame (ISO/IEC 11172-3 section 2.4.1.3)."""
    extension = 0 if fourth >> 6 == _JOINT_STEREO else fourth & 0x30
    return bool(third & 0x01 or fourth & 0x0F != _ORIGINAL or extension)


def _words(data: Data, found: list[StreamPart], said: Said, words: Words) -> Iterator[Leak]:
    told = set()
    for frame, text in said.texts.items():
        for word in words.in_text(text):
            told.add(word)
            yield word_leak(word, f"{_TEXTS.get(frame, frame)} holds", 0)
    for part in found:
        needles = words.in_sound if part.run else words.in_bytes
        for offset, (word, encoding) in needles.find(_blocks(data, part)):
            # Of a tag the texts were read; but a term may stand there in another encoding than the tag says.
            is_read = part.kind in ("id3v2", "id3v1") and (word.kind != "term" or word in told)
            if part.run or not is_read:
                yield word_leak(word, f"in {encoding} it holds", part.start + offset)


def word_leak(word: Word, where: str, offset: int | None) -> Leak:
    """A word that was found, told as a term of the office's or as one of this computer. `where` begins the sentence."""
    message = f"{where} {word.what}: {word.text!r}"
    if word.kind == "term":
        help_text = "take it out of the manifest or the card; the list of terms is the office's own"
        return Leak(code="E717", message=message, offset=offset, help=help_text)
    help_text = "take it out; what the manifest itself says may stay: audit the card beside its record"
    return Leak(code="E716", message=message, offset=offset, help=help_text)


def _blocks(data: Data, part: StreamPart) -> Iterator[bytes]:
    for start in range(part.start, part.end, _BLOCK_BYTES):
        yield bytes(data[start : min(start + _BLOCK_BYTES, part.end)])


_MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class JudgedLyrics:
    """The leaks of a file of words, and its lines, in each encoding that they may be in."""

    leaks: tuple[Leak, ...]
    said: tuple[str, ...] = ()


def judge_lyrics(
    data: Data, words: Words, *, is_known: bool, encoding: LyricsEncoding | None = None
) -> JudgedLyrics:
    """Account for every byte. Of a file that `is_known` to be what was made, the words are the manifest's, and only
    private terms are looked for in them. Without an `encoding`, it is UTF-8 wherever it can be.
    """
    if len(data) > _MOST_BYTES:
        return JudgedLyrics(
            leaks=(Leak(code="E721", message=f"has {len(data):,} bytes; no player reads so many"),)
        )
    raw = bytes(data)
    read = [read_card_file(raw, one) for one in ([encoding] if encoding else _encodings(raw))]
    lines = [found for found in read if not isinstance(found, LyricsFault)]
    wanted = Words(words=tuple(word for word in words.words if word.kind == "term")) if is_known else words
    texts = [" ".join(line.text for line in found) for found in lines]
    told = list(dict.fromkeys(word for text in texts for word in wanted.in_text(text)))
    leaks = [word_leak(word, "the words hold", 0) for word in told]
    if not lines:
        leaks = [_form_leak(raw, [fault for fault in read if isinstance(fault, LyricsFault)])]
    leaks += [
        word_leak(word, f"in {spelled} it holds", offset)
        for offset, (word, spelled) in wanted.in_bytes.find([raw])
        # Where the words were read, all but terms count as whole words only.
        if not lines or (word.kind == "term" and word not in told)
    ]
    said = dict.fromkeys(line.text for found in lines for line in found if line.text)
    return JudgedLyrics(leaks=tuple(leaks), said=tuple(said))


def _encodings(raw: bytes) -> Sequence[LyricsEncoding]:
    """Those that a file may be in: other text is almost never UTF-8, the two code pages cannot be told apart."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return ("cp936", "cp949")
    return ("utf-8",)


def _form_leak(raw: bytes, faults: list[LyricsFault]) -> Leak:
    """What is wrong, by the encoding in which the file is right the longest."""
    fault = max(faults, key=lambda fault: fault.row)
    rows = raw.split(b"\r\n")
    message = f"line {fault.row} {fault.message}{excerpt(rows[fault.row - 1][:200])}"
    return Leak(code="E721", message=message, offset=sum(len(row) + 2 for row in rows[: fault.row - 1]))
