"""Every path in a manifest stays below the sources or beside the manifest, whichever key names it; and no finding
quotes a file that is not what it should be.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pydantic_core import PydanticCustomError

from builder.check import check
from builder.findings import Finding
from builder.manifest import beside
from builder.manifest.models import Manifest
from builder.review.report import findings_text
from tests.conftest import speech

# A manifest with `{}` where a key names a file; what stands there may be any path.
_TRACK = "sections: [{{title: S, tracks: [{{title: A, source: a.wav{}}}]}}]\n"
_KEYS = {
    "source": "sections: [{{title: S, tracks: [{{title: A, source: {0}}}]}}]\n",
    "piece": "sections: [{{title: S, tracks: [{{title: A, source: [{0}]}}]}}]\n",
    "piece with a source": "sections: [{{title: S, tracks: [{{title: A, source: [{{source: {0}}}]}}]}}]\n",
    "reading": "sections: [{{reading: MRK 1, source: {0}}}]\n",
    "reading, a list": "sections: [{{reading: MRK 1, source: [{0}]}}]\n",
    "announce of a track": "sections: [{{title: S, tracks: [{{title: A, source: a.wav, announce: {0}}}]}}]\n",
    "announce of a section": "sections: [{{title: S, announce: [{0}], tracks: [{{title: A, source: a.wav}}]}}]\n",
    "announce of all": "defaults: {{announce: {0}}}\nsections: [{{reading: MRK 1, source: a.wav}}]\n",
    "prompt": "sections: [{{title: S, prompt: {0}, tracks: [{{title: A, source: a.wav}}]}}]\n",
    "prompts": "prompts: {0}\nsections: [{{reading: MRK 1, source: a.wav}}]\n",
    "cover": "cover: {0}\nsections: [{{reading: MRK 1, source: a.wav}}]\n",
    "checksums": "checksums: {0}\nsections: [{{reading: MRK 1, source: a.wav}}]\n",
    "profiles": "profiles: [{0}]\nsections: [{{reading: MRK 1, source: a.wav}}]\n",
    "lyrics": "sections: [{{title: S, tracks: [{{title: A, source: a.wav, lyrics: {0}}}]}}]\n",
    "lyrics of a reading": "sections: [{{reading: MRK 1, source: a.wav, lyrics: {0}}}]\n",
    "lyrics of a piece": "sections: [{{title: S, tracks: [{{title: A, source: [{{source: a.wav, lyrics: {0}}}]}}]}}]\n",
}
_ENDINGS = {"lyrics": ".txt", "profiles": ".yaml"}
_LEAVING = [
    "/etc/shadow",
    "//server/share/x",
    "../x",
    "a/../../x",
    "../..",
    ".. /x",
    "a/.. ./x",
    "C:/x",
    "C:x",
    "c:",
    r"C:\x",
    r"\\server\x",
    r"..\x",
    r"\x",
    r"\\.\PhysicalDrive0",
]
_SECRET = "hunter2-9f3a"  # noqa: S105


def _written(folder: Path, text: str, head: str = "") -> Path:
    path = folder / "m" / "pack.yaml"
    path.parent.mkdir(exist_ok=True)
    speech(path.parent / "a.wav", 1, rate=8000)
    path.write_text(f"pack: p\ntitle: T\nlanguage: ko\n{head}{text}", "utf-8")
    return path


def _told(path: Path) -> tuple[list[Finding], str]:
    checked = check(path)
    return [*checked.findings], findings_text(checked.findings, checked.lines)


def _ending(key: str) -> str:
    return next((ending for word, ending in _ENDINGS.items() if key.startswith(word)), "")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("written", _LEAVING)
@pytest.mark.parametrize("key", _KEYS)
def test_no_key_names_a_file_outside(tmp_path: Path, key: str, written: str) -> None:
    value = f"'{written}{_ending(key)}'"
    path = _written(tmp_path, _KEYS[key].format(value))
    faults = [found for found in check(path).findings if found.code in ("E302", "E211")]
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if value in text)
    column = path.read_text("utf-8").splitlines()[line - 1].index(value) + 1
    assert [(one.place.line, one.place.column) for one in faults] == [(line, column)]


def test_a_blank_behind_a_profile_does_not_hide_that_it_is_a_file(tmp_path: Path) -> None:
    path = _written(tmp_path, _KEYS["profiles"].format('"/etc/x.yaml "'))
    assert "E302" in [found.code for found in check(path).findings]


def test_every_key_of_a_path_is_known_to_these_tests() -> None:
    """A new key that names a file is one of those above, or this fails."""
    described = {
        (name, model)
        for model, schema in {
            "Manifest": Manifest.model_json_schema(),
            **Manifest.model_json_schema()["$defs"],
        }.items()
        for name, about in schema.get("properties", {}).items()
        if any(
            word in about.get("description", "").lower()
            for word in ("recording of it", "relative to", "file", "folder of")
        )
    }
    told = {key.split(" ")[0] for key in _KEYS} | {"sources"}
    no_path = {
        "title",
        "note",
        "level",
        "levels",
        "card",
        "edition",
        "split",
        "tracks",
        "pack",
        "group",
        "discreet",
    }
    assert {name for name, _ in described} - told - no_path - {"sections", "reading"} == set()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("key", ["source", "prompt", "prompts", "cover", "checksums", "profiles", "lyrics"])
def test_no_link_leads_out(tmp_path: Path, key: str) -> None:
    secret = tmp_path / f"secret{_ending(key)}"
    secret.write_text(f"{_SECRET}: x\n", "utf-8")
    if key == "prompts":
        secret = tmp_path
    name = f"link{_ending(key)}"
    head = "profiles: [mp3-player]\n" if key in ("cover", "lyrics") else ""
    path = _written(tmp_path, _KEYS[key].format(name), head)
    (path.parent / name).symlink_to(secret)
    findings, shown = _told(path)
    assert [one.message for one in findings if "a link that leads out of the" in one.message], shown
    assert _SECRET not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_within_the_folder_and_a_sources_folder_that_is_one_are_followed(tmp_path: Path) -> None:
    path = _written(tmp_path, _TRACK.format(""), "sources: disk\nprofiles: [box.yaml]\n")
    (tmp_path / "big disk").mkdir()
    (path.parent / "a.wav").rename(tmp_path / "big disk" / "a.wav")
    (path.parent / "disk").symlink_to(tmp_path / "big disk")
    (path.parent / "real.yaml").write_text("name: box\ntitle: A box\nbased_on: sd-card\n", "utf-8")
    (path.parent / "box.yaml").symlink_to("real.yaml")
    assert _told(path)[1] == ""


@pytest.mark.parametrize(
    "written",
    [
        "../녹음",
        ".",
        "/media/disk",
        "D:/recordings",
        r"D:\recordings",
        "//nas/share",
        r"\\nas\share",
        "a/../..",
    ],
)
def test_the_sources_folder_may_be_anywhere(written: str) -> None:
    assert beside.checked_folder(written) == written


@pytest.mark.parametrize("written", ["C:x", "C:", r"\\.\C:", r"\\?\C:\x", "//./C:", "//?/x"])
def test_the_sources_folder_is_no_device_and_not_relative_to_a_drive(written: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        beside.checked_folder(written)
    assert caught.value.type == "E302"


_SHADOW = f"root:{_SECRET}:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n"
# What a file may be that somebody is made to check: no word of it is shown.
_OTHERS: dict[str, str | bytes] = {
    "shadow": _SHADOW,
    "YAML of another program": f"services:\n  db:\n    password: {_SECRET}\n",
    "keys of one's own": f"title: x\n{_SECRET}: 1\npassword: {_SECRET}\n",
    "key file": f"-----BEGIN KEY-----\n{_SECRET}\n-----END KEY-----\n",
    "environment": f"HOME=/root\0TOKEN={_SECRET}\0",
    "one value": _SECRET,
    "a list": f"- {_SECRET}\n- b\n",
    "an anchor": f"a: &{_SECRET} b\nc: *{_SECRET}\n",
    "a tag": f"a: !{_SECRET} b\n",
    "a key twice": f"{_SECRET}: 1\n{_SECRET}: 2\n",
    "no YAML": f"a: [{_SECRET}\n",
    "an unknown escape": f'a: "\\{_SECRET}"\n',
    "a directive": f"%{_SECRET}\n---\na: b\n",
    "an undefined handle": f"a: !{_SECRET}!x b\n",
    "JSON": f'{{"token": "{_SECRET}"}}\n',
    "two documents": f"a: {_SECRET}\n---\nb: {_SECRET}\n",
    "a value that is empty": f"{_SECRET}:\n",
    "Latin-1": f"{_SECRET}: \xe9\n".encode("latin-1"),
    "a hidden mark": f"{_SECRET} \u202e\n",
    "a personal key": f"phone: {_SECRET}\n",
}


def _other(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", _OTHERS)
def test_a_file_that_is_no_manifest_is_told_and_not_quoted(tmp_path: Path, name: str) -> None:
    _other(tmp_path / "m.yaml", _OTHERS[name])
    findings, shown = _told(tmp_path / "m.yaml")
    assert findings
    assert _SECRET not in shown
    assert _SECRET not in str(findings)


@pytest.mark.parametrize("name", _OTHERS)
def test_a_file_that_is_no_profile_is_told_and_not_quoted(tmp_path: Path, name: str) -> None:
    path = _written(tmp_path, _TRACK.format(""), "profiles: [box.yaml]\n")
    _other(path.parent / "box.yaml", _OTHERS[name])
    findings, shown = _told(path)
    assert [one for one in findings if one.place.file.endswith("box.yaml")]
    assert _SECRET not in shown
    assert _SECRET not in str(findings)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", _OTHERS)
@pytest.mark.parametrize(
    "key", ["checksums", "lyrics.txt", "lyrics.lrc", "lyrics.srt", "lyrics.vtt", "cover", "source"]
)
def test_a_file_of_another_kind_is_told_and_not_quoted(tmp_path: Path, key: str, name: str) -> None:
    word, _, ending = key.partition(".")
    path = _written(tmp_path, _KEYS[word].format(f"other.{ending or 'x'}"), "profiles: [mp3-player]\n")
    _other(path.parent / f"other.{ending or 'x'}", _OTHERS[name])
    findings, shown = _told(path)
    assert findings
    assert _SECRET not in shown
    assert _SECRET not in str(findings)


@pytest.mark.parametrize(
    "beginning", [b"OggS", b"RIFF\0\0\0\0WAVE", b"fLaC", b"\0\0\0\x20ftypM4A ", b"\xff\xfb\x90\x00"]
)
def test_what_only_begins_like_a_recording_is_not_quoted(tmp_path: Path, beginning: bytes) -> None:
    path = _written(tmp_path, _KEYS["source"].format("other.x"))
    (path.parent / "other.x").write_bytes(beginning + _SECRET.encode() * 9)
    findings, shown = _told(path)
    assert findings
    assert _SECRET not in shown + str(findings)
    assert repr(_SECRET.encode())[2:8] not in shown


def test_what_is_a_manifest_is_quoted_where_it_is_wrong(tmp_path: Path) -> None:
    path = _written(tmp_path, "titel: [x\n")
    assert "titel: [x" in _told(path)[1]
    path = _written(tmp_path, _TRACK.format(", titel: x"))
    assert ", titel: x" in _told(path)[1]


def test_a_list_of_checksums_is_quoted_where_it_is_wrong(tmp_path: Path) -> None:
    path = _written(tmp_path, _KEYS["checksums"].format("m.sha256"))
    lines = [f"{'0' * 64}  {n}.wav" for n in range(3)]
    (path.parent / "m.sha256").write_text("\n".join([*lines, "this line"]), "utf-8")
    assert "    this line\n" in _told(path)[1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("key", ["checksums", "profiles", "lyrics", "cover", "source", "prompt"])
def test_a_pipe_in_the_place_of_a_file_is_told_and_not_waited_for(tmp_path: Path, key: str) -> None:
    name = f"pipe{_ending(key)}"
    head = "profiles: [mp3-player]\n" if key in ("cover", "lyrics") else ""
    path = _written(tmp_path, _KEYS[key].format(name), head)
    os.mkfifo(path.parent / name)
    assert [one for one in _told(path)[0] if one.severity == "error"]
