"""A file of timings from its bytes to lines, whatever its format; or what is wrong with it. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.sources.lyrics.cues import parse_labels, parse_srt, parse_vtt
from builder.sources.lyrics.lines import Line, LyricsFault, text_fault
from builder.sources.lyrics.lrc import parse_lrc

MAX_BYTES = 1_000_000
MAX_ROWS = 20_000
# No recording lasts a day.
_MOST_AT = 24 * 3600 * 100

Parser = Callable[[Sequence[str]], tuple[list[Line], list[LyricsFault]]]
PARSERS: Mapping[str, Parser] = {
    ".lrc": parse_lrc,
    ".srt": parse_srt,
    ".vtt": parse_vtt,
    ".txt": parse_labels,
}


@dataclass(frozen=True, kw_only=True)
class ReadLyrics:
    """`rows` are the lines of the file as it was decoded. Where there is a fault besides warnings, trust no line."""

    lines: tuple[Line, ...] = ()
    rows: tuple[str, ...] = ()
    faults: tuple[LyricsFault, ...] = ()


def read_timings(data: bytes, ending: str) -> ReadLyrics:
    """The lines of a file of one of the formats in PARSERS, in the order of their times; one fault for each rule."""
    if len(data) > MAX_BYTES:
        return _refused(
            "E348", f"it has more than {MAX_BYTES:,} bytes", "the words of an hour take a tenth of that"
        )
    encoding, mark = _encoding(data)
    try:
        text = data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        before = data[mark : mark + error.start].decode(encoding, "replace")
        rows = tuple(_rows(data[mark:].decode(encoding, "replace")))
        message = "from here on it is not UTF-8" if encoding == "utf-8" else "it is UTF-16 only up to here"
        help_text = (
            "open it in an editor and save it as UTF-8; Korean in CP949 and Chinese in GBK are not guessed at"
        )
        fault = LyricsFault(code="E351", row=len(_rows(before)), message=message, help=help_text)
        return ReadLyrics(rows=rows, faults=(fault,))
    rows = tuple(_rows(text))
    if len(rows) > MAX_ROWS:
        return _refused(
            "E348", f"it has {len(rows):,} lines; {MAX_ROWS:,} are allowed", "is it the right file?"
        )
    lines, faults = PARSERS[ending](rows)
    faults += [found for line in lines if (found := _fault(line))]
    if not faults and not any(line.text for line in lines):
        faults = [
            LyricsFault(code="E356", row=1, message="there are no words in it", help="is it the right file?")
        ]
    return ReadLyrics(lines=tuple(lines), rows=rows, faults=tuple(first_of_each(faults)))


def first_of_each(faults: Iterable[LyricsFault]) -> list[LyricsFault]:
    """The first fault of each rule, which says how many more there are."""
    found: dict[str, list[LyricsFault]] = {}
    for fault in sorted(faults, key=lambda fault: fault.row):
        found.setdefault(fault.code, []).append(fault)
    return [
        replace(first, message=f"{first.message} (and {len(more):,} more like it)") if more else first
        for first, *more in found.values()
    ]


def _refused(code: str, message: str, help_text: str) -> ReadLyrics:
    return ReadLyrics(faults=(LyricsFault(code=code, row=1, message=message, help=help_text),))


def _encoding(data: bytes) -> tuple[str, int]:
    """What a file says it is written in, and how many bytes that takes."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return encoding, len(mark)
    return "utf-8", 0


def _rows(text: str) -> list[str]:
    """The lines of a text by the ends that editors write; other separators stay, and are found in the words."""
    return re.split(r"\r\n|\r|\n", text)


def _fault(line: Line) -> LyricsFault | None:
    if what := text_fault(line.text):
        help_text = "take it out; to show brackets at the start of a line, write ( )"
        return LyricsFault(code="E355", row=line.row, message=f"the words hold {what}", help=help_text)
    if line.at > _MOST_AT:
        message = f"a time of {line.at / 360_000:,.0f} hours"
        return LyricsFault(code="E354", row=line.row, message=message, help="no recording is that long")
    return None
