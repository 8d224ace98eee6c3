"""What stands in a YAML file, as written: text, lists and mappings of it, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from builder.findings import Place


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

    def place_of(self, path: tuple[str | int, ...], *, key: bool = False) -> Place:
        """Where the value at `path` stands, or as near above it as there is one; with `key`, its key."""
        node, place = self, self.place
        for step in path:
            if isinstance(step, str) and step.startswith("("):
                continue  # the name of a union's form, which models.py puts in brackets
            if step == "[key]":
                return place  # pydantic's word for the key itself
            child: Node | None = None
            if isinstance(node.value, dict) and isinstance(step, str):
                child = node.value.get(step)
                place = node.key_places.get(step, place)
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                child = node.value[step]
                place = child.place
            if child is None:
                return place
            node = child
        return place if key else node.place
