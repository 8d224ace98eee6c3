"""Sources looked at without decoding."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sources import mpeg
from builder.sources.probe import longest_seconds, probe
from tests.conftest import SAMPLES, checked, convert, speech
from tests.sound.hostile import silent_flac


@pytest.mark.parametrize(
    ("name", "kind", "seconds"),
    [
        ("sonnet/sonnet-1.mp3", "mp3", 53.3),
        ("speeches/jfk.mp3", "mp3", 11.0),
        ("librivox/sense-and-sensibility-0870.wav", "wav", 7.1),
        ("librivox/sense-and-sensibility-0890.flac", "flac", 5.3),
        ("librivox/sense-and-sensibility-0920.m4a", "m4a", 6.1),
        ("librivox/sense-and-sensibility-0930.ogg", "ogg", 3.29),
    ],
)
def test_a_sample_is_what_its_first_bytes_say_and_as_long_as_its_header_says(
    name: str, kind: str, seconds: float
) -> None:
    probed = probe(SAMPLES / name)
    assert probed.faults == ()
    assert probed.facts is not None
    assert probed.facts.kind == kind
    assert probed.facts.seconds == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-b:a", "64k"], id="CBR with Info"),
        pytest.param(["-q:a", "5"], id="VBR with Xing"),
        pytest.param(["-b:a", "128k", "-write_xing", "0"], id="CBR without"),
        pytest.param(["-b:a", "64k", "-write_id3v1", "1", "-metadata", "title=x"], id="ID3v1"),
        pytest.param(["-ar", "22050", "-b:a", "48k"], id="MPEG-2"),
        pytest.param(["-ar", "11025", "-b:a", "24k"], id="MPEG-2.5"),
        pytest.param(["-c:a", "mp2", "-f", "mp2"], id="Layer II"),
    ],
)
def test_a_whole_mp3_of_any_make_is_not_called_cut_short(tmp_path: Path, options: list[str]) -> None:
    path = convert(speech(tmp_path / "a.wav", 3), tmp_path / "a.mp3", *options)
    probed = probe(path)
    assert probed.faults == ()
    assert probed.facts is not None
    assert probed.facts.seconds == pytest.approx(3.0, abs=0.3)


def test_an_ape_tag_behind_the_frames_is_not_a_missing_end(tmp_path: Path) -> None:
    path = convert(speech(tmp_path / "a.wav", 2), tmp_path / "a.mp3", "-write_xing", "0")
    with path.open("ab") as file:
        file.write(b"APETAGEX" + bytes(24) + b"\x05\0\0\0\0\0\0\0Title\0Peter" + b"APETAGEX" + bytes(24))
    assert probe(path).faults == ()


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_frame_that_is_cut_is_noticed_without_an_info_frame(tmp_path: Path, keep: float) -> None:
    path = convert(speech(tmp_path / "a.wav", 4), tmp_path / "a.mp3", "-write_xing", "0", "-b:a", "64k")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) // 209 * 209 + 60])
    assert [fault.code for fault in probe(path).faults] == ["E307"]


def test_a_wav_that_was_never_closed_is_read(tmp_path: Path) -> None:
    """Recorders that lose power leave 0 or FFFFFFFF as the length: there is no claim to fall short of."""
    path = speech(tmp_path / "a.wav", 2)
    data = bytearray(path.read_bytes())
    data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert [fault.code for fault in probe(path).faults] in ([], ["E305"])


def test_another_name_ending_is_a_warning_only(tmp_path: Path) -> None:
    path = speech(tmp_path / "a.wav", 1).rename(tmp_path / "a.mp3")
    probed = probe(path)
    assert probed.facts is not None
    assert [fault.code for fault in probed.faults] == ["W306"]


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"\x30\x26\xb2\x75\x8e\x66", "Windows Media (WMA)"),
        (b"#!AMR\n", "AMR"),
        (b"PK\x03\x04", "a ZIP archive"),
        ("설교 원고\n".encode(), "it is text"),
        (b"\x00\x01\x02\x03", "no known kind"),
    ],
)
def test_what_else_a_file_is_is_said_by_name(tmp_path: Path, head: bytes, named: str) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(head * 300)
    (fault,) = probe(path).faults
    assert fault.code == "E305"
    assert named in fault.message


def _silence(path: Path, minutes: int, *options: str) -> Path:
    source = ("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", str(60 * minutes))
    checked(find_ffmpeg().executable, "-nostdin", "-v", "error", "-y", *source, *options, path)
    return path


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("a.flac", ["-frame_size", "16384"], "E319"),
        ("a.ogg", ["-c:a", "libopus", "-b:a", "6k", "-vbr", "off"], ""),
        ("a.mp3", ["-b:a", "8k"], ""),
    ],
)
def test_hours_of_silence_in_next_to_nothing_are_refused_before_they_are_decoded(
    tmp_path: Path, name: str, options: list[str], code: str
) -> None:
    """The least that a codec gives a voice is no such thing."""
    probed = probe(_silence(tmp_path / name, 12, *options))
    assert [fault.code for fault in probed.faults] == [code] * bool(code)
    assert (probed.facts is None) == bool(code)


@pytest.mark.parametrize("options", [[], ["-write_xing", "0"]], ids=["Info", "without"])
@pytest.mark.parametrize("size", [10**10, 2 * 10**9])
def test_gigabytes_of_zeros_behind_an_mp3_are_refused_by_arithmetic(
    tmp_path: Path, options: list[str], size: int
) -> None:
    path = convert(speech(tmp_path / "a.wav", 2), tmp_path / "a.mp3", "-b:a", "64k", *options)
    os.truncate(path, size)  # a hole, of which nothing is on the disk
    (fault,) = probe(path).faults
    assert fault.code in ("E313", "E319")  # longer than a day, where the length goes by the size


def test_a_flac_whose_first_block_of_metadata_is_its_last_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(silent_flac(1))
    assert path.read_bytes()[4] == 0x80
    assert [fault.code for fault in probe(path).faults] == ["E319"]


@pytest.mark.parametrize(("size", "minutes"), [(0, 10), (100_000, 10), (225_000, 20), (1 << 40, 24 * 60)])
def test_ten_minutes_may_be_silent_and_no_recording_is_longer_than_a_day(size: int, minutes: int) -> None:
    assert longest_seconds(size) == minutes * 60


@pytest.mark.parametrize("rate", ["320k", "64k"])
def test_a_bare_mp3_is_not_called_as_long_as_a_hole_behind_it_makes_it(tmp_path: Path, rate: str) -> None:
    options = ("-ar", "44100", "-b:a", rate, "-write_xing", "0")
    path = convert(speech(tmp_path / "a.wav", 8), tmp_path / "a.mp3", *options)
    os.truncate(path, 500_000_000)
    (fault,) = probe(path).faults
    assert (fault.code, "nothing in most" in fault.message) == ("E319", True)


def test_a_bare_mp3_of_many_bitrates_is_counted_no_further_than_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is counted, not time: an MP3 of frames without end was counted to its last one."""
    two = bytes.fromhex("fffb50c4") + bytes(204) + bytes.fromhex("fffb40c4") + bytes(178)
    path = tmp_path / "a.mp3"
    path.write_bytes(two * 2000)
    read: list[int] = []
    each = mpeg.frames

    def counting(data: bytes, start: int) -> Iterator[tuple[int, mpeg.FrameHeader]]:
        for one in each(data, start):
            read.append(1)
            yield one

    monkeypatch.setattr(mpeg, "frames", counting)
    monkeypatch.setattr("builder.sources.probe.LONGEST_HOURS", 10 / 3600)
    assert [fault.code for fault in probe(path).faults] == ["E313"]
    assert 10 * 44100 / 1152 < len(read) < 10 * 44100 / 1152 + 3
