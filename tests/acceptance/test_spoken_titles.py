"""Spoken titles, end to end: recorded, spoken or neither, as file 0 or before the first track; once and level."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.sound.store import default_folder
from tests.conftest import ROOT, Desk, checked, convert, oracle, packbuilder, speech, tree

_PAUSE = 2.0
_SECONDS = {"1.wav": 5.0, "2.wav": 6.0, "a.wav": 4.0}
_HEAD = (
    "profiles: [sd-card, numbered-module]\nprompts: titles/ko\n"
    f"defaults: {{announce: true, pause: {_PAUSE}, head_silence: 0, tail_silence: 0}}\n"
)
_SECTIONS = """\
  - {reading: MRK 1-2, source: "{chapter}.wav", prompt: true}
  - title: 설교
    prompt: true
    tracks:
      - {title: 위로, source: a.wav}
      - {title: "[[h]] <b>희망", source: a.wav, start: "0:01"}
      - {title: 이미 말한 것, source: 2.wav, start: "0:01", announced: true}
"""


def _record_all(folder: Path) -> None:
    for seed, (name, seconds) in enumerate(_SECONDS.items(), 70):
        speech(folder / name, seconds, level_dbfs=-26, seed=seed)
    titles = folder / "titles" / "ko"
    speech(titles / "MRK.wav", 1.0, level_dbfs=-35, seed=80)
    speech(titles / "001.wav", 0.8, level_dbfs=-14, seed=81)
    wav = speech(folder / "long-name-of-its-own.wav", 1.2, level_dbfs=-20, seed=82)
    convert(wav, titles / "S02_001.mp3")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("spoken"))
    _record_all(desk.sources)
    desk.write(_SECTIONS, head=_HEAD)
    ran = packbuilder("plan", desk.manifest, "--format", "json")
    assert {track["render"] for card in ran.json["cards"] for track in card["tracks"]} == {"new"}
    ran = desk.build()
    assert ran.code == 0, ran.err
    yield desk


def _tracks(desk: Desk, profile: str = "sd-card") -> dict[str, Any]:
    return {track["path"]: track for track in desk.record(profile)["tracks"]}


def _said(track: Any) -> list[str]:
    return [clip["text"] if clip["kind"] == "spoken" else clip["source"] for clip in track["announcement"]]


def test_each_title_is_said_once_by_the_nearest(desk: Desk) -> None:
    tracks = _tracks(desk)
    assert {path: _said(track) for path, track in tracks.items()} == {
        "01_MRK/01_MRK_000.mp3": [],
        "01_MRK/01_MRK_001.mp3": ["titles/ko/MRK.wav", "titles/ko/001.wav"],
        "01_MRK/01_MRK_002.mp3": ["마가복음 이장"],
        "02/02_000.mp3": [],
        "02/02_001.mp3": ["titles/ko/S02_001.mp3"],
        "02/02_002_H_B.mp3": ["[[h]] <b>희망"],
        "02/02_003.mp3": [],
    }
    book, sermons = tracks["01_MRK/01_MRK_000.mp3"], tracks["02/02_000.mp3"]
    assert (book["source"], book["title"], book["passage"]) == ("titles/ko/MRK.wav", "마가복음 1-2장", None)
    assert (sermons["source"], sermons["pieces"][0]["text"], sermons["title"]) == (None, "설교", "설교")


def test_the_record_tells_what_was_said_by_its_digest_and_by_which_version(desk: Desk) -> None:
    record = desk.record()
    assert re.fullmatch(r"1\.52\.\d+", record["engine"]["espeak_ng"])
    recorded, spoken = (_tracks(desk)[f"01_MRK/01_MRK_00{chapter}.mp3"]["announcement"] for chapter in (1, 2))
    clip = desk.sources / "titles" / "ko" / "MRK.wav"
    assert recorded[0] == {
        "kind": "recorded",
        "source": "titles/ko/MRK.wav",
        "sha256": hashlib.sha256(clip.read_bytes()).hexdigest(),
    }
    (stored,) = (path for path in default_folder().rglob("*.data") if _digest(path) == spoken[0]["sha256"])
    assert stored.read_bytes().startswith(b"RIFF")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_device_that_counts_its_files_hears_the_name_before_the_first(desk: Desk) -> None:
    assert {path: _said(track) for path, track in _tracks(desk, "numbered-module").items()} == {
        "01/001.mp3": ["titles/ko/MRK.wav", "titles/ko/MRK.wav", "titles/ko/001.wav"],
        "01/002.mp3": ["마가복음 이장"],
        "02/001.mp3": ["설교", "titles/ko/S02_001.mp3"],
        "02/002.mp3": ["[[h]] <b>희망"],
        "02/003.mp3": [],
    }


def _pause(path: Path) -> tuple[float, float]:
    """Where the pause behind the spoken title begins and ends, by another program."""
    command = [oracle("ffmpeg"), "-nostdin", "-hide_banner", "-i", path]
    said = checked(*command, "-af", "silencedetect=noise=-55dB:d=1.5", "-f", "null", "-")
    starts, ends = (re.findall(rf"silence_{end}: ([\d.]+)", said) for end in ("start", "end"))
    assert (len(starts), len(ends)) == (1, 1), said
    return float(starts[0]), float(ends[0])


def _level(path: Path, start: float, end: float) -> float:
    command = [oracle("ffmpeg"), "-nostdin", "-hide_banner", "-ss", start, "-to", end, "-i", path]
    said = checked(*command, "-af", "ebur128", "-f", "null", "-")
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


@pytest.mark.parametrize(
    ("path", "title", "sound"),
    [
        ("01_MRK/01_MRK_001.mp3", 1.0 + 0.25 + 0.8, 5.0),
        ("01_MRK/01_MRK_002.mp3", None, 6.0),
        ("02/02_001.mp3", 1.2, 4.0),
        ("02/02_002_H_B.mp3", None, 3.0),
    ],
)
def test_title_pause_and_sound_follow_each_other_at_one_level(
    desk: Desk, path: str, title: float | None, sound: float
) -> None:
    track, file = _tracks(desk)[path], desk.card() / path
    start, end = _pause(file)
    assert end - start == pytest.approx(_PAUSE, abs=0.15)
    assert 0.7 < start < 4
    if title is not None:
        assert start == pytest.approx(title, abs=0.15)
    assert track["seconds"] - end == pytest.approx(sound, abs=0.2)
    assert _level(file, 0, start) == pytest.approx(_level(file, end, track["seconds"]), abs=1.5)


def test_the_two_halves_of_a_title_are_equally_loud_though_they_were_recorded_21_db_apart(desk: Desk) -> None:
    file = desk.card() / "01_MRK" / "01_MRK_001.mp3"
    assert _level(file, 0, 0.95) == pytest.approx(_level(file, 1.3, 2.0), abs=1.5)


def test_names_are_as_loud_as_all_else_and_the_plan_was_near(desk: Desk) -> None:
    planned = {
        track["path"]: track
        for track in packbuilder("plan", desk.manifest, "--format", "json").json["cards"][0]["tracks"]
    }
    assert {track["render"] for track in planned.values()} == {"stored"}
    for path, track in _tracks(desk).items():
        assert track["loudness"]["delivered_lufs"] == pytest.approx(-19, abs=0.6), path
        assert planned[path]["seconds"] == pytest.approx(track["seconds"], abs=1.0), path
    assert planned["02/02_000.mp3"]["source"] is None
    assert planned["02/02_000.mp3"]["spoken"] == ["설교"]


def test_the_cards_are_what_the_records_say(desk: Desk) -> None:
    for profile in ("sd-card", "numbered-module"):
        pack = desk.out / "test" / profile
        ran = packbuilder("verify", pack, pack / "card")
        assert ran.code == 0, ran.err
        assert packbuilder("audit", pack).code == 0


def test_the_bytes_are_the_same_from_an_empty_store_with_one_thread(desk: Desk, tmp_path: Path) -> None:
    ran = packbuilder(
        *("build", desk.manifest, "-o", tmp_path / "out", "--profile", "sd-card", "--jobs", "1"),
        PACKBUILDER_CACHE=str(tmp_path / "cache"),
    )
    assert ran.code == 0, ran.err
    assert tree(tmp_path / "out" / "test" / "sd-card" / "card") == tree(desk.card())


def test_a_book_by_another_name_is_spoken_anew_and_only_that(desk: Desk, tmp_path: Path) -> None:
    other = desk.folder / "other.yaml"
    text = desk.manifest.read_text("utf-8")
    other.write_text(text.replace("sections:", "books: {MRK: 마르코}\nsections:"), "utf-8")
    cards = packbuilder("plan", other, "--profile", "sd-card", "--format", "json").json["cards"]
    assert [track["path"] for track in cards[0]["tracks"] if track["render"] == "new"] == [
        "01_MRK/01_MRK_002.mp3"
    ]


@pytest.fixture
def without_the_extra(tmp_path: Path) -> str:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "espeakng_loader.py").write_text("raise ImportError\n", "utf-8")
    return os.pathsep.join([str(blocked), str(ROOT)])


def test_without_the_voice_each_section_says_what_to_record(desk: Desk, without_the_extra: str) -> None:
    ran = packbuilder("check", desk.manifest, "--format", "json", PYTHONPATH=without_the_extra)
    assert ran.code == 1
    assert [(finding["code"], finding["track"]) for finding in ran.json["findings"]] == [
        ("E342", "마가복음 1-2장"),
        ("E342", "설교"),
    ]
    assert (
        packbuilder("build", desk.manifest, "-o", desk.folder / "none", PYTHONPATH=without_the_extra).code
        == 1
    )
    assert not (desk.folder / "none" / "test").exists()
    assert "none (pip install" in packbuilder("doctor", PYTHONPATH=without_the_extra).out
    assert "espeak-ng 1.52" in packbuilder("doctor").out


def test_recorded_titles_need_no_voice(desk: Desk, without_the_extra: str, tmp_path: Path) -> None:
    own = Desk(tmp_path)
    speech(own.sources / "1.wav", 3, seed=90)
    speech(own.sources / "titles" / "mrk_001.WAV", 1, seed=91)
    head = "prompts: titles\ndefaults: {announce: true}\n"
    own.write('  - {reading: MRK 1, source: "{chapter}.wav", prompt: titles/mrk_001.WAV}\n', head=head)
    ran = own.build(PYTHONPATH=without_the_extra)
    assert ran.code == 0, ran.err
    assert [_said(track) for track in own.record()["tracks"]] == [[], ["titles/mrk_001.WAV"]]
    assert "espeak_ng" not in own.record()["engine"]


def test_a_title_that_no_voice_can_say_stops_the_build_at_its_line(tmp_path: Path) -> None:
    own = Desk(tmp_path)
    speech(own.sources / "a.wav", 3, seed=92)
    own.write('  - title: 설교\n    tracks:\n      - {title: "①", source: a.wav, announce: true}\n')
    assert packbuilder("check", own.manifest).code == 0
    assert packbuilder("check", "--audio", own.manifest, "--format", "json").codes == ["E344"]
    ran = own.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E344"])
    assert (ran.json["findings"][0]["line"], ran.json["findings"][0]["track"]) == (8, "①")
    assert not own.card().exists()


def test_a_silent_or_broken_prompt_is_told_where_the_title_was_asked_for(tmp_path: Path) -> None:
    own = Desk(tmp_path)
    speech(own.sources / "1.wav", 3, seed=93)
    (own.sources / "titles").mkdir()
    (own.sources / "titles" / "MRK_001.wav").write_bytes(b"no sound")
    speech(own.sources / "titles" / "MRK.wav", 2, level_dbfs=-200, seed=94)
    own.write(
        '  - {reading: MRK 1, source: "{chapter}.wav", announce: true, prompt: true}\n',
        head="prompts: titles\n",
    )
    ran = packbuilder("check", own.manifest, "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E305"])
    assert ran.json["findings"][0]["column"] == 57
    (own.sources / "titles" / "MRK_001.wav").unlink()
    ran = own.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E501"])


def test_plan_and_check_speak_nothing(desk: Desk, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for verb in ("check", "plan"):
        assert packbuilder(verb, desk.manifest, PACKBUILDER_CACHE=str(cache)).code == 0
    assert not cache.exists()
