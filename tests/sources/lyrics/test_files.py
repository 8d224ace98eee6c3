"""The words that a manifest names: found, held against the recordings, the devices and the list of private terms."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builder.card.leaks.words import Word, Words
from builder.check import CheckResult, check
from builder.findings import Finding
from builder.profiles.choose import choose
from tests.conftest import Desk, speech

_GOOD = "[00:00.50]하나님이\n[00:01.50]세상을\n"
_TRACK = '{title: T, source: a.wav, lyrics: "%s"}'


def look(
    desk: Desk,
    files: dict[str, str | bytes],
    *,
    track: str = "",
    head: str = "",
    profile: str = "mp3-player",
    words: Words = Words(words=()),  # noqa: B008,
) -> CheckResult:
    """Check a manifest of one track of four seconds with the first of these files, or as `track` says."""
    desk.sources.mkdir(exist_ok=True)
    if not (desk.sources / "a.wav").exists():
        speech(desk.sources / "a.wav", 4)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (desk.sources / name).write_bytes(data)
    name = next(iter(files), "a.lrc")
    desk.write(f"  - title: S\n    tracks:\n      - {track or _TRACK % name}\n", head=head)
    return check(desk.manifest, [choose(profile, desk.folder)], words=words)


def only(checked: CheckResult) -> Finding:
    (finding,) = checked.findings
    return finding


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.lrc", _GOOD),
        ("a.LRC", _GOOD),
        ("a.srt", "1\n00:00:00,500 --> 00:00:01,000\n하나님이\n"),
        ("a.vtt", "WEBVTT\n\n00:00.500 --> 00:01.000\n하나님이\n"),
        ("a.txt", "0.5\t1.0\t하나님이\n"),
    ],
)
def test_words_of_every_format_are_planned_beside_their_track(desk: Desk, name: str, text: str) -> None:
    checked = look(desk, {name: text})
    assert checked.findings == ()
    (track,) = checked.plans[0].tracks
    assert (track.path, track.lyrics_path, track.lyrics) == ("01 S/001 T.mp3", "01 S/001 T.lrc", (name,))
    assert checked.lyrics[name].lines[0].text == "하나님이"


def test_a_line_that_is_wrong_is_shown_with_its_file_and_line(desk: Desk) -> None:
    checked = look(desk, {"a.lrc": "[00:01.00]a\nwords\n"})
    finding = only(checked)
    assert (finding.code, finding.place.file) == ("E352", str(desk.sources / "a.lrc"))
    assert (finding.place.line, finding.place.width) == (2, 5)
    assert checked.lines[finding.place.file][1] == "words"


@pytest.mark.parametrize(
    ("files", "code", "message"),
    [
        ({}, "E348", "not in the sources folder"),
        (
            {"a.lrc": "[00:05.00]late\n[00:06.00]later\n"},
            "E354",
            r"words at 5.0 s; a.wav is 4.0 s long (and 1 more",
        ),
        ({"a.lrc": "[00:01.00]" + "가" * 96}, "E358", "96 characters; it shows 95"),
        ({"a.lrc": "".join(f"[00:0{n // 500}.{n % 500 // 5:02}]a\n" for n in range(0, 2000, 5))}, "", ""),
        ({"a.lrc": "[00:01.00]\U0001f600"}, "E357", "UTF-8 has no \U0001f600 (U+1F600)"),
    ],
)
def test_words_that_do_not_fit_are_told(
    desk: Desk, files: dict[str, str | bytes], code: str, message: str
) -> None:
    checked = look(desk, files)
    assert [finding.code for finding in checked.findings] == ([code] if code else [])
    assert message in "".join(finding.message for finding in checked.findings)


@pytest.mark.parametrize(
    ("profile", "text", "code", "message", "help_text"),
    [
        ("mp5-player", "神爱世人", "", "", ""),
        (
            "mp5-player",
            "하나님 神",
            "E357",
            "GBK has no 하 (U+D558), 나 (U+B098), 님 (U+B2D8)",
            "UTF-8 or CP949",
        ),
        ("mp5-player", "神" * 58, "", "", ""),
        ("mp5-player", "神" * 59, "E358", "130 bytes with its time; it reads 128", "divide it"),
        ("korean.yaml", "하나님 神", "", "", ""),
        ("korean.yaml", "爱", "E357", "CP949 has no 爱", "UTF-8 or GBK"),
    ],
)
def test_each_device_has_its_encoding_and_its_limits(
    desk: Desk, profile: str, text: str, code: str, message: str, help_text: str
) -> None:
    facts = "".join(
        f"  {name}: {{value: {value}, source: it is of the Korean market}}\n"
        for name, value in {"charset": "cp949", "id3v1": "cp949", "lyrics_encoding": "cp949"}.items()
    )
    (desk.folder / "korean.yaml").write_text(
        f"name: korean\ntitle: Korean player\nbased_on: mp5-player\nfacts:\n{facts}", "utf-8"
    )
    checked = look(desk, {"a.lrc": f"[00:01.00]{text}"}, profile=profile)
    assert [finding.code for finding in checked.findings] == ([code] if code else [])
    if code:
        assert message in only(checked).message
        assert help_text in only(checked).help
        assert only(checked).place.line == 1


def test_more_lines_than_a_device_reads_are_told_once(desk: Desk) -> None:
    text = "".join(f"[00:{n // 100:02}.{n % 100:02}]a\n" for n in range(301))
    finding = only(look(desk, {"a.lrc": text}, profile="mp5-player"))
    assert (finding.code, finding.message) == ("E358", "mp5-player: 301 lines; it reads 300")


def test_words_that_no_device_shows_are_told_once_and_the_sound_ships(desk: Desk) -> None:
    checked = look(desk, {"a.lrc": "not looked at"}, profile="sd-card")
    assert (only(checked).code, checked.is_good) == ("W350", True)
    assert "sd-card shows none" in only(checked).message
    assert checked.plans[0].tracks[0].lyrics == ()


def test_a_discreet_pack_has_no_words(desk: Desk) -> None:
    checked = look(desk, {"a.lrc": _GOOD}, head="discreet: true\n")
    assert (only(checked).code, checked.is_good) == ("W350", True)
    assert checked.plans[0].tracks[0].lyrics == ()


def test_a_private_term_in_the_words_is_foreseen_at_its_line(desk: Desk) -> None:
    terms = Words(words=(Word(text="김목사", what="a private term", kind="term"),))
    finding = only(look(desk, {"a.lrc": _GOOD + "[00:02.00]김목사님\n"}, words=terms))
    assert (finding.code, finding.place.line) == ("E717", 3)
    assert finding.place.file.endswith("a.lrc")


def test_a_term_that_is_divided_between_lines_is_found_too(desk: Desk) -> None:
    terms = Words(words=(Word(text="Kim Chulsoo", what="a private term", kind="term"),))
    finding = only(look(desk, {"a.lrc": "[00:01.00]said Kim\n[00:02.00]Chulsoo\n"}, words=terms))
    assert finding.code == "E717"


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_is_told_and_never_waited_for(desk: Desk, kind: str) -> None:
    desk.sources.mkdir()
    path = desk.sources / "a.lrc"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes with names here")
        os.mkfifo(path)
    else:
        try:
            path.symlink_to(Path("nowhere"))
        except OSError:
            pytest.skip("links need rights here")
    finding = only(look(desk, {}))
    assert (finding.code, finding.place.file) == ("E348", str(desk.manifest))


def test_a_chapter_may_lack_its_words_and_a_listed_file_may_not(desk: Desk) -> None:
    desk.sources.mkdir()
    for chapter in (1, 2, 3, 4):
        speech(desk.sources / f"{chapter}.wav", 1, seed=chapter)
    (desk.sources / "2.lrc").write_text("[00:00.10]말씀", "utf-8")
    desk.write('  - {reading: RUT, source: "{chapter}.wav", lyrics: "{chapter}.lrc"}\n')
    profiles = [choose("mp3-player", desk.folder)]
    finding = only(checked := check(desk.manifest, profiles))
    assert (finding.code, checked.is_good) == ("W349", True)
    assert finding.message == "RUT: 3 of 4 chapters have no words: 1, 3, 4 (1.lrc ...)"
    assert [track.lyrics for track in checked.plans[0].tracks] == [(), ("2.lrc",), (), ()]
    desk.write('  - {reading: RUT, source: "{chapter}.wav", lyrics: [1.lrc, 2.lrc, 2.lrc, 2.lrc]}\n')
    finding = only(check(desk.manifest, profiles))
    assert (finding.code, finding.message) == ("E348", "1.lrc is not in the sources folder")


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        ('  - {reading: RUT, source: "{chapter}.wav", lyrics: one.lrc}\n', "E220"),
        ('  - {reading: RUT, source: "{chapter}.wav", lyrics: [1.lrc]}\n', "E220"),
        ('  - {reading: RUT, source: "{chapter}.wav", lyrics: "{chapter}.doc"}\n', "E241"),
        ('  - {reading: RUT, source: "{chapter}.wav", lyrics: "{verse}.lrc"}\n', "E212"),
        ('  - {reading: RUT, source: "{chapter}.wav", lyrics: []}\n', "E2"),
        ("  - {title: S, lyrics: a.lrc, tracks: [{title: T, source: a.wav}]}\n", "E217"),
        ("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: ../a.lrc}]}\n", "E302"),
        ("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: [a.lrc]}]}\n", "E2"),
        ("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: ''}]}\n", "E2"),
        ("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: words}]}\n", "E241"),
        ("  - {title: S, tracks: [{title: T, source: [a.wav, a.wav], lyrics: a.lrc}]}\n", "E240"),
    ],
)
def test_what_is_written_wrong_is_told(desk: Desk, sections: str, code: str) -> None:
    desk.sources.mkdir()
    desk.write(sections)
    findings = [f for f in check(desk.manifest).findings if not f.code.startswith(("E301", "W"))]
    assert len(findings) == 1
    assert findings[0].code.startswith(code)
    assert findings[0].help


def test_words_outside_of_the_part_that_is_used_are_told(desk: Desk) -> None:
    track = "{title: T, source: a.wav, lyrics: a.lrc, start: '1', end: '2'}"
    text = "[00:02.50]too late\n[00:03.00]b\n"
    finding = only(look(desk, {"a.lrc": text}, track=track))
    assert (finding.code, finding.place.file) == ("E356", str(desk.manifest))
    assert look(desk, {"a.lrc": _GOOD + text}, track=track).findings == ()
