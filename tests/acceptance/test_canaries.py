"""Words planted wherever a build could pick them up: in its surroundings, in recordings, pictures and the manifest."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.card.pictures import telling_jpeg
from tests.conftest import ROOT, STARTER, Desk, checked, convert, each, oracle, packbuilder, speech, tree

CANARIES = ("CANARY", "canary", "카나리아", "Asia/Seoul", "KST", "ko_KR")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp949", "cp936")
_PROFILES = ("sd-card", "mp3-player", "mp5-player", "car-legacy", "speaker-box", "pearl")
_TAGS = ("title", "artist", "album", "comment", "encoder", "encoded_by", "copyright", "description", "date")


def spelled(word: str) -> set[bytes]:
    """A word in every encoding, composed and decomposed, each also in base64 (at any offset) and hexadecimal."""
    found: set[bytes] = set()
    for form in ("NFC", "NFD"):
        for encoding in _ENCODINGS:
            try:
                data = unicodedata.normalize(form, word).encode(encoding)
            except UnicodeEncodeError:
                continue
            found |= {data, data.hex().encode(), data.hex().upper().encode()}
            for shift in range(3):  # what does not depend on the bytes before and behind
                coded = base64.b64encode(b"\0" * shift + data)
                found.add(coded[4 if shift else 0 : len(coded) // 4 * 4 - 4])
    return {data for data in found if len(data) >= 4}


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that says CANARY wherever it can."""
    desk = Desk(tmp_path_factory.mktemp("CANARY-dir") / "카나리아")
    desk.folder.mkdir()
    metadata = [word for tag in _TAGS for word in ("-metadata", f"{tag}=CANARY 카나리아")]
    lines = []
    for number, ending in enumerate(("mp3", "flac", "ogg", "m4a", "wav"), 1):
        plain = speech(desk.folder / f"plain-{number}.wav", 2.0, seed=700 + number)
        name = f"CANARY 카나리아 {number}.{ending}"
        convert(plain, desk.sources / name, *metadata, *(["-write_bext", "1"] if ending == "wav" else []))
        lines.append(f'      - {{title: T{number}, source: "{name}", note: CANARY 카나리아}}\n')
    telling_jpeg(desk.sources / "CANARY.jpg")
    desk.write(
        "  - title: S\n    note: CANARY 카나리아\n    tracks:\n" + "".join(lines),
        head="cover: CANARY.jpg\nedition: CANARY\nnote: CANARY 카나리아\ncard: 32MB\n# CANARY 카나리아\n",
    )
    text = desk.manifest.read_text("utf-8")
    desk.manifest.write_text(text.replace("pack: test", "pack: canary"), "utf-8")
    return desk


@pytest.fixture(scope="module")
def built(canary: Desk) -> Path:
    """Built by a user, on a computer, in a zone and a language that all say CANARY: the pack's folder."""
    home = canary.folder / "CANARYHOME"
    home.mkdir()
    surroundings = {
        "HOME": str(home),
        "PACKBUILDER_CACHE": str(canary.folder / "CANARY-cache"),
        "TZ": "Asia/Seoul",
        "LANG": "ko_KR.UTF-8",
        **dict.fromkeys(("USER", "LOGNAME", "USERNAME", "SUDO_USER"), "CANARYUSER"),
        **dict.fromkeys(("HOSTNAME", "COMPUTERNAME"), "CANARYHOST"),
    }
    profiles = [word for profile in _PROFILES for word in ("--profile", profile)]
    command = [
        sys.executable,
        "-m",
        "builder",
        "build",
        str(canary.manifest),
        "-o",
        str(canary.out),
        "--image",
    ]
    if sys.platform == "linux" and os.geteuid() == 0:  # a computer of another name, for this build alone
        renamed = ["sh", "-c", 'hostname CANARYHOST && exec "$@"', "-"]
        command = [oracle("unshare"), "--uts", *renamed, *command]
    ran = subprocess.run(
        [*command, *profiles],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return canary.out / "canary"


def test_no_canary_is_on_any_card_or_image(built: Path) -> None:
    needles = {spelling: word for word in CANARIES for spelling in spelled(word)}
    looked_at = 0
    for profile in _PROFILES:
        card = built / profile / "card"
        for path in (*card.rglob("*"), built / profile / "card.img"):
            name = path.relative_to(built / profile).as_posix()
            assert not [word for word in CANARIES if word in unicodedata.normalize("NFC", name)]
            if path.is_file():
                data = path.read_bytes().rstrip(b"\0")  # an image is zeros for the most part
                looked_at += len(data)
                assert [word for spelling, word in needles.items() if spelling in data] == [], path
    assert looked_at > len(_PROFILES) * 2 * 80_000
    record = (built / "sd-card" / "record.json").read_text("utf-8")
    assert "CANARY" in record  # the office's own paper may say what was made of what


def test_audit_finds_nothing_on_them_with_every_canary_as_a_private_term(built: Path, tmp_path: Path) -> None:
    (tmp_path / "terms").write_text("\n".join(CANARIES), "utf-8")
    ran = packbuilder("audit", built, "--terms", tmp_path / "terms", "--format", "json")
    assert ran.code == 0, ran.out
    assert ran.json["files"] == 2 * 5 * len(_PROFILES)


def test_another_user_computer_zone_and_day_give_the_same_bytes(
    built: Path, canary: Desk, tmp_path: Path
) -> None:
    """So all cards of a batch are the same, and nothing on one tells which it is."""
    shutil.copytree(canary.sources, tmp_path / "recordings")
    shutil.copy(canary.manifest, tmp_path / "pack.yaml")
    environment = {"TZ": "America/New_York", "LANG": "C.UTF-8", "PACKBUILDER_CACHE": str(tmp_path / "cache")}
    profiles = [word for profile in _PROFILES for word in ("--profile", profile)]
    words = ("build", tmp_path / "pack.yaml", "-o", tmp_path / "out", "--image", *profiles)
    ran = packbuilder(*words, cwd=ROOT, **environment)
    assert ran.code == 0, ran.err
    for profile in _PROFILES:
        for part in ("card", "card.img"):
            one, two = built / profile / part, tmp_path / "out" / "canary" / profile / part
            if part == "card.img":
                assert one.read_bytes() == two.read_bytes()
            else:
                assert tree(one) == tree(two)
                times = [{p.stat().st_mtime for p in card.rglob("*")} for card in (one, two)]
                assert times[0] == times[1]
                assert len(times[0]) == 1


@pytest.mark.parametrize("profile", _PROFILES)
def test_mediainfo_and_exiftool_know_no_program_person_or_time(
    built: Path, profile: str, tmp_path: Path
) -> None:
    """Second opinions, by what each of them prints of the files."""
    path = tmp_path / "x.mp3"  # the folder's own name says CANARY
    for made in each(sorted((built / profile / "card").rglob("*.mp3"))):
        shutil.copy(made, path)
        said = checked(oracle("mediainfo"), "-f", path)
        for forbidden in (
            "Encod",
            "Writing",
            "LAME",
            "Lavf",
            "Lavc",
            "Comment",
            "Recorded",
            "Tagged",
            "CANARY",
        ):
            lines = [line for line in said.splitlines() if forbidden in line and "File" not in line]
            assert lines == [], (forbidden, lines)
        said = checked(oracle("exiftool"), "-a", "-u", "-U", "-G1", "-s", path)
        groups = {line[1 : line.index("]")] for line in said.splitlines() if line.startswith("[")}
        assert groups <= {"ExifTool", "System", "File", "MPEG", "ID3v2_3", "ID3v1", "Composite"}
        frames = {
            line.split("]")[1].split(":")[0].strip() for line in said.splitlines() if "[ID3v2_3]" in line
        }
        assert frames <= {
            *("Title", "Artist", "Album", "Track", "PartOfSet", "Language", "Genre"),
            *("Picture", "PictureMIMEType", "PictureType", "PictureDescription"),
        }


def test_mp3check_finds_nothing_in_the_sound(built: Path, tmp_path: Path) -> None:
    """It takes every tag for junk, so it is given the sound alone."""
    for path in each(sorted((built / "speaker-box" / "card").rglob("*.mp3"))):
        shutil.copy(path, tmp_path / "x.mp3")
        ran = subprocess.run(
            [oracle("mp3check"), "-e", str(tmp_path / "x.mp3")], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout


def test_the_starter_names_nobody_who_is_not_in_its_manifest(starter: Path) -> None:
    """A pack as a newcomer builds it passes the gate, as a folder of packs and card by card."""
    assert packbuilder("audit", starter).code == 0
    assert "낭독자" in STARTER.read_text("utf-8")
