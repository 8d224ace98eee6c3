"""`packbuilder plan`."""

from __future__ import annotations

from pathlib import Path

import click

from builder.build import Outlook, outlook
from builder.card.leaks.words import Word, Words
from builder.card.verify.pack import NoPackError, read_records
from builder.check import check
from builder.cli.before import packs_before, since
from builder.cli.manifests import (
    ManifestOrPack,
    card_option,
    profile_option,
    show_findings,
    terms_option,
    wish,
)
from builder.cli.output import PAGE, PagePath, PaperPath, format_option, print_json, print_text, say
from builder.cli.saved import PLAN, plan_to_save
from builder.errors import ExitCode
from builder.files.papers import write_paper
from builder.findings import has_leaks
from builder.manifest.waivers import reasons
from builder.profiles.choose import ProfileLookup
from builder.review.changes import comparison_json, comparison_text
from builder.review.coverage import coverage_line
from builder.review.daytable import day_plan_json, day_table, spread_text
from builder.review.packed import pack_text
from builder.review.plandoc import document_of
from builder.review.report import counted, document, plan_json, plan_text, waived_json
from builder.review.states import NoStateError, state_of_cards
from builder.sound.engine import open_engine
from builder.text import printable


@click.command(short_help="Show the card as it would be.")
@click.argument("manifest", metavar="MANIFEST|PACK", type=ManifestOrPack())
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
@click.option(
    "-o",
    "--output",
    "file",
    type=PaperPath(PLAN, ".json"),
    metavar="PLAN.json",
    help="Write the plan to a file, which `build` builds as it is, or not at all.",
)
@click.option(
    "--against",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="The folder of packs that `build` would replace: what would change is shown.",
)
@format_option
def plan(
    manifest: Path,
    profiles: list[ProfileLookup],
    card_bytes: int | None,
    terms: list[Word],
    table: Path | None,
    file: Path | None,
    out: Path,
    as_format: str,
) -> ExitCode:
    """Show what `build` will write: every file, its length and size, which recordings it would render, and what would
    change in the pack that was built before. Of a PACK, the folder that a build made, show what its record says;
    neither manifest nor recordings are needed.

    Writes nothing but the files of `--days` and `-o`. Lengths and sizes are those the recordings declare; names and
    order are final.
    """
    if manifest.is_dir():
        return _show_pack(manifest, as_format)
    checked = check(manifest, profiles, card_bytes, Words(words=tuple(terms)))
    plans = checked.plans if checked.is_good else ()
    seen = Outlook(new=(), digests={})
    if plans:
        with open_engine(lambda *_: None, is_reading=True) as engine:
            seen = outlook(checked, engine)
    changes = since(packs_before(out, plans), plans, seen.digests)
    days, pack = checked.days if plans else (), checked.pack
    if table is not None and plans and not days:
        raise click.UsageError(f"--days: no reading of {checked.file} has a `plan`, such as plan: one-year")
    if table is not None and pack is not None and days:
        text = day_table(days, title=pack.title, language=pack.language, names=pack.books)
        write_paper(table, text, PAGE)
    if file is not None and plans:
        saved = plan_to_save(checked, seen.digests, wish(profiles, card_bytes), file)
        write_paper(file, document_of(saved), PLAN)
    if as_format == "json":
        print_json(
            document(
                checked.findings,
                pack=pack.id if pack else None,
                reading_plan=[day_plan_json(one) for one in days],
                waived=waived_json(reasons(checked.waived)),
                cards=[plan_json(card, new) for card, new in zip(plans, seen.new, strict=True)],
                changes=[{"profile": name, **comparison_json(one)} for name, one in changes.items()],
            )
        )
    else:
        show_findings(checked)
        for one in days:
            print_text(spread_text(one))
        for card, new in zip(plans, seen.new, strict=True):
            print_text(plan_text(card, new, changes.get(card.profile.name)))
        for name, change in changes.items():
            print_text(f"against {printable(str(out / plans[0].pack / name))}, what would change:")
            print_text(comparison_text(change))
        if plans and checked.coverage:
            print_text(coverage_line(checked.coverage))
        if not checked.is_good:
            say(
                f"{printable(checked.file)}: {counted(checked.findings)}; there is no plan until they are mended"
            )
    if has_leaks(checked.findings):
        return ExitCode.LEAK
    return ExitCode.DONE if checked.is_good else ExitCode.FINDINGS


def _show_pack(folder: Path, as_format: str) -> ExitCode:
    try:
        records = read_records(folder)
        state = state_of_cards(records)
    except (NoPackError, NoStateError) as error:
        raise click.UsageError(f"{error}. A pack is the folder that a build made.") from None
    if as_format == "json":
        print_json(document((), pack=state.head.get("pack"), cards=records))
    else:
        print_text(pack_text(records, state))
    return ExitCode.DONE
