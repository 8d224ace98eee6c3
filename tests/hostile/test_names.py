"""What titles and sources may be called: on the card a name that every device takes, or one finding at its place."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from builder.fat.names import name_fault
from builder.profiles.load import built_in
from builder.profiles.naming import bytes_of, collision_key, holds, utf16_units
from tests.conftest import speech
from tests.hostile.runs import Forks

# Each as it stands between double quotes of YAML, with the rule that it breaks.
TITLES = {
    "../x": "E207",
    "..": "E207",
    ".": "E207",
    "...": "E207",
    "a..b": "E207",
    "C:\\\\x": "E207",
    "a/b": "E207",
    "a": "",
    "CON": "",
    "con.txt": "",
    "AUX.mp3": "",
    "COM1": "",
    "nul .x": "",
    "C:x": "",
    "a?*<>|b": "",
    "????": "",
    "!!!": "",
    "---": "",
    ". . .": "",
    " .hidden": "",
    "ends. . ": "",
    "-rf": "",
    "%02d": "",
    "~1": "",
    "HOPE~1.MP3": "",
    "concat:a|b": "",
    "가" * 200: "",
    "W" * 200: "",
    "x" * 300: "E205",
    unicodedata.normalize("NFD", "희망의 소리"): "",
    "①②③ ㈜ ℡ ﷺ": "",
    "ﬃ ß ẞ İ ı": "",
    "a\u0301\u0302\u0303\u0304": "",
    "\U0001f600": "E206",
    "a\\nb": "E206",
    "a\\u0000b": "E206",
    "": "E204",
    "   ": "E204",
}
SOURCES = {
    "../../etc/passwd": "E302",
    "a/../../x.wav": "E302",
    "/etc/passwd": "E302",
    "//server/x.wav": "E302",
    "\\\\\\\\server\\\\x": "E211",
    "C:\\\\x.wav": "E211",
    "C:/x.wav": "E302",
    "C:x.wav": "E302",
    "~/x.wav": "E301",
    "~root/x.wav": "E301",
    "file:a.wav": "E301",
    "http://example.org/a.wav": "E211",
    "concat:a.wav|a.wav": "E301",
    "-y.wav": "E301",
    "a%02d.wav": "E301",
    "$HOME/a.wav": "E301",
    "a.wav\\0.mp3": "E206",
    "a\\n.wav": "E206",
    "a\\u202e.wav": "E206",
    "./a.wav": "E211",
    "a.wav/": "E211",
    "a.wav/b": "E301",
    "x" * 300 + ".wav": "E301",
    "x" * 1001: "E205",
    " ": "E204",
    ".": "E211",
    "A.WAV": "E301",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    speech(folder / "a.wav", 1, rate=8000)
    return folder


def planned(program: Forks, folder: Path, title: str, source: str = "a.wav") -> Any:
    """The plan of a track for every profile, with a section and a reading of that title beside it."""
    path = folder / "pack.yaml"
    path.write_text(
        f'pack: p\ntitle: T\nlanguage: ko\nprofiles: [{", ".join(built_in())}]\nsections:\n  - title: "{title}"\n'
        f'    tracks: [{{title: "{title}", source: "{source}"}}]\n',
        "utf-8",
    )
    return program.packbuilder("plan", path, "--format", "json")


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_any_title_is_a_name_that_every_device_takes_or_one_finding(
    program: Forks, folder: Path, title: str
) -> None:
    ran = planned(program, folder, title)
    if TITLES[title]:
        assert (ran.code, set(ran.codes)) == (1, {TITLES[title]})
        assert {f["line"] for f in ran.json["findings"]} <= {6, 7}
        return
    assert ran.code == 0, ran.out
    assert len(ran.json["cards"]) == len(built_in())
    for card in ran.json["cards"]:
        names = built_in()[card["profile"]].names
        for track in card["tracks"]:
            path = PurePosixPath(track["path"])
            assert not path.is_absolute()
            assert len(track["path"].encode()) <= names.max_path_bytes
            for part in path.parts:
                assert name_fault(part) == ""
                assert utf16_units(part) <= names.max_name_chars
                assert bytes_of(names.charset, part) <= names.max_name_bytes
                assert holds(names.charset, part)
                assert re.match(r"[0-9A-Za-z]", part), "a number, or a folder of the device's own"
                assert part == part.strip(" .")
                assert collision_key(part) == collision_key(unicodedata.normalize("NFD", part))


@pytest.mark.parametrize("source", SOURCES, ids=range(len(SOURCES)))
def test_a_source_that_leads_anywhere_else_is_one_finding_at_its_place(
    program: Forks, folder: Path, source: str
) -> None:
    ran = planned(program, folder, "Hope", source)
    assert (ran.code, [(f["code"], f["line"]) for f in ran.json["findings"]]) == (1, [(SOURCES[source], 7)])


@pytest.mark.parametrize(
    "name",
    ["-y.wav", "a%02d.wav", "concat:x.wav", "a|b.wav", "~x.wav", "$HOME.wav", "희망 (1).wav", "a'b.wav"],
)
def test_a_recording_of_a_hostile_name_is_built_as_any_other(
    program: Forks, tmp_path: Path, name: str
) -> None:
    speech(tmp_path / name, 1, rate=8000, seed=7)
    ran = planned(program, tmp_path, "Hope", name)
    assert ran.code == 0
    built = program.packbuilder(
        "build", tmp_path / "pack.yaml", "-o", tmp_path / "out", "--profile", "sd-card", "--jobs", "1"
    )
    assert built.code == 0, built.err
    assert [path.name for path in (tmp_path / "out").rglob("*.mp3")] == ["01_001_HOPE.mp3"]
