"""Packs for tests of what is planned: sections and tracks without recordings behind them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from builder.bible.books import books, names_for
from builder.bible.passage import parse_passage
from builder.bible.titles import passage_title
from builder.findings import Place
from builder.manifest.pack import CardRequest, Pack, Piece, ReadingPlan, Section, SoundSettings, Track
from builder.manifest.text import checked_title
from builder.plan.days import laid_out
from builder.plan.draw import levels_of, plan_card
from builder.plan.plan import Plan
from builder.profiles.profile import Profile

PLACE = Place(file="m.yaml")
CARD = CardRequest(
    place=dataclasses.replace(PLACE, line=900), levels_place=dataclasses.replace(PLACE, line=901)
)


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
    number: int,
    title: str,
    *,
    section: int = 1,
    speaker: str | None = None,
    edit: SoundSettings | None = None,
) -> Track:
    return Track(
        number=number,
        title=title,
        speaker=speaker,
        passage=None,
        pieces=(piece_of(f"{section}/{number}.wav"),),
        edit=edit or SoundSettings(),
        work=f"{section}.{number}",
        place=dataclasses.replace(PLACE, line=section * 10_000 + number),
        announcement_place=PLACE,
    )


def listed(number: int, title: str, titles: Sequence[str], *, groups: tuple[str, ...] = ()) -> Section:
    tracks = tuple(track_of(n, t, section=number) for n, t in enumerate(titles, 1))
    return Section(
        number=number,
        title=title,
        passage=None,
        tracks=tracks,
        place=dataclasses.replace(PLACE, line=number),
        groups=groups,
    )


def reading(
    number: int,
    text: str,
    *,
    language: str = "ko",
    books: Mapping[str, str] | None = None,
    groups: tuple[str, ...] = (),
) -> Section:
    """A track for each chapter, or one for verses, as a manifest's reading has them."""
    passage = parse_passage(text)
    parts = [passage]
    if passage.first_verse is None:
        parts = [parse_passage(f"{passage.book} {chapter}") for chapter in passage.chapters]
    tracks = tuple(
        dataclasses.replace(
            track_of(part.first, passage_title(part, names_for(language, own=books)), section=number),
            passage=part,
            is_reading=True,
        )
        for part in parts
    )
    return Section(
        number=number,
        title=passage_title(passage, names_for(language, own=books)),
        passage=passage,
        tracks=tracks,
        place=dataclasses.replace(PLACE, line=number),
        groups=groups,
    )


def planned(
    days: int, *sections: Section, by_date: bool = False, title: str | None = None
) -> tuple[Section, ...]:
    """Readings as one plan of so many days."""
    plan = ReadingPlan(days=days, by_date=by_date, title=title, place=sections[0].place)
    return tuple(dataclasses.replace(section, plan=plan, place=plan.place) for section in sections)


def plan_of(pack: Pack, profile: Profile, lengths: Mapping[str, float]) -> Plan:
    """The plan of a card, with the reading plans of its pack laid out."""
    is_flat = levels_of(pack, profile) == 1
    return plan_card(laid_out(pack, profile, lengths, is_flat=is_flat), profile, lengths)


def pack_of(
    *sections: Section,
    language: str = "ko",
    pack_id: str = "test",
    books: Mapping[str, str] | None = None,
    discreet: bool = False,
    **card: Any,
) -> Pack:
    """A pack, with what is asked of its card: label_bytes, fit, split, levels."""
    return Pack(
        id=pack_id,
        title="희망의 소리",
        language=language,
        edition=None,
        quality="standard",
        profiles=("sd-card",),
        books=names_for(language, own=books),
        romanize=False,
        discreet=discreet,
        discreet_place=dataclasses.replace(PLACE, line=902),
        cover=None,
        checksums=None,
        checksums_place=PLACE,
        cover_place=PLACE,
        prompts_place=PLACE,
        card=dataclasses.replace(CARD, **card),
        sources=Path("recordings"),
        sources_place=PLACE,
        profile_places=(PLACE,),
        sections=sections,
    )


def with_limits(profile: Profile, **limits: Any) -> Profile:
    return dataclasses.replace(profile, limits=dataclasses.replace(profile.limits, **limits))


def with_names(profile: Profile, **names: Any) -> Profile:
    return dataclasses.replace(profile, names=dataclasses.replace(profile.names, **names))


def with_tag(profile: Profile, **tag: Any) -> Profile:
    return dataclasses.replace(profile, tag=dataclasses.replace(profile.tag, **tag))


def lengths_of(pack: Pack, seconds: float) -> dict[str, float]:
    """Every recording of a pack that long."""
    return {piece.source: seconds for track in pack.tracks for piece in track.pieces}


# What a manifest lets through: one line, nothing invisible, none of its slashes, the Basic Multilingual Plane.
_LETTERS = st.characters(
    max_codepoint=0xFFFD,
    exclude_categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"],
    exclude_characters="/\\",
)


def _as_taken(text: str) -> str:
    """A title as the manifest takes it; another where it does not."""
    try:
        return checked_title(text)
    except ValueError:
        return "Hope"


_TITLES = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=200).map(_as_taken),
    st.sampled_from(
        ["설교", "Hope", "hope", "希望 Hope 3", "가" * 200, "A" * 200, "1983", "…", "con", "½", "-"]
    ),
)
_GROUPS = st.sampled_from([(), ("A",), ("설교",), ("A", "B"), ("A", "C"), ("B", "나" * 200)])
_BOOKS = st.sampled_from(["GEN", "PSA", "SNG", "MRK", "REV", "TOB", "S3Y"])


def _is_even(sections: list[Section]) -> bool:
    return len({len(section.groups) for section in sections}) == 1


@st.composite
def any_packs(draw: st.DrawFn) -> Pack:
    """A few readings, reading plans and sermons, with whatever titles and groups; some packs are discreet."""
    sections = []
    for number in range(1, draw(st.integers(2, 9))):
        groups = draw(_GROUPS)
        if draw(st.booleans()):
            book = draw(_BOOKS)
            last = min(3, books()[book].chapters)
            section = reading(number, f"{book} 1-{last}" if last > 1 else f"{book} 1", groups=groups)
            title = draw(st.one_of(st.none(), _TITLES))
            section = dataclasses.replace(section, title=title or section.title)
            if draw(st.booleans()):
                (section,) = planned(draw(st.integers(1, last)), section, by_date=draw(st.booleans()))
            sections.append(section)
        else:
            titles = draw(st.lists(_TITLES, min_size=1, max_size=5))
            sections.append(listed(number, draw(_TITLES), titles, groups=groups))
    if not _is_even(sections):
        sections = [dataclasses.replace(section, groups=()) for section in sections]
    pack_id = draw(st.sampled_from(["a", "2026", "con-1", "a" * 40, "1-" + "b" * 38]))
    levels = draw(st.sampled_from([None, None, 1, 2, 3, 4]))
    return pack_of(*sections, pack_id=pack_id, levels=levels, discreet=draw(st.booleans()))
