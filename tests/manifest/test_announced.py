"""Which title a track is to have: the nearest word counts, and nothing is announced twice."""

from __future__ import annotations

import pytest

from tests.manifest.conftest import HEAD, Load, pack_of

_SAID = "마가복음 이장"


@pytest.mark.parametrize(
    ("defaults", "section", "clips", "says"),
    [
        ("announce: true", "", (), _SAID),
        ("announce: false", "announce: true", (), _SAID),
        ("announce: true", "announce: false", (), None),
        ("announce: true", "announce: own.wav", ("own.wav",), None),
        ("announce: pack.wav", "announce: true", (), _SAID),
        ("announce: true", "announced: true", (), None),
        ("announce: true, announced: true", "", (), None),
        ("announce: true, announced: true", "announced: false", (), _SAID),
        ("announced: true", "announce: true", (), None),
        ("announce: pack.wav", "announced: true", (), None),
        ("announced: true", "announce: own.wav", ("own.wav",), None),
        ("announced: true", 'announce: "t{chapter}.wav"', ("t2.wav",), None),
        ("announced: true", "announce: true, announced: false", (), _SAID),
    ],
)
def test_a_reading_is_announced_as_its_section_or_else_the_pack_says(
    load: Load, defaults: str, section: str, clips: tuple[str, ...], says: str | None
) -> None:
    text = f"{HEAD}defaults: {{{defaults}}}\nsections:\n  - {{reading: MRK 2, source: a.mp3, {section}}}\n"
    (track,) = pack_of(load, text).tracks
    assert (track.edit.announcement, track.says) == (clips, says)


@pytest.mark.parametrize(
    ("section", "track", "clips", "says"),
    [
        ("announce: true", "title: 희망", (), "희망"),
        ("announce: true", "passage: MRK 2", (), _SAID),
        ("announce: true", "title: 희망, passage: MRK 2", (), "희망"),
        ("announce: true", "title: 희망, announced: true", (), None),
        ("announce: true", "title: 희망, announce: own.wav", ("own.wav",), None),
        ("announce: [one.wav]", "title: 희망, announced: true", (), None),
        ("announce: [one.wav]", "title: 희망, announce: true", (), "희망"),
        ("announced: true", "title: 희망, announce: true", (), None),
        ("announced: true", "title: 희망, announce: own.wav", ("own.wav",), None),
        ("announced: true", "title: 희망, announce: true, announced: false", (), "희망"),
    ],
)
def test_a_listed_track_is_announced_as_it_or_else_its_section_says(
    load: Load, section: str, track: str, clips: tuple[str, ...], says: str | None
) -> None:
    text = f"{HEAD}sections: [{{title: S, {section}, tracks: [{{source: a.mp3, {track}}}]}}]\n"
    (found,) = pack_of(load, text).tracks
    assert (found.edit.announcement, found.says) == (clips, says)


def test_a_section_has_a_spoken_name_where_it_asks_for_one(load: Load) -> None:
    text = (
        f"{HEAD}sections:\n"
        '  - {reading: RUT-1SA, source: "{book}{chapter}.mp3", prompt: true}\n'
        "  - {reading: MRK 1-2, title: 고난, source: [a, b], prompt: true}\n"
        "  - {title: 설교, tracks: [{title: A, source: a}], prompt: names/s.wav}\n"
        "  - {title: 찬양, tracks: [{title: A, source: a}], prompt: false}\n"
    )
    prompts = [section.prompt for section in pack_of(load, text).sections]
    assert [prompt and (prompt.number, prompt.title, prompt.says) for prompt in prompts] == [
        (0, "룻기", "룻기"),
        (0, "사무엘상", "사무엘상"),
        (0, "고난", "고난"),
        (0, "설교", None),
        None,
    ]
    assert [piece.source for prompt in prompts if prompt for piece in prompt.pieces] == ["names/s.wav"]
    assert len({prompt.work for prompt in prompts if prompt}) == 4


def test_a_spoken_title_stands_where_it_was_asked_for(load: Load) -> None:
    text = (
        f"{HEAD}defaults: {{announce: true}}\nsections: [{{reading: MRK 2, source: a.mp3, prompt: true}}]\n"
    )
    (section,) = pack_of(load, text).sections
    assert section.tracks[0].announcement_place.line == 4
    assert section.prompt is not None
    assert section.prompt.announcement_place.line == 5


@pytest.mark.parametrize("written", ["prompts/ko", "prompts/ko/"])
def test_the_folder_of_prompts_is_written_with_a_stroke_at_its_end_or_without(
    load: Load, written: str
) -> None:
    pack = pack_of(load, f"{HEAD}prompts: {written}\nsections:\n  - {{reading: RUT 1, source: a.mp3}}\n")
    assert pack.prompts == "prompts/ko"


def test_a_folder_of_prompts_that_is_no_plain_path_is_a_finding(load: Load) -> None:
    for written in ("prompts//", "/", "../ko/", "a//b"):
        loaded = load(f"{HEAD}prompts: {written}\nsections:\n  - {{reading: RUT 1, source: a.mp3}}\n")
        assert [finding.code for finding in loaded.findings][:1] in (["E211"], ["E302"]), written
