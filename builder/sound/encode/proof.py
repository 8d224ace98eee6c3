"""The finished MP3, opened and measured as it ships.

Decoded by libsndfile, whose MP3 decoder is mpg123: another program than the one that wrote the file, of the family
that players use, and faster in this than ffmpeg. It chooses code by the processor, too, but for one channel gives the
same samples on every x86-64 (tests/sound/test_processors.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from builder.errors import EngineError
from builder.sound.loudness.envelope import Envelope
from builder.sound.loudness.meter import Meter

DECODER = f"libsndfile {soundfile.__libsndfile_version__}"
_BLOCK = 65536


class _Straight(soundfile.SoundFile):  # type: ignore[misc]  # soundfile ships no types
    """Reads from the start to the end. soundfile would seek to where it is after every block, and mpg123 begins anew
    there without the bits that low-rate MP3 keeps in the frames before: other samples, and complaints about
    `part2_3_length` (its side info of MPEG-2 is cleared one byte too late; measured with 1.31.2 and 1.34).
    """

    def seekable(self) -> bool:
        return False


# A decoder may hold back its own delay at the start, and what the last frame has no successor for.
_HELD_BACK = 3 * 1152


def prove(path: Path, rate_hz: int, samples: int) -> Envelope:
    """Measure a finished mono MP3 that must hold `samples`. Raises EngineError when it does not decode to that."""
    meter = Meter(rate_hz)
    heard = 0
    buffer = np.empty((_BLOCK, 1), np.float32)
    try:
        with _Straight(path) as sound:
            if (sound.samplerate, sound.channels) != (rate_hz, 1):
                found = f"{sound.samplerate} Hz, {sound.channels} channels"
                raise EngineError(f"the MP3 made for this card decodes to {found}")
            while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True, out=buffer)):
                meter.add(block)
                heard += len(block)
    except soundfile.LibsndfileError as error:
        raise EngineError(f"the MP3 made for this card does not decode: {error}") from error
    if abs(heard - samples) > _HELD_BACK:
        raise EngineError(f"the MP3 made for this card decodes to {heard} of {samples} samples")
    return meter.finish()
