"""The second sound stage: each track as one signal, cut, trimmed and shaped, and measured as it will be levelled.

Here two more late numbers of a plan are found, besides the gain: where silence is cut away, and where a recording
is split.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from builder.manifest.shaping import PLAIN, Shaping
from builder.plan.plan import PlannedTrack
from builder.profiles.profile import AudioSettings
from builder.sound.decode.analyse import analyse_shaped
from builder.sound.decode.graph import SHAPING_LUFS, Clip
from builder.sound.encode.feed import Cut
from builder.sound.engine import Session
from builder.sound.loudness.envelope import Envelope, Loudness, combined, joined, read_envelope, split_points
from builder.sound.measuring import Extract, Measured, loudness_facts, loudness_from, part_of
from builder.sound.store import StoreEntry, key_of


@dataclass(frozen=True, kw_only=True)
class TrackSignal:
    """A track before its level is set. `key` is a digest of all that it depends on; `source` is its loudness before
    it was lifted by `lift_db` and shaped. The envelope is read when it is asked for.
    """

    key: str
    cuts: tuple[Cut, ...]
    lift_db: float
    source: Loudness
    loudness: Loudness
    envelope: Callable[[], Envelope]


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """What a track keeps of a measured part: from `start` to `end`, in seconds from the part's own start."""

    part: Extract
    measured: Measured
    start: float
    end: float


def signals_of(
    session: Session, measured: Mapping[Extract, Measured], *, is_reading: bool = False
) -> dict[str, TrackSignal]:
    """The signal of every track of the plan, by its path.

    With `is_reading` nothing is decoded: tracks whose measurements are not all in the store are left out.
    """
    kept = {
        track.path: _stretches(track, measured)
        for track in session.plan.tracks
        if all(part_of(piece, track) in measured for piece in track.pieces)
    }
    tracks = [track for track in session.plan.tracks if track.path in kept]
    raw = {track.path: _raw_loudness(track, kept[track.path]) for track in tracks}
    lifts = {work: _lift(members, raw, session.plan.audio) for work, members in works_of(tracks).items()}
    wanted = list(
        dict.fromkeys(
            _Shape(part=one.part, shaping=track.shaping, lift_db=lifts[track.work])
            for track in tracks
            if not _is_plain(track, lifts[track.work])
            for one in kept[track.path]
        )
    )

    def job(shape: _Shape) -> _Shaped | None:
        found = measured[shape.part]
        key = _shaped_key(shape, found)
        entry = session.engine.store.find(key) if is_reading else _shape(session, shape, found)
        return None if entry is None else _shaped(key, entry)

    results = session.engine.each("shape", wanted, job, lambda shape: shape.part.source) if wanted else []
    shaped = dict(zip(wanted, results, strict=True))
    signals = {}
    for track in tracks:
        signal = _signal(
            session, track, _Kept(stretches=kept[track.path], raw=raw[track.path]), lifts[track.work], shaped
        )
        if signal is not None:
            signals[track.path] = signal
    return signals


def works_of(tracks: Sequence[PlannedTrack]) -> dict[str, list[PlannedTrack]]:
    """Tracks by work, both in play order."""
    works: dict[str, list[PlannedTrack]] = {}
    for track in tracks:
        works.setdefault(track.work, []).append(track)
    return works


def title_signal(session: Session, part: Extract, found: Measured) -> TrackSignal:
    """The signal of a spoken title: the whole clip as it is."""
    clip = _clip(session, part, found, PLAIN, 0.0)
    return TrackSignal(
        key=found.key,
        cuts=(
            Cut(
                clip=clip, start=0.0, end=found.analysis.seconds, spool=session.engine.spools.find(found.key)
            ),
        ),
        lift_db=0.0,
        source=found.analysis.loudness,
        loudness=found.analysis.loudness,
        envelope=found.envelope,
    )


def _stretches(track: PlannedTrack, measured: Mapping[Extract, Measured]) -> list[_Stretch]:
    """The parts of a track less what silence is too much at either end; or its share of a part that is split."""
    parts = [part_of(piece, track) for piece in track.pieces]
    found = [measured[part] for part in parts]
    starts, ends = [0.0 for _ in found], [one.analysis.seconds for one in found]
    starts[0] += max(0.0, found[0].analysis.head_silence_seconds - track.head_silence_seconds)
    ends[-1] -= max(0.0, found[-1].analysis.tail_silence_seconds - track.tail_silence_seconds)
    if track.parts > 1:
        points = split_points(found[0].envelope().between(starts[0], ends[0]), track.parts)
        edges = [starts[0], *(starts[0] + point for point in points), ends[0]]
        starts, ends = [edges[track.part - 1]], [edges[track.part]]
    return [
        _Stretch(part=part, measured=one, start=start, end=end)
        for part, one, start, end in zip(parts, found, starts, ends, strict=True)
    ]


def _raw_loudness(track: PlannedTrack, stretches: Sequence[_Stretch]) -> Loudness:
    if track.parts > 1:
        return joined([one.measured.envelope().between(one.start, one.end) for one in stretches]).loudness
    return combined(one.measured.analysis.loudness for one in stretches)


def _is_plain(track: PlannedTrack, lift_db: float) -> bool:
    """Whether a track is heard as it was recorded; where its work is lifted, it is lifted too."""
    return track.shaping.is_plain and not lift_db


def _lift(tracks: Sequence[PlannedTrack], raw: Mapping[str, Loudness], audio: AudioSettings) -> float:
    """What brings a work to the level at which filters that depend on level are set."""
    level = combined(raw[track.path] for track in tracks).integrated_lufs
    if level is None or not any(track.shaping.needs_level for track in tracks):
        return 0.0
    return round(min(SHAPING_LUFS - level, audio.max_gain_db), 1)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """A part to be measured once more, as it is when it has been lifted and shaped."""

    part: Extract
    shaping: Shaping
    lift_db: float


@dataclass(frozen=True, kw_only=True)
class _Shaped:
    key: str
    loudness: Loudness
    file: Path
    seconds: float


def _shaped_key(shape: _Shape, found: Measured) -> str:
    return key_of({"measured": found.key, "shaping": asdict(shape.shaping), "lift_db": shape.lift_db})


def _shape(session: Session, shape: _Shape, found: Measured) -> StoreEntry:
    engine = session.engine
    clip = _clip(session, shape.part, found, shape.shaping, shape.lift_db)
    key, seconds = _shaped_key(shape, found), found.analysis.seconds
    with engine.store.take(key) as folder:
        if isinstance(folder, StoreEntry):
            return folder
        with session.unchanged(shape.part.source), engine.spools.open(key) as spool:
            envelope = analyse_shaped(session.decoder(folder), clip, seconds, spool)
        envelope.write(folder / "envelope")
        facts = {"seconds": envelope.seconds, **loudness_facts(envelope.loudness)}
        return engine.store.add(key, facts, folder / "envelope")


def _shaped(key: str, entry: StoreEntry) -> _Shaped:
    assert entry.file is not None  # noqa: S101  # measurements are stored with their envelope
    seconds = entry.facts["seconds"]
    return _Shaped(key=key, loudness=loudness_from(entry.facts), file=entry.file, seconds=seconds)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """What is kept of a track's parts, and its loudness as it was recorded."""

    stretches: Sequence[_Stretch]
    raw: Loudness


def _signal(
    session: Session,
    track: PlannedTrack,
    kept: _Kept,
    lift_db: float,
    shaped: Mapping[_Shape, _Shaped | None],
) -> TrackSignal | None:
    stretches, raw = kept.stretches, kept.raw
    shapes = [_Shape(part=one.part, shaping=track.shaping, lift_db=lift_db) for one in stretches]
    made = [] if _is_plain(track, lift_db) else [shaped[shape] for shape in shapes]
    there = [one for one in made if one is not None]
    if len(there) < len(made):
        return None

    shaping = track.shaping if there else PLAIN
    keys = [one.key for one in there] or [one.measured.key for one in stretches]

    def envelope() -> Envelope:
        whole = (
            [read_envelope(one.file, one.seconds) for one in there]
            if there
            else [one.measured.envelope() for one in stretches]
        )
        return joined([a.between(b.start, b.end) for a, b in zip(whole, stretches, strict=True)])

    loudness = raw
    if there:
        loudness = envelope().loudness if track.parts > 1 else combined(one.loudness for one in there)
    return TrackSignal(
        key=key_of(
            {
                "stretches": [[one.measured.key, one.start, one.end] for one in stretches],
                "shaping": asdict(track.shaping),
                "lift_db": lift_db,
            }
        ),
        cuts=tuple(
            Cut(
                clip=_clip(session, one.part, one.measured, shaping, lift_db),
                start=one.start,
                end=one.end,
                spool=session.engine.spools.find(key),
            )
            for one, key in zip(stretches, keys, strict=True)
        ),
        lift_db=lift_db,
        source=raw,
        loudness=loudness,
        envelope=envelope,
    )


def _clip(session: Session, part: Extract, found: Measured, shaping: Shaping, lift_db: float) -> Clip:
    source = session.sources[part.source]
    return Clip(
        path=source.path,
        facts=source.facts,
        window=part.window,
        channels=found.analysis.channels,
        channel=found.analysis.channel,
        shift=found.analysis.shift,
        shaping=shaping,
        lift_db=lift_db,
    )
