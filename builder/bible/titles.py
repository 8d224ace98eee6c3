"""Passages as listeners read them, in the languages of the name sets."""

from __future__ import annotations

from builder.bible.names import Names
from builder.bible.passage import Passage


def passage_title(passage: Passage, names: Names) -> str:
    """What a listener reads: `마가복음 3장`, `시편 23편`, `马可福音 第3章`, `Mark 3`, `2 Corinthians 1:3-7`."""
    name = names.of(passage.book)
    if passage.is_whole_book and passage.first != passage.last:
        return name
    psalm = passage.book == "PSA"
    if names.name_set.startswith("ko"):
        return f"{name} {_korean(passage, '편' if psalm else '장')}"
    if names.name_set.startswith("zh"):
        return f"{name} {_chinese(passage, '篇' if psalm else '章', simplified=names.name_set == 'zh-Hans')}"
    return f"{name} {passage.numbers}"


def _korean(passage: Passage, counter: str) -> str:
    first, last, v1, v2 = passage.first, passage.last, passage.first_verse, passage.last_verse
    if v1 is None:
        return f"{first}{counter}" if first == last else f"{first}-{last}{counter}"
    if first != last:
        return f"{first}{counter} {v1}절-{last}{counter} {v2}절"
    return f"{first}{counter} {v1}절" if v1 == v2 else f"{first}{counter} {v1}-{v2}절"


def _chinese(passage: Passage, counter: str, *, simplified: bool) -> str:
    verse = "节" if simplified else "節"
    first, last, v1, v2 = passage.first, passage.last, passage.first_verse, passage.last_verse
    if v1 is None:
        return f"第{first}{counter}" if first == last else f"第{first}-{last}{counter}"
    if first != last:
        return f"第{first}{counter}{v1}{verse}-第{last}{counter}{v2}{verse}"
    return f"第{first}{counter}{v1}{verse}" if v1 == v2 else f"第{first}{counter}{v1}-{v2}{verse}"
