"""What a pack reads of the Bible, and what is wrong with it: gaps, chapters twice or out of order. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from builder.bible.coverage import HEBREW, BookCoverage, Coverage, cover, spans
from builder.findings import Finding
from builder.manifest.pack import Pack, Track
from builder.text import some


def coverage_of(pack: Pack, there: Container[str]) -> Coverage | None:
    """What those readings cover whose recordings are `there`, by their paths; None where a pack reads no Scripture."""
    readers = _readers(pack)
    found = [track for track in readers if all(piece.source in there for piece in track.pieces)]
    return cover([track.passage for track in found if track.passage]) if readers else None


def coverage_faults(pack: Pack) -> Iterator[Finding]:
    """Gaps, chapters twice, and order, of what the manifest says; what has no recording is reported elsewhere.

    What it leaves out at the ends of a book, or a whole book, is no fault.
    """
    readers = _readers(pack)
    coverage = cover([track.passage for track in readers if track.passage])
    for one in coverage.books:
        if not one.is_there:
            continue
        if one.gaps and not pack.gaps_allowed:
            yield _gap(one, readers)
        if one.doubled:
            yield _twice(one, readers)
        if one.out_of_order:
            yield _backwards(one, readers, is_error=one.is_straight and not pack.gaps_allowed)
        if one.is_hebrew and pack.books.name_set != "ko-common":  # the Common Translation divides them so
            yield _hebrew(one, readers)
    if coverage.books_out_of_order:
        yield _not_canonical(coverage, readers)


def _readers(pack: Pack) -> list[Track]:
    """The tracks that read Scripture, in play order."""
    return [track for track in pack.tracks if track.is_reading and track.passage]


def _gap(one: BookCoverage, readers: Sequence[Track]) -> Finding:
    code, chapters = one.book.code, [gap.first for gap in one.gaps if gap.first_verse is None]
    verses = [gap.numbers for gap in one.gaps if gap.first_verse is not None]
    lacking = [f"chapter{'s' if len(chapters) > 1 else ''} {spans(chapters)}"] if chapters else []
    lacking += (
        [f"verse{'s' if len(verses) > 1 or '-' in verses[0] else ''} {', '.join(verses)}"] if verses else []
    )
    behind = next(at for at in reversed(one.readers[: one.gaps[0].first]) if at)[-1]
    return Finding(
        code="E425",
        place=readers[behind].place,
        track=readers[behind].title,
        message=f"{code}: {' and '.join(lacking)} missing between what is there",
        help="add what is missing; if the pack is to be a selection, write `gaps: allowed` beside `sections`",
    )


def _twice(one: BookCoverage, readers: Sequence[Track]) -> Finding:
    first, again = (readers[at] for at in one.twice[one.doubled[0]])
    more = (
        f", and so {'are' if len(one.doubled) > 2 else 'is'} {spans(one.doubled[1:])}"
        if one.doubled[1:]
        else ""
    )
    return Finding(
        code="W426",
        place=again.place,
        track=again.title,
        message=f"{one.book.code} {one.doubled[0]} is read twice, the first time on line {first.place.line}{more}",
        help="if both are meant, nothing need be done; else take one out",
    )


def _backwards(one: BookCoverage, readers: Sequence[Track], *, is_error: bool) -> Finding:
    track = readers[one.readers[one.out_of_order[0] - 1][0]]
    plural = len(one.out_of_order) > 1
    return Finding(
        code="E427" if is_error else "W428",
        place=track.place,
        track=track.title,
        message=f"{one.book.code}: chapter{'s' if plural else ''} {spans(one.out_of_order)} "
        f"{'stand' if plural else 'stands'} out of order",
        help="put it where it belongs; a selection, in any order, is `gaps: allowed`"
        if is_error
        else "if the order is meant, nothing need be done",
    )


def _hebrew(one: BookCoverage, readers: Sequence[Track]) -> Finding:
    code, of = one.book.code, len(HEBREW[one.book.code])
    ours = f"in most Bibles it has {one.book.chapters}"
    track = readers[one.readers[of - 1][-1]]
    return Finding(
        code="W429",
        place=track.place,
        track=track.title,
        message=f"{code}: {of} chapters are all of it where they are counted as in Hebrew; {ours}",
        help="look into the printed Bible that was read: does its last chapter end where the recording does?",
    )


def _not_canonical(coverage: Coverage, readers: Sequence[Track]) -> Finding:
    codes = coverage.books_out_of_order
    one = next(one for one in coverage.books if one.book.code == codes[0])
    track = readers[min(at for places in one.readers for at in places)]
    return Finding(
        code="W428",
        place=track.place,
        track=track.title,
        message=f"the books are not in the order of the Bible: {some(codes)}",
        help="if the order is meant, nothing need be done",
    )
