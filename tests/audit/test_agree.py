"""Numbers in tags agree with the card: by its own order where there is no record."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from builder.audit.agree import disagreements

Card = list[tuple[str, dict[str, str]]]


def _card() -> Card:
    """Two folders of three tracks and one file above them, as the writer numbers them."""
    paths = [f"{folder:02}/{folder:02}_{number:03}.mp3" for folder in (1, 2) for number in (1, 2, 3)]
    return [
        (
            path,
            {
                "TIT2": f"Mark {number}",
                "TALB": path[:2],
                "TRCK": str(number),
                "TPOS": str(int(path[:2])),
                "TLAN": "eng",
                "TCON": "Speech",
            },
        )
        for number, path in enumerate(paths, 1)
    ]


def test_a_card_as_it_is_written_agrees_in_whatever_order_it_is_read() -> None:
    card = _card()
    random.Random(1).shuffle(card)
    assert list(disagreements(card)) == []
    assert list(disagreements([(path, {}) for path, _ in card])) == []
    assert list(disagreements([])) == []


def _set(frame: str, value: str, at: int = 3) -> Callable[[Card], object]:
    return lambda card: card[at][1].__setitem__(frame, value)


@pytest.mark.parametrize(
    ("change", "frame"),
    [
        (_set("TRCK", "13"), "TRCK"),
        (_set("TPOS", "7"), "TPOS"),
        (_set("TLAN", "kor"), "TLAN"),
        (_set("TCON", "Gospel"), "TCON"),
        (_set("TALB", "Kim", 4), "TALB"),
        (lambda card: card[3][1].pop("TRCK"), "TRCK"),
        (lambda card: card[3][1].pop("TLAN"), "TLAN"),
        (lambda card: card[0][1].update(card[1][1]), "TRCK"),
    ],
)
def test_what_agrees_with_nothing_is_named_at_its_track(change: Callable[[Card], object], frame: str) -> None:
    card = _card()
    change(card)
    found = list(disagreements(card))
    assert [frame in leak.message for _, leak in found] == [True]
    assert found[0][1].code == "E701"


def test_a_track_that_is_missing_is_one_leak_that_counts_the_others() -> None:
    card = _card()
    del card[1]
    ((path, leak),) = disagreements(card)
    assert path == "01/01_003.mp3"
    assert "says 3, and this is number 2 on the card (and 3 more)" in leak.message
