"""What the verbs that take a manifest share: their arguments, and how findings are shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

import click

from builder.check import Checked
from builder.cli.output import print_text, say
from builder.findings import Finding
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from builder.review.report import findings_text


class ManifestPath(click.Path):
    """A file that is there and can be read."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, readable=True, path_type=Path)


manifest_argument = click.argument("manifest", type=ManifestPath())


def known_profile(ctx: click.Context, param: click.Parameter, value: str | None) -> Profile | None:
    """The profile of that name; a usage error with a hint where there is none."""
    known = built_in()
    if value is None or value in known:
        return known[value] if value else None
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.5)
    hint = f'Did you mean "{close[0]}"?' if close else f"There are: {', '.join(known)}."
    raise click.BadParameter(f'There is no profile "{value}". {hint}', ctx, param)


def _known(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[Profile]:
    """The profiles named, without repeats, in the order given."""
    found = (known_profile(ctx, param, value) for value in dict.fromkeys(values))
    return [profile for profile in found if profile is not None]


profile_option = click.option(
    "--profile",
    "profiles",
    metavar="NAME",
    multiple=True,
    callback=_known,
    help="A device to build for, instead of the manifest's own; may be repeated.",
)


def show_findings(checked: Checked, more: Iterable[Finding] = (), *, on_stdout: bool = False) -> None:
    """Findings for people; with them, how many there are."""
    findings = [*checked.findings, *more]
    if not findings:
        return
    show = print_text if on_stdout else say
    show(findings_text(findings, {checked.file: checked.lines}))
    show("")
