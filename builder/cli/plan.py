"""`packbuilder plan`."""

from __future__ import annotations

from pathlib import Path

import click

from builder.build import new_renders
from builder.card.leaks.words import Word, Words
from builder.check import check
from builder.cli.manifests import card_option, manifest_argument, profile_option, show_findings, terms_option
from builder.cli.output import PAGE, PagePath, format_option, print_json, print_text, say
from builder.errors import ExitCode
from builder.files.papers import write_paper
from builder.findings import has_leaks
from builder.profiles.choose import ProfileLookup
from builder.review.coverage import coverage_line
from builder.review.daytable import day_plan_json, day_table, spread_text
from builder.review.report import counted, document, plan_json, plan_text
from builder.sound.engine import open_engine
from builder.text import printable


@click.command(short_help="Show the card as it would be.")
@manifest_argument
@profile_option
@card_option
@terms_option
@click.option(
    "--days",
    "table",
    type=PagePath(),
    metavar="FILE.html",
    help="Write the days of its reading plans as a page to print, for the office.",
)
@format_option
def plan(
    manifest: Path,
    profiles: list[ProfileLookup],
    card_bytes: int | None,
    terms: list[Word],
    table: Path | None,
    as_format: str,
) -> ExitCode:
    """Show what `build` will write: every file, its length and size, and which recordings it would render.

    Writes nothing but the page of `--days`. Lengths and sizes are those the recordings declare; names and order are
    final.
    """
    checked = check(manifest, profiles, card_bytes, Words(words=tuple(terms)))
    plans, new = (checked.plans, []) if checked.is_good else ((), [])
    if plans:
        with open_engine(lambda *_: None, is_reading=True) as engine:
            new = new_renders(checked, engine)
    days, pack = checked.days if plans else (), checked.pack
    if table is not None and plans and not days:
        raise click.UsageError(f"--days: no reading of {checked.file} has a `plan`, such as plan: one-year")
    if table is not None and pack is not None and days:
        text = day_table(days, title=pack.title, language=pack.language, names=pack.books)
        write_paper(table, text, PAGE)
    if as_format == "json":
        cards = [plan_json(card, names) for card, names in zip(plans, new, strict=True)]
        print_json(
            document(
                checked.findings,
                pack=pack.id if pack else None,
                reading_plan=[day_plan_json(one) for one in days],
                cards=cards,
            )
        )
    else:
        show_findings(checked)
        for one in days:
            print_text(spread_text(one))
        for card, names in zip(plans, new, strict=True):
            print_text(plan_text(card, names))
        if plans and checked.coverage:
            print_text(coverage_line(checked.coverage))
        if not checked.is_good:
            say(
                f"{printable(checked.file)}: {counted(checked.findings)}; there is no plan until they are mended"
            )
    if has_leaks(checked.findings):
        return ExitCode.LEAK
    return ExitCode.DONE if checked.is_good else ExitCode.FINDINGS
