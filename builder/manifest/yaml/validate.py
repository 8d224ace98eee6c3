"""From nodes to models: pydantic's errors become findings, at the place of the value they speak of.

So that one slip does not hide the next fault, whatever a finding spoke of is taken out and the rest is read on;
a pack that comes out of that is looked at further, and never built.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from builder.findings import Finding, Phrase, Problem
from builder.manifest.yaml.compose import Node, Path
from builder.text import closest

Model = TypeVar("Model", bound=BaseModel)

# Keys that would put a person who carries or receives a card into a file (DESIGN.md, "The manifest").
PERSONAL_KEYS = frozenset({"recipient", "courier", "phone", "address", "gps"})

_WANTED = {
    "pack": Phrase("manifest_pack_wanted"),
    "title": Phrase("manifest_title_wanted"),
    "language": Phrase("manifest_language_wanted"),
    "sections": Phrase("manifest_sections_wanted"),
    "source": Phrase("manifest_source_wanted"),
}
# So that a manifest without its first lines is still read to its last.
_STAND_INS = {"pack": "unnamed", "title": "unnamed", "language": "en"}
_VALUE, _LIST, _MAPPING = Phrase("manifest_one_value"), Phrase("manifest_list"), Phrase("manifest_mapping")
_KINDS = {dict: _MAPPING, list: _LIST, str: _VALUE, type(None): Phrase("manifest_nothing")}
# What is expected, and how it is written.
_SHAPES = {
    "string_type": (_VALUE, Phrase("manifest_one_value_way")),
    "list_type": (_LIST, Phrase("manifest_list_way")),
    **dict.fromkeys(
        ("model_type", "dict_type", "model_attributes_type"), (_MAPPING, Phrase("manifest_mapping_way"))
    ),
}
# Steps that say nothing of what is wrong: pydantic's own, and the `value:` of a fact.
_CARRIERS = ("[key]", "value")
_ROUNDS = 20


def validate(
    root: Node, model: type[Model], wanted: Mapping[str, Phrase] = _WANTED
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
        is_item = not path or isinstance(path[-1], int)
        problem = Problem("E204.item") if is_item else Problem("E204.key", key=path[-1])
        findings.append(problem.at(node.place))
        return None
    if isinstance(node.value, list):
        items = [_screened(child, (*path, n), findings, removed) for n, child in enumerate(node.value)]
        return replace(node, value=[item for item in items if item is not None])
    if not isinstance(node.value, dict):
        return node
    pairs = {}
    for key, child in node.value.items():
        if key.lower() in PERSONAL_KEYS:
            findings.append(Problem("E203", key=key).at(node.key_places[key]))
            continue
        kept = _screened(child, (*path, key), findings, removed)
        if kept is not None:
            pairs[key] = kept
    return replace(node, value=pairs)


def _finding(fault: Any, root: Node, model: type[BaseModel], wanted: Mapping[str, Phrase]) -> Finding:
    loc: Path = tuple(fault["loc"])
    at_key = fault["type"] in ("extra_forbidden", "missing")
    path = loc if at_key or "[key]" in loc else root.follow(loc)[1]
    words = [step for step in path if isinstance(step, str) and (at_key or step not in _CARRIERS)]
    key = words[-1] if words else ""
    match fault["type"]:
        case "extra_forbidden":
            problem = _unknown_key(key, _keys_at(model, loc))
        case "missing" if key in wanted:
            problem = Problem("E202.wanted", key=key, way=wanted[key])
        case "missing":
            problem = Problem("E202", key=key)
        case kind if kind in _SHAPES:
            problem = _wrong_kind(fault, path, key)
        case _:
            problem = fault.get("ctx", {}).get("problem") or _wrong_value(fault, key)
    return problem.at(root.place_of(path, key=at_key), _track_named(root, loc))


def _unknown_key(key: str, known: Sequence[str]) -> Problem:
    like = closest(key.lower(), known)
    return Problem("E201.like" if like else "E201", key=_short(key), like=like, known=known)


def _wrong_kind(fault: Any, path: Path, key: str) -> Problem:
    expected, way = _SHAPES[fault["type"]]
    facts = {
        "expected": expected,
        "found": _KINDS.get(type(fault["input"]), Phrase("manifest_something")),
        "way": way,
    }
    if path and isinstance(path[-1], int):
        return Problem("E219.kind_of_item", item=path[-1] + 1, key=key, **facts)
    return Problem("E219.kind_of_key" if key else "E219.kind", key=key, **facts)


def _wrong_value(fault: Any, key: str) -> Problem:
    """What pydantic found by itself."""
    found, context = _short(str(fault["input"])), fault.get("ctx", {})
    match fault["type"]:
        case "literal_error":
            *others, last = re.split(", | or ", context["expected"])
            expected = Phrase("one_or", first=others, last=last) if others else last
            known = [word.strip("'") for word in (*others, last)]
            like = closest(str(fault["input"]).lower(), known)
            return Problem(
                "E218.like" if like else "E218", found=found, expected=expected, like=like, known=known
            )
        case "too_short":
            return Problem("E204.list", key=key)
        case "too_long":
            return Problem("E219.items", key=key, items=context["actual_length"], most=context["max_length"])
        case _:
            return Problem("E219", found=found, key=key, reason=fault["msg"])


def _short(word: str) -> str:
    return word if len(word) <= 60 else word[:60] + "..."


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
