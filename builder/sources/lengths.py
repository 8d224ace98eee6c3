"""A chapter whose recording is far longer or shorter than its verses predict: is it the wrong one? Pure.

What a verse takes is learnt from the pack itself: the median of each book, drawn towards that of the whole pack where a
book has few chapters. Tried on reading times made from the syllables of English Bibles: of a whole one that is right,
fewer than one chapter is reported in the mean. Of pairs of chapters of the Bible that changed places,
45 % are found, of pairs in one book 27 %: most chapters are about as long as others (`tests/sources/test_lengths.py`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from builder.bible.coverage import verses_in
from builder.bible.passage import Passage
from builder.findings import Finding
from builder.manifest.pack import Pack, Track, sound_seconds

# What is said before the first verse takes 4 to 8 s, or nothing, or 20 with music; learnt from the pack, in steps.
_ANNOUNCEMENT_SECONDS = 4.0
_MOST_ANNOUNCED_SECONDS, _MOST_ANNOUNCED_SHARE, _STEPS = 20.0, 0.6, 40
_LEAST_CHAPTERS = 12
_PACK_WEIGHS = 10  # as many chapters of a book
# Natural logarithms of a length over the expected one: 0.65 is 1.9 times as long, or as short.
_LEAST_FAR, _DEVIATIONS = 0.65, 4.5
_MOST_SPREAD = 0.25  # readings have 0.13 to 0.18; what has more is none, or nothing is to be learnt from it
_FITS = 0.35
# An alphabet of 22 letters has three short verses to a letter in chapter 3, and chapter 5 has half verses.
_SHORT_VERSES = {("LAM", 3): 30, ("LAM", 5): 13}


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    """What a reading takes, and what it should take: without what is said before the verses. `short` is what its verses
    count as where they are shorter than others; either is right.
    """

    track: Track
    passage: Passage
    verses: int
    short: int
    seconds: float
    expected: float = 0.0

    @property
    def far(self) -> float:
        """How many times as long as expected, as a logarithm."""
        far = math.log(self.seconds / self.expected)
        return max(far, min(0.0, far + math.log(self.verses / self.short)))

    def fits(self, other: _Chapter) -> bool:
        """Whether the other's verses would be about as long as this recording."""
        return abs(math.log(self.seconds / other.expected)) < _FITS


def length_faults(pack: Pack, lengths: Mapping[str, float]) -> list[Finding]:
    """A warning for each chapter far from what is expected; `lengths` holds the seconds of each recording by its path.

    There are none in a pack of few chapters, nor where its lengths have little to do with its verses.
    """
    read = list(_chapters(pack, lengths))
    if len(read) < _LEAST_CHAPTERS:
        return []
    most = min(_MOST_ANNOUNCED_SECONDS, _MOST_ANNOUNCED_SHARE * median(one.seconds for one in read))
    learnt = min((most * step / _STEPS for step in range(_STEPS)), key=lambda one: _spread(read, one))
    # What is learnt may be misled, what is usual may not be meant: a chapter must be odd by both.
    outliers, usual = _outliers(read, learnt), _outliers(read, _ANNOUNCEMENT_SECONDS)
    both = usual or outliers
    return [_told(one, list(outliers.values()), learnt) for key, one in outliers.items() if key in both]


def _outliers(read: Sequence[_Chapter], announced: float) -> dict[Track, _Chapter]:
    """The chapters of odd length, if so much is said before each; empty if lengths show nothing."""
    chapters = _expected([replace(one, seconds=_without(one.seconds, announced)) for one in read])
    spread = 1.4826 * median(abs(chapter.far) for chapter in chapters)  # as a normal distribution's deviation
    if spread > _MOST_SPREAD:
        return {}
    far = max(_LEAST_FAR, _DEVIATIONS * spread)
    return {chapter.track: chapter for chapter in chapters if abs(chapter.far) > far}


def _spread(read: Sequence[_Chapter], announced: float) -> float:
    """How unlike the chapters' seconds per verse are, if so much is said before each."""
    rates = [math.log(_without(one.seconds, announced) / one.verses) for one in read]
    middle = median(rates)
    return median(abs(rate - middle) for rate in rates)


def _without(seconds: float, announced: float) -> float:
    return max(seconds - announced, seconds / 4, 0.01)  # a number, whatever the length


def _chapters(pack: Pack, lengths: Mapping[str, float]) -> Iterator[_Chapter]:
    """The readings whose lengths are known."""
    for track in pack.tracks:
        passage = track.passage
        if passage is None or not track.is_reading or any(p.source not in lengths for p in track.pieces):
            continue
        seconds = sound_seconds(track, lengths)
        short = _SHORT_VERSES.get((passage.book, passage.first)) if passage.first_verse is None else None
        verses = verses_in(passage)
        yield _Chapter(track=track, passage=passage, verses=verses, short=short or verses, seconds=seconds)


def _expected(chapters: Sequence[_Chapter]) -> list[_Chapter]:
    """With what each should take, by the others."""
    rates: dict[str, list[float]] = defaultdict(list)
    for one in chapters:
        rates[one.passage.book].append(math.log(one.seconds / one.verses))
    whole = median(rate for of_book in rates.values() for rate in of_book) if rates else 0.0
    rate = {
        book: (len(of_book) * median(of_book) + _PACK_WEIGHS * whole) / (len(of_book) + _PACK_WEIGHS)
        for book, of_book in rates.items()
    }
    return [replace(one, expected=one.verses * math.exp(rate[one.passage.book])) for one in chapters]


def _told(one: _Chapter, outliers: Sequence[_Chapter], announced: float) -> Finding:
    twins = [other for other in outliers if other is not one and one.fits(other) and other.fits(one)]
    twin = min(twins, key=lambda other: abs(math.log(one.seconds / other.expected)), default=None)
    takes, should = (_minutes(seconds + announced) for seconds in (one.seconds, one.expected))
    listen = f"listen to {one.track.pieces[0].source}: is it this chapter, and all of it?"
    swapped = (
        f"; it would fit {twin.track.title} ({twin.track.pieces[0].source}): were they swapped?"
        if twin
        else ""
    )
    return Finding(
        code="W317",
        place=one.track.place,
        track=one.track.title,
        message=f"{one.passage}: the recording takes {takes}; its {one.verses} verses should take about {should}, "
        f"going by the others{swapped}",
        help=listen,
    )


def _minutes(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"
