"""From nodes to models: pydantic's errors become findings, at the place of the value they speak of.

So that one slip does not hide the next fault, whatever a finding spoke of is taken out and the rest is read on;
a pack that comes out of that is looked at further, and never built.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from builder.findings import Finding
from builder.manifest.models import PERSONAL_KEYS
from builder.manifest.nodes import Node

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]

_KINDS = {dict: "a mapping of keys", list: "a list", str: "one value", type(None): "nothing"}


def validate(root: Node, model: type[Model]) -> tuple[Model | None, Node, list[Finding]]:
    """The model, the nodes it was read from, and every finding. With findings, both are without the faults."""
    root, findings = _without_empty(root)
    nodes = root
    for attempt in range(20):
        try:
            return model.model_validate(nodes.plain()), nodes, findings
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=True)
            if attempt == 0:
                findings += [_finding(fault, nodes, model) for fault in faults]
            pruned = _pruned(nodes, [(tuple(fault["loc"]), fault["type"]) for fault in faults])
            if pruned is None:
                return None, nodes, findings
            nodes = pruned
    return None, nodes, findings


def _without_empty(root: Node) -> tuple[Node, list[Finding]]:
    findings: list[Finding] = []

    def walk(node: Node, name: str) -> Node | None:
        if node.is_empty:
            findings.append(
                Finding(
                    code="E204",
                    place=node.place,
                    message=f'nothing stands behind "{name}"' if name else "an empty list item",
                    help="write a value, or take the line out",
                )
            )
            return None
        if isinstance(node.value, dict):
            pairs = {key: walk(child, key) for key, child in node.value.items()}
            return replace(node, value={key: child for key, child in pairs.items() if child is not None})
        if isinstance(node.value, list):
            items = [walk(child, "") for child in node.value]
            return replace(node, value=[child for child in items if child is not None])
        return node

    return walk(root, "") or root, findings


def _finding(fault: Any, root: Node, model: type[BaseModel]) -> Finding:
    loc: Path = tuple(fault["loc"])
    kind, context = fault["type"], fault.get("ctx", {})
    at_key = kind in ("extra_forbidden", "missing")
    place = root.place_of(loc, key=at_key)
    key = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    track = _track_named(root, loc)

    def finding(code: str, message: str, help_text: str = "") -> Finding:
        return Finding(code=code, place=place, message=message, help=help_text, track=track)

    match kind:
        case "extra_forbidden" if key.lower() in PERSONAL_KEYS:
            return finding(
                "E203",
                f'key "{key}" is refused: a manifest names no recipient or courier',
                "keep such lists apart from the pack; a file found on a laptop may harm a person",
            )
        case "extra_forbidden":
            return finding("E201", f'unknown key "{key}"', _did_you_mean(key, _keys_at(model, loc)))
        case "missing":
            return finding("E202", f'key "{key}" is missing here', _WANTED.get(key, ""))
        case "literal_error":
            value, expected = str(fault["input"]), context["expected"]
            choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
            return finding("E218", f'"{value}" is not {expected}', _did_you_mean(value, choices))
        case "too_short":
            return finding("E204", f'the list "{key}" is empty', "add an item, or take the key out")
        case "string_type" | "model_type" | "list_type" | "dict_type" | "model_attributes_type":
            wanted = {"string_type": "one value", "list_type": "a list"}.get(kind, "a mapping of keys")
            found = _KINDS.get(type(fault["input"]), "something else")
            where = f' for "{key}"' if key else ""
            return finding("E219", f"expected {wanted}{where}, found {found}", _SHAPES.get(wanted, ""))
        case _ if kind.startswith(("E2", "E3", "E4")):
            return finding(kind, context["message"], context["help"])
        case _:
            return finding("E219", f'"{fault["input"]}" does not fit "{key}": {fault["msg"]}')


_WANTED = {
    "pack": "give the pack an id, such as `pack: hope-2026`",
    "title": "say what the listener may see",
    "language": "write ko, zh-Hans, zh-Hant, en, or another",
    "sections": "add `sections:` with at least one `- reading:` or `- title:`",
    "source": "name the recording, relative to `sources`",
}
# So that a manifest without its first lines is still read to its last.
_STAND_INS = {"pack": "unnamed", "title": "-", "language": "en"}
_SHAPES = {
    "one value": "write it on the key's own line",
    "a list": 'start each item with "- "',
    "a mapping of keys": "write `key: value` lines, indented",
}


def _did_you_mean(word: str, choices: Iterable[str]) -> str:
    choices = list(choices)
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.55)
    return f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(choices)}"


def _keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys allowed where an unknown one stands: follow the path through the models."""
    current: type[BaseModel] = model
    for step in loc[:-1]:
        if isinstance(step, str) and step in current.model_fields:
            current = _model_in(current.model_fields[step].annotation) or current
    return list(current.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, (_model_in(inner) for inner in getattr(annotation, "__args__", ()))), None)


def _track_named(root: Node, loc: Path) -> str:
    """The title of the track a path leads into, if it has one."""
    if len(loc) < 4 or loc[0] != "sections" or loc[2] != "tracks":
        return ""
    node: Any = root.plain()
    for step in loc[:4]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return ""
    title = node.get("title") if isinstance(node, dict) else None
    return title if isinstance(title, str) else ""


def _pruned(root: Node, faults: list[tuple[Path, str]]) -> Node | None:
    """The nodes without what the faults spoke of; None when too little is left to read on."""
    doomed: set[Path] = set()
    if isinstance(root.value, dict):
        stand_ins = {
            str(loc[0]): Node(place=root.place, value=_STAND_INS[str(loc[0])])
            for loc, kind in faults
            if kind == "missing" and len(loc) == 1 and loc[0] in _STAND_INS
        }
        faults = [(loc, kind) for loc, kind in faults if kind != "missing" or loc[0] not in stand_ins]
        root = replace(root, value={**root.value, **stand_ins})
    for loc, kind in faults:
        # What misses a key, or contradicts itself, goes whole; a wrong or unknown value goes alone.
        path = loc[:-1] if kind == "missing" else loc
        doomed.add(_existing(root, path))
    if () in doomed:
        return None

    def walk(node: Node, path: Path) -> Node | None:
        if path in doomed:
            return None
        if isinstance(node.value, dict):
            pairs = {key: walk(child, (*path, key)) for key, child in node.value.items()}
            return replace(node, value={key: child for key, child in pairs.items() if child is not None})
        if isinstance(node.value, list):
            items = [walk(child, (*path, index)) for index, child in enumerate(node.value)]
            return replace(node, value=[child for child in items if child is not None])
        return node

    return walk(root, ())


def _existing(root: Node, path: Path) -> Path:
    """The longest part of `path` that is there, without the names of union forms."""
    node, out = root, []
    for step in path:
        child: Node | None = None
        if isinstance(node.value, dict):
            child = node.value.get(str(step))
        elif isinstance(step, str):
            continue
        elif isinstance(node.value, list) and step < len(node.value):
            child = node.value[step]
        if child is None:
            break
        node = child
        out.append(step)
    return tuple(out)
