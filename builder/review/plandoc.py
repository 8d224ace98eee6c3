"""A plan as a document: every file of the cards as they would be, and the digests of all that they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder import __version__
from builder.findings import Problem
from builder.manifest.text import LARGEST_CARD, SMALLEST_CARD
from builder.plan.plan import Plan, PlannedTrack
from builder.review.report import plan_json

# Up to the kind, with which the file begins.
_BEGINNING = 30


class SavedPlan(BaseModel):
    """What a file of a plan says. `manifest` is a path from its own folder, `inputs` are the digests of all that the
    cards are made from, by their names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: Literal["packbuilder plan"] = "packbuilder plan"
    schema_: Literal[1] = Field(1, alias="schema")
    packbuilder: str = __version__
    manifest: str
    profiles: list[str] = []
    card_bytes: Annotated[int, Field(ge=SMALLEST_CARD, le=LARGEST_CARD)] | None = None
    inputs: dict[str, str]
    cards: list[dict[str, Any]]


class NoPlanError(ValueError):
    """No plan of this program; the message says what is wrong with it."""


def plan_of(data: bytes) -> SavedPlan:
    """The plan that a file of these bytes holds. NoPlanError where it holds none."""
    try:
        return SavedPlan.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NoPlanError(f"{where}: {first['msg'].lower()}" if where else "it is not JSON") from None


def stale(saved: SavedPlan, now: SavedPlan, *, manifest: str, file: str) -> Iterator[Problem]:
    """What is not as it was when a plan was made, of a manifest and in a file that are called so here; nothing where it
    can be built as it is.
    """
    again = {"manifest": manifest, "file": file}
    changed = [
        name for name in saved.inputs if now.inputs.get(name, saved.inputs[name]) != saved.inputs[name]
    ]
    gone = [name for name in saved.inputs if name not in now.inputs]
    new = [name for name in now.inputs if name not in saved.inputs]
    if changed:
        yield Problem("E430.changed", what=changed, **again)
    if gone:
        yield Problem("E430.gone", what=gone, **again)
    if new:
        yield Problem("E430.new", what=new, **again)
    if saved.packbuilder != now.packbuilder:
        yield Problem("E430.version", was=saved.packbuilder, now=now.packbuilder, **again)
    elif not (changed or gone or new) and saved.cards != now.cards:
        yield Problem("E430.cards", **again)


def document_of(saved: SavedPlan) -> str:
    """The text of the file."""
    return saved.model_dump_json(by_alias=True, indent=2) + "\n"


def is_plan(data: bytes) -> bool:
    """Whether bytes are those of such a file, by how they begin."""
    return data.startswith(document_of(SavedPlan(manifest="", inputs={}, cards=[]))[:_BEGINNING].encode())


def cards_json(plans: Sequence[Plan], digests: Mapping[str, str]) -> list[dict[str, Any]]:
    """The cards as far as they are known before anything is encoded, by the names that records have."""
    return [
        {
            **plan_json(plan, set()),
            "title": plan.title,
            "language": plan.language,
            "tracks": [_track(plan, track, digests) for track in plan.tracks],
        }
        for plan in plans
    ]


def _track(plan: Plan, track: PlannedTrack, digests: Mapping[str, str]) -> dict[str, Any]:
    words = [{"source": name, "source_sha256": digests.get(name, "")} for name in track.lyrics[:1]]
    return {
        "path": track.path,
        **track.described,
        "seconds": round(track.seconds, 1),
        "bytes": track.bytes,
        "lyrics": words[0] if words else None,
        "loudness": {"target_lufs": plan.audio.target_lufs, "work": track.work},
        **track.made_of(digests),
    }
