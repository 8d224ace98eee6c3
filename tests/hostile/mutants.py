"""Broken forms of what is good: a few changes to its bytes, the same ones in every run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from hypothesis import settings

from tests.conftest import IS_LONG

# The long run, behind PACKBUILDER_LONG, takes minutes.
ROUNDS = 25 if IS_LONG else 1
ANY = settings(deadline=None, max_examples=250 * ROUNDS)
Change = Callable[[random.Random, bytearray], None]


def _flip(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _edge(chance: random.Random, data: bytearray) -> None:
    """A number that is often a limit, in 1, 2 or 4 bytes."""
    value = chance.choice((0, 1, 2, 0x7F, 0x80, 0xFF, 0xE5, 0x7FFF, 0xFFF7, 0xFFFF, 0x0FFF_FFF8, 0xFFFF_FFFF))
    width = chance.choice((1, 2, 4))
    at = chance.randrange(len(data))
    data[at : at + width] = value.to_bytes(4, "little")[:width][: len(data) - at]


def _copy(chance: random.Random, data: bytearray) -> None:
    """A piece of it stands somewhere else, over what was there."""
    length = chance.randint(1, 64)
    source, target = chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[source : source + length]
    data[target : target + len(piece)] = piece[: len(data) - target]


def _insert(chance: random.Random, data: bytearray) -> None:
    at, source = chance.randrange(len(data)), chance.randrange(len(data))
    data[at:at] = data[source : source + chance.randint(1, 40)] * chance.choice((1, 1, 1, 50))


def _drop(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 40)]


def _sign(chance: random.Random, data: bytearray) -> None:
    """What YAML reads as more than a letter, or what no text holds."""
    signs = (
        b":",
        b"- ",
        b"[",
        b"{",
        b"}",
        b'"',
        b"'",
        b"\n",
        b"\t",
        b"&a ",
        b"*a",
        b"!",
        b"|",
        b">",
        b"#",
        b"%",
        b"?",
    )
    more = (
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        "\u202e".encode(),
        "\u0301".encode() * 40,
        b"9" * 5000,
        b'"\\U0011',
    )
    at = chance.randrange(len(data))
    data[at:at] = chance.choice((*signs, *more))


SAME_LENGTH: tuple[Change, ...] = (_flip, _edge, _copy)
ANY_LENGTH: tuple[Change, ...] = (*SAME_LENGTH, _insert, _drop, _sign, _sign, _sign)


def mutants(good: bytes, count: int, changes: tuple[Change, ...], seed: int) -> Iterator[bytes]:
    """Broken forms of something good: a few changes each, always the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
            if data:
                chance.choice(changes)(chance, data)
        yield bytes(data)
