"""Whatever is wrong gets one clear finding, and what was published before stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Desk, Ran, convert, packbuilder, speech, tree


def published(desk: Desk) -> dict[str, bytes]:
    """Build a good pack first, so that there is something to lose; return what it is."""
    speech(desk.sources / "good.wav", 2)
    desk.one_track("good.wav")
    assert desk.build().code == 0
    return tree(desk.out)


def refused(desk: Desk, code: str, *, line: int = 8) -> Ran:
    """Build; expect exactly the one finding, at the line that names the file."""
    ran = desk.build("--format", "json")
    assert ran.code == 1, ran.err
    assert ran.codes == [code], ran.out
    assert ran.json["findings"][0]["line"] == line
    assert ran.json["cards"] == []
    return ran


def empty(folder: Path) -> None:
    (folder / "bad.mp3").write_bytes(b"")


def text(folder: Path) -> None:
    (folder / "bad.mp3").write_text("This is not a recording.\n" * 100)


def web_page(folder: Path) -> None:
    (folder / "bad.mp3").write_text("<!DOCTYPE html><html>404</html>")


def picture(folder: Path) -> None:
    (folder / "bad.mp3").write_bytes(b"\xff\xd8\xff\xe0" + bytes(5000))


def playlist(folder: Path) -> None:
    (folder / "bad.mp3").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\ngood.wav\n#EXT-X-ENDLIST\n"
    )


def only_a_tag(folder: Path) -> None:
    (folder / "bad.mp3").write_bytes(b"ID3\x03\x00\x00\x00\x00\x07\x76" + bytes(1014))


def cut(name: str, *options: str, keep: float = 0.5) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        whole = convert(speech(folder / "whole.wav", 6), folder / name, *options)
        data = whole.read_bytes()
        (folder / "bad.mp3").write_bytes(data[: int(len(data) * keep)])

    return make


def folder_named_mp3(folder: Path) -> None:
    (folder / "bad.mp3").mkdir()


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "bad.mp3")


def silence(folder: Path) -> None:
    speech(folder / "loud.wav", 3)
    convert(folder / "loud.wav", folder / "bad.wav", "-af", "volume=0")
    (folder / "bad.wav").rename(folder / "bad.mp3")


def link_outside(folder: Path) -> None:
    speech(folder.parent / "outside.wav", 1)
    (folder / "bad.mp3").symlink_to(folder.parent / "outside.wav")


def nothing(folder: Path) -> None:
    """The file is not there."""


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(nothing, "E301", id="missing"),
        pytest.param(link_outside, "E302", id="a link out of the folder"),
        pytest.param(folder_named_mp3, "E303", id="a folder"),
        pytest.param(fifo, "E303", id="a pipe"),
        pytest.param(empty, "E304", id="0 bytes"),
        pytest.param(text, "E305", id="text"),
        pytest.param(web_page, "E305", id="a web page"),
        pytest.param(picture, "E305", id="a JPEG"),
        pytest.param(playlist, "E305", id="a playlist"),
        pytest.param(only_a_tag, "E305", id="a tag without sound"),
        pytest.param(cut("whole.mp3"), "E307", id="half an MP3"),
        pytest.param(cut("whole.mp3", "-write_xing", "0"), "E307", id="half an MP3 without Info frame"),
        pytest.param(cut("whole.mp3", keep=0.97), "E307", id="an MP3 that lacks its last frames"),
    ],
)
def test_a_bad_source_is_one_finding_and_the_old_pack_stays(
    desk: Desk, make: Callable[[Path], None], code: str
) -> None:
    before = published(desk)
    make(desk.sources)
    desk.one_track("bad.mp3")
    refused(desk, code)
    assert tree(desk.out) == before


@pytest.mark.parametrize("name", ["whole.wav", "whole.flac", "whole.ogg", "whole.m4a"])
def test_a_recording_of_any_kind_cut_short_is_found(desk: Desk, name: str) -> None:
    before = published(desk)
    whole = speech(desk.sources / "source.wav", 6)
    data = convert(whole, desk.sources / name).read_bytes()
    (desk.sources / name).write_bytes(data[: len(data) // 2])
    desk.one_track(name)
    refused(desk, "E307")
    assert tree(desk.out) == before


def test_a_recording_cut_short_is_used_up_to_an_end_that_is_set(desk: Desk) -> None:
    whole = convert(speech(desk.sources / "whole.wav", 6), desk.sources / "whole.mp3")
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])
    desk.one_track("whole.mp3", ', end: "2"')
    assert desk.build().code == 0
    assert desk.record()["tracks"][0]["seconds"] == pytest.approx(2.0, abs=0.1)
    desk.one_track("whole.mp3", ', end: "5"')
    refused(desk, "E307")


def test_silence_is_refused_not_amplified(desk: Desk) -> None:
    before = published(desk)
    silence(desk.sources)
    desk.one_track("bad.mp3")
    ran = desk.build("--format", "json")
    assert ran.code == 1
    assert sorted(ran.codes) == ["E501", "W306"]
    assert tree(desk.out) == before


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("../outside.wav", "E302"),
        ("/etc/hostname", "E302"),
        ("C:/recordings/a.wav", "E302"),
        ("a/../../outside.wav", "E302"),
        ("sub\\\\good.wav", "E211"),
    ],
)
def test_a_source_outside_the_folder_is_refused(desk: Desk, source: str, code: str) -> None:
    speech(desk.folder / "outside.wav", 1)
    desk.one_track(source)
    refused(desk, code)


@pytest.mark.parametrize("title", ["Law/Grace", "..", "../../evil", "a\\\\b"])
def test_a_title_that_reads_as_a_path_is_refused(desk: Desk, title: str) -> None:
    speech(desk.sources / "good.wav", 1)
    desk.one_track("good.wav", title=title)
    refused(desk, "E207")


def test_two_tracks_of_one_name_are_one_finding(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1, seed=1)
    speech(desk.sources / "b.wav", 1, seed=2)
    track = "      - {{title: Hope, source: {}}}\n"
    desk.write("  - title: S\n    tracks:\n" + track.format("a.wav") + track.format("b.wav"))
    ran = refused(desk, "E221", line=9)
    assert "line 8" in ran.json["findings"][0]["message"]


def test_every_fault_of_a_manifest_is_told_at_once_in_the_order_of_lines(desk: Desk) -> None:
    desk.write(
        "  - reading: MKR 1\n    source: a.wav\n"
        "  - title: S\n    tracks:\n      - {title: a/b, source: nowhere.wav}\n      - {titel: c, source: x.wav}\n"
        "  - title: T\n    tracks:\n      - {title: d, source: missing.wav}\n",
        head="colour: red\n",
    )
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.code == 1
    lines = [finding["line"] for finding in ran.json["findings"]]
    assert lines == sorted(lines)
    assert {"E201", "E213", "E207", "E301"} <= set(ran.codes)
    assert "MRK" in next(f["help"] for f in ran.json["findings"] if f["code"] == "E213")


def test_start_beyond_the_end_says_how_long_the_recording_is(desk: Desk) -> None:
    speech(desk.sources / "good.wav", 2)
    desk.one_track("good.wav", ', start: "1:30"')
    ran = refused(desk, "E502")
    assert "2.0 s long" in ran.json["findings"][0]["message"]


def test_a_spoken_title_that_is_a_whole_recording_is_refused(desk: Desk) -> None:
    speech(desk.sources / "good.wav", 2)
    speech(desk.sources / "long.wav", 62, rate=8000)
    desk.one_track("good.wav", ", announce: long.wav")
    refused(desk, "E504")


def test_audio_is_checked_without_building(desk: Desk) -> None:
    silence_file = desk.sources / "quiet.wav"
    speech(desk.sources / "loud.wav", 2)
    convert(desk.sources / "loud.wav", silence_file, "-af", "volume=0")
    desk.one_track("quiet.wav")
    assert packbuilder("check", desk.manifest).code == 0
    ran = packbuilder("check", desk.manifest, "--audio", "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E501"])
    assert not desk.out.exists()
