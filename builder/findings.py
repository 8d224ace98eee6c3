"""A finding: one thing wrong that a person wrote or recorded, as data.

Findings are gathered, sorted and shown together; they are never raised. Each code is one rule, stable for ever.
`findings.toml` holds every sentence: the rule at length, and the templates of `message` and `help`, of each case of a
code that has several. `findings.ko.toml` beside it would hold them in Korean, as many of them as are translated.

A place in a template is a fact, `{path}`, with a format: one of Python's, or `{count:many file}` (3 files),
`{count:is|are}`, `{names:or}`, `{names:and}`, `{names:some 5}`, `{bytes:size}`, `{seconds:length}`, `{device:also}`.
What is no fact is a phrase, a template of the table `phrases`.
"""

from __future__ import annotations

import os
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal

from builder.text import alternatives, length, many, size, some

Severity = Literal["error", "warning"]

LANGUAGE = "PACKBUILDER_LANG"
"""The environment variable that names the language of findings: `ko`. English where it has no sentence."""

_LONGEST_FACT = 300  # a value of a manifest may be as long as the file


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The rule of a code: `severity`, a `title` of a few words, and the long `text` of `explain`. What `is_private` may
    endanger someone, and is never waived.
    """

    code: str
    severity: Severity
    title: str
    text: str
    is_private: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """A span of a manifest. `line` and `column` count from 1, in characters; `width` is the caret's length.

    With `is_binary` it is a file or folder of a card as a whole: it has no lines.
    """

    file: str
    line: int = 1
    column: int = 1
    width: int = 1
    is_binary: bool = False


@dataclass(frozen=True, init=False)
class Phrase:
    """A part of a sentence: the key of a template, and its facts. A fact is a text, a number, a Phrase or several."""

    key: str
    values: tuple[tuple[str, Any], ...]

    def __init__(self, key: str, /, **facts: Any) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", tuple((name, _plain(fact)) for name, fact in facts.items()))

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as JSON has them; a Phrase as its text."""
        return {name: _shown(value) for name, value in self.values}

    def __str__(self) -> str:
        return _filled(_template("phrases", self.key), self.values)


class Problem(Phrase):
    """What is wrong, wherever it is: a code, or one of its cases, as in `E422.levels`, and the facts."""

    @property
    def code(self) -> str:
        return self.key.partition(".")[0]

    @property
    def severity(self) -> Severity:
        return rules()[self.code].severity

    @property
    def message(self) -> str:
        """What was found and what was expected."""
        return _filled(_template(*self.key.split("."), "message"), self.values)

    @property
    def help(self) -> str:
        """What to do; "" where there is nothing to say."""
        return _filled(_template(*self.key.split("."), "help"), self.values)

    def at(self, place: Place, track: str = "", offset: int | None = None, more: int = 0) -> Finding:
        """The finding at a place; `more` is how many others like it are not reported."""
        message = str(Phrase("and_more", message=self.message, more=more)) if more else self.message
        return Finding(
            code=self.code,
            place=place,
            message=message,
            help=self.help,
            track=track,
            offset=offset,
            problem=self,
            more=more,
        )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`message` says what was found and what was expected; `help` what to do. `track` names the track, if any.

    `offset`, in bytes from 0, is where in a binary file. `problem` has the facts of the sentences; `more` like
    it are not reported.
    """

    code: str
    place: Place
    message: str
    help: str = ""
    track: str = ""
    offset: int | None = None
    problem: Problem | None = None
    more: int = 0

    @property
    def severity(self) -> Severity:
        return rules()[self.code].severity

    @property
    def facts(self) -> dict[str, Any]:
        return self.problem.facts if self.problem else {}


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of `findings.toml`."""
    return {
        code: Rule(
            code=code,
            severity=row["severity"],
            title=_template(code, "title"),
            text=_template(code, "text").strip(),
            is_private=code.startswith("E7") or row.get("private", False),
        )
        for code, row in texts("").items()
        if "severity" in row
    }


@cache
def texts(language: str) -> Mapping[str, Any]:
    """The tables of a language's file, "" for English; empty where there is no such file."""
    name = f"findings.{language}.toml" if language else "findings.toml"
    file = resources.files("builder").joinpath(name)
    return MappingProxyType(tomllib.loads(file.read_text("utf-8"))) if file.is_file() else {}


def _template(*keys: str) -> str:
    """A template in the language of this run, else in English; "" where there is none."""
    for language in (os.environ.get(LANGUAGE, "").partition("_")[0].partition("-")[0].lower(), ""):
        found: Any = texts(language)
        for key in keys:
            found = found.get(key, {})
        if isinstance(found, str):
            return found
    return ""


def facts_of(template: str) -> set[str]:
    """The names of the facts and phrases that a template has places for."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


class _Filler(string.Formatter):
    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A fact, or else a phrase, which may have places for the same facts."""
        return _shown(kwargs[str(key)]) if key in kwargs else self.vformat(_phrase(str(key)), args, kwargs)

    def format_field(self, value: Any, format_spec: str) -> str:
        kind, _, rest = format_spec.partition(" ")
        if "|" in format_spec:
            single, plural = format_spec.split("|")
            return single if value == 1 else plural
        match kind:
            case "many":
                return many(value, rest)
            case "some":
                return some(value, int(rest or 3))
            case "or" | "and":
                return alternatives(value, kind)
            case "also":  # the first, with a verb in the singular, and the others beside it
                first, *others = value if isinstance(value, list) else [value]
                return f"{first} (also {', '.join(others)})" if others else str(first)
            case "size":
                return size(value)
            case "length":
                return length(value)
        return ", ".join(value) if isinstance(value, list) else format(value, format_spec)


def _phrase(key: str) -> str:
    if not (found := _template("phrases", key)):
        raise KeyError(key)
    return found


def _filled(template: str, values: Iterable[tuple[str, Any]]) -> str:
    facts = {
        name: value[:_LONGEST_FACT] + "..."
        if isinstance(value, str) and len(value) > _LONGEST_FACT
        else value
        for name, value in values
    }
    return _Filler().vformat(template, (), facts)


def _plain(value: Any) -> Any:
    """A fact that can be compared and is JSON: a path as its text, several of a kind as a tuple."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, str | int | float | Phrase) or value is None:
        return value
    return tuple(_plain(one) for one in value)


def _shown(value: Any) -> Any:
    if isinstance(value, Phrase):
        return str(value)
    return [_shown(one) for one in value] if isinstance(value, tuple) else value


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without repeats, sorted by file, line, column and code; what is equal in all these stays as it was found."""
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda f: (
                *(f.place.file, f.place.line, f.place.column, f.place.width, f.place.is_binary),
                *(-1 if f.offset is None else f.offset, f.code),
            ),
        )
    )


def once(findings: Iterable[Finding]) -> list[Finding]:
    """What is the same for several devices as one finding, whose fact `device` is all of them, at the first's place."""
    found: dict[object, tuple[Finding, dict[str, None]]] = {}
    for finding in findings:
        facts = dict(finding.problem.values) if finding.problem else {}
        device = facts.pop("device", None)
        same = (finding.place, finding.track, finding.more, finding.code, *facts.items())
        key = finding if device is None or finding.problem is None else (finding.problem.key, *same)
        found.setdefault(key, (finding, {}))[1][str(device)] = None
    return [_of_devices(finding, list(devices)) for finding, devices in found.values()]


def _of_devices(finding: Finding, devices: Sequence[str]) -> Finding:
    if finding.problem is None or len(devices) == 1:
        return finding
    problem = Problem(finding.problem.key, **{**dict(finding.problem.values), "device": devices})
    return problem.at(finding.place, finding.track, finding.offset, finding.more)


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def has_leaks(findings: Iterable[Finding]) -> bool:
    """Whether anything is on a card, or would be, that may name someone: E7xx."""
    return any(finding.code.startswith("E7") for finding in findings)
