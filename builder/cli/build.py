"""`packbuilder build`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from builder.bible.books import ENGLISH
from builder.build import Built, outlook
from builder.build import build as build_cards
from builder.card.leaks.words import Word, Words
from builder.card.record import coverage_of_card
from builder.check import CheckResult, check, with_more
from builder.cli.before import packs_before
from builder.cli.manifests import (
    all_words,
    card_option,
    manifest_argument,
    profile_option,
    show_findings,
    terms_option,
)
from builder.cli.output import (
    PAGE,
    coverage_option,
    format_option,
    print_json,
    print_text,
    progress,
    say,
)
from builder.cli.saved import plan_to_save, read_saved, stale_findings, wish_of
from builder.errors import ExitCode
from builder.files.papers import write_paper
from builder.findings import Finding, has_leaks
from builder.manifest.waivers import reasons
from builder.plan.plan import covered
from builder.profiles.choose import ProfileLookup, choose_all
from builder.review.changes import comparison_json, counts_text
from builder.review.compare import compare
from builder.review.coverage import CoveredPack, coverage_line, coverage_page
from builder.review.plandoc import SavedPlan
from builder.review.report import counted, document, waived_json
from builder.sound.engine import Engine, open_engine
from builder.text import length, many, printable, size


@click.command(short_help="Make the card.")
@manifest_argument
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the pack's folder goes.",
)
@profile_option
@card_option
@click.option("--image", "with_image", is_flag=True, help="Make a disk image of each card too: card.img.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=None,
    help="How many recordings are worked on at once (default: one for each processor).",
)
@coverage_option
@terms_option
@format_option
def build(
    manifest: Path,
    out: Path,
    profiles: list[ProfileLookup],
    card_bytes: int | None,
    with_image: bool,
    jobs: int | None,
    coverage: Path | None,
    terms: list[Word],
    as_format: str,
) -> ExitCode:
    """Make the folder that goes on the device, for each of the manifest's profiles.

    MANIFEST may be a plan that `plan -o` wrote: it is built as it was reviewed, or not at all.

    The card is in OUT/PACK/PROFILE/card, and record.json beside it says what was made; a pack that takes several
    cards has them in OUT/PACK/PROFILE/1 and so on. What was built before stays until the new cards are whole.
    """
    words = all_words(terms)
    saved = read_saved(manifest) if manifest.suffix.lower() == ".json" else None
    if saved is None:
        checked = check(manifest, profiles, card_bytes, words)
    elif profiles or card_bytes is not None:
        raise click.UsageError(
            "a plan says for which devices and cards it is: leave --profile and --card out"
        )
    else:
        checked = _as_planned(saved, manifest, words)
    _refuse_within(coverage, out, checked)
    cards: list[Built] = []
    more: list[Finding] = []
    before = packs_before(out, checked.plans)
    if checked.is_good:
        with progress() as report, open_engine(report, jobs) as engine:
            more += _stale(saved, manifest, checked, engine) if saved else ()
            if not more:
                cards, more = build_cards(checked, out, engine, words, with_image=with_image)
            more += engine.damage()
    checked = with_more(checked, more, is_all=bool(cards))
    findings = checked.findings
    covered_packs = list(_covered(checked, cards))
    if coverage is not None and cards:
        write_paper(coverage, coverage_page(covered_packs), PAGE)
    after = packs_before(out, [card.plan for card in cards])
    changes = {name: compare(before[name], after[name]) for name in after if name in before}
    if as_format == "json":
        pack = checked.pack.id if checked.pack else None
        made = [_card_json(card) for card in cards]
        changed = [{"profile": name, **comparison_json(one)} for name, one in changes.items()]
        waived = waived_json(reasons(checked.waived))
        print_json(document(findings, pack=pack, cards=made, changes=changed, waived=waived))
    else:
        show_findings(checked)
        for card in cards:
            print_text(_card_text(card))
        for name, change in changes.items():
            print_text(
                f"{printable(str(out / cards[0].plan.pack / name))}, since it was last built: {counts_text(change)}"
            )
        for read in dict.fromkeys(coverage_line(one.coverage) for one in covered_packs if one.coverage):
            print_text(read)
        if cards:
            print_text(_next(cards))
    if not cards:
        say(f"{printable(checked.file)}: {counted(findings)}; nothing was built")
    if has_leaks(findings):
        return ExitCode.LEAK
    return ExitCode.DONE if cards else ExitCode.FINDINGS


def _as_planned(saved: SavedPlan, file: Path, words: Words) -> CheckResult:
    """The manifest of a plan, checked for the devices and cards that the plan is for."""
    manifest, wished = wish_of(saved, file)
    if not manifest.is_file():
        raise click.UsageError(f"{file} is a plan of {manifest}, which is not there")
    return check(manifest, choose_all(wished.profiles, Path()), wished.card_bytes, words)


def _stale(saved: SavedPlan, file: Path, checked: CheckResult, engine: Engine) -> Sequence[Finding]:
    """Findings where the plan is not what would be planned now."""
    _, wished = wish_of(saved, file)
    now = plan_to_save(checked, outlook(checked, engine).digests, wished, file)
    return stale_findings(saved, now, file)


def _refuse_within(coverage: Path | None, out: Path, checked: CheckResult) -> None:
    """A usage error if the page would be in the folder that is about to be built."""
    if coverage is None or checked.pack is None:
        return
    folder = Path(os.path.realpath(out)) / checked.pack.id
    if Path(os.path.realpath(coverage.parent)).is_relative_to(folder):
        raise click.UsageError(
            f"--coverage: {printable(str(coverage))} would stand in the folder of the pack"
        )


def _covered(checked: CheckResult, cards: list[Built]) -> Iterator[CoveredPack]:
    """What the cards of each profile read of the Bible."""
    for name, made in groupby(cards, key=lambda card: card.plan.profile.name):
        plans = [card.plan for card in made]
        names = checked.pack.books if checked.pack else ENGLISH
        coverage = covered(track for plan in plans for track in plan.tracks)
        yield CoveredPack(
            file=f"{plans[0].pack}/{name}", title=plans[0].title, names=names, coverage=coverage
        )


def _card_text(card: Built) -> str:
    plan, content = card.plan, card.content
    sums = f"{many(len(plan.tracks), 'track')}, {length(content.seconds)}, {size(content.bytes)}"
    sums += f" at {plan.audio.bitrate_kbps} kbps"
    which = f"card {plan.number} of {plan.cards}, " if plan.cards > 1 else ""
    lines = [f"{printable(str(card.folder / 'card'))}: {which}{sums} ({card.rendered} rendered now)"]
    if card.image is not None:
        lines.append(f"{printable(str(card.image))}: for a card of {plan.size.label} or more")
    return "\n".join(lines)


def _next(cards: list[Built]) -> str:
    """What a person does with the cards."""
    how = "build with `--image`, which keeps the order and tells no time; or copy what is inside `card` in order"
    if cards[0].image is not None:
        how = "write `card.img` to a card with a program such as balenaEtcher; it keeps the play order"
    return f"next: {how}; `record.json` stays in the office"


def _card_json(card: Built) -> dict[str, Any]:
    return {
        "profile": card.plan.profile.name,
        "card": str(card.folder / "card"),
        "record": str(card.folder / "record.json"),
        "image": str(card.image) if card.image else None,
        "number": card.plan.number,
        "of": card.plan.cards,
        "bitrate_kbps": card.plan.audio.bitrate_kbps,
        "tracks": len(card.plan.tracks),
        "seconds": round(card.content.seconds, 3),
        "bytes": card.content.bytes,
        "rendered": card.rendered,
        "coverage": coverage_of_card(card.plan),
    }
