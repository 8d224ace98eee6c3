"""One YAML document -> nodes: every scalar is text, every value knows its place.

Owns PyYAML. It works on PyYAML's events rather than its constructors, because YAML's own habits are what a
manifest must be safe from: `no` that becomes False, `012` that becomes 10, `3:16` that becomes 196, a second
`title:` that silently replaces the first, aliases that multiply. It knows nothing of what the keys mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from builder.findings import Finding, Place, Problem
from builder.text import MAX_MARKS, has_many_marks

Path = tuple[str | int, ...]
"""The way to a value: keys and indexes."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value as written: text, a list of nodes, or a mapping of nodes with the places of its keys."""

    place: Place
    value: str | list[Node] | dict[str, Node]
    key_places: dict[str, Place] = field(default_factory=dict)
    is_empty: bool = False  # `key:` with nothing behind it
    is_faulty: bool = False  # a finding has already reported it

    def plain(self) -> Any:
        """The same tree as str, list and dict; an empty value is None."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return None if self.is_empty else self.value

    def follow(self, path: Path) -> tuple[Node, Path, Place]:
        """As far along `path` as there are nodes: the last of them, the steps taken, and where the way led: the
        place of the last step's key or item, also of a key that is not taken because nothing is behind it.
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
        """The place of the value at `path`, or of the nearest one above it; with `key`, of its key."""
        node, taken, place = self.follow(path)
        wanted = [step for step in path if not (isinstance(step, str) and step.startswith("("))]
        return node.place if len(taken) == len(wanted) and not key else place


MAX_DEPTH = 20
MAX_NODES = 50_000


class Composer:
    """Builds nodes from PyYAML events with an explicit stack, so that depth costs nothing but a finding."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def compose(self, text: str) -> Node | None:
        stack: list[_Open] = []
        root: Node | None = None
        documents = count = 0
        last_line = 1
        try:
            for event in self._events(text):
                last_line = event.end_mark.line + 1
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._report(event, Problem("E108"))
                        return root
                    continue
                node: Node | None
                match event:
                    case yaml.AliasEvent():
                        self._report(event, Problem("E105.alias", name=event.anchor))
                        node = Node(place=self._place(event), value="", is_faulty=True)
                    case yaml.ScalarEvent():
                        self._check_decorations(event)
                        node = self._scalar(event)
                    case yaml.CollectionStartEvent():
                        self._check_decorations(event)
                        if len(stack) >= MAX_DEPTH:
                            self._report(event, Problem("E103", levels=MAX_DEPTH))
                            return None
                        stack.append(
                            _Open(place=self._place(event), is_map=isinstance(event, yaml.MappingStartEvent))
                        )
                        continue
                    case yaml.CollectionEndEvent():
                        node = stack.pop().closed()
                    case _:
                        continue
                count += 1
                if count > MAX_NODES:
                    self._report(event, Problem("E102.values", most=MAX_NODES))
                    return None
                if stack:
                    self._add(stack[-1], node)
                else:
                    root = node
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
            return None
        except (
            ValueError,
            OverflowError,
        ) as error:  # escapes and directives beyond what Unicode or integers hold
            self._tell(Place(file=self.file, line=last_line), Problem("E104.escape", reason=str(error)))
            return None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
            character = ord(error.character) if isinstance(error.character, str) else error.character
            place = Place(file=self.file, line=line, column=column)
            self._tell(place, Problem("E104.character", number=character))
            return None
        if root is None or root.is_empty:
            self._tell(Place(file=self.file), Problem("E110"))
            return None
        return root

    def _scalar(self, event: Any) -> Node:
        """Text as written. Half a surrogate pair can be written as an escape, and is no text at all."""
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            self._report(event, Problem("E206.half"))
            return Node(place=self._place(event), value="", is_faulty=True)
        if has_many_marks(event.value):  # first: ordering endless marks, for NFC, takes endless time
            self._report(event, Problem("E206.value", most=MAX_MARKS))
            return Node(place=self._place(event), value="", is_faulty=True)
        return Node(
            place=self._place(event),
            value=unicodedata.normalize("NFC", event.value),
            is_empty=event.style in (None, "") and event.value == "",
        )

    @staticmethod
    def _events(text: str) -> Iterator[Any]:
        return yaml.parse(text, Loader=yaml.SafeLoader)

    def _add(self, parent: _Open, node: Node) -> None:
        if not parent.is_map:
            parent.items.append(node)
            return
        if parent.key is None:
            if not isinstance(node.value, str):
                self._tell(node.place, Problem("E109"))
                node = Node(place=node.place, value="", is_faulty=True)
            parent.key = node
            return
        key, parent.key = parent.key, None
        if key.is_faulty:
            return
        name = str(key.value)
        if name == "<<":
            self._tell(key.place, Problem("E107"))
        elif name in parent.pairs:
            self._tell(key.place, Problem("E106", key=name, line=parent.key_places[name].line))
        else:
            parent.pairs[name] = node
            parent.key_places[name] = key.place

    def _check_decorations(self, event: Any) -> None:
        if event.anchor is not None:
            self._report(event, Problem("E105.anchor", name=event.anchor))
        if event.tag is not None and event.tag != "!":
            self._report(event, Problem("E105.tag", name=event.tag))

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        reason = (error.problem or str(error)).replace("\n", " ")
        mark = error.problem_mark or error.context_mark
        if "end of stream" in reason or "<stream end>" in reason:
            mark = error.context_mark or mark  # where the quote or bracket was opened that nothing closes
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        has_tab = "\\t" in reason
        problem = Problem("E104.tab" if has_tab else "E104", reason=reason)
        self._tell(Place(file=self.file, line=line, column=column), problem)

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Place(file=self.file, line=start.line + 1, column=start.column + 1, width=max(1, width))

    def _report(self, event: Any, problem: Problem) -> None:
        self._tell(self._place(event), problem)

    def _tell(self, place: Place, problem: Problem) -> None:
        self.findings.append(problem.at(place))


@dataclass(kw_only=True)
class _Open:
    """A collection that is still being filled."""

    place: Place
    is_map: bool
    key: Node | None = None
    items: list[Node] = field(default_factory=list)
    pairs: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)

    def closed(self) -> Node:
        if self.is_map:
            return Node(place=self.place, value=self.pairs, key_places=self.key_places)
        return Node(place=self.place, value=self.items)
