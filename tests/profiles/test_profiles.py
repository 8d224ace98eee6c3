"""The profiles that ship, and what becomes of a profile file with a fault."""

from __future__ import annotations

import string
from importlib import resources
from pathlib import Path

import pytest

from builder.profiles.load import ProfileError, built_in, load_profile
from builder.profiles.profile import AudioSettings, Profile

_FOLDER = Path(str(resources.files("builder.profiles")))
_FILES = sorted(_FOLDER.glob("*.yaml"))
_SD_CARD = (_FOLDER / "sd-card.yaml").read_text("utf-8")


def test_at_least_a_card_and_a_player_ship() -> None:
    assert {"sd-card", "mp3-player"} <= set(built_in())
    assert len(built_in()) == len(_FILES)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_every_shipped_profile_loads_under_the_name_of_its_file(path: Path) -> None:
    profile = load_profile(path)
    assert profile.name == path.stem
    assert built_in()[path.stem] == profile
    assert profile.title
    assert profile.confidence in ("high", "medium", "low")


@pytest.mark.parametrize("profile", built_in().values(), ids=built_in())
def test_every_fact_has_a_source(profile: Profile) -> None:
    fields = {*Profile.__dataclass_fields__, *AudioSettings.__dataclass_fields__}
    # The quality is the pack's to choose.
    facts = fields - {"name", "title", "confidence", "tested_on", "audio", "sources", "quality"}
    assert set(profile.sources) == facts
    assert [name for name, source in profile.sources.items() if len(source.strip()) < 8] == []


@pytest.mark.parametrize("profile", built_in().values(), ids=built_in())
def test_every_source_that_points_at_another_profile_finds_the_same_value(profile: Profile) -> None:
    other = built_in()["sd-card"]
    for name, source in profile.sources.items():
        if source.startswith("as sd-card"):
            mine, theirs = (getattr(p, name, None) or getattr(p.audio, name, None) for p in (profile, other))
            assert mine == theirs, name


@pytest.mark.parametrize("profile", built_in().values(), ids=built_in())
def test_every_pattern_begins_with_a_number_and_names_only_what_there_is(profile: Profile) -> None:
    for pattern in (profile.section_name, profile.chapter_name, profile.track_name):
        fields = [field for _, field, _, _ in string.Formatter().parse(pattern) if field is not None]
        assert fields[0] in ("section", "number")
        assert set(fields) <= {"section", "number", "book", "label"}
    assert "{section}" in profile.section_name
    assert "{number}" in profile.chapter_name
    assert "{number}" in profile.track_name


@pytest.mark.parametrize("profile", built_in().values(), ids=built_in())
def test_every_profile_orders_sound_that_mp3_can_hold(profile: Profile) -> None:
    audio = profile.audio
    assert audio.sample_rate_hz in (22050, 24000, 32000, 44100, 48000)
    assert audio.channels == 1
    assert audio.quality == "standard"
    assert audio.bitrate_kbps in (32, 40, 48, 56, 64, 80, 96, 112, 128)
    assert -30 < audio.target_lufs < -10
    assert -3 <= audio.peak_dbtp < 0
    assert 0 < audio.max_gain_db <= 40
    assert profile.high_pass_hz == 0 or 20 <= profile.high_pass_hz <= 400
    assert profile.compress in ("none", "gentle", "strong")


def _load(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "sd-card.yaml"
    path.write_text(text, "utf-8")
    return load_profile(path)


def test_an_unchanged_copy_loads(tmp_path: Path) -> None:
    assert _load(tmp_path, _SD_CARD) == built_in()["sd-card"]


_LAST = len(_SD_CARD.splitlines())


def _line_of(text: str) -> int:
    return next(n for n, line in enumerate(_SD_CARD.splitlines(), 1) if line.startswith(text))


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("", "", _LAST + 1, 'unknown key "extra_fact"'),
        ("title: SD", "titel: SD", _line_of("title:"), 'unknown key "titel"'),
        (
            "  channels:\n    value: 1\n",
            "  channels:\n    vaule: 1\n",
            _line_of("  channels:") + 1,
            '"vaule"',
        ),
        ("confidence: high", "confidence: sure", _line_of("confidence:"), '"sure"'),
        ("value: ascii", "value: utf8", _line_of("  charset:") + 1, '"utf8"'),
        ("value: 99\n", "value: many\n", _line_of("  max_folders:") + 1, '"many"'),
        ("value: 99\n", "value: 0\n", _line_of("  max_folders:") + 1, "greater than 0"),
        ("value: 99\n", "value: 9.5\n", _line_of("  max_folders:") + 1, '"9.5"'),
        ("value: 24\n", "value: nan\n", _line_of("  max_gain_db:") + 1, '"nan"'),
        ("value: 24\n", "value: inf\n", _line_of("  max_gain_db:") + 1, '"inf"'),
        ("value: 24\n", "value:\n", _line_of("  max_gain_db:") + 1, 'nothing stands behind "value"'),
        ("tested_on: []", "tested_on: me", _line_of("tested_on:"), "expected a list"),
        ("confidence: high", "confidence: high\nconfidence: low", _line_of("confidence:") + 1, "here twice"),
        ("  channels:", "  bitrate_kbps:", _line_of("  bitrate_kbps:"), 'key "bitrate_kbps" is here twice'),
        ("  channels:\n    value: 1", "  channels:\n    value: 2", _line_of("  channels:") + 1, '"2"'),
        ("value: none", "value: gentel", _line_of("  compress:") + 1, '"gentel"'),
        (
            "high_pass_hz:\n    value: 0",
            "high_pass_hz:\n    value: 401",
            _line_of("  high_pass_hz:") + 1,
            '"401"',
        ),
        (
            "high_pass_hz:\n    value: 0",
            "high_pass_hz:\n    value: none",
            _line_of("  high_pass_hz:") + 1,
            '"none"',
        ),
        ("value: ascii", "value: !!str ascii", _line_of("  charset:") + 1, "tag "),
    ],
)
def test_a_fault_names_the_file_and_the_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    extra = "" if old else "  extra_fact:\n    value: 1\n    source: somewhere\n"
    with pytest.raises(ProfileError) as raised:
        _load(tmp_path, _SD_CARD.replace(old, new, 1) + extra)
    text = str(raised.value)
    assert f"sd-card.yaml:{line}: " in text
    assert message in text


@pytest.mark.parametrize("fact", list(built_in()["sd-card"].sources))
def test_no_fact_may_be_missing(tmp_path: Path, fact: str) -> None:
    lines = _SD_CARD.splitlines(keepends=True)
    start = _line_of(f"  {fact}:") - 1
    with pytest.raises(ProfileError, match=rf'sd-card\.yaml:{_line_of("facts:")}: key "{fact}" is missing'):
        _load(tmp_path, "".join(lines[:start] + lines[start + 3 :]))


def test_no_fact_may_lack_its_source(tmp_path: Path) -> None:
    lines = _SD_CARD.splitlines(keepends=True)
    start = _line_of("  genre:") - 1
    with pytest.raises(ProfileError, match=r'sd-card\.yaml:\d+: key "source" is missing here'):
        _load(tmp_path, "".join(lines[: start + 2] + lines[start + 3 :]))


@pytest.mark.parametrize("text", ["", "# nothing\n", "name: [sd-card\n", "just words\n"])
def test_what_is_no_profile_is_refused_with_the_name_of_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProfileError, match=r"^sd-card\.yaml:"):
        _load(tmp_path, text)
