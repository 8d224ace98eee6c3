"""The third sound stage: the level of each work, finished MP3 streams, and proof on what was encoded.

Each work is a search (loudness/level.py) that asks for renders and gets what they measured; all search at once, round
by round, so that their renders share the threads. Nothing here knows names, tags or folders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from builder.findings import Finding
from builder.manifest.shaping import JOIN_SECONDS
from builder.profiles.profile import AudioSettings
from builder.sound.encode.feed import Fades
from builder.sound.encode.render import Signal, render, render_title
from builder.sound.engine import Session
from builder.sound.loudness.envelope import Loudness, combined
from builder.sound.loudness.exact import Samples
from builder.sound.loudness.level import Order, order_for
from builder.sound.loudness.limiter import gain_curve, reduction_of
from builder.sound.measuring import (
    Extract,
    Measured,
    loudness_facts,
    loudness_from,
    part_of,
    recall,
    titles_of,
)
from builder.sound.signals import TrackSignal, signals_of, title_signal, works_of
from builder.sound.store import StoreEntry
from builder.sound.works import Job, Work, programme_of
from builder.sources.lyrics.lines import PlayedSpan


@dataclass(frozen=True, kw_only=True)
class RenderedTrack:
    """The finished sound of one track: `file` is a bare MP3 stream in the store.

    `gain_db` is what was added in all, `limited_db` how far the limiter held the highest peak down. `work_source` and
    `work_delivered` are those of the whole work, which the gain was chosen for. `stretches` say where in the file the
    pieces are heard, one for each.
    """

    file: Path
    sha256: str
    seconds: float
    stretches: tuple[PlayedSpan, ...]
    gain_db: float
    limited_db: float
    held_by: str | None
    source: Loudness
    delivered: Loudness
    lra_lu: float
    noise_floor_db: float
    work_source: Loudness
    work_delivered: Loudness
    was_stored: bool


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A render that is in the store, and whether it was there before this run."""

    entry: StoreEntry
    was_stored: bool

    @property
    def loudness(self) -> Loudness:
        return loudness_from(self.entry.facts)


def render_plan(
    session: Session, measured: Mapping[Extract, Measured]
) -> tuple[dict[str, RenderedTrack], list[Finding]]:
    """Render every track of the plan, by track path; or findings, where nothing right can be made of one."""
    plan = session.plan
    signals = signals_of(session, measured)
    works = [Work(session, tracks, signals) for tracks in works_of(plan.tracks).values()]
    made: dict[str, _Made] = {}
    stage = "render"
    while searching := [work for work in works if work.level is None]:
        # Tracks that are the same sound under two names are rendered once.
        jobs = {job.key: job for work in reversed(searching) for job in reversed(work.jobs.values())}
        due = [job for job in reversed(jobs.values()) if job.key not in made]
        results = session.engine.each(
            stage,
            due,
            lambda job: _render(session, job, measured),
            lambda job: job.track.path,
            lambda made: not made.was_stored,
        )
        made.update({job.key: result for job, result in zip(due, results, strict=True)})
        for work in searching:
            work.tell({path: made[job.key].loudness for path, job in work.jobs.items()})
        stage = "correct"
    if findings := [finding for work in works for finding in _wrong(work, made, plan.audio)]:
        return {}, findings
    return {path: sound for work in works for path, sound in _sounds(work, made).items()}, []


def forecast(session: Session) -> set[str]:
    """Paths of the tracks that a build would render: render_plan's way, walked in the store only."""
    plan = session.plan
    # A title that was never heard makes a key that is not in the store.
    parts = dict.fromkeys(part_of(piece, track) for track in plan.tracks for piece in track.pieces)
    measured = {part: found for part in parts if (found := recall(session, part))}
    signals = signals_of(session, measured, is_reading=True)
    new: set[str] = set()
    for tracks in works_of(plan.tracks).values():
        if any(track.path not in signals for track in tracks):
            new |= {track.path for track in tracks}
            continue
        work = Work(session, tracks, signals)
        while work.level is None:
            stored = {path: session.engine.store.find(job.key) for path, job in work.jobs.items()}
            if missing := {path for path, entry in stored.items() if entry is None}:
                new |= missing
                break
            work.tell({path: loudness_from(entry.facts) for path, entry in stored.items() if entry})
    return new


def _wrong(work: Work, made: Mapping[str, _Made], audio: AudioSettings) -> list[Finding]:
    """What must not ship: a track in which nothing is left to hear, or one that is louder than its ceiling."""
    findings = []
    for track in work.tracks:
        delivered = made[work.jobs[track.path].key].loudness
        if delivered.integrated_lufs is None:
            code, message = "E508", f"nothing is left of {track.source} once it is an MP3 for a speech player"
            help_text = "listen to it; a tone above hearing, or hum below it, is no speech"
            if track.parts > 1:
                message = f"part {track.part} of {track.parts} of {track.source} has no sound in it"
                help_text = "split it into fewer parts, or list what is before and behind the silence"
        elif delivered.true_peak_dbtp > audio.peak_dbtp:
            peak = delivered.true_peak_dbtp
            code = "E509"
            message = f"{track.source} stays at {peak:.1f} dBTP, above the {audio.peak_dbtp:g} allowed"
            help_text = "cut the click or bang out of it that no level can tame"
        else:
            continue
        findings.append(
            Finding(code=code, place=track.place, track=track.title, message=message, help=help_text)
        )
    return findings


def _sounds(work: Work, made: Mapping[str, _Made]) -> dict[str, RenderedTrack]:
    ready = {path: made[job.key] for path, job in work.jobs.items()}
    before = combined(job.signal.source for job in work.jobs.values())
    after = combined(one.loudness for one in ready.values())
    sounds = {}
    for path, job in work.jobs.items():
        entry = ready[path].entry
        assert entry.file is not None  # noqa: S101  # renders are stored with their file
        assert work.level is not None  # noqa: S101  # the search is over
        sounds[path] = RenderedTrack(
            file=entry.file,
            sha256=entry.sha256,
            seconds=entry.facts["seconds"],
            stretches=tuple(_stretches(job, entry.facts.get("title_seconds", 0.0))),
            gain_db=round(job.signal.lift_db + job.order.gain_db, 2),
            limited_db=entry.facts["limited_db"],
            held_by=work.level.held_by,
            source=job.signal.source,
            delivered=ready[path].loudness,
            lra_lu=entry.facts["lra_lu"],
            noise_floor_db=entry.facts["noise_floor_db"],
            work_source=before,
            work_delivered=after,
            was_stored=ready[path].was_stored,
        )
    return sounds


def _stretches(job: Job, title_seconds: float) -> Iterator[PlayedSpan]:
    """Where the pieces of a track are heard: behind its spoken title, one after the other."""
    at = title_seconds
    for piece, cut in zip(job.track.pieces, job.signal.cuts, strict=True):
        origin = piece.start_seconds or 0.0
        yield PlayedSpan(at=at, start=origin + cut.start, end=origin + cut.end)
        at += cut.seconds


def _render(session: Session, job: Job, measured: Mapping[Extract, Measured]) -> _Made:
    """One track from the store, or made now and put there."""
    engine, audio, track = session.engine, session.plan.audio, job.track
    with engine.store.take(job.key) as folder:
        if isinstance(folder, StoreEntry):
            return _Made(entry=folder, was_stored=True)
        signal = _to_render(job.signal, job.order)
        titles = titles_of(track)
        pauses = [*(JOIN_SECONDS for _ in titles[1:]), track.pause_seconds]
        spoken = [
            _spoken(session, title, measured[title], pause, folder)
            for title, pause in zip(titles, pauses, strict=False)
        ]
        out = folder / "track.mp3"
        with ExitStack() as stack:
            for piece in track.pieces:
                stack.enter_context(session.unchanged(piece.source))
            made = render(
                engine.ffmpeg,
                signal,
                audio,
                fades=Fades(fade_in=track.fade_in_seconds, fade_out=track.fade_out_seconds),
                title=spoken,
                out=out,
            )
        facts = {
            "seconds": made.seconds,
            "title_seconds": sum(len(clip) for clip in spoken) / audio.sample_rate_hz,
            "limited_db": 0.0 if signal.curve is None else round(reduction_of(signal.curve), 2),
            "lra_lu": made.envelope.lra_lu,
            "noise_floor_db": made.envelope.noise_floor_db,
            **loudness_facts(made.envelope.loudness),
        }
        return _Made(entry=engine.store.add(job.key, facts, out), was_stored=False)


def _spoken(session: Session, title: Extract, found: Measured, pause_seconds: float, folder: Path) -> Samples:
    """One recording of a spoken title at its level, with the pause behind it."""
    whole, audio = title_signal(session, title, found), session.plan.audio
    with session.unchanged(title.source):
        return render_title(
            session.engine.ffmpeg,
            _to_render(whole, order_for(programme_of(whole), audio)),
            audio,
            silence_dbfs=found.analysis.silence_dbfs,
            pause_seconds=pause_seconds,
            folder=folder,
        )


def _to_render(signal: TrackSignal, order: Order) -> Signal:
    """The signal at the level that was ordered."""
    curve = None
    if order.ceiling_dbtp is not None:
        curve = gain_curve(signal.envelope().peak, order.gain_db, order.ceiling_dbtp)
    return Signal(cuts=signal.cuts, gain_db=order.gain_db, curve=curve)
