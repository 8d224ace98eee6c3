"""The second sound stage: one gain per work, finished MP3 streams, and proof on what was encoded.

The tracks of a work are measured as the one programme they are, raised by one gain, and the encoded files are
measured as one again; where they missed, the gain is corrected and they are rendered once more. Nothing here
knows names, tags or folders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.audio.loudness import MAX_CORRECTIONS, Loudness, combined, corrected, gain_for, held_by
from builder.audio.probe import Fault
from builder.audio.render import render, render_spoken_title, trimmed
from builder.desk import Desk
from builder.findings import Finding
from builder.measuring import Measured, loudness_facts, loudness_from, recall, window_of
from builder.plan import Plan, PlannedTrack
from builder.profiles.profile import AudioSettings
from builder.sources import Source, finding_of
from builder.store import Entry, key_of


@dataclass(frozen=True, kw_only=True)
class Sound:
    """The finished sound of one track: `file` is a bare MP3 stream in the store.

    `work_source` and `work_delivered` are those of the whole work, which the gain was chosen for.
    """

    file: Path
    seconds: float
    gain_db: float
    held_by: str | None
    source: Loudness
    delivered: Loudness
    work_source: Loudness
    work_delivered: Loudness
    was_stored: bool


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A render that is in the store, and whether it was there before this run."""

    entry: Entry
    was_stored: bool

    @property
    def loudness(self) -> Loudness:
        return loudness_from(self.entry.facts)


def render_plan(
    desk: Desk,
    plan: Plan,
    sources: Mapping[str, Source],
    digest: Mapping[str, str],
    measured: Mapping[str, Measured],
) -> tuple[dict[str, Sound], list[Finding]]:
    """Render every track of the plan, by track path; or findings, for spoken titles that cannot be used."""
    settings = plan.profile.audio
    works = works_of(plan.tracks)
    gains = {work: gain_for(_source_of(tracks, measured), settings) for work, tracks in works.items()}
    made: dict[str, _Made] = {}
    due: Sequence[PlannedTrack] = plan.tracks
    for attempt in range(MAX_CORRECTIONS + 1):

        def job(track: PlannedTrack) -> _Made | Fault:
            return _render(desk, track, sources, digest, measured[track.path], gains[track.work], settings)

        findings = []
        stage = "correct" if attempt else "render"
        for track, result in zip(due, desk.each(stage, due, job, lambda t: t.path), strict=True):
            if isinstance(result, Fault):
                findings.append(finding_of(result, track.announcement_place, track.title))
            else:
                made[track.path] = result
        if findings:
            return {}, findings
        better = {
            work: gain
            for work, tracks in works.items()
            if (gain := corrected(gains[work], _delivered_of(tracks, made), settings)) is not None
        }
        if not better or attempt == MAX_CORRECTIONS:
            break
        gains.update(better)
        due = [track for track in plan.tracks if track.work in better]
    return _sounds(works, made, measured, gains, settings), []


def forecast(desk: Desk, plan: Plan, digest: Mapping[str, str]) -> set[str]:
    """Paths of the tracks that a build would render anew: render_plan's way, walked in the store only."""
    settings = plan.profile.audio
    new: set[str] = set()
    for tracks in works_of(plan.tracks).values():
        known = {track.path: found for track in tracks if (found := recall(desk, plan, track, digest))}
        if len(known) < len(tracks):
            new |= {track.path for track in tracks}
            continue
        gain: float | None = gain_for(_source_of(tracks, known), settings)
        for _ in range(MAX_CORRECTIONS + 1):
            if gain is None:
                break
            made = {
                track.path: _Made(entry=entry, was_stored=True)
                for track in tracks
                if (entry := desk.store.find(_key(track, digest, known[track.path], gain, settings)))
            }
            if len(made) < len(tracks):
                new |= {track.path for track in tracks if track.path not in made}
                break
            gain = corrected(gain, _delivered_of(tracks, made), settings)
    return new


def works_of(tracks: Sequence[PlannedTrack]) -> dict[str, list[PlannedTrack]]:
    """Tracks by work, both in play order."""
    works: dict[str, list[PlannedTrack]] = {}
    for track in tracks:
        works.setdefault(track.work, []).append(track)
    return works


def _source_of(tracks: Sequence[PlannedTrack], measured: Mapping[str, Measured]) -> Loudness:
    return combined(measured[track.path].analysis.loudness for track in tracks)


def _delivered_of(tracks: Sequence[PlannedTrack], made: Mapping[str, _Made]) -> Loudness:
    return combined(made[track.path].loudness for track in tracks)


def _sounds(
    works: Mapping[str, Sequence[PlannedTrack]],
    made: Mapping[str, _Made],
    measured: Mapping[str, Measured],
    gains: Mapping[str, float],
    settings: AudioSettings,
) -> dict[str, Sound]:
    sounds = {}
    for work, tracks in works.items():
        before, after = _source_of(tracks, measured), _delivered_of(tracks, made)
        for track in tracks:
            render_made = made[track.path]
            assert render_made.entry.file is not None  # noqa: S101  # renders are stored with their file
            sounds[track.path] = Sound(
                file=render_made.entry.file,
                seconds=render_made.entry.facts["seconds"],
                gain_db=gains[work],
                held_by=held_by(gains[work], after, settings),
                source=measured[track.path].analysis.loudness,
                delivered=render_made.loudness,
                work_source=before,
                work_delivered=after,
                was_stored=render_made.was_stored,
            )
    return sounds


def _key(
    track: PlannedTrack,
    digest: Mapping[str, str],
    measured: Measured,
    gain_db: float,
    settings: AudioSettings,
) -> str:
    title = None
    if track.announcement is not None:
        title = {
            "source": digest[track.announcement],
            "pause": track.pause_seconds,
            "level": [settings.target_lufs, settings.peak_dbtp, settings.max_gain_db],
        }
    return key_of(
        {
            "measured": measured.key,
            "gain_db": gain_db,
            "bitrate_kbps": settings.bitrate_kbps,
            "head_silence": track.head_silence_seconds,
            "tail_silence": track.tail_silence_seconds,
            "title": title,
        }
    )


def _render(
    desk: Desk,
    track: PlannedTrack,
    sources: Mapping[str, Source],
    digest: Mapping[str, str],
    measured: Measured,
    gain_db: float,
    settings: AudioSettings,
) -> _Made | Fault:
    """One track from the store, or made now and put there."""
    key = _key(track, digest, measured, gain_db, settings)
    entry = desk.store.find(key)
    if entry is not None:
        return _Made(entry=entry, was_stored=True)
    source = sources[track.source]
    window, seconds = trimmed(
        window_of(track),
        measured.analysis,
        head_silence_seconds=track.head_silence_seconds,
        tail_silence_seconds=track.tail_silence_seconds,
    )
    with desk.store.workplace() as name:
        folder = Path(name)
        title: Path | None = None
        if track.announcement is not None:
            title, clip = folder / "title.wav", sources[track.announcement]
            spoken = render_spoken_title(
                desk.ffmpeg, clip.path, clip.facts, settings, pause_seconds=track.pause_seconds, out=title
            )
            if isinstance(spoken, Fault):
                return spoken
            seconds += spoken
        out = folder / "track.mp3"
        found = render(
            desk.ffmpeg,
            source.path,
            source.facts,
            settings,
            window=window,
            seconds=seconds,
            gain_db=gain_db,
            spoken_title=title,
            out=out,
        )
        entry = desk.store.add(key, {"seconds": found.seconds, **loudness_facts(found.loudness)}, out)
    return _Made(entry=entry, was_stored=False)
