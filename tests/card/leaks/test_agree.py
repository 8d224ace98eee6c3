"""Numbers in tags agree with the card: by its own order where there is no record."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from builder.card.leaks.agree import disagreements

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
                "encoding": "Latin-1",
                "pages": "ascii cp949" if number > 1 else "ascii cp936 cp949 latin-1",
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
        (lambda card: card[3][1].pop("TIT2"), "TIT2"),
        (lambda card: card[0][1].pop("TALB"), "TALB"),
        (_set("ID3v1 TRCK", "9"), "ID3v1 TRCK"),
        (_set("ID3v1 TCON", "101"), "ID3v1 TCON"),
        (_set("encoding", "UTF-16"), "TIT2"),
        (_set("TALB", "04 Kim", 5), "TALB"),
        (_set("pages", "cp936"), "ID3v1"),
        (_set("TALB", "2", 5), "TALB"),
        (_set("TALB", "07", 5), "TALB"),
        (lambda card: card[0][1].update(card[1][1]), "TRCK"),
    ],
)
def test_what_agrees_with_nothing_is_named_at_its_track(change: Callable[[Card], object], frame: str) -> None:
    card = _card()
    change(card)
    found = list(disagreements(card))
    assert [frame in leak.message for _, leak in found] == [True]
    assert found[0][1].code == "E701"


@pytest.mark.parametrize(
    ("texts", "is_right"),
    [
        ([("Mark", "Latin-1"), ("마가", "UTF-16")], True),
        ([("Mark", "UTF-16"), ("마가", "UTF-16")], True),
        ([("Mark", "Latin-1"), ("Müller", "Latin-1")], True),
        ([("Mark", "Latin-1"), ("Müller", "UTF-16")], True),
        ([("Mark", "Latin-1"), ("Luke", "UTF-16")], False),
        ([("Müller", "Latin-1"), ("마가", "UTF-16")], False),
        ([("Mark", "UTF-16"), ("Müller", "Latin-1")], False),
    ],
)
def test_the_tags_of_a_card_are_written_by_one_rule(texts: list[tuple[str, str]], is_right: bool) -> None:
    card = [
        (f"{number}.mp3", {"TIT2": title, "encoding": encoding, "TRCK": str(number), "TPOS": "1"})
        for number, (title, encoding) in enumerate(texts, 1)
    ]
    assert (list(disagreements(card)) == []) == is_right


def test_a_book_that_a_device_keeps_in_one_folder_may_be_several_albums() -> None:
    card = _card()
    for at, album in enumerate(("01 Mark 1-2", "01 Mark 1-2", "02 Mark 5", "03 John", "03 John", "03 John")):
        card[at][1]["TALB"] = album
    assert list(disagreements(card)) == []
    card[2][1]["TALB"] = "01 Mark 5"
    assert [path for path, _ in disagreements(card)] == ["01/01_003.mp3"]


def test_a_track_that_is_missing_is_one_leak_that_counts_the_others() -> None:
    card = _card()
    del card[1]
    ((path, leak),) = disagreements(card)
    assert path == "01/01_003.mp3"
    assert "says 3, and this is number 2 on the card (and 3 more)" in leak.message
