"""Signs in a title that may identify a person: a name, a date, a telephone number, a net address. Pure.

Made to warn too often rather than too seldom. Names are known by what is beside them (목사, 牧师, Pastor), by
family names, and by capitals where a script has them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from builder.bible.books import books

SignKind = Literal[
    "a person's name", "a date", "a telephone number or another long number", "an address on the net"
]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A part of a title, as it is written there or in plain letters, and what it looks like."""

    kind: SignKind
    text: str


_NET = re.compile(
    r"\S+@\S+|(?<!\w)@\w{3,}|\b(?:https?|www)\b\S*|\b[\w-]+\.(?:com|net|org|info|me|kr|cn|tw|hk|jp|io|ru)\b\S*"
    r"|(?:카톡|카카오톡|텔레그램|위챗|微信|(?<![a-z])(?:kakao(?:talk)?|telegram|wechat|whatsapp|line id|qq))"
    r"[\s:]*[\w.-]*",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_MONTH = (
    rf"(?:{_MONTHS}|january|february|march|april|june|july|august|september|october|november|december)\b\.?"
)
_HAN = "〇零○一二三四五六七八九十"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_WHOLE_DATE = re.compile(
    r"(?<!\d)(?:"
    rf"(?:19|20)?\d\d\s?[-._/]\s?(?:0?[1-9]|1[0-2])\s?[-._/]\s?{_DAY}"
    rf"|(?:19|20)\d\d (?:0?[1-9]|1[0-2]) {_DAY}"
    rf"|{_DAY}\s?[-._/]\s?{_DAY}\s?[-._/]\s?(?:19|20)?\d\d"
    r"|(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r")(?!\d)"
)
_DATE = re.compile(
    r"(?<!\d)(?:"
    r"(?:19|20|')?\d\d\s?[년年](?:도|度)?(?:\s?\d{1,2}\s?[월月])?(?:\s?\d{1,2}\s?[일日号號])?"
    r"|(?:1[0-2]|0?[1-9])\s?[월月](?:\s?\d{1,2}\s?[일日号號])?"
    rf"|(?:1[0-2]|0?[1-9])/{_DAY}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}"
    r"|(?:19|20)\d\d"
    r")(?!\d)"
    rf"|\b{_MONTH}\s?\d{{1,4}}(?!\d)(?:,?\s?(?:19|20)\d\d(?!\d))?"
    rf"|[{_HAN}]{{4}}年|[{_HAN}]{{1,3}}月[{_HAN}]{{1,3}}[日号號]",
    re.IGNORECASE,
)
_SPOKEN = "[공영일이삼사오육칠팔구]"
_NUMBER = re.compile(
    rf"[+(]?\d(?:[\s().\u00b7-]{{0,2}}\d){{6,}}|{_SPOKEN}{{3}}(?:[\s-]?{_SPOKEN}{{3,4}}){{2}}"
)

# Beside these is a name, also a first name or a nickname: before it in Korean and Chinese, behind it in others.
_KOREAN = (
    "목사|사모|전도사|선교사|강도사|장로|권사|집사|간사|신부|수녀|주교|교수|박사|원장|회장|사장|대표|순장"
)
_KOREAN_IF_NAMED = "형제|자매|성도|선생|교사|청년|할머니|할아버지|강사"
_CHINESE = (
    "牧师|牧師|师母|師母|传道|傳道|宣教士|宣教師|长老|長老|执事|執事|神父|修女|主教|博士|教授|区长|會長|会长"
)
_CHINESE_IF_NAMED = "老师|老師|先生|女士|小姐|同工|阿姨|叔叔|师傅|院长|院長"
_OTHERS = (
    "pastor|pst|ps|pr|rev|revd|reverend|minister|father|fr|bishop|archbishop|elder|deacon|deaconess|evangelist|missionary"
    "|apostle|prophet|brother|bro|sister|sr|dr|prof|professor|mr|mrs|ms|miss|mister|uncle|auntie|teacher|speaker"
    "|pasteur|père|frère|soeur|padre|hermano|hermana|irmão|irmã|pfarrer|bruder|schwester|herr|frau|mục sư|пастор|отец"
    "|брат|сестра|батюшка|القس|الأب|الأخ"
)
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민나진지엄변채원천방공현함여염석추도소설선마길연"
    "표명기반왕금옥육인맹제모탁국어은편용"
    "리림류량렴로태"  # as the North writes 이, 임, 유, 양, 염, 노
)
_DOUBLE_SURNAMES = "남궁|황보|제갈|사공|선우|독고|서문|동방"
# First names out of the Bible, which a family name makes those of a living person; 고요한 is "silent".
_BIBLE_GIVEN = (
    "요한|마리아|바울|베드로|모세|다윗|사무엘|다니엘|에스더|한나|드보라|요셉|은혜|소망|사랑|믿음|예찬|하나"
)
# Syllables of Korean first names; two of them behind a family name make a name, whatever else they may mean.
_GIVEN = (
    "강건겸경계관광교구국권규균근금기길나남노다단담대덕도동두라란람래량려련령례록룡루륜린림만명모무문미민바배백범별병보복봉부비빈삼상새생"
    "샘서석선설섭성세소솔송수숙순슬승시식신실심아안애양언엄연열영예오옥온완용우욱운웅원월위유윤율은을음이익인일임자잔장재전정제조종주준중"
    "지진찬참창채천철초춘충치태택평필하학한해향헌혁현형혜호홍화환회효후훈휘흠흥희"
)
_PARTICLES = (
    "은|는|이|가|의|을|를|과|와|도|께|에게|께서|님|씨|이의|이가|아|야"
    "|간증|증언|말씀|설교|특강|강의|찬양|이야기"
)
_CHINESE_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘于蒋蔣蔡余杜叶葉程"
    "苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴"
    "覃武戴莫孔向汤湯"
)
_LATIN_SURNAMES = (
    "kim|lee|park|choi|choe|jung|jeong|chung|kang|cho|yoon|yun|jang|lim|hwang|kwon|ahn|ryu|hong|shin|seo|bae|nam|wang|zhang"
    "|chang|chen|liu|huang|zhao|zhou|wu|xu|lin|zhu|guo|nguyen|tran|pham|smith|jones|brown|johnson|williams|miller|davis"
)
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_BESIDE = (
    re.compile(
        rf"(?<![가-힣])(?!동방\s?박사)[가-힣]{{1,4}}\s?(?:{_KOREAN})님?(?!교)(?![가-힣]{{3}})"
        rf"|(?<![가-힣])(?:{_KOREAN})님?\s(?!말씀|설교|간증|특강)[가-힣]{{2,4}}"
    ),
    re.compile(
        rf"(?<![가-힣])[가-힣]{{1,3}}(?<![는은의된할인운든과와러])(?<![가-힣]{2}한)\s?(?:{_KOREAN_IF_NAMED})님?(?![가-힣]{{2}})"
    ),
    re.compile(rf"(?<![가-힣])[{_SURNAMES}]\s?씨(?![가-힣]{{2}})"),
    re.compile(rf"(?<![가-힣])[{_SURNAMES}]\s?[O○0Xx\u00d7*]{{2}}"),
    re.compile(rf"(?<![가-힣])[{_SURNAMES}]\s[{_GIVEN}]\s[{_GIVEN}](?![가-힣])"),
    re.compile(rf"(?<![가-힣])(?!고요한)[{_SURNAMES}](?:{_BIBLE_GIVEN})(?:{_PARTICLES})?(?![가-힣])"),
    re.compile(
        rf"(?:我是|我叫)[㐀-鿿]{{2,3}}|(?<![㐀-鿿])[{_CHINESE_SURNAMES}小老阿][㐀-鿿]{{1,2}}?的?(?:见证|見證|讲道|講道|分享)"
    ),
    re.compile(rf"[㐀-鿿]{{1,4}}(?:{_CHINESE})|(?:{_CHINESE})\s?[{_CHINESE_SURNAMES}][㐀-鿿]{{0,2}}"),
    re.compile(rf"(?:[{_CHINESE_SURNAMES}][㐀-鿿]{{0,2}}|[小老阿][㐀-鿿])(?:{_CHINESE_IF_NAMED})"),
    re.compile(r"[㐀-鿿]{1,3}(?<![的位众眾和与與兄妹])(?:弟兄|姊妹|姐妹)(?![们們姊])"),
    re.compile(rf"(?<!\w)(?:{_OTHERS})\b\.?\s?[^\W\d_]{{2,}}(?:\s[^\W\d_a-z][^\W\d_]+)?", re.IGNORECASE),
    re.compile(r"(?<!\w)(?:by|testimony of|interview with)\s[^\W\d_]{2,}", re.IGNORECASE),
)
_FAMILY = re.compile(rf"(?<!\w)(?:{_LATIN_SURNAMES})(?!\w)", re.IGNORECASE)
_KOREAN_NAME = re.compile(
    rf"(?<![가-힣])((?:{_DOUBLE_SURNAMES})[{_GIVEN}]{{1,2}}|[{_SURNAMES}][{_GIVEN}]{{2}})(?:{_PARTICLES})?(?![가-힣])"
)
_CHINESE_NAME = re.compile(
    rf"(?<![㐀-鿿])(?:[{_CHINESE_SURNAMES}][㐀-鿿]{{1,2}}|(?:欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|慕容|司徒|东方|東方|皇甫|尉迟|尉遲)[㐀-鿿]{{1,2}})(?![㐀-鿿])"
)


def signs_in(title: str) -> tuple[Sign, ...]:
    """What in a title looks as if it told a person apart, each once, in the order of the kinds; () for most titles."""
    rest = unicodedata.normalize("NFKC", title)
    found: dict[Sign, None] = {}
    rules: tuple[tuple[re.Pattern[str], SignKind], ...] = (
        (_NET, "an address on the net"),
        (_WHOLE_DATE, "a date"),
        (_NUMBER, "a telephone number or another long number"),
        (_DATE, "a date"),
    )
    for pattern, kind in rules:
        for match in pattern.finditer(rest):
            found[Sign(kind=kind, text=match[0].strip())] = None
        rest = pattern.sub(" / ", rest)
    for name in _names(rest):
        found[Sign(kind="a person's name", text=name)] = None
    return tuple(found)


def _names(text: str) -> Iterator[str]:
    for pattern in _BESIDE:
        yield from (match[0] for match in pattern.finditer(text))
        text = pattern.sub(" / ", text)
    for match in _KOREAN_NAME.finditer(text):
        if match[1][:2] not in _no_names("korean") and match[1] not in _of_bible():
            yield match[1]
    for match in _CHINESE_NAME.finditer(text):
        if match[0] not in _no_names("chinese") | _of_bible():
            yield match[0]
    names = [*_capitalised(text)]
    yield from names
    for match in _FAMILY.finditer(text):
        if not any(match[0] in name for name in names):
            yield match[0]


def _capitalised(text: str) -> Iterator[str]:
    """Two words or more, one behind the other, that begin with a capital (`John Smith`, `J. Smith`, `JohnSmith`). Names
    of the Bible are those of people too, but not of one alone.
    """
    parted = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", text)
    run: list[str] = []
    last = 0
    for match in [*_WORDS.finditer(parted), None]:
        if match is None or parted[last : match.start()].strip() or not _may_name(match[0]):
            yield from [" ".join(run)] if len(run) > 1 and any(map(_is_rare, run)) else []
            run = []
        if match is not None:
            run += [match[0]] if _may_name(match[0]) else []
            last = match.end()


def _may_name(word: str) -> bool:
    return word[0].isupper() and word.strip(".").casefold() not in _no_names("capitals")


def _is_rare(word: str) -> bool:
    return len(word.strip(".")) > 1 and word.strip(".").casefold() not in _of_bible() | _no_names("bible")


@cache
def _no_names(kind: str) -> frozenset[str]:
    """Words of no_names.tsv that look like names and are none, or not one person's. `capitals`: what is with a
    capital in titles; `bible`: people of the Bible; `chinese`; `korean`: the first two syllables.
    """
    table = resources.files("builder.sources.intake").joinpath("no_names.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines())
    return frozenset(word for row, words in rows if row == kind for word in words.split())


@cache
def _of_bible() -> frozenset[str]:
    """The names of books and the words of them, in small letters."""
    names = [name for book in books().values() for name in (book.code, *book.names.values())]
    words = [word for name in names for word in re.findall(r"[^\W\d_]+", name)]
    return frozenset(word.casefold() for word in (*names, *words))
