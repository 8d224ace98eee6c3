"""What stands in a YAML file, as written: text, lists and mappings of it, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.findings import Place

Path = tuple[str | int, ...]
"""The way to a value: keys and indexes."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value as written: text, a list of nodes, or a mapping of nodes with the places of its keys."""

    place: Place
    value: str | list[Node] | dict[str, Node]
    key_places: dict[str, Place] = field(default_factory=dict)
    is_empty: bool = False  # `key:` with nothing behind it
    is_faulty: bool = False  # a finding has already told of it

    def plain(self) -> Any:
        """The same tree as str, list and dict; an empty value is None."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return None if self.is_empty else self.value

    def follow(self, path: Path) -> tuple[Node, Path, Place]:
        """As far along `path` as there are nodes: the last of them, the steps taken, and where the way led: the
        place of the last step's key or item, also of a key that is not taken because nothing stands behind it.
        """
        node, place = self, self.place
        taken: list[str | int] = []
        for step in path:
            if isinstance(step, str) and step.startswith("("):
                continue  # the name of a union's form, which models.py puts in brackets
            child: Node | None = None
            if isinstance(node.value, dict):
                child = node.value.get(str(step))
                place = node.key_places.get(str(step), place)
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                child = node.value[step]
                place = child.place
            if child is None:
                break
            node = child
            taken.append(step)
        return node, tuple(taken), place

    def place_of(self, path: Path, *, key: bool = False) -> Place:
        """Where the value at `path` stands, or as near above it as there is one; with `key`, its key."""
        node, taken, place = self.follow(path)
        wanted = [step for step in path if not (isinstance(step, str) and step.startswith("("))]
        return node.place if len(taken) == len(wanted) and not key else place
