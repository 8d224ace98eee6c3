"""The gate over words beside a track: times and words, and nothing that names anyone."""

from __future__ import annotations

import pytest

from builder.card.leaks.names import judge_name
from builder.card.leaks.track import judge_lyrics
from builder.card.leaks.words import Word, Words

_GOOD = "[00:01.00]하나님이 세상을\r\n[00:02.00]mark the words\r\n"
_NONE = Words(words=())


def _words(text: str, kind: str) -> Words:
    return Words(words=(Word(text=text, what="a word", kind=kind),))  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_words_of_ours_leak_nothing_and_are_told(encoding: str) -> None:
    judged = judge_lyrics(bytearray(_GOOD.encode(encoding)), _NONE, is_known=False)
    assert judged.leaks == ()
    assert {"하나님이 세상을", "mark the words"} <= set(judged.said)


@pytest.mark.parametrize(
    ("text", "offset", "what"),
    [
        ("[00:01.00]a\r\n[by:Kim Chulsoo]\r\n", 13, 'line 2 is no [mm:ss.xx] with words behind it "by:Kim'),
        ("[00:01.00]a\u200b\r\n", 0, "U+200B"),
        ("[00:01.00]a", 0, "whole line"),
        ("[00:01.00]a\r\n\0\0\0\0", 13, "whole line"),
    ],
)
def test_anything_else_in_them_is_a_leak_at_its_byte(text: str, offset: int, what: str) -> None:
    (leak,) = judge_lyrics(bytearray(text.encode()), _NONE, is_known=True).leaks
    assert (leak.code, leak.offset) == ("E721", offset)
    assert what.replace('"by', '"[by') in leak.message or what in leak.message


@pytest.mark.parametrize(
    ("encoding", "text", "term"),
    [
        ("utf-8", _GOOD, "세상"),
        ("cp949", _GOOD, "세상"),
        ("cp936", "[00:01.00]神爱世人\r\n", "世人"),
        ("utf-8", "[00:01.00]Kim\r\n[00:02.00]Chulsoo\r\n", "kim chulsoo"),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_private_term_is_found_once_in_whatever_encoding(
    encoding: str, text: str, term: str, is_known: bool
) -> None:
    leaks = judge_lyrics(bytearray(text.encode(encoding)), _words(term, "term"), is_known=is_known).leaks
    assert [leak.code for leak in leaks] == ["E717"]


@pytest.mark.parametrize(("word", "codes"), [("mark", ["E716"]), ("mar", []), ("kim", [])])
def test_a_word_of_this_computer_counts_as_a_whole_word_and_not_against_the_manifest(
    word: str, codes: list[str]
) -> None:
    data = bytearray(_GOOD.encode())
    found = judge_lyrics(data, _words(word, "computer"), is_known=False).leaks
    assert [leak.code for leak in found] == codes
    assert judge_lyrics(data, _words(word, "computer"), is_known=True).leaks == ()


def test_a_word_is_looked_for_also_where_the_form_is_wrong() -> None:
    leaks = judge_lyrics(bytearray(b"[by:Chulsoo]\r\n"), _words("Chulsoo", "computer"), is_known=False).leaks
    assert [leak.code for leak in leaks] == ["E721", "E716"]


def test_so_much_is_no_words() -> None:
    leaks = judge_lyrics(bytearray(1_000_001), _NONE, is_known=False).leaks
    assert [leak.code for leak in leaks] == ["E721"]


@pytest.mark.parametrize(
    ("path", "beside", "codes"),
    [
        ("01/001.lrc", {"01/001.mp3"}, []),
        ("01/001.lrc", {"02/001.mp3"}, ["E720"]),
        ("01/lyrics.lrc", {"01/001.mp3"}, ["E720"]),
        ("01/001.LRC", {"01/001.mp3"}, ["E707"]),
        ("01/001.txt", {"01/001.mp3"}, ["E707"]),
        ("01/._001.lrc", {"01/._001.mp3"}, ["E708"]),
    ],
)
def test_words_stand_beside_a_track_under_its_name(path: str, beside: set[str], codes: list[str]) -> None:
    assert [leak.code for leak in judge_name(path, "file", beside)] == codes
