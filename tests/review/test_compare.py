"""What differs between two states of a pack: a table of single changes, and properties of any."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.review.changes import comparison_json, comparison_text, counts_text
from builder.review.compare import Portion, Row, State, compare


def _row(number: int, **given: Any) -> Row:
    values: dict[str, Any] = {
        "path": f"01/{number:03}.mp3",
        "section": "설교",
        "title": f"T{number}",
        "cuts": (Portion(source=f"{number}.wav", sha256=f"{number:08}"),),
        "shaped": (("channel", "auto"), ("gain dB", 1.0)),
        "sound": f"s{number}",
    }
    return Row(**{**values, **given})


_ROWS = tuple(_row(number) for number in range(1, 6))


def _state(*rows: Row, **head: Any) -> State:
    return State(head=head, rows=rows)


def _changed(at: int, **given: Any) -> State:
    return _state(*(replace(row, **given) if index == at else row for index, row in enumerate(_ROWS)))


_OTHER = (Portion(source="2.wav", sha256="99999999"),)

_SINGLE: list[tuple[str, State, list[str], list[tuple[str, Any, Any]]]] = [
    ("a title", _changed(1, title="Hope"), ["retitled"], [("title", "T2", "Hope")]),
    ("a speaker", _changed(1, speaker="Kim"), ["retitled"], [("speaker", None, "Kim")]),
    (
        "a recording under its old name",
        _changed(1, cuts=_OTHER, sound="x"),
        ["re-recorded"],
        [("recording", ["2.wav 00000002"], ["2.wav 99999999"])],
    ),
    (
        "a recording under another name",
        _changed(1, cuts=(Portion(source="b.wav", sha256="9"),)),
        ["re-recorded"],
        [("recording", ["2.wav"], ["b.wav"])],
    ),
    (
        "another part of it",
        _changed(1, cuts=(Portion(source="2.wav", sha256="00000002", start=1.5),), sound="x"),
        ["re-cut"],
        [("parts", [[None, None]], [[1.5, None]])],
    ),
    (
        "its level",
        _changed(1, shaped=(("channel", "auto"), ("gain dB", 2.5)), sound="x"),
        ["re-levelled"],
        [("gain dB", 1.0, 2.5)],
    ),
    (
        "a spoken title",
        _changed(1, said=(Portion(source="t.wav"),)),
        ["re-spoken"],
        [("spoken title", [], ["t.wav"])],
    ),
    ("its words", _changed(1, words=(Portion(source="t.lrc"),)), ["re-worded"], [("words", [], ["t.lrc"])]),
    ("nothing but the encoding", _changed(1, sound="x"), ["re-encoded"], [("sound", "s2", "x")]),
    ("its name", _changed(1, path="01/x.mp3"), ["renamed"], [("path", "01/002.mp3", "01/x.mp3")]),
    ("its folder", _changed(1, section="찬양"), ["moved"], [("folder", "설교", "찬양")]),
]


@pytest.mark.parametrize(
    ("after", "kinds", "details"), [row[1:] for row in _SINGLE], ids=[r[0] for r in _SINGLE]
)
def test_one_change_is_found_and_nothing_else_is(
    after: State, kinds: list[str], details: list[tuple[str, Any, Any]]
) -> None:
    found = compare(_state(*_ROWS), after)
    (change,) = found.changes
    assert (list(change.kinds), list(change.details), found.same) == (kinds, details, 4)
    assert change.before == _ROWS[1]


def test_a_recording_that_only_has_another_name_is_the_same() -> None:
    after = _changed(1, cuts=(Portion(source="renamed.wav", sha256="00000002"),))
    assert compare(_state(*_ROWS), after).is_empty


def test_what_one_side_does_not_know_is_not_compared() -> None:
    """A plan knows no gain and no sound; a manifest no paths and no digests."""
    plan = [replace(row, sound=None, shaped=(("channel", "auto"),)) for row in _ROWS]
    assert compare(_state(*_ROWS, bitrate_kbps=64), _state(*plan)).is_empty
    written = [
        replace(row, path=None, cuts=(Portion(source=row.cuts[0].source),), sound=None) for row in _ROWS
    ]
    assert compare(_state(*_ROWS), _state(*written)).is_empty


def test_tracks_come_and_go_where_they_were() -> None:
    found = compare(_state(*_ROWS), _state(*_ROWS[:2], _row(9), *_ROWS[3:]))
    assert [(change.kinds, (change.before or change.after)) for change in found.changes] == [
        (("removed",), _ROWS[2]),
        (("added",), _row(9)),
    ]


def test_a_track_that_was_moved_is_one_change_and_those_it_passed_are_none() -> None:
    found = compare(_state(*_ROWS), _state(_ROWS[4], *_ROWS[:4]))
    (change,) = found.changes
    assert (change.kinds, change.details, found.same) == (("moved",), (("place", 5, 1),), 4)


def test_two_that_changed_places_are_told_by_what_they_read_not_by_where_they_are() -> None:
    """The fault that matters most: the names stay, and the chapters behind them are exchanged."""
    one, two = _row(1, passage="MRK 1", title="1"), _row(2, passage="MRK 2", title="2")
    swapped = replace(one, cuts=two.cuts, sound=two.sound), replace(two, cuts=one.cuts, sound=one.sound)
    found = compare(_state(one, two), _state(*swapped))
    assert [(change.kinds, change.details[0][0]) for change in found.changes] == [
        (("re-recorded",), "recording"),
        (("re-recorded",), "recording"),
    ]
    assert [change.before and change.before.passage for change in found.changes] == ["MRK 1", "MRK 2"]


def test_two_titles_that_changed_places_are_other_titles() -> None:
    swapped = replace(_ROWS[0], title="T2"), replace(_ROWS[1], title="T1"), *_ROWS[2:]
    found = compare(_state(*_ROWS), _state(*swapped))
    assert [change.kinds for change in found.changes] == [("retitled",), ("retitled",)]


def test_two_tracks_that_changed_places_are_one_that_moved() -> None:
    found = compare(_state(*_ROWS), _state(_ROWS[1], _ROWS[0], *_ROWS[2:]))
    assert [change.kinds for change in found.changes] == [("moved",)]


def test_a_folder_of_another_name_is_said_once() -> None:
    after = [replace(row, section="말씀") for row in _ROWS]
    found = compare(_state(*_ROWS), _state(*after))
    assert (found.sections, found.changes, found.same) == ((("설교", "말씀"),), (), 5)


def test_facts_of_the_whole_pack_are_compared() -> None:
    found = compare(_state(*_ROWS, title="A", of=1), _state(*_ROWS, title="B"))
    assert found.heads == (("title", "A", "B"),)
    assert counts_text(found) == "title; 5 as they were"


def test_a_text_has_a_line_for_each_track_and_the_counts_last() -> None:
    rows = [replace(row, path=f"02/{row.title}.mp3") for row in (*_ROWS, _row(7), _row(8))]
    rows[0] = replace(rows[0], title="Hope", cuts=(replace(_ROWS[0].cuts[0], start=65.25),))
    found = compare(
        _state(*_ROWS, _row(7), _row(8), _row(9, seconds=61.0), title="A"), _state(*rows, title="B")
    )
    assert comparison_text(found).split("\n") == [
        "  title: A -> B",
        "  ~ 02/T1.mp3: retitled, re-cut",
        "      title: T1 -> Hope",
        "      parts: 0:00 to the end -> 1:05.25 to the end",
        *(
            line
            for n in (2, 3, 4, 5, 7)
            for line in (f"  ~ 02/T{n}.mp3: renamed", f"      path: 01/{n:03}.mp3 -> 02/T{n}.mp3")
        ),
        '  - 01/009.mp3  "T9", 1:01',
        "  ~ 1 more are renamed, and the same otherwise",
        "title; 1 retitled, 1 re-cut, 6 renamed, 1 removed",
    ]


def test_a_line_holds_no_control_character_and_is_not_endless() -> None:
    after = _changed(1, title="\x1b[31m" + "x" * 10_000)
    text = comparison_text(compare(_state(*_ROWS), after))
    assert "\x1b" not in text
    assert max(map(len, text.split("\n"))) < 160


_ANY_ROW = st.builds(
    _row,
    st.integers(1, 9),
    title=st.sampled_from("ABC"),
    section=st.sampled_from("XY"),
    passage=st.sampled_from([None, "MRK 1", "MRK 2"]),
    part=st.integers(1, 2),
)
_ANY = st.lists(_ANY_ROW, max_size=8)


@given(_ANY)
def test_nothing_differs_from_itself(rows: list[Row]) -> None:
    found = compare(_state(*rows), _state(*rows))
    assert (found.is_empty, found.same) == (True, len(rows))


@given(_ANY, _ANY)
def test_every_track_of_both_sides_is_accounted_for_once(before: list[Row], after: list[Row]) -> None:
    found = compare(_state(*before), _state(*after))
    removed = [one for one in found.changes if one.after is None]
    added = [one for one in found.changes if one.before is None]
    changed = [one for one in found.changes if one.before and one.after]
    assert len(before) - len(removed) == len(after) - len(added) == found.same + len(changed)
    assert [one.after for one in found.changes if one.after] == [
        row for row in after if any(row is one.after for one in found.changes)
    ]
    json.dumps(comparison_json(found))


@given(st.permutations(range(1, 8)))
def test_the_fewest_tracks_are_said_to_have_moved(order: list[int]) -> None:
    rows = [_row(number) for number in range(1, 8)]
    found = compare(_state(*rows), _state(*(rows[number - 1] for number in order)))
    moved = {change.after.title for change in found.changes if change.after}
    stayed = [number for number in order if f"T{number}" not in moved]
    assert stayed == sorted(stayed)
    longest = [1] * 7
    for i in range(7):
        longest[i] += max((longest[j] for j in range(i) if order[j] < order[i]), default=0)
    assert len(stayed) == max(longest)
