"""What a file of words beside a track may be: lines of a time and words, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from builder.audio.mp3 import Data
from builder.audit.leak import Leak, excerpt
from builder.audit.track import word_leak
from builder.audit.words import Words
from builder.lyrics.lines import Fault, read_card_file

_ENCODINGS = ("utf-8", "cp936", "cp949")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class JudgedLyrics:
    """The leaks of a file of words, and the words of its first lines."""

    leaks: tuple[Leak, ...]
    said: tuple[str, ...] = ()


def judge_lyrics(data: Data, words: Words, *, is_known: bool) -> JudgedLyrics:
    """Account for every byte. Of one that `is_known` to be what was made, the words are the manifest's, and only
    private terms are looked for in them.
    """
    if len(data) > _MOST_BYTES:
        return JudgedLyrics(
            leaks=(Leak(code="E721", message=f"has {len(data):,} bytes; no player reads so many"),)
        )
    raw = bytes(data)
    found = read_card_file(raw, _ENCODINGS)
    wanted = Words(words=tuple(word for word in words.words if word.kind == "term")) if is_known else words
    spelled = [(offset, *told) for offset, told in wanted.in_bytes.find([raw])]
    if isinstance(found, Fault):
        rows = raw.split(b"\r\n")
        offset = sum(len(row) + 2 for row in rows[: found.row - 1])
        message = f"line {found.row} {found.message}{excerpt(rows[found.row - 1][:200])}"
        leaks = [Leak(code="E721", message=message, offset=offset)]
    else:
        lines, _ = found
        text = " ".join(line.text for line in lines)
        read = wanted.in_text(text)
        leaks = [word_leak(word, "the words hold", 0) for word in read]
        # A term may stand there in another encoding than that of the words; others count as whole words only.
        spelled = [one for one in spelled if one[1].kind == "term" and one[1] not in read]
    leaks += [word_leak(word, f"in {encoding} it holds", offset) for offset, word, encoding in spelled]
    said = () if isinstance(found, Fault) else tuple(line.text for line in found[0] if line.text)[:3]
    return JudgedLyrics(leaks=tuple(leaks), said=said)
