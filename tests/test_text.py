"""What nobody sees: one list, held to another program's, and refused wherever a text comes from or goes to."""

from __future__ import annotations

import dataclasses
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from builder.bible.books import books
from builder.card.leaks.names import judge_name
from builder.card.leaks.tag import Said, judge_id3v1, judge_id3v2
from builder.card.tags import id3v1, id3v2
from builder.manifest.text import checked_source, checked_title
from builder.profiles.naming import Number, label, name
from builder.sources.lyrics.lines import Line, LyricsFault, lrc_bytes, read_card_file
from builder.text import INVISIBLE, MAX_MARKS, invisible, printable, text_fault
from tests.conftest import checked, oracle
from tests.tags import SETTINGS, tags

_HIDING = sorted(
    INVISIBLE | {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in {"Zs", "Cf"}} - {" "}
)
_PERL = r"""
for my $c (0..0x10FFFF) { next if $c >= 0xD800 && $c <= 0xDFFF;
    print "$c\n" if chr($c) =~ /\p{Default_Ignorable_Code_Point}/ }
"""


def test_the_list_is_unicodes_own_as_perl_knows_it() -> None:
    theirs = {int(line) for line in checked(oracle("perl"), "-e", _PERL).split()}
    assert len(theirs) > 4000
    drawn_as_nothing = {0x2800, 0x2D7F, 0x303F, 0xFFFC, 0x1107F, 0x16FE4, 0x1D159}
    assert {ord(character) for character in INVISIBLE} == theirs | drawn_as_nothing


_JOINED = r"""
for my $c (0x600..0x8FF) { my $t = chr $c;
    next unless $t =~ /\p{Lo}/ && $t =~ /\p{Script=Arabic}/ && $t =~ /\p{In=14.0}/;
    my $kind = $t =~ /\p{Joining_Type=Dual_Joining}/ ? "D" : $t =~ /\p{Joining_Type=Right_Joining}/ ? "R" : "U";
    print "$c $kind\n" }
"""


def test_a_non_joiner_passes_only_where_it_parts_what_unicode_joins() -> None:
    """As perl knows it: before it a letter that is joined on both sides, behind it one that is joined at all."""
    kinds = dict(line.split() for line in checked(oracle("perl"), "-e", _JOINED).splitlines())
    letters = {chr(int(code)): kind for code, kind in kinds.items()}
    letters = {c: kind for c, kind in letters.items() if unicodedata.name(c).startswith("ARABIC LETTER")}
    assert len(letters) > 200
    for character, kind in letters.items():
        assert (invisible(f"{character}\u200cب", 1) == "") == (kind == "D"), f"U+{ord(character):04X} before"
        assert (invisible(f"ب\u200c{character}", 1) == "") == (kind in "DR"), f"U+{ord(character):04X} behind"


@pytest.mark.parametrize(
    "text",
    [
        "ب\u200c؟",
        "؟\u200cب",
        "ހ\u200cށ",
        "ب\u200dب",
        "क्\u200dA",
        "क्\u200c1",
        "क्\u200d ष",
        "क्\u200dක",
        "A्\u200dष",
        "क्\u200d\u200dष",
    ],
)
def test_a_joiner_that_shows_nothing_is_no_spelling(text: str) -> None:
    assert text_fault(text)


def test_no_blank_but_a_space_passes() -> None:
    blanks = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Zs" and c != " "]
    assert len(blanks) == 16
    assert all(invisible(f"a{blank}b", 1) for blank in blanks)


@given(
    st.sampled_from(_HIDING),
    st.sampled_from(["마가복음 1장", "马可福音 第一章", "Mark 1", "Псалом 5"]),
    st.data(),
)
def test_what_hides_is_refused_in_a_manifest_and_found_on_a_card(
    hiding: str, title: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(title)))
    text = title[:at] + hiding + title[at:]
    assert text_fault(text)
    with pytest.raises(PydanticCustomError):
        checked_title(text)
    assert list(judge_name(f"01 {text}.mp3", "file", set()))
    written = id3v2(tags(text), SETTINGS)
    assert list(judge_id3v2(written, 0, Said()))
    assert isinstance(
        read_card_file(lrc_bytes([Line(at=1, text=text, row=1)], "utf-8"), "utf-8"), LyricsFault
    )


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u3000"])
def test_a_recordings_file_may_have_the_blanks_that_computers_put_into_names(blank: str) -> None:
    path = f"2024{blank}recording.mp3"  # macOS writes U+202F into times
    assert checked_source(path) == path


@pytest.mark.parametrize(
    "text",
    [
        " Mark",
        "Mark ",
        "Mark  1",
        "e" + "\u0316" * (MAX_MARKS + 1),
        unicodedata.normalize("NFD", "가"),
        "در\u200cد",
    ],
)
def test_what_only_a_program_sees_is_a_leak_in_tags_and_names(text: str) -> None:
    assert list(judge_id3v2(id3v2(dataclasses.replace(tags("x"), album=text), SETTINGS), 0, Said())) or (
        unicodedata.normalize("NFC", text) != text  # which our own writer does not write
    )
    assert list(judge_name(f"{text}.mp3", "file", set()))


@pytest.mark.parametrize("text", ["کتاب\u200cها", "क्\u200dष", "Mark 1", "마가복음 1장", "第一章"])
def test_spelling_and_plain_words_are_no_leak(text: str) -> None:
    assert text_fault(text) == ""
    assert checked_title(text) == text


def test_the_names_that_this_program_itself_knows_are_plain() -> None:
    names = {name for book in books().values() for name in book.names.values()}
    assert len(names) > 300
    assert [name for name in names if text_fault(name)] == []


@given(
    st.lists(st.sampled_from(["क्\u200dष", "کتاب\u200cها", "마가", "x", " "]), min_size=1).map("".join),
    st.data(),
)
def test_a_name_that_is_cut_ends_with_what_is_seen(text: str, data: st.DataObject) -> None:
    words = label(text, "bmp")
    chars = data.draw(st.integers(4, len(words) + 5))
    found = name(
        "{number} {label}",
        {"number": Number(value=7, width=1), "label": words},
        charset="bmp",
        max_chars=chars,
        max_bytes=900,
    )
    assert text_fault(found) == ""


@pytest.mark.parametrize("ending", [".MP3", ".Mp3", ".mP3"])
def test_another_case_of_the_ending_is_a_leak(ending: str) -> None:
    assert [leak.code for leak in judge_name(f"01/001{ending}", "file", set())] == ["E710"]


def test_letters_that_show_as_nothing_reach_no_reader_as_such() -> None:
    assert printable("a\u3164b\u2800\ufe0f\U000e0141") == "a\\u3164b\\u2800\\ufe0f\\U000e0141"


def test_a_tag_behind_the_sound_has_one_code_page() -> None:
    """The same letters, which are in both."""
    one = tags("人", artist="人", album="人")
    korean, chinese = id3v1(one, "cp949"), id3v1(one, "cp936")
    said = Said(texts={"TIT2": "人", "TPE1": "人", "TALB": "人", "TRCK": "7"})
    assert list(judge_id3v1(korean, 0, said)) == list(judge_id3v1(chinese, 0, said)) == []
    leak = next(judge_id3v1(korean[:33] + chinese[33:], 0, said))
    assert "several code pages" in leak.message


@pytest.mark.parametrize("page", ["ascii", "cp949", "cp936"])
@pytest.mark.parametrize("at", [3, 4, 6, 33, 63, 93, 97, 125, 126, 127])
def test_a_tag_behind_the_sound_alone_hides_nothing(page: str, at: int) -> None:
    one = tags("Mark 1")
    tag = bytearray(id3v1(one, page))  # type: ignore[arg-type]
    assert list(judge_id3v1(bytes(tag), 0, Said())) == []
    tag[at] = 0x20 if at in (3, 33, 63) else 0x07
    assert list(judge_id3v1(bytes(tag), 0, Said())) or (at == 126 and tag[126] == 7)
