"""What days and months of a reading plan are called on a device, in the letters that it has. Pure."""

from __future__ import annotations

from builder.bible.calendar import daily_title, days_title, short_titles
from builder.bible.names import ENGLISH
from builder.bible.passage import Passage
from builder.manifest.pack import Section, Track
from builder.plan.days import passages_of
from builder.profiles.naming import label
from builder.profiles.profile import NameSettings


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
