"""`packbuilder check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from builder.bible.books import ENGLISH
from builder.bible.coverage import coverage_json
from builder.card.leaks.words import Word, Words
from builder.check import CheckResult, with_more
from builder.check import check as check_manifest
from builder.cli.manifests import ManifestPath, card_option, profile_option, show_findings, terms_option
from builder.cli.output import PAGE, coverage_option, print_json, print_text, progress
from builder.errors import ExitCode
from builder.files.papers import write_paper
from builder.findings import Finding, has_errors, has_leaks
from builder.manifest.waivers import reasons
from builder.profiles.choose import ProfileLookup
from builder.review.coverage import CoveredPack, coverage_page, coverage_text
from builder.review.formats import github_text, junit_text, sarif
from builder.review.report import MOST_SHOWN, counted, document, waived_json
from builder.text import length, many, printable


@click.command(short_help="Find every mistake in a manifest.")
@click.argument("manifests", metavar="MANIFEST...", nargs=-1, required=True, type=ManifestPath())
@profile_option
@card_option
@click.option("--audio", is_flag=True, help="Decode the recordings too: silence, damage, cut-off ends.")
@click.option(
    "--all", "show_all", is_flag=True, help=f"Show all findings, not the first {MOST_SHOWN} of each code."
)
@coverage_option
@terms_option
@click.option(
    "--format",
    "as_format",
    type=click.Choice(["text", "json", "github", "sarif", "junit"]),
    default="text",
    help="text for people; one JSON document; annotations for GitHub; SARIF 2.1.0; JUnit's XML.",
)
def check(
    manifests: tuple[Path, ...],
    profiles: list[ProfileLookup],
    card_bytes: int | None,
    audio: bool,
    show_all: bool,
    coverage: Path | None,
    terms: list[Word],
    as_format: str,
) -> ExitCode:
    """Say everything that is wrong with manifests and their recordings, before anything is built.

    Exit code 7 if a private term would be on a card, 1 if there is another error, 0 if there are warnings or none.
    """
    results = []
    for path in manifests:
        checked = check_manifest(path, profiles, card_bytes, Words(words=tuple(terms)))
        results.append(with_more(checked, _audio_findings(checked)) if audio and checked.is_good else checked)
    findings = [finding for checked in results for finding in checked.findings]
    if coverage is not None:
        write_paper(coverage, coverage_page([_covered(checked) for checked in results]), PAGE)
    if as_format == "text":
        for checked in results:
            show_findings(checked, on_stdout=True, most=None if show_all else MOST_SHOWN)
            if checked.pack and checked.coverage:
                print_text(coverage_text(checked.coverage, checked.pack.books))
            print_text(_verdict(checked))
    else:
        _show(results, as_format)
    if has_leaks(findings):
        return ExitCode.LEAK
    return ExitCode.FINDINGS if has_errors(findings) else ExitCode.DONE


def _show(results: Sequence[CheckResult], form: str) -> None:
    """Findings as another program reads them, all of them."""
    findings = [finding for checked in results for finding in checked.findings]
    why = {finding: reason for checked in results for finding, reason in reasons(checked.waived).items()}
    match form:
        case "json":
            covered = [
                {"file": checked.file} | (coverage_json(checked.coverage) if checked.coverage else {})
                for checked in results
            ]
            files = [checked.file for checked in results]
            print_json(document(findings, manifests=files, coverage=covered, waived=waived_json(why)))
        case "sarif":
            print_json(sarif([*findings, *why], why))
        case "junit":
            print_text(junit_text({one.file: [*one.findings, *one.waived] for one in results}, why))
        case _ if findings:
            print_text(github_text(findings))


def _covered(checked: CheckResult) -> CoveredPack:
    pack = checked.pack
    return CoveredPack(
        file=checked.file,
        title=pack.title if pack else "",
        names=pack.books if pack else ENGLISH,
        coverage=checked.coverage,
    )


def _audio_findings(checked: CheckResult) -> list[Finding]:
    """Recordings can be listened to only where the manifest is otherwise right."""
    # Most checks decode nothing, and start without what decodes.
    from builder.build import analyse_only
    from builder.sound.engine import open_engine

    with progress() as report, open_engine(report, is_measuring=True) as engine:
        return [*analyse_only(checked, engine), *engine.damage()]


def _verdict(checked: CheckResult) -> str:
    said = ", ".join(filter(None, [counted(checked.findings) if checked.findings else "", _waived(checked)]))
    if has_errors(checked.findings):
        return f"{printable(checked.file)}: {said}"
    tracks = checked.pack.tracks if checked.pack else ()
    first = [plan for plan in checked.plans if plan.profile is checked.plans[0].profile]
    seconds = sum(plan.seconds for plan in first)
    cards = f" on {len(first)} cards" if len(first) > 1 else ""
    sums = f"ok, {many(len(tracks), 'track')}, {length(seconds)}{cards}"
    return f"{printable(checked.file)}: {', '.join(filter(None, [sums, said]))}"


def _waived(checked: CheckResult) -> str:
    return f"{len(checked.waived):,} waived" if checked.waived else ""
