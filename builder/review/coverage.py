"""What a pack reads of the Bible, as text, as JSON and as a page for the reviewer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from builder.bible.books import Names
from builder.bible.coverage import TESTAMENTS, BookCoverage, Coverage, book_spans, spans, totals
from builder.review.page import page
from builder.text import printable


def coverage_line(coverage: Coverage) -> str:
    """`Bible: 66 of 66 books, 1,189 of 1,189 chapters, each once, in order`; books of which nothing is there are not
    counted, others are. What is missing between chapters that are there is counted behind it.
    """
    doubled = sum(len(one.doubled) for one in coverage.books)
    how = f"{doubled:,} of them twice" if doubled else "each once"
    order = "in order" if coverage.is_in_order else "not in order"
    gaps = sum(gap.first_verse is None for one in coverage.books for gap in one.gaps)
    missing = f"; {gaps:,} missing between others" if gaps else ""
    return f"Bible: {_sums(coverage.part(*TESTAMENTS))}, {how}, {order}{missing}"


def coverage_text(coverage: Coverage, names: Names) -> str:
    """The line, one for each testament, one for each book that is not whole, and what is not there."""
    out = [coverage_line(coverage)]
    for title, part in ((name, coverage.part(name)) for name in (*TESTAMENTS, "DC")):
        if any(one.is_there for one in part):
            out.append(f"  {'deuterocanon' if title == 'DC' else title}: {_sums(part)}")
    out += [f"  {_book_line(one, names)}" for one in coverage.books if one.is_there and _is_remarkable(one)]
    if absent := [one for one in coverage.part(*TESTAMENTS) if not one.is_there]:
        out.append(f"  not there: {book_spans(absent)}")
    return "\n".join(out)


def _sums(part: Sequence[BookCoverage]) -> str:
    books, chapters = totals(part)
    return (
        f"{books['present']} of {books['of']} books, {chapters['present']:,} of {chapters['of']:,} chapters"
    )


def _is_remarkable(one: BookCoverage) -> bool:
    return bool(not one.is_whole or one.doubled or one.out_of_order or one.is_hebrew)


def _book_line(one: BookCoverage, names: Names) -> str:
    told = [f"{spans(one.present) or 'none'} of {one.of}"]
    told += [
        f"{word} {spans(chapters)}"
        for word, chapters in (
            ("missing", [gap.first for gap in one.gaps if gap.first_verse is None]),
            ("only verses of", one.partly),
            ("twice", one.doubled),
            ("out of order", one.out_of_order),
        )
        if chapters
    ]
    if one.is_hebrew:
        told.append("counted as in Hebrew")
    return f"{one.book.code} {names.of(one.book.code)}: {'; '.join(told)}"


@dataclass(frozen=True, kw_only=True)
class CoveredPack:
    """A manifest for the page; `coverage` is None where it reads no Scripture or has no pack."""

    file: str
    title: str
    names: Names
    coverage: Coverage | None


def coverage_page(packs: Sequence[CoveredPack]) -> str:
    """The page for the reviewer, a part for each manifest, in the language of its books' names."""
    parts = [
        {
            "file": printable(pack.file),
            "title": pack.title,
            "language": _language(pack.names),
            "words": WORDS[_language(pack.names)],
            "testaments": list(_testaments(pack.coverage, pack.names)) if pack.coverage else [],
            "totals": totals(pack.coverage.part(*TESTAMENTS)) if pack.coverage else None,
            "is_perfect": pack.coverage is not None and _is_perfect(pack.coverage),
        }
        for pack in packs
    ]
    return page("coverage", language=parts[0]["language"], parts=parts, states=STATES)


def _language(names: Names) -> str:
    return "ko" if names.name_set.startswith("ko") else names.name_set if names.name_set in WORDS else "en"


def _is_perfect(coverage: Coverage) -> bool:
    """Whether every book that is there is whole, each chapter once, all in order."""
    there = [one for one in coverage.books if one.is_there]
    return coverage.is_in_order and all(one.is_whole and not one.doubled for one in there)


def _testaments(coverage: Coverage, names: Names) -> Iterator[dict[str, Any]]:
    for testament in (*TESTAMENTS, "DC"):
        part = coverage.part(testament)
        if part:
            books, chapters = totals(part)
            rows = [_row(one, coverage, names) for one in part if books["present"]]
            yield {"name": testament, "books": books, "chapters": chapters, "rows": rows}


def _row(one: BookCoverage, coverage: Coverage, names: Names) -> dict[str, Any]:
    return {
        "code": one.book.code,
        "name": names.of(one.book.code),
        "present": len(one.present),
        "of": one.of,
        "is_there": one.is_there,
        "has_gaps": bool(one.gaps),
        "is_moved": one.book.code in coverage.books_out_of_order,
        "is_hebrew": one.is_hebrew,
        "chapters": [(number, _state(one, number)) for number in range(1, one.of + 1)],
    }


def _state(one: BookCoverage, chapter: int) -> str:
    """The worst that is to be said of a chapter: one of STATES."""
    if chapter not in one.present:
        inside = any(gap.first == chapter for gap in one.gaps)
        return "partly" if chapter in one.partly else "gap" if inside else "missing"
    if chapter in one.doubled:
        return "doubled"
    return "moved" if chapter in one.out_of_order else "present"


STATES = ("present", "partly", "gap", "missing", "doubled", "moved")
# What the page says, in the languages that books have names in.
WORDS = {
    "en": {
        "heading": "What this pack reads of the Bible",
        "OT": "Old Testament",
        "NT": "New Testament",
        "DC": "Deuterocanon",
        "book": "Book",
        "books": "books",
        "chapters": "chapters",
        "present": "there once",
        "partly": "only in part",
        "gap": "missing inside a book",
        "missing": "not there",
        "doubled": "there twice",
        "moved": "out of order",
        "hebrew": "chapters counted as in Hebrew Bibles",
        "perfect": "Every chapter of these books is there once, in order.",
        "look": "Not every chapter of these books is there once, in order. Look at what is marked.",
        "none": "This pack reads no Scripture.",
    },
    "ko": {
        "heading": "성경 수록 현황",
        "OT": "구약",
        "NT": "신약",
        "DC": "제2경전",
        "book": "책",
        "books": "권",
        "chapters": "장",
        "present": "있음",
        "partly": "일부만 있음",
        "gap": "중간에 빠짐",
        "missing": "없음",
        "doubled": "중복",
        "moved": "순서 다름",
        "hebrew": "히브리어 성경의 장 구분",
        "perfect": "수록된 책의 모든 장이 한 번씩 순서대로 들어 있습니다.",
        "look": "빠졌거나 중복되었거나 순서가 다른 장이 있습니다. 표시된 곳을 확인하십시오.",
        "none": "이 묶음에는 성경 낭독이 없습니다.",
    },
    "zh-Hans": {
        "heading": "圣经收录情况",
        "OT": "旧约",
        "NT": "新约",
        "DC": "次经",
        "book": "书卷",
        "books": "卷",
        "chapters": "章",
        "present": "已收录",
        "partly": "不完整",
        "gap": "中间缺漏",
        "missing": "未收录",
        "doubled": "重复",
        "moved": "次序不符",
        "hebrew": "按希伯来圣经分章",
        "perfect": "所收书卷各章齐全，无重复，次序正确。",
        "look": "有的章缺少、重复或次序不符，请核对标出之处。",
        "none": "本套录音不含圣经朗读。",
    },
    "zh-Hant": {
        "heading": "聖經收錄情況",
        "OT": "舊約",
        "NT": "新約",
        "DC": "次經",
        "book": "書卷",
        "books": "卷",
        "chapters": "章",
        "present": "已收錄",
        "partly": "不完整",
        "gap": "中間缺漏",
        "missing": "未收錄",
        "doubled": "重複",
        "moved": "次序不符",
        "hebrew": "按希伯來聖經分章",
        "perfect": "所收書卷各章齊全，無重複，次序正確。",
        "look": "有的章缺少、重複或次序不符，請核對標出之處。",
        "none": "本套錄音不含聖經朗讀。",
    },
}
