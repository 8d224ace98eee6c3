"""`packbuilder diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from builder.card.verify.pack import NoPackError, read_records
from builder.check import check
from builder.cli.before import by_profile
from builder.cli.output import format_option, print_json, print_text
from builder.errors import ExitCode
from builder.files.opening import digests, open_file
from builder.findings import Finding, has_errors
from builder.manifest.load import load_pack
from builder.profiles.choose import choose_all
from builder.review.changes import comparison_json, comparison_text
from builder.review.compare import Comparison, State, compare
from builder.review.plandoc import NoPlanError, cards_json, plan_of
from builder.review.report import document, findings_text
from builder.review.states import NoStateError, state_of_cards, state_of_manifest
from builder.text import printable

_HINT = "A and B are manifests (.yaml), plans (plan -o plan.json), or folders that a build made."
_MOST_BYTES = 50_000_000
Cards = Mapping[str, Sequence[Mapping[str, Any]]]
"""The cards of each profile, as records or plans describe them."""


class _NotGoodError(Exception):
    """A manifest that cannot be compared: it has errors, or its recordings are not here."""

    def __init__(self, file: str, findings: Sequence[Finding], lines: Mapping[str, Sequence[str]]) -> None:
        super().__init__(file)
        self.findings, self.lines = findings, lines


@click.command(short_help="Say what differs between two packs, plans or manifests.")
@click.argument("before", metavar="A", type=click.Path(exists=True, path_type=Path))
@click.argument("after", metavar="B", type=click.Path(exists=True, path_type=Path))
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs, as `git diff` does.")
@format_option
def diff(before: Path, after: Path, exit_code: bool, as_format: str) -> ExitCode:
    """Say, track by track, what is not the same in A and B: added, removed, moved, called otherwise, recorded, cut,
    announced or levelled otherwise, encoded otherwise.

    A and B are manifests, plans that `plan -o` wrote, or folders that `build` made; two packs or two manifests need no
    recordings. A manifest is compared with a pack as the plan that it would be for that pack's device.

    Exit code 0, also if they differ; 1 if a manifest has errors.
    """
    try:
        found = _compared(before, after)
    except _NotGoodError as error:
        if as_format == "json":
            print_json(document(error.findings, before=str(before), after=str(after), devices=[]))
        else:
            print_text(findings_text(error.findings, error.lines))
            print_text(
                f"{printable(str(error))}: it has errors; two manifests, or two packs, need no recordings"
            )
        return ExitCode.FINDINGS
    if as_format == "json":
        devices = [{"profile": name, **comparison_json(one)} for name, one in found.items()]
        print_json(document((), before=str(before), after=str(after), devices=devices))
    else:
        for name, one in found.items():
            print_text((f"{name}:\n" if len(found) > 1 else "") + comparison_text(one))
    differs = any(not one.is_empty for one in found.values())
    return ExitCode.FINDINGS if differs and exit_code else ExitCode.DONE


def _compared(before: Path, after: Path) -> dict[str, Comparison]:
    """What differs, by the profile; of two manifests, under the name ""."""
    if _is_manifest(before) and _is_manifest(after):
        return {"": compare(_manifest_state(before), _manifest_state(after))}
    one, other = (None if _is_manifest(path) else _cards(path) for path in (before, after))
    one = _planned(before, other or {}) if one is None else one
    other = _planned(after, one) if other is None else other
    if len(one) == len(other) == 1:  # perhaps one pack for two devices
        other = dict(zip(one, other.values(), strict=True))
    shared = [name for name in one if name in other]
    if not shared:
        raise click.UsageError(
            f"{before} is for {', '.join(one)}, {after} for {', '.join(other)}: name packs of one device"
        )
    return {name: compare(_state(before, one[name]), _state(after, other[name])) for name in shared}


def _is_manifest(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() != ".json"


def _manifest_state(path: Path) -> State:
    loaded = load_pack(path)
    if loaded.pack is None or has_errors(loaded.findings):
        raise _NotGoodError(loaded.file, loaded.findings, {loaded.file: loaded.lines})
    return state_of_manifest(loaded.pack)


def _cards(path: Path) -> Cards:
    """The cards of a pack's folder, of its record, or of a plan's file; a usage error where it is none of these."""
    try:
        if path.is_dir():
            records = read_records(path)
            return {str(records[0].get("profile")): records}
        with open_file(path) as stream:
            plan = plan_of(stream.read(_MOST_BYTES))
        profiles = dict.fromkeys(str(card.get("profile")) for card in plan.cards)
        return {name: [card for card in plan.cards if card.get("profile") == name] for name in profiles}
    except NoPackError as error:
        raise click.UsageError(f"{error}. {_HINT}") from None
    except NoPlanError as error:
        raise click.UsageError(f"{path} is no plan of this program: {error}. {_HINT}") from None


def _planned(manifest: Path, profiles: Cards) -> Cards:
    """The cards that a manifest would become for some profiles: its own of that name, else those that are built in."""
    checked = check(manifest)
    if checked.pack is not None and not profiles.keys() & by_profile(checked.plans).keys():
        checked = check(manifest, choose_all(profiles, manifest.parent))
    if not checked.is_good:
        raise _NotGoodError(checked.file, checked.findings, checked.lines)
    known = digests({name: source.path for name, source in checked.sources.items()})
    known |= {name: words.sha256 for name, words in checked.lyrics.items()}
    plans = by_profile(checked.plans)
    return {name: cards_json(cards, known) for name, cards in plans.items() if name in profiles}


def _state(path: Path, cards: Sequence[Mapping[str, Any]]) -> State:
    try:
        return state_of_cards(cards)
    except NoStateError as error:
        raise click.UsageError(f"{path} describes no pack: {error}. {_HINT}") from None
