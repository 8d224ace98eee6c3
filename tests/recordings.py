"""Generated recordings, as varied as those handed in: speech-like, the same on every run, never shipped.

A voice is a row of syllables: a burst of noise, then harmonics under the formants of a vowel, with gaps between
syllables and pauses between phrases. Levels are RMS within the syllables, about the LUFS that a meter reads.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Form = Literal["u8", "s16", "s24", "s32", "f32"]

_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (570, 840, 2410), (300, 870, 2240))
_WIDTHS_HZ = (90.0, 120.0, 180.0)


@dataclass(frozen=True)
class Recording:
    """Sound of one or more channels (rows), 1.0 being full scale, and how a WAV keeps it."""

    samples: Samples
    rate: int = 44100
    form: Form = "s16"


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def voice(
    seconds: float = 8.0,
    *,
    rate: int = 44100,
    level: float = -23.0,
    seed: int = 1,
    pitch: float = 120.0,
    pause: float = 0.5,
    room: float | None = -55.0,
    hiss: float = 1.0,
) -> Samples:
    """Somebody speaks. `room` is the noise around the speaker in dB below the speech; None leaves digital silence.

    `hiss` makes the consonants stronger, `pause` is the usual length of silence after a phrase.
    """
    chance = np.random.default_rng(seed)
    total = int(seconds * rate)
    out = np.zeros(total)
    sounding = np.zeros(total, dtype=bool)
    at, left = int(0.15 * rate), 0
    while at < total:
        if left == 0:
            left = int(chance.integers(4, 9))
            strength = 1.0
        syllable = _syllable(chance, rate, pitch, hiss) * strength
        end = min(total, at + len(syllable))
        out[at:end] = syllable[: end - at]
        sounding[at:end] = True
        strength *= 0.95  # a phrase falls off towards its end
        left -= 1
        gap = chance.uniform(0.02, 0.08) if left else pause * chance.uniform(0.7, 1.4)
        at = end + int(gap * rate)
    out /= np.sqrt(np.mean(out[sounding] ** 2))
    if room is not None:
        out += chance.standard_normal(total) * amplitude(room)
    return out * amplitude(level)


def _syllable(chance: np.random.Generator, rate: int, pitch: float, hiss: float) -> Samples:
    length, onset = int(chance.uniform(0.12, 0.26) * rate), int(chance.uniform(0.03, 0.07) * rate)
    f0 = pitch * chance.uniform(0.85, 1.25)
    phase = 2 * np.pi * np.cumsum(np.linspace(f0 * 1.04, f0 * 0.94, length)) / rate
    number = np.arange(1, max(2, int(min(4500, 0.4 * rate) / f0 / 1.05)))
    formants = _VOWELS[chance.integers(len(_VOWELS))]
    weight = np.zeros(len(number))
    for formant, width, share in zip(formants, _WIDTHS_HZ, (1.0, 0.5, 0.25), strict=True):
        weight += share / (1 + ((number * f0 - formant) / width) ** 2)
    weight += 0.15 / number
    shift = chance.uniform(0, 2 * np.pi, len(number))
    vowel = weight @ np.sin(np.outer(number, phase) + shift[:, None])
    vowel *= np.sin(np.pi * np.linspace(0, 1, length) ** 0.7) / max(1e-9, float(np.std(vowel)))
    burst = 0.25 * hiss * np.diff(chance.standard_normal(onset + 1)) * np.hanning(onset)
    return np.concatenate([burst, vowel])


def noise(seconds: float, *, rate: int = 44100, level: float = -23.0, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).standard_normal(int(seconds * rate)) * amplitude(level)


def tone(hertz: float, seconds: float, *, rate: int = 44100, level: float = -23.0) -> Samples:
    """A sine; `level` is its RMS."""
    at: Samples = np.arange(int(seconds * rate)) / rate
    out: Samples = np.sin(2 * np.pi * hertz * at) * amplitude(level) * np.sqrt(2)
    return out


def with_knocks(
    sound: Samples,
    *,
    peak: float,
    rate: int = 44100,
    last: float = 0.01,
    hertz: float = 0.0,
    every: float = 2.0,
) -> Samples:
    """Decaying knocks on top: of noise (a clap), or of a low tone (a door) where `hertz` is given; `peak` in dBFS."""
    chance, out = np.random.default_rng(7), sound.copy()
    length = max(2, int(last * rate))
    fall = np.exp(-5 * np.arange(length) / length)
    for start in range(int(rate * 1.1), len(sound) - length, int(every * rate)):
        low = np.cos(2 * np.pi * hertz * np.arange(length) / rate)
        knock = fall * (low if hertz else chance.uniform(-1, 1, length))
        out[start : start + length] += knock / np.abs(knock).max() * amplitude(peak)
    return out


def with_peak(sound: Samples, peak: float) -> Samples:
    """The same with its highest sample at `peak` dBFS."""
    return sound / float(np.abs(sound).max()) * amplitude(peak)


def limited(sound: Samples, drive: float, peak: float = -1.0) -> Samples:
    """Made dense by a soft limit, as broadcasters do."""
    return with_peak(np.tanh(sound * amplitude(drive)), peak)


def clipped(sound: Samples, over: float) -> Samples:
    """Recorded too hot: peaks that would stand `over` dB above full scale are cut off flat."""
    return np.clip(with_peak(sound, over), -1, 1)


def swelling(sound: Samples, low: float, high: float) -> Samples:
    """From a whisper to a shout and back: the level goes from `low` to `high` dB and back again."""
    course = np.linspace(0, 2, len(sound))
    level = low + (high - low) * (1 - np.abs(1 - course))
    out: Samples = sound * 10 ** (level / 20)
    return out


def side_by_side(*channels: Samples) -> Samples:
    return np.vstack(channels)


def _stereo() -> Recording:
    left, right = voice(level=-26, seed=41), voice(level=-28, seed=42, pitch=210)
    return Recording(side_by_side(left + 0.3 * np.roll(right, 400), right + 0.3 * np.roll(left, 700)))


def _six_channels(rate: int = 48000, seconds: float = 8.0) -> Recording:
    """5.1 as a camera leaves it: the voice in front, a room behind."""
    center = voice(seconds, rate=rate, level=-22, seed=46)
    back = [noise(seconds, rate=rate, level=-60, seed=seed) for seed in (1, 2)]
    front = 0.3 * center
    return Recording(side_by_side(front, front, center, 0 * center, *back), rate, "s24")


def _beats(seconds: float) -> Samples:
    """Bursts whose samples all miss the true peak, by 3 dB: a quarter of the rate, at an angle of 45 degrees."""
    at = np.arange(int(seconds * 44100))
    bursts: Samples = np.sin(np.pi / 2 * at + np.pi / 4) * (np.sin(6 * np.pi * at / 44100) > 0.995)
    return bursts * amplitude(-6)


RECORDINGS: dict[str, Callable[[], Recording]] = {
    "a calm reader": lambda: Recording(voice(15, seed=10)),
    "a whisper at -55": lambda: Recording(voice(level=-55, seed=11, room=-25)),
    "a reader far away at -40": lambda: Recording(voice(11, level=-40, seed=12, room=-30), form="s24"),
    "a loud reader at -16": lambda: Recording(with_peak(voice(seed=13), -0.5)),
    "a broadcast at -6": lambda: Recording(limited(voice(12, seed=14, pause=0.1), 22, -1)),
    "claps 25 dB above": lambda: Recording(with_knocks(voice(12, level=-30, seed=15), peak=-2, last=0.03)),
    "clicks 25 dB above": lambda: Recording(with_knocks(voice(level=-28, seed=16), peak=-1, last=0.0001)),
    "bangs of a door": lambda: Recording(
        with_knocks(voice(12, level=-27, seed=17), peak=-1, last=0.3, hertz=70, every=4)
    ),
    "from whisper to shout": lambda: Recording(swelling(voice(40, level=0, seed=18), -48, -18)),
    "hum of 50 Hz": lambda: Recording(
        voice(level=-24, seed=19) + tone(50, 8, level=-36) + tone(150, 8, level=-46)
    ),
    "hiss of a tape": lambda: Recording(voice(level=-24, seed=20, room=-22)),
    "a DC offset": lambda: Recording(voice(level=-26, seed=21) + 0.2),
    "8 kHz of a telephone": lambda: Recording(voice(rate=8000, seed=22), 8000),
    "11.025 kHz": lambda: Recording(voice(rate=11025, seed=23, level=-30), 11025),
    "16 kHz": lambda: Recording(voice(rate=16000, seed=24), 16000),
    "22.05 kHz": lambda: Recording(voice(rate=22050, seed=25, pitch=230), 22050),
    "48 kHz": lambda: Recording(voice(rate=48000, seed=26), 48000),
    "96 kHz": lambda: Recording(voice(6, rate=96000, seed=27), 96000, "s24"),
    "wide stereo": _stereo,
    "one voice on both channels": lambda: Recording(side_by_side(*[voice(seed=43)] * 2)),
    "a dead right channel": lambda: Recording(side_by_side(voice(seed=44), np.zeros(8 * 44100))),
    "an inverted right channel": lambda: Recording(side_by_side(voice(seed=45), -voice(seed=45))),
    "six channels": _six_channels,
    "float 6 dB above full scale": lambda: Recording(with_peak(voice(seed=47), 6.0), form="f32"),
    "clipped hard": lambda: Recording(clipped(voice(seed=48), 9)),
    "8 bits": lambda: Recording(voice(level=-18, seed=49), form="u8"),
    "24 bits": lambda: Recording(voice(level=-36, seed=50), form="s24"),
    "32 bits": lambda: Recording(voice(seed=51, pitch=90), form="s32"),
    "long pauses of digital silence": lambda: Recording(voice(40, seed=52, pause=6, room=None)),
    "hardly a pause": lambda: Recording(limited(voice(20, seed=53, pause=0.03), 14)),
    "sibilants": lambda: Recording(voice(seed=54, hiss=12)),
    "peaks between the samples": lambda: Recording(voice(seed=55, level=-20) + _beats(8)),
    "a woman and a man": lambda: Recording(
        np.concatenate([voice(6, seed=56, pitch=220), voice(6, seed=57, pitch=95, level=-31)])
    ),
    "one second": lambda: Recording(voice(1, seed=58)),
}


_FULL = {"u8": 127.0, "s16": 2.0**15 - 1, "s24": 2.0**23 - 1, "s32": 2.0**31 - 1}


def write(path: Path, recording: Recording) -> Path:
    """Write it as WAV; more than two channels with the header that names their places."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.atleast_2d(recording.samples)
    flat = sound.T.reshape(-1)
    is_float = recording.form == "f32"
    size = int(recording.form[1:]) // 8
    data = flat.astype("<f4").tobytes() if is_float else _whole_numbers(flat, recording.form)
    channels, rate = len(sound), recording.rate
    tag, extra = (3 if is_float else 1), b""
    if channels > 2:
        guid = struct.pack("<HHH", tag, 0, 0) + bytes.fromhex("1000800000aa00389b71")
        tag, extra = 0xFFFE, struct.pack("<HHI", 22, size * 8, (1 << channels) - 1) + guid
    layout = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * size, channels * size, size * 8)
    chunks = _chunk(b"fmt ", layout + extra) + _chunk(b"data", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return path


def _whole_numbers(flat: Samples, form: Form) -> bytes:
    top = _FULL[form]
    whole = np.clip(np.round(flat * top), -top, top).astype("<i8")
    match form:
        case "u8":
            return (whole + 128).astype("u1").tobytes()
        case "s24":
            return whole.astype("<i4").view("u1").reshape(-1, 4)[:, :3].tobytes()
    return whole.astype("<i2" if form == "s16" else "<i4").tobytes()


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
