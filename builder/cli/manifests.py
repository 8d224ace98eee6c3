"""Arguments that verbs share: manifests, profiles, the private terms of the office; and how findings are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from builder.card.leaks.words import TermsError, Word, Words, read_terms, words_of_this_computer
from builder.check import CheckResult
from builder.cli.output import print_text, say
from builder.manifest.text import checked_card
from builder.profiles.choose import ProfileLookup, choose, choose_all
from builder.review.report import MOST_SHOWN, findings_text


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What cards were asked for on the command line: profiles by name or file, and the bytes on the cards' label."""

    profiles: tuple[str, ...] = ()
    card_bytes: int | None = None


def wish(profiles: Sequence[ProfileLookup], card_bytes: int | None) -> Wish:
    """The same, of options that were read."""
    words = [next(iter(one.lines), one.profile.name if one.profile else "") for one in profiles]
    return Wish(profiles=tuple(words), card_bytes=card_bytes)


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


class ManifestOrPack(click.Path):
    """A manifest, or the folder that a build made."""

    def __init__(self) -> None:
        super().__init__(exists=True, readable=True, path_type=Path)


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


def show_findings(
    checked: CheckResult,
    *,
    on_stdout: bool = False,
    most: int | None = MOST_SHOWN,
) -> None:
    """Findings for people, at most `most` of a code."""
    if not checked.findings:
        return
    show = print_text if on_stdout else say
    show(findings_text(checked.findings, checked.lines, most))
    show("")
