"""`packbuilder build`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from builder.build import Built
from builder.build import build as build_cards
from builder.check import check
from builder.cli.manifests import manifest_argument, profile_option, show_findings
from builder.cli.output import format_option, print_json, print_text, progress, say
from builder.desk import open_desk
from builder.errors import ExitCode
from builder.findings import Finding, in_order
from builder.profiles.profile import Profile
from builder.review.report import counted, document, length, size


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
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=None,
    help="How many recordings are worked on at once (default: one for each processor).",
)
@format_option
def build(manifest: Path, out: Path, profiles: list[Profile], jobs: int | None, as_format: str) -> ExitCode:
    """Make the folder that goes on the device, for each of the manifest's profiles.

    The card is in OUT/PACK/PROFILE/card, and record.json beside it says what was made. What was built before
    stays until the new card is whole.
    """
    checked = check(manifest, profiles)
    cards: list[Built] = []
    more: list[Finding] = []
    if checked.is_good:
        with progress() as report, open_desk(report, jobs) as desk:
            cards, more = build_cards(checked, out, desk)
    findings = [*checked.findings, *in_order(more)]
    if as_format == "json":
        pack = checked.pack.id if checked.pack else None
        print_json(document(findings, pack=pack, cards=[_card_json(card) for card in cards]))
    else:
        show_findings(checked, in_order(more))
        for card in cards:
            print_text(_card_text(card))
    if not cards:
        say(f"{checked.file}: {counted(findings)}; nothing was built")
    return ExitCode.DONE if cards else ExitCode.FINDINGS


def _card_text(card: Built) -> str:
    tracks = card.record["tracks"]
    seconds, total = sum(t["seconds"] for t in tracks), sum(t["bytes"] for t in tracks)
    return (
        f"{card.folder / 'card'}: {len(tracks)} tracks, {length(seconds)}, {size(total)} "
        f"({card.rendered} rendered now)\n"
        f"    next: copy what is inside this folder to an empty card, in order; {card.folder / 'record.json'} "
        "stays in the office"
    )


def _card_json(card: Built) -> dict[str, Any]:
    tracks = card.record["tracks"]
    return {
        "profile": card.plan.profile.name,
        "card": str(card.folder / "card"),
        "record": str(card.folder / "record.json"),
        "tracks": len(tracks),
        "seconds": round(sum(t["seconds"] for t in tracks), 3),
        "bytes": sum(t["bytes"] for t in tracks),
        "rendered": card.rendered,
    }
