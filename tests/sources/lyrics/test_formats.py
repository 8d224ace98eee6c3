"""Timings as authors have them: LRC, SubRip, WebVTT and labels, read into the same lines; what is wrong is located."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sources.lyrics.lines import LAST_AT, Line, lrc_bytes
from builder.sources.lyrics.read import MAX_BYTES, MAX_ROWS, PARSERS, ReadLyrics, read_timings
from tests.sources.lyrics.test_lines import any_lines

# The head that Scripture App Builder writes, as in the test data of sillsdev/appbuilder-pwa.
PHRASES = "\\id MAT\n\\c 4\n\\level phrase\n\\separators . ? ! : ; ,\n"


def read(text: str, ending: str) -> ReadLyrics:
    return read_timings(text.encode("utf-8"), ending)


def lines(text: str, ending: str) -> list[tuple[float, str]]:
    found = read(text, ending)
    assert [fault for fault in found.faults if fault.code[0] == "E"] == []
    return [(line.at / 100, line.text) for line in found.lines]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[00:01.50]a\n[01:02.03]b\n", [(1.5, "a"), (62.03, "b")]),
        ("[00:01]a\r\n[00:02.5]b\r[00:03.999]c", [(1, "a"), (2.5, "b"), (3.99, "c")]),
        ("[ti:T]\n[ar:A]\n[by:me]\n[length:01:00]\n[#:x]\n\n[00:01.00]a", [(1, "a")]),
        ("[00:01.00][00:05.00]refrain\n[00:03.00]verse", [(1, "refrain"), (3, "verse"), (5, "refrain")]),
        ("[offset:500]\n[00:02.00]a", [(1.5, "a")]),
        ("[00:02.00]a\n[offset:-500]", [(2.5, "a")]),
        ("[offset:+500]\n[00:00.20]a", [(-0.3, "a")]),
        ("[00:01.00]<00:01.00>In <00:01.40> the <00:01.60>beginning", [(1, "In the beginning")]),
        ("[00:01.00]a\n[00:02.00]\n[00:03.00]b", [(1, "a"), (2, ""), (3, "b")]),
        ("[00:01.00]  a\u00a0 b\t\n", [(1, "a b")]),
        ("[00:01.00]\u1106\u1161\u11a8", [(1, "막")]),
        ("  [00:01.00] [00:02.00] a", [(1, "a"), (2, "a")]),
    ],
)
def test_lrc(text: str, wanted: list[tuple[float, str]]) -> None:
    assert lines(text, ".lrc") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "1\n00:00:01,500 --> 00:00:02,000\na\n\n2\n00:00:02,000 --> 00:00:03,000\nb\n",
            [(1.5, "a"), (2, "b")],
        ),
        ("1\r\n00:00:01,5 --> 00:00:02,0\r\n<i>one</i>\r\n{\\an8}two\r\n", [(1.5, "one two")]),
        ("00:00:01.500 --> 00:00:02.000 X1:40 X2:600\na", [(1.5, "a")]),
        ("1\n01:00:01,000 --> 01:00:02,000\na < b & c\n\n\n\n", [(3601, "a < b & c")]),
        (
            "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:04,000 --> 00:00:05,000\nb\n",
            [(1, "a"), (2, ""), (4, "b")],
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,100\na\n\n2\n00:00:02,000 --> 00:00:05,000\nb\n",
            [(1, "a"), (2, "b")],
        ),
    ],
)
def test_subrip(text: str, wanted: list[tuple[float, str]]) -> None:
    assert lines(text, ".srt") == wanted


def test_webvtt() -> None:
    text = (
        "WEBVTT - Mark 1\nKind: captions\n\nNOTE\nwho made it 00:00 --> \n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\n\nintro\n00:01.500 --> 00:02.000 align:start position:0%\n- <v Kim>Hello <b>you</b>\n"
        "<c.red>there</c>\n\n00:02.000 --> 00:03.000\n<00:02.100>a &amp; b&nbsp;c &lt;d&gt;\n\n"
        "01:00:00.000 --> 01:00:01.000\n<ruby>漢<rt>han</rt></ruby>字\n"
    )
    assert lines(text, ".vtt") == [(1.5, "- Hello you there"), (2, "a & b c <d>"), (3, ""), (3600, "漢字")]


@pytest.mark.parametrize(
    ("text", "wanted", "warned"),
    [
        ("0.5\t2.25\tIn the beginning\n2.25\t4\tGod\n", [(0.5, "In the beginning"), (2.25, "God")], []),
        ("0,500000\t2,250000\t태초에\n", [(0.5, "태초에")], []),
        ("0.5\t0.5\ta point\n\\\t100.0\t2000.0\n", [(0.5, "a point")], []),
        ("1.0\t2.0\t1\n2.0\t3.0\tIn the beginning\n", [(1, "1"), (2, "In the beginning")], []),
        (
            PHRASES + "3.240\t8.580\t1\n8.580\t11.960\t2a\n11.960\t13.700\t2b\n13.700\t16.540\t3-4\n",
            [(3.24, "1"), (8.58, "2"), (13.7, "3-4")],
            ["W359"],
        ),
        (
            "\\level verse\n0.5\t3.0\ts1\n3.0\t20.0\t1\n20.0\t40.0\t2\n40.0\t42.5\ts2\n42.5\t70.0\t3\n",
            [(3, "1"), (20, "2"), (40, ""), (42.5, "3")],
            ["W359"],
        ),
    ],
)
def test_labels(text: str, wanted: list[tuple[float, str]], warned: list[str]) -> None:
    assert lines(text, ".txt") == wanted
    assert [fault.code for fault in read(text, ".txt").faults] == warned


def _clock(at: int, mark: str) -> str:
    seconds, hundredths = divmod(at, 100)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{hundredths:02}0"


def _write(found: list[Line], ending: str) -> str:
    """The lines in a format, each until the next."""
    ends = [line.at for line in found[1:]] + [found[-1].at + 100]
    match ending:
        case ".lrc":
            return lrc_bytes(found, "utf-8").decode()
        case ".srt":
            return "".join(
                f"{n}\n{_clock(line.at, ',')} --> {_clock(end, ',')}\n{line.text}\n\n"
                for n, (line, end) in enumerate(zip(found, ends, strict=True), 1)
            )
        case ".vtt":
            return "WEBVTT\n\n" + "".join(
                f"{_clock(line.at, '.')} --> {_clock(end, '.')}\n{html.escape(line.text)}\n\n"
                for line, end in zip(found, ends, strict=True)
            )
    return "".join(
        f"{line.at / 100:.2f}\t{end / 100:.2f}\t{line.text}\n" for line, end in zip(found, ends, strict=True)
    )


@pytest.mark.parametrize("ending", PARSERS)
@settings(deadline=None, max_examples=40)
@given(found=any_lines().filter(lambda found: any(line.text for line in found)), data=st.data())
def test_what_is_written_in_a_format_is_read_from_it(
    ending: str, found: list[Line], data: st.DataObject
) -> None:
    if ending != ".lrc":  # cues without words are none, an arrow is a time, and labels of verses are numbers
        found = [
            line for line in found if line.text and not set("<{-") & set(line.text) and line.text[0] > "z"
        ]
    if not found:
        return
    text = _write(found, ending)
    mark = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    got = read_timings(text.encode(mark), ending)
    assert got.faults == ()
    assert list(got.lines) == found


@pytest.mark.parametrize(
    ("ending", "text", "code", "row", "what"),
    [
        (".lrc", "", "E356", 1, "no words"),
        (".lrc", "[ti:only]\n", "E356", 1, "no words"),
        (".lrc", "[00:01.00]\n", "E356", 1, "no words"),
        (".lrc", "[00:01.00]a\nno time\n", "E352", 2, "words without a time"),
        (".lrc", "[00:01.00]a\n[Selah]\n", "E352", 2, "cannot be read"),
        (".lrc", "[00:75.00]a\n", "E352", 1, "cannot be read"),
        (".lrc", "[-1:00.00]a\n", "E352", 1, "cannot be read"),
        (".lrc", "[٠٠:٠١.٠٠]a\n", "E352", 1, "cannot be read"),
        (".lrc", "[offset:soon]\n[00:01.00]a\n", "E352", 1, "no shift"),
        (".lrc", "[offset:9999999]\n[00:01.00]a\n", "E352", 1, "no shift"),
        (".lrc", "[00:03.00]a\n[00:02.00]b\n", "E353", 2, "comes before"),
        (".lrc", "[00:03.00]a\n[00:03.00]b\n", "E353", 2, "two lines have one time"),
        (".lrc", "[1441:00.00]a\n", "E354", 1, "24 hours"),
        (".lrc", "[00:01.00]a\u202eb\n", "E355", 1, "U+202E"),
        (".lrc", "[00:01.00]a\n[00:02.00]b\x07\n", "E355", 2, "U+0007"),
        (".lrc", "[00:01.00][Selah] b\n", "E355", 1, "a tag"),
        (".lrc", "[00:01.00]a\u2028b\n", "E356", 1, ""),
        (".srt", "1\na\n", "E352", 1, "without a time"),
        (".srt", "1\n00:00:01 --> 00:00:02\na\n", "E352", 2, "cannot be read"),
        (".srt", "1\n00:00:61,000 --> 00:00:62,000\na\n", "E352", 2, "cannot be read"),
        (
            ".srt",
            "1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:02,000 --> 00:00:03,000\nb\n",
            "E352",
            5,
            "within the words",
        ),
        (".srt", "1\n00:00:03,000 --> 00:00:02,000\na\n", "E353", 2, "ends before"),
        (
            ".srt",
            "1\n00:00:03,000 --> 00:00:04,000\na\n\n2\n00:00:01,000 --> 00:00:02,000\nb\n",
            "E353",
            6,
            "begins before",
        ),
        (
            ".srt",
            "1\n00:00:01,000 --> 00:00:04,000\na\n\n2\n00:00:03,000 --> 00:00:05,000\nb\n",
            "E353",
            6,
            "still stands",
        ),
        (".srt", "[00:01.00]a\n", "E352", 1, "without a time"),
        (".vtt", "1\n00:00:01,000 --> 00:00:02,000\na\n", "E352", 1, "no WebVTT"),
        (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\na&rlm;b\n", "E355", 3, "U+200F"),
        (".txt", "1.0 2.0 one\n", "E352", 1, "no label"),
        (".txt", "1.0\tx\tone\n", "E352", 1, "no label"),
        (".txt", "-1.0\t2.0\tone\n", "E352", 1, "no label"),
        (".txt", "3.0\t2.0\tone\n", "E353", 1, "ends before"),
        (".txt", PHRASES, "E356", 1, "no words"),
        (".txt", PHRASES + "1.0\t2.0\ts1\n", "E356", 1, "no words"),
        (".txt", "1.0\t2.0\t\n", "E356", 1, "no words"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(ending: str, text: str, code: str, row: int, what: str) -> None:
    if code == "E356" and not what:  # a line separator is a space between words, as any other
        assert lines(text, ending) == [(1, "a b")]
        return
    (fault,) = read(text, ending).faults
    assert (fault.code, fault.row) == (code, row)
    assert what in fault.message
    assert fault.help


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("[00:01.00]a\n[00:02.00]하나님\n".encode("cp949"), 2),
        ("[00:01.00]a\n[00:02.00]神\n".encode("cp936"), 2),
        (b"\xff\xfe[\x000", 1),
        (b"\xef\xbb\xbf[00:01.00]\xff", 1),
        (bytes(range(256)), 3),
    ],
)
def test_other_encodings_are_not_guessed_at(data: bytes, row: int) -> None:
    (fault,) = read_timings(data, ".lrc").faults
    assert (fault.code, fault.row) == ("E351", row)


@pytest.mark.parametrize("ending", PARSERS)
def test_what_is_too_large_is_refused_before_it_is_read(ending: str) -> None:
    for data in (b"a" * (MAX_BYTES + 1), b"\n" * MAX_ROWS):
        (fault,) = read_timings(data, ending).faults
        assert (fault.code, fault.row) == ("E348", 1)


def test_many_faults_of_a_rule_are_told_as_one() -> None:
    (fault,) = read("a\n" * 10_000, ".lrc").faults
    assert (fault.row, fault.message) == (1, "words without a time (and 9,999 more like it)")


@pytest.mark.parametrize("ending", PARSERS)
@settings(deadline=None, max_examples=40)
@given(
    data=st.binary(max_size=200)
    | st.text(st.sampled_from("[]<>0:.,->\t\n \\WEBVT1a"), max_size=80).map(str.encode)
)
def test_no_bytes_are_too_strange(ending: str, data: bytes) -> None:
    found = read_timings(data, ending)
    if all(fault.code[0] == "W" for fault in found.faults):
        times = [line.at for line in found.lines]
        assert times == sorted(set(times))
        assert all(time < 10 * LAST_AT for time in times)
