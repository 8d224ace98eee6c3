"""The starter manifest for every device: one run, one encode for equal sound, and each card as its device reads it."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest

from builder.profiles.load import built_in
from builder.sources.mpeg import id3v2_size
from tests.acceptance.cards import ALL_PROFILES, GB, PROFILES, Made, once, parents
from tests.conftest import STARTER, Desk, checked, oracle, packbuilder, speech

# The last chapter of the reading, the first sermon, the last track of all.
LAYOUTS = {
    "mp3-player": (
        "01 마가복음 1-3장/003 마가복음 3장.mp3",
        "02 설교/001 위로하시는 하나님.mp3",
        "03 English readings/005 Sense and Sensibility 5.mp3",
    ),
    "sd-card": (
        "01_MRK/01_MRK_003.mp3",
        "02/02_001_2CO_1.mp3",
        "03_ENGLISH_READINGS/03_005_SENSE_AND_SENSIBILI.mp3",
    ),
    "speaker-box": (
        "01_MRK/01_MRK_003.mp3",
        "02/02_001_2CO_1.mp3",
        "03_ENGLISH_READINGS/03_005_SENSE_AND_SENSIBILITY_5.mp3",
    ),
    "car-legacy": (
        "01_MRK/01_MRK_003.mp3",
        "02/02_001_2CO_1.mp3",
        "03_ENGLISH_READINGS/03_005_SENSE_AND_SENSIB.mp3",
    ),
    "car-usb": (
        "01 마가복음 1-3장/003 마가복음 3장.mp3",
        "02 설교/001 위로하시는 하나님.mp3",
        "03 English readings/005 Sense and Sensibility 5.mp3",
    ),
    "kulumi": (
        "Kulumi/041Mark/041003Mark 3.mp3",
        "Kulumi/067/067001 2 Corinthians 1 3-7.mp3",
        "Kulumi/068English readings/068005 Sense and Sensibility 5.mp3",
    ),
    "megavoice-envoy": (
        "001 Mark/Mark-003.mp3",
        "002/001 2 Corinthians 1 3-7.mp3",
        "003 English readings/005 Sense and Sensibility 5.mp3",
    ),
    "mp5-player": (
        "01 Mark/003 Mark 3.mp3",
        "02/001 2 Corinthians 1 3-7.mp3",
        "03 English readings/005 Sense and Sensibility 5.mp3",
    ),
    "numbered-module": ("01/003.mp3", "02/001.mp3", "03/005.mp3"),
    "pearl": (
        "1_NT/41_Mark/41_Mark_003.mp3",
        "2_EXTRA/67/67_001_2 Corinthians 1 3-7.mp3",
        "2_EXTRA/68_English readings/68_005_Sense and Sensibility 5.mp3",
    ),
    "saber": (
        "041Mark/041003Mark 3.mp3",
        "067/067001 2 Corinthians 1 3-7.mp3",
        "068English readings/068005 Sense and Sensibility 5.mp3",
    ),
}
# The same tracks on a screen; where there is a tag. Titles that begin alike get their number in front where
# a screen shows their beginning only.
KOREAN = ("마가복음 3장", "위로하시는 하나님", "Sense and Sensibility 5")
NUMBERED = (*KOREAN[:2], "005 Sense and Sensibility 5")
TITLES = {
    "mp3-player": NUMBERED,
    "sd-card": KOREAN,
    "car-legacy": ("Mark 3", "2 Corinthians 1:3-7", KOREAN[2]),
    "car-usb": KOREAN,
    "mp5-player": NUMBERED,
    "pearl": KOREAN,
}
WITH_ID3V1 = {"car-legacy", "mp5-player"}


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The starter pack for every profile, built in one run with an empty store; and in `ran.json`, what was said."""

    def make(folder: Path) -> None:
        ran = packbuilder(
            *("build", STARTER, "-o", folder, "--image", "--format", "json", *ALL_PROFILES),
            PACKBUILDER_CACHE=str(folder / "cache"),
        )
        assert ran.code == 0, ran.err
        (folder / "ran.json").write_text(ran.out, "utf-8")

    with once(tmp_path_factory.getbasetemp(), "devices", make) as folder:
        yield folder


@pytest.fixture(params=PROFILES)
def made(devices: Path, request: pytest.FixtureRequest) -> Made:
    return Made(devices / "starter" / request.param)


def profile_of(made: Made) -> Any:
    return built_in()[made.folder.name]


def test_devices_of_equal_sound_cost_one_encode(devices: Path) -> None:
    ran = json.loads((devices / "ran.json").read_text("utf-8"))
    assert [card["profile"] for card in ran["cards"]] == list(PROFILES)
    rendered: Counter[Any] = Counter()
    cards: Counter[Any] = Counter()
    for card in ran["cards"]:
        profile = built_in()[card["profile"]]
        sound = (profile.audio, profile.high_pass_hz, profile.compress)
        rendered[sound] += card["rendered"]
        cards[sound] += 1
        assert card["tracks"] == 11
    assert set(rendered.values()) == {11}
    assert sorted(cards.values()) == [1, 3, 7]


def test_the_layout_is_that_of_the_device(made: Made) -> None:
    paths = made.paths
    assert (paths[2], paths[3], paths[10]) == LAYOUTS[made.folder.name]


def test_nothing_is_on_the_card_but_what_the_device_plays(made: Made) -> None:
    paths = made.paths
    assert {path.name for path in made.folder.iterdir()} == {"card", "record.json", "card.img"}
    assert set(made.here()) == {*paths, *parents(paths)}
    assert {Path(path).suffix for path in paths} == {".mp3"}


def test_one_order_by_name_in_the_record_and_in_the_image(made: Made) -> None:
    paths = made.paths
    assert paths == sorted(paths, key=str.encode)
    assert paths == [path for path in made.here() if not path.endswith("/")]
    assert paths == made.read()


def test_no_folder_holds_files_and_folders(made: Made) -> None:
    files = {path.rpartition("/")[0] for path in made.paths}
    folders = {path[:-1].rpartition("/")[0] for path in parents(made.paths)}
    assert not files & folders


def test_other_programs_read_the_image_as_the_record_says(made: Made, tmp_path: Path) -> None:
    made.check_by_strangers(tmp_path)


def test_the_image_is_as_large_as_the_smallest_card_of_its_class(made: Made) -> None:
    size = made.image.stat()
    assert GB * 94 // 100 < size.st_size <= GB * 95 // 100
    assert size.st_size % 512 == 0
    assert size.st_blocks * 512 < 4_000_000  # holes take no room


def test_verify_finds_what_was_just_built(made: Made) -> None:
    found = made.verified(made.image)
    assert (found.files, found.order, list(found.findings)) == (11, "verified", [])
    found = made.verified(made.card)
    assert {finding.code for finding in found.findings} <= {
        "W607"
    }  # the order of entries, where it is not seen
    assert found.files == 11


@pytest.mark.parametrize("profile", ["sd-card", "kulumi"])
def test_the_verb_says_so_too(devices: Path, profile: str) -> None:
    pack = devices / "starter" / profile
    for target in ("card.img", "card"):
        ran = packbuilder("verify", pack, pack / target)
        assert ran.code == 0
        assert "as the record says: 11 files" in ran.out


def test_the_numbers_of_tags_go_up_in_the_order_of_names(made: Made) -> None:
    if TITLES.get(made.folder.name) is None:
        for path in made.paths:
            assert (made.card / path).read_bytes()[:2] == b"\xff\xfb", path  # sound from the first byte on
        return
    tags = [mutagen.id3.ID3(made.card / path, load_v1=False) for path in made.paths]
    assert {tag.version for tag in tags} == {(2, 3, 0)}
    assert [str(tag["TRCK"]) for tag in tags] == [str(number) for number in range(1, 12)]
    assert [str(tag["TPOS"]) for tag in tags] == list("11122233333")
    assert {str(tag["TLAN"]) for tag in tags} == {"kor"}


def test_exiftool_shows_the_titles_or_no_tag_at_all(made: Made) -> None:
    files = [made.card / made.paths[at] for at in (2, 3, 10)]
    # It ends with 1 where four bytes of a sound without a tag look like the start of a film.
    command = [oracle("exiftool"), "-q", "-json", "-a", "-u", "-U", "-G1", *map(str, files)]
    shown = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert all(tags["MPEG:AudioBitrate"] == "64 kbps" for tags in shown)
    titles = TITLES.get(made.folder.name)
    if titles is None:
        assert not [key for tags in shown for key in tags if key.startswith("ID3")]
        return
    assert tuple(str(tags["ID3v2_3:Title"]) for tags in shown) == titles
    has_id3v1 = made.folder.name in WITH_ID3V1
    assert all(any(key.startswith("ID3v1") for key in tags) == has_id3v1 for tags in shown)


def test_behind_the_sound_there_is_an_old_tag_or_nothing(made: Made, tmp_path: Path) -> None:
    """mp3check tells of whatever is no frame, also at the end."""
    bare = []
    for number, path in enumerate(made.paths, 1):
        data = (made.card / path).read_bytes()
        end = len(data)
        if made.folder.name in WITH_ID3V1:
            end -= 128
            assert data[end : end + 3] == b"TAG"
            assert data[-3:] == bytes([0, number, 101])  # the number in ID3v1.1's way; the genre is speech
        bare.append(tmp_path / f"{number}.mp3")
        bare[-1].write_bytes(data[id3v2_size(data) : end])
    said = checked(oracle("mp3check"), "-e", *bare)
    assert said.split() == f"-- {len(bare)} files checked, 0 erroneous files found".split()


def test_an_old_car_radio_reads_plain_letters(devices: Path) -> None:
    made = Made(devices / "starter" / "car-legacy")
    tag = (made.card / made.paths[0]).read_bytes()[-128:]
    assert tag.isascii()
    assert [tag[at : at + 30].rstrip(b"\0") for at in (3, 33, 63)] == [b"Mark 1", b"", b"01 Mark 1-3"]
    for path in made.paths:
        mutagen.id3.ID3(made.card / path, load_v1=False)["TIT2"].text[0].encode("ascii")


def test_a_chinese_radio_reads_its_code_page_in_names_and_tags(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    text = (
        desk.one_track("a.wav", title="马可福音 希望")
        .read_text("utf-8")
        .replace("language: ko", "language: zh")
    )
    desk.manifest.write_text(text.replace("title: Sermons", "title: 讲道"), "utf-8")
    assert desk.build("--profile", "mp5-player").code == 0
    path = desk.card("mp5-player") / "01 讲道" / "001 马可福音 希望.mp3"
    tag = path.read_bytes()[-128:]
    assert tag[3:33].rstrip(b"\0") == "马可福音 希望".encode("cp936")
    assert tag[63:93].rstrip(b"\0") == "讲道".encode("cp936")
