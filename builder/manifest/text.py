"""What a single value of a manifest may be: titles, codes, times, patterns. Pure checks, one per kind.

A check raises PydanticCustomError whose type is the code of a finding; models.py turns it into one.
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
from builder.text import LAST_SHOWN, MAX_MARKS, has_many_marks, invisible, named, spaced

MAX_TEXT = 200
# Systems open paths of 1,024 bytes (macOS) to 32,767 units (Windows).
MAX_PATH = 1000
# RFC 5646, 4.4.1: what a program must at least hold of a tag. Longer ones are nobody's language.
MAX_LANGUAGE = 35
_LONGEST_MESSAGE = 300

_TIME = re.compile(r"(?:(?P<h>[0-9]{1,3}):)?(?:(?P<m>[0-9]{1,3}):)?(?P<s>[0-9]{1,5}(?:\.[0-9]{1,6})?)")
_PACK_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}")
_PATTERN_FIELDS = frozenset({"book", "chapter", "number"})
_PATTERN_SPEC = re.compile(r"(?:0[1-9])?")


def fault(code: str, message: str, help_text: str = "") -> PydanticCustomError:
    """The exception a check raises. The text is passed as data, so that braces in it stay braces."""
    message = message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "..."
    return PydanticCustomError(code, "{message}", {"message": message, "help": help_text})


def checked_text(value: str) -> str:
    """Any text a person wrote: NFC, one line, single spaces, nothing invisible, not empty."""
    value = re.sub(" {2,}", " ", unicodedata.normalize("NFC", value).strip(" \t\r\n"))
    if not spaced(value).strip():
        raise fault("E204", "this text is empty", "write it, or take the key out")
    if len(value) > MAX_TEXT:
        raise fault("E205", f"this text has {len(value)} characters, more than {MAX_TEXT}", "shorten it")
    refuse_characters(value, "this text")
    for character in value:
        if ord(character) > LAST_SHOWN:
            raise fault(
                "E206",
                f"this text holds {character!r}, U+{ord(character):04X}, which cheap players cannot show",
                "use letters, digits and common signs; no emoji",
            )
    return value


def refuse_characters(value: str, what: str) -> None:
    if has_many_marks(value):
        raise fault("E206", f"{what} has more than {MAX_MARKS} marks on one letter", "type it again")
    for at, character in enumerate(value):
        if kind := invisible(value, at):
            raise fault(
                "E206",
                f"{what} holds {kind}, {named(character)}",
                "type it again, with ordinary spaces; such characters come with text copied from elsewhere",
            )


def refuse_length(path: str) -> None:
    if len(path) > MAX_PATH:
        raise fault("E205", f"this path has {len(path)} characters, more than {MAX_PATH}", "shorten it")


def checked_name(value: str) -> str:
    """A name in a tag: `/` would divide it, as it does values in an ID3v2.3 text frame (id3.org, section 4.2)."""
    value = checked_text(value)
    for sign in "/\\":
        if sign in value:
            raise fault("E207", f'a title or name may not hold "{sign}"', 'write "-" or "," in its place')
    return value


def checked_title(value: str) -> str:
    """A title becomes part of a file name and of a tag: nothing in it may read as a path."""
    value = checked_name(value)
    if re.search(r"(?<!\.)\.\.(?!\.)", value):
        raise fault("E207", 'a title may not hold ".."', 'write "..." or one full stop')
    if set(value) == {"."}:
        raise fault("E207", "a title of full stops only", "say what the listener should see")
    return value


def checked_pack_id(value: str) -> str:
    if not _PACK_ID.fullmatch(value) or is_reserved(value):
        raise fault(
            "E208",
            f'"{value}" is not a pack id',
            "use a-z, 0-9 and -, at most 40 of them: it names the output folder",
        )
    return value


def checked_edition(value: str) -> str:
    if not _EDITION.fullmatch(value):
        raise fault("E208", f'"{value}" is not an edition', 'use letters, digits and . _ -, like "2026.11"')
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
        raise fault("E209", f'"{value}" is not a language code', "write ko, zh-Hans, zh-Hant, en, or another")
    return language.to_tag()


_SHORTEST_SPLIT, _LONGEST_SPLIT = 10.0, 6 * 3600.0


def checked_seconds(value: str) -> float:
    """A length in seconds, as a plain number: `1.5`."""
    if not re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]{1,6})?", value):
        raise fault("E210", f'"{value}" is not a number of seconds', "write a number such as 1.5")
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
        raise fault(
            "E210", f'"{value}" is not a length of 10s to 6h', "write a length such as 30min or 1h, or none"
        )
    return seconds


_CARD_UNITS = {"MB": 10**6, "GB": 10**9}
# FAT32 ends at 2 TB.
SMALLEST_CARD, LARGEST_CARD = 16 * 10**6, 2000 * 10**9


def checked_card(value: str) -> int:
    """The size on a card's label, `4GB` or `512MB`, in bytes; labels count in powers of ten."""
    match = re.fullmatch(r"([0-9]{1,4}) ?([MG]B)", value.strip(), re.IGNORECASE)
    size = int(match[1]) * _CARD_UNITS[match[2].upper()] if match else 0
    if not SMALLEST_CARD <= size <= LARGEST_CARD:
        raise fault(
            "E226",
            f'"{value}" is not the size of a card',
            "write what its label says, from 16MB to 2000GB: 4GB, 512MB",
        )
    return size


def checked_flag(value: str) -> bool:
    """true or false, and no other word for them."""
    if value not in ("true", "false"):
        raise fault("E219", f'"{value}" is neither true nor false', "write true or false")
    return value == "true"


def checked_levels(value: str) -> int:
    if value not in ("1", "2", "3", "4"):
        raise fault("E219", f'"{value}" is not a number of levels', "write 1, 2, 3 or 4; files count as one")
    return int(value)


def checked_hertz(value: str) -> float:
    """A corner frequency in Hz; `none` is 0."""
    if value == "none":
        return 0.0
    number = re.fullmatch(r"([0-9]{1,3})(?: ?Hz)?", value)
    if number is None or not 20 <= int(number[1]) <= 400:
        raise fault(
            "E210", f'"{value}" is not a number of 20 to 400 Hz', "write a number such as 80, or none"
        )
    return float(number[1])


def checked_time(value: str) -> float:
    """A place in a recording, `h:mm:ss.mmm`, `m:ss` or seconds; in seconds."""
    match = _TIME.fullmatch(value)
    if match is None:
        raise fault("E210", f'"{value}" is not a time', 'write h:mm:ss, m:ss or seconds: "1:30:00", "0:12.5"')
    left, middle, right = match["h"], match["m"], float(match["s"])
    # With one colon the regex has filled `h`, which then counts minutes.
    hours, minutes = (int(left), int(middle)) if middle else (0, int(left or 0))
    if (left and right >= 60) or (middle and minutes >= 60):
        raise fault("E210", f'"{value}" is not a time: minutes and seconds go to 59', 'for example "1:02:05"')
    return hours * 3600 + minutes * 60 + right


def checked_source(value: str) -> str:
    """A path below the sources folder, with forward slashes; the folder's own name never matters."""
    return checked_below(
        value,
        "the sources folder",
        "`sources`",
        "put the file below `sources`, or point it at a folder above both",
    )


def checked_source_folder(value: str) -> str:
    """A folder below the sources folder; people write it with a `/` at its end, or without."""
    return checked_source(value[:-1] if value.endswith("/") and len(value) > 1 else value)


def checked_below(value: str, folder: str, start: str, remedy: str) -> str:
    """A path that stays below a folder on every system: the one rule for all files that a manifest names."""
    value = unicodedata.normalize("NFC", value)
    if not value.strip():
        raise fault("E204", "no file is named here", f"name it, relative to {start}")
    refuse_length(value)
    if "\\" in value:
        raise fault("E211", "a path with backslashes", 'write "/" between folders; that works everywhere')
    refuse_characters(spaced(value), "this path")
    if value.startswith("/") or re.match(r"[A-Za-z]:", value):
        remedy = f"write it relative to {start}; then the manifest builds on every computer"
        raise fault("E302", f'"{value}" is an absolute path', remedy)
    parts = value.split("/")
    # Windows takes spaces and full stops from the end of a name, so that `.. ` is `..` there.
    if any(".." in part and not part.strip(" .") for part in parts):
        raise fault("E302", f'"{value}" leaves {folder}', remedy)
    if any(not part.strip(" .") for part in parts):
        raise fault("E211", f'"{value}" is not a plain path', "write folder/file.mp3, without // or ./")
    return value


_TIMINGS = (".lrc", ".srt", ".vtt", ".txt")


def checked_lyrics(value: str) -> str:
    """A checked path or pattern whose ending says which format of timings it is."""
    if not value.lower().endswith(_TIMINGS):
        raise fault(
            "E241",
            f'"{value}" is no file of words with their times',
            "name an .lrc, .srt or .vtt file, or the .txt of Audacity or Scripture App Builder",
        )
    return value


def checked_pattern(value: str) -> str:
    """A source path that may hold `{book}`, `{chapter}` and `{number}`, with a width: `{chapter:03}`."""
    value = checked_source(value)
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError:
        raise fault(
            "E212", f'"{value}" has a stray {{ or }}', "{chapter:03} is a chapter in three digits"
        ) from None
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
    fields = ", ".join(f"{{{name}}}" for name in sorted(allowed))
    return fault(
        "E212",
        f'"{{{shown}}}" is no part of a pattern here',
        f"use {fields}; with a width if need be: {{number:03}}",
    )


def fill_pattern(pattern: str, values: Mapping[str, str | int]) -> str:
    """`{book}/{book}_{chapter:03}.mp3` -> `MRK/MRK_004.mp3`. The pattern has passed checked_pattern."""
    out = []
    for literal, name, spec, _ in string.Formatter().parse(pattern):
        out.append(literal)
        if name is not None:
            value = values[name]
            out.append(format(value, spec or "") if isinstance(value, int) else value)
    return "".join(out)
