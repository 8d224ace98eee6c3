"""Cards of a size: too small, at a lower bitrate, on several cards, and images that are the same whoever makes them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.fat.geometry import geometry_for
from tests.acceptance.cards import GB, Made
from tests.conftest import ROOT, STARTER, Desk, Ran, convert, packbuilder, speech, tree

MB = 10**6
# Four minutes of 64 kbps are 1.92 MB; a card of 16 MB holds 92 % of that: 14.72 MB, seven of them.
SMALL = 16 * MB


@pytest.fixture(scope="session")
def four_minutes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("four minutes")
    short = speech(folder / "short.wav", 4, rate=16000)
    return convert(short, folder / "long.flac", "-af", "aloop=loop=-1:size=64000", "-t", "240")


@pytest.fixture
def big(desk: Desk, four_minutes: Path) -> Desk:
    """Fifteen recordings of one sound, which is made once: two cards of 16 MB full, and one more."""
    desk.sources.mkdir()
    for number in range(1, 16):
        shutil.copy(four_minutes, desk.sources / f"{number}.flac")
    return desk


def sections(desk: Desk, count: int, head: str = "") -> Desk:
    lines = [
        f"  - title: Part {n}\n    tracks:\n      - {{title: Talk {n}, source: {n}.flac}}\n"
        for n in range(1, count + 1)
    ]
    desk.write("".join(lines), head=head)
    return desk


def cards(desk: Desk, count: int, profile: str = "sd-card") -> list[Made]:
    folder = desk.out / "test" / profile
    return [Made(folder / str(number), SMALL) for number in range(1, count + 1)]


def parts_of(desk: Desk, profile: str = "sd-card") -> set[str]:
    return {path.name for path in (desk.out / "test" / profile).iterdir()}


def codes_of(ran: Ran) -> list[str]:
    """What is told besides that all recordings are one sound, which they are here."""
    return [code for code in ran.codes if code != "W316"]


def message(ran: Ran) -> tuple[str, str]:
    (finding,) = (one for one in ran.json["findings"] if one["code"] != "W316")
    return finding["message"], finding["help"]


def test_seven_fit_on_a_small_card_and_eight_do_not(big: Desk) -> None:
    ran = sections(big, 7).build("--card", "16MB", "--format", "json", "--image")
    assert (ran.code, codes_of(ran)) == (0, [])
    made = Made(big.out / "test" / "sd-card", SMALL)
    assert made.image.stat().st_size == 15_138_816  # 95 % of 16 MB in whole units of 64 KiB
    assert made.verified(made.image).findings == ()
    before = tree(big.out)
    ran = sections(big, 8).build("--card", "16MB", "--format", "json", "--image")
    assert (ran.code, codes_of(ran), ran.json["cards"]) == (1, ["E416"], [])
    assert tree(big.out) == before


def test_what_does_not_fit_is_told_with_what_would_help(big: Desk) -> None:
    ran = packbuilder("check", sections(big, 8).manifest, "--card", "16MB", "--format", "json")
    assert (ran.code, codes_of(ran)) == (1, ["E416"])
    said, remedies = message(ran)
    assert said == "sd-card: 16 MB; a card of 16 MB holds 14 MB"
    for remedy in ("`fit: true` (56 kbps fits)", "`split: true` (2 cards", "a card of 1 GB"):
        assert remedy in remedies


def test_a_remedy_is_as_good_as_its_word(big: Desk) -> None:
    ran = sections(big, 8, head="fit: true\ncard: 16MB\n").build("--format", "json")
    assert (ran.code, codes_of(ran)) == (0, [])
    (card,) = ran.json["cards"]
    assert card["bitrate_kbps"] == 56
    record = big.record()
    assert record["bitrate_kbps"] == 56
    assert record["card"] == {
        "number": 1,
        "of": 1,
        "label_bytes": SMALL,
        "image_bytes": geometry_for(SMALL).image_bytes,
    }
    for track in record["tracks"]:
        assert track["bytes"] * 8 / track["seconds"] == pytest.approx(56_000, rel=0.01)
    # The command line comes before the manifest, and then nothing need be lowered.
    ran = big.build("--format", "json", "--card", "1GB")
    assert [card["bitrate_kbps"] for card in ran.json["cards"]] == [64]


def test_nothing_is_lowered_below_what_the_device_plays(big: Desk) -> None:
    """An old car radio plays no less than 64 kbps."""
    head = "fit: true\ncard: 16MB\n"
    ran = sections(big, 8, head).build("--format", "json", "--profile", "car-legacy")
    assert (ran.code, codes_of(ran)) == (1, ["E416"])
    assert "`fit" not in message(ran)[1]


def test_a_pack_is_split_into_whole_cards(big: Desk) -> None:
    ran = sections(big, 15, head="split: true\n").build("--card", "16MB", "--image", "--format", "json")
    assert (ran.code, codes_of(ran)) == (0, [])
    assert [(card["number"], card["of"], card["tracks"]) for card in ran.json["cards"]] == [
        (1, 3, 7),
        (2, 3, 7),
        (3, 3, 1),
    ]
    assert parts_of(big) == {"1", "2", "3"}
    made = cards(big, 3)
    assert [track["source"] for card in made for track in card.tracks] == [f"{n}.flac" for n in range(1, 16)]
    for number, card in enumerate(made, 1):
        assert {path.name for path in card.folder.iterdir()} == {"card", "record.json", "card.img"}
        assert card.record["card"] == {
            "number": number,
            "of": 3,
            "label_bytes": SMALL,
            "image_bytes": geometry_for(SMALL).image_bytes,
        }
        assert [track["number"] for track in card.tracks] == list(range(1, len(card.paths) + 1))
        assert card.paths[0].startswith("01_PART_")
        assert card.read() == card.paths
        ran = packbuilder("verify", card.folder, card.image)
        assert ran.code == 0, ran.out
    # One card is not taken for another.
    assert packbuilder("verify", made[0].folder, made[1].image).code == 1


def test_other_programs_read_every_card_of_a_split_pack(big: Desk, tmp_path: Path) -> None:
    assert sections(big, 9, head="split: true\ncard: 16MB\n").build("--image", "--profile", "pearl").code == 0
    for number, card in enumerate(cards(big, 2, "pearl"), 1):
        (tmp_path / str(number)).mkdir()
        card.check_by_strangers(tmp_path / str(number))


def test_the_cards_of_an_earlier_build_are_gone(big: Desk) -> None:
    split = ("--card", "16MB")
    sections(big, 15, head="split: true\n")
    assert big.build(*split).code == 0
    assert parts_of(big) == {"1", "2", "3"}
    assert big.build("--card", "32MB").code == 0
    assert parts_of(big) == {"card", "record.json"}
    assert len(big.record()["tracks"]) == 15
    assert big.build(*split, "--image").code == 0
    assert parts_of(big) == {"1", "2", "3"}
    assert sections(big, 8, head="split: true\n").build(*split).code == 0
    assert parts_of(big) == {"1", "2"}
    assert not list(big.out.rglob("card.img"))


def test_one_section_that_no_card_holds_is_not_split(big: Desk) -> None:
    tracks = "".join(f"      - {{title: Talk {n}, source: {n}.flac}}\n" for n in range(1, 9))
    big.write("  - title: All\n    tracks:\n" + tracks, head="split: true\n")
    ran = big.build("--card", "16MB", "--format", "json")
    assert (ran.code, codes_of(ran)) == (1, ["E416"])
    assert "split" not in message(ran)[1]


@pytest.mark.parametrize(("count", "codes"), [(4, []), (5, ["E416"])])
def test_what_a_player_writes_itself_is_left_free(big: Desk, count: int, codes: list[str]) -> None:
    """Saber wants 20 MB for itself: of a card of 32 MB 9.4 are left."""
    ran = sections(big, count).build("--card", "32MB", "--format", "json", "--profile", "saber")
    assert codes_of(ran) == codes


@pytest.mark.parametrize(("size", "codes"), [("32GB", []), ("33GB", ["E421"]), ("64GB", ["E421"])])
def test_a_card_that_the_device_cannot_read_is_refused(desk: Desk, size: str, codes: list[str]) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    ran = desk.build("--card", size, "--image", "--format", "json")
    assert (ran.code, codes_of(ran)) == (len(codes), codes)
    assert desk.out.exists() == (not codes)
    if not codes:
        made = Made(desk.out / "test" / "sd-card", 32 * GB)
        assert made.image.stat().st_size == made.geometry.image_bytes > 30 * GB
        assert made.image.stat().st_blocks * 512 < 20 * MB
        assert made.verified(made.image).findings == ()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("size", ["8MB", "4 gigabytes", "3TB", "0GB", "-4GB", "4"])
def test_a_size_that_is_on_no_card_is_a_wrong_command_line(size: str) -> None:
    ran = packbuilder("build", STARTER, "--card", size)
    assert ran.code == 2
    assert "is not the size of a card" in ran.err


def sums(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def test_two_builds_of_an_image_are_the_same_to_the_byte(tmp_path: Path) -> None:
    """Another folder, cache, time zone, umask and number of jobs; each card as small as one can be."""
    options: tuple[Any, ...] = ("build", STARTER, "--image", "--card", "32MB")
    for profile in ("mp3-player", "car-legacy", "pearl", "kulumi"):
        options += ("--profile", profile)
    assert packbuilder(*options, "-o", tmp_path / "one").code == 0
    there = tmp_path / "somewhere else" / "한글"
    there.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "builder", *map(str, options), "-o", there / "out", "--jobs", "1"],
        cwd=there,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PACKBUILDER_CACHE": str(tmp_path / "another cache"),
            "TZ": "Asia/Pyongyang",
            "LC_ALL": "C",
        },
        umask=0o077,
        check=True,
        capture_output=True,
    )
    one, other = sums(tmp_path / "one"), sums(there / "out")
    assert [name for name in one if name.endswith("card.img")]
    assert one == other


def test_an_image_is_gone_when_none_is_asked_for(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav")
    assert desk.build("--image").code == 0
    assert parts_of(desk) == {"card", "record.json", "card.img"}
    assert desk.build().code == 0
    assert parts_of(desk) == {"card", "record.json"}
