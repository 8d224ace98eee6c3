"""What the proof alone costs: the decoding and measuring of what was delivered, which no option turns off.

The one module of benchmarks/ that looks inside packbuilder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def proof_seconds(files: Sequence[Path]) -> float | None:
    """Processor seconds that proving these files takes, in this process and its children; None where it moved."""
    try:
        from builder.audio.mp3 import walk
        from builder.audio.proof import prove
    except ImportError:  # TODO(engine): name the proof here once more
        return None
    streams = [(path, walk(path)) for path in files]  # counting the frames is not part of the proof
    began = _seconds()
    for path, stream in streams:
        if stream is None:
            return None
        prove(path, stream.sample_rate_hz, stream.samples)
    return _seconds() - began


def _seconds() -> float:
    return sum(os.times()[:4])
