"""The level of a work: the search for its gain, driven with encoders that are simulated, steady and not."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.profiles.profile import AudioSettings
from builder.sound.loudness.envelope import Envelope, Loudness, combined
from builder.sound.loudness.level import (
    ENCODER_LOSS_DB,
    MAX_CORRECTIONS,
    MAX_LIMITING_DB,
    TOLERANCE_LU,
    Level,
    Order,
    Programme,
    order_for,
    search,
)
from tests.sound.loudness.envelopes import encoded, envelope_of, speech, with_peak

_SETTINGS = AudioSettings(
    sample_rate_hz=44100, channels=1, bitrate_kbps=64, target_lufs=-19.0, peak_dbtp=-1.5, max_gain_db=24.0
)
# Gains and ceilings are multiples of 0.05 dB.
_ROUNDING = 0.026

Encoder = Callable[[Envelope, Order, int], Loudness]
"""What becomes of a track, in the nth round."""


def _programme(envelope: Envelope) -> Programme:
    return Programme(loudness=envelope.loudness, envelope=lambda: envelope)


_PEAKY = with_peak(speech(-30.0), -3.0)
_FIRST_CEILING = order_for(_programme(_PEAKY), _SETTINGS).ceiling_dbtp or math.nan
# What the first ceiling leaves for the encoder to add.
_EXPECTED_OVERSHOOT_DB = _SETTINGS.peak_dbtp + ENCODER_LOSS_DB - _FIRST_CEILING


def _encoder(loss: float = ENCODER_LOSS_DB, overshoot: float = 0.2) -> Encoder:
    return lambda envelope, order, _: encoded(envelope, order, loss, overshoot)


@dataclasses.dataclass(frozen=True)
class _Ran:
    """A search to its end: what was ordered and delivered in each round, and what came of it."""

    orders: list[Mapping[str, Order]]
    delivered: list[dict[str, Loudness]]
    level: Level

    @property
    def shipped(self) -> Loudness:
        return combined(self.delivered[self.orders.index(self.level.orders)].values())

    def off(self, at: int) -> float:
        level = combined(self.delivered[at].values()).integrated_lufs
        return math.inf if level is None else abs(level - _SETTINGS.target_lufs)

    def over(self, at: int) -> float:
        return max(0.0, combined(self.delivered[at].values()).true_peak_dbtp - _SETTINGS.peak_dbtp)


def _run(work: Mapping[str, Envelope], encoder: Encoder, audio: AudioSettings = _SETTINGS) -> _Ran:
    searching = search({name: _programme(one) for name, one in work.items()}, audio)
    orders = [next(searching)]
    delivered: list[dict[str, Loudness]] = []
    while True:
        found = {name: encoder(one, orders[-1][name], len(delivered)) for name, one in work.items()}
        delivered.append(found)
        try:
            orders.append(searching.send(found))
        except StopIteration as end:
            return _Ran(orders, delivered, end.value)


def _envelopes(lufs: st.SearchStrategy[float], most_crest: float) -> st.SearchStrategy[Envelope]:
    parts = st.tuples(lufs, st.floats(2, most_crest), st.integers(40, 200)).map(
        lambda part: (part[0], min(part[0] + part[1], 6.0), part[2])
    )
    return st.lists(parts, min_size=1, max_size=4).map(lambda parts: envelope_of(*parts))


_ENVELOPES = _envelopes(st.floats(-65, -5), 30)
# Far from the gates of BS.1770, -70 LUFS and 10 LU below the mean: where a gain or a limiter moves sound across one of
# them, the level of the rest is another, and a second render is right.
_FAR_FROM_GATES = st.floats(-50, -11).flatmap(lambda least: _envelopes(st.floats(least, least + 6), 19))
_WORKS = st.lists(_ENVELOPES, min_size=1, max_size=3).map(
    lambda all_: {f"t{n}": e for n, e in enumerate(all_)}
)
_MANNERS = st.lists(st.tuples(st.floats(-1.0, 2.0), st.floats(0, 4)), min_size=3, max_size=3)


def _erratic(manners: Sequence[tuple[float, float]]) -> Encoder:
    return lambda envelope, order, at: encoded(envelope, order, *manners[at])


@settings(deadline=None, max_examples=60)
@given(_WORKS, _MANNERS, st.integers(2, 30))
def test_whatever_the_encoder_does_the_search_ends_and_ships_the_best_of_its_tries(
    work: dict[str, Envelope], manners: list[tuple[float, float]], boost: int
) -> None:
    ran = _run(work, _erratic(manners), dataclasses.replace(_SETTINGS, max_gain_db=float(boost)))
    assert 1 <= len(ran.orders) <= 1 + MAX_CORRECTIONS
    assert len({repr(orders) for orders in ran.orders}) == len(ran.orders), "the same was tried twice"
    for orders in ran.orders:
        assert set(orders) == set(work)
        assert len({order.gain_db for order in orders.values()}) == 1, "one gain for a work"
        for order in orders.values():
            assert order.gain_db <= boost
            assert order.gain_db == round(order.gain_db, 2)
            assert order.ceiling_dbtp is None or order.ceiling_dbtp <= _FIRST_CEILING + _ROUNDING
    chosen = ran.orders.index(ran.level.orders)
    assert ran.over(chosen) == min(ran.over(at) for at in range(len(ran.orders)))
    legal = [at for at in range(len(ran.orders)) if ran.over(at) == 0]
    if legal:
        assert ran.off(chosen) == min(ran.off(at) for at in legal)
    assert (ran.level.held_by is None) == (ran.off(chosen) <= TOLERANCE_LU)
    assert ran.level.held_by in (None, "boost limit", "limiter", "corrections")


@settings(deadline=None, max_examples=60)
@given(_ENVELOPES, st.floats(-0.5, 1.0), st.floats(0, 3))
def test_a_steady_encoder_is_answered_below_the_ceiling_and_at_the_target_or_told_why(
    envelope: Envelope, loss: float, overshoot: float
) -> None:
    ran = _run({"": envelope}, _encoder(loss, overshoot))
    assert ran.shipped.true_peak_dbtp <= _SETTINGS.peak_dbtp
    assert ran.level.held_by is not None or ran.off(ran.orders.index(ran.level.orders)) <= TOLERANCE_LU


def test_an_encoder_of_few_bits_is_left_more_room() -> None:
    few = dataclasses.replace(_SETTINGS, bitrate_kbps=32)
    ceiling = order_for(_programme(_PEAKY), few).ceiling_dbtp
    assert ceiling is not None
    assert ceiling < _FIRST_CEILING < _SETTINGS.peak_dbtp + ENCODER_LOSS_DB


@settings(deadline=None, max_examples=60)
@given(_FAR_FROM_GATES, st.floats(-1, _EXPECTED_OVERSHOOT_DB - 0.03))
def test_the_encoder_that_we_know_needs_no_correction(envelope: Envelope, overshoot: float) -> None:
    ran = _run({"": envelope}, _encoder(overshoot=overshoot))
    assert len(ran.orders) == 1
    assert ran.level.held_by in (None, "boost limit", "limiter")


@pytest.mark.parametrize(
    ("lufs", "crest", "gain"),
    [
        (-25.0, 10.0, 6.0 + ENCODER_LOSS_DB),  # to the target
        (-19.0, 12.0, ENCODER_LOSS_DB),  # already there
        (-12.0, 9.0, -7.0 + ENCODER_LOSS_DB),  # too loud: turned down
        (-42.5, 12.0, 23.5 + ENCODER_LOSS_DB),
        (-42.8, 12.0, 24.0),  # 23.8 and the encoder's loss: a little more than the limit
    ],
)
def test_what_has_room_is_brought_to_the_target_without_a_limiter(
    lufs: float, crest: float, gain: float
) -> None:
    ran = _run({"": speech(lufs, crest)}, _encoder())
    (order,) = ran.level.orders.values()
    assert order.gain_db == pytest.approx(gain, abs=_ROUNDING)
    assert (order.ceiling_dbtp, ran.level.held_by, len(ran.orders)) == (None, None, 1)


def test_the_envelope_of_what_needs_no_limiter_is_never_read() -> None:
    def unread() -> Envelope:
        raise AssertionError("read")

    quiet = Programme(loudness=speech(-30.0).loudness, envelope=unread)
    assert order_for(quiet, _SETTINGS).ceiling_dbtp is None


def test_a_peak_is_held_down_so_that_the_speech_comes_to_the_target() -> None:
    work = {"calm": speech(-30.0), "clap": _PEAKY}
    ran = _run(work, _encoder())
    assert ran.level.orders["calm"].ceiling_dbtp is None
    assert ran.level.orders["clap"].ceiling_dbtp == pytest.approx(_FIRST_CEILING, abs=_ROUNDING)
    assert ran.level.held_by is None
    assert ran.shipped.true_peak_dbtp <= _SETTINGS.peak_dbtp


def test_what_the_limiter_takes_is_given_back_by_the_gain() -> None:
    dense = speech(-24.0, 17.5)  # at the target its peaks are at 0 dB everywhere
    ran = _run({"": dense}, _encoder())
    (order,) = ran.level.orders.values()
    assert order.gain_db > 5.0 + ENCODER_LOSS_DB + 1.0
    assert ran.off(0) <= TOLERANCE_LU or ran.level.held_by == "limiter"


def test_a_whole_work_shares_one_gain_from_what_it_measures_together() -> None:
    ran = _run({"loud": speech(-20.0), "soft": speech(-26.0)}, _encoder())
    assert ran.shipped.integrated_lufs == pytest.approx(-19.0, abs=0.05)
    loud, soft = (one.integrated_lufs for one in ran.delivered[0].values())
    assert loud is not None
    assert soft is not None
    assert loud - soft == pytest.approx(6.0, abs=0.02)


def test_the_boost_limit_holds_a_recording_that_is_mostly_noise() -> None:
    ran = _run({"": speech(-55.0)}, _encoder())
    assert [order.gain_db for order in ran.level.orders.values()] == [24.0]
    assert (ran.level.held_by, len(ran.orders)) == ("boost limit", 1)


def test_the_limiter_holds_what_it_would_have_to_squeeze() -> None:
    ran = _run({"": speech(-32.0, 30.0)}, _encoder())
    (order,) = ran.level.orders.values()
    free = _FIRST_CEILING + 2.0  # its peaks stand at -2 dBTP, all of them
    assert order.gain_db == pytest.approx(free + MAX_LIMITING_DB, abs=0.1)
    assert (ran.level.held_by, len(ran.orders)) == ("limiter", 1)


@pytest.mark.parametrize("lufs", [-32.0, -42.0])
def test_a_limit_of_the_gain_stands_also_where_a_peak_came_out_too_high(lufs: float) -> None:
    ran = _run({"": speech(lufs, 30.0)}, _encoder(overshoot=_EXPECTED_OVERSHOOT_DB + 1.0))
    assert ran.orders[1][""].gain_db <= ran.orders[0][""].gain_db
    assert (ran.level.held_by, len(ran.orders)) == ("limiter", 2)
    assert ran.shipped.true_peak_dbtp <= _SETTINGS.peak_dbtp


def test_corrections_hold_a_work_whose_encoder_has_moods() -> None:
    ran = _run({"": speech(-30.0)}, _erratic([(1.5, 0.5), (-0.6, 0.5), (2.0, 0.5)]))
    assert (ran.level.held_by, len(ran.orders)) == ("corrections", 1 + MAX_CORRECTIONS)


def test_an_encoder_that_takes_more_is_made_up_for_in_one_correction() -> None:
    ran = _run({"": speech(-30.0)}, _encoder(loss=1.445))
    gains = [orders[""].gain_db for orders in ran.orders]
    assert gains[1] - gains[0] == pytest.approx(1.0, abs=2 * _ROUNDING)
    assert (len(gains), ran.level.held_by) == (2, None)


def test_an_encoder_that_overshoots_more_gets_a_lower_ceiling_for_the_track_that_was_over() -> None:
    work = {"calm": speech(-30.0, 10.0), "clap": _PEAKY}
    ran = _run(work, _encoder(overshoot=_EXPECTED_OVERSHOOT_DB + 0.8))
    first, second = (orders["clap"].ceiling_dbtp for orders in ran.orders)
    assert first is not None
    assert second is not None
    assert first - 1.2 <= second <= first - 0.9  # 0.8 over, and a margin
    assert [orders["calm"].ceiling_dbtp for orders in ran.orders] == [None, None]
    assert ran.shipped.true_peak_dbtp <= _SETTINGS.peak_dbtp


def test_a_track_without_a_limiter_that_comes_out_too_high_gets_one() -> None:
    just_below = with_peak(speech(-30.0), _FIRST_CEILING - 11.5)
    ran = _run({"": just_below}, _encoder(overshoot=_EXPECTED_OVERSHOOT_DB + 1.0))
    assert [orders[""].ceiling_dbtp is None for orders in ran.orders] == [True, False]
    assert ran.shipped.true_peak_dbtp <= _SETTINGS.peak_dbtp
    assert ran.level.held_by is None


def test_silence_has_no_gain_and_what_an_encoder_silenced_is_not_tried_again() -> None:
    silence = Loudness(blocks={}, true_peak_dbtp=-math.inf)
    with pytest.raises(ValueError, match="silence has no gain"):
        order_for(Programme(loudness=silence, envelope=lambda: speech(-30.0)), _SETTINGS)
    ran = _run({"": speech(-30.0)}, lambda *_: silence)
    assert (len(ran.orders), ran.level.held_by) == (1, "corrections")
