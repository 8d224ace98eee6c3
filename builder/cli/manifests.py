"""Arguments that verbs share: manifests, profiles, the private terms of the office; and how findings are shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from builder.card.leaks.words import TermsError, Word, Words, read_terms, words_of_this_computer
from builder.check import CheckResult
from builder.cli.output import print_text, say
from builder.findings import Finding
from builder.manifest.text import checked_card
from builder.profiles.choose import ProfileLookup, choose, choose_all
from builder.review.report import findings_text


def all_words(terms: list[Word]) -> Words:
    """The office's terms, and the words of this computer."""
    return Words(words=(*terms, *words_of_this_computer()))


def _read_terms(context: click.Context, option: click.Parameter, path: Path | None) -> list[Word]:  # noqa: ARG001
    try:
        return read_terms(path) if path else []
    except TermsError as error:
        raise click.BadParameter(str(error)) from None


terms_option = click.option(
    "--terms",
    type=click.Path(path_type=Path),
    envvar="PACKBUILDER_TERMS",
    callback=_read_terms,
    help="A private list of words that must be on no card, one to a line, in UTF-8; else PACKBUILDER_TERMS.",
)


class ManifestPath(click.Path):
    """A file that is there and can be read."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, readable=True, path_type=Path)


manifest_argument = click.argument("manifest", type=ManifestPath())


def chosen_profile(ctx: click.Context, param: click.Parameter, value: str | None) -> ProfileLookup | None:
    """The profile of that name or path. An unknown one is a usage error, with the most similar name."""
    if value is None:
        return None
    return _usable(choose(value, Path()), ctx, param)


def _chosen(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[ProfileLookup]:
    """The profiles named, in the order given."""
    return [_usable(choice, ctx, param) for choice in choose_all(values, Path())]


def _usable(choice: ProfileLookup, ctx: click.Context, param: click.Parameter) -> ProfileLookup:
    if choice.problem:
        said, way = choice.problem.message, choice.problem.help
        raise click.BadParameter(f"{said[0].upper()}{said[1:]}. {way[0].upper()}{way[1:]}", ctx, param)
    return choice


profile_option = click.option(
    "--profile",
    "profiles",
    metavar="NAME|FILE.yaml",
    multiple=True,
    callback=_chosen,
    help="A device to build for, instead of the manifest's own; may be repeated.",
)


def _card_bytes(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    try:
        return checked_card(value) if value is not None else None
    except ValueError:
        message = f'"{value}" is not the size of a card. Write what its label says, from 16MB to 2000GB: 4GB, 512MB.'
        raise click.BadParameter(message, ctx, param) from None


card_option = click.option(
    "--card",
    "card_bytes",
    callback=_card_bytes,
    metavar="SIZE",
    help="The size on the label of the cards (4GB, 512MB), instead of the manifest's.",
)


def show_findings(checked: CheckResult, more: Iterable[Finding] = (), *, on_stdout: bool = False) -> None:
    """Findings for people; with them, how many there are."""
    findings = [*checked.findings, *more]
    if not findings:
        return
    show = print_text if on_stdout else say
    show(findings_text(findings, checked.lines))
    show("")
