"""The cover, end to end: on the cards of devices that show one, as pixels and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import mutagen.id3
import pytest
from PIL import Image

from tests.acceptance.cards import Made
from tests.card.pictures import CANARY, telling_jpeg, telling_png
from tests.conftest import Desk, Ran, checked, oracle, packbuilder, speech

SHOWING = {"mp3-player": (300, 50_000), "mp5-player": (300, 100_000)}
OTHERS = ("sd-card", "car-usb", "car-legacy", "saber")
OPTIONS = tuple(option for name in (*SHOWING, *OTHERS) for option in ("--profile", name))


def covered(desk: Desk, cover: str, *options: str) -> Ran:
    for number in (1, 2):
        speech(desk.sources / f"{number}.wav", 1, seed=number)
    tracks = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in (1, 2))
    desk.write("  - title: S\n    tracks:\n" + tracks, head=f"cover: {cover}\n")
    return desk.build("--card", "32MB", "--image", "--format", "json", *(options or OPTIONS))


def pictures(path: Path) -> list[bytes]:
    return [frame.data for frame in mutagen.id3.ID3(path, load_v1=False).getall("APIC")]


@pytest.mark.parametrize(("name", "make"), [("art.jpg", telling_jpeg), ("art.png", telling_png)])
def test_a_cover_is_pixels_only_where_it_is_shown_and_nowhere_else(
    desk: Desk, name: str, make: Callable[[Path], Path]
) -> None:
    desk.sources.mkdir()
    make(desk.sources / name)
    assert CANARY in (desk.sources / name).read_bytes()
    ran = covered(desk, name)
    assert (ran.code, [code for code in ran.codes if code != "W418"]) == (0, [])
    found = set()
    for profile in (*SHOWING, *OTHERS):
        made = Made(desk.out / "test" / profile, 32_000_000)
        assert CANARY not in made.image.read_bytes()
        assert made.verified(made.image).findings == ()
        if profile in SHOWING:
            cover = {data for path in made.paths for data in pictures(made.card / path)}
            assert len(cover) == 1
            found |= cover
            (data,) = cover
            assert made.record["cover"] == {"source": name, "sha256": hashlib.sha256(data).hexdigest()}
            picture = Image.open(io.BytesIO(data), formats=["JPEG"])
            assert max(picture.size) == SHOWING[profile][0]
            assert len(data) <= SHOWING[profile][1]
        else:
            assert made.record["cover"] is None
            assert b"image/jpeg" not in made.image.read_bytes()
    for data in found:
        _has_no_metadata(data, desk.folder / "extracted.jpg")


def _has_no_metadata(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    (shown,) = json.loads(checked(oracle("exiftool"), "-q", "-json", "-a", "-u", "-U", "-ee", "-G0", path))
    extra = {key.split(":")[0] for key in shown} - {"SourceFile", "ExifTool", "File", "JFIF", "Composite"}
    assert not extra, extra
    assert not [key for key in shown if "Comment" in key or "GPS" in key or "Thumbnail" in key]


def test_exiftool_takes_the_same_picture_from_a_track(desk: Desk) -> None:
    desk.sources.mkdir()
    telling_jpeg(desk.sources / "art.jpg")
    assert covered(desk, "art.jpg", "--profile", "mp3-player").code == 0
    made = Made(desk.out / "test" / "mp3-player")
    track = made.card / made.paths[0]
    taken = subprocess.run([oracle("exiftool"), "-b", "-Picture", track], capture_output=True, check=True)
    assert [taken.stdout] == pictures(track)
    said = json.loads(checked(oracle("exiftool"), "-q", "-json", "-a", "-G1", track))[0]
    assert (said["ID3v2_3:PictureMIMEType"], said["ID3v2_3:PictureType"]) == ("image/jpeg", "Front Cover")
    assert not str(said.get("ID3v2_3:PictureDescription", ""))


def test_a_cover_costs_no_encode_and_the_same_one_gives_the_same_bytes(desk: Desk) -> None:
    desk.sources.mkdir()
    telling_jpeg(desk.sources / "art.jpg")
    assert covered(desk, "art.jpg").code == 0
    made = Made(desk.out / "test" / "mp3-player")
    before = [track["sha256"] for track in made.tracks]
    again = covered(desk, "art.jpg")
    assert {card["rendered"] for card in again.json["cards"]} == {0}
    assert [track["sha256"] for track in made.tracks] == before
    telling_png(desk.sources / "art.png")
    other = covered(desk, "art.png")
    assert {card["rendered"] for card in other.json["cards"]} == {0}
    assert not set(before) & {track["sha256"] for track in made.tracks}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "content", "code", "message", "help_text"),
    [
        (
            "my-house.tiff",
            None,
            "E301",
            "my-house.tiff is not in the sources folder",
            "copy it there, or correct",
        ),
        ("art.jgp", None, "E301", "art.jgp is not in the sources folder", 'did you mean "art.jpg"?'),
        (
            "notes.jpg",
            b"just words",
            "E310",
            "notes.jpg is no JPEG or PNG picture: it begins with",
            "save it",
        ),
        ("empty.jpg", b"", "E310", "empty.jpg is no JPEG or PNG picture: it is empty", "save it"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "E310", "cut.jpg is not whole", "save it"),
    ],
    ids=["missing", "misspelt", "words", "empty", "cut off"],
)
def test_a_cover_that_cannot_be_used_is_told_before_any_work(
    desk: Desk, name: str, content: bytes | None, code: str, message: str, help_text: str
) -> None:
    desk.sources.mkdir()
    telling_jpeg(desk.sources / "art.jpg")
    if content is not None:
        (desk.sources / name).write_bytes(content)
    ran = covered(desk, name)
    found = [finding for finding in ran.json["findings"] if finding["severity"] == "error"]
    assert ran.code == 1
    assert [(one["code"], one["line"], one["column"]) for one in found] == [(code, 5, 8)]
    assert message in found[0]["message"]
    assert help_text in found[0]["help"]
    assert not desk.out.exists()
    # A device that shows no cover does not ask for it, and says so.
    ran = packbuilder("check", desk.manifest, "--profile", "sd-card", "--format", "json")
    assert (ran.code, ran.codes) == (0, ["W311"])
    assert ran.json["findings"][0]["message"] == "the cover is on no card: sd-card takes none"
