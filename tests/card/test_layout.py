"""The folder of a card: each file in its place and as it is recorded, no clock anywhere."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.card.layout import FIXED_TIME, fix_times, place_track
from builder.card.tags import write_tagged
from builder.errors import StorageError
from builder.findings import Place
from builder.manifest.pack import Piece
from builder.manifest.shaping import Shaping
from builder.plan.plan import PlannedTrack
from builder.plan.tagging import Tags, tag_bytes
from builder.profiles.profile import TagSettings
from builder.sources.mpeg import id3v2_size
from tests.card.test_tags import COVER, STREAM
from tests.tags import ASCII, BARE, KOREAN, SETTINGS

PLACE = Place(file="m.yaml")
SHA256 = hashlib.sha256(STREAM).hexdigest()


def _track(path: str, tags: Tags) -> PlannedTrack:
    return PlannedTrack(
        path=path,
        number=1,
        tags=tags,
        title=tags.title,
        speaker=None,
        passage=None,
        section="S",
        pieces=(Piece(source="never on the card.wav", place=PLACE, start_place=PLACE, end_place=PLACE),),
        part=1,
        parts=1,
        work="1",
        shaping=Shaping(),
        fade_in_seconds=0.0,
        fade_out_seconds=0.0,
        head_silence_seconds=0.5,
        tail_silence_seconds=1.5,
        announcement=(),
        pause_seconds=1.0,
        sound_seconds=1.0,
        seconds=1.0,
        bytes=8000,
        place=PLACE,
        announcement_place=PLACE,
        section_place=PLACE,
    )


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    path = tmp_path / "store" / "stream.mp3"
    path.parent.mkdir()
    path.write_bytes(STREAM)
    return path


@pytest.mark.parametrize(
    ("path", "tags"), [("01_MRK/01_MRK_001.mp3", ASCII), ("01 마가복음/001 마가복음 1장.mp3", KOREAN)]
)
def test_a_track_is_placed_tagged_and_told_as_it_lies_there(
    tmp_path: Path, stream: Path, path: str, tags: Tags
) -> None:
    card = tmp_path / "card"
    placed = place_track(card, _track(path, tags), stream, SHA256, SETTINGS)
    data = (card / path).read_bytes()
    assert placed.sha256 == hashlib.sha256(data).hexdigest()
    assert placed.bytes == len(data)
    assert data[id3v2_size(data) :] == STREAM
    assert tags.title.encode("ascii" if tags is ASCII else "utf-16-le") in data
    assert b"never" not in data
    assert [file.relative_to(card).as_posix() for file in card.rglob("*") if file.is_file()] == [path]


def test_a_copy_that_is_not_what_was_measured_is_refused(tmp_path: Path, stream: Path) -> None:
    with pytest.raises(StorageError, match="not what was written"):
        place_track(tmp_path / "card", _track("01/001.mp3", KOREAN), stream, "0" * 64, SETTINGS)


@pytest.mark.parametrize(
    ("settings", "cover"),
    [
        (SETTINGS, None),
        (SETTINGS, COVER),
        (dataclasses.replace(SETTINGS, id3v1="cp949"), COVER),
        (dataclasses.replace(BARE, id3v1="cp949"), None),
        (BARE, None),
    ],
    ids=["id3v2", "cover", "both", "id3v1", "none"],
)
def test_the_stream_lies_between_the_tags_that_the_profile_wants(
    tmp_path: Path, stream: Path, settings: TagSettings, cover: bytes | None
) -> None:
    place_track(tmp_path, _track("x.mp3", KOREAN), stream, SHA256, settings, cover)
    before = tag_bytes(KOREAN, settings, len(cover or b""))
    behind = 0 if settings.id3v1 == "none" else 128
    data = (tmp_path / "x.mp3").read_bytes()
    assert data[before : len(data) - behind] == STREAM
    assert len(data) == before + len(STREAM) + behind
    assert (data == STREAM) is (settings == BARE)


@pytest.mark.parametrize("lost", [1, 128, 129, len(STREAM) + 500])
def test_a_file_that_lost_its_end_is_refused(
    tmp_path: Path, stream: Path, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(path: Path, *arguments: object) -> None:
        write_tagged(path, *arguments)  # type: ignore[arg-type]
        path.write_bytes(path.read_bytes()[:-lost])

    monkeypatch.setattr("builder.card.layout.write_tagged", cut)
    settings = dataclasses.replace(SETTINGS, id3v1="cp949")
    with pytest.raises(StorageError, match="not what was written"):
        place_track(tmp_path, _track("x.mp3", KOREAN), stream, SHA256, settings)


def test_the_stored_stream_stays_as_it_was(tmp_path: Path, stream: Path) -> None:
    place_track(tmp_path / "card", _track("01/001.mp3", KOREAN), stream, SHA256, SETTINGS)
    assert stream.read_bytes() == STREAM


def test_the_same_track_has_the_same_bytes_wherever_it_is_placed(tmp_path: Path, stream: Path) -> None:
    one, other = (
        place_track(tmp_path / card, _track("01/001.mp3", KOREAN), stream, SHA256, SETTINGS) for card in "ab"
    )
    assert one == other


def test_every_file_and_folder_has_the_one_fixed_time(tmp_path: Path, stream: Path) -> None:
    card = tmp_path / "card"
    for path in ("01/001.mp3", "01/002.mp3", "02/001.mp3"):
        place_track(card, _track(path, ASCII), stream, SHA256, SETTINGS)
    fix_times(card)
    paths = [card, *card.rglob("*")]
    assert len(paths) == 6
    assert {path.stat().st_mtime_ns for path in paths} == {FIXED_TIME * 10**9}


def test_the_fixed_time_is_within_fat_in_every_time_zone() -> None:
    assert datetime.fromtimestamp(FIXED_TIME, UTC) == datetime(1980, 1, 2, tzinfo=UTC)
    assert FIXED_TIME % 2 == 0  # FAT counts in steps of two seconds
