"""A work while its level is searched for: the renders it asks for, each with the key of all its bytes depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from builder.manifest.shaping import JOIN_SECONDS
from builder.plan.plan import PlannedTrack
from builder.sound.decode.graph import MAKE_UP_DB
from builder.sound.encode.render import DECODER, RENDER_REVISION
from builder.sound.engine import Session
from builder.sound.loudness.envelope import Loudness
from builder.sound.loudness.level import Level, Order, Programme, search
from builder.sound.signals import TrackSignal
from builder.sound.store import key_of


@dataclass(frozen=True, kw_only=True)
class Job:
    """A render as it is ordered; `key` is the store's, a digest of all that its bytes depend on."""

    track: PlannedTrack
    signal: TrackSignal
    order: Order
    key: str


class Work:
    """A work while its level is searched for: `jobs` by track path are what it asks for, in the end what ships."""

    def __init__(
        self, session: Session, tracks: Sequence[PlannedTrack], signals: Mapping[str, TrackSignal]
    ) -> None:
        self.tracks = tracks
        self.level: Level | None = None
        self._session, self._signals, audio = session, signals, session.plan.audio
        lift = signals[tracks[0].path].lift_db
        make_up = max(MAKE_UP_DB[track.shaping.compress] for track in tracks)
        self._search = search(
            {track.path: programme_of(signals[track.path]) for track in tracks},
            replace(audio, max_gain_db=audio.max_gain_db - lift + make_up),
        )
        self.jobs = self._ordered(next(self._search))

    def tell(self, delivered: Mapping[str, Loudness]) -> None:
        """What the jobs measured, by track path: there are new jobs after that, or a level."""
        try:
            self.jobs = self._ordered(self._search.send(delivered))
        except StopIteration as end:
            level: Level = end.value
            self.level, self.jobs = level, self._ordered(level.orders)

    def _ordered(self, orders: Mapping[str, Order]) -> dict[str, Job]:
        return {
            track.path: Job(
                track=track,
                signal=self._signals[track.path],
                order=orders[track.path],
                key=_key(self._session, track, self._signals[track.path], orders[track.path]),
            )
            for track in self.tracks
        }


def programme_of(signal: TrackSignal) -> Programme:
    """What the search for a level goes by."""
    return Programme(loudness=signal.loudness, envelope=signal.envelope)


def _key(session: Session, track: PlannedTrack, signal: TrackSignal, order: Order) -> str:
    audio = session.plan.audio
    title = None
    if track.announcement:
        clips = [session.sha256(clip) for clip in track.announcement]
        title = {"clips": clips, "join": JOIN_SECONDS, "pause": track.pause_seconds, "audio": asdict(audio)}
        title["revision"] = 3  # since then the length of the title is kept with the render
    return key_of(
        {
            "signal": signal.key,
            "order": asdict(order),
            "sample_rate_hz": audio.sample_rate_hz,
            "channels": audio.channels,
            "bitrate_kbps": audio.bitrate_kbps,
            "quality": audio.quality,
            "fades": [track.fade_in_seconds, track.fade_out_seconds],
            "title": title,
            "proof": DECODER,
            "revision": RENDER_REVISION,
        }
    )
