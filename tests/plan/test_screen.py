"""What a device cannot show of the words of a whole track, going by lengths only."""

from __future__ import annotations

import dataclasses

import pytest

from builder.manifest.pack import LyricsFile
from builder.plan.draw import plan_card
from builder.plan.plan import Plan
from builder.plan.screen import bytes_for, screen_faults
from builder.profiles.load import built_in
from builder.sources.lyrics.files import Lyrics
from builder.sources.lyrics.lines import Line
from tests.packs import PLACE, listed, pack_of

_PLAYER = built_in()["mp3-player"]


def _plan(
    count: int, seconds: float, *, split: float | None = None, text: str = "말"
) -> tuple[Plan, dict[str, Lyrics]]:
    pack = pack_of(listed(1, "S", ["T"]))
    (section,) = pack.sections
    (track,) = section.tracks
    (piece,) = track.pieces
    piece = dataclasses.replace(
        piece, lyrics=LyricsFile(source="t.lrc", place=dataclasses.replace(PLACE, line=7))
    )
    track = dataclasses.replace(track, pieces=(piece,), split_seconds=split)
    pack = dataclasses.replace(pack, sections=(dataclasses.replace(section, tracks=(track,)),))
    lines = tuple(Line(at=n, text=text) for n in range(count))
    lyrics = {"t.lrc": Lyrics(source="t.lrc", file="t.lrc", sha256="", lines=lines, rows=())}
    sizes = bytes_for(_PLAYER, lyrics)
    return plan_card(pack, _PLAYER, {piece.source: seconds}, lyrics_bytes=sizes), lyrics


@pytest.mark.parametrize(
    ("count", "seconds", "split", "text", "message"),
    [
        (1024, 5999, None, "말", ""),
        (1025, 5999, None, "말", "1,025 lines; it reads 1,024"),
        (1025, 5999, 1800, "말", ""),
        (1, 6001, None, "말", "words to 100 minutes of sound; [mm:ss.xx] ends at 99:59.99"),
        (1, 30_000, 6100, "말", "words to 100 minutes of sound"),
        (1, 30_000, 1800, "말", ""),
    ],
)
def test_a_track_may_have_as_much_as_its_device_reads(
    count: int, seconds: float, split: float | None, text: str, message: str
) -> None:
    plan, lyrics = _plan(count, seconds, split=split, text=text)
    findings = screen_faults(plan, lyrics)
    assert {finding.code for finding in findings} == ({"E358"} if message else set())
    assert all(message in finding.message and finding.place.line == 7 for finding in findings)


def test_the_bytes_of_a_file_are_those_it_will_have() -> None:
    plan, lyrics = _plan(3, 60)
    assert plan.tracks[0].lyrics_bytes == 3 * len("[00:00.00]말\r\n".encode())
    assert bytes_for(built_in()["sd-card"], lyrics) == {}
    assert bytes_for(built_in()["mp5-player"], lyrics) == {
        "t.lrc": 3 * (10 + 1 + 2)
    }  # a letter that it has not
