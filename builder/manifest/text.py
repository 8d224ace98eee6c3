"""What a single value of a manifest may be: titles, codes, times, patterns. Pure checks, one per kind.

A check raises a PydanticCustomError that holds the problem; yaml/validate.py makes the finding.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection, Mapping

import langcodes
from langcodes.tag_parser import LanguageTagError
from pydantic_core import PydanticCustomError

from builder.files.names import is_reserved
from builder.findings import Phrase, Problem
from builder.text import LAST_SHOWN, MAX_MARKS, has_many_marks, invisible, named, spaced

MAX_TEXT = 200
# Systems open paths of 1,024 bytes (macOS) to 32,767 units (Windows).
MAX_PATH = 1000
# RFC 5646, 4.4.1: what a program must at least hold of a tag. Longer ones are nobody's language.
MAX_LANGUAGE = 35

_TIME = re.compile(r"(?:(?P<h>[0-9]{1,3}):)?(?:(?P<m>[0-9]{1,3}):)?(?P<s>[0-9]{1,5}(?:\.[0-9]{1,6})?)")
_PACK_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}")
_PATTERN_FIELDS = frozenset({"book", "chapter", "number"})
_PATTERN_SPEC = re.compile(r"(?:0[1-9])?")


def refused(problem: Problem) -> PydanticCustomError:
    """The exception a check raises. The message is passed as data, so that braces in it stay braces."""
    return PydanticCustomError(problem.code, "{message}", {"message": problem.message, "problem": problem})


def checked_text(value: str) -> str:
    """Any text a person wrote: NFC, one line, single spaces, nothing invisible, not empty."""
    value = re.sub(" {2,}", " ", unicodedata.normalize("NFC", value).strip(" \t\r\n"))
    if not spaced(value).strip():
        raise refused(Problem("E204.empty"))
    if len(value) > MAX_TEXT:
        raise refused(Problem("E205.value", characters=len(value), most=MAX_TEXT))
    refuse_characters(value, Phrase("manifest_this_text"))
    for character in value:
        if ord(character) > LAST_SHOWN:
            raise refused(Problem("E206.unshown", character=character, number=ord(character)))
    return value


def refuse_characters(value: str, what: Phrase) -> None:
    if has_many_marks(value):
        raise refused(Problem("E206.marks", what=what, most=MAX_MARKS))
    for at, character in enumerate(value):
        if kind := invisible(value, at):
            raise refused(Problem("E206.invisible", what=what, kind=kind, character=named(character)))


def refuse_length(path: str) -> None:
    if len(path) > MAX_PATH:
        raise refused(Problem("E205.path", characters=len(path), most=MAX_PATH))


def checked_name(value: str) -> str:
    """A name in a tag: `/` would divide it, as it does values in an ID3v2.3 text frame (id3.org, section 4.2)."""
    value = checked_text(value)
    for sign in "/\\":
        if sign in value:
            raise refused(Problem("E207.sign", sign=sign))
    return value


def checked_title(value: str) -> str:
    """A title becomes part of a file name and of a tag: nothing in it may read as a path."""
    value = checked_name(value)
    if re.search(r"(?<!\.)\.\.(?!\.)", value):
        raise refused(Problem("E207.dots"))
    if set(value) == {"."}:
        raise refused(Problem("E207.stops"))
    return value


def checked_pack_id(value: str) -> str:
    if not _PACK_ID.fullmatch(value) or is_reserved(value):
        raise refused(Problem("E208.pack", found=value))
    return value


def checked_edition(value: str) -> str:
    if not _EDITION.fullmatch(value):
        raise refused(Problem("E208.edition", found=value))
    return value


def checked_language(value: str) -> str:
    """A BCP 47 tag with a known language: `ko`, `zh-Hans`, `ko-KP`."""
    try:
        language = langcodes.Language.get(value if len(value) <= MAX_LANGUAGE else "")
        language.to_alpha3()
    except (LookupError, LanguageTagError):
        language = None
    unknown = language is None or language.language in (None, "und", "mul", "zxx")
    if language is None or unknown or not langcodes.tag_is_valid(value):
        raise refused(Problem("E209", found=value))
    return language.to_tag()


_SHORTEST_SPLIT, _LONGEST_SPLIT = 10.0, 6 * 3600.0


def checked_seconds(value: str) -> float:
    """A length in seconds, as a plain number: `1.5`."""
    if not re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]{1,6})?", value):
        raise refused(Problem("E210.seconds", found=value))
    return float(value)


def checked_length(value: str) -> float:
    """A length of a track, `30min`, `1h`, `90s` or h:mm:ss; in seconds. `none` is 0."""
    if value == "none":
        return 0.0
    match = re.fullmatch(r"(?P<n>[0-9]{1,4}(?:\.[0-9]{1,3})?) ?(?P<unit>h|min|s)", value)
    seconds = float(match["n"]) * {"h": 3600, "min": 60, "s": 1}[match["unit"]] if match else 0.0
    if match is None and ":" in value:
        seconds = checked_time(value)
    if not _SHORTEST_SPLIT <= seconds <= _LONGEST_SPLIT:
        raise refused(Problem("E210.length", found=value))
    return seconds


_CARD_UNITS = {"MB": 10**6, "GB": 10**9}
# FAT32 ends at 2 TB.
SMALLEST_CARD, LARGEST_CARD = 16 * 10**6, 2000 * 10**9


def checked_card(value: str) -> int:
    """The size on a card's label, `4GB` or `512MB`, in bytes; labels count in powers of ten."""
    match = re.fullmatch(r"([0-9]{1,4}) ?([MG]B)", value.strip(), re.IGNORECASE)
    size = int(match[1]) * _CARD_UNITS[match[2].upper()] if match else 0
    if not SMALLEST_CARD <= size <= LARGEST_CARD:
        raise refused(Problem("E226", found=value))
    return size


def checked_flag(value: str) -> bool:
    """true or false, and no other word for them."""
    if value not in ("true", "false"):
        raise refused(Problem("E219.flag", found=value))
    return value == "true"


def checked_levels(value: str) -> int:
    if value not in ("1", "2", "3", "4"):
        raise refused(Problem("E219.levels", found=value))
    return int(value)


def checked_hertz(value: str) -> float:
    """A corner frequency in Hz; `none` is 0."""
    if value == "none":
        return 0.0
    number = re.fullmatch(r"([0-9]{1,3})(?: ?Hz)?", value)
    if number is None or not 20 <= int(number[1]) <= 400:
        raise refused(Problem("E210.hertz", found=value))
    return float(number[1])


def checked_time(value: str) -> float:
    """A place in a recording, `h:mm:ss.mmm`, `m:ss` or seconds; in seconds."""
    match = _TIME.fullmatch(value)
    if match is None:
        raise refused(Problem("E210.time", found=value))
    left, middle, right = match["h"], match["m"], float(match["s"])
    # With one colon the regex has filled `h`, which then counts minutes.
    hours, minutes = (int(left), int(middle)) if middle else (0, int(left or 0))
    if (left and right >= 60) or (middle and minutes >= 60):
        raise refused(Problem("E210.sixty", found=value))
    return hours * 3600 + minutes * 60 + right


def checked_source(value: str) -> str:
    """A path below the sources folder, with forward slashes; the folder's own name never matters."""
    return checked_below(value)


def checked_source_folder(value: str) -> str:
    """A folder below the sources folder; people write it with a `/` at its end, or without."""
    return checked_source(value[:-1] if value.endswith("/") and len(value) > 1 else value)


def checked_below(value: str, *, is_beside: bool = False) -> str:
    """A path that stays below `sources`, or the manifest's own folder, on every system: the one rule for all files
    that a manifest names.
    """
    value = unicodedata.normalize("NFC", value)
    if not value.strip():
        raise refused(Problem("E204.beside" if is_beside else "E204.source"))
    refuse_length(value)
    if "\\" in value:
        raise refused(Problem("E211.backslash"))
    refuse_characters(spaced(value), Phrase("manifest_this_path"))
    if value.startswith("/") or re.match(r"[A-Za-z]:", value):
        raise refused(Problem("E302.absolute_beside" if is_beside else "E302.absolute", path=value))
    parts = value.split("/")
    # Windows takes spaces and full stops from the end of a name, so that `.. ` is `..` there.
    if any(".." in part and not part.strip(" .") for part in parts):
        raise refused(Problem("E302.outside_beside" if is_beside else "E302.outside", path=value))
    if any(not part.strip(" .") for part in parts):
        raise refused(Problem("E211", path=value))
    return value


_TIMINGS = (".lrc", ".srt", ".vtt", ".txt")


def checked_lyrics(value: str) -> str:
    """A checked path or pattern whose ending says which format of timings it is."""
    if not value.lower().endswith(_TIMINGS):
        raise refused(Problem("E241", path=value))
    return value


def checked_pattern(value: str) -> str:
    """A source path that may hold `{book}`, `{chapter}` and `{number}`, with a width: `{chapter:03}`."""
    value = checked_source(value)
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError:
        raise refused(Problem("E212.stray", pattern=value)) from None
    for _, name, spec, conversion in parts:
        if name is None:
            continue
        width = _PATTERN_SPEC if name != "book" else re.compile("")
        if name not in _PATTERN_FIELDS or conversion or not width.fullmatch(spec or ""):
            shown = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            raise _no_field(shown, _PATTERN_FIELDS)
    return value


def check_fields(pattern: str, allowed: Collection[str]) -> None:
    """Refuse a checked pattern that holds other fields than these."""
    for _, name, _, _ in string.Formatter().parse(pattern):
        if name is not None and name not in allowed:
            raise _no_field(name, allowed)


def _no_field(shown: str, allowed: Collection[str]) -> PydanticCustomError:
    return refused(Problem("E212", field=shown, fields=[f"{{{name}}}" for name in sorted(allowed)]))


def fill_pattern(pattern: str, values: Mapping[str, str | int]) -> str:
    """`{book}/{book}_{chapter:03}.mp3` -> `MRK/MRK_004.mp3`. The pattern has passed checked_pattern."""
    out = []
    for literal, name, spec, _ in string.Formatter().parse(pattern):
        out.append(literal)
        if name is not None:
            value = values[name]
            out.append(format(value, spec or "") if isinstance(value, int) else value)
    return "".join(out)
