"""Scripture Burrito: passages from metadata.json, held against the files that are there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from builder.sources.intake.burrito import Burrito, read_burrito
from builder.sources.intake.listing import list_folder

_SOUND = b"sound"


def metadata(scopes: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A metadata.json as its schema has it, for files that all hold the same bytes."""
    ingredient = {
        "mimeType": "audio/mpeg",
        "size": len(_SOUND),
        "checksum": {"md5": hashlib.md5(_SOUND, usedforsecurity=False).hexdigest()},
    }
    return {
        "format": "scripture burrito",
        "meta": {"version": "1.0.0", "category": "source"},
        "type": {
            "flavorType": {
                "name": "scripture",
                "flavor": {
                    "name": "audioTranslation",
                    "performance": ["singleVoice", "reading"],
                    "formats": {"mp3": {"compression": "mp3", "bitRate": 64000}},
                },
                "currentScope": {"MAT": []},
            }
        },
        "languages": [{"tag": "ko", "name": {"ko": "한국어"}}],
        "ingredients": {
            "license.txt": {"mimeType": "text/plain", "size": 9},
            **{path: ingredient | {"scope": scope} for path, scope in scopes.items()},
        },
        **changed,
    }


def _read(folder: Path, said: Any, *names: str, content: bytes = _SOUND) -> Burrito:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    (folder / "metadata.json").write_bytes(raw)
    found = list_folder(folder)
    return read_burrito(found.metadata[0], {one.path: one for one in found.recordings})


def _codes(burrito: Burrito) -> list[str]:
    return [finding.code for finding in burrito.findings]


def test_scopes_are_passages(tmp_path: Path) -> None:
    scopes = {
        "a/1.mp3": {"MAT": ["1"]},
        "2.mp3": {"LUK": ["1:26-38"]},
        "3.mp3": {"OBA": []},
        "4.mp3": {"GEN": ["1-3"]},
        "5.mp3": {"RUT": ["2", "3", "4"]},
    }
    found = _read(tmp_path, metadata(scopes), *scopes)
    assert {path: str(one) for path, one in found.passages.items()} == {
        "a/1.mp3": "MAT 1",
        "2.mp3": "LUK 1:26-38",
        "3.mp3": "OBA 1",
        "4.mp3": "GEN 1-3",
        "5.mp3": "RUT 2-4",
    }
    assert (found.languages, found.findings) == (["ko"], [])


@pytest.mark.parametrize(
    "scope",
    [
        None,
        {},
        {"MAT": ["1"], "MRK": ["1"]},
        {"MAT": ["1", "3"]},
        {"MAT": ["2", "1"]},
        {"MAT": ["1:1-5", "2"]},
        {"XXX": ["1"]},
        {"MAT": ["99"]},
        [],
        {"MAT": 1},
    ],
)
def test_a_scope_that_is_no_one_passage_states_none(tmp_path: Path, scope: Any) -> None:
    found = _read(tmp_path, metadata({"1.mp3": scope}), "1.mp3")
    assert (found.passages, _codes(found)) == ({}, ["W337"] if scope else [])


def test_files_that_are_missing_changed_or_cut_short_are_told(tmp_path: Path) -> None:
    said = metadata({"1.mp3": {"MAT": ["1"]}, "2.mp3": {"MAT": ["2"]}, "3.mp3": {"MAT": ["3"]}})
    (tmp_path / "2.mp3").write_bytes(b"soun")
    found = _read(tmp_path, said, "1.mp3", content=b"Sound")
    assert [(f.code, f.place.file) for f in found.findings] == [("E336", f"{n}.mp3") for n in (1, 2, 3)]
    assert ["MD5" in f.message for f in found.findings] == [True, False, False]


def test_recordings_that_it_does_not_list_are_told(tmp_path: Path) -> None:
    found = _read(tmp_path, metadata({"1.mp3": {"MAT": ["1"]}}), "1.mp3", "MAT_002.mp3")
    assert _codes(found) == ["W337"]
    assert "MAT_002.mp3" in found.findings[0].message


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'"x"',
        metadata({}, type={"flavorType": {"name": "scripture", "flavor": {"name": "textTranslation"}}}),
        metadata({}, type=None),
        metadata({}, ingredients=[]),
        metadata({}, ingredients={"a": 1}),
    ],
    ids=str,
)
def test_what_is_no_audio_translation_is_told_and_not_used(tmp_path: Path, said: Any) -> None:
    found = _read(tmp_path, said, "1.mp3")
    assert (found.passages, _codes(found)) == ({}, ["W337"])


@pytest.mark.parametrize(
    "ingredient",
    [{"size": "5"}, {"checksum": []}, {"checksum": {"md5": 5}}, {"mimeType": 5}, {"scope": "GEN"}, {}],
)
def test_values_of_the_wrong_kind_are_no_reason_to_stop(tmp_path: Path, ingredient: Any) -> None:
    said = metadata({}, ingredients={"1.mp3": ingredient}, languages=[1, {"tag": 5}])
    assert _read(tmp_path, said, "1.mp3").findings == []
    assert _codes(_read(tmp_path, metadata({}, ingredients={"../1.mp3": {}}), "1.mp3")) == ["E336", "W337"]
