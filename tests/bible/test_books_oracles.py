"""The table of books against what others have gathered: a printed Bible, Paratext's versifications, SWORD's names."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from importlib import resources
from pathlib import Path

import pytest

from builder.bible.books import books
from builder.bible.lookup import codes_called
from tests.conftest import each, oracle, oracle_file

_LOCALES = Path("/usr/share/sword/locales.d")  # Debian's libsword-common
_CANON = [book for book in books().values() if book.testament != "DC"]


def _biblelib(path: str) -> str:
    if sys.version_info >= (3, 14):
        pytest.skip("biblelib has no release for this Python")
    return oracle_file(Path(str(resources.files("biblelib"))) / path).read_text("utf-8")


def _rows(path: str) -> list[dict[str, str]]:
    lines = [line for line in _biblelib(path).splitlines() if line and not line.startswith("#")]
    return [row for row in csv.DictReader(lines, delimiter="\t") if row["usfmname"] in books()]


def _locale(name: str) -> dict[str, list[tuple[str, str]]]:
    """The sections of a locale of SWORD, each as pairs."""
    sections: dict[str, list[tuple[str, str]]] = defaultdict(list)
    here = ""
    for line in oracle_file(_LOCALES / f"{name}-utf8.conf").read_text("utf-8").splitlines():
        if line.startswith("["):
            here = line.strip("[] ")
        elif "=" in line and not line.startswith("#"):
            left, _, right = line.strip().partition("=")
            sections[here].append((left, right))
    return sections


def test_the_king_james_version_has_these_verses_chapter_by_chapter() -> None:
    text = subprocess.run(
        [oracle("bible"), "-f", "gen1:1-rev22:21"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    counted = Counter(re.findall(r"^(\d?[A-Za-z]+)(\d+):", text, flags=re.MULTILINE))
    found: dict[str, list[int]] = defaultdict(list)
    for (word, _), verses in counted.items():
        found[word].append(verses)
    different = {}
    for book, (word, theirs) in zip(_CANON, found.items(), strict=True):
        assert book.code in codes_called(word)
        for at, counts in enumerate(zip(book.verses, theirs, strict=True)):
            if counts[0] != counts[1]:
                different[book.code, at + 1] = counts
    # Newer English Bibles part these two from the verse before them; `eng` counts them.
    assert different == {("3JN", 1): (15, 14), ("REV", 12): (18, 17)}


@pytest.mark.parametrize("versification", ["eng", "org"])
def test_every_chapter_has_the_verses_of_the_versification(versification: str) -> None:
    theirs = json.loads(_biblelib(f"versification/{versification}.json"))["maxVerses"]
    for book in each(books().values()):
        ours = book.verses if versification == "eng" else book.verses_org
        assert ours == tuple(map(int, theirs[book.code])), book.code


def test_codes_and_english_names_are_those_that_others_use() -> None:
    rows = _rows("book/books.tsv")
    assert len(rows) == len(books())
    for row in rows:
        book = books()[row["usfmname"]]
        assert book.osis == row["osisID"]
        assert codes_called(row["name"].split(" (")[0]) == (book.code,)  # 1 Esdras (Greek)
        if book.testament != "DC":
            assert book.names["en"] == row["name"]
            assert codes_called(row["biblia"]) == (book.code,)


# What others call books that the table calls otherwise, and why; each must be read all the same.
_OTHERWISE = {
    "1KI": {"列王记上"}, "2KI": {"列王记下"},  # the Union Version has 列王纪; 列王记 is of the New Version
    "HAG": {"哈盖书"},  # the Union Version has 哈该书
    "GEN": {"創世紀"},  # a usual slip for 創世記; the Catholic name
    "1JN": {"約翰壹書"}, "2JN": {"約翰貳書"}, "3JN": {"約翰參書"},  # the numeral in its form for documents
}  # fmt: skip
# Signs in both scripts within one word: faults of the locale, read by none.
_FAULTS = {"以賽亚书", "以西結书", "那鴻书", "哈該书", "希伯來书"}


@pytest.mark.parametrize(
    ("locale", "name_set"),
    [
        ("ko", "ko"),
        ("zh_CN", "zh-Hans"),
        ("zh_Hans", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh_Hant", "zh-Hant"),
    ],
)
def test_the_66_are_called_as_in_sword(locale: str, name_set: str) -> None:
    compared = 0
    for english, name in _locale(locale)["Text"]:
        codes = codes_called(english)
        if not codes or books()[codes[0]].testament == "DC" or name in _FAULTS:
            continue
        book = books()[codes[0]]
        compared += 1
        assert name == book.names[name_set] or name in _OTHERWISE[book.code]
        assert codes_called(name) == (book.code,)
    assert compared >= 61


def test_korean_abbreviations_are_those_of_sword() -> None:
    for english, abbreviation in each(_locale("ko_abbrev")["Text"]):
        (code,) = codes_called(english)
        # SWORD prints 여 for Joshua and reads 수 too; the Korean Bibles have 수.
        assert books()[code].abbreviations["ko"] == ("수" if abbreviation == "여" else abbreviation,)
        assert codes_called(abbreviation) == (code,)
    by_osis = {book.osis: book.code for book in books().values()}
    for word, osis in each(_locale("ko_abbrev")["Book Abbrevs"]):
        if word != "츌":  # a slip for 출
            assert codes_called(word) == (by_osis[osis],)


@pytest.mark.parametrize(("table", "name_set"), [("zhs", "zh-Hans"), ("zht", "zh-Hant")])
def test_chinese_names_and_abbreviations_are_those_of_the_union_version(table: str, name_set: str) -> None:
    for row in each(_rows(f"book/books_{table}.tsv")):
        book = books()[row["usfmname"]]
        if book.testament != "DC":
            assert (book.names[name_set], *book.abbreviations[name_set]) == (row["name"], row["abbrev"])
        elif book.code not in ("1ES", "2ES", "PS2"):
            # They give the Catholic names, we those of Protestant editions of the Apocrypha. 厄斯德拉 is Ezra to
            # Catholics and Esdras to SWORD; Psalm 151 is a psalm.
            assert codes_called(row["name"]) == (book.code,)


# Book by book as the Common Translation prints and abbreviates them, from a concordance to it of other people's making.
_COMMON = """
창세기 창세, 출애굽기 출애, 레위기 레위, 민수기 민수, 신명기 신명, 여호수아 여호, 판관기 판관,
룻기 룻기, 사무엘상 1사무, 사무엘하 2사무, 열왕기상 1열왕, 열왕기하 2열왕, 역대기상 1역대,
역대기하 2역대, 에즈라 에즈, 느헤미야 느헤, 에스델 에스, 욥기 욥기, 시편 시편, 잠언 잠언, 전도서 전도,
아가 아가, 이사야 이사, 예레미야 예레, 애가 애가, 에제키엘 에제, 다니엘 다니, 호세아 호세, 요엘 요엘,
아모스 아모, 오바디야 오바, 요나 요나, 미가 미가, 나훔 나훔, 하바꾹 하바, 스바니야 스바, 하깨 하깨,
즈가리야 즈가, 말라기 말라, 마태오의 복음서 마태, 마르코의 복음서 마르, 루가의 복음서 루가,
요한의 복음서 요한, 사도행전 사도, 로마인들에게 보낸 편지 로마, 고린토인들에게 보낸 첫째 편지 1고린,
고린토인들에게 보낸 둘째 편지 2고린, 갈라디아인들에게 보낸 편지 갈라, 에페소인들에게 보낸 편지 에페,
필립비인들에게 보낸 편지 필립, 골로사이인들에게 보낸 편지 골로,
데살로니카인들에게 보낸 첫째 편지 1데살, 데살로니카인들에게 보낸 둘째 편지 2데살,
디모테오에게 보낸 첫째 편지 1디모, 디모테오에게 보낸 둘째 편지 2디모, 디도에게 보낸 편지 디도,
필레몬에게 보낸 편지 필레, 히브리인들에게 보낸 편지 히브, 야고보의 편지 야고, 베드로의 첫째 편지 1베드,
베드로의 둘째 편지 2베드, 요한의 첫째 편지 1요한, 요한의 둘째 편지 2요한, 요한의 셋째 편지 3요한,
유다의 편지 유다, 요한의 묵시록 묵시
"""


def test_the_common_translation_calls_and_abbreviates_them_so() -> None:
    for book, entry in zip(_CANON, _COMMON.split(","), strict=True):
        name, _, abbreviation = entry.strip().rpartition(" ")
        assert (book.names["ko-common"], book.abbreviations["ko-common"]) == (name, (abbreviation,))
