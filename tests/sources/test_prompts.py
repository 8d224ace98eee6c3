"""Who says a title: recordings of the prompts folder, by place, passage, or book and number; else the voice."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder.bible.books import names_for
from builder.bible.passage import Passage
from builder.bible.titles import spoken_passage
from builder.findings import Finding
from builder.manifest.pack import Pack, ReadingPlan, Section, speech_of
from builder.sound.voice.voice import Voice
from builder.sources.prompts import settle_titles, speech_lengths
from tests.packs import PLACE, listed, pack_of, reading, track_of

_VOICE = Voice(
    library=Path("a"), folder=Path(), version="1", identity="1", voices={"ko": "ko", "en": "en", "zh": "cmn"}
)


def _asking(section: Section, language: str = "ko", *, name: bool = False) -> Section:
    """Every title of a section is to be spoken; with `name` its own too."""
    names = names_for(language)

    def said(passage: Passage | None, title: str) -> str:
        return spoken_passage(passage, names, language) if passage else title

    tracks = tuple(
        dataclasses.replace(track, says=said(track.passage, track.title)) for track in section.tracks
    )
    prompt = dataclasses.replace(
        track_of(0, section.title), pieces=(), says=said(section.passage, section.title)
    )
    return dataclasses.replace(section, tracks=tracks, prompt=prompt if name else None)


def _settled(
    folder: Path,
    *sections: Section,
    files: Sequence[str] = (),
    language: str = "ko",
    voice: Voice | None = _VOICE,
) -> tuple[Pack, list[Finding]]:
    for name in files:
        path = folder / "prompts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    pack = dataclasses.replace(
        pack_of(*sections, language=language), sources=folder, prompts="prompts" if files else None
    )
    return settle_titles(pack, (voice.of(language) or "") if voice else None)


def _said(pack: Pack) -> list[tuple[str, ...]]:
    """What says each title: recordings without their folder, or texts."""

    def shown(name: str) -> str:
        speech = speech_of(name)
        return speech[1] if speech else name.removeprefix("prompts/")

    return [tuple(shown(clip) for clip in track.edit.announcement) for track in pack.tracks]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], ("마가복음 삼장",)),
        (["MRK_003.wav"], ("MRK_003.wav",)),
        (["mrk_003.M4A"], ("mrk_003.M4A",)),
        (["MRK/003.ogg"], ("MRK/003.ogg",)),
        (["mrk/003.ogg"], ("mrk/003.ogg",)),
        (["MRK.wav", "003.flac"], ("MRK.wav", "003.flac")),
        (["MRK.wav"], ("마가복음 삼장",)),
        (["003.wav"], ("마가복음 삼장",)),
        (["MRK.wav", "003.wav", "MRK_003.mp3"], ("MRK_003.mp3",)),
        (["MRK.wav", "003.wav", "MRK/003.mp3"], ("MRK/003.mp3",)),
        (["MRK_003.wav", "S01_001.wav"], ("S01_001.wav",)),
        (["MRK_003.txt", "MRK_003", "S01.wav", "S02_001.wav"], ("마가복음 삼장",)),
    ],
)
def test_the_nearest_recording_of_a_chapter_says_its_title(
    tmp_path: Path, files: list[str], said: tuple[str, ...]
) -> None:
    pack, findings = _settled(tmp_path, _asking(reading(1, "MRK 3")), files=files)
    assert (_said(pack), findings) == ([said], [])


def test_psalms_are_not_put_together_since_their_chapters_are_called_otherwise(tmp_path: Path) -> None:
    section = _asking(reading(1, "PSA 23"))
    pack, _ = _settled(tmp_path, section, files=["PSA.wav", "023.wav"])
    assert _said(pack) == [("시편 이십삼편",)]
    pack, _ = _settled(tmp_path, section, files=["PSA_023.wav"])
    assert _said(pack) == [("PSA_023.wav",)]


def test_verses_and_titles_of_ones_own_are_said_by_place_alone(tmp_path: Path) -> None:
    sections = (_asking(reading(1, "MRK 3:1-6")), _asking(listed(2, "설교", ["희망", "사랑"])))
    files = ["MRK_003.wav", "MRK.wav", "003.wav", "001.wav", "S02_002.wav"]
    pack, findings = _settled(tmp_path, *sections, files=files)
    assert _said(pack) == [("마가복음 삼장 일절에서 육절",), ("희망",), ("S02_002.wav",)]
    assert findings == []


def test_the_name_of_a_section_is_its_book_or_its_place(tmp_path: Path) -> None:
    sections = [_asking(reading(1, "MRK 1-2"), name=True), _asking(listed(2, "설교", ["희망"]), name=True)]

    def names(files: Sequence[str]) -> list[str]:
        pack, findings = _settled(tmp_path, *sections, files=files)
        assert findings == []
        prompts = [section.prompt for section in pack.sections]
        assert all(prompt is not None and len(prompt.pieces) == 1 for prompt in prompts)
        return [prompt.pieces[0].source for prompt in prompts if prompt]

    assert names([]) == ["espeak-ng//ko/마가복음 일장에서 이장", "espeak-ng//ko/설교"]
    assert names(["MRK.wav"]) == ["prompts/MRK.wav", "espeak-ng//ko/설교"]
    assert names(["S01.wav", "S02.mp3"]) == ["prompts/S01.wav", "prompts/S02.mp3"]


def test_a_recording_that_the_manifest_names_is_left_alone(tmp_path: Path) -> None:
    section = reading(1, "MRK 3")
    own = dataclasses.replace(section.tracks[0].edit, announcement=("own.wav",))
    section = dataclasses.replace(section, tracks=(dataclasses.replace(section.tracks[0], edit=own),))
    pack, findings = _settled(tmp_path, section, files=["MRK_003.wav"], voice=None)
    assert (_said(pack), findings) == ([("own.wav",)], [])


def test_a_folder_of_a_mac_is_found_by_its_composed_name(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "제목")
    (tmp_path / decomposed).mkdir()
    (tmp_path / decomposed / "MRK_003.wav").touch()
    pack = pack_of(_asking(reading(1, "MRK 3")))
    pack, findings = settle_titles(dataclasses.replace(pack, sources=tmp_path, prompts="제목"), "ko")
    assert (pack.tracks[0].edit.announcement, findings) == (("제목/MRK_003.wav",), [])


def test_two_recordings_of_one_title_are_told_once(tmp_path: Path) -> None:
    section = _asking(reading(1, "MRK 1-3"), name=True)
    _, findings = _settled(tmp_path, section, files=["MRK.wav", "MRK.mp3", "001.wav", "002.wav", "003.wav"])
    assert {(one.code, one.message) for one in findings} == {
        ("E341", "prompts/MRK.mp3 and prompts/MRK.wav are recordings of one title")
    }


def test_a_folder_that_is_not_there_or_is_a_file_is_told(tmp_path: Path) -> None:
    pack = dataclasses.replace(pack_of(_asking(reading(1, "MRK 3"))), sources=tmp_path, prompts="prompts")
    settled, findings = settle_titles(pack, "ko")
    assert [one.code for one in findings] == ["E340"]
    assert _said(settled) == [("마가복음 삼장",)]
    (tmp_path / "prompts").touch()
    assert [one.code for one in settle_titles(pack, "ko")[1]] == ["E340"]
    (tmp_path / "prompts").unlink()
    (tmp_path / "prompts").symlink_to(tmp_path.parent)
    (finding,) = settle_titles(pack, "ko")[1]
    assert finding.message == "prompts is a link that leads out of the sources folder"


def test_without_a_voice_each_section_says_once_what_is_missing(tmp_path: Path) -> None:
    sections = (_asking(reading(1, "MRK 1-3"), name=True), _asking(listed(2, "설교", ["희망"])))
    pack, findings = _settled(tmp_path, *sections, files=["MRK_001.wav"], voice=None)
    assert [(one.code, one.track) for one in findings] == [("E342", "마가복음 1-3장"), ("E342", "설교")]
    assert findings[0].message == (
        'there is no recording in prompts, and no voice is installed to speak: "마가복음 이장" and 2 more'
    )
    assert findings[0].help.startswith("record them (MRK_002.wav); or")
    assert findings[1].help.startswith("record it (S02_001.wav); or")
    assert '".[speech]"' in findings[0].help
    assert pack.sections[0].prompt is None


def test_a_language_without_a_voice_is_told(tmp_path: Path) -> None:
    _, (finding,) = _settled(tmp_path, _asking(listed(1, "S", ["A"])), language="mn")
    assert (finding.code, finding.message) == (
        "E343",
        'there is no recording and the manifest names no folder of `prompts`, and espeak-ng has no voice for mn: "A"',
    )


@pytest.mark.parametrize(("language", "title", "codes"), [
    ("ko", "希望의 소리", ["E344"]), ("en", "馬可福音", ["E344"]), ("zh-Hans", "希望", []), ("ko", "Hope 희망", []),
])  # fmt: skip
def test_chinese_characters_are_for_voices_that_read_them(
    tmp_path: Path, language: str, title: str, codes: list[str]
) -> None:
    section = _asking(listed(1, "S", [title]), language)
    _, findings = _settled(tmp_path, section, language=language)
    assert [one.code for one in findings] == codes
    recorded, findings = _settled(tmp_path, section, language=language, files=["S01_001.wav"])
    assert (_said(recorded), findings) == ([("S01_001.wav",)], [])


def test_the_length_of_every_text_is_estimated_and_of_no_recording(tmp_path: Path) -> None:
    section = _asking(reading(1, "MRK 1-2"), name=True)
    pack, _ = _settled(tmp_path, section, files=["MRK_001.wav"])
    lengths = speech_lengths(pack)
    assert set(lengths) == {"espeak-ng//ko/마가복음 이장", "espeak-ng//ko/마가복음 일장에서 이장"}
    assert all(1 < seconds < 3 for seconds in lengths.values())


def test_recordings_whose_names_say_no_title_are_told(tmp_path: Path) -> None:
    section = _asking(reading(1, "MRK 1-2"), name=True)
    names = ["MRK_001.wav", "MRK_2.wav", "MRK_002.opus", "GEN_007.WAV", "S12_003.mp3", "mark.mp3", "list.txt"]
    _, findings = _settled(tmp_path, section, files=names)
    assert [(one.code, one.message) for one in findings] == [
        ("W345", "the names of these files match no announcement: MRK_002.opus, MRK_2.wav, mark.mp3")
    ]


def test_recordings_that_nothing_asks_for_are_told(tmp_path: Path) -> None:
    _, findings = _settled(tmp_path, reading(1, "MRK 1-2"), files=["MRK_001.wav"])
    assert [(one.code, one.message) for one in findings] == [
        ("W345", "no title is to be spoken: prompts is not used")
    ]


@pytest.mark.parametrize(("title", "codes"), [("?!", ["E344"]), ("— …", ["E344"]), ("100%", []), ("&", [])])
def test_a_title_without_a_word_is_told_before_it_is_spoken(
    tmp_path: Path, title: str, codes: list[str]
) -> None:
    _, findings = _settled(tmp_path, _asking(listed(1, "S", [title])))
    assert [one.code for one in findings] == codes


def test_the_file_that_is_asked_for_is_the_one_that_is_looked_for(tmp_path: Path) -> None:
    section = _asking(reading(1, "JHN 3:16-21"))
    _, (finding,) = _settled(tmp_path, section, voice=None)
    assert "(S01_001.wav)" in finding.help
    pack, findings = _settled(tmp_path, section, voice=None, files=["S01_001.wav"])
    assert (_said(pack), findings) == ([("S01_001.wav",)], [])


def test_a_reading_plan_has_one_place_whatever_books_it_reads(tmp_path: Path) -> None:
    plan = ReadingPlan(days=3, by_date=False, title=None, place=PLACE)
    books = (reading(1, "RUT 1-2"), reading(2, "JUD"))
    sections = [dataclasses.replace(_asking(section), plan=plan) for section in books]
    files = ["S01_003.wav", "S02_001.wav", "RUT_001.wav"]
    pack, findings = _settled(tmp_path, *sections, _asking(listed(3, "S", ["A"])), files=files)
    assert findings == []
    assert _said(pack) == [("RUT_001.wav",), ("룻기 이장",), ("S01_003.wav",), ("S02_001.wav",)]
