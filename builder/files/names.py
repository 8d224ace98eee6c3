"""Names of files that systems keep for themselves, and those that computers leave in folders of others. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE | re.DOTALL)

# Users of cheap players report these, and hear `._` files as empty tracks: "System Volume Information", "._*",
# ".DS_Store", ".Trashes", ".fseventsd", ".Spotlight-V100", "$RECYCLE.BIN", "Thumbs.db". The others are the names that
# the systems' own documents and sources give them.
_JUNK: Mapping[str, tuple[str, ...]] = {
    "macOS": (
        *("._*", ".DS_Store", ".Trashes", ".fseventsd", ".Spotlight-V100", ".TemporaryItems", ".apdisk"),
        *(".DocumentRevisions-V100", ".com.apple.timemachine.donotpresent", "__MACOSX"),
    ),
    "Windows": (
        *("System Volume Information", "$RECYCLE.BIN", "RECYCLER", "Thumbs.db", "ehthumbs.db", "desktop.ini"),
        *("IndexerVolumeGuid", "WPSettings.dat", "autorun.inf"),
    ),
    "Windows' chkdsk": ("FOUND.[0-9][0-9][0-9]",),
    "Linux": (".Trash-*", ".Trash", ".directory", ".xdg-volume-info"),
    "Linux' fsck": ("FSCK[0-9][0-9][0-9][0-9].REC",),
    "Android": ("LOST.DIR", "Android", ".android_secure", ".thumbnails"),
    "a Synology disk station": ("@eaDir",),
    "a program": ("*.tmp", "~$*", "*.crdownload", "*.part"),
}
_PATTERNS = tuple((pattern.lower(), maker) for maker, names in _JUNK.items() for pattern in names)

# What file managers leave in every folder that they show, and how it begins.
_SIGNATURES = {
    ".ds_store": re.compile(rb"\x00\x00\x00\x01Bud1"),
    "thumbs.db": re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "desktop.ini": re.compile(rb"(?:\xef\xbb\xbf)?\s*\[|\xff\xfe(?:\s\0)*\[\0"),
    "._": re.compile(rb"\x00\x05\x16\x07"),  # what macOS knows of the file of that name
}
SIGNATURE_BYTES = 64


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for a device, with any ending (Microsoft, "Naming Files")."""
    return _RESERVED.fullmatch(name) is not None


def left_by(name: str) -> str:
    """The system that leaves files or folders of this name, in any case of letters, or ""."""
    return next((maker for pattern, maker in _PATTERNS if fnmatchcase(name.lower(), pattern)), "")


def may_be_dropped(name: str) -> bool:
    """Whether a file manager leaves files of this name in every folder that it shows."""
    return _signature_name(name) in _SIGNATURES


def is_dropped(name: str, head: bytes) -> bool:
    """Whether a file that begins with these SIGNATURE_BYTES is what such a name says; an empty one holds nothing."""
    signature = _SIGNATURES.get(_signature_name(name))
    return signature is not None and (not head or signature.match(head) is not None)


def _signature_name(name: str) -> str:
    return "._" if name.startswith("._") else name.lower()
