"""What a finder reads is shown whole: texts that count up are one, and can be told from what is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.review.finder import everything, runs
from builder.text import cells

_RANGE = re.compile(r"(?<![0-9])([0-9]{1,18})\.\.(?:([0-9]{1,18})\.\.)?([0-9]{1,18})(?![0-9])")


def spelled_out(text: str) -> list[str]:
    """Every text that a run stands for, as a reader takes it."""

    def number(match: re.Match[str], at: int) -> str:
        by = int(match[2]) - int(match[1]) if match[2] else 1
        return f"{int(match[1]) + at * by:0{len(match[1])}}"

    found = list(_RANGE.finditer(text))
    by = [int(match[2]) - int(match[1]) if match[2] else 1 for match in found]
    counts = {(int(match[3]) - int(match[1])) // step + 1 for match, step in zip(found, by, strict=True)} or {
        1
    }
    assert len(counts) == 1
    return [_RANGE.sub(lambda match, at=at: number(match, at), text) for at in range(counts.pop())]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ([], []),
        (["a"], ["a"]),
        (["01/001.mp3", "01/002.mp3", "01/003.mp3"], ["01/001..003.mp3"]),
        (["창세기 9장", "창세기 10장", "출애굽기 1장"], ["창세기 9..10장", "출애굽기 1장"]),
        (["001001Genesis 1", "001002Genesis 2"], ["001001..001002Genesis 1..2"]),
        (["T1", "T2", "T4", "T5", "T7"], ["T1..2", "T4..5", "T7"]),
        (
            ["0090011 Samuel 1", "0090021 Samuel 2", "0090031 Samuel 3"],
            ["0090011..0090021..0090031 Samuel 1..3"],
        ),
        (["T1", "T3", "T4", "T5"], ["T1", "T3..5"]),
        (["T5", "T4", "T3"], ["T5", "T4", "T3"]),
        (["T01", "T2"], ["T01", "T2"]),
        (["T1", "T1"], ["T1", "T1"]),
        (["1 1", "2 1", "2 2"], ["1..2 1", "2 2"]),
        (["1 1", "2 2", "3 2"], ["1..2 1..2", "3 2"]),
        (["T9", "T10 by Kim", "T11"], ["T9", "T10 by Kim", "T11"]),
        (["9" * 5000, "1" + "0" * 5000], ["9" * 5000, "1" + "0" * 5000]),
        (["T\u0661", "T\u0662"], ["T\u0661", "T\u0662"]),
    ],
)
def test_texts_that_count_up_stand_together(texts: list[str], shown: list[str]) -> None:
    assert runs(texts) == shown


@given(st.lists(st.text("01289 a", max_size=6), max_size=12))
@example(["0", "1"])
@example(["99", "100", "101"])
@example(["2", "4", "6", "8", "9", "10"])
def test_no_text_is_lost_or_made_up(texts: list[str]) -> None:
    assert [text for run in runs(texts) for text in spelled_out(run)] == texts


@given(
    st.lists(st.integers(0, 1200), max_size=12)
    | st.builds(lambda a, b: [*range(a, 999, b)], st.integers(0, 998), st.integers(1, 99))
)
def test_no_text_is_lost_or_made_up_of_many_numbers(numbers: list[int]) -> None:
    texts = [f"{number:03} of {number // 2}" for number in numbers]
    assert [text for run in runs(texts) for text in spelled_out(run)] == texts


@given(st.lists(st.text("가a 1", min_size=1, max_size=60), max_size=30))
def test_lines_have_80_columns_unless_a_text_is_longer(texts: list[str]) -> None:
    lines = list(everything({"names": texts}))
    assert all(sum(map(cells, line)) <= 80 or line.count("|") <= 1 for line in lines)
    joined = " ".join(line.strip() for line in lines)
    assert joined.count("|") == max(0, len(runs(texts)) - 1)


def test_nothing_that_is_read_obeys_or_hides() -> None:
    (line,) = everything({"titles": ["\x1b[31mred", "a\u202eb"], "artists": []})
    assert line == r"    titles (2): \x1b[31mred | a\u202eb"
