"""Passages as listeners read them, in the languages of the name sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from builder.bible.names import Names
from builder.bible.passage import Passage, ends_of, whole_word

_WHOLES = {
    "en": {"OT": "Old Testament", "NT": "New Testament", "all": "Bible"},
    "ko": {"OT": "구약", "NT": "신약", "all": "성경"},
    "ko-common": {"OT": "구약", "NT": "신약", "all": "성경"},
    "zh-Hans": {"OT": "旧约", "NT": "新约", "all": "圣经"},
    "zh-Hant": {"OT": "舊約", "NT": "新約", "all": "聖經"},
}


def passages_title(passages: Sequence[Passage], names: Names) -> str:
    """The title of what may go over several books: `창세기-신명기`, `Genesis 12-Exodus 3`, `旧约`."""
    if len(passages) == 1:
        return passage_title(passages[0], names)
    word = whole_word(passages)
    if word:
        return _WHOLES[names.name_set][word]
    return "-".join(
        names.of(end.book) if end.is_whole_book else passage_title(end, names) for end in ends_of(passages)
    )


def passage_title(passage: Passage, names: Names) -> str:
    """What a listener reads: `마가복음 3장`, `시편 23편`, `马可福音 第3章`, `Mark 3`, `2 Corinthians 1:3-7`."""
    if passage.book == "PS2" and "PS2" not in names.own:  # whose name is that of a psalm: 시편 151편
        passage = replace(passage, book="PSA", first=151, last=151)
    name = names.of(passage.book)
    if passage.is_whole_book and passage.first != passage.last:
        return name
    psalm = passage.book == "PSA"
    if names.name_set.startswith("ko"):
        return f"{name} {_korean(passage, '편' if psalm else '장')}"
    if names.name_set.startswith("zh"):
        return f"{name} {_chinese(passage, '篇' if psalm else '章', simplified=names.name_set == 'zh-Hans')}"
    return f"{name} {passage.numbers}"


def short_passage(passage: Passage) -> str:
    """A book and its chapters as capitals and digits: `MRK_3`, `MRK_3-5`; verses are told by their chapter."""
    is_run = passage.first_verse is None and passage.last != passage.first
    return f"{passage.book}_{passage.first}-{passage.last}" if is_run else f"{passage.book}_{passage.first}"


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
