"""What one value may be: tables of what is taken, and as what, and of what is refused, and by which rule."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from builder.findings import rules
from builder.manifest import text

CHECKS: list[Callable[[str], Any]] = [
    text.checked_text,
    text.checked_title,
    text.checked_pack_id,
    text.checked_edition,
    text.checked_language,
    text.checked_seconds,
    text.checked_time,
    text.checked_length,
    text.checked_hertz,
    text.checked_source,
    text.checked_pattern,
]


def refusal(check: Callable[[str], object], value: str) -> PydanticCustomError:
    with pytest.raises(PydanticCustomError) as caught:
        check(value)
    return caught.value


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0", 0.0),
        ("95", 95.0),
        ("95.5", 95.5),
        ("0:12", 12.0),
        ("0:00.3", 0.3),
        ("00:12.250", 12.25),
        ("1:30", 90.0),
        ("59:59", 3599.0),
        ("90:00", 5400.0),
        ("1:30:00", 5400.0),
        ("01:02:03.5", 3723.5),
        ("10:00:00", 36000.0),
    ],
)
def test_a_time_is_hours_minutes_and_seconds(written: str, seconds: float) -> None:
    assert text.checked_time(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "-1",
        "+1",
        "1:60",
        "1:60:00",
        "1:00:60",
        "1:2:3:4",
        ":30",
        "1:",
        "1::2",
        "1.5:00",
        "1e3",
        "1,5",
        " 1:00",
        "1:00 ",
        "1 h",
        "inf",
        "nan",
        "1.",
        ".5",
        "0:12.1234567",
        "1:-1",
        "0x10",
        "1_000",
        "1:00\n",
    ],
    ids=repr,
)
def test_what_is_no_time_is_refused(written: str) -> None:
    assert refusal(text.checked_time, written).type == "E210"


@given(hours=st.integers(0, 99), minutes=st.integers(0, 59), milliseconds=st.integers(0, 59_999))
def test_every_time_of_a_recording_reads_as_its_seconds(hours: int, minutes: int, milliseconds: int) -> None:
    written = f"{hours}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    assert text.checked_time(written) == pytest.approx(hours * 3600 + minutes * 60 + milliseconds / 1000)


@pytest.mark.parametrize(("written", "seconds"), [("0", 0.0), ("1.5", 1.5), ("007", 7.0), ("0.000001", 1e-6)])
def test_a_length_is_a_plain_number_of_seconds(written: str, seconds: float) -> None:
    assert text.checked_seconds(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written", ["", "x", "-1", "1:00", "1,5", "1e3", "inf", " 1", "1.", ".5", "1\n"], ids=repr
)
def test_what_is_no_length_is_refused(written: str) -> None:
    assert refusal(text.checked_seconds, written).type == "E210"


@pytest.mark.parametrize("written", ["a", "7", "hope-2026", "012", "a--b", "a" * 40])
def test_a_pack_id_stays_as_it_is(written: str) -> None:
    assert text.checked_pack_id(written) == written


@pytest.mark.parametrize(
    "written", ["", "A", "-a", "a-", "a_b", "a.b", "a b", "..", "a/b", "희망", "é", "a\n", "a" * 41], ids=repr
)
def test_what_is_no_pack_id_is_refused(written: str) -> None:
    assert refusal(text.checked_pack_id, written).type == "E208"


@pytest.mark.parametrize("written", ["2026.11", "2024-01-01", "1", "v2_b", "A"])
def test_an_edition_stays_as_it_is(written: str) -> None:
    assert text.checked_edition(written) == written


@pytest.mark.parametrize("written", ["", "2026/11", "..", ".1", "a b", "판", "1\n", "a" * 32], ids=repr)
def test_what_is_no_edition_is_refused(written: str) -> None:
    assert refusal(text.checked_edition, written).type == "E208"


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("ko", "ko"),
        ("ko-KP", "ko-KP"),
        ("KO-kp", "ko-KP"),
        ("zh-hans", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("en", "en"),
        ("no", "no"),
        ("mn", "mn"),
        ("vi", "vi"),
    ],
)
def test_a_language_is_told_in_its_usual_form(written: str, tag: str) -> None:
    assert text.checked_language(written) == tag


@pytest.mark.parametrize(
    "written", ["", "xx", "korean", "한국어", "k", "ko-", "-ko", "ko KP", "ko\n", "1", "ko-XX-YY"]
)
def test_what_is_no_language_is_refused(written: str) -> None:
    assert refusal(text.checked_language, written).type == "E209"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("희망의 소리", "희망의 소리"),
        (unicodedata.normalize("NFD", "희망의 소리"), "희망의 소리"),
        ("  spaces around \n", "spaces around"),
        ("希望之声", "希望之声"),
        ("Wait... what?", "Wait... what?"),
        ('"1:3-7" & <b>', '"1:3-7" & <b>'),
        ("시편 23편: 목자 (2) — 완", "시편 23편: 목자 (2) — 완"),
        ("가" * 200, "가" * 200),
        (unicodedata.normalize("NFD", "각" * 200), "각" * 200),
    ],
    ids=["korean", "nfd", "spaces", "chinese", "three dots", "signs", "dashes", "200", "200 in nfd"],
)
def test_a_title_is_nfc_without_spaces_around_it(written: str, title: str) -> None:
    assert text.checked_title(written) == title


@pytest.mark.parametrize(
    ("code", "written", "told"),
    [
        ("E204", "", "empty"),
        ("E204", " \u3000\t", "empty"),
        ("E205", "가" * 201, "201"),
        ("E206", "a\tb", "control character, U+0009"),
        ("E206", "a\nb", "control character, U+000A"),
        ("E206", "a\x00b", "control character, U+0000"),
        ("E206", "a\x1b[31mb", "control character, U+001B"),
        ("E206", "a\u2028b", "U+2028"),
        ("E206", "a\u202egpm.3pm", "invisible character, U+202E"),
        ("E206", "a\u2066b", "invisible character, U+2066"),
        ("E206", "희망\u200b", "invisible character, U+200B"),
        ("E206", "a\u200db", "invisible character, U+200D"),
        ("E206", "\ufeffa", "invisible character, U+FEFF"),
        ("E206", "a\u00adb", "invisible character, U+00AD"),
        ("E206", "a\ue000b", "U+E000"),
        ("E206", "희망 😀", "U+1F600"),
        ("E206", "𠮷", "U+20BB7"),
        ("E207", "a/b", '"/"'),
        ("E207", "/", '"/"'),
        ("E207", "a\\b", '"\\"'),
        ("E207", "..", '".."'),
        ("E207", "a..b", '".."'),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_what_is_no_title_is_refused(code: str, written: str, told: str) -> None:
    error = refusal(text.checked_title, written)
    assert (error.type, told in error.message()) == (code, True)


def test_a_text_may_hold_what_a_title_may_not() -> None:
    assert text.checked_text("김/이 .. \\") == "김/이 .. \\"


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_makes_a_check_raise_anything_but_a_known_rule(value: str) -> None:
    for check in CHECKS:
        try:
            check(value)
        except PydanticCustomError as error:
            assert error.type in rules()
            assert error.message()
