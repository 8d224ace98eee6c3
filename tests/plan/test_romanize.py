"""Korean and Chinese in Latin letters, for devices that have no others."""

from __future__ import annotations

import builtins
import dataclasses
import sys
import unicodedata
from typing import Any

import pytest

from builder.errors import ToolMissingError
from builder.manifest.pack import Section
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.plan.romanize import romanizer
from builder.profiles.load import built_in
from tests.packs import listed, pack_of, reading, track_of

_ROOM = {"소망": "Somang", "설교 Sermon 3": "Seolgyo Sermon 3", "설교": "Seolgyo", "위로": "Wiro"}


def _planned(profile: str, *sections: Section, romanize: Any = lambda text: _ROOM.get(text, text)) -> Plan:
    pack = pack_of(*sections)
    plan = plan_card(pack, built_in()[profile], {}, romanize=romanize)
    assert faults_of(plan, pack) == []
    return plan


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("위로하시는 하나님", "Wirohasineun Hananim"),
        ("설교 Sermon 3", "Seolgyo Sermon 3"),
        ("하나님은 사랑 (God is love)", "Hananimeun Sarang (God is love)"),
        ("마가복음 3장", "Magabogeum 3jang"),
        ("iPhone 사용법", "iPhone Sayongbeop"),
        ("“하나님”", "“Hananim”"),
        ("독립문", "Dongnimmun"),
        ("좋은 소식", "Joeun Sosik"),
        ("希望之声", "Xi Wang Zhi Sheng"),
        ("重庆", "Chong Qing"),
        ("중문 中文 mixed", "Jungmun Zhong Wen mixed"),
        ("Hope 1", "Hope 1"),
        ("Москва", "Москва"),
        ("", ""),
    ],
)
def test_hangul_and_han_become_latin_and_all_else_stays(text: str, latin: str) -> None:
    pytest.importorskip("koroman")
    pytest.importorskip("pypinyin")
    to_latin = romanizer()
    assert to_latin(text) == latin
    assert to_latin(unicodedata.normalize("NFD", text)) == latin


def test_without_the_extra_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *rest: Any) -> Any:
        if name in ("koroman", "pypinyin"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    for name in ("koroman", "pypinyin"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(ToolMissingError) as caught:
        romanizer()
    assert "(koroman)" in str(caught.value)
    assert "[romanize]" in caught.value.advice


def test_titles_are_romanized_where_the_device_has_no_such_letters() -> None:
    sermons = listed(1, "설교", ["소망", "설교 Sermon 3", "Hope"])
    assert [track.path for track in _planned("sd-card", sermons).tracks] == [
        "01_SEOLGYO/01_001_SOMANG.mp3",
        "01_SEOLGYO/01_002_SEOLGYO_SERMON_3.mp3",
        "01_SEOLGYO/01_003_HOPE.mp3",
    ]
    assert _planned("megavoice-envoy", sermons).tracks[0].path == "001 Seolgyo/001 Somang.mp3"
    assert _planned("mp5-player", sermons).tracks[0].path == "01 Seolgyo/001 Somang.mp3"


def test_titles_stay_as_they_are_where_the_device_shows_them() -> None:
    assert _planned("mp3-player", listed(1, "설교", ["소망"])).tracks[0].path == "01 설교/001 소망.mp3"


def test_groups_are_romanized_too() -> None:
    grouped = listed(1, "위로", ["소망"], groups=("설교",))
    assert _planned("megavoice-envoy", grouped).tracks[0].path == "001 Seolgyo/001 Wiro/001 Somang.mp3"


def test_books_are_called_in_english_rather_than_by_their_sounds() -> None:
    to_latin = {"마가복음 3장": "Magabogeum 3jang", "마가복음": "Magabogeum"}.get
    plan = _planned("saber", reading(1, "MRK 3"), romanize=lambda text: to_latin(text, text))
    assert plan.tracks[0].path == "041Mark/041003Mark 3.mp3"
    car = _planned("car-legacy", reading(1, "MRK 3"), romanize=lambda text: to_latin(text, text))
    assert (car.tracks[0].tags.title, car.tracks[0].tags.album) == ("Mark 3", "Mark 3")


def test_tags_of_a_device_of_latin_letters_are_romanized_only_when_asked() -> None:
    track = dataclasses.replace(track_of(1, "소망", speaker="위로"))
    section = dataclasses.replace(listed(1, "설교", ["-"]), tracks=(track,))
    tags = _planned("car-legacy", section).tracks[0].tags
    assert (tags.title, tags.artist, tags.album) == ("Somang", "Wiro", "Seolgyo")
    bare = _planned("car-legacy", section, romanize=None).tracks[0].tags
    assert (bare.title, bare.artist, bare.album) == ("1", "", "")
    shown = _planned("mp3-player", section).tracks[0].tags
    assert (shown.title, shown.plain_title) == ("소망", "Somang")


def test_what_stays_in_other_letters_is_told_by_its_number() -> None:
    plan = _planned("sd-card", listed(1, "Москва", ["Ёж", "소망 ♥"]))
    assert [track.path for track in plan.tracks] == ["01/01_001.mp3", "01/01_002.mp3"]


@pytest.mark.parametrize(
    ("title", "plain"),
    [("Mark: 1", "Mark: 1"), ("Éphèse", "Ephese"), ("설교 Sermon 3", "Sermon 3"), ("마가복음", "2")],
)
def test_a_title_without_a_plain_form_is_told_by_another(title: str, plain: str) -> None:
    plan = _planned("mp3-player", listed(1, "S", ["A", title]), romanize=None)
    assert plan.tracks[1].tags.plain_title == plain


def test_parts_of_an_unspeakable_title_are_told_by_the_number_of_their_recording() -> None:
    section = listed(1, "S", ["A", "소망"])
    tracks = tuple(dataclasses.replace(track, split_seconds=600) for track in section.tracks)
    pack = pack_of(dataclasses.replace(section, tracks=tracks))
    plan = plan_card(pack, built_in()["car-legacy"], {"1/1.wav": 1200.0, "1/2.wav": 1200.0})
    assert [track.tags.title for track in plan.tracks] == ["A 1/2", "A 2/2", "2 1/2", "2 2/2"]
    plan = plan_card(pack, built_in()["car-legacy"], {"1/2.wav": 1200.0}, romanize=lambda _: "Somang")
    assert [track.tags.title for track in plan.tracks] == ["A", "Somang 1/2", "Somang 2/2"]
