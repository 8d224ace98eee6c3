"""Findings: every code has its rule, every rule its code, and the order is the reader's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builder
from builder.findings import Finding, Place, Rule, has_errors, in_order, rules

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
    table = tomllib.loads((_ROOT / "findings.toml").read_text("utf-8"))
    assert {frozenset(row) for row in table.values()} == {frozenset({"severity", "title", "text"})}


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
