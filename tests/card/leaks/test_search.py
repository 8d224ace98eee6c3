"""Many needles at once: found wherever they are, also across blocks, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.card.leaks.search import Needles

_SMALL = st.binary(min_size=4, max_size=7).map(lambda data: bytes(byte % 3 for byte in data))


@settings(deadline=None, max_examples=300)
@given(
    st.sets(_SMALL, max_size=6),
    st.lists(st.binary(max_size=40).map(lambda data: bytes(byte % 3 for byte in data)), max_size=6),
)
def test_what_is_found_is_what_is_there(needles: set[bytes], blocks: list[bytes]) -> None:
    data = b"".join(blocks)
    wanted = {(at, needle) for needle in needles for at in range(len(data)) if data.startswith(needle, at)}
    found = list(Needles({needle: needle for needle in needles}).find(blocks))
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_a_needle_at_every_border_of_large_blocks_is_found() -> None:
    data = bytearray(3 << 20)
    places = [0, (1 << 20) - 3, (2 << 20) - 1, (3 << 20) - 6]
    for place in places:
        data[place : place + 6] = b"secret"
    blocks = [bytes(data[start : start + 700_001]) for start in range(0, len(data), 700_001)]
    assert [at for at, _ in Needles({b"secret": 1}).find(blocks)] == places
    assert [at for at, _ in Needles({b"secret": 1}).find([bytes(data)])] == places


def test_a_needle_of_three_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        Needles({b"abc": 1})
