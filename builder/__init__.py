"""packbuilder: from YAML manifests to audio packs for SD cards and cheap players."""

from __future__ import annotations

import os

__version__ = "0.1.0"

# Tracks run in parallel already. The matrix library under numpy would start a thread per processor for each of
# them, which spin while they wait; it reads this once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
