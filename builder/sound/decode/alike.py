"""What makes a tool do the same on every processor, and what is left that differs.

ffmpeg, and the C library under it, choose code by the processor, and the results differ in their last bits: one adds in
another order, or multiplies and adds with one rounding instead of two. ffmpeg is made to use none of that code, which
costs a tenth of decoding. Then an ARM processor decodes, filters and resamples to the same samples as an x86-64 one;
LAME alone, which is compiled for each kind, encodes them to other bytes.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping

OPTIONS = ("-cpuflags", "0")
# Of glibc's exp, sin and pow too, what every x86-64 has; the second names are those before 2.33. Others do not read it.
ENVIRONMENT: Mapping[str, str] = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-FMA_Usable,-FMA4_Usable"}


def machine() -> str:
    """What the bytes of a card depend on besides the versions of programs: the kind of processor, and the C library."""
    return " ".join(word for word in (sys.platform, platform.machine(), *platform.libc_ver()) if word)
