"""Settings of tracks: the nearest wins, works share a gain, and one fault hides no other."""

from __future__ import annotations

import pytest

from builder.manifest.pack import SoundSettings
from tests.manifest.conftest import HEAD, Load, good, pack_of


def test_times_reach_the_pack_in_seconds() -> None:
    pieces = [piece for track in good("times").tracks for piece in track.pieces]
    assert [(piece.start_seconds, piece.end_seconds) for piece in pieces] == [
        (95.0, 95.5),
        (12.0, 5400.0),
        (5400.0, 5400.5),
        (None, 60.0),
    ]


def test_the_nearest_setting_wins() -> None:
    inherits, says, silent, defaults = good("nearest-setting-wins").tracks
    assert [track.speaker for track in (inherits, says, silent, defaults)] == [
        "section",
        "track",
        "section",
        "pack",
    ]
    assert inherits.edit == SoundSettings(
        pause_seconds=2, head_silence_seconds=0.1, tail_silence_seconds=0.2, announcement=("clips/01.ogg",)
    )
    assert says.edit == SoundSettings(
        pause_seconds=3, head_silence_seconds=0, tail_silence_seconds=0.2, announcement=("own.ogg",)
    )
    assert silent.edit.announcement == ()
    assert defaults.edit == SoundSettings(
        pause_seconds=1, head_silence_seconds=0.1, tail_silence_seconds=0.2, announcement=("pack.ogg",)
    )


def test_settings_of_the_sound_reach_the_pack_and_the_nearest_wins() -> None:
    pack = good("sound-settings")
    assert (pack.quality, good("quality-fast").quality) == ("best", "fast")
    inherits, says, spells, *chapters = (track.edit for track in pack.tracks)
    assert inherits == SoundSettings(
        channel="mix",
        high_pass_hz=80,
        denoise="light",
        compress="strong",
        fade_in_seconds=0.5,
        fade_out_seconds=2,
    )
    # `none` and 0 are settings too, and not the absence of one.
    assert says == SoundSettings(channel="left", high_pass_hz=0, compress="none", fade_out_seconds=1.5)
    assert (spells.channel, spells.high_pass_hz, spells.compress) == ("auto", 120, "strong")
    assert {(edit.channel, edit.compress) for edit in chapters} == {("right", "gentle")}


def test_joined_recordings_reach_the_pack_each_with_its_own_times_and_place() -> None:
    sides, gap, alone = good("joined-recordings").tracks
    assert [piece.source for piece in sides.pieces] == ["side-a.mp3", "side-b.mp3"]
    assert [(piece.source, piece.start_seconds, piece.end_seconds) for piece in gap.pieces] == [
        ("meeting.wav", 12.0, 2700.0),
        ("intermission.ogg", None, None),
        ("meeting.wav", 3720.0, None),
    ]
    assert [(piece.place.line, piece.place.column) for piece in gap.pieces] == [(11, 22), (12, 13), (13, 21)]
    assert (gap.pieces[0].start_place.line, gap.pieces[0].end_place.line) == (11, 11)
    assert gap.pieces[2].start_place.line == 14
    assert [piece.source for piece in alone.pieces] == ["song.flac"]


def test_listed_tracks_are_split_by_the_nearest_setting_and_others_never() -> None:
    seconds = [track.split_seconds for track in good("split").tracks]
    #                  section, track, joined, defaults, clock, and two chapters
    assert seconds == [1800.0, 90.0, None, 3600.0, 1500.0, None, None]


def test_the_nearest_setting_wins_for_a_reading_too(load: Load) -> None:
    pack = pack_of(
        load,
        HEAD
        + "defaults: {speaker: pack, pause: 1, head_silence: 2, announce: pack.ogg}\n"
        + 'sections:\n  - {reading: PSA 3-4, source: "{chapter}.mp3", speaker: section, pause: 0}\n'
        + '  - {reading: PSA 5-6, source: "{chapter}.mp3", announce: false}\n',
    )
    named, silent = pack.sections
    assert {track.speaker for track in named.tracks} == {"section"}
    assert [track.edit for track in named.tracks] == 2 * [
        SoundSettings(pause_seconds=0, head_silence_seconds=2, announcement=("pack.ogg",))
    ]
    assert [track.edit for track in silent.tracks] == 2 * [
        SoundSettings(pause_seconds=1, head_silence_seconds=2)
    ]
    assert {track.speaker for track in silent.tracks} == {"pack"}


def test_spoken_titles_go_to_the_chapters_in_order() -> None:
    listed, patterned = good("announcements-of-a-reading").sections
    assert [track.edit.announcement for track in listed.tracks] == [
        ("three.ogg",),
        ("four.ogg",),
        ("five.ogg",),
    ]
    assert [track.edit.announcement for track in patterned.tracks] == [
        ("titles/PSA-6.ogg",),
        ("titles/PSA-7.ogg",),
    ]


def test_listed_spoken_titles_yield_to_those_of_the_tracks(load: Load) -> None:
    tracks = "[{title: A, source: a}, {title: B, source: b, announce: own.ogg}, {title: C, source: c, announce: false}]"
    pack = pack_of(
        load, f"{HEAD}sections: [{{title: S, announce: [1.ogg, 2.ogg, 3.ogg], tracks: {tracks}}}]\n"
    )
    assert [track.edit.announcement for track in pack.tracks] == [("1.ogg",), ("own.ogg",), ()]


def test_a_reading_shares_one_gain_and_listed_tracks_do_when_level_says_so() -> None:
    works = [[track.work for track in section.tracks] for section in good("levels").sections]
    assert [len(set(section)) for section in works] == [1, 2, 2, 1]
    assert len({work for section in works for work in section}) == 6


def test_a_faulty_section_does_not_hide_the_faults_of_later_ones(load: Load) -> None:
    loaded = load(
        HEAD
        + "sections:\n"
        + "  - reading: MRX\n    source: a.mp3\n"  # goes whole
        + "  - title: S\n    tracks: 3\n"
        + "  - reading: PSA 1-3\n    source: [a.mp3, b.mp3]\n"  # found only after the models
        + "  - title: R\n    tracks:\n      - {title: A, source: a.mp3}\n      - {title: a, source: b.mp3}\n"
    )
    assert [(finding.code, finding.place.line) for finding in loaded.findings] == [
        ("E213", 5),
        ("E219", 8),
        ("E220", 10),
        ("E221", 14),
    ]
    assert loaded.pack is not None
    assert [section.title for section in loaded.pack.sections] == ["시편 1-3편", "R"]


@pytest.mark.parametrize("key", ["pack", "title", "language"])
def test_a_missing_first_line_does_not_hide_the_faults_below(load: Load, key: str) -> None:
    head = "".join(line for line in HEAD.splitlines(keepends=True) if not line.startswith(key))
    loaded = load(head + "sections: [{reading: PSA 1-3, source: [a.mp3, b.mp3]}]\n")
    assert [finding.code for finding in loaded.findings] == ["E202", "E220"]


def test_a_faulty_setting_does_not_take_its_track_with_it(load: Load) -> None:
    loaded = load(HEAD + "sections: [{title: S, tracks: [{title: A, source: a.mp3, start: x, zzz: 1}]}]\n")
    assert {finding.code for finding in loaded.findings} == {"E201", "E210"}
    assert loaded.pack is not None
    assert [(track.title, track.pieces[0].start_seconds) for track in loaded.pack.tracks] == [("A", None)]
