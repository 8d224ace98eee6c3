"""The second sound stage: one gain per work, finished MP3 streams, and proof on what was encoded.

The tracks of a work are measured as the one programme they are, raised by one gain, and the encoded files are
measured as one again; where they missed, the gain is corrected and they are rendered once more. Nothing here
knows names, tags or folders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.audio.loudness import (
    MAX_CORRECTIONS,
    Loudness,
    Tried,
    best,
    combined,
    gain_for,
    held_by,
    next_gain,
)
from builder.audio.render import render, render_spoken_title, trimmed
from builder.desk import Desk
from builder.findings import Finding
from builder.measuring import Measured, Part, loudness_facts, loudness_from, part_of, recall, title_of
from builder.plan import Plan, PlannedTrack
from builder.profiles.profile import AudioSettings
from builder.sources import Source
from builder.store import Entry, key_of


@dataclass(frozen=True, kw_only=True)
class Sound:
    """The finished sound of one track: `file` is a bare MP3 stream in the store.

    `work_source` and `work_delivered` are those of the whole work, which the gain was chosen for.
    """

    file: Path
    sha256: str
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
    measured: Mapping[Part, Measured],
) -> tuple[dict[str, Sound], list[Finding]]:
    """Render every track of the plan, by track path; or findings, where nothing right can be made of one."""
    settings = plan.profile.audio
    works = works_of(plan.tracks)
    gains = {work: gain_for(_source_of(tracks, measured), settings) for work, tracks in works.items()}
    tried: dict[str, list[Tried]] = {work: [] for work in works}
    made: dict[tuple[str, float], _Made] = {}
    due: Sequence[PlannedTrack] = plan.tracks
    for attempt in range(MAX_CORRECTIONS + 1):

        def job(track: PlannedTrack) -> _Made:
            return _render(desk, track, sources, digest, measured, gains[track.work], settings)

        # Tracks that are the same sound under two names are rendered once.
        keys = [_key(t, digest, measured[part_of(t)], gains[t.work], settings) for t in due]
        first = dict(zip(reversed(keys), reversed(due), strict=True))
        stage = "correct" if attempt else "render"
        renders = dict(zip(first, desk.each(stage, list(first.values()), job, lambda t: t.path), strict=True))
        made |= {(track.path, gains[track.work]): renders[key] for track, key in zip(due, keys, strict=True)}
        better: dict[str, float] = {}
        for work in dict.fromkeys(track.work for track in due):
            now = [made[track.path, gains[work]] for track in works[work]]
            tried[work].append(Tried(gain_db=gains[work], delivered=combined(one.loudness for one in now)))
            gain = next_gain(tried[work], settings)
            if gain is not None:
                better[work] = gain
        if not better:
            break
        gains.update(better)
        due = [track for track in plan.tracks if track.work in better]
    gains = {work: best(tries, settings).gain_db for work, tries in tried.items()}
    holds = {work: held_by(tries, settings) for work, tries in tried.items()}
    chosen = {track.path: made[track.path, gains[track.work]] for track in plan.tracks}
    if findings := [f for track in plan.tracks for f in _wrong(track, chosen[track.path].loudness, settings)]:
        return {}, findings
    return _sounds(works, chosen, measured, gains, holds), []


def _wrong(track: PlannedTrack, delivered: Loudness, settings: AudioSettings) -> list[Finding]:
    """What must not ship: a track in which nothing is left to hear, or one that is louder than its ceiling."""
    if delivered.integrated_lufs is None:
        code, message = "E508", f"nothing is left of {track.source} once it is an MP3 for a speech player"
        help_text = "listen to it; a tone above hearing, or hum below it, is no speech"
    elif delivered.true_peak_dbtp > settings.peak_dbtp:
        peak = delivered.true_peak_dbtp
        code, message = (
            "E509",
            f"{track.source} stays at {peak:.1f} dBTP, above the {settings.peak_dbtp:g} allowed",
        )
        help_text = "cut the click or bang out of it that no level can tame"
    else:
        return []
    return [Finding(code=code, place=track.place, track=track.title, message=message, help=help_text)]


def forecast(desk: Desk, plan: Plan, digest: Mapping[str, str]) -> set[str]:
    """Paths of the tracks that a build would render anew: render_plan's way, walked in the store only."""
    settings = plan.profile.audio
    new: set[str] = set()
    for tracks in works_of(plan.tracks).values():
        parts = [part for track in tracks for part in (part_of(track), title_of(track)) if part is not None]
        known = {part: found for part in parts if (found := recall(desk, part, digest, settings))}
        if len(known) < len(set(parts)):
            new |= {track.path for track in tracks}
            continue
        gain: float | None = gain_for(_source_of(tracks, known), settings)
        tried: list[Tried] = []
        for _ in range(MAX_CORRECTIONS + 1):
            if gain is None:
                break
            made = {
                track.path: _Made(entry=entry, was_stored=True)
                for track in tracks
                if (entry := desk.store.find(_key(track, digest, known[part_of(track)], gain, settings)))
            }
            if len(made) < len(tracks):
                new |= {track.path for track in tracks if track.path not in made}
                break
            tried.append(Tried(gain_db=gain, delivered=_delivered_of(tracks, made)))
            gain = next_gain(tried, settings)
    return new


def works_of(tracks: Sequence[PlannedTrack]) -> dict[str, list[PlannedTrack]]:
    """Tracks by work, both in play order."""
    works: dict[str, list[PlannedTrack]] = {}
    for track in tracks:
        works.setdefault(track.work, []).append(track)
    return works


def _source_of(tracks: Sequence[PlannedTrack], measured: Mapping[Part, Measured]) -> Loudness:
    return combined(measured[part_of(track)].analysis.loudness for track in tracks)


def _delivered_of(tracks: Sequence[PlannedTrack], made: Mapping[str, _Made]) -> Loudness:
    return combined(made[track.path].loudness for track in tracks)


def _sounds(
    works: Mapping[str, Sequence[PlannedTrack]],
    made: Mapping[str, _Made],
    measured: Mapping[Part, Measured],
    gains: Mapping[str, float],
    holds: Mapping[str, str | None],
) -> dict[str, Sound]:
    sounds = {}
    for work, tracks in works.items():
        before, after = _source_of(tracks, measured), _delivered_of(tracks, made)
        for track in tracks:
            render_made = made[track.path]
            assert render_made.entry.file is not None  # noqa: S101  # renders are stored with their file
            sounds[track.path] = Sound(
                file=render_made.entry.file,
                sha256=render_made.entry.sha256,
                seconds=render_made.entry.facts["seconds"],
                gain_db=gains[work],
                held_by=holds[work],
                source=measured[part_of(track)].analysis.loudness,
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
    measured: Mapping[Part, Measured],
    gain_db: float,
    settings: AudioSettings,
) -> _Made:
    """One track from the store, or made now and put there."""
    part, title = part_of(track), title_of(track)
    found = measured[part]
    key = _key(track, digest, found, gain_db, settings)
    entry = desk.store.find(key)
    if entry is not None:
        return _Made(entry=entry, was_stored=True)
    source = sources[track.source]
    window, seconds = trimmed(
        part.window,
        found.analysis,
        head_silence_seconds=track.head_silence_seconds,
        tail_silence_seconds=track.tail_silence_seconds,
    )
    with desk.store.workplace() as folder:
        spoken: Path | None = None
        if title is not None:
            spoken, clip = folder / "title.wav", sources[title.source]
            with desk.unchanged(clip, digest[title.source]):
                seconds += render_spoken_title(
                    desk.ffmpeg,
                    clip.path,
                    clip.facts,
                    settings,
                    measured[title].analysis,
                    pause_seconds=track.pause_seconds,
                    out=spoken,
                )
        out = folder / "track.mp3"
        with desk.unchanged(source, digest[track.source]):
            made = render(
                desk.ffmpeg,
                source.path,
                source.facts,
                settings,
                window=window,
                seconds=seconds,
                gain_db=gain_db,
                spoken_title=spoken,
                out=out,
            )
        facts = {"seconds": made.seconds, **loudness_facts(made.loudness)}
        return _Made(entry=desk.store.add(key, facts, out), was_stored=False)
