"""The office's private list of words that must be on no card: an option of every verb that looks for them."""

from __future__ import annotations

from pathlib import Path

import click

from builder.card.leaks.words import TermsError, Word, Words, read_terms, words_of_this_computer


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
