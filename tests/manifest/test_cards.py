"""What a manifest asks of cards: card, fit, split, levels, group, romanize, cover."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from builder.manifest.models import json_schema
from tests.manifest.conftest import HEAD, Load, good, pack_of

_SECTIONS = "sections: [{title: S, tracks: [{title: A, source: a.mp3}]}]\n"
_SCHEMA = Draft202012Validator(json_schema())


def _is_valid(text: str) -> bool:
    """By the JSON Schema, as an editor reads the manifest."""
    return _SCHEMA.is_valid(yaml.safe_load(text))


def _text(line: str) -> str:
    return f"{HEAD}{line}\n{_SECTIONS}"


def _grouped(*groups: str | None) -> str:
    """A section on each line from line 5, each in a group or in none."""
    lines = [
        f"  - {{title: S{n}, {f'group: {group}, ' if group else ''}tracks: [{{title: A, source: a{n}.mp3}}]}}\n"
        for n, group in enumerate(groups)
    ]
    return f"{HEAD}sections:\n{''.join(lines)}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("4GB", 4_000_000_000),
        ("4 GB", 4_000_000_000),
        ("4gb", 4_000_000_000),
        ('"512MB"', 512_000_000),
        ("16MB", 16_000_000),
        ("2000GB", 2_000_000_000_000),
    ],
)
def test_the_card_is_what_its_label_says(load: Load, written: str, expected: int) -> None:
    text = _text(f"card: {written}")
    assert pack_of(load, text).card.label_bytes == expected
    assert _is_valid(text)


@pytest.mark.parametrize(
    "written",
    ["4", "4G", "4TB", "15MB", "2001GB", "2048GB", "0GB", "-4GB", "4.5GB", "4GiB", "big", "10000GB", "''"],
)
def test_what_is_on_no_label_is_no_card(load: Load, written: str) -> None:
    loaded = load(_text(f"card: {written}"))
    (finding,) = loaded.findings
    assert finding.code in ("E226", "E204")
    assert (finding.place.line, finding.place.column) == (4, 7)
    assert loaded.pack is None or loaded.pack.card.label_bytes is None


@pytest.mark.parametrize("key", ["fit", "split", "romanize", "discreet"])
def test_a_switch_is_true_or_false_and_false_when_nothing_is_said(load: Load, key: str) -> None:
    def value(text: str) -> Any:
        pack = pack_of(load, text)
        return getattr(pack.card if key in ("fit", "split") else pack, key)

    assert value(_text(f"{key}: true")) is True
    assert value(_text(f"{key}: false")) is False
    assert value(_text("note: nothing")) is False
    assert _is_valid(_text(f"{key}: true"))


@pytest.mark.parametrize("written", ["yes", "True", "1", "on", "30min", "[true]", "{a: b}"])
@pytest.mark.parametrize("key", ["fit", "split", "romanize", "discreet"])
def test_other_words_for_true_are_refused(load: Load, key: str, written: str) -> None:
    (finding,) = load(_text(f"{key}: {written}")).findings
    assert finding.code == "E219"
    assert finding.place.line == 4
    if written in ("1", "30min", "[true]", "{a: b}"):
        assert not _is_valid(_text(f"{key}: {written}"))


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_levels_are_one_to_four(load: Load, levels: int) -> None:
    text = _text(f"levels: {levels}")
    assert pack_of(load, text).card.levels == levels
    assert _is_valid(text)


@pytest.mark.parametrize("written", ["0", "5", "-1", "two", "2.0", "[2]", "'2 '"])
def test_other_numbers_of_levels_are_refused(load: Load, written: str) -> None:
    (finding,) = load(_text(f"levels: {written}")).findings
    assert finding.code == "E219"
    assert (finding.place.line, finding.place.column) == (4, 9)
    if written != "2.0":
        assert not _is_valid(_text(f"levels: {written}"))


def test_places_are_those_of_the_values(load: Load) -> None:
    card = pack_of(load, f"{HEAD}card: 4GB\nlevels: 2\ncover: 그림.png\n{_SECTIONS}")
    assert (card.card.place.line, card.card.place.column) == (4, 7)
    assert (card.card.levels_place.line, card.card.levels_place.column) == (5, 9)
    assert (card.cover, card.cover_place.line, card.cover_place.column) == ("그림.png", 6, 8)
    assert pack_of(load, f"{HEAD}{_SECTIONS}").card.place.line == 1
    place = good("discreet").discreet_place
    assert (place.line, place.column) == (5, 11)


@pytest.mark.parametrize("written", ["/a.png", "../a.png", "a\\b.png", "''", "[a.png]"])
def test_a_cover_is_a_file_of_the_sources(load: Load, written: str) -> None:
    (finding,) = load(_text(f"cover: {written}")).findings
    assert finding.code in ("E204", "E211", "E219", "E302")
    assert (finding.place.line, finding.place.column) == (4, 8)


@pytest.mark.parametrize(
    ("written", "expected"), [("설교", ("설교",)), ("[설교]", ("설교",)), ("[설교, 2026]", ("설교", "2026"))]
)
def test_a_group_is_a_title_or_two(load: Load, written: str, expected: tuple[str, ...]) -> None:
    assert pack_of(load, _grouped(written)).sections[0].groups == expected
    assert _is_valid(_grouped(written))


@pytest.mark.parametrize(
    ("written", "code"),
    [("[]", "E204"), ("[A, B, C]", "E219"), ("[A, '']", "E204"), ("A/B", "E207"), ("''", "E204")],
)
def test_other_groups_are_refused(load: Load, written: str, code: str) -> None:
    (finding,) = load(_grouped(written)).findings
    assert finding.place.line == 5
    assert finding.code == code
    if written in ("[]", "[A, B, C]"):
        assert not _is_valid(_grouped(written))


@pytest.mark.parametrize(
    ("groups", "lines", "message"),
    [
        (("A", "B", "[A]"), [], ""),
        (("[A, B]", "[A, C]"), [], ""),
        ((None, None), [], ""),
        (("A", None), [6], "this section stands in 0 groups, the first one in 1"),
        ((None, "A"), [6], "this section stands in 1 group, the first one in 0"),
        (("A", "[A, B]", "B", None), [6, 8], "this section stands in 2 groups, the first one in 1"),
    ],
)
def test_every_section_stands_in_as_many_groups_as_the_first(
    load: Load, groups: tuple[str | None, ...], lines: list[int], message: str
) -> None:
    findings = load(_grouped(*groups)).findings
    assert [(finding.code, finding.place.line) for finding in findings] == [("E217", line) for line in lines]
    assert not lines or findings[0].message == message


@pytest.mark.parametrize("groups", [("A", "A/B"), ("A/B", "A"), ("A/B", "A", "A")])
def test_a_group_at_fault_is_told_of_once_and_does_not_make_the_others_uneven(
    load: Load, groups: tuple[str, ...]
) -> None:
    (finding,) = load(_grouped(*groups)).findings
    assert (finding.code, finding.place.line) == ("E207", 5 + groups.index("A/B"))
