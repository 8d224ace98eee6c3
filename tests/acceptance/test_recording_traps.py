"""Recordings that once led the program astray: each fault stays mended."""

from __future__ import annotations

import array
import json
import math
import os
import shutil
import struct
import unicodedata

import pytest

from tests.conftest import ROOT, Desk, convert, packbuilder, speech, write_wav


def test_a_wav_whose_header_leaves_out_half_of_it_is_found(desk: Desk) -> None:
    path = speech(desk.sources / "a.wav", 4)
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", (len(data) - 44) // 2)
    path.write_bytes(data)
    desk.one_track("a.wav")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E305"])
    assert "goes on like something else" in ran.json["findings"][0]["message"]


def test_a_streamed_wav_without_a_length_is_read_whole(desk: Desk) -> None:
    path = speech(desk.sources / "a.wav", 3)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    assert desk.record()["tracks"][0]["seconds"] == pytest.approx(3.0, abs=0.1)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("offset", "value"),
    [(22, b"\0\0"), (24, b"\0\0\0\0"), (24, b"\1\0\0\0"), (28, b"\0\0\0\0"), (40, b"\0\0\0\0")],
    ids=["no channels", "no rate", "a rate of 1", "no bytes a second", "no samples"],
)
def test_a_senseless_wav_header_is_found_without_decoding(desk: Desk, offset: int, value: bytes) -> None:
    path = speech(desk.sources / "a.wav", 1)
    data = bytearray(path.read_bytes())
    data[offset : offset + len(value)] = value
    path.write_bytes(data)
    desk.one_track("a.wav")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E305"]), ran.out


def test_a_tone_that_speech_mp3_cannot_keep_is_a_finding_before_anything_is_published(desk: Desk) -> None:
    wave = (round(100 * math.sin(2 * math.pi * 19500 * n / 44100)) for n in range(44100 * 3))
    write_wav(desk.sources / "a.wav", array.array("h", wave))
    desk.one_track("a.wav")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E508"]), ran.err
    assert not desk.card().exists()


@pytest.mark.parametrize("samples", [1, 100, 5000])
def test_a_click_is_too_short_to_be_a_track(desk: Desk, samples: int) -> None:
    write_wav(desk.sources / "a.wav", array.array("h", [30000] * samples))
    desk.one_track("a.wav")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E507"]), ran.out


def test_half_a_minute_of_silence_at_both_ends_is_cut(desk: Desk) -> None:
    speech(desk.sources / "s.wav", 3, rate=8000)
    convert(desk.sources / "s.wav", desk.sources / "a.flac", "-af", "adelay=30000,apad=pad_dur=30")
    desk.one_track("a.flac")
    assert desk.build().code == 0
    # Half a second stays at the head, one and a half at the tail; beyond 20 s the search is half a second exact.
    assert desk.record()["tracks"][0]["seconds"] == pytest.approx(3 + 0.5 + 1.5, abs=1.3)


def test_start_and_end_beyond_the_recording_are_found_without_decoding(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav", ', start: "99:00"')
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert (ran.codes, ran.json["findings"][0]["column"]) == (["E502"], 49)
    desk.one_track("a.wav", ', end: "1:00"')
    assert packbuilder("check", desk.manifest, "--format", "json").codes == ["E502"]


def test_spoken_titles_are_listened_to_before_anything_is_rendered(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 2)
    write_wav(desk.sources / "title.wav", array.array("h", [0] * 44100))
    desk.write(
        "  - title: S\n    tracks:\n      - {title: A, source: a.wav}\n      - {title: B, source: a.wav, start: 0.1}\n",
        head="defaults: {announce: title.wav}\n",
    )
    ran = packbuilder("check", desk.manifest, "--audio", "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E501"])
    assert ran.json["findings"][0]["line"] == 5
    assert "rendering" not in desk.build().err


def test_a_missing_default_title_is_told_of_once(desk: Desk) -> None:
    for chapter in (1, 2, 3):
        speech(desk.sources / f"{chapter}.wav", 1, seed=chapter)
    desk.write("  - reading: MRK 1-3\n    source: '{chapter}.wav'\n", head="defaults: {announce: gone.wav}\n")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.codes == ["E301"]
    assert ran.json["findings"][0]["line"] == 5


def test_a_link_to_nothing_is_called_so(desk: Desk) -> None:
    desk.sources.mkdir()
    (desk.sources / "a.mp3").symlink_to("nowhere.mp3")
    desk.one_track("a.mp3")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.codes == ["E308"]
    assert "link to nothing" in ran.json["findings"][0]["message"]


@pytest.mark.parametrize(
    "sources", ["loop", "x" * 300, "a\tb"], ids=["a loop of links", "300 letters", "a tab"]
)
def test_a_sources_folder_that_cannot_be_is_a_finding(desk: Desk, sources: str) -> None:
    (desk.folder / "loop").symlink_to("loop")
    desk.manifest.write_text(
        f"pack: t\ntitle: t\nlanguage: ko\nsources: {json.dumps(sources)}\nsections:\n"
        "  - {reading: MRK 1, source: a.wav}\n",
        "utf-8",
    )
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.code == 1
    assert ran.codes[0] in ("E300", "E206")


def test_decomposed_names_of_a_mac_are_found(desk: Desk) -> None:
    folder, file = (unicodedata.normalize("NFD", name) for name in ("녹음", "마가복음.wav"))
    speech(desk.folder / folder / file, 1)
    desk.manifest.write_text(
        "pack: t\ntitle: t\nlanguage: ko\nsources: 녹음\nsections:\n  - {reading: MRK 1, source: 마가복음.wav}\n",
        "utf-8",
    )
    assert packbuilder("check", desk.manifest, "--format", "json").codes == []


def test_a_folder_closed_to_us_is_a_finding_with_a_place(desk: Desk) -> None:
    speech(desk.sources / "closed" / "a.wav", 1)
    desk.one_track("closed/a.wav")
    (desk.sources / "closed").chmod(0)
    try:
        if os.access(desk.sources / "closed" / "a.wav", os.R_OK):
            pytest.skip("root may read anything")
        assert packbuilder("check", desk.manifest, "--format", "json").codes == ["E308"]
    finally:
        (desk.sources / "closed").chmod(0o755)


def test_the_length_of_a_vbr_mp3_that_does_not_say_is_counted(desk: Desk) -> None:
    speech(desk.sources / "s.wav", 6)
    write_wav(desk.sources / "q.wav", array.array("h", [0] * 44100 * 20))
    options = ["-i", str(desk.sources / "s.wav"), "-filter_complex", "[0:a][1:a]concat=n=2:v=0:a=1"]
    convert(desk.sources / "q.wav", desk.sources / "a.mp3", *options, "-q:a", "4", "-write_xing", "0")
    desk.one_track("a.mp3")
    ran = packbuilder("plan", desk.manifest, "--format", "json")
    assert ran.json["cards"][0]["tracks"][0]["seconds"] == pytest.approx(26, abs=0.5)


@pytest.mark.parametrize(("start", "end"), [(3.456952, 6.633348), (30.965714, 33.443820)])
def test_speech_whose_overshoot_jumps_about_stays_below_the_ceiling(
    desk: Desk, start: float, end: float
) -> None:
    desk.sources.mkdir()
    shutil.copy(ROOT / "audio-samples" / "sonnet" / "sonnet-1.mp3", desk.sources / "a.mp3")
    desk.one_track("a.mp3", f", start: {start}, end: {end}")
    assert desk.build().code == 0
    loudness = desk.record()["tracks"][0]["loudness"]
    assert loudness["delivered_true_peak_dbtp"] <= -1.5
    assert loudness["delivered_lufs"] > -20.2


def test_two_sections_of_one_passage_are_levelled_each_when_asked(desk: Desk) -> None:
    speech(desk.sources / "loud.wav", 3, level_dbfs=-12)
    speech(desk.sources / "soft.wav", 3, level_dbfs=-30, seed=2)
    desk.write(
        "  - {reading: MRK 2:1-5, source: loud.wav, level: each}\n"
        "  - {reading: MRK 2:1-5, source: soft.wav, level: each}\n"
    )
    assert desk.build().code == 0
    for track in desk.record()["tracks"]:
        assert track["loudness"]["delivered_lufs"] == pytest.approx(-19, abs=0.5)
