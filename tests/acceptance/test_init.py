"""`init` as media staff meet it: a folder of recordings becomes a manifest that checks and builds as it is."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from builder.cli import run
from builder.manifest.load import load_pack
from tests.conftest import SAMPLES, Ran, packbuilder, speech
from tests.sources.intake.families import names_of
from tests.sources.intake.test_burrito import metadata


def _run(*arguments: object) -> Ran:
    """The program in this process, since starting another takes most of the time."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run([*map(str, arguments)])
    return Ran(code, out.getvalue(), err.getvalue())


def _init(folder: Path, *more: object, language: str | None = "ko") -> Ran:
    asked = ["--language", language] if language else []
    return _run("init", folder, "-o", folder.parent / "pack.yaml", *asked, *more)


def _fill(folder: Path, *names: str) -> None:
    """The same second of speech under each name."""
    source = speech(folder.parent / "one.wav", 1.0, rate=8000, seed=606)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)


def test_real_recordings_in_a_folder_become_a_card_with_no_editing(tmp_path: Path) -> None:
    folder, manifest = tmp_path / "받은 파일", tmp_path / "pack.yaml"
    recordings = {
        **{f"룻기/{chapter:03}.ogg": f"tuxpaint-digits/{chapter}_ko.ogg" for chapter in range(1, 5)},
        "유다서/001.ogg": "tuxpaint-digits/5_ko.ogg",
        "설교/01 말씀 가.mp3": "sonnet/sonnet-1.mp3",
        "설교/02 말씀 나.mp3": "speeches/jfk.mp3",
    }
    for name, sample in recordings.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLES / sample, folder / name)
    (folder / "copyright.pdf").write_bytes(b"%PDF")
    ran = packbuilder("init", folder, "-o", manifest, "--title", "희망", "--profile", "sd-card")
    assert ran.code == 0, ran.out + ran.err
    assert "copyright.pdf" in ran.out
    text = manifest.read_text("utf-8")
    assert str(tmp_path) not in text  # whose computer it was is nobody's business
    assert "# Recognized: 5 recordings, chapters in folders of books: 2 books, 5 chapters" in text
    assert 'source: "룻기/{chapter:03}.ogg"' in text
    checked = _run("check", manifest)
    assert checked.code == 0, checked.out
    assert "ok, 7 tracks" in checked.out
    built = _run("build", manifest, "-o", tmp_path / "out")
    assert built.code == 0, built.out + built.err
    record = json.loads(next((tmp_path / "out").rglob("record.json")).read_text("utf-8"))
    assert [track["passage"] for track in record["tracks"][:5]] == [f"RUT {n}" for n in (1, 2, 3, 4)] + [
        "JUD 1"
    ]
    assert [track["title"] for track in record["tracks"][5:]] == ["말씀 가", "말씀 나"]


def test_a_whole_bible_is_one_section(tmp_path: Path) -> None:
    folder = tmp_path / "bible"
    _fill(folder, *names_of("Digital Bible Library"))
    ran = _init(folder, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["schema"] == 1
    assert ran.json["manifest"] == str(tmp_path / "pack.yaml")
    (recognized,) = ran.json["recognized"]
    assert recognized == {
        "family": "Digital Bible Library",
        "recordings": 1189,
        "books": 66,
        "chapters": 1189,
    }
    assert ran.json["findings"] == []
    sections = (tmp_path / "pack.yaml").read_text("utf-8").partition("sections:\n")[2]
    assert sections == '  - reading: all\n    source: "release/audio/{book}/{book}_{chapter:03}.mp3"\n'


def test_a_chapter_that_is_removed_stops_init_and_check(tmp_path: Path) -> None:
    folder = tmp_path / "bible"
    _fill(folder, *(f"룻기 {n}장.wav" for n in (1, 2, 4)))
    ran = _init(folder, "--format", "json")
    assert ran.code == 1
    assert "E332" in ran.codes
    checked = _run("check", tmp_path / "pack.yaml", "--format", "json")
    assert checked.code == 1
    (missing,) = [finding["message"] for finding in checked.json["findings"] if finding["code"] == "E301"]
    assert "RUT: 1 of 4 recordings are missing: chapter 3 (룻기 3장.wav)" in missing


def test_a_doubled_chapter_is_taken_by_neither_init_nor_check(tmp_path: Path) -> None:
    folder = tmp_path / "bible"
    _fill(folder, *(f"RUT_{n:03}.wav" for n in (1, 2, 3, 4)), "RUT_003 (1).wav")
    ran = _init(folder)
    assert ran.code == 1
    assert "RUT_003 (1).wav, RUT_003.wav" in ran.out
    assert f"{folder / 'RUT_003 (1).wav'}: E331" in ran.out
    manifest = (tmp_path / "pack.yaml").read_text("utf-8")
    assert "# E331 RUT_003 (1).wav: " in manifest
    assert str(tmp_path) not in manifest
    assert "chapter 3 (RUT 3 is missing.mp3)" in _run("check", tmp_path / "pack.yaml").out


def test_numbers_alone_are_asked_for_and_taken_when_told(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    _fill(folder, "40_001.wav", "40_002.wav")
    ran = _init(folder, "--allow-gaps")
    assert ran.code == 1
    assert "it may be MAT 1 or MRK 1" in ran.out
    assert "no manifest was written" in ran.out
    assert not (tmp_path / "pack.yaml").exists()
    assert _init(folder, "--numbers", "zero").code == 1
    assert "reading: MRK" in (tmp_path / "pack.yaml").read_text("utf-8")


def test_a_scripture_burrito_says_what_names_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "burrito"
    names = {f"audio/{letter}.wav": {"RUT": [str(n)]} for n, letter in enumerate("dcba", 1)}
    _fill(folder, *names)
    size = (folder / "audio" / "a.wav").stat().st_size
    said = metadata(names)
    for ingredient in said["ingredients"].values():
        ingredient.update({"size": size, "checksum": {}})
    (folder / "metadata.json").write_text(json.dumps(said), "utf-8")
    ran = _init(folder, language=None)
    assert ran.code == 0, ran.out + ran.err
    text = (tmp_path / "pack.yaml").read_text("utf-8")
    assert "language: ko" in text
    assert [line.strip("- ") for line in text.splitlines()[-4:]] == list(names)
    assert _run("check", tmp_path / "pack.yaml").code == 0


def _spoken(manifest: Path) -> list[str]:
    pack = load_pack(manifest).pack
    assert pack is not None
    return [track.title for track in pack.tracks if track.says is not None]


def test_recordings_that_announce_themselves_are_announced_by_nobody_else(tmp_path: Path) -> None:
    folder, manifest = tmp_path / "in", tmp_path / "pack.yaml"
    _fill(folder, *(f"A08___{n:02}_Ruth________ENGESVN1DA.wav" for n in range(1, 5)))
    assert _init(folder).code == 0
    text = manifest.read_text("utf-8")
    assert "\ndefaults: {announced: true} # " in text
    manifest.write_text(text.replace("announced: true", "announced: true, announce: true"), "utf-8")
    assert _spoken(manifest) == []
    _fill(folder, "설교/01 희망.wav", "JON_001.wav", "JON_002.wav", "JON_003.wav", "JON_004.wav")
    assert _init(folder, "--force").code == 0
    text = manifest.read_text("utf-8")
    assert "defaults" not in text
    assert text.count("announced: true") == 1
    assert text.index("reading: RUT") < text.index("announced: true") < text.index("reading: JON")
    manifest.write_text(text.replace("sections:", "defaults: {announce: true}\nsections:"), "utf-8")
    assert _spoken(manifest) == ["요나 1장", "요나 2장", "요나 3장", "요나 4장", "희망"]


@pytest.mark.parametrize("name", ["pack.sha256", "받은 것.sha256"])
def test_a_manifest_does_not_take_the_name_of_its_list_of_checksums(tmp_path: Path, name: str) -> None:
    _fill(tmp_path / "in", "01 희망.wav")
    ran = _run("init", tmp_path / "in", "-o", tmp_path / name, "--language", "ko", "--force")
    assert (ran.code, [*tmp_path.glob("*.sha256")]) == (2, [])
    assert "list of checksums" in ran.err


def test_the_next_command_can_be_copied(tmp_path: Path) -> None:
    _fill(tmp_path / "in", "01 희망.wav")
    ran = _run("init", tmp_path / "in", "-o", tmp_path / "내 팩.yaml", "--language", "ko")
    assert f'next: packbuilder check "{tmp_path / "내 팩.yaml"}"' in ran.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "is there already"),
        (["--language", "xx-yy-zz"], "language"),
        (["--pack", "A b"], "pack id"),
        (["--title", "a/b"], "title"),
        (["--profile", "sdcard"], "sd-card"),
        (["--numbers", "roman"], "canon"),
        (["--names", "fr"], "ko-common"),
    ],
)
def test_a_wrong_command_line_writes_nothing(tmp_path: Path, more: list[str], said: str) -> None:
    (tmp_path / "pack.yaml").write_text("mine", "utf-8")
    _fill(tmp_path / "in", "GEN_001.wav")
    ran = _init(tmp_path / "in", *more, *(["--force"] if more else []))
    assert ran.code == 2
    assert said in ran.err
    assert (tmp_path / "pack.yaml").read_text("utf-8") == "mine"


def test_a_language_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    _fill(tmp_path / "in", "RUT_001.wav")
    ran = _init(tmp_path / "in", language=None)
    assert ran.code == 2
    assert "--language ko" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_folder_that_no_manifest_can_name_is_told(tmp_path: Path) -> None:
    _fill(tmp_path / "in\x07", "01 희망.wav")
    ran = _init(tmp_path / "in\x07")
    assert ran.code == 2
    assert "control character" in ran.err
    assert packbuilder("init", ".", "-o", "m.yaml", "--language", "ko", cwd=tmp_path / "in\x07").code == 0


def test_a_profile_of_ones_own_is_named_from_the_manifest(tmp_path: Path) -> None:
    _fill(tmp_path / "in", "01 희망.wav")
    profile = tmp_path / "devices" / "my-player.yaml"
    profile.parent.mkdir()
    profile.write_text("name: my-player\ntitle: a player\nbased_on: mp3-player\n", "utf-8")
    assert _init(tmp_path / "in", "--profile", profile, "--profile", "sd-card").code == 0
    assert "profiles: [devices/my-player.yaml, sd-card]\n" in (tmp_path / "pack.yaml").read_text("utf-8")
    assert _run("check", tmp_path / "pack.yaml").code == 0


def test_force_writes_over_a_manifest_and_ids_come_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("mine", "utf-8")
    _fill(tmp_path / "My Talks, 2026", "01 희망.wav")
    assert _init(tmp_path / "My Talks, 2026", "--force").code == 0
    text = (tmp_path / "pack.yaml").read_text("utf-8")
    assert "pack: my-talks-2026\n" in text
    assert "title: 녹음\n" in text


@pytest.mark.parametrize(
    ("folder", "name", "head"),
    [
        ("mp3", "룻기 1장.wav", ("mp3", "성경")),
        ("새 폴더 (2)", "01 희망.wav", ("2", "녹음")),
        ("성경", "룻기 1장.wav", ("bible", "성경")),
        ("설교", "01 희망.wav", ("recordings", "녹음")),
        ("con", "01 희망.wav", ("recordings", "녹음")),
    ],
)
def test_the_name_of_a_folder_is_no_title_since_it_may_name_someone(
    tmp_path: Path, folder: str, name: str, head: tuple[str, str]
) -> None:
    _fill(tmp_path / folder, name)
    _init(tmp_path / folder)
    lines = (tmp_path / "pack.yaml").read_text("utf-8").splitlines()
    pack, title = (
        next(line for line in lines if line.startswith(key)).partition(": ")[2] for key in ("pack", "title")
    )
    assert (pack.strip('"'), title.strip('"')) == head


def test_a_manifest_in_a_folder_that_is_not_there_is_exit_code_5(tmp_path: Path) -> None:
    _fill(tmp_path / "in", "01 희망.wav")
    assert _run("init", tmp_path / "in", "-o", tmp_path / "no" / "m.yaml", "--language", "ko").code == 5
    assert _run("init", tmp_path / "nowhere", "-o", tmp_path / "m.yaml", "--language", "ko").code == 2


def test_a_sermon_without_a_name_is_called_by_its_tag(tmp_path: Path) -> None:
    frame = (
        b"TIT2" + (len("희망".encode("cp949")) + 1).to_bytes(4, "big") + b"\0\0\0" + "희망".encode("cp949")
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "track01.mp3").write_bytes(b"ID3\3\0\0\0\0\0" + bytes([len(frame)]) + frame + b"sound")
    assert _init(tmp_path / "in").code == 0
    assert "{title: 희망, source: track01.mp3}" in (tmp_path / "pack.yaml").read_text("utf-8")


_TELLING = ("김목사/03 김철수 간증 010-1234-5678.wav", "둘/01 희망.wav", "둘/track02.wav")


def test_titles_that_names_gave_are_told_and_those_that_may_name_someone_listed(tmp_path: Path) -> None:
    _fill(tmp_path / "in", *_TELLING)
    ran = _init(tmp_path / "in")
    assert ran.code == 0
    assert (
        'W365 warning: titles were taken, 2 from the names of recordings: "김철수 간증 010-1234-5678"'
        in ran.out
    )
    assert "read them: a person's name or number on a card may endanger someone" in ran.out
    (told,) = [line for line in ran.out.splitlines() if " W366 " in line]
    assert told.startswith(str(tmp_path / "in" / _TELLING[0]))
    assert (
        """a telephone number or another long number ("010-1234-5678") and a person's name ("김철수")"""
        in told
    )
    assert "2 sections of a neutral title; --section-titles folders" in ran.out


def test_sections_have_neutral_titles_unless_told_otherwise(tmp_path: Path) -> None:
    _fill(tmp_path / "in", *_TELLING)
    assert _init(tmp_path / "in").code == 0
    text = (tmp_path / "pack.yaml").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("  - title")] == [
        "  - title: 녹음 1",
        "  - title: 녹음 2",
    ]
    ran = _init(tmp_path / "in", "--section-titles", "folders", "--force", "--format", "json")
    assert ran.code == 0
    text = (tmp_path / "pack.yaml").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("  - title")] == [
        "  - title: 김목사",
        "  - title: 둘",
    ]
    assert ran.codes == ["W365", "W366", "W366"]
    assert [(one["from"], one["path"], one["title"]) for one in ran.json["titles"]] == [
        ("folder", "김목사", "김목사"),
        ("name", _TELLING[0], "김철수 간증 010-1234-5678"),
        ("folder", "둘", "둘"),
        ("name", "둘/01 희망.wav", "희망"),
    ]
    assert ran.json["titles"][0]["may_hold"] == [{"what": "a person's name", "text": "김목사"}]
    assert ran.json["titles"][3]["may_hold"] == []


def test_a_bible_has_no_titles_to_be_read(tmp_path: Path) -> None:
    _fill(tmp_path / "in", *(f"룻기 {n}장.wav" for n in (1, 2, 3, 4)))
    ran = _init(tmp_path / "in", "--format", "json")
    assert (ran.codes, ran.json["titles"]) == (["W333"], [])


@pytest.mark.parametrize("end", ["1", "2", "김"])
def test_two_names_of_more_than_two_hundred_letters_that_begin_alike_are_a_manifest(
    tmp_path: Path, end: str
) -> None:
    _fill(tmp_path / "in", f"{'A' * 220}.wav", f"{'A' * 220}{end}.wav")
    ran = _init(tmp_path / "in")
    assert ran.code == 0, ran.out + ran.err
    assert _run("check", tmp_path / "pack.yaml").code == 0
