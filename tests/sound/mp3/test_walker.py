"""The walker: every byte of a file is in exactly one part, and each kind of part is told by its own signature."""

from __future__ import annotations

import mmap
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.card.leaks.track import Allowed, judge_track
from builder.card.leaks.words import Words
from builder.sound.mp3.ancillary import first_hidden
from builder.sound.mp3.walk import StreamPart, parts, run_at, walk

FRAME = bytes.fromhex("fffb50c4") + bytes(204)  # 64 kbps at 44.1 kHz, mono: 208 bytes
PADDED = bytes.fromhex("fffb52c4") + bytes(205)
STEREO = bytes.fromhex("fffb5004") + bytes(204)
INFO = bytes.fromhex("fffb50c4") + bytes(17) + b"Info" + bytes(183)
ID3 = b"ID3\3\0\0\0\0\0\5hello"
ID3V1 = b"TAG" + bytes(125)
APE = b"APETAGEX" + bytes([208, 7, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xA0]) + bytes(8)
APE_END = b"APETAGEX" + bytes([208, 7, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80]) + bytes(8)
LYRICS = b"LYRICSBEGININD0000200000021LYRICS200"
SOUND = FRAME + PADDED + FRAME


def told(data: bytes) -> list[tuple[str, int]]:
    """The parts by kind and length; they must lie one behind the other and fill the file."""
    found = list(parts(data))
    assert [part.end for part in found[:-1]] == [part.start for part in found[1:]]
    assert not found or (found[0].start, found[-1].end) == (0, len(data))
    return [(part.kind, part.end - part.start) for part in found]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", []),
        (SOUND, [("frames", 625)]),
        (ID3 + SOUND + ID3V1, [("id3v2", 15), ("frames", 625), ("id3v1", 128)]),
        (ID3 + ID3 + SOUND, [("id3v2", 15), ("id3v2", 15), ("frames", 625)]),
        (INFO + SOUND, [("info", 208), ("frames", 625)]),
        (SOUND + b"x", [("frames", 625), ("unknown", 1)]),
        (b"x" + SOUND, [("unknown", 1), ("frames", 625)]),
        (SOUND + b"secret" + SOUND, [("frames", 625), ("unknown", 6), ("frames", 625)]),
        (SOUND + ID3 + SOUND, [("frames", 625), ("id3v2", 15), ("frames", 625)]),
        (SOUND + APE + bytes(8) + APE_END, [("frames", 625), ("apev2", 72)]),
        (SOUND + bytes(8) + APE_END + ID3V1, [("frames", 625), ("apev2", 40), ("id3v1", 128)]),
        (SOUND + LYRICS + ID3V1, [("frames", 625), ("lyrics3", 36), ("id3v1", 128)]),
        (SOUND + b"TAG+" + bytes(223) + ID3V1, [("frames", 625), ("enhanced", 227), ("id3v1", 128)]),
        (SOUND + STEREO * 2, [("frames", 625), ("frames", 416)]),
        (SOUND + FRAME[:-1], [("frames", 625), ("unknown", 207)]),
        (b"TAG" + bytes(20), [("unknown", 23)]),
        (b"ID3\3\0\0\x7f\x7f\x7f\x7f" + SOUND, [("id3v2", 635)]),
        (FRAME + b"lone", [("unknown", 212)]),
    ],
)
def test_a_file_is_told_apart(data: bytes, wanted: list[tuple[str, int]]) -> None:
    assert told(data) == wanted


@pytest.mark.parametrize(
    ("word", "is_odd"),
    [
        ("fffb52c4", False),  # padding
        ("fffb51c4", True),  # the private bit
        ("fffb40c4", True),  # another bitrate
        ("fffb50cc", True),  # copyright
        ("fffb50d4", True),  # a mode extension, of mono
        ("fffb50c6", True),  # emphasis
    ],
)
def test_headers_of_a_run_that_are_not_alike_are_told(word: str, is_odd: bool) -> None:
    header = bytes.fromhex(word)
    sizes = {0x50: 208, 0x51: 208, 0x52: 209, 0x40: 182}
    run = run_at(FRAME + FRAME + header + bytes(sizes[header[2]] - 4) + FRAME, 0)
    assert run is not None
    assert len(run.offsets) == 4
    assert run.odd == (416 if is_odd else None)


@pytest.mark.parametrize(
    "piece",
    [
        b"\xff\xfb",
        b"ID3",
        b"ID3\3\0\0\0\0\0\0",
        b"TAG",
        b"APETAGEX",
        b"LYRICSBEGIN",
        b"LYRICSBEGINLYRICSEND",
        FRAME + STEREO,
        INFO,
        FRAME + FRAME + b"x",
        APE_END,
    ],
)
def test_no_input_is_slow(piece: bytes) -> None:
    """10 s are the bound for any file; before, each of these took minutes."""
    begun = time.monotonic()
    judged = judge_track(piece * ((6 << 20) // len(piece)), Allowed(), Words(words=()))
    assert judged.leaks
    assert time.monotonic() - begun < 10


def test_joint_stereo_may_change_its_extension() -> None:
    frames = [bytes.fromhex(f"fffb50{byte:02x}") + bytes(204) for byte in (0x44, 0x54, 0x64)]
    run = run_at(b"".join(frames), 0)
    assert run is not None
    assert run.odd is None


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.binary(max_size=30)
        | st.sampled_from(
            [
                FRAME,
                PADDED,
                STEREO,
                INFO,
                ID3,
                ID3V1,
                APE,
                APE_END,
                LYRICS,
                b"ID3",
                b"\xff\xfb",
                b"TAG",
                FRAME[:99],
            ]
        ),
        max_size=12,
    )
)
def test_any_bytes_fall_into_parts_that_fill_the_file(pieces: list[bytes]) -> None:
    found = list(parts(b"".join(pieces)))
    assert sum(part.end - part.start for part in found) == sum(map(len, pieces))
    assert all(one.end == two.start for one, two in pairwise(found))
    assert all(isinstance(part, StreamPart) and part.end > part.start for part in found)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 624), st.binary(min_size=1, max_size=300))
def test_nothing_can_be_put_into_sound_unseen(at: int, secret: bytes) -> None:
    """But frames, which are sound; and bytes that follow a header and are as long as its frame: those are sound too."""
    data = SOUND[:at] + secret + SOUND[at:]
    kinds = [kind for kind, _ in told(data)]
    if kinds == ["frames"]:
        run = run_at(data, 0)
        assert run is not None
        assert run.end == len(data)
        assert len(run.offsets) != 3 or len(data) == 625


@pytest.mark.parametrize("before", [b"", ID3, ID3 * 7])
def test_a_long_mapped_file_is_walked_behind_a_tag_of_any_length(tmp_path: Path, before: bytes) -> None:
    """Pages are let go on the way, and pages begin where the system wants."""
    path = tmp_path / "long.mp3"
    path.write_bytes(before + STEREO * 40_000)
    if before in (b"", ID3):
        stream = walk(path)
        assert stream is not None
        assert (stream.frames, stream.trailing_bytes) == (40_000, 0)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        run = list(parts(data))[-1].run
        assert run is not None
        assert len(run.offsets) == 40_000
        assert first_hidden(data, run) is None
        del run
