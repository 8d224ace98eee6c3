"""Findings: every code has its rule, every rule its code, and the order is the reader's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builder
from builder.findings import (
    LANGUAGE,
    Finding,
    Phrase,
    Place,
    Problem,
    Rule,
    facts_of,
    has_errors,
    in_order,
    rules,
    texts,
)

_ROOT = Path(builder.__file__).parent
_USED = {
    code for path in _ROOT.rglob("*.py") for code in re.findall(r"\b[EW]\d{3}\b", path.read_text("utf-8"))
}


def test_every_code_that_is_used_has_a_rule_and_the_reverse() -> None:
    assert set(rules()) == _USED


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_rule_says_how_grave_it_is_and_explains_itself(rule: Rule) -> None:
    assert rule.severity == {"E": "error", "W": "warning"}[rule.code[0]]
    assert 5 <= len(rule.title) <= 60
    assert not rule.title.endswith(".")
    assert len(rule.text) >= 40
    assert rule.text == rule.text.strip()


def test_codes_stand_in_order_and_no_number_means_two_things() -> None:
    numbers = [code[1:] for code in rules()]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_file_holds_nothing_else() -> None:
    table = dict(texts(""))
    phrases = table.pop("phrases")
    assert all(isinstance(text, str) for text in phrases.values())
    for code, row in table.items():
        assert {"severity", "title", "text"} <= row.keys(), code
        for key in row.keys() - {"severity", "title", "text", "message", "help", "private"}:
            assert row[key].keys() <= {"message", "help"}, f"{code}.{key}"


def _entries(language: str) -> dict[str, dict[str, str]]:
    """The sentences of a language's file by their keys: codes, their cases, and phrases."""
    table = dict(texts(language))
    entries = {name: {"message": text} for name, text in table.pop("phrases", {}).items()}
    for code, row in table.items():
        entries[code] = {part: text for part, text in row.items() if part in ("message", "help")}
        cases = {f"{code}.{case}": texts for case, texts in row.items() if isinstance(texts, dict)}
        entries |= cases
    return entries


def _needed(texts_of: Iterable[str], phrases: Mapping[str, str]) -> set[str]:
    """The facts that some templates have places for, those of the phrases in them too."""
    names = {name for text in texts_of for name in facts_of(text)}
    inner = {phrases[name] for name in names & phrases.keys()}
    return (names - phrases.keys()) | (_needed(inner, phrases) if inner else set())


def _uses() -> Iterator[tuple[str, str, set[str], bool]]:
    """Each key that the program gives a Problem or Phrase: where, the key, its facts, and whether others may come."""
    for path in _ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if isinstance(node, ast.Call) and name in ("Problem", "Phrase"):
                constants = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
                facts = {keyword.arg for keyword in node.keywords if keyword.arg}
                is_open = any(keyword.arg is None for keyword in node.keywords)
                for key in (one for one in constants if isinstance(one, str)):
                    yield f"{path.name}:{node.lineno}", key, facts, is_open


def test_every_problem_gives_its_sentences_the_facts_that_they_need() -> None:
    entries, phrases = _entries(""), texts("")["phrases"]
    uses = list(_uses())
    assert len(uses) > 30
    wrong = []
    for where, key, facts, is_open in uses:
        needed = _needed(entries.get(key, {}).values(), phrases)
        if key not in entries or not (needed <= facts or is_open):
            wrong.append(f"{where}: {key} needs {needed}, has {facts}")
        if facts & phrases.keys():
            wrong.append(f"{where}: a fact has the name of a phrase: {facts & phrases.keys()}")
    assert wrong == []


def test_every_sentence_is_used() -> None:
    keys = _entries("")
    code = "\n".join(path.read_text("utf-8") for path in _ROOT.rglob("*.py"))
    inner = {name for texts_of in keys.values() for text in texts_of.values() for name in facts_of(text)}
    assert [
        key for key, texts_of in keys.items() if texts_of and f'"{key}"' not in code and key not in inner
    ] == []


def test_another_language_says_the_same() -> None:
    languages = [file.name.split(".")[1] for file in _ROOT.glob("findings.*.toml")]  # none is there yet
    assert {language: found for language in languages if (found := disagreements(language))} == {}


def disagreements(language: str) -> list[str]:
    """Keys of a language that English lacks, or whose sentences have places for other facts."""
    english, other = _entries(""), _entries(language)
    phrases, others = texts("")["phrases"], {**texts("")["phrases"], **texts(language).get("phrases", {})}
    return [
        f"{key}.{part}"
        for key, parts in other.items()
        for part, text in parts.items()
        if _needed([text], others) != _needed([english.get(key, {}).get(part, "")], phrases)
    ]


@pytest.fixture
def klingon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language with few sentences, two of them wrong."""
    rows = {
        "E421": {"title": "X", "message": "{most} > {card} {device}", "help": "{without_levels}"},
        "E422": {"groups": {"message": "{groups} {device}"}},
        "phrases": {"without_levels": "Y"},
    }
    real = texts

    def table(language: str) -> Mapping[str, Any]:
        return rows if language == "tlh" else real(language)

    monkeypatch.setattr("builder.findings.texts", table)
    monkeypatch.setattr("tests.test_findings.texts", table)
    monkeypatch.setenv(LANGUAGE, "tlh_QS.UTF-8")


@pytest.mark.usefixtures("klingon")
def test_a_language_may_translate_some_sentences_and_has_english_for_the_others() -> None:
    problem = Problem("E421", card="64 GB", device="pearl", most=32)
    assert (problem.message, problem.help) == ("32 > 64 GB pearl", "Y")
    assert "groups of folders" not in Problem("E422.groups", groups=3, device="x", most=2, ways=["a"]).message
    assert Problem("E420.names", device="x", card="y", folder="z").message == "x: too many names in z"


@pytest.mark.usefixtures("klingon")
def test_a_translation_with_another_place_is_found() -> None:
    assert disagreements("tlh") == ["E422.groups.message"]


@pytest.mark.parametrize(
    ("template", "facts", "text"),
    [
        ("{n:many file} {n:is|are} here", {"n": 1}, "1 file is here"),
        ("{n:many file} {n:is|are} here", {"n": 1200}, "1,200 files are here"),
        ("{n:,} of {p!r}", {"n": 1200, "p": Path("a/b")}, "1,200 of 'a/b'"),
        (
            "{w:or}; {w:and}; {w:some 2}; {w}",
            {"w": ["a", "b", "c"]},
            "a, b, or c; a, b, and c; a, b and 1 more; a, b, c",
        ),
        ("{b:size}, {s:length}", {"b": 4_200_000, "s": 61}, "4.2 MB, 1:01"),
        ("{what}!", {"what": Phrase("way_larger_card", gb=32)}, "a card of 32 GB!"),
        ("{w:or}", {"w": [Phrase("way_larger_card", gb=32), "b"]}, "a card of 32 GB or b"),
        ("{way_larger_card}", {"gb": 8}, "a card of 8 GB"),
        ("{t}", {"t": "{braces} stay"}, "{braces} stay"),
        ("{t}", {"t": "x" * 400}, "x" * 300 + "..."),
    ],
)
def test_facts_are_shown_as_their_place_says(
    monkeypatch: pytest.MonkeyPatch, template: str, facts: dict[str, Any], text: str
) -> None:
    real = texts
    monkeypatch.setattr(
        "builder.findings.texts", lambda language: {**real(language), "E000": {"message": template}}
    )
    assert Problem("E000", **facts).message == text


def test_a_finding_has_the_facts_of_its_sentences() -> None:
    finding = Problem(
        "E420.folders", card="4 GB", ways=[Phrase("way_join_sections"), "b"], path=Path("a/b")
    ).facts
    assert finding == {"card": "4 GB", "ways": ["join sections", "b"], "path": "a/b"}


def _at(
    line: int, column: int = 1, code: str = "E201", *, file: str = "m.yaml", message: str = "x"
) -> Finding:
    return Finding(code=code, place=Place(file=file, line=line, column=column), message=message)


def test_findings_are_read_from_top_to_bottom_each_once() -> None:
    top, left, right, later = _at(2), _at(10, 3), _at(10, 20), _at(10, 20, "W309")
    other = _at(1, file="n.yaml")
    assert in_order([other, later, right, top, left, right, top]) == (top, left, right, later, other)


def test_findings_of_one_card_stand_in_the_order_of_its_bytes() -> None:
    place = Place(file="card.img", is_binary=True)
    found = [Finding(code="E606", place=place, message="m", offset=n) for n in (9, 100, None, 0)]
    assert [finding.offset for finding in in_order(found)] == [None, 0, 9, 100]


def test_equal_places_and_codes_stay_in_the_order_they_were_found() -> None:
    """The books of a reading that stands on one line are told of in their own order, not by the alphabet."""
    found = [_at(1, message=f"{book} is missing") for book in ("GEN", "EXO", "1SA", "GEN")]
    assert [one.message[:3] for one in in_order(found)] == ["GEN", "EXO", "1SA"]


@settings(deadline=None)
@given(st.lists(st.builds(_at, st.integers(1, 30), st.integers(1, 30), st.sampled_from(sorted(rules())))))
def test_sorting_loses_nothing_and_does_not_depend_on_the_order_found(found: list[Finding]) -> None:
    ordered = in_order(found)
    assert set(ordered) == set(found)
    assert len(ordered) == len(set(found))
    assert in_order(reversed(found)) == ordered == in_order(ordered)


def test_only_an_error_forbids_the_job() -> None:
    assert not has_errors([])
    assert not has_errors([_at(1, code="W309"), _at(2, code="W506")])
    assert has_errors([_at(1, code="W309"), _at(2, code="E301")])
    assert [_at(1, code=code).severity for code in ("E301", "W309")] == ["error", "warning"]
