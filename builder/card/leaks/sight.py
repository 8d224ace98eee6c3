"""What a kind of target does not show, in words: what is not seen may hold anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from builder.card.verify.target import Target

UNCOMPARED = "whether names, texts and sound are as they were made: give the pack's record with --pack"
_CHIP = "what the card's chip keeps for itself: its number, its maker, worn-out blocks"
_RAW = "audit the image or the raw card"
_RECORD = "what record.json says: it names the recordings, and stays in the office"
_ALONE = "the file's name, times and rights on this disk, and its other names"


def of_a_file() -> list[str]:
    """Of a file by itself, whose name and times are the office's."""
    return [_ALONE]


def of_a_pack() -> list[str]:
    """Of a built pack besides its card and its image."""
    return [_RECORD]


def of_a_card(path: Path, target: Target) -> list[str]:
    """Of a folder, an image or a raw card; nothing of an image, of which every byte is looked at."""
    if target.is_image:
        return [] if path.is_file() else [_CHIP]
    unseen = [] if target.shows_order else ["the order of the entries"]
    unseen += ["free space and deleted entries", "short names, label and number of the volume"]
    unseen += ["times of creation, change and reading", "marks of the disk that it lies on"]
    unseen += [] if target.shows_marks else [_marks()]
    unseen += of_attributes()
    return [f"{', '.join(unseen)}: {_RAW}"]


def of_length(more: int) -> str:
    """Of a file that is longer than the volume in it, as one is that a card was read into; it may be a number."""
    return f"why the file is {more:,} bytes longer than the file system in it, as one is that a card was read into"


def _marks() -> str:
    return (
        "the marks read-only and system"
        if sys.platform == "darwin"
        else "the marks hidden, read-only and system"
    )


def of_attributes() -> list[str]:
    """Of what a system keeps beside a file. Python reads extended attributes on Linux only."""
    if sys.platform == "win32":
        return ["owners, access lists and named streams (dir /r shows these)"]
    if not hasattr(os, "listxattr"):
        return ["extended attributes and access lists (ls -le@ shows these)"]
    return [] if os.geteuid() == 0 else ["attributes that only administrators see"]
