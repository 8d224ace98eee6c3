"""The first sound stage: every track's recording decoded and measured once, and remembered in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from builder.audio.analyse import Analysis, Window, analyse
from builder.audio.loudness import Loudness
from builder.audio.probe import Fault
from builder.audio.render import RENDER_REVISION
from builder.desk import Desk
from builder.findings import Finding
from builder.plan import Plan, PlannedTrack
from builder.sources import Source, finding_of
from builder.store import key_of


@dataclass(frozen=True, kw_only=True)
class Measured:
    """An analysis, and the store's key for it: a digest of all that it depends on."""

    key: str
    analysis: Analysis


def window_of(track: PlannedTrack) -> Window:
    return Window(start=track.start_seconds, end=track.end_seconds)


def measure_plan(
    desk: Desk, plan: Plan, sources: Mapping[str, Source], digest: Mapping[str, str]
) -> tuple[dict[str, Measured], list[Finding]]:
    """Measure the source of every track, by track path; and what there is to say of those that cannot be used."""

    def job(track: PlannedTrack) -> Measured | Fault:
        stored = recall(desk, plan, track, digest)
        if stored is not None:
            return stored
        source, key = sources[track.source], _key(desk, plan, track, digest)
        found = analyse(desk.ffmpeg, source.path, source.facts, plan.profile.audio, window_of(track))
        if isinstance(found, Fault):
            return found
        desk.store.add(key, _facts(found))
        return Measured(key=key, analysis=found)

    measured: dict[str, Measured] = {}
    findings = []
    for track, found in zip(
        plan.tracks, desk.each("measure", plan.tracks, job, lambda t: t.path), strict=True
    ):
        if isinstance(found, Fault):
            findings.append(finding_of(found, track.place, track.title))
            continue
        measured[track.path] = found
        if found.analysis.complaint:
            fault = Fault(
                code="W505",
                message=f"the decoder complained about {track.source}: {found.analysis.complaint}",
                help="listen to it; there may be a click or a gap",
            )
            findings.append(finding_of(fault, track.place, track.title))
    return measured, findings


def recall(desk: Desk, plan: Plan, track: PlannedTrack, digest: Mapping[str, str]) -> Measured | None:
    """The measurement of a track, if the store has it."""
    key = _key(desk, plan, track, digest)
    entry = desk.store.find(key)
    if entry is None:
        return None
    values = {name: value for name, value in entry.facts.items() if name not in ("blocks", "true_peak_dbtp")}
    return Measured(key=key, analysis=Analysis(loudness=loudness_from(entry.facts), **values))


def _key(desk: Desk, plan: Plan, track: PlannedTrack, digest: Mapping[str, str]) -> str:
    return key_of(
        {
            "source": digest[track.source],
            "start": track.start_seconds,
            "end": track.end_seconds,
            "sample_rate_hz": plan.profile.audio.sample_rate_hz,
            "channels": plan.profile.audio.channels,
            "ffmpeg": desk.ffmpeg.version,
            "revision": RENDER_REVISION,
        }
    )


def _facts(found: Analysis) -> dict[str, Any]:
    values = asdict(found)
    del values["loudness"]
    return {**values, **loudness_facts(found.loudness)}


def loudness_facts(loudness: Loudness) -> dict[str, Any]:
    """Loudness as JSON can hold it, which knows no numbers as keys."""
    return {"blocks": sorted(loudness.blocks.items()), "true_peak_dbtp": loudness.true_peak_dbtp}


def loudness_from(facts: Mapping[str, Any]) -> Loudness:
    blocks = {int(level): int(count) for level, count in facts["blocks"]}
    return Loudness(blocks=blocks, true_peak_dbtp=facts["true_peak_dbtp"])
