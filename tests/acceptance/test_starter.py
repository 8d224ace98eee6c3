"""The starter manifest, end to end: what a newcomer gets, judged by programs we did not write."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest

from builder.sources.mpeg import id3v2_size
from tests.conftest import ROOT, SAMPLES, STARTER, checked, each, oracle, packbuilder, tree

PROFILES = ("sd-card", "mp3-player")
FRAMES = {"TIT2", "TPE1", "TALB", "TRCK", "TPOS", "TLAN", "TCON"}


def tracks_of(starter: Path, profile: str) -> list[Path]:
    return sorted((starter / profile / "card").rglob("*.mp3"), key=lambda path: str(path).encode())


def record_of(starter: Path, profile: str) -> Any:
    return json.loads((starter / profile / "record.json").read_text("utf-8"))


def bare(path: Path, folder: Path) -> Path:
    """A copy without the tag, for checkers that know only MPEG frames."""
    data = path.read_bytes()
    out = folder / "bare.mp3"
    out.write_bytes(data[id3v2_size(data) :])
    return out


@pytest.mark.parametrize("profile", PROFILES)
def test_mpg123_plays_every_track_to_its_end(starter: Path, profile: str) -> None:
    mpg123 = oracle("mpg123")
    for path in each(tracks_of(starter, profile)):
        said = checked(mpg123, "-t", path)  # -q would keep its complaints back
        assert "error" not in said.lower() and "warning" not in said.lower(), said


@pytest.mark.parametrize("profile", PROFILES)
def test_mp3val_has_nothing_to_say(starter: Path, profile: str) -> None:
    mp3val = oracle("mp3val")
    for path in each(tracks_of(starter, profile)):
        said = checked(mp3val, path)
        assert "WARNING" not in said, said
        assert "ERROR" not in said, said


@pytest.mark.parametrize("profile", PROFILES)
def test_mp3check_finds_nothing_but_frames_behind_the_tag(
    starter: Path, profile: str, tmp_path: Path
) -> None:
    mp3check = oracle("mp3check")
    for path in each(tracks_of(starter, profile)):
        assert checked(mp3check, "-e", bare(path, tmp_path)) == "", path


@pytest.mark.parametrize("profile", PROFILES)
def test_order_by_name_is_order_by_tag_is_order_of_the_record(starter: Path, profile: str) -> None:
    by_name = tracks_of(starter, profile)
    numbers = [int(str(mutagen.id3.ID3(path)["TRCK"])) for path in by_name]
    discs = [int(str(mutagen.id3.ID3(path)["TPOS"])) for path in by_name]
    card = starter / profile / "card"
    assert numbers == list(range(1, len(by_name) + 1))
    assert discs == sorted(discs)
    assert [path.relative_to(card).as_posix() for path in by_name] == [
        track["path"] for track in record_of(starter, profile)["tracks"]
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_tags_are_the_seven_frames_of_version_2_3_in_one_encoding(starter: Path, profile: str) -> None:
    for path in each(tracks_of(starter, profile)):
        tag = mutagen.id3.ID3(path, translate=False)
        assert tag.version == (2, 3, 0)
        assert {frame.FrameID for frame in tag.values()} == FRAMES
        (encoding,) = {frame.encoding for frame in tag.values()}
        texts = [str(frame) for frame in tag.values()]
        expected = mutagen.id3.Encoding.LATIN1 if all(map(str.isascii, texts)) else mutagen.id3.Encoding.UTF16
        assert encoding == expected


def test_exiftool_shows_korean_titles_and_nothing_of_the_sources(starter: Path) -> None:
    exiftool = oracle("exiftool")
    shown = json.loads(
        checked(exiftool, "-q", "-json", "-a", "-u", "-U", "-G0", "-r", starter / "sd-card" / "card")
    )
    titles = [tags["ID3:Title"] for tags in shown]
    assert "마가복음 1장" in titles
    assert "위로하시는 하나님" in titles
    allowed = {"Title", "Artist", "Album", "Track", "PartOfSet", "Language", "Genre", "ID3Size"}
    for tags in shown:
        extra = {key for key in tags if key.startswith("ID3:")} - {f"ID3:{name}" for name in allowed}
        assert not extra, extra


@pytest.mark.parametrize("profile", PROFILES)
def test_an_independent_meter_agrees_with_the_record(starter: Path, profile: str) -> None:
    """Debian's ffmpeg is another version than the one inside the wheel, with other decoders."""
    ffmpeg = oracle("ffmpeg")
    for track in each(record_of(starter, profile)["tracks"]):
        path = starter / profile / "card" / track["path"]
        command = [ffmpeg, "-nostdin", "-hide_banner", "-i", path, "-af", "ebur128=peak=true"]
        said = checked(*command, "-f", "null", "-")
        integrated = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
        peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
        assert integrated == pytest.approx(track["loudness"]["delivered_lufs"], abs=0.1), track["path"]
        assert peak == pytest.approx(track["loudness"]["delivered_true_peak_dbtp"], abs=0.2), track["path"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_work_is_at_its_target_or_the_record_says_why(starter: Path, profile: str) -> None:
    for track in each(record_of(starter, profile)["tracks"]):
        loudness = track["loudness"]
        off = loudness["work_delivered_lufs"] - loudness["target_lufs"]
        assert abs(off) <= 0.5 or (off < 0 and loudness["held_by"] == "limiter"), track
        assert loudness["delivered_true_peak_dbtp"] <= -1.5


@pytest.mark.parametrize("profile", PROFILES)
def test_the_record_describes_the_files_that_are_there(starter: Path, profile: str) -> None:
    mpg123 = oracle("mpg123")
    for track in each(record_of(starter, profile)["tracks"]):
        path = starter / profile / "card" / track["path"]
        data = path.read_bytes()
        assert track["sha256"] == hashlib.sha256(data).hexdigest()
        assert track["bytes"] == len(data)
        source = (SAMPLES / track["source"]).read_bytes()
        assert track["source_sha256"] == hashlib.sha256(source).hexdigest()
        decoded = subprocess.run([mpg123, "-q", "-s", path], capture_output=True, check=True).stdout
        assert len(decoded) / 2 / 44100 == pytest.approx(track["seconds"], abs=0.06)


def test_names_on_the_sd_card_are_short_ascii_in_one_level_of_folders(starter: Path) -> None:
    card = starter / "sd-card" / "card"
    for path in each(card.rglob("*")):
        assert path.name.isascii()
        assert len(path.name) <= 30
        assert len(path.relative_to(card).parts) == (1 if path.is_dir() else 2)


def test_names_on_the_player_are_korean(starter: Path) -> None:
    assert (starter / "mp3-player" / "card" / "01 마가복음 1-3장" / "001 마가복음 1장.mp3").is_file()


def test_nothing_but_tracks_is_on_the_card(starter: Path) -> None:
    for profile in PROFILES:
        files = [path for path in (starter / profile / "card").rglob("*") if path.is_file()]
        assert len(files) == 11
        assert {path.suffix for path in files} == {".mp3"}
        assert {path.name for path in (starter / profile).iterdir()} == {"card", "record.json"}


def test_no_encoder_left_its_name_in_the_bytes(starter: Path) -> None:
    for path in each(tracks_of(starter, "mp3-player")):
        data = path.read_bytes()
        # LAME fills up with U; four of them in a row have been seen in sound itself.
        for name in (b"LAME", b"Lavf", b"Lavc", b"Xing", b"Info", b"U" * 8):
            assert name not in data, (path, name)


def test_plan_says_what_build_writes_and_writes_nothing(starter: Path, tmp_path: Path) -> None:
    ran = packbuilder("plan", STARTER, "--format", "json", cwd=tmp_path)
    assert ran.code == 0
    assert list(tmp_path.iterdir()) == []
    for card in ran.json["cards"]:
        made = record_of(starter, card["profile"])["tracks"]
        for planned, track in zip(card["tracks"], made, strict=True):
            for key in ("path", "title", "speaker", "album", "number", "passage", "source"):
                assert planned[key] == track[key]
            assert planned["bytes"] == pytest.approx(track["bytes"], rel=0.15, abs=5000)


def test_two_builds_in_two_folders_give_the_same_bytes(starter: Path, tmp_path: Path) -> None:
    """Another cache, place, time zone, language and number of jobs; another clock by the time it runs."""
    copy = tmp_path / "somewhere else" / "한글"
    copy.mkdir(parents=True)
    (copy / "manifests").symlink_to(ROOT / "manifests")
    (copy / "audio-samples").symlink_to(ROOT / "audio-samples")
    ran = packbuilder(
        *("build", copy / "manifests" / "starter.yaml", "-o", tmp_path / "out", "--jobs", "1"),
        cwd=tmp_path,
        PACKBUILDER_CACHE=str(tmp_path / "cache"),
        TZ="Asia/Seoul",
        LC_ALL="C",
        USER="somebody",
    )
    assert ran.code == 0, ran.err
    assert tree(tmp_path / "out" / "starter") == tree(starter)


def test_a_new_title_costs_no_encode(starter: Path, tmp_path: Path) -> None:
    text = (
        STARTER.read_text("utf-8")
        .replace("위로하시는 하나님", "새 제목")
        .replace("../audio-samples", str(SAMPLES))
    )
    manifest = tmp_path / "retitled.yaml"
    manifest.write_text(text, "utf-8")
    ran = packbuilder("build", manifest, "-o", tmp_path / "out", "--format", "json")
    assert ran.code == 0
    assert [card["rendered"] for card in ran.json["cards"]] == [0, 0]


def test_the_two_profiles_share_their_renders(tmp_path: Path) -> None:
    ran = packbuilder(
        *("build", STARTER, "-o", tmp_path / "out", "--format", "json"),
        PACKBUILDER_CACHE=str(tmp_path / "cache"),
    )
    assert [card["rendered"] for card in ran.json["cards"]] == [11, 0]
