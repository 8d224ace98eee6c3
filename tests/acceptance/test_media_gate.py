"""How ffmpeg is called: never by a source's name, told nothing of this computer, and ended when it hangs."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from tests.acceptance.test_disasters import liar
from tests.conftest import Desk, convert, packbuilder, speech, tree

_WEIRD = (
    "-y.wav", "-rf.wav", "--.wav", "-i.wav", "a%02d.wav", "a%%d.wav", "a|b.wav", "concat:x.wav", "concat:a|b.wav",
    "subfile,,start,0,end,9,,:x.wav", "http:x.wav", "file:x.wav", "pipe:0.wav", "data:x.wav", "tee:x.wav", "md5:x.wav",
    "'a.wav", '"a".wav', "$(touch x).wav", "`x`;x&.wav", "*.wav", "[a-z]?.wav", "{chapter}.wav", "~.wav", "@a.wav",
    "😀.wav", "a b  c.wav", " a.wav", "...wav", "n" * 246 + ".wav", "글" * 82 + ".wav", "#1.wav", "CON.wav",
    unicodedata.normalize("NFD", "말씀.wav"),
)  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_names_that_read_as_options_patterns_and_addresses_are_built_as_files(
    desk: Desk, tmp_path: Path
) -> None:
    desk.sources.mkdir()
    for number, name in enumerate(_WEIRD):
        speech(tmp_path / "one.wav", 0.5, rate=8000, seed=500 + number).rename(desk.sources / name)
    (desk.sources / "a").write_bytes(b"not this")
    rows = [
        f"      - {{title: T{n}, source: {json.dumps(name, ensure_ascii=False)}}}\n"
        for n, name in enumerate(_WEIRD)
    ]
    desk.write("  - title: S\n    tracks:\n" + "".join(rows))
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (0, []), ran.out + ran.err
    tracks = desk.record()["tracks"]
    assert [track["source"] for track in tracks] == [unicodedata.normalize("NFC", name) for name in _WEIRD]
    assert len({track["sha256"] for track in tracks}) == len(_WEIRD)
    assert sorted(path.name for path in desk.sources.iterdir()) == sorted([*_WEIRD, "a"])


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "code"),
    [("a\nb.wav", "E206"), ("a\x07b.wav", "E206"), ("a\\b.wav", "E211"), ("a\u202eb.wav", "E112"), ("n" * 300, "E301")],
    ids=["newline", "bell", "backslash", "right to left", "300 letters"],
)  # fmt: skip
def test_a_name_that_no_manifest_may_hold_is_one_finding(desk: Desk, name: str, code: str) -> None:
    desk.sources.mkdir()
    if len(name) < 256:
        speech(desk.sources / "one.wav", 0.5, rate=8000).rename(desk.sources / name)
    desk.write(
        f"  - title: S\n    tracks:\n      - {{title: T, source: {json.dumps(name, ensure_ascii=False)}}}\n"
    )
    ran = packbuilder("check", desk.manifest, "--audio", "--format", "json")
    assert (ran.code, ran.codes) == (1, [code]), ran.out


def test_ffmpeg_is_told_neither_the_name_nor_who_we_are(desk: Desk, tmp_path: Path) -> None:
    for kind in ("mp3", "flac", "ogg", "m4a", "wav"):
        convert(speech(tmp_path / "a.wav", 1, seed=41), desk.sources / f"my secret.{kind}")
    rows = "".join(
        f"      - {{title: T{k}, source: my secret.{k}}}\n" for k in ("mp3", "flac", "ogg", "m4a", "wav")
    )
    desk.write("  - title: S\n    tracks:\n" + rows)
    said = tmp_path / "said"
    spy = liar(tmp_path, f'{{ echo "$@"; env; }} >> "{said}"; exec "$REAL" "$@"')
    ran = desk.build(
        **spy, HOME="/canary/home", USER="canary", LOGNAME="canary", TZ="Canary/Time", CANARY="canary"
    )
    assert ran.code == 0, ran.err
    text = said.read_text()
    assert text.count("-f mp3") >= 5
    assert "secret" not in text
    assert "anary" not in text


_HANGS = {
    "in the middle of decoding": 'case "$*" in *pipe:1*) "$REAL" "$@" | head -c 90000; sleep 60;; esac; '
    'exec "$REAL" "$@"',
    "with its output written": 'case "$*" in *libmp3lame*) "$REAL" "$@"; sleep 60;; esac; exec "$REAL" "$@"',
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("hang", _HANGS)
def test_an_ffmpeg_that_hangs_is_ended_and_the_last_pack_stays(desk: Desk, tmp_path: Path, hang: str) -> None:
    speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    before = tree(desk.out)
    desk.one_track("a.wav", ", tail_silence: 0.2")
    began = time.monotonic()
    ran = desk.build(**liar(tmp_path, _HANGS[hang]), PACKBUILDER_STALL_SECONDS="1")
    assert ran.code == 3, ran.err
    assert "did nothing any more" in ran.err
    assert time.monotonic() - began < 40
    assert tree(desk.out) == before


@pytest.mark.parametrize("left", ["a pipe", "a folder", "a link to a device"])
def test_a_source_that_becomes_something_else_while_it_is_used_stops_the_build(
    desk: Desk, tmp_path: Path, left: str
) -> None:
    path = speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav")
    put = {"a pipe": "mkfifo", "a folder": "mkdir", "a link to a device": "ln -s /dev/zero"}[left]
    ran = desk.build(**liar(tmp_path, f'rm -rf "{path}"; {put} "{path}"; exec "$REAL" "$@"'))
    assert ran.code == 5, ran.err
    assert "a.wav" in ran.err
    assert not desk.card().exists()


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside are Linux's")
def test_the_systems_limits_hold_every_run(desk: Desk, tmp_path: Path) -> None:
    speech(desk.sources / "a.wav", 1, seed=42)
    desk.one_track("a.wav")
    said = tmp_path / "said"
    ran = desk.build(
        **liar(tmp_path, f'sleep 0.3; {{ ulimit -d; ulimit -t; ulimit -c; }} >> "{said}"; exec "$REAL" "$@"')
    )
    assert ran.code == 0, ran.err
    assert set(said.read_text().split()) == {str(384 * 1024), str(4 * 3600), "0"}
