"""The sources folder, or the manifest's: finds files by the names manifests use, whatever form a disk has them in."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from builder.files.folders import kind_of
from builder.sources.probe import SourceFault
from builder.text import closest


class SourceFolder:
    """The files below one folder, by their NFC paths with `/`. `called` is what findings call the folder."""

    def __init__(self, root: Path, called: str = "the sources folder") -> None:
        self._called = called
        self._names: dict[Path, dict[str, str]] = {}
        self._resolved: Path | None = None
        try:
            self.root = self._on_disk(Path(root.anchor), root.relative_to(root.anchor).parts) or root
            self._resolved = self.root.resolve()
            self.is_there = self.root.is_dir()
        # A loop of links, a name too long or without letters in the system's encoding, a folder closed to us.
        except (OSError, RuntimeError, UnicodeEncodeError):
            self.root = self._resolved = root
            self.is_there = False

    def locate(self, name: str) -> Path | SourceFault | None:
        """Where a file is, or why it may not be used; None when it is not there."""
        try:
            return self._locate(name)
        except (OSError, RuntimeError) as error:
            return unreadable(name, error)

    def _locate(self, name: str) -> Path | SourceFault | None:
        path = self._on_disk(self.root, name.split("/"))
        if path is None:
            return None
        if self._leads_out(path):  # whether there is anything or not is nobody's business here
            message = f"{name} is a link that leads out of {self._called}"
            return SourceFault(code="E302", message=message, help="copy the file into the folder")
        if not path.exists():
            return SourceFault(
                code="E308", message=f"{name} is a link to nothing", help="copy the file itself"
            )
        return path

    def _leads_out(self, path: Path) -> bool:
        """Whether a path is a link to a place outside the folder."""
        if self._resolved is None or kind_of(path) != "link":
            return False
        return not path.resolve().is_relative_to(self._resolved)

    def _on_disk(self, folder: Path, parts: Iterable[str]) -> Path | None:
        """A path below a folder as the disk has it: disks written by a Mac hold Korean names decomposed. It ends at a
        link that leads out: nothing is looked for behind it.
        """
        path = folder
        for part in parts:
            names = self.names(path)
            # A folder that may be entered but not listed is no reason to refuse; any other name counts exactly,
            # also on systems that do not care for capitals.
            is_known = part == ".." or (not names and os.path.lexists(path / part))
            actual = part if is_known else names.get(composed(part))
            if actual is None:
                return None
            path /= actual
            if self._leads_out(path):
                break
        return path

    def names(self, folder: Path) -> dict[str, str]:
        """What is in a folder: names as the disk has them, by their composed (NFC) form."""
        if folder not in self._names:
            try:
                entries: Iterable[Path] = sorted(folder.iterdir())
            except (OSError, UnicodeEncodeError):
                entries = ()
            self._names[folder] = {composed(path.name): path.name for path in entries}
        return self._names[folder]

    def missing(self, name: str) -> SourceFault:
        """Findings about a file that is not there, with the one that was probably meant."""
        likely = self.likely(name)
        hint = f'did you mean "{likely}"?' if likely else "copy it there, or correct the name"
        return SourceFault(code="E301", message=f"{name} is not in {self._called}", help=hint)

    def likely(self, name: str) -> str:
        """The file that was probably meant, or ""."""
        folder, _, last = name.rpartition("/")
        place = self._on_disk(self.root, folder.split("/")) if folder else self.root
        names = self.names(place) if place and not self._leads_out(place) else {}
        same = [other for other in names if other.casefold() == last.casefold()]
        found = same[0] if same else closest(last, names)
        return f"{folder}/{found}" if folder and found else found


def composed(name: str) -> str:
    """A file's name, or a path, in the NFC form.

    Where the system's own encoding is no UTF-8, names that are come from it as bytes in disguise.
    """
    with suppress(UnicodeEncodeError):
        name = os.fsencode(name).decode("utf-8", "surrogateescape")
    return unicodedata.normalize("NFC", name)


def unreadable(name: str, error: OSError | RuntimeError) -> SourceFault:
    """Findings about a file that is there and does not open."""
    why = getattr(error, "strerror", None) or "its links lead in a circle"
    return SourceFault(code="E308", message=f"{name} cannot be read: {why}", help="check it and its folder")
