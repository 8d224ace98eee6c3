"""Paths that a manifest names beside itself: the list of checksums, profiles, and the sources folder."""

from __future__ import annotations

import re
import unicodedata

from builder.manifest.text import checked_below, checked_text, fault, refuse_characters, refuse_length
from builder.text import spaced


def checked_beside(value: str) -> str:
    """A path below the manifest's own folder; people write it with `./` before it, or without."""
    path = checked_below(
        value.removeprefix("./"), "the manifest's folder", "this file", "copy it beside the manifest"
    )
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
        raise fault("E204", "no folder is named here", "name the folder of recordings, relative to this file")
    refuse_length(value)
    refuse_characters(spaced(value), "this path")
    if re.match(r"[A-Za-z]:(?![\\/])|[\\/]{2}[.?][\\/]", value):
        help_text = "write it relative to this file, or in full, such as D:/recordings"
        raise fault("E302", f'"{value}" is no folder that every run would find', help_text)
    return value
