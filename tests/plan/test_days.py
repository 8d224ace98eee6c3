"""Reading plans on every device: each chapter once, days in order, laid out as the device can hold them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.bible.passage import Passage, parse_passage
from builder.manifest.pack import Pack, Section, SoundSettings
from builder.plan.days import day_plans, laid_out
from builder.plan.fitting import plan_cards
from builder.plan.limits import faults_of
from builder.plan.plan import Plan, PlannedTrack
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.packs import lengths_of, listed, pack_of, plan_of, planned, reading, with_limits

_DEVICES = built_in()
_PROFILES = list(_DEVICES.values())
_CODES = list(books())[:66]


def _book(number: int, text: str, language: str = "ko") -> Section:
    """A reading whose recordings, and whose gain, are known by its book."""
    section = reading(number, text, language=language)
    book = section.passage.book if section.passage else ""
    tracks = tuple(
        dataclasses.replace(
            track,
            work=book,
            pieces=(dataclasses.replace(track.pieces[0], source=f"{number}/{book}_{track.number}.mp3"),),
        )
        for track in section.tracks
    )
    return dataclasses.replace(section, tracks=tracks)


def _bible(days: int, language: str = "ko", *, by_date: bool = False, **more: object) -> Pack:
    sections = [_book(number, code, language) for number, code in enumerate(_CODES, 1)]
    return pack_of(*planned(days, *sections, by_date=by_date), language=language, **more)  # type: ignore[arg-type]


def _seconds(pack: Pack) -> dict[str, float]:
    """Nine seconds for each verse."""
    return {
        track.pieces[0].source: 9.0 * books()[track.passage.book].verses[track.passage.first - 1]
        for track in pack.tracks
        if track.passage
    }


def _paths(plan: Plan, *at: int) -> list[str]:
    return [plan.tracks[one].path for one in at]


# The first, the second and the last file of a year of the whole Bible, on one card whatever its size.
_YEAR = {
    "sd-card": (
        1189, 12, "01_JAN/01_001_JAN_1_GEN_1.mp3", "01_JAN/01_002_JAN_1_GEN_2.mp3", "12_DEC/12_123_DEC_31_REV_22.mp3",
    ),
    "mp3-player": (
        1189, 12, "01 1월/001 1월 1일 창세기 1장.mp3", "01 1월/002 1월 1일 창세기 2장.mp3",
        "12 12월/123 12월 31일 요한계시록 22장.mp3",
    ),
    "mp5-player": (
        1189, 12, "01 January/001 January 1 - Genesis 1.mp3", "01 January/002 January 1 - Genesis 2.mp3",
        "12 December/123 December 31 - Revelation 22.mp3",
    ),
    "numbered-module": (365, 12, "01/001.mp3", "01/002.mp3", "12/031.mp3"),
    "saber": (
        1189, 365, "001January 1 Genesis 1-3/001001 January 1 Genesis 1.mp3",
        "001January 1 Genesis 1-3/001002 January 1 Genesis 2.mp3",
        "365December 31 Revelation 19-22/365004 December 31 Revelation 22.mp3",
    ),
    "kulumi": (
        1189, 365, "Kulumi/001January 1 Genesis 1-3/001001 January 1 Genesis 1.mp3",
        "Kulumi/001January 1 Genesis 1-3/001002 January 1 Genesis 2.mp3",
        "Kulumi/365December 31 Revelation 19-22/365004 December 31 Revelation 22.mp3",
    ),
    "megavoice-envoy": (
        1189, 365, "001 January 1 Genesis 1-3/001 January 1 Genesis 1.mp3",
        "001 January 1 Genesis 1-3/002 January 1 Genesis 2.mp3",
        "365 December 31 Revelation 19-22/004 December 31 Revelation 22.mp3",
    ),
    "car-legacy": (
        365, 12, "01_JAN/01_001_JAN_1_GEN_1-3.mp3", "01_JAN/01_002_JAN_2_GEN_4-6.mp3",
        "12_DEC/12_031_DEC_31_REV_19-22.mp3",
    ),
    "pearl": (
        1189, 12, "1_OT-NT/01_January/01_001_January 1 Genesis 1.mp3",
        "1_OT-NT/01_January/01_002_January 1 Genesis 2.mp3",
        "1_OT-NT/12_December/12_123_December 31 Revelation 22.mp3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("device", _YEAR)
def test_a_year_is_laid_out_as_each_device_can_hold_it(device: str) -> None:
    pack = _bible(365, by_date=True)
    plan = plan_of(pack, _DEVICES[device], _seconds(pack))
    files, folders, *paths = _YEAR[device]
    assert (len(plan.tracks), len(plan.folders)) == (files, folders)
    assert _paths(plan, 0, 1, -1) == paths


_NINETY = {
    "sd-card": ("01_DAY_1_GEN_1-13/01_001_DAY_1_GEN_1.mp3", "90_DAY_90_REV_3-22/90_020_DAY_90_REV_22.mp3"),
    "mp3-player": (
        "01 第1天 创世记 第1-13章/001 第1天 创世记 第1章.mp3",
        "90 第90天 启示录 第3-22章/020 第90天 启示录 第22章.mp3",
    ),
    "mp5-player": (
        "01 第1天 创世记 第1-13章/001 第1天 创世记 第1章.mp3",
        "90 第90天 启示录 第3-22章/020 第90天 启示录 第22章.mp3",
    ),
    "numbered-module": ("01/001.mp3", "90/020.mp3"),
    "car-legacy": (
        "01_DAYS_1-30/01_001_DAY_1_GEN_1-13.mp3",
        "03_DAYS_61-90/03_030_DAY_90_REV_3-22.mp3",
    ),
    "pearl": (
        "1_OT-NT/01_Day 1 Genesis 1-13/01_001_Day 1 Genesis 1.mp3",
        "1_OT-NT/90_Day 90 Revelation 3-22/90_020_Day 90 Revelation 22.mp3",
    ),
}


@pytest.mark.parametrize("device", _NINETY)
def test_ninety_days_are_folders_where_ninety_folders_are_read(device: str) -> None:
    pack = _bible(90, "zh-Hans")
    assert tuple(_paths(plan_of(pack, _DEVICES[device], _seconds(pack)), 0, -1)) == _NINETY[device]


def test_on_a_card_without_folders_a_file_is_a_chapter_or_else_a_day() -> None:
    player = _DEVICES["mp3-player"]
    psalms = pack_of(*planned(30, _book(1, "PSA")), levels=1)
    plan = plan_of(psalms, player, {})
    assert (len(plan.tracks), plan.tracks[0].path) == (150, "001 1일째 시편 1편.mp3")
    days = plan_of(_bible(90, levels=1), player, {})
    assert (len(days.tracks), days.folders) == (90, ("",))
    assert days.tracks[0].path == "001 1일째 창세기 1-13장.mp3"


def test_a_year_that_is_too_much_for_one_card_goes_on_two() -> None:
    pack = _bible(365, by_date=True)
    one = plan_cards(pack, _DEVICES["car-legacy"], lengths_of(pack, 30))[0]
    (finding,) = faults_of(one, pack)
    assert (finding.code, finding.help) == ("E413", "`split: true` (2 cards, whole folders on each)")
    may_split = dataclasses.replace(pack, card=dataclasses.replace(pack.card, split=True))
    cards = plan_cards(may_split, _DEVICES["car-legacy"], lengths_of(pack, 30))
    assert [len(card.tracks) for card in cards] == [243, 122]
    assert [faults_of(card, pack) for card in cards] == [[], []]
    assert cards[1].tracks[0].path.startswith("01_SEP/01_001_SEP_1_")
    assert [p for card in cards for t in card.tracks for p in t.pieces] == [
        p for t in pack.tracks for p in t.pieces
    ]


def test_a_lower_bitrate_keeps_the_layout() -> None:
    pack = _bible(365, by_date=True)
    seconds = _seconds(pack)
    fits = dataclasses.replace(pack, card=dataclasses.replace(pack.card, fit=True, label_bytes=2 * 10**9))
    (plan,) = plan_cards(fits, _DEVICES["mp3-player"], seconds)
    assert plan.audio.bitrate_kbps < _DEVICES["mp3-player"].audio.bitrate_kbps
    assert plan.tracks[0].path == "01 1월/001 1월 1일 창세기 1장.mp3"


def _parts(tracks: Sequence[PlannedTrack]) -> list[Passage]:
    """What a record says of its passages, read back."""
    passages = [parse_passage(one) for track in tracks for one in (track.passage or "").split(", ")]
    return [part for passage in passages for part in passage.by_chapter()]


@st.composite
def _plans(draw: st.DrawFn) -> Pack:
    """Books in any order, whole or in part, in one plan or two, with sermons beside them."""
    chosen = draw(st.lists(st.sampled_from([*_CODES, "TOB"]), min_size=1, max_size=8, unique=True))
    texts = [
        f"{code} 1-{draw(st.integers(1, books()[code].chapters))}" if books()[code].chapters > 1 else code
        for code in chosen
    ]
    language = draw(st.sampled_from(["ko", "zh-Hans", "zh-Hant", "en", "ko-KP"]))
    halves = draw(st.integers(1, len(texts)))
    sections: list[Section] = []
    for number, run in enumerate((texts[:halves], texts[halves:]), 1):
        if run:
            made = [_book(number * 100 + at, text, language) for at, text in enumerate(run)]
            chapters = sum(len(section.tracks) for section in made)
            days = draw(st.integers(1, chapters))
            sections += planned(days, *made, by_date=draw(st.booleans()) and days == 365)
        if draw(st.booleans()):
            sections.append(listed(number * 100 + 90, "설교", ["희망", "Hope"]))
    numbered = [dataclasses.replace(section, number=at) for at, section in enumerate(sections, 1)]
    levels = draw(st.sampled_from([None, None, 1]))
    return pack_of(*numbered, language=language, levels=levels, discreet=draw(st.booleans()))


@settings(deadline=None, max_examples=150)
@given(_plans(), st.sampled_from(_PROFILES), st.integers(0, 2))
def test_each_chapter_stands_once_in_its_order_on_every_device(
    pack: Pack, profile: Profile, known: int
) -> None:
    lengths: Mapping[str, float] = dict(list(_seconds(pack).items())[:: 3 - known]) if known else {}
    plan = plan_of(pack, profile, lengths)
    read = [track for track in plan.tracks if track.passage]
    assert _parts(read) == [track.passage for track in pack.tracks if track.passage]
    assert [piece for track in plan.tracks for piece in track.pieces] == [
        piece for track in pack.tracks for piece in track.pieces
    ]
    paths = [track.path.encode() for track in plan.tracks]
    assert all(a < b for a, b in pairwise(paths))
    assert [track.tags.track for track in plan.tracks] == list(range(1, len(paths) + 1))
    assert {finding.code for finding in faults_of(plan, pack)} <= {
        "E411", "E412", "E413", "E416", "E420", "E422", "W418", "W423",
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_plans(), st.sampled_from(_PROFILES))
def test_a_day_is_never_mixed_with_another_and_none_is_empty(pack: Pack, profile: Profile) -> None:
    seconds = _seconds(pack)
    plans = day_plans(pack, seconds)
    assert [one.plan for one in plans] == list(dict.fromkeys(s.plan for s in pack.sections if s.plan))
    assert [len(one.days) for one in plans] == [one.plan.days for one in plans]
    plan = plan_of(pack, profile, seconds)
    days = [(track.section, track.section_place) for track in plan.tracks if track.passage]
    runs = sum(a != b for a, b in pairwise(days)) + 1
    assert runs == len(set(days)) == sum(len(one.days) for one in plans)
    for one in plans:
        shortest, mean, longest = one.spread
        assert 0 < shortest <= mean <= longest


def test_a_book_has_one_gain_although_its_chapters_lie_in_many_folders() -> None:
    pack = _bible(365, by_date=True)
    plan = plan_of(pack, _DEVICES["saber"], _seconds(pack))
    assert {track.work for track in plan.tracks if track.passage and track.passage.startswith("PSA")} == {
        "PSA"
    }
    assert len({track.work for track in plan.tracks}) == 66


def test_a_day_of_two_books_in_one_file_says_both_and_has_the_gain_of_the_longer() -> None:
    pack = pack_of(*planned(1, _book(1, "GEN 49-50"), _book(2, "EXO 1")))
    device = with_limits(_DEVICES["sd-card"], max_files_per_folder=1)
    for exodus, work in ((10.0, "GEN"), (1000.0, "EXO")):
        lengths = {"1/GEN_49.mp3": 60.0, "1/GEN_50.mp3": 60.0, "2/EXO_1.mp3": exodus}
        (track,) = plan_of(pack, device, lengths).tracks
        assert (track.passage, track.title) == ("GEN 49-50, EXO 1", "1일째 창세기 49-50장, 출애굽기 1장")
        assert (track.work, track.section) == (work, "1일째")
        assert track.path == "01_DAY_1_GEN_49-EXO_1/01_001_DAY_1_GEN_49-EXO_1.mp3"


def test_spoken_titles_count_and_stand_between_the_chapters_of_a_joined_day() -> None:
    section = _book(1, "MRK 1-3")
    spoken = tuple(
        dataclasses.replace(track, edit=SoundSettings(announcement=(f"t{track.number}.wav",)))
        for track in section.tracks
    )
    pack = pack_of(*planned(1, dataclasses.replace(section, tracks=spoken)))
    lengths = lengths_of(pack, 60.0) | {f"t{n}.wav": 2.0 for n in (1, 2, 3)}
    (track,) = plan_of(pack, with_limits(_DEVICES["sd-card"], max_files_per_folder=1), lengths).tracks
    assert track.announcement == ("t1.wav",)
    assert [piece.source for piece in track.pieces] == [
        "1/MRK_1.mp3", "t2.wav", "1/MRK_2.mp3", "t3.wav", "1/MRK_3.mp3",
    ]  # fmt: skip
    assert day_plans(pack, lengths)[0].days[0].seconds == 3 * 62


def test_a_recording_of_no_known_length_counts_by_its_verses_at_the_pace_of_the_others() -> None:
    pack = pack_of(*planned(3, _book(1, "PSA 117-119")))
    days = [day.seconds for day in day_plans(pack, {"1/PSA_117.mp3": 20.0})[0].days]
    assert days == [20.0, 290.0, 1760.0]  # 2, 29 and 176 verses
    in_verses = day_plans(pack_of(*planned(1, _book(1, "PSA 119:1-88"))), {})[0]
    assert in_verses.days[0].seconds == pytest.approx(88 * 9.3)


def test_a_name_that_would_be_cut_says_less_and_never_another_chapter() -> None:
    # 01_001_DAY_1_RUT_4-1SA_10.mp3 has 29 characters, and cut it would end the day with chapter 1.
    pack = pack_of(*planned(1, _book(1, "RUT 4"), _book(2, "1SA 1-10")))
    for most, expected in ((29, "RUT_4-1SA_10"), (28, "RUT-1SA"), (24, "RUT-1SA"), (23, "")):
        device = with_limits(_DEVICES["sd-card"], max_files_per_folder=1)
        device = dataclasses.replace(device, names=dataclasses.replace(device.names, max_name_chars=most))
        (track,) = plan_of(pack, device, {}).tracks
        file = track.path.rpartition("/")[2]
        assert file == f"01_001_DAY_1{f'_{expected}' if expected else ''}.mp3"


def test_plans_beside_each_other_and_beside_sermons_are_numbered_as_they_stand() -> None:
    old = planned(2, _book(1, "GEN 1-4"), title="구약")
    new = planned(2, _book(2, "MAT 1-2"), _book(3, "REV 1-2"), title="신약")
    pack = pack_of(*new, listed(4, "설교", ["희망"]), *old, _book(6, "PSA 1"))
    numbered = tuple(dataclasses.replace(one, number=at) for at, one in enumerate(pack.sections, 1))
    pack = dataclasses.replace(pack, sections=numbered)
    for device in ("saber", "kulumi", "pearl"):
        plan = plan_of(pack, _DEVICES[device], lengths_of(pack, 60))
        assert faults_of(plan, pack) == []  # though it numbers books by the Bible
    plan = plan_of(pack, _DEVICES["mp3-player"], lengths_of(pack, 60))
    assert list(plan.folders) == [
        "01 1일째 마태복음 1-2장", "02 2일째 요한계시록 1-2장", "03 설교", "04 1일째 창세기 1-2장",
        "05 2일째 창세기 3-4장", "06 시편 1편",
    ]  # fmt: skip
    few = with_limits(_DEVICES["mp3-player"], max_folders=4)
    assert list(plan_of(pack, few, lengths_of(pack, 60)).folders) == [
        "01 신약 1-2일째", "02 설교", "03 구약 1-2일째", "04 시편 1편",
    ]  # fmt: skip
    pearl = plan_of(pack, _DEVICES["pearl"], lengths_of(pack, 60))
    assert list(dict.fromkeys(path.split("/")[0] for path in pearl.folders)) == ["1_NT", "2_EXTRA", "3_OT"]


def test_a_pack_without_a_plan_is_left_alone() -> None:
    pack = pack_of(_book(1, "MRK"))
    assert laid_out(pack, _DEVICES["sd-card"], {}, is_flat=False) is pack


def test_a_listener_reads_the_day_and_the_passage_wherever_there_is_a_tag() -> None:
    pack = pack_of(*planned(2, _book(1, "GEN 1-3")))
    lengths = {"1/GEN_1.mp3": 30.0, "1/GEN_2.mp3": 30.0, "1/GEN_3.mp3": 60.0}
    plan = plan_of(pack, _DEVICES["car-usb"], lengths)
    assert [(track.tags.album, track.tags.title) for track in plan.tracks] == [
        ("01 1일째 창세기 1-2장", "1일째 창세기 1장"),
        ("01 1일째 창세기 1-2장", "1일째 창세기 2장"),
        ("02 2일째 창세기 3장", "2일째 창세기 3장"),
    ]
    latin = plan_of(pack, _DEVICES["car-legacy"], lengths).tracks[0].tags
    assert (latin.album, latin.title) == ("01 Day 1 - Genesis 1-2", "Day 1 - Genesis 1")


def test_a_title_of_which_a_device_has_only_some_letters_is_told_in_english() -> None:
    own = reading(1, "GEN 1-2", books={"GEN": "Genesis"})
    pack = pack_of(*planned(1, own), books={"GEN": "Genesis"})
    plan = plan_of(pack, _DEVICES["saber"], {})
    assert plan.tracks[0].title == "1일째 Genesis 1장"
    assert plan.tracks[0].path == "001Day 1 Genesis 1-2/001001 Day 1 Genesis 1.mp3"


@pytest.mark.parametrize("text", ["JOL 1-4", "MAL 1-4", "PSA 149-151", "PSA 151"])
def test_chapters_that_only_other_bibles_have_are_divided_into_days_too(text: str) -> None:
    pack = pack_of(*planned(2, _book(1, text)))
    unknown_lengths: dict[str, float] = {}
    (plan,) = day_plans(pack, unknown_lengths)
    assert [track.passage for day in plan.days for track in day.tracks] == [t.passage for t in pack.tracks]
    assert all(day.seconds > 0 for day in plan.days)
