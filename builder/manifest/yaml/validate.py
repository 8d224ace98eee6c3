"""From nodes to models: pydantic's errors become findings, at the place of the value they speak of.

So that one slip does not hide the next fault, whatever a finding spoke of is taken out and the rest is read on;
a pack that comes out of that is looked at further, and never built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from builder.findings import Finding, Place
from builder.manifest.yaml.compose import Node, Path
from builder.text import did_you_mean

Model = TypeVar("Model", bound=BaseModel)

# Keys that would put a person who carries or receives a card into a file (DESIGN.md, "The manifest").
PERSONAL_KEYS = frozenset({"recipient", "courier", "phone", "address", "gps"})

_WANTED = {
    "pack": "give the pack an id, such as `pack: hope-2026`",
    "title": "say what the listener may see",
    "language": "write ko, zh-Hans, zh-Hant, en, or another",
    "sections": "add `sections:` with at least one `- reading:` or `- title:`",
    "source": "name the recording, relative to `sources`",
}
# So that a manifest without its first lines is still read to its last.
_STAND_INS = {"pack": "unnamed", "title": "unnamed", "language": "en"}
_KINDS = {dict: "a mapping of keys", list: "a list", str: "one value", type(None): "nothing"}
_SHAPES = {
    "one value": "write it on the key's own line; a value that begins with { or [ needs quotes",
    "a list": 'start each item with "- "',
    "a mapping of keys": "write `key: value` lines, indented",
}
# Steps that say nothing of what is wrong: pydantic's own, and the `value:` of a fact.
_CARRIERS = ("[key]", "value")
_ROUNDS = 20


def validate(
    root: Node, model: type[Model], wanted: Mapping[str, str] = _WANTED
) -> tuple[Model | None, Node, list[Finding]]:
    """The model, the nodes it was read from, and every finding. With findings, both are without the faults.

    `wanted` says of a missing key what to write; without it, what a manifest needs.
    """
    findings: list[Finding] = []
    removed: set[Path] = set()
    nodes = _screened(root, (), findings, removed) or root
    for attempt in range(_ROUNDS):
        try:
            return model.model_validate(nodes.plain()), nodes, findings
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=True)
        if attempt == 0:
            # What is missing because it was just taken out has been reported already.
            told = [fault for fault in faults if not _follows(fault, removed)]
            findings += [_finding(fault, nodes, model, wanted) for fault in told]
        pruned = _pruned(nodes, [(tuple(fault["loc"]), fault["type"]) for fault in faults])
        if pruned is None:
            break
        nodes = pruned
    return None, nodes, findings


def _follows(fault: Any, removed: Collection[Path]) -> bool:
    """Whether a value is missing only because it was just taken out."""
    loc = tuple(fault["loc"])
    names = {(*loc, "title"), (*loc, "passage")} if fault["type"] == "E215" else {loc}
    return fault["type"] in ("missing", "E215") and not names.isdisjoint(removed)


def _screened(node: Node, path: Path, findings: list[Finding], removed: set[Path]) -> Node | None:
    """Without what no model needs to see: empty values, values already reported, keys that name people."""
    if node.is_faulty:
        removed.add(path)
        return None
    if node.is_empty:
        removed.add(path)
        found = (
            f'nothing stands behind "{path[-1]}"'
            if path and isinstance(path[-1], str)
            else "an empty list item"
        )
        help_text = "write a value, or take the line out"
        findings.append(Finding(code="E204", place=node.place, message=found, help=help_text))
        return None
    if isinstance(node.value, list):
        items = [_screened(child, (*path, n), findings, removed) for n, child in enumerate(node.value)]
        return replace(node, value=[item for item in items if item is not None])
    if not isinstance(node.value, dict):
        return node
    pairs = {}
    for key, child in node.value.items():
        if key.lower() in PERSONAL_KEYS:
            findings.append(_personal(key, node.key_places[key]))
            continue
        kept = _screened(child, (*path, key), findings, removed)
        if kept is not None:
            pairs[key] = kept
    return replace(node, value=pairs)


def _personal(key: str, place: Place) -> Finding:
    return Finding(
        code="E203",
        place=place,
        message=f'key "{key}" is refused: a manifest names no recipient or courier',
        help="keep such lists apart from the pack; a file found on a laptop may harm a person",
    )


def _finding(fault: Any, root: Node, model: type[BaseModel], wanted: Mapping[str, str]) -> Finding:
    loc: Path = tuple(fault["loc"])
    kind, context = fault["type"], fault.get("ctx", {})
    at_key = kind in ("extra_forbidden", "missing")
    path = loc if at_key or "[key]" in loc else root.follow(loc)[1]
    words = [step for step in path if isinstance(step, str) and (at_key or step not in _CARRIERS)]
    key = words[-1] if words else ""

    def finding(code: str, message: str, help_text: str = "") -> Finding:
        place = root.place_of(path, key=at_key)
        return Finding(code=code, place=place, message=message, help=help_text, track=_track_named(root, loc))

    match kind:
        case "extra_forbidden":
            return finding("E201", f'unknown key "{_short(key)}"', _meant(key, _keys_at(model, loc)))
        case "missing":
            return finding("E202", f'key "{key}" is missing here', wanted.get(key, ""))
        case "literal_error":
            value, expected = str(fault["input"]), context["expected"]
            choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
            return finding("E218", f'"{_short(value)}" is not {expected}', _meant(value, choices))
        case "too_short":
            return finding("E204", f'the list "{key}" is empty', "add an item, or take the key out")
        case "too_long":
            found, most = context["actual_length"], context["max_length"]
            return finding("E219", f'"{key}" has {found} items; it may have {most}', "leave some out")
        case "string_type" | "model_type" | "list_type" | "dict_type" | "model_attributes_type":
            shape = {"string_type": "one value", "list_type": "a list"}.get(kind, "a mapping of keys")
            found = _KINDS.get(type(fault["input"]), "something else")
            where = f' for "{key}"' if key else ""
            if path and isinstance(path[-1], int):
                where = f' for item {path[-1] + 1} of "{key}"'
            return finding("E219", f"expected {shape}{where}, found {found}", _SHAPES.get(shape, ""))
        case _ if kind.startswith(("E2", "E3", "E4")):
            return finding(kind, context["message"], context["help"])
        case _:
            return finding("E219", f'"{_short(str(fault["input"]))}" does not fit "{key}": {fault["msg"]}')


def _short(word: str) -> str:
    return word if len(word) <= 60 else word[:60] + "..."


def _meant(word: str, choices: Iterable[str]) -> str:
    choices = list(choices)
    return did_you_mean(word.lower(), choices, f"known here: {', '.join(choices)}")


def _keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys allowed in the place of an unknown one: follow the path through the models."""
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
    track = root.follow(loc[:4])[0]
    title = track.value.get("title") if isinstance(track.value, dict) else None
    return _short(title.value) if title is not None and isinstance(title.value, str) else ""


def _pruned(root: Node, faults: list[tuple[Path, str]]) -> Node | None:
    """The nodes without what the faults spoke of; None when too little is left to read on."""
    if isinstance(root.value, dict):
        stand_ins = {
            str(loc[0]): Node(place=root.place, value=_STAND_INS[str(loc[0])])
            for loc, kind in faults
            if kind == "missing" and len(loc) == 1 and loc[0] in _STAND_INS
        }
        faults = [(loc, kind) for loc, kind in faults if kind != "missing" or loc[0] not in stand_ins]
        root = replace(root, value={**root.value, **stand_ins})
    # What misses a key, or contradicts itself, goes whole; a wrong or unknown value goes alone.
    doomed = {root.follow(loc[:-1] if kind == "missing" else loc)[1] for loc, kind in faults}
    return None if () in doomed else _without(root, (), doomed)


def _without(node: Node, path: Path, doomed: Collection[Path]) -> Node | None:
    if path in doomed:
        return None
    if isinstance(node.value, dict):
        pairs = {key: _without(child, (*path, key), doomed) for key, child in node.value.items()}
        return replace(node, value={key: child for key, child in pairs.items() if child is not None})
    if isinstance(node.value, list):
        items = [_without(child, (*path, index), doomed) for index, child in enumerate(node.value)]
        return replace(node, value=[child for child in items if child is not None])
    return node
