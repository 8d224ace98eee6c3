"""The JSON Schema of a manifest, for editors and for checks outside this program."""

from __future__ import annotations

from typing import Any

from builder.manifest.models import Manifest


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12, made from the models."""
    schema = _as_written(Manifest.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "packbuilder manifest",
        **schema,
    }


def _as_written(node: Any) -> Any:
    """Without what pydantic adds and a manifest does not allow: null for an absent key, titles made of names."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key == "default" and (value is None or isinstance(value, dict)):
            continue
        if key == "title" and isinstance(value, str):
            continue
        out[key] = (
            {name: _as_written(inner) for name, inner in value.items()}
            if key in ("properties", "$defs")
            else _as_written(value)
        )
    forms = [form for form in out.get("anyOf", ()) if form != {"type": "null"}]
    if "anyOf" in out and len(forms) == 1:
        del out["anyOf"]
        out = {**forms[0], **out}
    elif "anyOf" in out:
        out["anyOf"] = forms
    return out
