"""What is measured of finished MP3s, as one line of digests: run under other processors.

python proved.py FILE.mp3…
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from builder.sound.encode.render import measure_encoded
from builder.sound.mp3.walk import walk


def _measured(path: Path) -> str:
    stream = walk(path)
    assert stream is not None
    envelope = measure_encoded(path, stream.sample_rate_hz, stream.samples)
    return hashlib.sha256(envelope.power.tobytes() + envelope.peak.tobytes()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(" ".join(_measured(Path(name)) for name in sys.argv[1:]) + "\n")
