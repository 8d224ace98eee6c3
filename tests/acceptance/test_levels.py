"""How deep a card is: as the manifest says, within what the device reads, and nowhere deeper than elsewhere."""

from __future__ import annotations

import pytest

from tests.acceptance.cards import Made
from tests.conftest import Desk, packbuilder, speech


def grouped(desk: Desk, first: str, second: str, head: str = "") -> Desk:
    """Two sections of a track each, with what is said of their groups."""
    for number in (1, 2):
        speech(desk.sources / f"{number}.wav", 1, seed=number)
    desk.write(
        "".join(
            f"  - title: Part {n}\n{group}    tracks:\n      - {{title: Talk {n}, source: {n}.wav}}\n"
            for n, group in enumerate((first, second), 1)
        ),
        head=head,
    )
    return desk


def group(words: str) -> str:
    return f"    group: {words}\n"


CITIES = (group("[Seoul, North]"), group("[Seoul, South]"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("levels", "paths"),
    [
        (1, ["001 Talk 1.mp3", "002 Talk 2.mp3"]),
        (2, ["001 Part 1/001 Talk 1.mp3", "002 Part 2/001 Talk 2.mp3"]),
        (3, ["001 Seoul/001 Part 1/001 Talk 1.mp3", "001 Seoul/002 Part 2/001 Talk 2.mp3"]),
        (
            4,
            [
                "001 Seoul/001 North/001 Part 1/001 Talk 1.mp3",
                "001 Seoul/002 South/001 Part 2/001 Talk 2.mp3",
            ],
        ),
    ],
)
def test_a_card_is_as_deep_as_the_manifest_says(desk: Desk, levels: int, paths: list[str]) -> None:
    grouped(desk, *CITIES, head=f"levels: {levels}\n")
    ran = desk.build("--profile", "megavoice-envoy", "--image", "--format", "json")
    assert (ran.code, ran.codes) == (0, [])
    made = Made(desk.out / "test" / "megavoice-envoy")
    assert made.paths == made.read() == paths
    assert made.verified(made.image).findings == ()


def test_a_card_is_no_deeper_than_the_device_reads(desk: Desk) -> None:
    grouped(desk, *CITIES)
    assert desk.build("--profile", "sd-card", "--profile", "kulumi").code == 0
    assert [track["path"] for track in desk.record()["tracks"]] == [
        "01_PART_1/01_001_TALK_1.mp3",
        "02_PART_2/02_001_TALK_2.mp3",
    ]
    assert Made(desk.out / "test" / "kulumi").paths[0] == "Kulumi/067Part 1/067001 Talk 1.mp3"
    for profile, levels in (("saber", 1), ("sd-card", 3), ("pearl", 2)):
        grouped(desk, *CITIES, head=f"levels: {levels}\n")
        ran = packbuilder("check", desk.manifest, "--profile", profile, "--format", "json")
        assert ran.code == 1
        assert "E422" in ran.codes, (profile, levels)
    # A Kulumi Sheep has no folder above the books.
    grouped(desk, *CITIES, head="levels: 2\n")
    assert desk.build("--profile", "kulumi").code == 0
    assert Made(desk.out / "test" / "kulumi").paths[0] == "067Part 1/067001 Talk 1.mp3"


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (group("Seoul"), "", 10),
        ("", group("Seoul"), 10),
        (group("[Seoul, North]"), group("Seoul"), 11),
    ],
    ids=["the second in none", "the first in none", "in one and in two"],
)
def test_sections_that_stand_at_different_depths_are_told(
    desk: Desk, first: str, second: str, line: int
) -> None:
    grouped(desk, first, second)
    ran = packbuilder("check", desk.manifest, "--profile", "megavoice-envoy", "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E217"])
    assert ran.json["findings"][0]["line"] == line
