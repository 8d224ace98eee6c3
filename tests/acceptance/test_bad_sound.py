"""Recordings with a fault in their sound: one clear finding or a good track, and never a NaN."""

from __future__ import annotations

import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.acceptance.test_sound import strict
from tests.conftest import IS_LONG, Desk, convert, packbuilder
from tests.recordings import (
    RECORDINGS,
    Form,
    Recording,
    Samples,
    clipped,
    noise,
    side_by_side,
    voice,
    with_peak,
    write,
)

RATE = 44100


def findings(desk: Desk, verb: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the findings of a verb; nobody is ever shown a traceback or a NaN."""
    if verb == "build":
        ran = desk.build("--format", "json")
    else:
        ran = packbuilder("check", desk.manifest, "--audio", "--format", "json")
    assert "Traceback" not in ran.err
    found: list[dict[str, Any]] = strict(ran.out)["findings"]
    for finding in found:
        assert finding["message"]
        assert finding["help"]
        assert not re.search(r"\b(?:nan|inf|none) (?:dB|LU|Hz|s\b)", finding["message"], re.IGNORECASE)
    return ran.code, found


def refused(desk: Desk, *codes: str) -> None:
    """Listening and building say the same: one finding, of one of these codes, where the file is named."""
    heard, built = findings(desk, "check"), findings(desk, "build")
    assert built[0] == heard[0] == 1
    ((listened,), (finding,)) = heard[1], built[1]
    assert finding == listened
    assert finding["code"] in codes, finding
    assert (finding["line"], finding["severity"]) == (8, "error")
    assert not desk.card().exists()


def warned(desk: Desk, *codes: str) -> tuple[dict[str, Any], str]:
    """Both verbs give these warnings and no others. The loudness of the track that is built, and what was said."""
    heard, built = findings(desk, "check"), findings(desk, "build")
    assert [finding["code"] for finding in built[1]] == list(codes), built
    # What held a track back only building tells.
    assert [finding["code"] for finding in heard[1]] == [code for code in codes if code != "W506"], heard
    assert (heard[0], built[0]) == (0, 0)
    for finding in (*heard[1], *built[1]):
        assert (finding["severity"], finding["line"], finding["track"]) == ("warning", 8, "Hope")
    return loudness_of(desk), " ".join(finding["message"] for finding in built[1])


def loudness_of(desk: Desk) -> dict[str, Any]:
    path = desk.out / "test" / "sd-card" / "record.json"
    loudness: dict[str, Any] = strict(path.read_text("utf-8"))["tracks"][0]["loudness"]
    assert loudness["delivered_true_peak_dbtp"] <= -1.5
    assert all(math.isfinite(value) for value in loudness.values() if isinstance(value, float))
    return loudness


def one(desk: Desk, recording: Recording) -> Path:
    """A manifest of this one recording."""
    desk.one_track("a.wav")
    return write(desk.sources / "a.wav", recording)


def at_target(loudness: dict[str, Any]) -> bool:
    return bool(abs(loudness["delivered_lufs"] - loudness["target_lufs"]) <= 0.3)


@pytest.mark.parametrize(
    ("sound", "codes"),
    [
        pytest.param(np.zeros(3 * RATE), {"E501"}, id="digital silence"),
        pytest.param(noise(3, level=-80), {"E501"}, id="noise of -80 dB"),
        pytest.param(np.full(3 * RATE, 0.5), {"E501", "E508"}, id="a constant voltage"),
        pytest.param(np.full(1, 0.5), {"E507"}, id="one sample"),
        pytest.param(np.zeros(0), {"E305"}, id="no sample"),
    ],
)
def test_a_recording_of_nothing_is_refused(desk: Desk, sound: Samples, codes: set[str]) -> None:
    one(desk, Recording(sound))
    refused(desk, *codes)


def test_a_camera_recording_of_96_khz_and_six_channels_is_built(desk: Desk) -> None:
    front, back = voice(5, rate=96000), noise(5, rate=96000, level=-60)
    one(desk, Recording(side_by_side(front, front, front, 0.1 * back, back, back[::-1]), 96000, "s24"))
    assert at_target(warned(desk)[0])


def test_a_telephone_recording_of_8_khz_and_8_bits_is_built(desk: Desk) -> None:
    one(desk, Recording(voice(5, rate=8000, level=-20), 8000, "u8"))
    assert at_target(warned(desk)[0])


def test_float_samples_above_full_scale_are_turned_down_not_clipped(desk: Desk) -> None:
    """What a float WAV holds above full scale is not lost, so there is nothing to warn of."""
    one(desk, Recording(with_peak(voice(5), 6), form="f32"))
    assert at_target(warned(desk)[0])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("form", ["s16", "s24", "f32"])
def test_a_clipped_recording_is_built_and_called_so(desk: Desk, form: Form) -> None:
    one(desk, Recording(clipped(voice(6), 9), form=form))
    loudness, message = warned(desk, "W510")
    assert at_target(loudness)
    assert "clipped" in message


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["hardly a pause", "a loud reader at -16", "peaks between the samples"])
def test_loud_or_dense_is_not_clipped(desk: Desk, name: str) -> None:
    one(desk, RECORDINGS[name]())
    warned(desk)


def test_minutes_of_noise_come_to_the_target(desk: Desk) -> None:
    """White noise is what levellers get wrong: no pauses, peaks everywhere, all of them equally loud."""
    minutes = 30 if IS_LONG else 5
    one(desk, Recording(np.tile(noise(60, rate=16000, level=-30), minutes), 16000))
    code, found = findings(desk, "build")
    loudness = loudness_of(desk)
    assert code == 0
    assert at_target(loudness) or loudness["held_by"]
    assert [finding["code"] for finding in found] == (["W506"] if loudness["held_by"] else [])


@pytest.mark.parametrize(
    ("factor", "code"), [(2.0, "E307"), (0.5, "E305")], ids=["more than there is", "half of what there is"]
)
def test_a_wav_that_lies_about_its_length_is_refused(desk: Desk, factor: float, code: str) -> None:
    path = one(desk, Recording(voice(4)))
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", int((len(data) - 44) * factor) & ~1)
    path.write_bytes(data)
    refused(desk, code)


def mp3_that_says(desk: Desk, seconds: float, *, frames: float = 1, size: float = 1) -> None:
    """An MP3 whose Info frame counts `frames` times its frames and `size` times its bytes."""
    source = write(desk.folder / "whole.wav", Recording(voice(seconds)))
    path = convert(source, desk.sources / "a.mp3")
    data = bytearray(path.read_bytes())
    at = max(data.find(b"Info"), data.find(b"Xing"))
    flags, counted, length = struct.unpack(">III", data[at + 4 : at + 16])
    assert flags & 3 == 3
    data[at + 8 : at + 16] = struct.pack(">II", int(counted * frames), int(length * size))
    path.write_bytes(data)
    desk.one_track("a.mp3")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("frames", "size"), [(2, 1), (1, 2), (2, 2)], ids=["frames", "bytes", "both"])
def test_an_mp3_that_promises_twice_of_what_it_holds_is_refused(
    desk: Desk, frames: float, size: float
) -> None:
    mp3_that_says(desk, 6, frames=frames, size=size)
    refused(desk, "E307")


@pytest.mark.parametrize(
    ("frames", "size"), [(0.5, 1), (1, 0.5), (0.5, 0.5)], ids=["frames", "bytes", "both"]
)
def test_an_mp3_that_holds_more_than_it_says_is_whole_or_refused(
    desk: Desk, frames: float, size: float
) -> None:
    """Two recordings joined by copying have the first one's Info frame: half of it may not vanish unsaid."""
    mp3_that_says(desk, 6, frames=frames, size=size)
    code, found = findings(desk, "build")
    assert code in (0, 1)
    if code == 1:
        assert [finding["severity"] for finding in found] == ["error"]
    else:
        assert desk.record()["tracks"][0]["seconds"] == pytest.approx(6, abs=0.3)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf], ids=["NaN", "Infinity", "minus Infinity"])
@pytest.mark.parametrize("count", [1, 1000], ids=["one", "a thousand"])
def test_samples_that_are_no_numbers_are_refused_or_made_good(desk: Desk, bad: float, count: int) -> None:
    sound = voice(4)
    sound[RATE : RATE + count] = bad
    one(desk, Recording(sound, form="f32"))
    code, found = findings(desk, "build")
    assert code in (0, 1)
    if code == 1:
        assert [finding["severity"] for finding in found] == ["error"]
    else:
        assert at_target(loudness_of(desk))
    assert findings(desk, "check")[0] == code


@pytest.mark.parametrize(("dead", "name"), [(0, "left"), (1, "right")])
def test_a_dead_channel_is_named_and_the_good_one_is_used(desk: Desk, dead: int, name: str) -> None:
    good = voice(6)
    channels = [good, good]
    channels[dead] = noise(6, level=-90)
    one(desk, Recording(side_by_side(*channels)))
    loudness, message = warned(desk, "W511")
    assert at_target(loudness)
    # "the left channel is silent; the right one is used": the dead one is named first, if both are.
    assert re.findall("left|right", message)[:1] == [name]
    assert loudness["source_lufs"] == pytest.approx(level_alone(desk, good), abs=0.1)


def test_of_two_channels_that_cancel_out_one_is_used(desk: Desk) -> None:
    good = voice(6)
    one(desk, Recording(side_by_side(good, -good)))
    loudness, _ = warned(desk, "W512")
    assert at_target(loudness)
    assert loudness["source_lufs"] == pytest.approx(level_alone(desk, good), abs=0.1)


def level_alone(desk: Desk, sound: Samples) -> float:
    """What the same sound measures as a mono recording."""
    one(desk, Recording(sound))
    assert findings(desk, "build") == (0, [])
    return float(loudness_of(desk)["source_lufs"])


def test_a_recording_too_quiet_to_raise_is_raised_as_far_as_it_goes_and_told_of(desk: Desk) -> None:
    one(desk, Recording(voice(6, level=-58, room=-40)))
    loudness, message = warned(desk, "W506")
    assert loudness["held_by"] == "boost limit"
    assert loudness["gain_db"] <= 24
    assert loudness["delivered_lufs"] < -30
    assert "boost limit" in message
