"""A finding: one thing wrong that a person wrote or recorded, as data.

Findings are gathered, sorted and shown together; they are never raised. Each code is one rule, stable for ever,
and explained at length in `findings.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The rule of a code: `severity`, a `title` of a few words, and the long `text` of `explain`."""

    code: str
    severity: Severity
    title: str
    text: str


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


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`message` says what was found and what was expected; `help` what to do. `track` names the track, if any.

    `offset`, in bytes from 0, is where in a binary file.
    """

    code: str
    place: Place
    message: str
    help: str = ""
    track: str = ""
    offset: int | None = None

    @property
    def severity(self) -> Severity:
        return rules()[self.code].severity


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of `findings.toml`."""
    table = tomllib.loads(resources.files("builder").joinpath("findings.toml").read_text("utf-8"))
    return {
        code: Rule(code=code, severity=row["severity"], title=row["title"], text=row["text"].strip())
        for code, row in table.items()
    }


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


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def has_leaks(findings: Iterable[Finding]) -> bool:
    """Whether anything is on a card, or would be, that may name someone: E7xx."""
    return any(finding.code.startswith("E7") for finding in findings)
