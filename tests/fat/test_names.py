"""Names as FAT holds them: what is allowed, and short names that keep the order and hide nothing."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builder.fat.names import aliases, checksum, long_slots, name_fault, slots
from builder.profiles.naming import collision_key
from tests.fat.images import KOREAN, SIMPLIFIED, TRADITIONAL

NAMES = (
    st.text(st.characters(max_codepoint=0x1F9FF, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(lambda text: not name_fault(text))
)
# Names that meet in upper and lower case, with and without digits, and look like aliases themselves.
CLOSE = st.from_regex(r"[aAbB0-2~_]{1,9}(\.[mM]p3)?", fullmatch=True).filter(
    lambda text: not name_fault(text)
)
FOLDERS = st.lists(st.one_of(NAMES, CLOSE), max_size=40, unique_by=collision_key)


def text(alias: bytes) -> str:
    stem, ending = alias[:8].decode("ascii").rstrip(), alias[8:].decode("ascii").rstrip()
    return f"{stem}.{ending}" if ending else stem


@pytest.mark.parametrize(
    "name",
    [
        KOREAN,
        SIMPLIFIED,
        TRADITIONAL,
        "a b.mp3",
        "1.2.3",
        ".hidden",
        "+,;=[]",
        "x" * 255,
        "🎵" * 127,
        "CON",
        " a",
    ],
)
def test_fat_holds_this_name(name: str) -> None:
    assert name_fault(name) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is no name"),
        (".", "is no name"),
        ("..", "is no name"),
        *[(f"a{char}b", "character that FAT does not allow") for char in '"*/:<>?\\|'],
        ("a\nb", "control character"),
        ("a\x00", "control character"),
        ("a\x9bb", "control character"),
        ("a\ud800b", "no character"),
        ("a\uffff", "no character"),
        ("a.", "dot or a space"),
        ("a ", "dot or a space"),
        (unicodedata.normalize("NFD", KOREAN), "NFC"),
        ("x" * 256, "256 UTF-16 units"),
        ("🎵" * 128, "256 UTF-16 units"),
    ],
)
def test_fat_cannot_hold_this_name(name: str, why: str) -> None:
    assert why in name_fault(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["A.MP3", "B.MP3"], ["A.MP3", "B.MP3"]),
        (["01_MRK_003.mp3", "02_MRK_004.mp3"], ["01MRK003.MP3", "02MRK004.MP3"]),
        (["001 창세기 1장.mp3", "002 창세기 2장.mp3"], ["001.MP3", "002.MP3"]),
        (["19 시편", "20 잠언"], ["19", "20"]),
        (["01 A long sermon.mp3", "02 Another sermon.mp3"], ["01.MP3", "02.MP3"]),
        # 1-12 and 11-3 both give digits that stand in another order than the names.
        (["1-12.mp3", "2-1.mp3", "11-3.mp3"], ["0001~1.MP3", "0002~1.MP3", "0003~1.MP3"]),
        (["나.mp3", "가.mp3"], ["0001~1.MP3", "0002~1.MP3"]),
        (["2.mp3", "1.mp3"], ["0001~1.MP3", "0002~1.MP3"]),
        (["01 a", "01 b long name"], ["0001~1", "0002~1"]),
        (["con.mp3", "d.mp3"], ["0001~1.MP3", "0002~1.MP3"]),
        # STRASSE and straße may be one name to a reader.
        (["straße", "str_asse"], ["0001~1", "0002~1"]),
        (["ßa.jpeg", "x.설교"], ["0001~1.JPE", "0002~1"]),
        # An alias that a sibling has as its name is passed over.
        (
            ["나.mp3", "가.mp3", "0001~1.MP3", "0003~1.mp3x"],
            ["0002~1.MP3", "0003~1.MP3", "0001~1.MP3", "0004~1.MP3"],
        ),
        ([], []),
    ],
)
def test_aliases_follow_the_order_of_the_names(names: list[str], expected: list[str]) -> None:
    assert [text(alias) for alias in aliases(names)] == expected


def test_a_truncated_alias_never_takes_the_name_of_a_sibling() -> None:
    names = ["FirstNet_Guam_CNMI", "FirstNet"]
    assert [text(alias) for alias in aliases(names)] == ["0001~1", "0002~1"]
    assert [text(alias) for alias in aliases(["FirstNet", "Second_Net"])] == ["0001~1", "0002~1"]


@given(names=FOLDERS)
def test_an_alias_is_ascii_and_no_other_name_of_its_folder(names: list[str]) -> None:
    found = aliases(names)
    assert len(set(found)) == len(names)
    for name, alias in zip(names, found, strict=True):
        assert re.fullmatch(rb"[A-Z0-9~ ]{8}[A-Z0-9 ]{3}", alias) or text(alias) == name
        others = {collision_key(other) for other in names if other != name}
        assert collision_key(text(alias)) not in others


@given(names=FOLDERS)
def test_aliases_ascend_as_the_names_are_given_if_none_is_8_3_by_itself(names: list[str]) -> None:
    assume(not any(slots(name) == 1 for name in names))
    assert all(a < b for a, b in pairwise(aliases(names)))


def test_ten_thousand_running_numbers_still_ascend() -> None:
    found = aliases([f"{number} 설교 {'x' * (number % 3)}.mp3" for number in range(12_000, 0, -1)])
    assert len(set(found)) == 12_000
    assert all(a < b for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("name", "count"),
    [("A.MP3", 1), ("a.mp3", 2), ("x" * 13, 2), ("x" * 14, 3), ("x" * 255, 21), ("🎵" * 7, 3)],
)
def test_a_long_name_takes_a_slot_for_every_13_units(name: str, count: int) -> None:
    assert slots(name) == count
    assert len(long_slots(name, b"0001~1     ")) == (count - 1) * 32


def test_the_slots_of_a_long_name_are_those_of_the_standard() -> None:
    # Worked out by hand after Microsoft 1.03, "Long File Name Implementation".
    (alias,) = aliases(["The quick brown.fox"])
    assert alias == b"0001~1  FOX"
    slot = long_slots("The quick brown.fox", alias)
    second, first = slot[:32], slot[32:]
    assert (second[0], first[0]) == (0x42, 0x01)
    assert first[1:11].decode("utf-16-le") + first[14:26].decode("utf-16-le") == "The quick b"
    assert first[28:].decode("utf-16-le") == "ro"
    assert second[1:11].decode("utf-16-le") == "wn.fo"
    assert second[14:26] == "x".encode("utf-16-le") + b"\0\0" + b"\xff" * 8
    assert second[28:] == b"\xff" * 4
    assert {first[13], second[13]} == {checksum(alias)}


def test_the_checksum_is_that_of_a_known_name() -> None:
    assert checksum(b"README  TXT") == 0x73
