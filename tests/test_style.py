"""The tools that judge form find nothing: run here as CONTRIBUTING says to run them by hand."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing_to_mend() -> None:
    _run("ruff", "check", "--no-cache")


def test_every_file_is_formatted() -> None:
    _run("ruff", "format", "--check", "--no-cache")


def test_mypy_finds_no_wrong_type() -> None:
    _run("mypy")
