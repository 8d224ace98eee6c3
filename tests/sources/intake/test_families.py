"""Names of recordings: what each claims, for every family that is delivered, and for names that claim nothing."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sources.intake.decide import decide
from builder.sources.intake.families import book_of, claim_of
from tests.sources.intake.families import FAMILIES, names_of


def _decided(names: Any) -> dict[str, tuple[str, int]]:
    decided = decide({name: claim_of(name) for name in names}, {})
    assert decided.findings == ()
    assert decided.plain == ()
    return {path: (passage.book, passage.first) for path, passage in decided.passages.items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_bible_of_a_family_comes_back_as_its_chapters(family: str) -> None:
    names = names_of(family)
    assert len(names) == 1189
    assert _decided(names) == names


@settings(max_examples=12, deadline=None)
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    chance=st.randoms(use_true_random=False),
    form=st.sampled_from(["NFC", "NFD"]),
)
def test_neither_order_nor_the_form_of_letters_matters(family: str, chance: Any, form: Any) -> None:
    names = {unicodedata.normalize(form, name): held for name, held in names_of(family).items()}
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert _decided(shuffled) == names


@pytest.mark.parametrize(
    ("name", "passage"),
    [
        ("A19__150_Psalms______EN1WEBO2DA.mp3", "PSA 150"),
        ("B07___01_1CorinthiansENGGIDN2DA.mp3", "1CO 1"),
        ("A21___12_EcclesiastesEN1WEBO2DA.mp3", "ECC 12"),
        ("B01___01_San_Mateo___ACCIBSN1DA.mp3", "MAT 1"),
        ("B01___05_Matthew_____ENGESVN1DA16.mp3", "MAT 5"),
        ("ENGBERO1DA_A19_PSA_150.mp3", "PSA 150"),
        ("Set_003_Luke_01_26-38__YMRWINP1DA.mp3", "LUK 1:26-38"),
        ("096_GEN_045_1-15_Set_98____SNMNVSP1DA.mp3", "GEN 45:1-15"),
        ("누가복음 1장 26-38절.mp3", "LUK 1:26-38"),
        ("요한복음 3장 16절.mp3", "JHN 3:16"),
        ("요한복음3장16절.mp3", "JHN 3:16"),
        ("约翰福音第3章第16节.mp3", "JHN 3:16"),
        ("요한복음_3장_16절.mp3", "JHN 3:16"),
        ("XKAL-GEN-001.mp3", "GEN 1"),
        ("en_ulb_b41_mat_c01.wav", "MAT 1"),
        ("0040-0001-Matthew-en.mp3", "MAT 1"),
        ("40_Matthew_001.mp3", "MAT 1"),
        ("41_Matthew_001.mp3", "MAT 1"),
        ("001Genesis/001001Genesis 1.mp3", "GEN 1"),
        ("0621 John/0620011 John 1.mp3", "1JN 1"),
        ("00_XYZ_Gen/00_XYZ_Gen_05.wav", "GEN 5"),
        ("18_QED_Psa/18_QED_Psa_008.wav", "PSA 8"),
        ("창세기/제 1 장.mp3", "GEN 1"),
        ("창세기 １장.mp3", "GEN 1"),
        ("诗篇第一百零五篇.mp3", "PSA 105"),
        ("诗篇第二十篇.mp3", "PSA 20"),
        ("1 John 05.mp3", "1JN 5"),
        ("요한1서 3장.mp3", "1JN 3"),
        ("Genesis (3).mp3", "GEN 3"),
        ("GEN_001 (1).mp3", "GEN 1"),
        ("창세기 1장 - 복사본.mp3", "GEN 1"),
        ("gen_001.MP3", "GEN 1"),
        ("시편 151편.mp3", "PSA 151"),
        ("JOL_004.mp3", "JOL 4"),
    ],
)
def test_a_name_means_a_passage(name: str, passage: str) -> None:
    decided = decide({name: claim_of(name)}, {})
    assert [str(one) for one in decided.passages.values()] == [passage]
    assert decided.findings == ()


@pytest.mark.parametrize(
    "name",
    [
        "01 희망.mp3",
        "track01.mp3",
        "2024-03-10.mp3",
        "20240310.mp3",
        "01 마태복음 5장 산상수훈.mp3",
        "A01_001_TheCreation__ENGABCN1DA.mp3",
        "001_TheCreation_ENGABCN1DA.mp3",
        "02_001_2CO_1.mp3",
        "Genesis 1-3.mp3",
        "1 John 1-3.mp3",
        "창세기/1-3.mp3",
        "PS2-3.mp3",
        "서론.mp3",
        "James.mp3",
        "창세기.mp3",
        "_" * 300 + ".mp3",
        ".mp3",
    ],
)
def test_a_name_that_tells_no_chapter_claims_none(name: str) -> None:
    assert claim_of(name) is None


@pytest.mark.parametrize(
    "piece", ["_", "1 ", "第", "十", "1-", "(1", "a_b", "01", "a_1", "1.", " ", "Genesis "]
)
def test_no_name_is_long_enough_to_take_time(piece: str) -> None:
    claim_of(f"{piece * 100}.mp3")
    claim_of(f"{piece * 100}/{piece * 100}.mp3")


def test_a_number_before_a_name_is_parted_from_it_where_the_two_agree() -> None:
    assert book_of("0621 John")[0] == "062"
    assert book_of("0431 John")[1] is not None
    assert book_of("043John")[0] == "043"
    number, word = book_of("7771 John")
    assert (number, word and set(word.codes)) == ("", {"1JN", "JHN"})


@given(st.text(max_size=60))
def test_whatever_a_file_is_called_a_claim_is_made_or_none(name: str) -> None:
    claim = claim_of(name)
    assert claim is None or claim.chapters or len(claim.words) > 0
