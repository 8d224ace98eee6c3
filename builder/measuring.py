"""The first sound stage: every recording decoded and measured once, spoken titles too, and kept in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.audio.analyse import Analysis, Window, analyse
from builder.audio.loudness import Loudness
from builder.audio.probe import Fault
from builder.audio.render import RENDER_REVISION, title_fault
from builder.desk import Desk
from builder.findings import Finding
from builder.plan import Plan, PlannedTrack
from builder.profiles.profile import AudioSettings
from builder.sources import Source, finding_of
from builder.store import key_of


@dataclass(frozen=True, kw_only=True)
class Measured:
    """An analysis, and the store's key for it: a digest of all that it depends on."""

    key: str
    analysis: Analysis


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a recording to be measured: the source by its path in the manifest, and the window in it."""

    source: str
    window: Window


def part_of(track: PlannedTrack) -> Part:
    return Part(source=track.source, window=Window(start=track.start_seconds, end=track.end_seconds))


def title_of(track: PlannedTrack) -> Part | None:
    """The spoken title of a track, which is always a whole recording."""
    return Part(source=track.announcement, window=Window()) if track.announcement is not None else None


def measure_plan(
    desk: Desk, plan: Plan, sources: Mapping[str, Source], digest: Mapping[str, str]
) -> tuple[dict[Part, Measured], list[Finding]]:
    """Measure all that the plan plays, each part once; and what there is to say of parts that cannot be used."""
    wanted = [part for track in plan.tracks for part in (part_of(track), title_of(track)) if part is not None]
    parts = list(dict.fromkeys(wanted))

    def job(part: Part) -> Measured | Fault:
        return _measure(desk, part, sources[part.source], digest, plan.profile.audio)

    results = desk.each("measure", parts, job, lambda part: part.source)
    found = dict(zip(parts, results, strict=True))
    measured = {part: result for part, result in found.items() if isinstance(result, Measured)}
    return measured, [finding for track in plan.tracks for finding in _findings(track, found, sources)]


def _measure(
    desk: Desk, part: Part, source: Source, digest: Mapping[str, str], settings: AudioSettings
) -> Measured | Fault:
    key = _key(desk, part, digest, settings)
    stored = _recall(desk, key)
    if stored is not None:
        return stored
    with desk.store.workplace() as folder, desk.unchanged(source, digest[part.source]):
        found = analyse(desk.ffmpeg, source.path, source.facts, settings, part.window, folder)
    if isinstance(found, Fault):
        return found
    desk.store.add(key, _facts(found))
    return Measured(key=key, analysis=found)


def recall(desk: Desk, part: Part, digest: Mapping[str, str], settings: AudioSettings) -> Measured | None:
    """The measurement of a part, if the store has it."""
    return _recall(desk, _key(desk, part, digest, settings))


def _recall(desk: Desk, key: str) -> Measured | None:
    entry = desk.store.find(key)
    if entry is None:
        return None
    values = {name: value for name, value in entry.facts.items() if name not in ("blocks", "true_peak_dbtp")}
    try:
        return Measured(key=key, analysis=Analysis(loudness=loudness_from(entry.facts), **values))
    except (TypeError, KeyError):  # of a version of this program that asked for other things
        return None


def _findings(
    track: PlannedTrack, found: Mapping[Part, Measured | Fault], sources: Mapping[str, Source]
) -> list[Finding]:
    """What there is to say of a track's recording and of its spoken title, each where the manifest names it."""
    result = found[part_of(track)]
    findings = []
    if isinstance(result, Fault):
        findings.append(finding_of(result, track.place, track.title))
    elif result.analysis.complaint:
        fault = Fault(
            code="W505",
            message=f"the decoder complained about {Path(track.source).name}: {result.analysis.complaint}",
            help="listen to it; there may be a click or a gap",
        )
        findings.append(finding_of(fault, track.place, track.title))
    title = title_of(track)
    if title is not None:
        clip = found[title]
        said = title_fault(sources[title.source].path, clip.analysis if isinstance(clip, Measured) else clip)
        if said is not None:  # without the track's title: one clip may announce many
            findings.append(finding_of(said, track.announcement_place, ""))
    return findings


def _key(desk: Desk, part: Part, digest: Mapping[str, str], settings: AudioSettings) -> str:
    return key_of(
        {
            "source": digest[part.source],
            "start": part.window.start,
            "end": part.window.end,
            "sample_rate_hz": settings.sample_rate_hz,
            "channels": settings.channels,
            "ffmpeg": desk.ffmpeg.identity,
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
