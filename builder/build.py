"""The pipeline: manifest -> plan -> render -> tag -> card -> publish. The only room that knows the order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.card.layout import Placed, fix_times, place_track
from builder.card.publish import CARD, RECORD, discard, locked, prepare, publish
from builder.check import Checked
from builder.desk import Desk, digests
from builder.errors import FindingsError, StorageError
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


def build(checked: Checked, out: Path, desk: Desk) -> tuple[list[Built], list[Finding]]:
    """Build every plan of a checked manifest below `out`. Each card is published whole or not at all.

    Returns the cards and what there is to say about them. FindingsError, with `findings` filled, when the sound
    itself forbids the job: then nothing is published.
    """
    digest = digests(desk, checked.plans, checked.sources)
    measured, findings = _measure(desk, checked, digest)
    built = []
    for plan in checked.plans:
        folder = out / plan.pack / plan.profile.name
        target = folder.resolve()  # a link is followed, not replaced
        with _storage_errors(target), locked(target):
            card = _build_card(desk, checked, plan, target, digest, measured[plan.profile.name])
            built.append(replace(card, folder=folder))
    for card in built:
        findings += _too_quiet(card)
    return built, findings


def analyse_only(checked: Checked, desk: Desk) -> list[Finding]:
    """What `check --audio` adds: every source decoded and measured for every plan."""
    digest = digests(desk, checked.plans, checked.sources)
    try:
        _, findings = _measure(desk, checked, digest)
    except SoundError as error:
        return error.findings
    return findings


def new_renders(checked: Checked, desk: Desk) -> list[set[str]]:
    """For each plan, the paths of the tracks that `build` would encode."""
    digest = digests(desk, checked.plans, checked.sources)
    return [forecast(desk, plan, digest) for plan in checked.plans]


class SoundError(FindingsError):
    """Recordings that cannot be used, found by decoding them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("recordings cannot be used as they are; nothing was published")
        self.findings = list(findings)


def _measure(
    desk: Desk, checked: Checked, digest: Mapping[str, str]
) -> tuple[dict[str, dict[Part, Measured]], list[Finding]]:
    measured, findings = {}, []
    for plan in checked.plans:
        measured[plan.profile.name], faults = measure_plan(desk, plan, checked.sources, digest)
        findings += faults
    if has_errors(findings):
        raise SoundError(findings)
    return measured, findings


def _build_card(
    desk: Desk,
    checked: Checked,
    plan: Plan,
    target: Path,
    digest: Mapping[str, str],
    measured: Mapping[Part, Measured],
) -> Built:
    stage = prepare(target)
    try:
        _need_room(target.parent, plan)
        sounds, findings = render_plan(desk, plan, checked.sources, digest, measured)
        if findings:
            raise SoundError(findings)
        card = stage / CARD
        placed = _place(desk, card, plan, sounds)
        record = make_record(plan, sounds, placed, digest, engine(desk.ffmpeg))
        fix_times(card)
        write_record(stage / RECORD, record)
        publish(stage, target)
    except BaseException:
        discard(target)
        raise
    rendered = sum(not sound.was_stored for sound in sounds.values())
    return Built(folder=target, plan=plan, record=record, rendered=rendered)


def _place(desk: Desk, card: Path, plan: Plan, sounds: Mapping[str, Sound]) -> dict[str, Placed]:
    """One thread, in play order: on some file systems the order of creation is the order of the folder."""
    placed = {}
    for index, track in enumerate(plan.tracks, 1):
        placed[track.path] = place_track(card, track, sounds[track.path].file)
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


def _too_quiet(card: Built) -> list[Finding]:
    """Works that had to stay below the target, one finding each."""
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
                message=f"{sound['work_delivered_lufs']:.1f} LUFS, quieter than the {sound['target_lufs']:g} aimed at: "
                f"the {sound['held_by']} allows no more",
                help="a recording with fewer sudden peaks, or made closer to the microphone, would be louder",
            )
        )
    return findings
