"""A recording that is none, or that points elsewhere, makes ffmpeg open no other file and no socket."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.sound.decode.ffmpeg import find_ffmpeg
from tests.conftest import ROOT, Desk, oracle, speech
from tests.sound.hostile import (
    Good,
    box,
    comment_picture,
    flac_with,
    frame,
    good_files,
    id3,
    ogg_with,
    picture,
)

_KINDS = ("mp3", "wav", "flac", "ogg", "m4a")
_URL = "http://127.0.0.1:9/a.mp3"
_CONCAT = "ffconcat version 1.0\nfile 'canary/secret.wav'\n"


def _attacks(canary: Path) -> dict[str, bytes]:
    """What players and ffmpeg know as a way to other files and to the network, by what it is."""
    secret = canary / "secret.wav"
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXTINF:2,\n{_URL}\n#EXT-X-ENDLIST\n",
        "m3u": f"#EXTM3U\n#EXTINF:2,a\ncanary/secret.wav\n{_URL}\n",
        "concat": _CONCAT,
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        f'<AdaptationSet mimeType="audio/wav"><Representation id="1"><BaseURL>{secret}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        "srt": f"1\n00:00:00,000 --> 00:00:02,000\n{secret}\n",
        "urls": f"data:audio/wav;base64,UklGRg==\n{_URL}\nfile://{secret}\nconcat:{secret}|{secret}\n",
    }
    return {name: text.encode() for name, text in texts.items()}


def _traced(
    log: Path, command: list[str], cwd: Path, **environment: str
) -> tuple[subprocess.CompletedProcess[bytes], str]:
    """Run a command; what it and its children open, start and connect to, one call a line behind the thread's name."""
    calls = "trace=open,openat,openat2,socket,connect,execve"
    ran = subprocess.run(
        [oracle("strace"), "-f", "-Y", "-qq", "-s", "400", "-o", str(log), "-e", calls, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=200,
        check=False,
    )
    return ran, log.read_text("utf-8", "replace")


def _assert_quiet(trace: str, folder: Path) -> None:
    """Neither the canary nor the net; and no thread but our own opens or is told a name below `folder`."""
    assert "secret.wav" not in trace
    assert not re.search(r"AF_INET", trace)
    others = [line for line in trace.splitlines() if not re.match(r"\d+<(?:python|strace|track|watch)", line)]
    assert any("/dev/fd/0" in line for line in others), "the trace shows no ffmpeg that opens its source"
    assert not [line for line in others if f"{folder}/" in line]


# Decodes each file as what the arguments say it is, past every check that stands before.
_DECODE = """
import sys
from pathlib import Path
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder, decode, read_pcm
from builder.sources.probe import SourceFacts
ffmpeg, work = find_ffmpeg(), Path(sys.argv[1])
for name in sys.argv[2:]:
    facts = SourceFacts(kind=name.rpartition(".")[2], bytes=1, seconds=1.0, is_exact=False)
    voice = Clip(path=Path(name), facts=facts, window=Window(), channels=0, channel="mix", shift=0.0)
    with decode(Decoder(ffmpeg=ffmpeg, rate_hz=44100, folder=work), voice) as call:
        print(name, sum(map(len, read_pcm(call).samples)))
"""


@pytest.fixture
def files(desk: Desk) -> Good:
    speech(desk.sources / "canary" / "secret.wav", 1)
    return good_files(desk.folder)


def test_the_allow_lists_alone_hold_every_playlist_under_every_kind(desk: Desk, files: Good) -> None:
    attacks = _attacks(desk.sources / "canary")
    attacks["wav and list"] = files["wav"][:44] + attacks["hls"] * 50
    attacks["tag and list"] = id3(frame(b"TIT2", b"\0x")) + attacks["hls"]
    for kind in _KINDS:
        (desk.sources / f"good.{kind}").write_bytes(files[kind])
        for name, data in attacks.items():
            (desk.sources / f"{name}.{kind}").write_bytes(data)
    names = [f"{name}.{kind}" for kind in _KINDS for name in (*attacks, "good")]
    work = desk.folder.parent / f"{desk.folder.name}-work"
    work.mkdir()
    ran, trace = _traced(
        desk.folder / "trace", [sys.executable, "-c", _DECODE, str(work), *names], desk.sources
    )
    assert ran.returncode == 0, ran.stderr.decode()
    _assert_quiet(trace, desk.folder)
    samples = dict(line.rsplit(" ", 1) for line in ran.stdout.decode().splitlines())
    assert all(int(samples[f"good.{kind}"]) > 80_000 for kind in _KINDS), samples
    assert not any(int(samples[f"hls.{kind}"]) for kind in ("wav", "flac", "ogg", "m4a")), samples


def test_the_trace_would_show_what_it_looks_for(desk: Desk, files: Good) -> None:
    """ffmpeg as it is follows such a list."""
    (desk.sources / "a.mp3").write_text(_CONCAT)
    command = [find_ffmpeg().executable, "-v", "error", "-i", "a.mp3", "-f", "null", "-"]
    _, trace = _traced(desk.folder / "trace", command, desk.sources)
    assert "secret.wav" in trace


def _within(data: bytes, path: tuple[bytes, ...], change: Callable[[bytes], bytes]) -> bytes:
    """An M4A with the contents of one box changed, and the sizes of those around it."""
    out, at = b"", 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + size]
        if name == path[0]:
            body = _within(body, path[1:], change) if len(path) > 1 else change(body)
        out, at = out + box(name, body), at + size
    return out


def test_what_points_elsewhere_from_within_a_good_recording_is_not_followed(desk: Desk, files: Good) -> None:
    """In a `check --audio` and a build, to which good recordings of each kind come."""
    secret = str(desk.sources / "canary" / "secret.wav").encode()
    elsewhere = struct.pack(">II", 0, 1) + box(b"url ", bytes(4) + b"file://" + secret + b"\0")
    place = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
    block = picture(_URL.encode(), url=True)
    contents = {
        **{f"good.{kind}": files[kind] for kind in _KINDS},
        "dref.m4a": _within(files["m4a"], place, lambda _: elsewhere),
        "picture.flac": flac_with(files["flac"], block),
        "picture.ogg": ogg_with(files["ogg"], comment_picture(block)),
        "picture.mp3": id3(frame(b"APIC", b"\0-->\0\3\0" + _URL.encode())) + files["bare.mp3"],
        "list.wav": files["wav"] + b"LIST" + struct.pack("<I", 60) + secret[:60].ljust(60),
    }
    for name, data in contents.items():
        (desk.sources / name).write_bytes(data)
    rows = "".join(f"      - {{title: T{number}, source: {name}}}\n" for number, name in enumerate(contents))
    desk.write(f"  - title: S\n    tracks:\n{rows}")
    store = str(desk.folder.parent / f"{desk.folder.name}-store")
    for verb in (
        ["check", str(desk.manifest), "--audio"],
        ["build", str(desk.manifest), "-o", str(desk.out)],
    ):
        command = [sys.executable, "-m", "builder", *verb]
        ran, trace = _traced(desk.folder / "trace", command, ROOT, PACKBUILDER_CACHE=store)
        assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
        _assert_quiet(trace, desk.folder)
    assert len(list(desk.card().rglob("*.mp3"))) == len(contents)
