"""What a file of words beside a track may be: lines of a time and words, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder.card.leaks.leak import Leak, excerpt
from builder.card.leaks.track import word_leak
from builder.card.leaks.words import Words
from builder.profiles.profile import LyricsEncoding
from builder.sound.mp3.walk import Data
from builder.sources.lyrics.lines import Fault, read_card_file

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
    lines = [found for found in read if not isinstance(found, Fault)]
    wanted = Words(words=tuple(word for word in words.words if word.kind == "term")) if is_known else words
    texts = [" ".join(line.text for line in found) for found in lines]
    told = list(dict.fromkeys(word for text in texts for word in wanted.in_text(text)))
    leaks = [word_leak(word, "the words hold", 0) for word in told]
    if not lines:
        leaks = [_form_leak(raw, [fault for fault in read if isinstance(fault, Fault)])]
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


def _form_leak(raw: bytes, faults: list[Fault]) -> Leak:
    """What is wrong, by the encoding in which the file is right the longest."""
    fault = max(faults, key=lambda fault: fault.row)
    rows = raw.split(b"\r\n")
    message = f"line {fault.row} {fault.message}{excerpt(rows[fault.row - 1][:200])}"
    return Leak(code="E721", message=message, offset=sum(len(row) + 2 for row in rows[: fault.row - 1]))
