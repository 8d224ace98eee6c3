"""Reading plans: chapters divided into days, laid out as a device can hold them, and the titles of the days. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from builder.bible.books import ENGLISH, Names
from builder.bible.calendar import Days, daily_title, days_title, joined, months_of, short_titles
from builder.bible.coverage import verses_in
from builder.bible.passage import Passage
from builder.manifest.pack import Pack, ReadingPlan, Section, Track, sound_seconds
from builder.plan.arrange import arrange, excess, joined_pieces
from builder.plan.partition import partition
from builder.profiles.naming import fields_of, label
from builder.profiles.profile import NameSettings, Profile

# A whole Bible has 31,102 verses and lasts about 80 hours: what a verse counts where no length is known.
_SECONDS_PER_VERSE = 9.3


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a plan: the chapters in their order, and how long they and their spoken titles are."""

    days: Days
    tracks: tuple[Track, ...]
    seconds: float

    @property
    def passages(self) -> tuple[Passage, ...]:
        return passages_of(self.tracks)


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """A reading plan whose days are known; `sections` are the readings that it divides."""

    plan: ReadingPlan
    sections: tuple[Section, ...]
    days: tuple[Day, ...]

    @property
    def spread(self) -> tuple[float, float, float]:
        """The seconds of the shortest day, of the mean, of the longest."""
        lengths = [day.seconds for day in self.days]
        return min(lengths), sum(lengths) / len(lengths), max(lengths)


def day_plans(pack: Pack, lengths: Mapping[str, float]) -> tuple[DayPlan, ...]:
    """The reading plans of a pack, divided by the lengths of its sources: the same on every device."""
    runs = (list(run) for _, run in groupby(pack.sections, key=lambda section: section.plan))
    return tuple(_divided(run[0].plan, run, lengths) for run in runs if run[0].plan is not None)


def _divided(plan: ReadingPlan, sections: Sequence[Section], lengths: Mapping[str, float]) -> DayPlan:
    tracks = [track for section in sections for track in section.tracks]
    seconds = _seconds_of(tracks, lengths)
    # A pack with findings may have lost chapters; it is planned all the same.
    ends = partition(tuple(max(1, round(1000 * one)) for one in seconds), min(plan.days, len(tracks)))
    days = [
        Day(
            days=Days(first=number, last=number, by_date=plan.by_date),
            tracks=tuple(tracks[start:end]),
            seconds=sum(seconds[start:end]),
        )
        for number, (start, end) in enumerate(pairwise((0, *ends)), 1)
    ]
    return DayPlan(plan=plan, sections=tuple(sections), days=tuple(days))


def _seconds_of(tracks: Sequence[Track], lengths: Mapping[str, float]) -> list[float]:
    """How long chapters are; by their verses where a recording's length is not known, at the pace of the others."""
    known = [
        _with_title(track, lengths) if all(piece.source in lengths for piece in track.pieces) else None
        for track in tracks
    ]
    verses = [verses_in(track.passage) if track.passage else 1 for track in tracks]
    read = sum(count for count, one in zip(verses, known, strict=True) if one is not None)
    pace = sum(filter(None, known)) / read if read else _SECONDS_PER_VERSE
    return [pace * count if one is None else one for count, one in zip(verses, known, strict=True)]


def _with_title(track: Track, lengths: Mapping[str, float]) -> float:
    clips = track.edit.announcement
    return sound_seconds(track, lengths) + sum(lengths.get(clip, 0.0) for clip in clips)


def laid_out(pack: Pack, profile: Profile, lengths: Mapping[str, float], *, is_flat: bool) -> Pack:
    """The pack with sections of days, or of months, for those that a plan divides, in the first way that fits.

    A folder for each day; a folder for each month with all its chapters; or one in which each day is one file.
    Where none fits, what comes nearest is laid out, and limits.py tells of what is too much. A pack without plans
    stays what it is. Names of numbers alone cannot say where in a month a day begins: there a day is one file.
    """
    plans = {plan.plan: plan for plan in day_plans(pack, lengths)}
    if not plans:
        return pack
    names = profile.names
    is_telling = not pack.discreet and "label" in fields_of(names.flat_name if is_flat else names.track_name)
    layouts: list[_Layout] = [_chapters_by_month] if is_telling else []
    layouts = [*layouts, _days_by_month] if is_flat else [_day_folders, *layouts, _days_by_month]
    best: tuple[int, Pack] | None = None
    for layout in layouts:
        sections: list[Section] = []
        for plan, run in groupby(pack.sections, key=lambda section: section.plan):
            sections += layout(plans[plan], pack.books, lengths) if plan in plans else run
        numbered = tuple(replace(section, number=number) for number, section in enumerate(sections, 1))
        made = replace(pack, sections=numbered)
        over = excess(arrange(made, profile.limits, lengths, is_flat=is_flat), profile.limits)
        if best is None or over < best[0]:
            best = (over, made)
        if over == 0:
            break
    assert best is not None  # noqa: S101  # there are layouts
    return best[1]


_Layout = Callable[[DayPlan, Names, Mapping[str, float]], Iterator[Section]]


def _day_folders(plan: DayPlan, names: Names, _: Mapping[str, float]) -> Iterator[Section]:
    for day in plan.days:
        yield _section(plan, day.days, daily_title(day.days, day.passages, names), _chapters(day, names))


def _chapters_by_month(plan: DayPlan, names: Names, _: Mapping[str, float]) -> Iterator[Section]:
    for month, days in _by_month(plan):
        tracks = [track for day in days for track in _chapters(day, names)]
        yield _section(plan, month, _month_title(plan, month, names), tracks)


def _days_by_month(plan: DayPlan, names: Names, lengths: Mapping[str, float]) -> Iterator[Section]:
    for month, days in _by_month(plan):
        tracks = [_day_track(day, names, lengths) for day in days]
        yield _section(plan, month, _month_title(plan, month, names), tracks)


def _by_month(plan: DayPlan) -> Iterator[tuple[Days, Sequence[Day]]]:
    for month in months_of(len(plan.days), by_date=plan.plan.by_date):
        if days := plan.days[month.first - 1 : month.last]:
            yield month, days


def _month_title(plan: DayPlan, month: Days, names: Names) -> str:
    """The title of a month's folder; a plan with a title has it before its months, to distinguish several plans."""
    return " ".join(filter(None, (plan.plan.title, days_title(month, names))))


def _section(plan: DayPlan, days: Days, title: str, tracks: Sequence[Track]) -> Section:
    """Counted from 1 whatever the chapters are: a device may allow no gaps."""
    first = plan.sections[0]
    return replace(
        first,
        title=title,
        passage=None,
        tracks=tuple(replace(track, number=number) for number, track in enumerate(tracks, 1)),
        plan=None,
        days=days,
    )


def _chapters(day: Day, names: Names) -> list[Track]:
    """Each says its day and its passage, since a screen may show nothing else."""
    return [
        replace(track, title=daily_title(day.days, track.passages, names), days=day.days)
        for track in day.tracks
    ]


def _day_track(day: Day, names: Names, lengths: Mapping[str, float]) -> Track:
    """A day as one file. It goes by the gain of the book that it reads most of."""
    seconds: dict[str, float] = {}
    for track in day.tracks:
        seconds[track.work] = seconds.get(track.work, 0.0) + sound_seconds(track, lengths)
    passage, *further = day.passages
    return replace(
        day.tracks[0],
        title=daily_title(day.days, day.passages, names),
        passage=passage,
        further=tuple(further),
        days=day.days,
        pieces=joined_pieces(day.tracks),
        work=max(seconds, key=seconds.__getitem__),
    )


def passages_of(tracks: Sequence[Track]) -> tuple[Passage, ...]:
    """What tracks read, in their order, with chapters that follow each other made one passage."""
    return joined(passage for track in tracks for passage in track.passages)


def day_words(item: Section | Track, settings: NameSettings) -> list[str]:
    """The words for a name, the most telling first. The first that need not be cut is taken: `GEN 49-50` that loses
    its end tells of another chapter.
    """
    if item.days is None:
        return []
    passages = _passages(item)
    short = short_titles(item.days, passages)
    if settings.charset == "ascii" and settings.letters == "capitals":
        return short
    # In ASCII, other letters would be dropped, and the rest told as the whole.
    titles = [item.title] if settings.charset != "ascii" or item.title.isascii() else []
    words = [label(title, settings.charset, settings.letters) for title in (*titles, plain_day(item))]
    return [*filter(None, words), *short]


def plain_day(item: Section | Track) -> str:
    """A day with its passages, or a month, in English."""
    if item.days is None:
        return ""
    passages = _passages(item)
    return daily_title(item.days, passages, ENGLISH) if passages else days_title(item.days, ENGLISH)


def _passages(item: Section | Track) -> tuple[Passage, ...]:
    """What a day reads; nothing is said of a month."""
    if isinstance(item, Track):
        return item.passages
    is_month = item.days is not None and item.days.last > item.days.first
    return () if is_month else passages_of(item.tracks)
