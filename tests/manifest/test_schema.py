"""The JSON Schema of a manifest: valid itself, content with good manifests, and as strict about keys."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from builder.manifest.models import Manifest, json_schema
from builder.manifest.yaml.validate import PERSONAL_KEYS

ROOT = Path(__file__).parents[2]
# Manifests whose scalars YAML turns into dates and nothings, which JSON has not: what this program is for.
MANGLED = {"scalars-as-written"}
READABLE = [
    path
    for path in sorted((ROOT / "tests/manifests/good").glob("*.yaml"))
    + sorted((ROOT / "manifests").glob("*.yaml"))
    if path.stem not in MANGLED
]
SMALLEST: dict[str, Any] = {
    "pack": "p",
    "title": "T",
    "language": "ko",
    "sections": [{"title": "S", "tracks": [{"title": "A", "source": "a.mp3"}]}],
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def changed(change: dict[str, Any], *path: str | int) -> dict[str, Any]:
    """The smallest manifest with `change` put into the mapping at `path`."""
    manifest = copy.deepcopy(SMALLEST)
    here: Any = manifest
    for step in path:
        here = here[step]
    here.update(change)
    return manifest


def test_the_schema_is_valid_by_its_own_draft() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_names_every_key_and_says_what_it_is_for() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(Manifest.model_fields)
    assert set(schema["required"]) == {"pack", "title", "language", "sections"}
    for name, definition in {"manifest": schema, **schema["$defs"]}.items():
        assert definition["additionalProperties"] is False
        for key, value in definition["properties"].items():
            described = schema["$defs"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
            assert described.get("description"), f"{name}: {key}"


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_a_good_manifest_is_good_by_the_schema_too(validator: Draft202012Validator, path: Path) -> None:
    manifest = yaml.safe_load(path.read_text("utf-8-sig"))
    assert [error.message for error in validator.iter_errors(manifest)] == []


@pytest.mark.parametrize(
    "path",
    [(), ("sections", 0), ("sections", 0, "tracks", 0)],
    ids=["top", "section", "track"],
)
@pytest.mark.parametrize("key", ["titel", "Title", "x", *sorted(PERSONAL_KEYS)])
def test_an_unknown_key_is_refused(
    validator: Draft202012Validator, path: tuple[str | int, ...], key: str
) -> None:
    assert validator.is_valid(SMALLEST)
    assert not validator.is_valid(changed({key: "x"}, *path))


def test_an_unknown_key_in_the_defaults_is_refused(validator: Draft202012Validator) -> None:
    assert validator.is_valid(changed({"defaults": {"speaker": "x"}}))
    assert not validator.is_valid(changed({"defaults": {"speeker": "x"}}))


@pytest.mark.parametrize("key", ["pack", "title", "language", "sections"])
def test_a_missing_key_is_refused(validator: Draft202012Validator, key: str) -> None:
    assert not validator.is_valid({name: value for name, value in SMALLEST.items() if name != key})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"sections": []}, ()),
        ({"sections": "S"}, ()),
        ({"profiles": "sd-card"}, ()),
        ({"profiles": []}, ()),
        ({"title": ["T"]}, ()),
        ({"defaults": {"announce": ["a.wav"]}}, ()),
        ({"defaults": {"pause": -1}}, ()),
        ({"level": "togehter"}, ("sections", 0)),
        ({"tracks": {"title": "A"}}, ("sections", 0)),
        ({"source": {"book": 1}}, ("sections", 0)),
        ({"announce": ["a.wav"]}, ("sections", 0, "tracks", 0)),
        ({"announced": "yes"}, ("sections", 0, "tracks", 0)),
        ({"prompt": ["a.wav"]}, ("sections", 0)),
        ({"source": []}, ("sections", 0, "tracks", 0)),
        ({"source": [["a.mp3"]]}, ("sections", 0, "tracks", 0)),
        ({"source": [{"start": "0:10"}]}, ("sections", 0, "tracks", 0)),
        ({"source": [{"source": "a.mp3", "titel": "A"}]}, ("sections", 0, "tracks", 0)),
        ({"source": {"source": "a.mp3"}}, ("sections", 0, "tracks", 0)),
        ({"compress": "gentel"}, ("sections", 0, "tracks", 0)),
        ({"channel": "both"}, ("sections", 0)),
        ({"denoise": True}, ()),
        ({"fade_in": -1}, ("sections", 0, "tracks", 0)),
        ({"split": 30}, ("sections", 0)),
        ({"quality": "superb"}, ()),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_the_wrong_kind_of_value_is_refused(
    validator: Draft202012Validator, change: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    assert not validator.is_valid(changed(change, *path))
