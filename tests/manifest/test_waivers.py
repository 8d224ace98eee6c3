"""Which warnings a waiver lets pass, and which waivers are idle."""

from __future__ import annotations

from datetime import date

import pytest

from builder.findings import Finding, Place
from builder.manifest.waivers import Waiver, idle, settle

_PLACE = Place(file="m.yaml")
_DAY = date(2026, 12, 1)


def _waiver(code: str, until: date = _DAY, track: str | None = None) -> Waiver:
    return Waiver(code=code, reason="x", until=until, track=track, place=_PLACE)


def _finding(code: str, track: str = "") -> Finding:
    return Finding(code=code, place=_PLACE, message="m", track=track)


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        (_waiver("W309"), True),
        (_waiver("W309", date(2026, 11, 30)), False),
        (_waiver("W309", track="A"), True),
        (_waiver("W309", track="B"), False),
        (_waiver("W316"), False),
    ],
)
def test_a_waiver_covers_its_code_and_track_until_its_day_that_day_included(
    waiver: Waiver, waived: bool
) -> None:
    kept, passed = settle([waiver], [_finding("W309", "A"), _finding("E301")], _DAY)
    assert [one.code for one in kept] == ([] if waived else ["W309"]) + ["E301"]
    assert list(passed.values()) == ([waiver] if waived else [])


@pytest.mark.parametrize(
    ("code", "until", "is_used", "told"),
    [
        ("W309", _DAY, True, ["", ""]),
        ("W309", _DAY, False, ["W244", ""]),
        ("W309", date(2026, 11, 30), False, ["W244", ""]),
        ("W505", _DAY, False, ["", "W244"]),
        ("W505", _DAY, True, ["", ""]),
    ],
)
def test_an_idle_waiver_is_told_when_its_kind_is_known(
    code: str, until: date, is_used: bool, told: list[str]
) -> None:
    waiver = _waiver(code, until)
    used = [waiver] if is_used else []
    found = [
        "".join(one.code for one in idle([waiver], used, _DAY, is_heard=is_heard))
        for is_heard in (False, True)
    ]
    assert found == told
