"""The pipeline: manifest -> plan -> render -> tag -> card -> publish. The only room that knows the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from builder.card.layout import WrittenFile, fix_times, place_lyrics, place_track, write_card_image
from builder.card.leaks.audit import audit
from builder.card.leaks.track import Allowed
from builder.card.leaks.words import Words
from builder.card.publish import (
    CARD,
    IMAGE,
    RECORD,
    discard,
    locked,
    need_room,
    prepare,
    publish,
    storage_errors,
)
from builder.card.record import CardContent, Origin, engine_versions, make_record, write_record
from builder.card.verify.pack import own_files
from builder.check import CheckResult, with_more
from builder.files.folders import follow
from builder.findings import Finding, Problem, has_errors
from builder.manifest.waivers import reasons
from builder.plan.limits import room_faults
from builder.plan.plan import Plan, PlannedTrack, joint_plan
from builder.plan.screen import too_much
from builder.plan.sizing import size_for
from builder.review.report import recorded
from builder.sound.engine import Engine, Session, watch, with_digests
from builder.sound.measuring import Extract, Measured, measure_plan
from builder.sound.rendering import RenderedTrack, forecast, render_plan
from builder.sound.voice.speaking import speak_plans
from builder.sources.find import Source
from builder.sources.lyrics.lines import Line, fitted, lrc_bytes


@dataclass(frozen=True, kw_only=True)
class Built:
    """A card that was published, with its disk image if asked for; `rendered` counts the tracks encoded just now."""

    folder: Path
    content: CardContent
    image: Path | None
    rendered: int

    @property
    def plan(self) -> Plan:
        return self.content.plan


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """Where the cards of a profile are made: the folder they are shown in, its true place, the stage beside that."""

    plans: tuple[Plan, ...]
    folder: Path
    target: Path
    stage: Path
    has_image: bool


def build(
    checked: CheckResult, out: Path, engine: Engine, words: Words, *, with_image: bool = False
) -> tuple[list[Built], list[Finding]]:
    """Build every plan of a checked manifest below `out`: all cards, each published whole, or none.

    Returns the cards and findings about them; no cards, where a recording cannot be used, or where anything
    on them may name someone: `words` are looked for besides all else.
    """
    with ExitStack() as stack:
        # What can be refused is refused before any work.
        stages = [
            stack.enter_context(_staged(plans, out, has_image=with_image))
            for plans in _by_profile(checked.plans)
        ]
        need_room(out, sum(plan.bytes for plan in checked.plans) * (2 if with_image else 1))
        spoken, findings = speak_plans(engine, checked.plans, checked.voice)
        if findings:
            return [], findings
        look_again = watch({**checked.sources, **spoken})
        sessions = _sessions(engine, checked, spoken)
        measured, findings = _measure(sessions)
        sounds: list[Mapping[str, RenderedTrack]] = []
        for session, found in zip(sessions, measured, strict=True):
            if has_errors(findings):
                return [], findings
            rendered, faults = render_plan(session, found)
            sounds.append(rendered)
            findings += faults
        if has_errors(findings):
            return [], findings
        built = []
        checked = with_more(checked, findings, is_all=False)
        for session, stage, made in zip(sessions, stages, sounds, strict=True):
            for plan in stage.plans:
                card, faults = _fill(session, stage, plan, checked, made)
                built.append(card)
                findings += faults or _audited(engine, stage, plan, _allowed(plan, checked, made), words)
        if has_errors(findings):
            return [], findings
        for session in sessions:
            look_again(session.sources)
        with storage_errors(out):
            publish(((stage.stage, stage.target) for stage in stages), own_files)
    return built, findings + [finding for card in built for finding in _off_target(card.content)]


def analyse_only(checked: CheckResult, engine: Engine) -> list[Finding]:
    """What `check --audio` adds: every source decoded and measured for every plan."""
    spoken, findings = speak_plans(engine, checked.plans, checked.voice)
    return findings or _measure(_sessions(engine, checked, spoken))[1]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a build would do: for each plan, the paths of the tracks that it would encode; and the SHA-256 of all that
    the plans are made from, by the source.
    """

    new: tuple[frozenset[str], ...]
    digests: Mapping[str, str]


def outlook(checked: CheckResult, engine: Engine) -> Outlook:
    """What `build` would do now; nothing is decoded."""
    spoken, _ = speak_plans(engine, checked.plans, checked.voice, is_reading=True)
    found: list[frozenset[str]] = []
    digests: dict[str, str] = {name: words.sha256 for name, words in checked.lyrics.items()}
    sessions = _sessions(engine, checked, spoken)
    for plans, session in zip(_by_profile(checked.plans), sessions, strict=True):
        new = forecast(session)
        found += [frozenset(t.path for t in plan.tracks if plan.inside(t.path) in new) for plan in plans]
        digests |= {name: source.sha256 for name, source in session.sources.items()}
    return Outlook(new=tuple(found), digests=digests)


def _by_profile(plans: Sequence[Plan]) -> list[tuple[Plan, ...]]:
    """The plans of each profile: one, or one for each card."""
    return [tuple(run) for _, run in groupby(plans, key=lambda plan: plan.profile.name)]


def _sessions(engine: Engine, checked: CheckResult, spoken: Mapping[str, Source]) -> list[Session]:
    """A session for each profile, with the plan of all its cards, over the same recordings and spoken titles."""
    sources = with_digests(engine, checked.plans, {**checked.sources, **spoken})
    return [
        Session(engine=engine, plan=joint_plan(plans), sources=sources)
        for plans in _by_profile(checked.plans)
    ]


def _measure(sessions: Sequence[Session]) -> tuple[list[dict[Extract, Measured]], list[Finding]]:
    measured, findings = [], []
    for session in sessions:
        found, faults = measure_plan(session)
        measured.append(found)
        findings += faults
    return measured, findings


@contextmanager
def _staged(plans: tuple[Plan, ...], out: Path, *, has_image: bool) -> Iterator[_Stage]:
    """Hold the place of a profile for one run, with an empty stage beside it that is gone afterwards."""
    folder = out / plans[0].pack / plans[0].profile.name
    with ExitStack() as stack:
        with storage_errors(folder):
            target = follow(folder)  # a link is followed, not replaced
        with storage_errors(target):
            stack.enter_context(locked(target))
            stage = prepare(target, own_files)
        stack.callback(discard, target)
        yield _Stage(plans=plans, folder=folder, target=target, stage=stage, has_image=has_image)


def _fill(
    session: Session,
    stage: _Stage,
    plan: Plan,
    checked: CheckResult,
    sounds: Mapping[str, RenderedTrack],
) -> tuple[Built, list[Finding]]:
    """Lay a card out on its stage, with its record and perhaps its image beside it."""
    inside = str(plan.number) if plan.cards > 1 else ""
    engine, unit = session.engine, stage.stage / inside
    mine = {track.path: sounds[plan.inside(track.path)] for track in plan.tracks}
    cover = checked.covers.get(plan.profile.name)
    faults: list[Finding] = []
    voice = checked.voice if any(track.spoken for track in plan.tracks) else None
    with storage_errors(stage.target):
        lines = {t.path: _lines(t, mine[t.path], checked) for t in plan.tracks if t.lyrics}
        encoding = plan.profile.lyrics.lyrics_encoding
        words = {path: lrc_bytes(found, encoding) for path, found in lines.items()}
        placed = _place(engine, unit / CARD, plan, mine, words, cover)
        # What was estimated is known now.
        size = size_for(
            [(path, file.bytes) for path, file in placed.items()], plan.label_bytes, plan.profile.limits
        )
        plan = replace(plan, size=size)
        content = CardContent(plan=plan, sounds=mine, files=placed, words=words, cover=cover)
        fix_times(unit / CARD)
        known = with_more(checked, _off_target(content), is_all=False)
        origin = Origin(
            manifest=Path(checked.file).name,
            sha256=checked.sha256,
            sources=session.sources,
            lyrics=checked.lyrics,
            versions=engine_versions(engine.ffmpeg, voice.version if voice else None),
            findings=recorded(known.findings, plan.profile.name),
            waived=recorded(known.waived, plan.profile.name, reasons(known.waived)),
        )
        write_record(unit / RECORD, make_record(content, origin))
        if checked.pack is not None:
            faults = list(room_faults(plan, checked.pack))
        for track in plan.tracks:
            faults += too_much(plan.profile, track, lines.get(track.path, ()))
        if stage.has_image and not faults:
            write_card_image(unit / IMAGE, unit / CARD, placed, size.geometry)
            engine.report("image", 1, 1, plan.inside(IMAGE))
    folder = stage.folder / inside
    card = Built(
        folder=folder,
        content=content,
        image=folder / IMAGE if stage.has_image else None,
        rendered=sum(not sound.was_stored for sound in mine.values()),
    )
    return card, faults


def _allowed(plan: Plan, checked: CheckResult, sounds: Mapping[str, RenderedTrack]) -> Allowed:
    """What the tracks of a card may have besides their sound; and that sound, which was looked at when it was made."""
    tag = plan.profile.tag
    return Allowed(
        id3v2=tag.tag != "none",
        id3v1=tag.id3v1 != "none",
        cover=checked.covers.get(plan.profile.name) is not None,
        lyrics=plan.profile.lyrics.lyrics_encoding if any(t.lyrics for t in plan.tracks) else "none",
        sounds=frozenset(sound.sha256 for sound in sounds.values()),
    )


def _audited(engine: Engine, stage: _Stage, plan: Plan, allowed: Allowed, words: Words) -> list[Finding]:
    """The leak gate over a card on its stage, and over its image: nothing that fails is published."""
    inside = str(plan.number) if plan.cards > 1 else ""
    found = audit(
        stage.stage / inside,
        words,
        lambda _, done, total, name: engine.report("gate", done, total, name),
        allowed=allowed,
        shown_as=stage.folder / inside,
    )
    return list(found.findings)


def _lines(track: PlannedTrack, sound: RenderedTrack, checked: CheckResult) -> tuple[Line, ...]:
    """The words beside a track as they fall in its finished sound; nothing where none do."""
    files = [checked.lyrics.get(piece.lyrics.source) if piece.lyrics else None for piece in track.pieces]
    return fitted([file.lines if file else () for file in files], sound.stretches)


def _place(
    engine: Engine,
    card: Path,
    plan: Plan,
    sounds: Mapping[str, RenderedTrack],
    words: Mapping[str, bytes],
    cover: bytes | None,
) -> dict[str, WrittenFile]:
    """One thread, in the order of entries: on some file systems the order of creation is the order of the folder.

    The words of a folder come behind its tracks.
    """
    placed, done = {}, 0
    for _, run in groupby(plan.tracks, key=lambda track: track.folder):
        tracks = list(run)
        for track in tracks:
            sound = sounds[track.path]
            placed[track.path] = place_track(card, track, sound.file, sound.sha256, plan.profile.tag, cover)
            done += 1
            engine.report("write", done, len(plan.tracks), track.path)
        for track in tracks:
            if data := words.get(track.path):
                placed[track.lyrics_path] = place_lyrics(card, track.lyrics_path, data)
    return placed


_HELD_BY = {"boost limit": "W506.boost", "limiter": "W506.limiter", "corrections": "W506.corrections"}


def _off_target(card: CardContent) -> list[Finding]:
    """Works that could not be brought to the target, one finding each."""
    findings = []
    seen: set[str] = set()
    for track in card.plan.tracks:
        sound = card.sounds[track.path]
        level = sound.work_delivered.integrated_lufs
        if sound.held_by is None or level is None or track.work in seen:
            continue
        seen.add(track.work)
        facts = {"device": card.plan.profile.name, "target": card.plan.audio.target_lufs}
        problem = Problem(_HELD_BY[sound.held_by], lufs=round(level, 2), **facts)
        findings.append(problem.at(track.place, track.title))
    return findings
