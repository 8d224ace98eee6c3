"""The keys of the store: whatever changes the bytes of a render changes its key, or the old sound would ship.

Every field of every thing that a key is made of is changed in turn; those that may stay out are named with the reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from builder.manifest.shaping import Shaping
from builder.plan.plan import PlannedTrack
from builder.profiles.load import built_in
from builder.profiles.profile import AudioSettings
from builder.sound import measuring, signals, works
from builder.sound.decode.analyse import Analysis
from builder.sound.decode.graph import Window
from builder.sound.engine import Session
from builder.sound.loudness.envelope import Loudness
from builder.sound.loudness.level import Order
from builder.sound.measuring import Extract, Measured
from builder.sound.signals import TrackSignal
from builder.sources.find import Source
from builder.sources.probe import SourceFacts
from tests.packs import lengths_of, listed, pack_of, plan_of

_AUDIO = AudioSettings(
    sample_rate_hz=44100, channels=1, bitrate_kbps=64, target_lufs=-19.0, peak_dbtp=-1.5, max_gain_db=24.0
)
_ORDER = Order(gain_db=3.0, ceiling_dbtp=-2.0)
_SHAPING = Shaping(channel="left", high_pass_hz=80.0, denoise="light", compress="gentle")
_LOUDNESS = Loudness(blocks={-2000: 10}, true_peak_dbtp=-3.0)
_DIGEST = {"a.wav": "aa", "b.wav": "bb", "title.wav": "cc"}
_PART = Extract(source="a.wav", window=Window(start=1.0, end=9.0), channel="left")


def _session(
    audio: AudioSettings = _AUDIO, ffmpeg: str = "one", digests: dict[str, str] | None = None
) -> Session:
    """A session of these settings over sources of these digests."""
    sources = {
        name: Source(path=Path(name), facts=SourceFacts.__new__(SourceFacts), sha256=sha256)
        for name, sha256 in {**_DIGEST, **(digests or {})}.items()
    }
    engine: Any = SimpleNamespace(
        ffmpeg=SimpleNamespace(identity=ffmpeg), spools=SimpleNamespace(find=lambda _: None)
    )
    plan: Any = SimpleNamespace(audio=audio)
    return Session(engine=engine, plan=plan, sources=sources)


def _track() -> PlannedTrack:
    pack = pack_of(listed(1, "S", ["T"]))
    (track,) = plan_of(pack, built_in()["sd-card"], lengths_of(pack, 8.0)).tracks
    return dataclasses.replace(track, announcement=("title.wav",), pause_seconds=0.5, shaping=_SHAPING)


def _signal(key: str = "k") -> TrackSignal:
    return TrackSignal(
        key=key,
        cuts=(),
        lift_db=2.0,
        source=_LOUDNESS,
        loudness=_LOUDNESS,
        envelope=lambda: None,  # type: ignore[arg-type,return-value]
    )


def _others(value: Any) -> Iterator[Any]:
    """Other values of a field, of its own kind."""
    if isinstance(value, (int, float)):
        yield value + 1
    elif isinstance(value, str):
        yield value + "x"
    elif value is None:
        yield 1.0
    elif isinstance(value, tuple):
        yield (*value, "b.wav")
    else:
        yield from (dataclasses.replace(value, **{name: other}) for name, other in _changes(value))


def _changes(of: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(of):
        yield from ((field.name, other) for other in _others(getattr(of, field.name)))


def _unseen(thing: Any, key: Callable[[Any], str]) -> set[str]:
    """The fields of a thing that can change without the key seeing it."""
    before = key(thing)
    changed = list(_changes(thing))
    assert changed
    return {name for name, other in changed if key(dataclasses.replace(thing, **{name: other})) == before}


def _render_key(
    track: PlannedTrack, signal: TrackSignal, order: Order = _ORDER, audio: AudioSettings = _AUDIO
) -> str:
    return works._key(_session(audio), track, signal, order)


def test_every_field_of_an_order_is_in_the_key_of_a_render() -> None:
    assert _unseen(_ORDER, lambda order: _render_key(_track(), _signal(), order)) == set()


def test_every_setting_of_the_sound_is_in_the_key_of_a_render_but_what_the_order_says() -> None:
    bare = dataclasses.replace(_track(), announcement=())
    unseen = _unseen(_AUDIO, lambda audio: _render_key(bare, _signal(), audio=audio))
    assert unseen == {
        "target_lufs",
        "peak_dbtp",
        "max_gain_db",
    }  # they are what the order was searched for by
    # A spoken title has an order of its own, which its key does not state.
    assert _unseen(_AUDIO, lambda audio: _render_key(_track(), _signal(), audio=audio)) == set()


@pytest.mark.parametrize("field", ["fade_in_seconds", "fade_out_seconds", "announcement", "pause_seconds"])
def test_what_a_track_does_to_its_sound_is_in_the_key_of_a_render(field: str) -> None:
    track = _track()
    (other,) = _others(getattr(track, field))
    assert _render_key(dataclasses.replace(track, **{field: other}), _signal()) != _render_key(
        track, _signal()
    )


def test_the_key_of_a_signal_and_the_digest_of_a_title_are_in_the_key_of_a_render() -> None:
    before = _render_key(_track(), _signal())
    assert _render_key(_track(), _signal("other")) != before
    assert works._key(_session(digests={"title.wav": "x"}), _track(), _signal(), _ORDER) != before


def test_every_field_of_a_part_is_in_the_key_of_its_measurement() -> None:
    def key(part: Extract) -> str:
        return measuring._key(_session(digests={"a.wavx": "other"}), part)

    assert _unseen(_PART, key) == set()
    assert _unseen(_PART.window, lambda window: key(dataclasses.replace(_PART, window=window))) == set()
    assert measuring._key(_session(ffmpeg="two"), _PART) != key(_PART)
    assert measuring._key(_session(dataclasses.replace(_AUDIO, sample_rate_hz=48000)), _PART) != key(_PART)
    assert measuring._key(_session(digests={"a.wav": "x"}), _PART) != key(_PART)


def _measured(key: str = "m") -> Measured:
    analysis = Analysis(
        loudness=_LOUDNESS,
        seconds=8.0,
        head_silence_seconds=0.0,
        tail_silence_seconds=0.0,
        silence_dbfs=-60.0,
        channels=1,
        channel="left",
        channel_fault=None,  # type: ignore[arg-type]
        shift=0.0,
        clipped_samples=0,
        complaint="",
    )
    return Measured(key=key, analysis=analysis, file=Path("e"))


def _signal_key(stretch: signals._Stretch, shaping: Shaping = _SHAPING, lift_db: float = 2.0) -> str:
    """The key of a signal of one stretch, whose shaped form is in the store."""
    shape = signals._Shape(part=stretch.part, shaping=shaping, lift_db=lift_db)
    shaped = signals._Shaped(key="s", loudness=_LOUDNESS, file=Path("e"), seconds=8.0)
    track = dataclasses.replace(_track(), shaping=shaping)
    kept = signals._Kept(stretches=[stretch], raw=_LOUDNESS)
    found = signals._signal(_session(), track, kept, lift_db, {shape: shaped})
    assert found is not None
    return found.key


_STRETCH = signals._Stretch(part=_PART, measured=_measured(), start=0.5, end=7.5)


def test_where_a_track_is_cut_and_from_what_is_in_the_key_of_its_signal() -> None:
    assert _signal_key(dataclasses.replace(_STRETCH, start=0.6)) != _signal_key(_STRETCH)
    assert _signal_key(dataclasses.replace(_STRETCH, end=7.4)) != _signal_key(_STRETCH)
    # The part itself is in the key of its measurement.
    assert _signal_key(dataclasses.replace(_STRETCH, measured=_measured("n"))) != _signal_key(_STRETCH)


def test_every_field_of_the_shaping_and_the_lift_are_in_the_keys_of_signals_and_of_shaped_parts() -> None:
    assert _unseen(_SHAPING, lambda shaping: _signal_key(_STRETCH, shaping)) == set()
    assert _signal_key(_STRETCH, lift_db=3.0) != _signal_key(_STRETCH)
    shape = signals._Shape(part=_PART, shaping=_SHAPING, lift_db=2.0)
    found = _measured()
    assert (
        _unseen(_SHAPING, lambda s: signals._shaped_key(dataclasses.replace(shape, shaping=s), found))
        == set()
    )
    assert signals._shaped_key(dataclasses.replace(shape, lift_db=3.0), found) != signals._shaped_key(
        shape, found
    )
    assert signals._shaped_key(shape, _measured("n")) != signals._shaped_key(shape, found)
