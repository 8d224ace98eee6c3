"""The pipeline: manifest -> plan -> render -> tag -> card -> publish. The only room that knows the order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.card.layout import Placed, fix_times, place_track
from builder.card.publish import CARD, RECORD, discard, locked, prepare, publish
from builder.check import Checked
from builder.desk import Desk, digests
from builder.errors import StorageError
from builder.findings import Finding, has_errors
from builder.measuring import Measured, Part, measure_plan
from builder.plan import Plan
from builder.record import engine, make_record, write_record
from builder.rendering import Sound, forecast, render_plan


@dataclass(frozen=True, kw_only=True)
class Built:
    """A card that was published. `rendered` counts the tracks that were encoded for it just now."""

    folder: Path
    plan: Plan
    record: Mapping[str, Any]
    rendered: int


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """Where a card is made: the folder it is shown as, its true place, and the stage beside that."""

    plan: Plan
    folder: Path
    target: Path
    stage: Path


def build(checked: Checked, out: Path, desk: Desk) -> tuple[list[Built], list[Finding]]:
    """Build every plan of a checked manifest below `out`: all cards, each published whole, or none.

    Returns the cards and what there is to say about them; no cards, where a recording cannot be used.
    """
    with ExitStack() as stack:
        # What can be refused is refused before any work.
        stages = [stack.enter_context(_staged(plan, out)) for plan in checked.plans]
        digest = digests(desk, checked.plans, checked.sources)
        measured, findings = _measure(desk, checked, digest)
        sounds: dict[str, Mapping[str, Sound]] = {}
        for plan in checked.plans:
            if has_errors(findings):
                return [], findings
            sounds[plan.profile.name], faults = render_plan(
                desk, plan, checked.sources, digest, measured[plan.profile.name]
            )
            findings += faults
        if has_errors(findings):
            return [], findings
        records = [_fill(desk, stage, sounds[stage.plan.profile.name], digest) for stage in stages]
        built = []
        for stage, record in zip(stages, records, strict=True):
            with _storage_errors(stage.target):
                publish(stage.stage, stage.target)
            rendered = sum(not sound.was_stored for sound in sounds[stage.plan.profile.name].values())
            built.append(Built(folder=stage.folder, plan=stage.plan, record=record, rendered=rendered))
    return built, findings + [finding for card in built for finding in _off_target(card)]


def analyse_only(checked: Checked, desk: Desk) -> list[Finding]:
    """What `check --audio` adds: every source decoded and measured for every plan."""
    return _measure(desk, checked, digests(desk, checked.plans, checked.sources))[1]


def new_renders(checked: Checked, desk: Desk) -> list[set[str]]:
    """For each plan, the paths of the tracks that `build` would encode."""
    digest = digests(desk, checked.plans, checked.sources)
    return [forecast(desk, plan, checked.sources, digest) for plan in checked.plans]


def _measure(
    desk: Desk, checked: Checked, digest: Mapping[str, str]
) -> tuple[dict[str, dict[Part, Measured]], list[Finding]]:
    measured, findings = {}, []
    for plan in checked.plans:
        measured[plan.profile.name], faults = measure_plan(desk, plan, checked.sources, digest)
        findings += faults
    return measured, findings


@contextmanager
def _staged(plan: Plan, out: Path) -> Iterator[_Stage]:
    """Hold the place of a card for one run, with an empty stage beside it that is gone afterwards."""
    folder = out / plan.pack / plan.profile.name
    target = folder.resolve()  # a link is followed, not replaced
    with ExitStack() as stack:
        with _storage_errors(target):
            stack.enter_context(locked(target))
            stage = prepare(target)
        stack.callback(discard, target)
        _need_room(target.parent, plan)
        yield _Stage(plan=plan, folder=folder, target=target, stage=stage)


def _fill(
    desk: Desk, stage: _Stage, sounds: Mapping[str, Sound], digest: Mapping[str, str]
) -> dict[str, Any]:
    """Lay the card out on its stage, with its record beside it; the record."""
    with _storage_errors(stage.target):
        placed = _place(desk, stage.stage / CARD, stage.plan, sounds)
        record = make_record(stage.plan, sounds, placed, digest, engine(desk.ffmpeg))
        fix_times(stage.stage / CARD)
        write_record(stage.stage / RECORD, record)
    return record


def _place(desk: Desk, card: Path, plan: Plan, sounds: Mapping[str, Sound]) -> dict[str, Placed]:
    """One thread, in play order: on some file systems the order of creation is the order of the folder."""
    placed = {}
    for index, track in enumerate(plan.tracks, 1):
        placed[track.path] = place_track(card, track, sounds[track.path].file, sounds[track.path].sha256)
        desk.report("write", index, len(plan.tracks), track.path)
    return placed


def _need_room(folder: Path, plan: Plan) -> None:
    """Refuse before any work what cannot fit: the card's size and a twentieth more."""
    needed, free = plan.bytes * 105 // 100, shutil.disk_usage(folder).free
    if needed > free:
        raise StorageError(
            f"the disk that holds {folder} has {free:,} bytes free; this card needs about {needed:,}",
            "free some room, or build on another disk with -o",
        )


@contextmanager
def _storage_errors(target: Path) -> Iterator[None]:
    """Say what an operating system's error means for the output."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise StorageError(
            f"this system's file names cannot hold {error.object!r}", "set LC_ALL=C.UTF-8, or PYTHONUTF8=1"
        ) from error
    except OSError as error:
        what = error.strerror or str(error)
        where = f" ({error.filename})" if error.filename else ""
        raise StorageError(
            f"{target} cannot be written: {what}{where}",
            "is the disk full, read-only or unplugged? Build elsewhere with -o. What was there before still is",
        ) from error


_HELP = {
    "boost limit": "the recording is very quiet; one made closer to the microphone would reach it",
    "limiter": "its loudest moments stand too far above the rest; cut them out, or ask for a calmer recording",
    "corrections": "listen to it: the sound changes too much in the encoder to be met",
}


def _off_target(card: Built) -> list[Finding]:
    """Works that could not be brought to the target, one finding each."""
    findings = []
    seen: set[str] = set()
    for track, row in zip(card.plan.tracks, card.record["tracks"], strict=True):
        sound = row["loudness"]
        if not sound["held_by"] or track.work in seen:
            continue
        seen.add(track.work)
        findings.append(
            Finding(
                code="W506",
                place=track.place,
                track=track.title,
                message=f"{sound['work_delivered_lufs']:.1f} LUFS instead of the {sound['target_lufs']:g} aimed at; "
                f"held by: {sound['held_by']}",
                help=_HELP[sound["held_by"]],
            )
        )
    return findings
