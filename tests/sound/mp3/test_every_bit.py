"""Every bit of a finished MP3 is heard or told: flip any, and its sound is another or the gate says so."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from builder.card.leaks.track import Allowed, judge_track
from builder.card.leaks.words import Words
from builder.manifest.shaping import Quality
from builder.profiles.profile import AudioSettings
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.encode.feed import Cut, Fades
from builder.sound.encode.render import Signal, render
from builder.sound.mp3.ancillary import first_hidden
from builder.sound.mp3.walk import run_at
from builder.sources.probe import probe
from tests import recordings
from tests.conftest import IS_LONG
from tests.mp3bits import FIELDS, Frames, frames_of
from tests.mp3plants import behind_the_last_line, claimed, decoded, padded_elsewhere, unheard, unused

FLIPS = 5000 if IS_LONG else 100
RATE = 44100
SETTINGS: tuple[tuple[int, int, Quality], ...] = (
    (44100, 64, "standard"),
    (44100, 32, "best"),
    (48000, 40, "fast"),
    (32000, 160, "standard"),
    (24000, 32, "standard"),
    (22050, 64, "fast"),
)


def _hard() -> recordings.Samples:
    """Speech, digital silence, clicks in it, faint noise, and sound that is cut off at its peaks."""
    voice = recordings.voice(2.0, rate=RATE)
    clicks = np.zeros(RATE)
    clicks[:: RATE // 5] = 0.9
    loud = np.clip(recordings.noise(0.5, rate=RATE, level=-3.0), -0.5, 0.5)
    return np.concatenate(
        [voice, np.zeros(RATE // 2), clicks, recordings.noise(0.5, rate=RATE, level=-92.0), loud]
    )


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda one: "-".join(map(str, one)))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A render, as `build` makes it."""
    rate, kbps, quality = request.param
    folder = tmp_path_factory.mktemp("made")
    path = recordings.write(folder / "hard.wav", recordings.Recording(_hard(), RATE))
    settings = AudioSettings(
        sample_rate_hz=rate,
        channels=1,
        bitrate_kbps=kbps,
        target_lufs=-19,
        peak_dbtp=-1.5,
        max_gain_db=24,
        quality=quality,
    )
    facts = probe(path).facts
    assert facts is not None
    voice = Clip(path=path, facts=facts, window=Window(), channels=1, channel="mix", shift=0.0)
    cut = Cut(clip=voice, start=0.0, end=facts.seconds, spool=None)
    signal = Signal(cuts=[cut], gain_db=0.0, curve=None)
    render(find_ffmpeg(), signal, settings, fades=Fades(), title=(), out=folder / "x.mp3")
    return (folder / "x.mp3").read_bytes()


def told(data: bytes) -> list[str]:
    return [leak.message for leak in judge_track(data, Allowed(), Words(words=())).leaks]


def places(frames: Frames, chance: random.Random) -> Iterator[int]:
    """Bits of a file: every second one of a header or side information, where most of what is idle stands."""
    for number in range(FLIPS):
        if number % 2:
            yield chance.choice(frames.offsets) * 8 + chance.randrange(frames.header.data_start * 8)
        else:
            yield chance.randrange(len(frames.data) * 8)


def test_a_bit_that_is_flipped_is_heard_or_told(made: bytes) -> None:
    assert told(made) == []
    before, frames = decoded(made), frames_of(made)
    heard = 0
    for bit in places(frames, random.Random(13)):
        data = bytearray(made)
        data[bit // 8] ^= 0x80 >> bit % 8
        if not told(bytes(data)):
            heard += 1
            assert decoded(bytes(data)) != before, bit
    assert heard > FLIPS / 20, "or nothing but telling was tried"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", sorted(set(FIELDS[True]) - {"switches"}))
def test_a_field_that_changes_nothing_is_told(made: bytes, name: str) -> None:
    if name not in FIELDS[frames_of(made).header.is_mpeg1]:
        pytest.skip("the low rates have no preflag")
    assert told(unused(name)(made))


@pytest.mark.parametrize("plant", [claimed, behind_the_last_line])
def test_what_stands_behind_a_granule_s_sound_is_told(made: bytes, plant: Callable[[bytes], bytes]) -> None:
    (message,) = told(plant(made))
    assert message.startswith("a frame says that its sound is longer or shorter than it is")


def test_a_pattern_of_padding_is_told(made: bytes) -> None:
    header = frames_of(made).header
    if 144000 * header.bitrate_kbps % header.sample_rate_hz == 0 or header.sample_rate_hz % 11025:
        pytest.skip("no frame of this rate has padding")
    (message,) = told(padded_elsewhere(made))
    assert message.startswith("a frame says something in another way")


def test_where_the_data_of_a_silent_frame_begins_is_told(made: bytes) -> None:
    """It has none, so that `main_data_begin` may say anything, and no player cares."""

    def changes() -> Iterator[Frames]:
        frames = frames_of(made)
        for frame in range(1, len(frames.offsets)):
            here = range(frame * frames.parts, (frame + 1) * frames.parts)
            if any(frames.field(granule, "length") for granule in here):
                continue
            width = frames.header.side_layout.begin_bits
            for _ in range(2):  # there and back
                frames.put(frames.side(frame), width, frames.begin(frame) ^ 1)
                yield frames

    assert told(unheard(made, changes()))


@pytest.mark.parametrize("seed", range(30))
def test_frames_of_any_bits_are_told_and_never_stumbled_over(made: bytes, seed: int) -> None:
    chance, data, frames = random.Random(seed), bytearray(made), frames_of(made)
    for offset in frames.offsets[seed % 7 :: 1 + seed % 5]:
        noise = chance.randbytes(60 if seed % 2 else frames.header.side_size)
        data[offset + 4 : offset + 4 + len(noise)] = noise
    run = run_at(bytes(data[: len(made)]), 0)
    assert run is not None
    assert first_hidden(bytes(data[: len(made)]), run) is not None


def test_what_was_proved_when_it_was_made_is_not_looked_at_again(
    made: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("looked at again")

    monkeypatch.setattr("builder.sound.mp3.ancillary.read_spectrum", read)
    proved = Allowed(sounds=frozenset({hashlib.sha256(made).hexdigest()}))
    assert not judge_track(made, proved, Words(words=())).leaks
    with pytest.raises(AssertionError):
        judge_track(made + made, proved, Words(words=()))


def test_scalefactors_of_nothing_are_told(made: bytes) -> None:
    """A silent granule that has some all the same, each 0: it takes bits, and nothing else shows."""
    frames, before, tried = frames_of(made), decoded(made), 0
    width = frames.header.side_layout.begin_bits
    for frame in range(1, len(frames.offsets)):
        here = range(frame * frames.parts, (frame + 1) * frames.parts)
        if tried > 12 or any(frames.field(granule, "length") for granule in here):
            continue
        for more in range(3):
            changed = frames_of(made)
            changed.set(here[0], "compress", 1 if changed.header.is_mpeg1 else 16)
            changed.set(here[0], "length", 10 if changed.header.is_mpeg1 else 5)
            changed.put(changed.side(frame), width, changed.begin(frame) + more)
            if decoded(bytes(changed.data)) == before:
                tried += 1
                assert told(bytes(changed.data)), (frame, more)
    assert tried
