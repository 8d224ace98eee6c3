"""A whole Bible for every device: 1,189 chapters once each, in order, with their true numbers, in names and images."""

from __future__ import annotations

import array
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.bible.books import Book, books
from tests.acceptance.cards import ALL_PROFILES, GB, PROFILES, Made, once, parents
from tests.conftest import ROOT, Desk, packbuilder, speech, write_wav
from tests.fat.images import same

BIBLE = [book for book in books().values() if book.number <= 66]
RATE = 8000


def recording(path: Path, number: int) -> bytes:
    """A second of one pitch. All are equally loud, and a dozen of them are so few that the store makes them cheap."""
    turn = 2 * math.pi * (400 + 5 * number) / RATE
    samples = array.array("h", (round(8000 * math.sin(turn * n)) for n in range(RATE)))
    return write_wav(path, samples, rate=RATE).read_bytes()


def source_of(book: Book, chapter: int) -> str:
    return f"{book.code}/{book.code}_{chapter:03}.wav"


@pytest.fixture(scope="session")
def bible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The manifest that ships, built for every profile in one run; what was said is in `ran.json`."""

    def make(folder: Path) -> None:
        sounds = [recording(folder / f"{number}.wav", number) for number in range(12)]
        for book in BIBLE:
            (folder / "recordings" / book.code).mkdir(parents=True)
            for chapter in range(1, book.chapters + 1):
                path = folder / "recordings" / source_of(book, chapter)
                path.write_bytes(sounds[(book.number + chapter) % len(sounds)])
        text = (ROOT / "manifests" / "whole-bible.yaml").read_text("utf-8")
        manifest = folder / "whole-bible.yaml"
        manifest.write_text(text.replace('.mp3"', '.wav"').replace("../recordings", "recordings"), "utf-8")
        ran = packbuilder("build", manifest, "-o", folder, "--image", "--format", "json", *ALL_PROFILES)
        assert ran.code == 0, ran.err
        (folder / "ran.json").write_text(ran.out, "utf-8")

    with once(tmp_path_factory.getbasetemp(), "bible", make) as folder:
        yield folder


@pytest.fixture(params=PROFILES)
def made(bible: Path, request: pytest.FixtureRequest) -> Made:
    return Made(bible / "whole-bible" / request.param)


# What SIL HearThis makes of the same chapters, and DBS for Pearl; with {0} the book's number in the Bible.
PATTERNS = {
    "saber": "{0:03}{en}/{0:03}{chapter:03}{en} {chapter}.mp3",
    "kulumi": "Kulumi/{0:03}{en}/{0:03}{chapter:03}{en} {chapter}.mp3",
    "megavoice-envoy": "{0:03} {en}/{en}-{chapter:03}.mp3",
    "pearl": "{part}/{0:02}_{en}/{0:02}_{en}_{chapter:03}.mp3",
    "sd-card": "{0:02}_{code}/{0:02}_{code}_{chapter:03}.mp3",
    "speaker-box": "{0:02}_{code}/{0:02}_{code}_{chapter:03}.mp3",
    "numbered-module": "{0:02}/{chapter:03}.mp3",
    "mp3-player": "{0:02} {whole}/{chapter:03} {ko} {chapter}{unit}.mp3",
    "car-usb": "{0:02} {whole}/{chapter:03} {ko} {chapter}{unit}.mp3",
    "mp5-player": "{0:02} {en}/{chapter:03} {en} {chapter}.mp3",
}


def name_of(pattern: str, book: Book, chapter: int) -> str:
    return pattern.format(
        book.number,
        en=book.names["en"],
        ko=book.names["ko"],
        whole=book.names["ko"] + (" 1장" if book.chapters == 1 else ""),
        unit="편" if book.code == "PSA" else "장",
        code=book.code,
        chapter=chapter,
        part="1_OT" if book.number <= 39 else "2_NT",
    )


def test_one_run_makes_them_all_and_warns_only_of_short_tracks(bible: Path) -> None:
    ran = json.loads((bible / "ran.json").read_text("utf-8"))
    assert [card["profile"] for card in ran["cards"]] == list(PROFILES)
    # A dozen sounds are those of 1,189 chapters here, which is told once.
    (twins, finding) = sorted(ran["findings"], key=lambda one: str(one["code"]))
    assert (twins["code"], finding["code"]) == ("W316", "W418")
    assert "saber" in finding["message"]
    assert "(and 1,188 more)" in finding["message"]


@pytest.mark.parametrize("profile", PATTERNS)
def test_every_chapter_is_there_once_under_its_true_number(bible: Path, profile: str) -> None:
    tracks = Made(bible / "whole-bible" / profile).tracks
    chapters = [(book, chapter) for book in BIBLE for chapter in range(1, book.chapters + 1)]
    assert (len(BIBLE), len(chapters)) == (66, 1189)
    same([t["path"] for t in tracks], [name_of(PATTERNS[profile], *one) for one in chapters])
    same([t["source"] for t in tracks], [source_of(*one) for one in chapters])
    same([t["passage"] for t in tracks], [f"{book.code} {chapter}" for book, chapter in chapters])


def test_the_names_are_those_of_hearthis_word_for_word(bible: Path) -> None:
    """Of the program's own samples, not by a pattern."""
    for profile, path in (
        ("saber", "001Genesis/001001Genesis 1.mp3"),
        ("kulumi", "Kulumi/001Genesis/001001Genesis 1.mp3"),
        ("megavoice-envoy", "001 Genesis/Genesis-001.mp3"),
    ):
        assert Made(bible / "whole-bible" / profile).paths[0] == path


def test_an_old_car_radio_finds_all_chapters_in_255_entries(bible: Path) -> None:
    made = Made(bible / "whole-bible" / "car-legacy")
    paths = made.paths
    folders = parents(paths)
    assert len(paths) + len(folders) <= 255
    assert len(folders) <= 50
    assert max(sum(path.startswith(folder) for path in paths) for folder in folders) <= 31
    assert max(len(part) for path in paths for part in path.split("/")) <= 27
    covered: dict[str, list[int]] = defaultdict(list)
    for track in made.tracks:
        found = re.fullmatch(r"[^/]+/(\d\d)_(\w{3})_(\d{3})(?:-(\d{3}))?\.mp3", track["path"])
        assert found, track["path"]
        number, code, first, last = found.groups()
        assert int(number) == books()[code].number
        chapters = range(int(first), int(last or first) + 1)
        covered[code] += chapters
        assert [piece["source"] for piece in track["pieces"]] == [
            source_of(books()[code], chapter) for chapter in chapters
        ]
        assert track["seconds"] == pytest.approx(len(chapters), abs=0.2)
    assert list(covered.items()) == [(book.code, list(range(1, book.chapters + 1))) for book in BIBLE]


def test_one_order_in_names_record_and_image_and_nothing_else(made: Made) -> None:
    paths = made.paths
    by_name: list[str] = sorted(paths, key=str.encode)
    same(paths, by_name)
    everything: list[str] = sorted({*paths, *parents(paths)}, key=str.encode)
    same(made.here(), everything)
    same(made.read(), paths)
    assert GB * 94 // 100 < made.image.stat().st_size <= GB * 95 // 100
    assert made.image.stat().st_blocks * 512 < 40_000_000


def test_verify_finds_every_byte_in_the_image_and_in_the_folder(made: Made) -> None:
    found = made.verified(made.image)
    assert (found.files, found.order, list(found.findings)) == (len(made.paths), "verified", [])
    found = made.verified(made.card)
    assert {finding.code for finding in found.findings} <= {"W607"}
    assert found.files == len(made.paths)


@pytest.mark.parametrize("profile", ["car-legacy", "mp3-player", "pearl", "kulumi", "numbered-module"])
def test_other_programs_read_the_image_as_the_record_says(bible: Path, profile: str, tmp_path: Path) -> None:
    Made(bible / "whole-bible" / profile).check_by_strangers(tmp_path)


@pytest.fixture
def three_to_five(desk: Desk) -> Desk:
    for chapter in (3, 4, 5):
        speech(desk.sources / f"GEN_{chapter:03}.wav", 2.2, rate=8000, seed=chapter)
    desk.write("  - {reading: GEN 3-5, source: 'GEN_{chapter:03}.wav'}\n")
    return desk


def test_chapters_keep_their_numbers_where_the_first_are_missing(three_to_five: Desk) -> None:
    others = [name for name in ALL_PROFILES if name not in ("--profile", "numbered-module")]
    options = [option for name in others for option in ("--profile", name)]
    ran = three_to_five.build("--format", "json", *options)
    assert (ran.code, ran.codes) == (0, [])
    numbers = {
        "mp3-player": ["003", "004", "005"],
        "megavoice-envoy": ["Genesis-003", "Genesis-004", "Genesis-005"],
        "saber": ["001003Genesis 3", "001004Genesis 4", "001005Genesis 5"],
        "kulumi": ["001003Genesis 3", "001004Genesis 4", "001005Genesis 5"],
        "sd-card": ["01_GEN_003", "01_GEN_004", "01_GEN_005"],
        "pearl": ["01_Genesis_003", "01_Genesis_004", "01_Genesis_005"],
    }
    for profile, wanted in numbers.items():
        names = [Path(path).name for path in Made(three_to_five.out / "test" / profile).paths]
        assert [name[: len(start)] for name, start in zip(names, wanted, strict=True)] == wanted


def test_a_module_that_counts_files_refuses_a_gap(three_to_five: Desk) -> None:
    ran = three_to_five.build("--format", "json", "--profile", "numbered-module")
    assert (ran.code, ran.codes, ran.json["cards"]) == (1, ["E403"], [])
    (finding,) = ran.json["findings"]
    assert "there is no number 1 before it" in finding["message"]
    assert not three_to_five.out.exists()
