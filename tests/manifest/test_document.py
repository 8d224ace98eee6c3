"""Reading YAML as it is written: scalars as text, values with places, and nothing that can hurt the reader."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.findings import Place
from builder.manifest.yaml.compose import MAX_DEPTH, MAX_NODES
from builder.manifest.yaml.document import MAX_BYTES, Document, read_document
from builder.text import has_many_marks
from tests.manifest.conftest import Read

# Scalars that YAML 1.1 or 1.2, or a reader of numbers, would take for something else.
# fmt: off
TRAPS = [
    "no", "No", "off", "y", "yes", "true", "false", "null", "Null", "~", "012", "0o14",
    "0x1F", "0b1", "1_000", "3.10", "1e3", ".inf", ".NaN", "-0", "+1", "3:16", "1:30:00", "2024-01-01",
    "2024-01-01T12:00:00Z", "=", "1,5", "-", "가", "a#b", "a:b", "{0}", "50%", "<<",
]
# fmt: on

# What a person could type: letters, marks, signs and spaces of the Basic Plane and above.
printable = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff")
    | st.sampled_from("가\u1100\u1161\t\n:#'\"\\")
).filter(lambda text: not has_many_marks(text))
# Text that looks like YAML more often than random text does.
yaml_like = st.text(
    st.sampled_from("{}[]:-,&*!|>'\"%@`#? \n\r\ta0~<=.\u1100\u1161")
    | st.characters(exclude_categories=["Cs"]),
    max_size=60,
)


def plain(document: Document) -> object:
    assert document.findings == ()
    assert document.root is not None
    return document.root.plain()


def place_at(document: Document, *path: str | int, key: bool = False) -> tuple[int, int, int]:
    assert document.root is not None
    place = document.root.place_of(path, key=key)
    return place.line, place.column, place.width


@pytest.mark.parametrize("written", TRAPS)
def test_a_scalar_reads_as_the_text_that_was_written(read: Read, written: str) -> None:
    quoted = f'"{written}"' if written in {"-", "{0}"} else written
    assert plain(read(f"key: {quoted}\nlist:\n  - {quoted}\n")) == {"key": written, "list": [written]}


@settings(deadline=None, max_examples=150)
@given(text=printable)
def test_any_quoted_text_reads_as_itself_in_nfc(read: Read, text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False)
    expected = unicodedata.normalize("NFC", text)
    assert plain(read(f"key: {quoted}\n")) == {"key": expected}
    assert plain(read(f"[{quoted}, {quoted}]\n")) == [expected, expected]


@settings(deadline=None, max_examples=75)
@given(key=st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=30), text=printable)
def test_a_value_and_its_key_know_their_places(read: Read, key: str, text: str) -> None:
    value = json.dumps(text, ensure_ascii=False)
    document = read(f'first: 1\n"{key}0": {value}\n')
    name = unicodedata.normalize("NFC", f"{key}0")
    before = len(key) + 3  # two quotes and the 0
    assert place_at(document, name, key=True) == (2, 1, before)
    assert place_at(document, name) == (2, before + 3, len(value))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("제목",), (1, 5, 6)),
        (("목록",), (2, 5, 1)),
        (("목록", 0), (2, 6, 2)),
        (("목록", 1), (2, 10, 1)),
        (("목록", 1, "나라"), (2, 15, 5)),
        (("블록",), (4, 3, 1)),
        (("블록", 0, "가"), (4, 8, 1)),
        (("블록", 1), (5, 5, 4)),
        (("둘",), (6, 4, 1)),
    ],
    ids=str,
)
def test_a_place_counts_characters_behind_korean_and_in_flow_style(
    read: Read, path: tuple[str | int, ...], expected: tuple[int, int, int]
) -> None:
    document = read(
        '제목: 희망의 소리\n목록: [하나, {나라: "a,b"}]\n블록:\n  - 가: 1\n  - "둘셋"\n둘: |\n  a\n  b\n'
    )
    assert place_at(document, *path) == expected


def test_the_place_of_what_is_missing_is_the_nearest_thing_above_it(read: Read) -> None:
    document = read("a: 1\nb:\n  - c: 2\n")
    assert place_at(document, "none") == (1, 1, 1)
    assert place_at(document, "b", 0, "none") == place_at(document, "b", 0) == (3, 5, 1)
    assert place_at(document, "b", 9, "c") == place_at(document, "b", key=True) == (2, 1, 1)


def test_windows_and_old_mac_line_ends_and_a_byte_order_mark_change_no_place(read: Read) -> None:
    text = "a: 희망\nb: [c, d]\n"
    unix = read(text)
    for other in (text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\ufeff" + text):
        document = read(other)
        assert plain(document) == plain(unix)
        assert place_at(document, "b", 1) == place_at(unix, "b", 1) == (2, 8, 1)
        assert document.lines == unix.lines == ("a: 희망", "b: [c, d]")


def test_an_empty_value_is_none_and_an_empty_text_is_not(read: Read) -> None:
    assert plain(read('a:\nb: ""\nc: # d\ne: [~]\n')) == {"a": None, "b": "", "c": None, "e": ["~"]}


def test_the_second_of_two_keys_is_a_finding_and_the_first_one_counts(read: Read) -> None:
    document = read("a: 1\nb: 2\na: 3\n")
    assert [(finding.code, finding.place.line) for finding in document.findings] == [("E106", 3)]
    assert document.root is not None
    assert document.root.plain() == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: *c\n", "E105", 2, 4),
        ("a: 1\n? *c\n: 2\n", "E105", 2, 3),
        ("a: !!int 1\n", "E105", 1, 4),
        ("a: !<tag:x> 1\n", "E105", 1, 4),
        ("a: &b\n", "E105", 1, 4),
        ("- &b [1]\n", "E105", 1, 3),
        ("<<: {a: 1}\n", "E107", 1, 1),
        ("a: 1\n...\n---\nb: 2\n", "E108", 3, 1),
        ("? [a, b]\n: c\n", "E109", 1, 3),
        ("{[a]: b}\n", "E109", 1, 2),
        ("a: {b: 1}: 2\n", "E104", 1, 10),
        ("a: @b\n", "E104", 1, 4),
        ("a: `b`\n", "E104", 1, 4),
        ("%YAML 2.0\n---\na: 1\n", "E104", 1, 1),
        ('a: "\\q"\n', "E104", 1, 6),
    ],
    ids=lambda value: value if isinstance(value, str) and value[0] != "E" else "",
)
def test_what_a_manifest_may_not_use_of_yaml_is_a_finding_at_its_place(
    read: Read, text: str, code: str, line: int, column: int
) -> None:
    found = [(finding.code, finding.place.line, finding.place.column) for finding in read(text).findings]
    assert found == [(code, line, column)]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "[" * 5000 + "]" * 5000,
        "{a: " * 5000,
        "- " * 5000,
        "? " * 5000,
        "\n".join(" " * depth + "a:" for depth in range(1000)),
    ],
    ids=["lists", "closed lists", "mappings", "dashes", "question marks", "indents"],
)
def test_depth_5000_is_one_finding_and_costs_nothing(read: Read, text: str) -> None:
    before = time.process_time()
    document = read(text)
    assert time.process_time() - before < 2
    assert [finding.code for finding in document.findings] == ["E103"]
    assert document.root is None


def test_the_deepest_manifest_allowed_is_read(read: Read) -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).findings == ()
    assert [finding.code for finding in read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).findings] == [
        "E103"
    ]


def test_aliases_that_multiply_cost_nothing(read: Read) -> None:
    """The billion laughs: each line is ten of the line before."""
    lines = ["a0: &a0 [" + ", ".join(["ha"] * 10) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 20)]
    before = time.process_time()
    document = read("\n".join(lines))
    assert time.process_time() - before < 2
    assert {finding.code for finding in document.findings} == {"E105"}
    assert len(document.findings) == 20 + 190


def test_sixty_thousand_values_are_one_finding(read: Read) -> None:
    before = time.process_time()
    document = read("a:\n" + "- b\n" * 60_000)
    assert time.process_time() - before < 5
    assert [finding.code for finding in document.findings] == ["E102"]
    assert document.root is None
    assert document.findings[0].place.line == MAX_NODES + 1


def test_a_file_above_two_mebibytes_is_one_finding_and_is_not_parsed(read: Read) -> None:
    text = "a: 1 #".ljust(MAX_BYTES, "x")
    assert read(text).findings == ()
    before = time.process_time()
    document = read(text + "x")
    assert time.process_time() - before < 2
    assert [finding.code for finding in document.findings] == ["E102"]
    assert document.findings[0].place.line == 1


@settings(deadline=None, max_examples=200)
@given(text=yaml_like)
def test_no_text_raises(read: Read, text: str) -> None:
    document = read(text)
    assert document.findings or document.root is not None
    for finding in document.findings:
        assert 1 <= finding.place.line <= len(document.lines) + 1
        assert finding.place.column >= 1


@settings(deadline=None, max_examples=150)
@given(raw=st.binary(max_size=80))
def test_no_bytes_raise(read: Read, raw: bytes) -> None:
    document = read(raw)
    assert document.findings or document.root is not None


def test_findings_and_places_carry_the_name_the_file_is_shown_as(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("a: &b 1\n", "utf-8")
    document = read_document(path, shown_as="집/m.yaml")
    assert document.file == "집/m.yaml"
    assert document.findings[0].place == Place(file="집/m.yaml", line=1, column=4, width=4)
