"""What the proof alone costs: the decoding and measuring of what was delivered, which no option turns off.

The one module of benchmarks/ that looks inside packbuilder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from builder.sound.encode.render import measure_encoded
from builder.sound.mp3.walk import walk


def proof_seconds(files: Sequence[Path]) -> float | None:
    """Processor seconds that proving these files takes, in this process; None where one of them is no MP3."""
    streams = [(path, walk(path)) for path in files]  # counting the frames is not part of the proof
    began = _seconds()
    for path, stream in streams:
        if stream is None:
            return None
        measure_encoded(path, stream.sample_rate_hz, stream.samples)
    return _seconds() - began


def _seconds() -> float:
    return sum(os.times()[:4])
