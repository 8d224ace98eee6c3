"""What a single value of a manifest may be: titles, codes, times, patterns. Pure checks, one per kind.

A check raises PydanticCustomError whose type is the code of a finding; models.py turns it into one.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping

import langcodes
from langcodes.tag_parser import LanguageTagError
from pydantic_core import PydanticCustomError

MAX_TEXT = 200

_LINE_CONTROLS = {"Cc": "control", "Cf": "invisible", "Zl": "line break", "Zp": "line break", "Co": "private"}
_TIME = re.compile(r"(?:(?P<h>\d{1,3}):)?(?:(?P<m>\d{1,3}):)?(?P<s>\d{1,5}(?:\.\d{1,6})?)")
_PACK_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}")
_PATTERN_FIELDS = frozenset({"book", "chapter", "number"})
_PATTERN_SPEC = re.compile(r"0?[1-9]?")


def fault(code: str, message: str, help_text: str = "") -> PydanticCustomError:
    """The exception a check raises. The text is passed as data, so that braces in it stay braces."""
    return PydanticCustomError(code, "{message}", {"message": message, "help": help_text})


def checked_text(value: str) -> str:
    """Any text a person wrote: NFC, one line, nothing invisible, not empty."""
    value = unicodedata.normalize("NFC", value).strip()
    if not value:
        raise fault("E204", "this text is empty", "write it, or take the key out")
    if len(value) > MAX_TEXT:
        raise fault("E205", f"this text has {len(value)} characters, more than {MAX_TEXT}", "shorten it")
    for character in value:
        kind = _LINE_CONTROLS.get(unicodedata.category(character))
        if kind:
            raise fault(
                "E206",
                f"this text holds a {kind} character, U+{ord(character):04X}",
                "type it again; such characters come with text copied from elsewhere",
            )
        if ord(character) > 0xFFFF:
            raise fault(
                "E206",
                f"this text holds {character!r}, U+{ord(character):04X}, which cheap players cannot show",
                "use letters, digits and common signs; no emoji",
            )
    return value


def checked_title(value: str) -> str:
    """A title becomes part of a name and of a tag: nothing in it may read as a path.

    `/` also separates values in an ID3v2.3 text frame (id3.org, ID3v2.3.0 section 4.2).
    """
    value = checked_text(value)
    for sign in "/\\":
        if sign in value:
            raise fault("E207", f'a title may not hold "{sign}"', 'write "-" or "," in its place')
    if re.search(r"(?<!\.)\.\.(?!\.)", value):
        raise fault("E207", 'a title may not hold ".."', 'write "…" or one full stop')
    return value


def checked_pack_id(value: str) -> str:
    if not _PACK_ID.fullmatch(value):
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
        language = langcodes.Language.get(value)
        language.to_alpha3()
    except (LookupError, LanguageTagError):
        language = None
    if language is None or not langcodes.tag_is_valid(value):
        raise fault("E209", f'"{value}" is not a language code', "write ko, zh-Hans, zh-Hant, en, or another")
    return language.to_tag()


def checked_seconds(value: str) -> float:
    """A length in seconds, as a plain number: `1.5`."""
    if not re.fullmatch(r"\d{1,5}(?:\.\d{1,6})?", value):
        raise fault("E210", f'"{value}" is not a number of seconds', "write a number such as 1.5")
    return float(value)


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
    value = unicodedata.normalize("NFC", value)
    if not value.strip():
        raise fault("E204", "no file is named here", "name the recording, relative to `sources`")
    if "\\" in value:
        raise fault("E211", "a path with backslashes", 'write "/" between folders; that works everywhere')
    if any(unicodedata.category(c) in _LINE_CONTROLS for c in value):
        raise fault("E206", "this path holds a control or invisible character", "rename the file")
    if value.startswith("/") or re.match(r"[A-Za-z]:", value):
        raise fault(
            "E302",
            f'"{value}" is an absolute path',
            "write it relative to `sources`; then the manifest builds on every computer",
        )
    if ".." in value.split("/"):
        raise fault(
            "E302",
            f'"{value}" leaves the sources folder',
            "put the recording below `sources`, or point `sources` at a folder above both",
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
        if name not in _PATTERN_FIELDS or conversion or not _PATTERN_SPEC.fullmatch(spec or ""):
            raise fault(
                "E212",
                f'"{{{name}{":" + spec if spec else ""}}}" is no part of a pattern',
                "use {book}, {chapter} or {number}, with a width if you need one: {chapter:03}",
            )
    return value


def fill_pattern(pattern: str, values: Mapping[str, str | int]) -> str:
    """`{book}/{book}_{chapter:03}.mp3` -> `MRK/MRK_004.mp3`. The pattern has passed checked_pattern."""
    out = []
    for literal, name, spec, _ in string.Formatter().parse(pattern):
        out.append(literal)
        if name is not None:
            value = values[name]
            out.append(format(value, spec or "") if isinstance(value, int) else value)
    return "".join(out)
