"""Other processors than this one, by qemu-user: programs run as on them."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT, oracle

# A Nehalem of 2008 has neither AVX nor FMA, a Haswell of 2013 both, and so has AMD's EPYC, with other preferences. Left
# out is what qemu does not have and complains of.
EMULATED: Mapping[str, str] = {
    "Nehalem": "Nehalem",
    "Haswell": "Haswell-noTSX,-pcid,-invpcid,-tsc-deadline,-x2apic",
    "EPYC": "EPYC,-rdseed,-sha-ni,-fxsr-opt,-misalignsse,-3dnowprefetch,-osvw,-topoext,-nrip-save,-xsavec",
}


def emulator(processor: str) -> list[str]:
    """The beginning of a command that runs a program as on one of EMULATED; skips where that cannot be."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("qemu-user runs programs for x86-64 on Linux on x86-64")
    return [oracle("qemu-x86_64"), "-cpu", EMULATED[processor]]


def wrapper(folder: Path, program: str, processor: str) -> Path:
    """A program that runs `program` as on another processor, to be started in its place."""
    path = folder / f"{Path(program).name}-on-{processor}"
    words = " ".join(f"'{word}'" for word in (*emulator(processor), program))
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', "utf-8")
    path.chmod(0o755)
    return path


def python(
    *arguments: object,
    processor: str | None = None,
    environment: Mapping[str, str] | None = None,
    patience: float = 120,
) -> str:
    """What this Python prints, run with these arguments, as on another processor where one is named."""
    before = [] if processor is None else emulator(processor)
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = subprocess.run(
        [*before, os.path.realpath(sys.executable), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=patience,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
