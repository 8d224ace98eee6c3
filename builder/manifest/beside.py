"""Paths that a manifest names beside itself: the list of checksums, profiles, and the sources folder."""

from __future__ import annotations

import re
import unicodedata

from builder.findings import Phrase, Problem
from builder.manifest.text import checked_below, checked_text, refuse_characters, refuse_length, refused
from builder.text import spaced


def checked_beside(value: str) -> str:
    """A path below the manifest's own folder; people write it with `./` before it, or without."""
    path = checked_below(value.removeprefix("./"), is_beside=True)
    return f"./{path}" if value.startswith("./") else path


def is_profile_file(word: str) -> bool:
    """Whether a word means the file of a profile, not the name of one that ships."""
    return word.lower().endswith((".yaml", ".yml"))


def checked_profile(value: str) -> str:
    """A profile's name, or the path of its file below the manifest's own folder."""
    word = checked_text(value)
    return checked_beside(word) if is_profile_file(word) else word


def checked_folder(value: str) -> str:
    """The sources folder itself, the one path that may lead anywhere, since it is where the recordings happen to be:
    relative to the manifest, `..` too, or in full.
    """
    value = unicodedata.normalize("NFC", value)
    if not value.strip():
        raise refused(Problem("E204.folder"))
    refuse_length(value)
    refuse_characters(spaced(value), Phrase("manifest_this_path"))
    if re.match(r"[A-Za-z]:(?![\\/])|[\\/]{2}[.?][\\/]", value):
        raise refused(Problem("E302.drive", path=value))
    return value
