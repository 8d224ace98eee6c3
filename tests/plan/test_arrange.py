"""Which files there are, and in which folders: parts, joined chapters, gathered books."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.manifest.pack import Pack, Section, SoundSettings, sound_seconds
from builder.plan.arrange import Folder, arrange
from builder.plan.draw import plan_card
from builder.plan.limits import faults_of
from builder.profiles.load import built_in
from tests.packs import lengths_of, listed, pack_of, reading, with_limits

_CAR, _SD = built_in()["car-legacy"], built_in()["sd-card"]


def _arranged(
    pack: Pack, *, is_flat: bool = False, seconds: float = 60.0, **limits: int
) -> tuple[Folder, ...]:
    return arrange(pack, with_limits(_CAR, **limits).limits, lengths_of(pack, seconds), is_flat=is_flat)


def _runs(folder: Folder) -> list[tuple[int, int]]:
    return [(file.number, file.last) for file in folder.files]


def _split(section: Section, seconds: float) -> Section:
    tracks = tuple(dataclasses.replace(track, split_seconds=seconds) for track in section.tracks)
    return dataclasses.replace(section, tracks=tracks)


def test_chapters_are_joined_only_where_there_are_too_many_and_no_more_than_needed() -> None:
    pack = pack_of(reading(1, "GEN 1-31"))
    assert _runs(_arranged(pack)[0]) == [(n, n) for n in range(1, 32)]
    one_more = pack_of(reading(1, "GEN 1-32"))
    assert _runs(_arranged(one_more)[0]) == [(n, n + 1) for n in range(1, 32, 2)]
    assert _runs(_arranged(one_more, max_files_per_folder=11)[0]) == [
        (1, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 23), (24, 26), (27, 29), (30, 32),
    ]  # fmt: skip


def test_a_device_that_does_not_join_is_left_with_too_many() -> None:
    folders = arrange(
        pack_of(reading(1, "PSA")), with_limits(_SD, max_files_per_folder=31).limits, {}, is_flat=False
    )
    assert len(folders[0].files) == 150


def test_folders_count_among_the_files_where_the_device_counts_them() -> None:
    pack = pack_of(reading(1, "MRK 1-10"), reading(2, "LUK 1-10"))
    assert [len(folder.files) for folder in _arranged(pack, max_files=22)] == [10, 10]
    assert [len(folder.files) for folder in _arranged(pack, max_files=21)] == [5, 5]
    limits = with_limits(_CAR, max_files=20, folders_count="no").limits
    assert [len(folder.files) for folder in arrange(pack, limits, {}, is_flat=False)] == [10, 10]


def test_small_books_share_a_folder_where_there_are_too_many_folders() -> None:
    pack = pack_of(*(reading(n, f"{book} 1-3") for n, book in enumerate(["GEN", "EXO", "LEV", "NUM"], 1)))
    assert [len(folder.sections) for folder in _arranged(pack, max_folders=4)] == [1, 1, 1, 1]
    assert [len(folder.sections) for folder in _arranged(pack, max_folders=3)] == [4]
    assert [len(folder.sections) for folder in _arranged(pack, max_folders=3, max_files_per_folder=6)] == [
        2,
        2,
    ]
    assert [len(folder.sections) for folder in _arranged(pack, max_folders=3, max_files_per_folder=8)] == [
        2,
        2,
    ]
    assert [len(folder.sections) for folder in _arranged(pack, max_folders=1, max_files_per_folder=8)] == [4]


def test_what_joining_cannot_mend_does_not_keep_it_from_mending_the_rest() -> None:
    sermons = listed(2, "설교", [f"설교 {n}" for n in range(40)])
    pack = pack_of(reading(1, "PSA"), sermons)
    psalms, others = _arranged(pack)
    assert len(psalms.files) == 30
    assert len(others.files) == 40
    (finding,) = faults_of(plan_card(pack, _CAR, {}), pack)
    assert (finding.code, finding.place) == ("E412", sermons.place)


def test_joined_chapters_are_one_track_with_the_title_of_their_passage() -> None:
    pack = pack_of(reading(1, "MRK 3-6"), language="ko")
    files = _arranged(pack, max_files_per_folder=2)[0].files
    assert [file.track.title for file in files] == ["마가복음 3-4장", "마가복음 5-6장"]
    assert [str(file.track.passage) for file in files] == ["MRK 3-4", "MRK 5-6"]
    assert [[piece.source for piece in file.track.pieces] for file in files] == [
        ["1/3.wav", "1/4.wav"],
        ["1/5.wav", "1/6.wav"],
    ]
    whole = _arranged(pack_of(reading(1, "MRK"), language="ko"), max_files_per_folder=1)[0].files
    assert [file.track.title for file in whole] == ["마가복음"]


def test_the_spoken_titles_of_joined_chapters_stand_before_their_chapters() -> None:
    section = reading(1, "MRK 1-3")
    spoken = tuple(
        dataclasses.replace(track, edit=SoundSettings(announcement=(f"t{track.number}.wav",)))
        for track in section.tracks
    )
    pack = pack_of(dataclasses.replace(section, tracks=spoken))
    lengths = lengths_of(pack, 60.0) | {f"t{n}.wav": 2.0 for n in (1, 2, 3)}
    (track,) = plan_card(pack, with_limits(_CAR, max_files_per_folder=1), lengths).tracks
    assert track.announcement == ("t1.wav",)
    assert [piece.source for piece in track.pieces] == ["1/1.wav", "t2.wav", "1/2.wav", "t3.wav", "1/3.wav"]
    assert track.sound_seconds == 3 * 60 + 2 * 2
    assert track.seconds == 3 * 60 + 3 * 2 + _CAR.pause_seconds


def test_parts_of_a_recording_are_counted_as_files_and_never_joined() -> None:
    sermon = _split(listed(1, "설교", ["A", "B"]), 600)
    pack = pack_of(sermon, reading(2, "PSA 1-40"))
    sermons, psalms = _arranged(pack, seconds=1800)
    assert [(file.number, file.part, file.parts) for file in sermons.files] == [
        (1, 1, 3), (2, 2, 3), (3, 3, 3), (4, 1, 3), (5, 2, 3), (6, 3, 3),
    ]  # fmt: skip
    assert len(psalms.files) == 20


def test_files_in_no_folder_stand_together() -> None:
    pack = pack_of(listed(1, "A", ["x"]), listed(2, "B", ["y", "z"]))
    (folder,) = _arranged(pack, is_flat=True)
    assert [section.number for section in folder.sections] == [1, 2]
    assert [(file.section.number, file.number) for file in folder.files] == [(1, 1), (2, 1), (2, 2)]


def test_verses_are_a_file_that_counts_as_its_chapter() -> None:
    assert _runs(_arranged(pack_of(reading(1, "JHN 3:16-21")))[0]) == [(3, 3)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(None, None, 60), (10, None, 50), (None, 45, 45), (10, 90, 50), (70, None, 0)],
)
def test_a_piece_is_no_longer_than_its_recording(
    start: float | None, end: float | None, expected: float
) -> None:
    (track,) = listed(1, "A", ["x"]).tracks
    piece = dataclasses.replace(track.pieces[0], start_seconds=start, end_seconds=end)
    assert (
        sound_seconds(dataclasses.replace(track, pieces=(piece, piece)), {piece.source: 60.0}) == 2 * expected
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(sorted(books())), min_size=1, max_size=66, unique=True),
    st.integers(1, 40),
    st.integers(1, 60),
    st.integers(1, 300),
)
def test_joining_keeps_every_chapter_once_in_order_and_as_even_as_can_be(
    codes: list[str], per_folder: int, folders: int, files: int
) -> None:
    pack = pack_of(*(reading(n, code) for n, code in enumerate(codes, 1)))
    made = _arranged(pack, max_files_per_folder=per_folder, max_folders=folders, max_files=files)
    pieces = [piece for folder in made for file in folder.files for piece in file.track.pieces]
    assert pieces == [piece for track in pack.tracks for piece in track.pieces]
    for section in pack.sections:
        runs = [
            file.last - file.number + 1 for folder in made for file in folder.files if file.section is section
        ]
        assert sum(runs) == len(section.tracks)
        assert max(runs) - min(runs) <= 1
    for folder in made:
        for a, b in pairwise(folder.files):
            assert a.section is not b.section or a.last < b.number


def test_a_gathered_folder_is_called_by_its_first_and_last_book() -> None:
    pack = pack_of(*(reading(n, f"{book} 1-3") for n, book in enumerate(["GEN", "EXO", "LEV", "NUM"], 1)))
    plan = plan_card(pack, with_limits(_CAR, max_folders=2, max_files_per_folder=9), {})
    assert plan.folders == ("01_GEN-LEV", "04_NUM")
    assert plan.tracks[3].path == "01_GEN-LEV/02_EXO_001.mp3"
    # Latin-1 is all that this device shows.
    assert [plan.tracks[0].tags.album, plan.tracks[-1].tags.album] == [
        "01 Genesis 1-3 - Leviticus 1-3",
        "02 Numbers 1-3",
    ]
    halves = pack_of(reading(1, "PSA 1-3"), reading(2, "PSA 4-6"))
    assert plan_card(halves, with_limits(_CAR, max_folders=1), {}).folders == ("01_PSA",)
