"""What goes to the encoder: cuts in order to the sample, at their level, under the limiter's curve, faded."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import EngineError
from builder.manifest.shaping import Channel
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder
from builder.sound.encode.feed import Cut, Fades, stream_samples
from builder.sound.loudness.limiter import Curve, gain_curve
from builder.sources.probe import probe
from tests.conftest import IS_LONG
from tests.recordings import Recording, side_by_side, voice, write

_RATE = 16000
Samples = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """A recording of three seconds, its samples in a spool."""
    folder = tmp_path_factory.mktemp("feed")
    path = write(folder / "a.wav", Recording(voice(3, rate=_RATE)[None], _RATE, "f32"))
    return Cut(clip=_voice(path), start=0.0, end=3.0, spool=_spool(folder / "a.f32", voice(3, rate=_RATE)))


def _voice(path: Path, channels: int = 1, channel: Channel = "mix", shift: float = 0.0) -> Clip:
    facts = probe(path).facts
    assert facts is not None
    return Clip(path=path, facts=facts, window=Window(), channels=channels, channel=channel, shift=shift)


def _spool(path: Path, samples: npt.NDArray[np.float64]) -> Path:
    path.write_bytes(samples.astype(np.float32).tobytes())
    return path


def _fed(*cuts: Cut, gain_db: float = 0.0, curve: Curve | None = None, fades: Fades | None = None) -> Samples:
    """All samples that `stream_samples` gives."""
    pieces = stream_samples(
        Decoder(ffmpeg=find_ffmpeg(), rate_hz=_RATE, folder=cuts[0].clip.path.parent),
        cuts,
        gain_db=gain_db,
        curve=curve,
        fades=fades or Fades(),
    )
    return np.concatenate([piece.copy() for piece in pieces])


def _part(cut: Cut, start: float, end: float) -> Cut:
    return dataclasses.replace(cut, start=start, end=end)


def _flat(cut: Cut, seconds: float) -> Cut:
    """Samples of 1 in the place of a voice."""
    spool = _spool(cut.clip.path.with_name(f"ones-{seconds}.f32"), np.ones(round(seconds * _RATE)))
    return Cut(clip=cut.clip, start=0.0, end=seconds, spool=spool)


def test_what_is_decoded_again_is_what_was_kept(spoken: Cut) -> None:
    for start, end in ((0.0, 3.0), (0.4, 2.7), (1.234, 1.9)):
        cut = _part(spoken, start, end)
        assert (_fed(cut) == _fed(dataclasses.replace(cut, spool=None))).all()


@pytest.mark.parametrize(("channel", "shift"), [("left", 0.0), ("right", 0.0), ("mix", 0.0), ("left", 0.1)])
def test_the_channel_that_is_meant_is_decoded_less_its_direct_current(
    tmp_path: Path, channel: Channel, shift: float
) -> None:
    left, right = voice(2, rate=_RATE), voice(2, rate=_RATE, seed=2)
    path = write(tmp_path / "a.wav", Recording(side_by_side(left, right), _RATE, "f32"))
    wanted = {"left": left, "right": right, "mix": (left + right) / 2}[channel] - shift
    fed = _fed(Cut(clip=_voice(path, 2, channel, shift), start=0.0, end=2.0, spool=None))
    assert fed == pytest.approx(wanted, abs=1e-6)


@settings(deadline=None, max_examples=100 if IS_LONG else 10)
@given(st.lists(st.floats(0.1, 2.9), min_size=1, max_size=4), st.floats(-20, 20))
def test_parts_in_a_row_are_the_whole_and_a_gain_is_a_factor(
    spoken: Cut, edges: list[float], gain_db: float
) -> None:
    edges = [0.0, *sorted(edges), 3.0]
    parts = [_part(spoken, start, end) for start, end in pairwise(edges)]
    whole = _fed(spoken)
    assert len(whole) == 3 * _RATE
    assert _fed(*parts, gain_db=gain_db) == pytest.approx(whole * 10 ** (gain_db / 20), rel=1e-5)


@settings(deadline=None, max_examples=100 if IS_LONG else 10)
@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=350), st.floats(0.3, 2.7))
def test_the_curve_runs_in_straight_lines_from_edge_to_edge_across_pieces_and_cuts(
    spoken: Cut, values: list[float], middle: float
) -> None:
    curve, ones = np.array(values), _flat(spoken, 3.0)
    fed = _fed(_part(ones, 0.0, middle), _part(ones, middle, 3.0), curve=curve)
    at = np.arange(len(fed)) * 100 / _RATE
    wanted = np.interp(at, np.arange(len(curve)), curve, right=1.0)
    assert fed == pytest.approx(wanted, abs=1e-6)


def test_no_peak_passes_the_ceiling_wherever_in_its_bin_it_stands(spoken: Cut) -> None:
    for at in range(_RATE // 2, _RATE // 2 + 160, 9):
        samples, peak = np.full(_RATE, 0.01), np.full(100, 0.01, np.float32)
        samples[at] = peak[at * 100 // _RATE] = 1.0
        spool = _spool(spoken.clip.path.with_name("click.f32"), samples)
        cut = Cut(clip=spoken.clip, start=0.0, end=1.0, spool=spool)
        fed = _fed(cut, gain_db=12.0, curve=gain_curve(peak, 12.0, -2.0))
        assert np.abs(fed).max() <= 10 ** (-2 / 20) * 1.000001


def test_a_track_fades_in_over_its_first_samples_and_out_over_its_last(spoken: Cut) -> None:
    ones = _flat(spoken, 2.0)
    fed = _fed(ones, _flat(spoken, 1.5), fades=Fades(fade_in=0.5, fade_out=2.0))
    count = len(fed)
    assert fed[: _RATE // 2] == pytest.approx(np.arange(_RATE // 2) / (_RATE / 2), abs=1e-4)
    assert (fed[_RATE // 2 : count - 2 * _RATE] == 1).all()
    assert fed[count - 2 * _RATE :] == pytest.approx(np.arange(2 * _RATE)[::-1] / (2 * _RATE), abs=1e-4)
    assert (fed[0], fed[-1]) == (0, 0)


def test_fades_longer_than_the_track_never_raise_it(spoken: Cut) -> None:
    fed = _fed(_flat(spoken, 1.0), fades=Fades(fade_in=3.0, fade_out=3.0))
    assert len(fed) == _RATE
    assert 0 <= fed.min() <= fed.max() <= 1 / 3


def test_samples_that_are_missing_are_an_error_and_no_shorter_track(spoken: Cut) -> None:
    beyond = _part(spoken, 1.0, 4.0)
    with pytest.raises(OSError, match="lacks 16000 samples"):
        _fed(beyond)
    with pytest.raises(EngineError, match="left out 16000 samples"):
        _fed(dataclasses.replace(beyond, spool=None))
