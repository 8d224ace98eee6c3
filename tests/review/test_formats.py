"""Findings for other programs: what GitHub, readers of SARIF and readers of JUnit get."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.findings import Finding, Place, Problem, rules
from builder.review.formats import github_text, junit_text, sarif

# The schema that OASIS publishes (docs.oasis-open.org/sarif/sarif/v2.1.0), as SchemaStore has it.
_SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text("utf-8"))

_PLACE = Place(file="packs/mark.yaml", line=7, column=3, width=5)
_ERROR = Problem("E420.names", device="pearl", card="4 GB", folder="01").at(_PLACE, "하나")
_WARNING = Finding(code="W309", place=_PLACE, message="a: b, c%d\nnew", help="look")
_ON_A_CARD = Finding(
    code="E603", place=Place(file="card.img/a b.mp3", is_binary=True), message="is changed", offset=512
)
_ALL = [_ERROR, _WARNING, _ON_A_CARD]

_ANNOTATION = re.compile(r"::(error|warning) ([^:]*)::(.*)")


def _read_annotation(line: str) -> tuple[str, dict[str, str], str]:
    """As GitHub's runner reads a command (actions/runner, ActionCommand.cs)."""
    match = _ANNOTATION.fullmatch(line)
    assert match, line
    values = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {name: unquote(value) for name, value in values.items()}, unquote(match[3])


def test_an_annotation_is_at_the_line_of_the_file_with_code_and_help() -> None:
    error, warning, card = map(_read_annotation, github_text(_ALL).split("\n"))
    place = {"file": "packs/mark.yaml", "line": "7", "col": "3", "endColumn": "8"}
    assert error == (
        "error",
        place | {"title": "E420"},
        "pearl: too many names in 01\nhelp: divide this section",
    )
    assert warning == ("warning", place | {"title": "W309"}, "a: b, c%d\nnew\nhelp: look")
    assert card == ("error", {"file": "card.img/a b.mp3", "title": "E603"}, "is changed")


@given(st.text(), st.text(min_size=1))
def test_no_text_ends_an_annotation_or_begins_another(message: str, file: str) -> None:
    finding = Finding(code="E301", place=Place(file=file), message=message, help="::error::x")
    text = github_text([finding])
    assert len(text.splitlines()) == 1
    kind, values, said = _read_annotation(text)
    assert (kind, set(values)) == ("error", {"file", "line", "col", "endColumn", "title"})
    assert said.endswith("help: ::error::x")


def test_sarif_is_what_the_published_schema_says() -> None:
    log = sarif(_ALL, {_WARNING: "both are meant"})
    jsonschema.Draft7Validator(_SCHEMA).validate(log)
    jsonschema.Draft7Validator(_SCHEMA).validate(sarif([], {}))
    broken = json.loads(json.dumps(log))
    broken["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(_SCHEMA).validate(broken)


def test_sarif_has_rules_of_explain_places_facts_and_what_is_waived() -> None:
    (run,) = sarif(_ALL, {_WARNING: "both are meant"})["runs"]
    listed = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == ["E420", "E603", "W309"]
    assert listed[0]["help"]["text"] == rules()["E420"].text
    error, warning, card = run["results"]
    assert (error["ruleId"], listed[error["ruleIndex"]]["id"], error["level"]) == ("E420", "E420", "error")
    assert error["properties"] == {
        "track": "하나",
        "facts": {"device": "pearl", "card": "4 GB", "folder": "01"},
    }
    assert error["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "packs/mark.yaml"},
        "region": {"startLine": 7, "startColumn": 3, "endColumn": 8},
    }
    assert error["suppressions"] == []
    assert [one["justification"] for one in warning["suppressions"]] == ["both are meant"]
    assert card["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "card.img/a%20b.mp3"},
        "region": {"byteOffset": 512},
    }


def test_a_result_keeps_its_fingerprint_on_another_line_and_has_it_alone() -> None:
    moved = Problem("E420.names", device="pearl", card="4 GB", folder="01").at(
        Place(file=_PLACE.file, line=70), "하나"
    )
    other = Problem("E420.names", device="pearl", card="4 GB", folder="02").at(_PLACE, "하나")

    def prints(*findings: Finding) -> list[str]:
        results = sarif(findings, {})["runs"][0]["results"]
        return [result["partialFingerprints"]["packbuilder/v1"] for result in results]

    assert prints(_ERROR) == prints(moved)
    assert len({*prints(_ERROR, other, moved)}) == 3


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("/a/b c.yaml", "file:///a/b%20c.yaml"),
        ("a/설교.yaml", "a/%EC%84%A4%EA%B5%90.yaml"),
        ("a/\udcff.yaml", "a/%FF.yaml"),
        ("a#b?c.yaml", "a%23b%3Fc.yaml"),
    ],
)
def test_a_path_is_a_reference(file: str, uri: str) -> None:
    finding = Finding(code="E301", place=Place(file=file), message="m")
    result = sarif([finding], {})["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_junit_has_a_case_for_each_finding_and_only_errors_fail() -> None:
    waived = Finding(code="W306", place=_PLACE, message="x")
    root = Xml.fromstring(
        junit_text({"m.yaml": [*_ALL, waived], "good.yaml": []}, {waived: "the speaker is old"})
    )
    assert root.attrib == {"name": "packbuilder check", "tests": "5", "failures": "2", "skipped": "1"}
    mark, good = root
    assert mark.attrib == {"name": "m.yaml", "tests": "4", "failures": "2", "skipped": "1"}
    assert [(case.get("name"), [child.tag for child in case]) for case in mark] == [
        ("E420 7:3", ["failure"]),
        ("W309 7:3", ["system-out"]),
        ("E603", ["failure"]),
        ("W306 7:3", ["skipped"]),
    ]
    assert mark[0][0].attrib == {"type": "E420", "message": "pearl: too many names in 01"}
    assert (
        mark[0][0].text == "packs/mark.yaml 7:3: E420 pearl: too many names in 01\nhelp: divide this section"
    )
    assert [case.get("name") for case in good] == ["no findings"]


@given(st.text(), st.text())
def test_every_document_can_be_read_whatever_is_in_it(message: str, file: str) -> None:
    finding = Finding(code="E301", place=Place(file=f"x{file}"), message=message, track=message)
    files = {finding.place.file: [finding]}
    assert Xml.fromstring(junit_text(files, {finding: message})).get("skipped") == "1"
    assert junit_text(files, {}).isascii()
    jsonschema.Draft7Validator(_SCHEMA).validate(json.loads(json.dumps(sarif([finding], {}))))
