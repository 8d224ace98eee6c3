"""Packs for tests of what is planned: sections and tracks without recordings behind them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from builder.bible.passage import parse_passage, passage_title
from builder.findings import Place
from builder.manifest.pack import CardWish, Edit, Pack, Piece, Section, Track

PLACE = Place(file="m.yaml")


def piece_of(source: str, start: float | None = None, end: float | None = None) -> Piece:
    return Piece(
        source=source,
        start_seconds=start,
        end_seconds=end,
        place=PLACE,
        start_place=PLACE,
        end_place=PLACE,
    )


def track_of(
    number: int, title: str, *, section: int = 1, speaker: str | None = None, edit: Edit | None = None
) -> Track:
    return Track(
        number=number,
        title=title,
        speaker=speaker,
        passage=None,
        pieces=(piece_of(f"{section}/{number}.wav"),),
        edit=edit or Edit(),
        work=f"{section}.{number}",
        place=dataclasses.replace(PLACE, line=section * 10_000 + number),
        announcement_place=PLACE,
    )


def listed(number: int, title: str, titles: Sequence[str]) -> Section:
    tracks = tuple(track_of(n, t, section=number) for n, t in enumerate(titles, 1))
    return Section(
        number=number,
        title=title,
        passage=None,
        tracks=tracks,
        place=dataclasses.replace(PLACE, line=number),
    )


def reading(number: int, text: str) -> Section:
    passage = parse_passage(text)
    tracks = tuple(
        dataclasses.replace(
            track_of(chapter, f"{passage_title(passage, 'ko', {})} {chapter}장", section=number),
            passage=parse_passage(f"{passage.book} {chapter}"),
        )
        for chapter in passage.chapters
    )
    return Section(
        number=number, title=passage_title(passage, "ko", {}), passage=passage, tracks=tracks, place=PLACE
    )


def pack_of(*sections: Section, language: str = "ko") -> Pack:
    return Pack(
        id="test",
        title="희망의 소리",
        language=language,
        edition=None,
        quality="standard",
        profiles=("sd-card",),
        books={},
        romanize=False,
        cover=None,
        cover_place=PLACE,
        card=CardWish(place=PLACE, levels_place=PLACE),
        sources=Path("recordings"),
        sources_place=PLACE,
        profile_places=(PLACE,),
        sections=sections,
    )
