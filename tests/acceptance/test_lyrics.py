"""Words on the screen, end to end: in time with the sound as it was delivered, on the cards that show them only."""

from __future__ import annotations

import array
import hashlib
import json
import math
import random
import re
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builder.build
from builder.card.layout import fix_times
from builder.card.leaks.audit import audit
from builder.card.leaks.track import Allowed
from builder.card.leaks.words import Words
from builder.card.verify.pack import read_pack
from builder.cli import run
from tests.acceptance.cards import Made, listing, once
from tests.conftest import Desk, checked, oracle, packbuilder, speech, tree, write_wav
from tests.fat.images import partition

_RATE = 44100
_LABEL_BYTES = 64_000_000
_TONES = (3.0, 5.0, 7.5, 9.0, 12.25, 17.0, 19.5, 24.0)
_LATE = (1.0, 2.6, 6.1)
_WORDS = ["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟"]
# The silence of a room, in which tones of a fifth of a second stand; nothing else can be taken for one.
_SECTIONS = """
  - title: S
    tracks:
      - {title: Titled, source: a.wav, lyrics: a.lrc, announce: t.wav, pause: 0.7, start: "1", head_silence: 0.2}
      - {title: Plain, source: a.wav, lyrics: a.srt, end: "13", head_silence: 20, tail_silence: 20}
      - {title: Wordless, source: b.wav}
      - title: Joined
        source: [{source: b.wav, lyrics: b.txt, end: "4"}, t.wav, {source: a.wav, lyrics: a.lrc, start: "8"}]
  - title: Long
    tracks:
      - {title: Split, source: a.wav, lyrics: a.lrc, split: 10s}
"""


def _tones(path: Path, times: tuple[float, ...], seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    samples = array.array("h", (chance.randint(-20, 20) for _ in range(int(seconds * _RATE))))
    for time in times:
        for n in range(_RATE // 5):
            samples[int(time * _RATE) + n] += int(9000 * math.sin(2 * math.pi * 1000 * n / _RATE))
    write_wav(path, samples)


def _write(desk: Desk) -> None:
    _tones(desk.sources / "a.wav", _TONES, 27.5, 6711)
    _tones(desk.sources / "b.wav", _LATE, 8.0, 6712)
    speech(desk.sources / "t.wav", 1.9, seed=6713)
    rows = [f"[00:{time:05.2f}]{word}" for time, word in zip(_TONES, _WORDS, strict=True)]
    (desk.sources / "a.lrc").write_text("[ar:Kim]\n" + "\n".join(rows), "utf-8")
    cues = [
        f"{n}\n00:00:{t:06.3f} --> 00:00:{t + 0.2:06.3f}\n{w}\n"
        for n, (t, w) in enumerate(zip(_TONES, _WORDS, strict=True))
    ]
    (desk.sources / "a.srt").write_text("\n".join(cues).replace(".", ","), "utf-16")
    labels = [f"{time:.6f}\t{time + 0.2:.6f}\tlate {n}\n" for n, time in enumerate(_LATE)]
    (desk.sources / "b.txt").write_text("".join(labels), "utf-8")
    (desk.folder / "korean.yaml").write_text(
        "name: korean\ntitle: Player of the Korean market\nbased_on: mp5-player\nfacts:\n"
        + "".join(
            f"  {fact}: {{value: cp949, source: it is made for Korea}}\n"
            for fact in ("charset", "id3v1", "lyrics_encoding")
        ),
        "utf-8",
    )
    desk.write(_SECTIONS.lstrip("\n"), head="profiles: [mp3-player, korean.yaml, sd-card]\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Packs for a player of UTF-8, one of CP949, and one without a screen."""

    def make(folder: Path) -> None:
        desk = Desk(folder)
        _write(desk)
        ran = desk.build("--image", "--card", "64MB")
        assert ran.code == 0, ran.err

    with once(tmp_path_factory.getbasetemp(), "words", make) as folder:
        yield Desk(folder)


def _made(desk: Desk, profile: str) -> Made:
    return Made(desk.out / "test" / profile, _LABEL_BYTES)


def _lines(data: bytes, encoding: str) -> list[tuple[float, str]]:
    text = data.decode(encoding)
    assert re.fullmatch(r"(?:\[\d\d:\d\d\.\d\d\][^\r\n]*\r\n)+", text)
    found = re.findall(r"\[(\d\d):(\d\d\.\d\d)\](.*)\r\n", text)
    return [(int(minutes) * 60 + float(seconds), words) for minutes, seconds, words in found]


def _onsets(mp3: Path, out: Path) -> list[float]:
    """When tones begin, in seconds, by another decoder: the loud hundredths of a second behind a tenth of silence."""
    checked(oracle("mpg123"), "-q", "-w", out, mp3)
    with wave.open(str(out), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate = file.getframerate()
    bins = samples[: len(samples) // (rate // 100) * (rate // 100)].reshape(-1, rate // 100)
    # The tone alone: a spoken title has next to nothing of it.
    tone = np.exp(-2j * np.pi * 1000 * np.arange(rate // 100) / rate)
    loud = np.abs(bins @ tone) / (np.linalg.norm(bins, axis=1) * math.sqrt(rate // 100) + 1) > 0.6
    loud &= np.sqrt((bins**2).mean(axis=1)) > 1000
    return [at / 100 for at in np.flatnonzero(loud) if not loud[max(0, at - 10) : at].any()]


@pytest.mark.parametrize(("profile", "encoding"), [("mp3-player", "utf-8"), ("korean", "cp949")])
def test_every_line_falls_on_its_sound(built: Desk, tmp_path: Path, profile: str, encoding: str) -> None:
    made = _made(built, profile)
    wanted = {
        "Titled": _WORDS,
        "Plain": _WORDS[:5],
        "Joined": ["late 0", "late 1", *_WORDS[3:]],
        "Split": _WORDS,
    }
    heard: dict[str, list[str]] = {}
    standing = 0
    for track in made.tracks:
        if track["title"].startswith("Wordless"):
            assert track["lyrics"] is None
            continue
        lines = _lines((made.card / track["lyrics"]["path"]).read_bytes(), encoding)
        onsets = _onsets(made.card / track["path"], tmp_path / "out.wav")
        words = [(time, text) for time, text in lines if text]
        for onset in onsets:
            near = [text for time, text in words if abs(time - onset) <= 0.1]
            assert len(near) == 1, (track["title"], onset, lines)
            heard.setdefault(track["title"].partition(" ")[0], []).append(near[0])
        # What stood when a piece or a part of the recording began stands from there on, without a sound of its own.
        standing += len(words) - len(onsets)
    assert heard == wanted
    assert standing == 3


def test_cleared_screens_come_in_time_too(built: Desk) -> None:
    made = _made(built, "mp3-player")
    plain = next(track for track in made.tracks if track["title"] == "Plain")
    lines = _lines((made.card / plain["lyrics"]["path"]).read_bytes(), "utf-8")
    assert [time for time, text in lines if not text] == [5.2, 9.2, 12.45]


def test_words_stand_beside_their_tracks_and_behind_them_in_the_folder(built: Desk, tmp_path: Path) -> None:
    made = _made(built, "mp3-player")
    files = [track.path for track in read_pack(made.folder).tracks]
    folders = list(dict.fromkeys(path.rpartition("/")[0] for path in files))
    for folder in folders:
        names = [path for path in files if path.rpartition("/")[0] == folder]
        assert names == sorted(names, key=lambda name: (name.endswith(".lrc"), name))
    assert made.read() == files
    assert made.by_mtools() == listing(files)
    link = tmp_path / "card.img"
    link.symlink_to(made.image)
    part = partition(link, made.geometry)
    checked(oracle("7z"), "x", "-tfat", f"-o{tmp_path / 'out'}", part)
    for track in made.tracks:
        if track["lyrics"]:
            data = (tmp_path / "out" / track["lyrics"]["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == track["lyrics"]["sha256"]
    assert checked(oracle("fsck.fat"), "-n", part)
    assert [path for path in _made(built, "sd-card").read() if not path.endswith(".mp3")] == []


def test_the_record_tells_of_the_words_and_nothing_on_the_card_of_who_made_them(built: Desk) -> None:
    for profile, encoding in (("mp3-player", "utf-8"), ("korean", "cp949")):
        made = _made(built, profile)
        for track in made.tracks:
            if track["lyrics"] is None:
                continue
            data = (made.card / track["lyrics"]["path"]).read_bytes()
            source = built.sources / track["lyrics"]["source"]
            assert track["lyrics"] == {
                "path": re.sub(r"mp3$", "lrc", track["path"]),
                "sha256": hashlib.sha256(data).hexdigest(),
                "bytes": len(data),
                "lines": len(_lines(data, encoding)),
                "source": source.name,
                "source_sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            }
            assert b"Kim" not in data
    assert [track["lyrics"] for track in _made(built, "sd-card").tracks if track["lyrics"]] == []


def test_the_same_words_give_the_same_bytes_whoever_builds_and_whenever(built: Desk, tmp_path: Path) -> None:
    again = tmp_path / "again"
    ran = packbuilder(
        "build", built.manifest, "-o", again, "--image", "--card", "64MB", "--jobs", 1, TZ="Asia/Seoul"
    )
    assert ran.code == 0
    assert _digests(again) == _digests(built.out)


def _digests(folder: Path) -> dict[str, str]:
    """Images are too large to be shown where they differ."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in tree(folder).items()}


@pytest.fixture
def copied(built: Desk, tmp_path: Path) -> Made:
    """A pack of one's own to spoil."""
    made = _made(built, "mp3-player")
    folder = tmp_path / "pack"
    for path in sorted(made.folder.rglob("*")):
        if path.is_file() and path.name != "card.img":
            target = folder / path.relative_to(made.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    fix_times(folder / "card")
    return Made(folder, _LABEL_BYTES)


Codes = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def codes_of(capsys: pytest.CaptureFixture[str]) -> Codes:
    """How a verb of the command line ends, and the codes of its findings."""

    def look(*arguments: object) -> tuple[int, list[str]]:
        code = run([*map(str, arguments), "--format", "json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        return code, [finding["code"] for finding in findings if finding["code"] != "W607"]

    return look


def test_verify_tells_words_that_are_changed_missing_or_extra(copied: Made, codes_of: Codes) -> None:
    file = copied.card / copied.tracks[0]["lyrics"]["path"]
    good = file.read_bytes()
    assert codes_of("verify", copied.folder, copied.card) == (0, [])
    file.write_bytes(good.replace("하나".encode(), "한나".encode()))
    assert codes_of("verify", copied.folder, copied.card) == (1, ["E603"])
    file.unlink()
    assert codes_of("verify", copied.folder, copied.card) == (1, ["E601"])
    file.write_bytes(good)
    (file.parent / "003 Wordless.lrc").write_bytes(good)
    assert codes_of("verify", copied.folder, copied.card) == (1, ["E602"])


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("001 Titled.lrc", "[00:01.00]같은 꼴의 다른 말\r\n", ["E718"]),
        ("001 Titled.lrc", "[by:kim]\r\n[00:01.00]a\r\n", ["E721"]),
        ("001 Titled.lrc", "[00:01.00]a\u200bb\r\n", ["E721"]),
        ("003 Wordless.lrc", "[00:01.00]a\r\n", ["E720"]),
        ("lyrics.lrc", "[00:01.00]a\r\n", ["E720"]),
    ],
)
def test_the_gate_tells_words_that_were_planted(
    copied: Made, codes_of: Codes, name: str, content: str, codes: list[str]
) -> None:
    (copied.card / "01 S" / name).write_bytes(content.encode())
    fix_times(copied.card)
    assert codes_of("audit", copied.folder) == (7, codes)


def test_without_a_record_words_are_judged_by_their_form(copied: Made, codes_of: Codes) -> None:
    (copied.folder / "record.json").unlink()
    card = copied.folder / "bare"
    copied.card.rename(card)
    assert codes_of("audit", card) == (0, [])
    (card / "01 S" / "001 Titled.lrc").write_bytes("[00:01.00]같은 꼴의 다른 말\r\n".encode())
    fix_times(card)
    assert codes_of("audit", card) == (0, [])
    (card / "01 S" / "001 Titled.lrc").write_bytes(b"[00:01.00]a\n")
    fix_times(card)
    assert codes_of("audit", card) == (7, ["E721"])
    (card / "01 S" / "001 Titled.lrc").write_bytes(b"[00:01.00]a\r\n")
    (card / "01 S" / "001 Titled.mp3").unlink()
    fix_times(card)
    assert codes_of("audit", card) == (7, ["E720", "E701"])  # and the numbers behind it are shifted


def test_private_terms_are_found_in_the_words_of_each_encoding(built: Desk, tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("다섯\n", "utf-8")
    ran = packbuilder("check", built.manifest, "--terms", terms, "--format", "json")
    assert ran.code == 7
    found = {(Path(f["file"]).name, f["line"]) for f in ran.json["findings"] if f["code"] == "E717"}
    assert found == {("a.lrc", 6), ("a.srt", 18)}
    for profile in ("mp3-player", "korean"):
        made = _made(built, profile)
        ran = packbuilder("audit", made.folder, "--terms", terms, "--format", "json")
        assert (ran.code, set(ran.codes)) == (7, {"E717"})
        assert {f["file"].rpartition(".")[2] for f in ran.json["findings"]} >= {"lrc"}


@pytest.mark.parametrize("head", ["discreet: true\n", "profiles: [sd-card]\n"])
def test_words_that_slip_onto_a_card_that_has_none_are_not_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], head: str
) -> None:
    speech(desk.sources / "a.wav", 1.5, seed=801)
    (desk.sources / "a.lrc").write_text("[00:00.10]말씀", "utf-8")
    profiles = "" if "profiles" in head else "profiles: [mp3-player]\n"
    desk.write("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: a.lrc}]}\n", head=head + profiles)
    ran = desk.build()
    assert ran.code == 0
    assert "W350" in ran.err
    assert [name for name in tree(desk.out) if name.endswith(".lrc")] == []

    def slip(card: Path) -> None:
        (track,) = card.rglob("*.mp3")
        track.with_suffix(".lrc").write_bytes(b"[00:01.00]a\r\n")
        fix_times(card)

    monkeypatch.setattr(builder.build, "fix_times", slip)
    assert run(["build", str(desk.manifest), "-o", str(desk.out)]) == 7
    assert "E720" in capsys.readouterr().err


@pytest.mark.parametrize(("allowed", "codes"), [("utf-8", set()), ("none", {"E720"}), ("cp936", {"E721"})])
def test_the_gate_of_a_build_knows_which_words_a_card_may_have_whatever_the_record_says(
    built: Desk, allowed: Any, codes: set[str]
) -> None:
    found = audit(
        _made(built, "mp3-player").folder,
        Words(words=()),
        lambda *_: None,
        allowed=Allowed(id3v2=True, id3v1=False, cover=False, lyrics=allowed),
    )
    assert {finding.code for finding in found.findings} == codes


def test_plan_shows_which_tracks_have_words(built: Desk) -> None:
    ran = packbuilder("plan", built.manifest, "--profile", "mp3-player", "--format", "json")
    (card,) = ran.json["cards"]
    assert [track["lyrics"] for track in card["tracks"]][:4] == [
        "01 S/001 Titled.lrc",
        "01 S/002 Plain.lrc",
        None,
        "01 S/004 Joined.lrc",
    ]


def test_a_part_of_a_recording_that_has_more_words_than_a_device_reads_is_not_published(
    desk: Desk, built: Desk
) -> None:
    desk.sources.mkdir()
    shutil.copy(built.sources / "a.wav", desk.sources)
    lines = "".join(f"[00:{3 + n // 100:02}.{n % 100:02}]말\n" for n in range(400))
    (desk.sources / "a.lrc").write_text(lines, "utf-8")
    head = "profiles: [korean.yaml]\n"
    (desk.folder / "korean.yaml").write_text(
        "name: korean\ntitle: Korean player\nbased_on: mp5-player\n"
        "facts: {lyrics_encoding: {value: cp949, source: it is made for Korea}}\n",
        "utf-8",
    )
    desk.write("  - {title: S, tracks: [{title: T, source: a.wav, lyrics: a.lrc, split: 10s}]}\n", head=head)
    assert packbuilder("check", desk.manifest).code == 0
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E358"])
    assert "lines; it reads 300" in ran.json["findings"][0]["message"]
    assert tree(desk.out) == {}
