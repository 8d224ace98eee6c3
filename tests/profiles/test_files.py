"""A profile file of one's own: what may be in it, and what becomes of one with a fault."""

from __future__ import annotations

import textwrap
from importlib import resources
from pathlib import Path

import pytest

from builder.profiles.facts import Facts
from builder.profiles.load import ProfileError, ProfileFiles, ProfileRead, built_in, read_profile
from builder.profiles.profile import Profile
from tests.conftest import ROOT

_HEAD = "name: mine\ntitle: My player\nbased_on: sd-card\n"
_ONE = _HEAD + "facts:\n  max_folders:\n    value: 20\n    source: tried on a device\n"


def _read(tmp_path: Path, text: str, *, stem: str = "mine") -> ProfileRead:
    path = tmp_path / f"{stem}.yaml"
    path.write_text(text, "utf-8")
    return read_profile(path, built_in())


def _profile(tmp_path: Path, text: str) -> Profile:
    read = _read(tmp_path, text)
    assert read.findings == ()
    assert read.profile is not None
    return read.profile


def test_three_lines_and_one_fact_are_a_profile(tmp_path: Path) -> None:
    profile = _profile(tmp_path, _ONE)
    base = built_in()["sd-card"]
    assert (profile.name, profile.title, profile.confidence) == ("mine", "My player", "low")
    assert profile.values() == {**base.values(), "max_folders": 20}
    assert profile.limits.max_folders == 20
    assert profile.facts["max_folders"].taken_from == ""
    assert profile.facts["max_files"].taken_from == "sd-card"
    assert {fact.confidence for fact in profile.facts.values()} == {"low"}


def test_the_example_for_contributors_is_a_profile(tmp_path: Path) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("### Add a device")[1]
    example = "".join(line for line in text.splitlines(keepends=True) if line.startswith("    "))
    read = _read(tmp_path, textwrap.dedent(example), stem="my-player")
    assert read.findings == ()
    assert read.profile is not None
    assert read.profile.limits.max_files == 500


@pytest.mark.parametrize("base", built_in())
def test_every_profile_that_ships_may_be_the_base_of_another(tmp_path: Path, base: str) -> None:
    profile = _profile(tmp_path, f"name: mine\ntitle: My player\nbased_on: {base}\n")
    theirs = built_in()[base]
    assert (profile.names, profile.limits) == (theirs.names, theirs.limits)
    assert (profile.audio, profile.tag) == (theirs.audio, theirs.tag)


def test_a_fact_may_be_surer_than_its_profile_and_say_where_it_was_tried(tmp_path: Path) -> None:
    more = "    confidence: high\n    tested_on: [a black one of 2019]\n"
    fact = _profile(tmp_path, _ONE + more).facts["max_folders"]
    assert (fact.confidence, fact.tested_on) == ("high", ("a black one of 2019",))


def test_what_a_profile_was_tried_on_holds_for_all_its_facts(tmp_path: Path) -> None:
    profile = _profile(tmp_path, _ONE + "tested_on: [a black one of 2019]\nconfidence: medium\n")
    own = {fact.tested_on for fact in profile.facts.values() if not fact.taken_from}
    taken = {fact.tested_on for fact in profile.facts.values() if fact.taken_from}
    assert (own, taken) == ({("a black one of 2019",)}, {()})
    assert profile.facts["channels"].confidence == "medium"


def test_a_refused_device_needs_a_name_a_title_and_the_reason(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "name: mine\ntitle: X\nrefused:\n  reason: no MP3\n  help: another\n  source: ours as tried\n",
    )
    assert read.findings == ()
    assert read.profile is None
    assert read.refused is not None
    assert (read.refused.name, read.refused.reason, read.refused.help) == ("mine", "no MP3", "another")


_REFUSED = "refused:\n  reason: no MP3\n  help: another\n  source: ours as tried\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "message", "help_text"),
    [
        ("", 1, 1, "E1", "", ""),
        ("# nothing\n", 1, 1, "E1", "", ""),
        ("just words\n", 1, 1, "E219", "expected a mapping of keys", "key: value"),
        (_HEAD + "facts: [\n", 5, 1, "E104", "", ""),
        (_ONE + "titel: X\n", 8, 1, "E201", 'unknown key "titel"', 'did you mean "title"?'),
        (_HEAD + "facts:\n  max_folder:\n    value: 1\n", 5, 3, "E201", '"max_folder"', '"max_folders"?'),
        (_ONE + "    vaule: 3\n", 8, 5, "E201", '"vaule"', 'did you mean "value"?'),
        (_ONE.replace("    value: 20\n", ""), 5, 3, "E202", 'key "value" is missing', "true of the device"),
        (_ONE.split("    source")[0], 5, 3, "E202", 'key "source" is missing', "a page of a manual"),
        (_ONE.replace("tried on a device", '"[]"'), 7, 13, "E219", "is no source", "a page of a manual"),
        (_ONE.replace("tried on a device", "[M9] page 3"), 7, 18, "E104", "not YAML", "quotes"),
        (_ONE.replace("tried on a device", "[M9]"), 7, 13, "E219", 'for "source"', "needs quotes"),
        (_ONE.replace("tried on a device", "a\u202ereport"), 7, 14, "E112", "turns the direction", ""),
        (_ONE.replace("20", "many"), 6, 12, "E219", '"many" does not fit "max_folders"', ""),
        (_ONE.replace("20", "0"), 6, 12, "E219", "greater than 0", ""),
        (_ONE.replace("20", "9.5"), 6, 12, "E219", '"9.5" does not fit "max_folders"', ""),
        (_ONE.replace("20", ""), 6, 11, "E204", 'nothing stands behind "value"', ""),
        (_ONE.replace("20", "!!int 20"), 6, 12, "E105", "tag", ""),
        (_ONE + "confidence: sure\n", 8, 13, "E218", '"sure" is not', "known here: high, medium, low"),
        (_ONE + "tested_on: me\n", 8, 12, "E219", 'expected a list for "tested_on"', '"- "'),
        (_ONE + "title: again\n", 8, 1, "E106", "here twice", ""),
        (_ONE.replace("name: mine", "name: yours"), 1, 7, "E219", "not the file's name", "name: mine"),
        (_ONE.replace("name: mine", "name: My Player"), 1, 7, "E219", "not the name of a", "a-z, 0-9"),
        (_ONE.replace("name: mine\n", ""), 1, 1, "E202", 'key "name" is missing', "my-player.yaml"),
        (_ONE.replace("title: My player\n", ""), 1, 1, "E202", 'key "title" is missing', "kind of device"),
        (_ONE.replace("sd-card", "sd-crad"), 3, 11, "E222", '"sd-crad"', 'did you mean "sd-card"?'),
        (_ONE.replace("sd-card", "papyrus"), 3, 11, "E222", '"papyrus"', "mp3-player"),
        (_ONE.replace("sd-card", "mine"), 3, 11, "E222", 'no profile "mine"', ""),
        (_ONE.replace("based_on: sd-card\n", ""), 3, 1, "E202", "max_card_gb, reserve_mb", "based_on"),
        (_HEAD.replace("based_on: sd-card\n", ""), 1, 1, "E202", "and 48 more", "sd-card"),
        (_ONE + _REFUSED, 8, 1, "E225", "refused has facts", "take refused out"),
        (_REFUSED + _HEAD, 1, 1, "E225", "based on another", "take refused out"),
        (
            "name: mine\ntitle: X\nrefused:\n  reason: no\n  source: ours as tried\n",
            3,
            1,
            "E202",
            '"help"',
            "instead",
        ),
    ],
)
def test_a_fault_is_told_at_its_place_with_what_to_do(
    tmp_path: Path, text: str, line: int, column: int, code: str, message: str, help_text: str
) -> None:
    read = _read(tmp_path, text)
    assert (read.profile, read.refused) == (None, None)
    finding = read.findings[0]
    assert finding.code.startswith(code)
    assert (finding.place.line, finding.place.column) == (line, column)
    assert finding.place.file == str(tmp_path / "mine.yaml")
    assert message in finding.message
    assert help_text in finding.help
    assert len(read.findings) == 1


def _fact(fact: str, value: str) -> str:
    return f"{_HEAD}facts:\n  {fact}:\n    value: {value}\n    source: ours as tried\n"


@pytest.mark.parametrize(
    ("fact", "value", "message"),
    [
        ("charset", "utf8", "'cp936'"),
        ("max_gain_db", "nan", "finite"),
        ("max_gain_db", "inf", "finite"),
        ("high_pass_hz", "401", "less than or equal to 400"),
        ("high_pass_hz", "none", '"none" does not fit "high_pass_hz"'),
        ("channels", "2", '"2" is not 1'),
        ("bitrate_kbps", "100", '"100" is not 32, 40'),
        ("sample_rate_hz", "8000", '"8000" is not 22050'),
        ("max_levels", "5", "less than or equal to 4"),
        ("compress", "gentel", "'gentle'"),
        ("max_tag_bytes", "10", "greater than or equal to 256"),
        ("head_silence_seconds", "61", "less than or equal to 60"),
        ("section_name", '"{section"', "a stray { or }"),
        ("section_name", '"{number} {label}"', "{number} is no field of this pattern"),
        ("section_name", '"{label}"', "has no {canon} or {section}"),
        ("section_name", '"{label} {section}"', "has {label} before its {section}"),
        ("chapter_name", '"{section} {book} {label}"', "has no {number}"),
        ("chapter_name", '"{book} {label} {number}"', "has {label} before its {number}"),
        ("group_name", '"{testament}_{group}"', "has {testament} before its {group}"),
        ("flat_name", '"{number}_{place}"', "has {number} before its {place}"),
    ],
)
def test_no_fact_may_be_impossible(tmp_path: Path, fact: str, value: str, message: str) -> None:
    read = _read(tmp_path, _fact(fact, value))
    assert read.profile is None
    assert [finding.place.line for finding in read.findings] == [6]
    assert message in read.findings[0].message


@pytest.mark.parametrize("fact", Facts.model_fields)
def test_no_fact_may_be_missing_where_there_is_no_base(tmp_path: Path, fact: str) -> None:
    values = built_in()["sd-card"].values()
    stated = "".join(
        f'  {name}:\n    value: "{value or 0 if name != "root_folder" else "none"}"\n    source: ours as tried\n'
        for name, value in values.items()
        if name != fact
    )
    read = _read(tmp_path, f"name: mine\ntitle: My player\nfacts:\n{stated}")
    assert [finding.message for finding in read.findings] == [f"facts are missing here: {fact}"]


def test_a_file_called_as_no_profile_may_be_is_to_be_called_otherwise(tmp_path: Path) -> None:
    read = _read(tmp_path, _ONE, stem="My Player")
    assert [finding.help for finding in read.findings] == ["call the file mine.yaml"]


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = _ONE.replace("20", "0") + "confidence: sure\n" + "titel: X\n"
    assert [finding.place.line for finding in _read(tmp_path, text).findings] == [6, 8, 9]


def test_a_file_that_cannot_be_read_is_the_callers_to_tell(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        read_profile(tmp_path / "missing.yaml", built_in())


def test_profiles_that_are_based_on_each_other_do_not_ship(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.yaml").write_text(f"name: {one}\ntitle: X\nbased_on: {other}\n", "utf-8")
    with pytest.raises(ProfileError, match=r'b\.yaml:3: there is no profile "a"'):
        ProfileFiles({path.stem: path for path in sorted(tmp_path.glob("*.yaml"))}).find("a")


def test_only_what_is_asked_for_is_read_and_what_it_is_based_on(tmp_path: Path) -> None:
    shipped = resources.files("builder.profiles").joinpath("sd-card.yaml").read_text("utf-8")
    (tmp_path / "sd-card.yaml").write_text(shipped, "utf-8")
    (tmp_path / "mine.yaml").write_text(_ONE, "utf-8")
    (tmp_path / "other.yaml").write_text("broken: [", "utf-8")
    files = ProfileFiles({path.stem: path for path in sorted(tmp_path.glob("*.yaml"))})
    found = files.find("mine")
    assert isinstance(found, Profile)
    assert found.facts["max_files"].taken_from == "sd-card"
    assert files.find("none") is None
    with pytest.raises(ProfileError, match=r"other\.yaml:1"):
        files.find("other")
