"""How loud a delivered file is, by ffmpeg's own meter and none of packbuilder's code."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import TARGET_LUFS

_LOUDNESS = re.compile(r"^lavfi\.r128\.I=(\S+)", re.MULTILINE)
_PEAK = re.compile(r"^lavfi\.r128\.true_peaks?_ch0=(\S+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The worst of some files: how far from the target in LU, and the highest true peak in dBTP."""

    error_lu: float
    peak_dbtp: float

    @property
    def error_text(self) -> str:
        return f"{self.error_lu:.2f} LU"

    @property
    def peak_text(self) -> str:
        return f"{self.peak_dbtp:.2f} dBTP"


def quality(ffmpeg: str, files: Sequence[Path]) -> Quality:
    measured = [_measure(ffmpeg, path) for path in files]
    return Quality(
        error_lu=max(abs(loudness - TARGET_LUFS) for loudness, _ in measured),
        peak_dbtp=max(peak for _, peak in measured),
    )


def _measure(ffmpeg: str, path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of one file, mono as the one channel it is."""
    meter = "ebur128=metadata=1:peak=true:framelog=quiet,ametadata=mode=print:file=-"
    command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(path), "-af", meter, "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak = max(float(value) for value in _PEAK.findall(said))
    return float(_LOUDNESS.findall(said)[-1]), 20 * math.log10(peak) if peak > 0 else -math.inf
