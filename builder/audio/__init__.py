"""Sound: facts of files, measuring, the level, rendering, and proof on what was written."""

import os

# Tracks run in parallel already. The matrix library under numpy would start a thread per processor for each of
# them, which spin while they wait; it reads this once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
