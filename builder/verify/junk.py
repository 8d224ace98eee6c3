"""The files and folders that computers and phones leave on a card by themselves, by their names."""

from __future__ import annotations

from fnmatch import fnmatchcase

# Reported by users of cheap players, who hear `._` files as empty tracks: "System Volume Information", "._*",
# ".DS_Store", ".Trashes", ".fseventsd", ".Spotlight-V100", "$RECYCLE.BIN", "Thumbs.db". The others are the names that
# the systems' own documents and sources give them.
_MAKERS = {
    "macOS": (
        *("._*", ".DS_Store", ".Trashes", ".fseventsd", ".Spotlight-V100", ".TemporaryItems", ".apdisk"),
        ".DocumentRevisions-V100",
        ".com.apple.timemachine.donotpresent",
    ),
    "Windows": (
        *("System Volume Information", "$RECYCLE.BIN", "RECYCLER", "Thumbs.db", "ehthumbs.db", "desktop.ini"),
        *("IndexerVolumeGuid", "WPSettings.dat", "autorun.inf"),
    ),
    "Windows' chkdsk": ("FOUND.[0-9][0-9][0-9]",),
    "Linux": (".Trash-*", ".Trash", ".directory", ".xdg-volume-info"),
    "Linux' fsck": ("FSCK[0-9][0-9][0-9][0-9].REC",),
    "Android": ("LOST.DIR", "Android", ".android_secure", ".thumbnails"),
    "a program": ("*.tmp", "~$*", "*.crdownload", "*.part"),
}
_PATTERNS = tuple((pattern.lower(), maker) for maker, names in _MAKERS.items() for pattern in names)


def left_by(name: str) -> str:
    """Who leaves a file or folder of this name behind, or ""; FAT does not tell case apart, and so neither here."""
    return next((maker for pattern, maker in _PATTERNS if fnmatchcase(name.lower(), pattern)), "")
