"""Values of the sound: lengths of parts, corner frequencies."""

from __future__ import annotations

import pytest

from builder.manifest import text
from tests.manifest.test_text import refusal


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30min", 1800),
        ("1h", 3600),
        ("90s", 90),
        ("90 s", 90),
        ("1.5h", 5400),
        ("10s", 10),
        ("6h", 21600),
        ("25:00", 1500),
    ],
)
def test_a_length_of_parts_has_its_unit_or_a_colon(written: str, seconds: float) -> None:
    assert text.checked_length(written) == seconds


@pytest.mark.parametrize(
    "written",
    ["", "30", "30m", "min", "-30min", "30 MIN", "9s", "0:09", "6.01h", "6:00:01", "0:75", "1h30", "30min\n"],
    ids=repr,
)
def test_what_is_no_length_of_parts_is_refused(written: str) -> None:
    assert refusal(text.checked_length, written).type == "E210"


@pytest.mark.parametrize(
    ("written", "hertz"), [("none", 0), ("20", 20), ("80", 80), ("80Hz", 80), ("120 Hz", 120), ("400", 400)]
)
def test_a_corner_is_a_whole_number_of_hertz_or_none(written: str, hertz: float) -> None:
    assert text.checked_hertz(written) == hertz


@pytest.mark.parametrize(
    "written", ["", "0", "5", "19", "401", "1000", "80.5", "-80", "off", "None", "80 kHz", "80\n"], ids=repr
)
def test_what_is_no_corner_is_refused(written: str) -> None:
    assert refusal(text.checked_hertz, written).type == "E210"
