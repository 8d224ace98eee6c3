"""Hours of speech out of the short recordings of `audio-samples/`: always the same ones, no two files alike.

First the readers are put into an order, each at a tempo and a pitch of his own: a round of about a minute and a half.
A recording is such a round over and over, from some place on, at a pitch of its own, while its level rises and falls.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Style = Literal["linear", "dynamic"]

REVISION = 1  # raise it when the same name would hold other sound
RATE_HZ = 44100
ROUNDS_OF_READERS = 8
_SAMPLES = Path(__file__).resolve().parent.parent / "audio-samples"

# Each recording, and the gain in dB that brings it to -20 LUFS (audio-samples/README.md).
_READERS = (
    ("sonnet/sonnet-1.mp3", -1.1),
    ("librivox/sense-and-sensibility-0870.wav", 4.6),
    ("librivox/sense-and-sensibility-0880.wav", 7.0),
    ("librivox/sense-and-sensibility-0890.flac", 5.0),
    ("librivox/sense-and-sensibility-0920.m4a", 3.0),
    ("librivox/sense-and-sensibility-0930.ogg", 3.5),
    ("speeches/jfk.mp3", -4.6),
)

# Powers of the golden and the plastic ratio: their multiples fill the span from 0 to 1 evenly.
_STEPS = (0.6180339887, 0.7548776662, 0.5698402910, 0.8191725134, 0.6710436067)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A folder of made recordings. What is there already is not made again."""

    folder: Path
    ffmpeg: str

    def recording(self, style: Style, number: int, minutes: float) -> Path:
        """One recording as a studio would deliver it: MP3, 128 kbps, mono.

        `linear`: compressed, so that one gain brings it to -19 LUFS below -1.5 dBTP. `dynamic`: swings of some 20 dB,
        and peaks that no single gain keeps below the ceiling.
        """
        path = self.folder / f"v{REVISION}" / f"{style}-{minutes:g}m-{number:03}.mp3"
        if path.exists():
            return path
        around = self._round(number % ROUNDS_OF_READERS)
        pitch = 0.96 + 0.08 * _spread(number, 1)
        chain = (
            f"atrim=start={80 * _spread(number, 2):.3f},asetpts=N/SR/TB,"
            f"asetrate={RATE_HZ * pitch:.0f},aresample={RATE_HZ},{_level(style, number)}"
        )
        heard = ["-stream_loop", "-1", "-i", str(around), "-af", chain, "-t", f"{minutes * 60:g}"]
        self._write(path, [*heard, "-c:a", "libmp3lame", "-b:a", "128k", "-compression_level", "7"])
        return path

    def recordings(self, style: Style, count: int, minutes: float) -> list[Path]:
        return [self.recording(style, number, minutes) for number in range(count)]

    def _round(self, number: int) -> Path:
        """All readers once, in the order of this number, as WAV."""
        path = self.folder / f"v{REVISION}" / f"round-{number}.wav"
        if path.exists():
            return path
        order = sorted(range(len(_READERS)), key=lambda reader: _spread(number * len(_READERS) + reader, 0))
        inputs: list[str] = []
        chains: list[str] = []
        for place, reader in enumerate(order):
            name, gain = _READERS[reader]
            pitch = 0.92 + 0.16 * _spread(number * len(_READERS) + reader, 1)
            tempo = 0.92 + 0.16 * _spread(number * len(_READERS) + reader, 2)
            inputs += ["-i", str(_SAMPLES / name)]
            chains.append(
                f"[{place}:a:0]aresample={RATE_HZ},aformat=sample_fmts=flt:channel_layouts=mono,volume={gain}dB,"
                f"asetrate={RATE_HZ * pitch:.0f},aresample={RATE_HZ},atempo={tempo / pitch:.6f}[p{place}]"
            )
        joined = "".join(f"[p{place}]" for place in range(len(order)))
        graph = ";".join([*chains, f"{joined}concat=n={len(order)}:v=0:a=1[all]"])
        self._write(path, [*inputs, "-filter_complex", graph, "-map", "[all]", "-c:a", "pcm_s16le"])
        return path

    def _write(self, path: Path, arguments: Sequence[str]) -> None:
        """Let ffmpeg write beside `path`, and rename: what bears the name is whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"draft-{os.getpid()}{path.suffix}")
        plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        command = [self.ffmpeg, "-nostdin", "-v", "error", "-y", *arguments, "-ac", "1", *plain, str(draft)]
        subprocess.run(command, check=True)
        draft.replace(path)


def _level(style: Style, number: int) -> str:
    """The filters that give a recording its level: how loud it is, and how that changes."""
    period = 31 + 40 * _spread(number, 0)
    wave = f"sin(2*PI*t/{period:.2f})"
    if style == "dynamic":
        base, depth = -12 - 4 * _spread(number, 3), 9 + 3 * _spread(number, 4)
        return _volume(f"{base:.2f}+{depth:.2f}*{wave}")
    tamed = "acompressor=threshold=0.05:ratio=4:attack=5:release=80:makeup=2,alimiter=limit=0.3:level=false"
    base = -4 + 8 * _spread(number, 3)
    return f"{tamed},{_volume(f'{base:.2f}+1.2*{wave}')}"


def _volume(decibels: str) -> str:
    return f"volume=volume='pow(10,({decibels})/20)':eval=frame:precision=float"


def _spread(number: int, kind: int) -> float:
    """Between 0 and 1, evenly spread over the numbers, and otherwise for each kind."""
    return (0.5 + number * _STEPS[kind]) % 1.0
