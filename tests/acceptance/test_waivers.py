"""Waivers: what a person looked at passes, for a reason, until a day; errors and what may name someone never do."""

from __future__ import annotations

import json
from xml.etree import ElementTree as Xml

import pytest

from tests.conftest import Desk, packbuilder, speech

_TWICE = """  - title: Sermons
    tracks:
      - {title: One, source: a.wav}
      - {title: Again, source: a.wav}
"""


def _waivers(*rows: str) -> str:
    return "waivers:\n" + "".join(f"  - {{{row}}}\n" for row in rows)


def _write(desk: Desk, *rows: str) -> None:
    desk.write(_TWICE, head=_waivers(*rows))
    if not (desk.sources / "a.wav").exists():
        speech(desk.sources / "a.wav", 3)


_GOOD = "code: W309, reason: it is read twice on purpose, until: 9999-12-31"


def test_a_warning_passes_with_its_reason_and_is_counted(desk: Desk) -> None:
    _write(desk, _GOOD)
    ran = packbuilder("check", desk.manifest)
    assert (ran.code, "W309" in ran.out) == (0, False)
    assert ran.out.splitlines()[-1].endswith(", 1 waived")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.json["findings"] == []
    (waived,) = ran.json["waived"]
    assert (waived["code"], waived["reason"]) == ("W309", "it is read twice on purpose (until 9999-12-31)")
    (run,) = json.loads(packbuilder("check", desk.manifest, "--format", "sarif").out)["runs"]
    assert [one["suppressions"][0]["kind"] for one in run["results"]] == ["inSource"]
    root = Xml.fromstring(packbuilder("check", desk.manifest, "--format", "junit").out)
    assert (root.get("failures"), root.get("skipped")) == ("0", "1")
    assert packbuilder("check", desk.manifest, "--format", "github").out == ""


def test_plan_and_build_let_the_same_pass_and_the_record_says_so(desk: Desk) -> None:
    _write(desk, _GOOD)
    assert "W309" not in packbuilder("plan", desk.manifest).err
    ran = desk.build()
    assert (ran.code, "W309" in ran.err) == (0, False)
    assert desk.record()["findings"] == []
    (waived,) = desk.record()["waived"]
    assert (waived["code"], waived["reason"]) == ("W309", "it is read twice on purpose (until 9999-12-31)")


@pytest.mark.parametrize(("track", "codes"), [("Again", []), ("One", ["W309", "W244"])])
def test_a_waiver_may_be_for_one_track_alone(desk: Desk, track: str, codes: list[str]) -> None:
    _write(desk, f"{_GOOD}, track: {track}")
    assert sorted(packbuilder("check", desk.manifest, "--format", "json").codes) == sorted(codes)


def test_a_waiver_that_ended_waives_nothing_and_says_so(desk: Desk) -> None:
    _write(desk, "code: W309, reason: x, until: 2020-02-29")
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert sorted(ran.codes) == ["W244", "W309"]
    assert "ended on 2020-02-29" in str(ran.json["findings"])


def test_a_waiver_of_nothing_is_reported_where_that_is_known(desk: Desk) -> None:
    """What only decoding finds is not known before."""
    _write(
        desk, _GOOD, "code: W316, reason: x, until: 9999-12-31", "code: W505, reason: x, until: 9999-12-31"
    )
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert [(one["code"], one["facts"]) for one in ran.json["findings"]] == [("W244", {"code": "W316"})]
    ran = packbuilder("check", desk.manifest, "--audio", "--format", "json")
    assert [one["facts"] for one in ran.json["findings"]] == [{"code": "W316"}, {"code": "W505"}]
    ran = desk.build("--format", "json")
    assert [one["facts"] for one in ran.json["findings"]] == [{"code": "W316"}, {"code": "W505"}]


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ("code: E301, reason: x, until: 9999-12-31", "E242", "E301 is an error"),
        ("code: W423, reason: x, until: 9999-12-31", "E242", "may endanger someone"),
        ("code: W366, reason: x, until: 9999-12-31", "E242", "may endanger someone"),
        ("code: W801, reason: x, until: 9999-12-31", "E242", "not in manifests"),
        ("code: W3009, reason: x, until: 9999-12-31", "E242", 'no finding "W3009"'),
        ("code: W309, reason: x, until: 2027-02-30", "E243", "is not a day"),
        ("code: W309, reason: x, until: 20270228", "E243", "is not a day"),
        ("code: W309, reason: '', until: 9999-12-31", "E204", "empty"),
        ("code: W309, until: 9999-12-31", "E202", '"reason" is missing'),
        ("code: W309, reason: x", "E202", '"until" is missing'),
        ("code: W309, reason: x, until: 9999-12-31, line: 3", "E201", "line"),
    ],
)
def test_a_waiver_that_may_not_be_is_an_error_at_its_place(
    desk: Desk, row: str, code: str, said: str
) -> None:
    _write(desk, row)
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.code == 1
    (finding,) = [one for one in ran.json["findings"] if one["severity"] == "error"]
    assert (finding["code"], finding["line"], said in finding["message"]) == (code, 6, True), finding
