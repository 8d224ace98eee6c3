"""The profiles that ship: complete, sourced, and of one piece."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import resources
from pathlib import Path

import pytest

from builder.bible.books import books
from builder.profiles import consistency
from builder.profiles.facts import Facts
from builder.profiles.load import built_in, read_profile, refused
from builder.profiles.naming import Number, name
from builder.profiles.profile import (
    AudioSettings,
    Limits,
    LyricsSettings,
    NameSettings,
    Profile,
    Refused,
    TagSettings,
)
from tests.conftest import ROOT, each

_FOLDER = Path(str(resources.files("builder.profiles")))
_FILES = sorted(_FOLDER.glob("*.yaml"))
_EACH = pytest.mark.parametrize("profile", built_in().values(), ids=built_in())
_RANK = ("low", "medium", "high")


def test_cards_players_boxes_cars_modules_and_mission_players_ship() -> None:
    assert list(built_in()) == [
        "car-legacy",
        "car-usb",
        "kulumi",
        "megavoice-envoy",
        "mp3-player",
        "mp5-player",
        "numbered-module",
        "pearl",
        "saber",
        "sd-card",
        "speaker-box",
    ]
    assert list(refused()) == ["audibible", "papyrus"]
    assert {path.stem for path in _FILES} == {*built_in(), *refused()}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_every_file_that_ships_is_read_without_a_finding_under_its_name(path: Path) -> None:
    read = read_profile(path, built_in())
    assert read.findings == ()
    found: Profile | Refused | None = read.profile or read.refused
    assert found is not None
    assert found.name == path.stem
    assert found == ({**built_in(), **refused()})[path.stem]


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_every_file_begins_by_saying_what_device_it_is_and_where_its_marks_are_listed(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert lines[: len(comments)] == comments
    assert 2 <= len(comments) <= 5
    assert "CONTRIBUTING.md" in comments[-1]


@_EACH
def test_every_field_has_a_fact_and_every_fact_a_source(profile: Profile) -> None:
    groups = (NameSettings, Limits, AudioSettings, TagSettings, LyricsSettings)
    named = {field.name for group in groups for field in fields(group)}
    own = {field.name for field in fields(Profile)} - {"names", "limits", "audio", "facts"}
    # The quality is the pack's to choose.
    wanted = (named | own) - {"quality", "name", "title", "confidence", "tested_on", "verify"}
    assert set(profile.facts) == set(Facts.model_fields) == wanted
    assert [name for name, fact in profile.facts.items() if len(fact.source) < 8] == []


@_EACH
def test_a_profile_says_what_to_try_on_a_device_and_claims_no_trial(profile: Profile) -> None:
    assert 2 <= len(profile.verify) <= 4
    assert profile.title
    assert profile.tested_on == ()
    assert {fact.tested_on for fact in profile.facts.values()} == {()}


@_EACH
def test_an_inherited_fact_says_from_where_and_is_no_surer_than_there_or_here(profile: Profile) -> None:
    for fact, stated in each(profile.facts.items()):
        if not stated.taken_from:
            continue
        base = built_in()[stated.taken_from]
        assert base.facts[fact].taken_from == ""
        assert stated.source == base.facts[fact].source
        assert profile.values()[fact] == base.values()[fact]
        assert _RANK.index(stated.confidence) <= min(
            _RANK.index(profile.confidence), _RANK.index(base.facts[fact].confidence)
        )


@_EACH
def test_a_file_states_only_what_differs_from_its_base_or_has_a_source_of_its_own(profile: Profile) -> None:
    text = (_FOLDER / f"{profile.name}.yaml").read_text("utf-8")
    based_on = re.search(r"^based_on: (.+)$", text, re.MULTILINE)
    if based_on is None:
        assert {fact.taken_from for fact in profile.facts.values()} == {""}
        return
    base = built_in()[based_on[1]]
    stated = [fact for fact, one in profile.facts.items() if not one.taken_from]
    same = [fact for fact in stated if profile.values()[fact] == base.values()[fact]]
    assert [fact for fact in same if profile.facts[fact].source == base.facts[fact].source] == []
    assert len(same) <= 2


def test_a_chain_of_bases_gives_each_fact_from_where_it_is_stated() -> None:
    player = built_in()["mp5-player"]
    assert {fact: player.facts[fact].taken_from for fact in ("charset", "cover", "genre")} == {
        "charset": "",
        "cover": "mp3-player",
        "genre": "sd-card",
    }
    assert player.facts["genre"].confidence == "low"
    assert built_in()["mp3-player"].facts["max_cover_px"].confidence == "low"
    assert player.tag.tag == "v2.3"
    assert player.tag.id3v1 == "cp936"


@_EACH
def test_every_profile_orders_sound_that_suits_speech(profile: Profile) -> None:
    audio = profile.audio
    assert (audio.channels, audio.sample_rate_hz, audio.quality) == (1, 44100, "standard")
    assert audio.bitrate_kbps == 64
    assert audio.target_lufs in (-19, -16)
    assert -3 <= audio.peak_dbtp < 0


@pytest.mark.parametrize("device", refused().values(), ids=refused())
def test_a_refused_device_says_why_and_what_to_do_instead(device: Refused) -> None:
    assert "MP3" in device.reason
    assert device.help
    assert re.search(r"\[P1[89]\]", device.source)


def _marks(text: str) -> set[str]:
    return set(re.findall(r"\[([DMPR][0-9]+)\]", text))


def test_every_mark_of_a_profile_is_listed_for_contributors_and_no_other_is() -> None:
    listed = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Where device facts come from")[1]
    assert set().union(*(_marks(path.read_text("utf-8")) for path in _FILES)) == _marks(listed)


_GENESIS_1: dict[str, str | Number] = {
    "label": "Genesis 1",
    "section": Number(value=1, width=2),
    "canon": Number(value=1, width=2),
    "number": Number(value=1, width=3),
    "place": Number(value=1, width=3),
    "book": "GEN",
    "bookname": "Genesis",
}


@pytest.mark.parametrize(
    ("profile", "folder", "file"),
    [
        ("sd-card", "01_Genesis", "01_GEN_001.mp3"),
        ("mp3-player", "01 Genesis", "001 Genesis 1.mp3"),
        ("numbered-module", "01", "001.mp3"),
        ("saber", "001Genesis", "001001Genesis 1.mp3"),
        ("kulumi", "001Genesis", "001001Genesis 1.mp3"),
        ("megavoice-envoy", "001 Genesis", "Genesis-001.mp3"),
        ("pearl", "01_Genesis", "01_Genesis_001.mp3"),
    ],
)
def test_names_are_those_that_the_device_or_its_other_programs_use(
    profile: str, folder: str, file: str
) -> None:
    names = built_in()[profile].names

    def made(pattern: str, label: str, ending: str) -> str:
        values = {**_GENESIS_1, "label": label}
        chars, size = names.max_name_chars, names.max_name_bytes
        return name(pattern, values, charset=names.charset, max_chars=chars, max_bytes=size, ending=ending)

    assert made(names.section_name, "Genesis", "") == folder
    assert made(names.chapter_name, "Genesis 1", ".mp3") == file


def test_no_book_has_a_longer_name_than_patterns_are_measured_with() -> None:
    assert max((book.names["en"] for book in books().values()), key=len) == consistency._LONGEST_BOOK


def test_only_players_with_a_screen_show_words_each_in_its_encoding() -> None:
    shown = {name: profile.lyrics for name, profile in built_in().items() if profile.lyrics.lyrics != "none"}
    assert {name: one.lyrics_encoding for name, one in shown.items()} == {
        "mp3-player": "utf-8",
        "mp5-player": "cp936",
    }
    sony, silicon = shown["mp3-player"], shown["mp5-player"]
    assert (sony.max_lyrics_lines, sony.max_lyrics_line_chars, sony.max_lyrics_bytes) == (1024, 95, 512_000)
    assert (silicon.max_lyrics_line_bytes, silicon.max_lyrics_bytes) == (128, 65536)
    assert {built_in()["mp5-player"].facts[fact].confidence for fact in ("lyrics", "lyrics_encoding")} == {
        "low"
    }
