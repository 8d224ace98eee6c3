"""Which of the pack's files and folders are there, and what else is; by their names, what computers leave on a card by
themselves. Pure: paths against paths, no bytes.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from builder.card.verify.pack import RecordedPack
from builder.card.verify.target import Found
from builder.files.names import left_by
from builder.profiles.naming import collision_key


@dataclass(frozen=True, kw_only=True)
class Matched:
    """`present`: the pack's files and folders that are there, by path; `order`: the same by folder, as listed.

    `alike`: by the path of something that is missing, what is there under nearly that name, or as another kind.
    `junk` (each with who leaves it) and `extra` are neither; `held` says how many files are in each such folder, which
    is not looked into.
    """

    present: dict[str, Found] = field(default_factory=dict)
    order: dict[str, list[Found]] = field(default_factory=dict)
    alike: dict[str, Found] = field(default_factory=dict)
    junk: list[tuple[Found, str]] = field(default_factory=list)
    extra: list[Found] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)

    @property
    def reached(self) -> set[str]:
        """The pack's paths that were found in some form; if there are none, it is not this pack's card."""
        known = {path for path, found in self.present.items() if found.kind == "file" or found.fault}
        return known | set(self.alike)


def match(pack: RecordedPack, walk: Iterable[Found]) -> Matched:
    """Names count as one if they are the same to the bit; nearly the same is not enough for every player."""
    found = Matched()
    others: list[Found] = []
    passed = ""  # a folder that the pack has not, with `/`
    for item in walk:
        if passed and item.path.startswith(passed):
            found.held[passed[:-1]] += item.kind != "folder"
            continue
        passed = ""
        if pack.kinds.get(item.path) == item.kind and item.path not in found.present:
            found.present[item.path] = item
            found.order.setdefault(item.path.rpartition("/")[0], []).append(item)
            continue
        others.append(item)
        if item.kind == "folder":
            passed = f"{item.path}/"
    folded = {collision_key(path): path for path in pack.kinds}
    for item in others:
        meant = folded.get(collision_key(item.path), "")
        is_free = bool(meant) and meant not in found.present and meant not in found.alike
        if is_free and item.kind != "other":
            found.alike[meant] = item
        elif not meant and (maker := left_by(item.path.rpartition("/")[2])):
            found.junk.append((item, maker))
        else:
            found.extra.append(item)
    return found


def unlike(path: str, other: str) -> str:
    """How two paths differ that are one to a card reader, as words; "" if they do not."""
    if path == other:
        return ""
    if unicodedata.normalize("NFC", path) == unicodedata.normalize("NFC", other):
        return "Unicode form (NFC is wanted: whole letters, not parts of them)"
    return "capital and small letters"
