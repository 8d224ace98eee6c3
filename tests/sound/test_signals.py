"""Tracks as signals: joined, split, trimmed and lifted, through the real ffmpeg."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from builder.check import check
from builder.sound.engine import Engine, Session, open_engine, with_digests
from builder.sound.measuring import measure_plan
from builder.sound.signals import TrackSignal, signals_of
from tests.conftest import Desk
from tests.recordings import Recording, tone, voice, write


@dataclasses.dataclass(frozen=True)
class _Job:
    """A checked manifest and an open engine."""

    engine: Engine
    signals: list[TrackSignal]
    stored: dict[str, TrackSignal]


@contextmanager
def _measured(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Job]:
    monkeypatch.setenv("PACKBUILDER_CACHE", str(desk.folder / "cache"))
    found = check(desk.manifest)
    assert found.is_good, found.findings
    (plan,) = found.plans
    with open_engine(lambda *_: None, 2) as work:
        session = Session(engine=work, plan=plan, sources=with_digests(work, [plan], found.sources))
        measured, findings = measure_plan(session)
        assert findings == []
        stored = signals_of(session, measured, is_reading=True)
        signals = signals_of(session, measured)
        assert list(signals) == [track.path for track in plan.tracks]
        again = signals_of(session, measured, is_reading=True)
        assert [one.key for one in again.values()] == [one.key for one in signals.values()]
        yield _Job(work, list(signals.values()), stored)


def _voice(desk: Desk, name: str, seconds: float, level: float = -23.0, *, rate: int = 44100) -> Path:
    return write(desk.sources / name, Recording(voice(seconds, rate=rate, level=level)[None], rate))


def _listed(desk: Desk, *tracks: str, more: str = "") -> None:
    lines = "".join(f"      - {{title: T{n}, {track}}}\n" for n, track in enumerate(tracks, 1))
    desk.write(f"  - title: S\n{more}    tracks:\n{lines}")


def _seconds(signal: TrackSignal) -> float:
    return sum(cut.seconds for cut in signal.cuts)


def _level(signal: TrackSignal) -> float:
    level = signal.loudness.integrated_lufs
    assert level is not None
    return level


def test_joined_recordings_are_one_signal_whose_inner_silence_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, sound = np.zeros(44100 * 3), voice(4)
    write(desk.sources / "a.wav", Recording(np.concatenate([quiet, sound, quiet])[None]))
    _voice(desk, "b.wav", 3, rate=16000)
    _listed(desk, "source: [a.wav, b.wav, a.wav], head_silence: 0.5, tail_silence: 1")
    with _measured(desk, monkeypatch) as job:
        (signal,) = job.signals
        assert [cut.clip.path.name for cut in signal.cuts] == ["a.wav", "b.wav", "a.wav"]
        # Silence goes at the head of the first and the tail of the last alone.
        assert _seconds(signal) == pytest.approx(10 + 3 + 10 - 2.5 - 2, abs=0.4)
        assert signal.cuts[1].start == 0
        head, tail = signal.envelope().silence_at_ends(-60.0)
        assert head == pytest.approx(0.6, abs=0.2)
        assert tail == pytest.approx(1.1, abs=0.3)


def test_the_pieces_of_a_joined_track_have_their_own_times(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.concatenate([tone(997, 5, level=-30.0), tone(997, 5, level=-20.0)])
    write(desk.sources / "a.wav", Recording(sound[None]))
    _listed(desk, 'source: [{source: a.wav, start: "0:06", end: "0:08"}, {source: a.wav, end: "0:01"}]')
    with _measured(desk, monkeypatch) as job:
        (signal,) = job.signals
        assert [(cut.clip.window.start, cut.clip.window.end) for cut in signal.cuts] == [
            (6.0, 8.0),
            (0.0, 1.0),
        ]
        assert [(cut.start, cut.end) for cut in signal.cuts] == [(0.0, 2.0), (0.0, 1.0)]
        whole = signal.envelope()
        first, second = whole.between(0.0, 2.0).loudness, whole.between(2.0, 3.0).loudness
        assert first.integrated_lufs == pytest.approx(-20.0, abs=0.1)
        assert second.integrated_lufs == pytest.approx(-30.0, abs=0.2)


def test_the_envelope_of_many_joined_pieces_stays_in_step_with_their_sound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limiter goes by it: what it is off by, the limiter comes too early or too late."""
    _voice(desk, "a.wav", 1.0049)
    _listed(desk, f"source: [{', '.join(['a.wav'] * 20)}], head_silence: 9, tail_silence: 9")
    with _measured(desk, monkeypatch) as job:
        (signal,) = job.signals
        assert len(signal.envelope().power) / 100 == pytest.approx(_seconds(signal), abs=0.0101)


def test_parts_of_a_split_track_follow_each_other_without_gap_or_overlap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.concatenate(
        [voice(11), np.zeros(44100), voice(12, seed=2), np.zeros(44100), voice(11, seed=3)]
    )
    write(desk.sources / "a.wav", Recording(sound[None]))
    _listed(desk, 'source: a.wav, split: 12s, start: "0:00.5"')
    with _measured(desk, monkeypatch) as job:
        cuts = [signal.cuts[0] for signal in job.signals]
        assert len(cuts) == 3
        assert all(before.end == after.start for before, after in pairwise(cuts))
        # The pauses, less the half second at which the track begins.
        assert 10.5 < cuts[1].start < 11.5
        assert 23.5 < cuts[2].start < 24.5
        assert sum(_seconds(signal) for signal in job.signals) == pytest.approx(35.5, abs=0.6)
        assert len({signal.key for signal in job.signals}) == 3


def test_a_plain_track_is_neither_lifted_nor_measured_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _voice(desk, "a.wav", 4, -35.0)
    _listed(desk, "source: a.wav", "source: a.wav, high_pass: 80")
    with _measured(desk, monkeypatch) as job:
        plain, high = job.signals
        assert [signal.lift_db for signal in job.signals] == [0.0, 0.0]
        assert plain.loudness == plain.source == high.source
        assert plain.key != high.key
        # What has to be decoded for it is not yet known to one that only reads.
        assert len(job.stored) == 1


def test_a_voice_is_lifted_to_where_compression_works_and_keeps_its_own_level_on_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, level in (("a.wav", -35.0), ("b.wav", -20.0)):
        _voice(desk, name, 5, level)
    _listed(desk, "source: a.wav, compress: strong", "source: b.wav, compress: strong")
    with _measured(desk, monkeypatch) as job:
        soft, loud = job.signals
        assert soft.lift_db - loud.lift_db == pytest.approx(15, abs=0.3)
        assert _level(soft) == pytest.approx(_level(loud), abs=0.3)
        assert (soft.source.integrated_lufs or 0) == pytest.approx(-35, abs=2)


def test_tracks_of_one_work_are_lifted_alike_also_those_that_are_plain(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _voice(desk, "a.wav", 5, -35.0)
    more = "    level: together\n"
    _listed(
        desk, "source: a.wav, compress: gentle", "source: a.wav", "source: a.wav, high_pass: 20", more=more
    )
    with _measured(desk, monkeypatch) as job:
        squeezed, plain, high = job.signals
        assert squeezed.lift_db == plain.lift_db == high.lift_db > 10
        assert _level(plain) == pytest.approx(_level(high), abs=0.3)
