"""Passages as listeners read them and as they hear them announced, in the languages of the name sets. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from builder.bible.books import Names
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


_KOREAN = "영일이삼사오육칠팔구"
_CHINESE = "零一二三四五六七八九"
_ORDINALS = {"1": "First", "2": "Second", "3": "Third"}

# Fitted to what espeak-ng 1.52 says, without the silence around it: 1,059 titles of every book in Korean, Chinese and
# English. Nine of ten are within 20 % of this, all of a language together within 3 %.
_BASE_SECONDS = 0.3
_SECONDS = {"hangul": 0.152, "han": 0.208, "other": 0.076}

# What the voice for Korean says without leaving out its end: parts of words, and characters of a clause.
_WORD = re.compile(r"[^ ]{1,40}")
_MOST_OF_A_CLAUSE = 100


def spoken_passage(passage: Passage, names: Names, language: str) -> str:
    """`마가복음 삼장`, `马可福音 第三章`, `Mark, chapter 3`; Psalms `시편 이십삼편`, `诗篇 第二十三篇`, `Psalm 23`.

    `language` (BCP 47) is that of the voice. In Korean and Chinese the numbers are words, so that no voice reads them
    in another way (Korean has two); other languages than these and English say the name and the numbers.
    """
    name = names.of(passage.book)
    main = language.split("-")[0].lower()
    if main == "en":
        return _english(passage, name)
    if passage.is_whole_book and passage.first != passage.last:
        return name
    if main == "ko":
        return f"{name} {_spoken_korean(passage)}"
    if main in ("zh", "cmn", "yue"):
        return f"{name} {_spoken_chinese(passage)}"
    return f"{name} {passage.numbers.replace(':', ', ').replace('-', ' - ')}"


def korean_number(number: int) -> str:
    """1 to 999 as Sino-Korean words, by which chapters and verses are counted: 119 is 백십구."""
    return _placed(number, _KOREAN, ("백", "십"))


def chinese_number(number: int) -> str:
    """1 to 999 in Chinese characters, as ordinals are read: 2 is 二, 103 is 一百零三, 119 is 一百一十九."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _placed(number, _CHINESE, ("百", "十"))
    tens, ones = divmod(rest, 10)
    words = _CHINESE[hundreds] + "百"
    if tens:
        words += _CHINESE[tens] + "十"
    elif ones:
        words += _CHINESE[0]
    return words + (_CHINESE[ones] if ones else "")


def as_heard(text: str) -> str:
    """Korean as a voice that reads letter by letter must be given it: 십육 is said 심뉵, 백육 뱅뉵 (Standard Korean
    Dictionary; Standard Pronunciation, 18 and 29).

    espeak-ng leaves out, without a word, what is behind 57 syllables of a word or 139 characters of a clause. So longer
    ones are parted, by a space or a comma.
    """
    words: list[str] = []
    length = 0
    for word in _WORD.findall(text.replace("십육", "심뉵").replace("백육", "뱅뉵")):
        if length + len(word) > _MOST_OF_A_CLAUSE:
            words[-1] += ","
            length = 0
        words.append(word)
        length = 0 if word[-1] in ".,;:?!" else length + len(word) + 1
    return " ".join(words)


def speech_seconds(text: str) -> float:
    """About how long a voice takes to say a text."""
    hangul = len(re.findall(r"[\uac00-\ud7a3]", text))
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    other = len(re.findall(r"[^\W\uac00-\ud7a3\u3400-\u9fff]", text))
    words = hangul * _SECONDS["hangul"] + han * _SECONDS["han"] + other * _SECONDS["other"]
    return round(_BASE_SECONDS + words, 2)


def _placed(number: int, digits: str, places: tuple[str, str]) -> str:
    """Hundreds, tens and ones; a one before a place is not said."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = ""
    for count, place in ((hundreds, places[0]), (tens, places[1])):
        words += (digits[count] if count > 1 else "") + place if count else ""
    return words + (digits[ones] if ones else "")


def _spoken_korean(passage: Passage) -> str:
    counter = "편" if passage.book == "PSA" else "장"
    first, last = f"{korean_number(passage.first)}{counter}", f"{korean_number(passage.last)}{counter}"
    if passage.first_verse is None or passage.last_verse is None:
        return first if first == last else f"{first}에서 {last}"
    start, end = f"{korean_number(passage.first_verse)}절", f"{korean_number(passage.last_verse)}절"
    if first != last:
        return f"{first} {start}에서 {last} {end}"
    return f"{first} {start}" if start == end else f"{first} {start}에서 {end}"


def _spoken_chinese(passage: Passage) -> str:
    counter = "篇" if passage.book == "PSA" else "章"
    first, last = (f"第{chinese_number(number)}{counter}" for number in (passage.first, passage.last))
    if passage.first_verse is None or passage.last_verse is None:
        return first if first == last else f"{first}到{last}"
    start, end = (f"第{chinese_number(number)}节" for number in (passage.first_verse, passage.last_verse))
    if first != last:
        return f"{first} {start}到{last} {end}"
    return f"{first} {start}" if start == end else f"{first} {start}到{end}"


def _english(passage: Passage, name: str) -> str:
    first, last, v1, v2 = passage.first, passage.last, passage.first_verse, passage.last_verse
    name = re.sub(r"^([123])(?= )", lambda match: _ORDINALS[match[1]], name)
    if passage.is_whole_book and first != last:
        return name
    psalm = passage.book == "PSA" and name == "Psalms"
    one, several = f"{name}, chapter {first}", f"{name}, chapters {first} to {last}"
    if psalm:
        one, several = f"Psalm {first}", f"Psalms {first} to {last}"
    if v1 is None:
        return one if first == last else several
    if first != last:
        end = f"Psalm {last}" if psalm else f"chapter {last}"
        return f"{one}, verse {v1} to {end}, verse {v2}"
    return f"{one}, verse {v1}" if v1 == v2 else f"{one}, verses {v1} to {v2}"
