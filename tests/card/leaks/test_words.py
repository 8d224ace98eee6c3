"""Words of computers, of files and of the office: which are looked for, and where they count."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.card.leaks.words import (
    TermsError,
    Word,
    Words,
    read_terms,
    words_of_sources,
    words_of_this_computer,
)
from builder.text import INVISIBLE


def known(**environment: str) -> dict[str, str]:
    return {word.text: word.what for word in words_of_this_computer(environment)}


@pytest.mark.parametrize(
    "text", ["root", "Admin", "user", "UTC", "Etc/UTC", "ab", "12345", "mark", "Ruth", "요나"]
)
def test_what_names_nobody_is_not_looked_for(text: str) -> None:
    assert text not in known(USER=text, TZ=text)


@pytest.mark.parametrize("text", ["yongsu", "kim", "영수", "marks", "kim-laptop"])
def test_what_may_name_somebody_is_looked_for(text: str) -> None:
    assert text in known(USER=text)


def test_a_home_folder_is_looked_for_and_so_is_its_name() -> None:
    found = known(HOME="/home/yongsu")
    assert found["/home/yongsu"] == "the home folder"
    assert "yongsu" in found
    assert "/root" not in known(HOME="/root")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["a/설교_김목사.wav"], {"설교_김목사.wav", "설교_김목사"}),
        (["001.mp3"], set()),
        (["MRK/MRK_001.mp3"], {"MRK_001.mp3", "MRK_001"}),
    ],
)
def test_the_names_of_recordings_are_looked_for_where_they_are_words(
    names: list[str], wanted: set[str]
) -> None:
    found = {word.text for word in words_of_sources(names)}
    assert wanted <= found
    assert "001" not in found


@pytest.mark.parametrize(
    ("kind", "text", "inside", "wanted"),
    [
        ("computer", "kim", "by Kim.", True),
        ("computer", "kim", "kimchi", False),
        ("computer", "kim", "MY_KIM-PC", True),
        ("computer", "영수", "영수 목사", True),
        ("computer", "영수", "김영수가", False),
        ("term", "영수", "김영수가", True),
        ("term", "kim", "KIMCHI", True),
        ("term", "A.B", "axb", False),
        ("term", "kim", "ＫＩＭ", True),
        ("term", "김목사", "김\u200b목사", True),
        ("term", "Kim Yong-su", "01_Kim_Yong-su.mp3", True),
        ("term", "김목사", "김 목 사님", True),
        ("term", "김목사", "김\u2800목_사", True),
        ("term", "김 목사", "김목사", True),
        ("term", "김목사", "김\U000e0041목\ufe0f사", True),
        ("term", "李牧师", "李\u3000牧\u00b7师", True),
        ("term", "Kim", "K\u00ad\u2060i\u0336m", True),
        ("term", "Kim", "K\u2009i\u200am", True),
        ("term", "anna", "Susan Nabal", False),
        ("computer", "yongsu", "yong\u180fsu", True),
        ("computer", "kim", "Ｋim", True),
        ("term", "\u1100\u1161", "가나", True),
    ],
)
def test_a_word_counts_as_a_whole_and_a_term_within_words_too(
    kind: str, text: str, inside: str, wanted: bool
) -> None:
    word = Word(text=text, what="x", kind="term" if kind == "term" else "computer")
    assert Words(words=(word,)).in_text(inside) == [word] * wanted


@pytest.mark.parametrize(
    ("text", "inside", "wanted"),
    [
        # Two letters of Korean are a name only as a word of its own: "the Lord is spirit" names no Eunyeong.
        ("은영", "하나님은 영이시니", False),
        ("영수", "수영 수업", False),
        ("영수", "우리 영·수 형제", True),
        ("영수", "우리 영ㆍ수 형제", True),  # the old vowel that Korean keyboards type for a point
        ("Kim", "K.i.m목사", True),
        ("Kim", "목사K.i.m", True),
        ("JD", "J.D. 설교", True),
        ("JD", "j d", False),
        ("01012345678", "[010] \u2013 [1234] \u2013 [5678]", True),
        ("01012345678", "(010) - 1234 - 5678", True),
        ("김철수", "우리김 철수", True),
        # Parts of syllables, of any width.
        ("김목사", "ㄱㅣㅁㅁㅗㄱㅅㅏ", True),
        ("김목사", "\uffa1\uffdc\uffb1목사", True),
        ("김목사", "기\u1106목사", True),
        ("기모", "김오", False),
        # Latin letters where all are set apart, or where the term is parted.
        ("Kim", "K i m", True),
        ("kim", "K.i.m.", True),
        ("kim", "k-i mother", False),
        ("Ina", "in a boat", False),
        ("Ina", "i n a", True),
        ("Kim Yongsu", "kimyongsu가", True),
        ("Kim Yong-su", "KIM YONGSU", True),
        ("Al An", "balance", False),
        ("Иван", "И.в.а.н", True),
        # Numbers of telephones, however they are grouped.
        ("010-1234-5678", "01012345678", True),
        ("01012345678", "010 1234 5678", True),
        ("010-1234-5678", "０１０．１２３４．５６７８", True),
        ("1234", "12 34", False),
        # Accents and points are no letters, vowel signs are.
        ("José", "Jose", True),
        ("משה", "מֹשֶׁה", True),
        ("कम", "कुमि", False),
        ("がく", "かく", False),
    ],
)
def test_a_term_is_found_however_its_letters_are_set_apart(text: str, inside: str, wanted: bool) -> None:
    word = Word(text=text, what="x", kind="term")
    assert Words(words=(word,)).in_text(inside) == [word] * wanted


@given(st.sampled_from(["김목사", "李牧师", "Kim", "Иван"]), st.sampled_from(sorted(INVISIBLE)), st.data())
def test_nothing_unseen_hides_a_term(term: str, hiding: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(term)))
    word = Word(text=term, what="x", kind="term")
    assert Words(words=(word,)).in_text(f"1 {term[:at]}{hiding}{term[at:]}") == [word]


@pytest.mark.parametrize("term", ["가", "\u200b\u200b", "김\u2060", "x\u200d", "\u3164가"])
def test_a_term_of_fewer_than_two_letters_that_are_seen_is_refused(tmp_path: Path, term: str) -> None:
    (tmp_path / "terms.txt").write_text(f"김목사\n{term}\n", "utf-8")
    with pytest.raises(TermsError, match=r"terms.txt:2: fewer than 2 letters"):
        read_terms(tmp_path / "terms.txt")


def test_what_the_pack_says_is_left_alone_but_for_terms() -> None:
    words = Words(
        words=tuple(Word(text="hope", what="x", kind=kind) for kind in ("computer", "source", "term"))
    )
    assert [word.kind for word in words.without(["Hope for all"]).words] == ["term"]


def test_short_spellings_are_not_looked_for_in_sound() -> None:
    words = Words(words=(Word(text="kim", what="x", kind="term"),))
    found = list(words.in_sound.find([b"kim", "kim".encode("utf-16-le")]))
    assert [encoding for _, (_, encoding) in found] == ["utf-16-le"]
