"""Every exception the program raises on purpose, each with its exit code and its advice.

A finding (findings.py) is something wrong that a person wrote, and is gathered; an error here stops the run.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the program's exit status means; documented in docs/command-line.md and relied on by scripts."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 3
    TOOL_MISSING = 4
    IO = 5
    LOCKED = 6
    LEAK = 7
    INTERRUPTED = 130


class BuilderError(Exception):
    """Stops the run. The message says where, what was found and what was expected; `advice` what to do."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class ToolMissingError(BuilderError):
    """ffmpeg is not there, cannot be started, or lacks a codec that the job needs."""

    exit_code = ExitCode.TOOL_MISSING


class StorageError(BuilderError):
    """A disk is full, read-only or gone, or what was written is not what is there now."""

    exit_code = ExitCode.IO


class LockedError(BuilderError):
    """Another run is writing the same output."""

    exit_code = ExitCode.LOCKED


class EngineError(BuilderError):
    """ffmpeg did something that no finding explains: most likely a fault of ours or of its build."""

    exit_code = ExitCode.BUG
