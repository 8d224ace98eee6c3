"""Plans in files: made by `plan -o`, built by `build` as they were reviewed, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from builder.check import CheckResult
from builder.cli.manifests import Wish
from builder.files.opening import file_digest, open_file
from builder.files.papers import Paper
from builder.findings import Finding, Place
from builder.manifest.beside import is_profile_file
from builder.manifest.pack import speech_of
from builder.review.plandoc import NoPlanError, SavedPlan, cards_json, is_plan, plan_of, stale
from builder.text import printable

PLAN = Paper(what="a plan", is_known=is_plan)
_MOST_BYTES = 50_000_000


def plan_to_save(checked: CheckResult, digests: Mapping[str, str], wish: Wish, file: Path) -> SavedPlan:
    """The plan of a checked manifest, to be written to `file`. Of what the voice says the texts are in the cards."""
    used = {name for plan in checked.plans for track in plan.tracks for name in (*track.files, *track.lyrics)}
    known = {name: digests[name] for name in sorted(used) if digests.get(name) and not speech_of(name)}
    manifest = Path(checked.file)
    inputs = {"manifest": file_digest(manifest), **{f"file {name}": known[name] for name in known}}
    for profile in {plan.profile.name: plan.profile for plan in checked.plans}.values():
        inputs[f"device {profile.name}"] = _digest(repr(profile).encode())
        if cover := checked.covers.get(profile.name):
            inputs[f"cover for {profile.name}"] = _digest(cover)
    if checked.voice and any(track.spoken for plan in checked.plans for track in plan.tracks):
        inputs["voice"] = checked.voice.version
    return SavedPlan(
        manifest=_from(file, manifest),
        profiles=[_from(file, Path(word)) if is_profile_file(word) else word for word in wish.profiles],
        card_bytes=wish.card_bytes,
        inputs=inputs,
        cards=json.loads(json.dumps(cards_json(checked.plans, known))),
    )


def _from(file: Path, other: Path) -> str:
    """A path as seen from the folder of a file, so that both may be moved together."""
    path = Path(os.path.relpath(other, file.parent)).as_posix()
    return os.fsencode(path).decode("utf-8", "replace")


def _seen_from(file: Path, name: str) -> Path:
    """The path of something that is named from the folder of a file."""
    return file.parent / os.fsdecode(name.encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_saved(file: Path) -> SavedPlan:
    """The plan in a file; a usage error where it holds none."""
    try:
        with open_file(file) as stream:
            return plan_of(stream.read(_MOST_BYTES))
    except OSError as error:
        raise click.UsageError(f"{printable(str(file))} cannot be read: {error.strerror or error}") from None
    except NoPlanError as error:
        raise click.UsageError(f"{printable(str(file))} is no plan that `plan -o` wrote: {error}") from None


def wish_of(saved: SavedPlan, file: Path) -> tuple[Path, Wish]:
    """The manifest of a plan in a file, and what it was asked for."""
    words = [str(_seen_from(file, word)) if is_profile_file(word) else word for word in saved.profiles]
    return _seen_from(file, saved.manifest), Wish(profiles=tuple(words), card_bytes=saved.card_bytes)


def stale_findings(saved: SavedPlan, now: SavedPlan, file: Path) -> Sequence[Finding]:
    """What is not as it was when the plan in a file was made."""
    place = Place(file=str(file), is_binary=True)
    manifest, _ = wish_of(saved, file)
    return [problem.at(place) for problem in stale(saved, now, manifest=str(manifest), file=str(file))]
