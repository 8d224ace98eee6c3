"""What in a title may tell a person apart: found in three languages and many forms, and not in every title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bible.books import books
from builder.sources.intake.persons import signs_in

_NAME, _DATE = "a person's name", "a date"
_NUMBER, _NET = "a telephone number or another long number", "an address on the net"


@pytest.mark.parametrize(
    ("title", "kind", "text"),
    [
        ("김목사 설교", _NAME, "김목사"),
        ("이 목사님의 간증", _NAME, "이 목사님"),
        ("홍길동 집사", _NAME, "홍길동 집사"),
        ("김 영 희", _NAME, "김 영 희"),
        ("김영희간증", _NAME, "김영희"),
        ("리철수", _NAME, "리철수"),
        ("렴상섭", _NAME, "렴상섭"),
        ("로동철", _NAME, "로동철"),
        ("태영호", _NAME, "태영호"),
        ("박요한", _NAME, "박요한"),
        ("김마리아의 이야기", _NAME, "김마리아의"),
        ("김OO", _NAME, "김OO"),
        ("张三见证", _NAME, "张三见证"),
        ("我是张三", _NAME, "我是张三"),
        ("小明的见证", _NAME, "小明的见证"),
        ("慕容雪", _NAME, "慕容雪"),
        ("Testimony of Miriam", _NAME, "Testimony of Miriam"),
        ("공일공 일이삼사 오육칠팔", _NUMBER, "공일공 일이삼사 오육칠팔"),
        ("선교사 언더우드", _NAME, "선교사 언더우드"),
        ("요한 형제", _NAME, "요한 형제"),
        ("김철수의 간증", _NAME, "김철수"),
        ("남궁민수", _NAME, "남궁민수"),
        ("김 씨 이야기", _NAME, "김 씨"),
        ("王明道牧师", _NAME, "王明道牧师"),
        ("王明道牧師", _NAME, "王明道牧師"),
        ("约翰弟兄", _NAME, "约翰弟兄"),
        ("小王老师", _NAME, "小王老师"),
        ("张伟", _NAME, "张伟"),
        ("01 Pastor John", _NAME, "Pastor John"),
        ("rev. kim on hope", _NAME, "rev. kim"),
        ("010-2024-5678", _NUMBER, "010-2024-5678"),
        ("John Smith", _NAME, "John Smith"),
        ("Hope - by smith", _NAME, "by smith"),
        ("JohnSmith", _NAME, "John Smith"),
        ("JOHN SMITH", _NAME, "JOHN SMITH"),
        ("ＪＯＨＮ ＳＭＩＴＨ", _NAME, "JOHN SMITH"),
        ("J. Smith", _NAME, "J. Smith"),
        ("Daniel Kim", _NAME, "Daniel Kim"),
        ("lee min ho", _NAME, "lee"),
        ("Пастор Иван", _NAME, "Пастор Иван"),
        ("Иван Петров", _NAME, "Иван Петров"),
        ("Mục sư Nguyễn", _NAME, "Mục sư Nguyễn"),
        ("القس يوحنا", _NAME, "القس يوحنا"),
        ("2024-03-10 수련회", _DATE, "2024-03-10"),
        ("2024. 3. 10.", _DATE, "2024. 3. 10"),
        ("20240310", _DATE, "20240310"),
        ("240310 설교", _DATE, "240310"),
        ("12.03.2024", _DATE, "12.03.2024"),
        ("2024년 3월 10일", _DATE, "2024년 3월 10일"),
        ("3월 10일", _DATE, "3월 10일"),
        ("2024年3月10日", _DATE, "2024年3月10日"),
        ("二〇二四年", _DATE, "二〇二四年"),
        ("三月十日", _DATE, "三月十日"),
        ("March 10, 2024", _DATE, "March 10, 2024"),
        ("10 Mar", _DATE, "10 Mar"),
        ("Advent 2023", _DATE, "2023"),
        ("２０２４-０３-１０", _DATE, "2024-03-10"),
        ("010-1234-5678", _NUMBER, "010-1234-5678"),
        ("+82 10-1234-5678", _NUMBER, "+82 10-1234-5678"),
        ("(02) 123-4567", _NUMBER, "(02) 123-4567"),
        ("call 13812345678", _NUMBER, "13812345678"),
        ("٠١٠١٢٣٤٥٦٧٨", _NUMBER, "٠١٠١٢٣٤٥٦٧٨"),
        ("john@example.org", _NET, "john@example.org"),
        ("www.example.org", _NET, "www.example.org"),
        ("카톡 hope77", _NET, "카톡 hope77"),
        ("微信: hope77", _NET, "微信: hope77"),
    ],
)
def test_what_may_tell_a_person_apart_is_found(title: str, kind: str, text: str) -> None:
    assert [(sign.kind, sign.text) for sign in signs_in(title)] == [(kind, text)]


_NOBODY = """
위로하시는 하나님|희망의 소리|이스라엘의 하나님|사랑하는 형제|성령 충만|은혜의 강
고난과 영광|안식일의 주인|주님의 은혜|선한 목자
동방박사|어린 양|겨자씨 비유|장로교회|마리아의 찬양|40일 기도|1부 예배|둘째 날|3번|말씀 가
전도서의 지혜|정의와 공의|천 년 왕국
神爱世人|亲爱的弟兄姊妹|常常喜乐|平安|第3段|马可福音|方舟|马利亚
The Good Shepherd|Sense and Sensibility|God Is Love|Walking On Water|The Prodigal Son|Peter And John|TheCreation|Part 3
Psalm 23|Romans 8:28|John 3:16|1 Corinthians 13|Ask not|Sonnet 18|Hope|Recordings|003|A01_001 TheCreation
"""


@pytest.mark.parametrize("title", _NOBODY.strip().replace("\n", "|").split("|"))
def test_a_title_that_names_nobody_is_no_matter(title: str) -> None:
    assert signs_in(title) == ()


@pytest.mark.parametrize("names", ["en", "ko", "ko-common", "zh-Hans", "zh-Hant"])
def test_no_book_of_the_bible_is_a_person(names: str) -> None:
    found = {
        book.names[names]: signs_in(f"{book.names[names]} 3")
        for book in books().values()
        if names in book.names
    }
    assert {name: signs for name, signs in found.items() if signs} == {}


def test_all_that_a_title_holds_is_told() -> None:
    found = signs_in("김철수 목사 2024-03-10 (010-1234-5678) hope@example.org")
    assert {sign.kind for sign in found} == {_NAME, _DATE, _NUMBER, _NET}


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert all(sign.text for sign in signs_in(text))
