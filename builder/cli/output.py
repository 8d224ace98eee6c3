"""Where output goes: results on standard output, everything else on standard error; one JSON document on request."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.files.papers import Paper, obstacle
from builder.review.page import is_page
from builder.review.report import SCHEMA
from builder.text import printable

if TYPE_CHECKING:
    from builder.text import Progress

_STAGES = {
    "read": "Reading",
    "speak": "Speaking",
    "measure": "Measuring",
    "render": "Rendering",
    "correct": "Levelling",
    "write": "Writing",
    "image": "Imaging",
    "verify": "Verifying",
    "audit": "Auditing",
    "gate": "Auditing",
    "space": "Reading",
}

format_option = click.option(
    "--format",
    "as_format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people, or one JSON document on standard output.",
)


# Joiners are spelling where a title may hold them (manifest/text.py).
_SAFE = "\n\t\u200c\u200d"


def say(message: str) -> None:
    """A line for the person at the keyboard."""
    click.echo(printable(message, _SAFE), err=True)


def print_text(text: str) -> None:
    """A line or more of the result itself. Whatever is in it, the terminal gets no control character."""
    click.echo(printable(text, _SAFE))


def print_json(document: Mapping[str, Any]) -> None:
    """The result as JSON, in ASCII, so that it reads the same through every console's encoding."""
    click.echo(json.dumps(document, ensure_ascii=True, indent=2))


PAGE = Paper(what="a page", is_known=is_page)


class PaperPath(click.Path):
    """Where a file for the office goes: looked at before any work, so that an hour of it does not end in a refusal. Its
    name says what it is: an option put before a manifest would write over it.
    """

    def __init__(self, paper: Paper, *endings: str) -> None:
        super().__init__(path_type=Path)
        self._paper, self._endings = paper, endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).lower().endswith(self._endings):
            self.fail(f"{value!r} does not end in {self._endings[0]}.", param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if found := obstacle(path, self._paper):
            self.fail(f"{printable(str(path))} {found}. Choose another name.", param, ctx)
        return path


class PagePath(PaperPath):
    """Where a page goes."""

    def __init__(self) -> None:
        super().__init__(PAGE, ".html", ".htm")


coverage_option = click.option(
    "--coverage",
    type=PagePath(),
    metavar="FILE.html",
    help="Write a page that shows every chapter of the Bible: there, missing, twice.",
)


def print_error_json(message: str, advice: str, code: int) -> None:
    """With `--format json`, an error is a document too."""
    print_json(
        {"schema": SCHEMA, "error": {"message": message, "help": advice, "exit_code": code}, "findings": []}
    )


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar for each stage on a terminal; elsewhere one plain line for each track that is done."""
    # What is only seen while something is decoded is not loaded before.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain
        return
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),  # a name may hold [brackets]
    )
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int, name: str) -> None:
            if stage == "wait":
                console.print(_waiting(name), markup=False, highlight=False, soft_wrap=True)
                return
            if stage not in tasks or done == 1:
                tasks[stage] = bars.add_task(_STAGES[stage], total=total or None, name="")
            bars.update(tasks[stage], completed=done, name=printable(name))

        yield report


def _waiting(name: str) -> str:
    return f"waiting for {printable(name)}"


def _plain(stage: str, done: int, total: int, name: str) -> None:
    if stage == "wait":
        say(_waiting(name))
    elif name and stage in ("render", "correct", "write", "image", "verify", "audit", "space"):
        say(f"{_STAGES[stage].lower()} {done}/{total} {printable(name)}")
