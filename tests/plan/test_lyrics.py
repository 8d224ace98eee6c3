"""Words in the plan: on the cards that show them, counted in their size, behind the tracks of their folder."""

from __future__ import annotations

import dataclasses

from builder.manifest.pack import LyricsFile, Pack
from builder.plan.draw import plan_card
from builder.plan.plan import Plan, files_of
from builder.profiles.load import built_in
from tests.packs import PLACE, lengths_of, listed, pack_of, reading, with_limits

_PLAYER = built_in()["mp3-player"]


def _worded(pack: Pack) -> Pack:
    """Every recording with words of its own."""
    return dataclasses.replace(
        pack,
        sections=tuple(
            dataclasses.replace(
                section,
                tracks=tuple(
                    dataclasses.replace(
                        track,
                        pieces=tuple(
                            dataclasses.replace(
                                piece, lyrics=LyricsFile(source=f"{piece.source}.lrc", place=PLACE)
                            )
                            for piece in track.pieces
                        ),
                    )
                    for track in section.tracks
                ),
            )
            for section in pack.sections
        ),
    )


def _plan(pack: Pack, lyrics_bytes: dict[str, int] | None, seconds: float = 60) -> Plan:
    return plan_card(_worded(pack), _PLAYER, lengths_of(pack, seconds), lyrics_bytes=lyrics_bytes)


_PACK = pack_of(listed(1, "A", ["B", "C"]), listed(2, "D", ["E"]))
_SIZES = {"1/1.wav.lrc": 100, "2/1.wav.lrc": 70_000}


def test_only_words_that_are_there_are_planned_and_all_are_counted() -> None:
    plain, plan = _plan(_PACK, None), _plan(_PACK, _SIZES)
    assert [track.lyrics for track in plain.tracks] == [(), (), ()]
    assert [track.lyrics for track in plan.tracks] == [("1/1.wav.lrc",), (), ("2/1.wav.lrc",)]
    assert plan.bytes == plain.bytes + 70_100
    cluster = plan.size.geometry.cluster_bytes
    assert plan.size.needed_bytes - plain.size.needed_bytes == (1 + -(-70_000 // cluster)) * cluster


def test_words_stand_behind_all_tracks_of_their_folder() -> None:
    assert [path for path, _ in files_of(_plan(_PACK, _SIZES).tracks)] == [
        "01 A/001 B.mp3",
        "01 A/002 C.mp3",
        "01 A/001 B.lrc",
        "02 D/001 E.mp3",
        "02 D/001 E.lrc",
    ]


def test_each_part_of_a_recording_may_have_all_its_words() -> None:
    (track,) = _PACK.sections[1].tracks
    section = dataclasses.replace(
        _PACK.sections[1], tracks=(dataclasses.replace(track, split_seconds=600.0),)
    )
    plan = _plan(dataclasses.replace(_PACK, sections=(section,)), _SIZES, 1800)
    assert [(track.part, track.lyrics_bytes) for track in plan.tracks] == [
        (1, 70_000),
        (2, 70_000),
        (3, 70_000),
    ]


def test_chapters_that_share_a_file_share_their_words_in_order() -> None:
    profile = with_limits(_PLAYER, merge="chapters", max_files_per_folder=2)
    pack = _worded(pack_of(reading(1, "RUT")))
    sizes = {f"1/{n}.wav.lrc": n for n in (1, 2, 4)}
    plan = plan_card(pack, profile, lengths_of(pack, 60), lyrics_bytes=sizes)
    assert [track.lyrics for track in plan.tracks] == [("1/1.wav.lrc", "1/2.wav.lrc"), ("1/4.wav.lrc",)]
    assert [track.lyrics_bytes for track in plan.tracks] == [3, 4]
