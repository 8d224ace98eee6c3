"""What our encoder always does where the format leaves it a choice; what does not is written by someone else.

Each of these was found in the source of LAME 3.99 and holds in every granule of 891 files of 3.100
(`tests/sound/mp3/test_lame.py` makes some of them again): speech, music, noise and silence at all rates, bitrates and
qualities that a profile may have.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from builder.sound.mp3.granules import Granules, Ints
from builder.sound.mp3.spectrum import GROUPS, LSF_CODES, PAIRS, SLENS, Spectrum, slens
from builder.sources.mpeg import FrameHeader

_Flags = NDArray[np.bool_]
_BUFFER_BITS = 7680  # of each granule, that a decoder must hold
_BITS = np.array([number.bit_length() for number in range(16)])


def sizes(first: int, count: int, header: FrameHeader) -> Ints:
    """The sizes in bytes of frames of a stream, from a number on; some have a byte of padding."""
    slots = (144 if header.is_mpeg1 else 72) * header.bitrate_kbps * 1000
    least, lag = divmod(slots, header.sample_rate_hz)
    padded = -((lag - lag * np.arange(first, first + count + 1)) // header.sample_rate_hz)
    found: Ints = least + np.diff(padded)
    return found


def begins(rooms: Ints, used: Ints, header: FrameHeader, reserve: int) -> tuple[Ints, int]:
    """How many bytes before its slot the data of each frame begins, and the bits of the reservoir behind the last.

    `rooms` are the bytes of each slot, `used` the bits of its data, `reserve` the reservoir before the first. What
    does not fit into the reservoir is left free: before the data where there is room, else behind it.
    """
    parts = len(header.side_layout.lengths)
    frame_bits = 8 * (rooms + header.data_start)
    most = np.clip(_BUFFER_BITS * parts - frame_bits, 0, 2048 * parts - 8)
    saved = (8 * rooms - used) // 8 * 8
    total = np.cumsum(saved)
    after = total + np.minimum(reserve, np.minimum.accumulate(most - total))
    before = np.concatenate([[reserve], after[:-1]])
    return np.maximum(before - np.maximum(before + saved - most, 0), 0) // 8, int(after[-1])


def overlong(granules: Granules, spectrum: Spectrum, starts: Ints) -> _Flags:
    """Whether a granule claims more or fewer bits than its sound takes, or has values behind its last line."""
    found: _Flags = spectrum.ends != starts + granules["length"]
    return found | (granules.big_values > PAIRS) | (spectrum.filled > PAIRS)


def strange(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> _Flags:
    """Whether a granule says something in another way than our encoder would."""
    is_switched_to_nothing = granules.switches & ((granules["block"] == 0) | (granules["mixed"] > 0))
    found = [_other_values(granules, spectrum), is_switched_to_nothing, _no_table(granules)]
    found.append(_other_factors(granules, spectrum, has_sound))
    if granules.is_mpeg1:
        found += [_other_codes(granules, spectrum), _other_sharing(granules, spectrum, has_sound)]
    else:
        found += _other_lsf_codes(granules, spectrum)
    any_of_them: _Flags = np.logical_or.reduce(found)
    return any_of_them


def _other_values(granules: Granules, spectrum: Spectrum) -> _Flags:
    """Zeros behind the last value, or pairs among the big values that would have been quads."""
    values, filled = np.minimum(granules.big_values, PAIRS), np.minimum(spectrum.filled, PAIRS)
    column = np.arange(len(values))

    def last_two(ends: Ints) -> NDArray[np.uint8]:
        found: NDArray[np.uint8] = spectrum.pairs[ends - 1, column] | spectrum.pairs[ends - 2, column]
        return found

    last = np.where(filled > values, last_two(filled), spectrum.pairs[values - 1, column])
    are_small = last_two(values) & 0xEE == 0
    found: _Flags = ((filled > 0) & (last == 0)) | ((values > 1) & are_small)
    return found


def _no_table(granules: Granules) -> _Flags:
    """Whether there is no such table."""
    found: _Flags = np.logical_or.reduce(np.isin(granules.tables, (4, 14)))
    return found


def _other_factors(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> _Flags:
    """A scalefactor of its own for a band without a value."""
    is_idle = (spectrum.factors > 0) & ~has_sound
    is_idle[: sum(GROUPS)] &= ~_shared(granules)
    found: _Flags = np.logical_or.reduce(is_idle)
    return found


def _shared(granules: Granules) -> _Flags:
    """Which scalefactors of long blocks are those of the granule before: (21, n)."""
    found: _Flags = (granules.shared >> np.repeat(3 - np.arange(4), GROUPS)[:, None] & 1) > 0
    return found


def _other_sharing(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> _Flags:
    """Groups of scalefactors that second granules share though they cannot, or do not share though they could."""
    bands = slice(sum(GROUPS))
    first, second = spectrum.factors[bands, ::2], spectrum.factors[bands, 1::2]
    are_alike = (first == second) | ~has_sound[bands, 1::2]
    can_share = np.logical_and.reduceat(are_alike, (0, *np.cumsum(GROUPS)[:-1]))
    can_share &= ~(granules.is_short[::2] | granules.is_short[1::2])
    do_share = (granules.shared[1::2] >> (3 - np.arange(4))[:, None] & 1) > 0
    return np.repeat((can_share != do_share).any(0), 2)


def _other_codes(granules: Granules, spectrum: Spectrum) -> _Flags:
    """Whether scalefactors take more bits than with the first of the shortest codes."""
    is_own = ~_shared(granules)
    own = np.where(is_own, spectrum.factors[: len(is_own)], 0)
    short = spectrum.factors[:36]
    most = np.where(
        granules.is_short, [short[:18].max(0), short[18:].max(0)], [own[:11].max(0), own[11:].max(0)]
    )
    count = np.where(granules.is_short, 18, [is_own[:11].sum(0), is_own[11:].sum(0)])
    lengths = SLENS[:, :, None]
    cost = (lengths * count[:, None]).sum(0)
    cost[(most[:, None] >> lengths > 0).any(0)] = 1 << 20  # too short for the largest of them
    found: _Flags = granules["compress"] != cost.argmin(0)
    return found


def _other_lsf_codes(granules: Granules, spectrum: Spectrum) -> Iterator[_Flags]:
    yield granules["compress"] >= LSF_CODES
    rows = np.cumsum(GROUPS)
    for quarter, bits in enumerate(slens(granules)):
        long = spectrum.factors[rows[quarter] - GROUPS[quarter] : rows[quarter]].max(0)
        short = spectrum.factors[9 * quarter : 9 * quarter + 9].max(0)
        yield bits != _BITS[np.where(granules.is_short, short, long)]
