"""The sources folder: files by their names, whatever form a disk keeps them in, and never beyond the folder."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from builder.sources.folder import SourceFolder
from builder.sources.probe import SourceFault

_KOREAN = "설교/위로 é.wav"


def _with(root: Path, *names: str) -> SourceFolder:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return SourceFolder(root)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC"])
def test_a_file_is_found_by_its_name_whatever_form_the_disk_has(
    tmp_path: Path, form: str, asked: str
) -> None:
    written = unicodedata.normalize(form, _KOREAN)  # type: ignore[arg-type]
    shelf = _with(tmp_path, written)
    assert shelf.is_there
    found = shelf.locate(unicodedata.normalize(asked, _KOREAN))  # type: ignore[arg-type]
    assert isinstance(found, Path)
    assert found.read_bytes() == b"x"


def test_the_folder_itself_may_be_decomposed(tmp_path: Path) -> None:
    _with(tmp_path / unicodedata.normalize("NFD", "녹음"), "a.wav")
    shelf = SourceFolder(tmp_path / "녹음")
    assert shelf.is_there
    assert isinstance(shelf.locate("a.wav"), Path)


@pytest.mark.parametrize("name", ["A.WAV", "a.Wav", "b.wav", "sub", "a.wav/b", "sub/a.wav/c"])
def test_capitals_count_and_what_is_not_there_is_not_found(tmp_path: Path, name: str) -> None:
    shelf = _with(tmp_path, "a.wav", "sub/b.wav")
    found = shelf.locate(name)
    assert found is None or (name == "sub" and isinstance(found, Path))


@pytest.mark.parametrize(
    ("asked", "likely"),
    [
        ("A.WAV", "a.wav"),
        ("a.wave", "a.wav"),
        ("MRK/MRK_1.mp3", "MRK/MRK_01.mp3"),
        ("설고.mp3", "설교.mp3"),
        ("nothing-like-it.flac", ""),
        ("no-folder/a.wav", ""),
    ],
)
def test_the_file_that_was_probably_meant_is_told(tmp_path: Path, asked: str, likely: str) -> None:
    assert _with(tmp_path, "a.wav", "MRK/MRK_01.mp3", "설교.mp3").likely(asked) == likely


def test_a_link_is_followed_within_the_folder_and_refused_beyond(tmp_path: Path) -> None:
    shelf = _with(tmp_path / "in", "a.wav", "sub/b.wav")
    (tmp_path / "out.wav").write_bytes(b"x")
    for name, target in {"near": "a.wav", "far": "../out.wav", "none": "gone.wav", "loop": "loop"}.items():
        (tmp_path / "in" / name).symlink_to(target)
    assert isinstance(shelf.locate("near"), Path)
    faults = {name: shelf.locate(name) for name in ("far", "none", "loop")}
    codes = {name: fault.code for name, fault in faults.items() if isinstance(fault, SourceFault)}
    assert codes == {"far": "E302", "none": "E308", "loop": "E308"}


def test_a_folder_that_is_not_there_holds_nothing_and_says_so(tmp_path: Path) -> None:
    shelf = SourceFolder(tmp_path / "gone")
    assert not shelf.is_there
    assert shelf.locate("a.wav") is None
    assert shelf.likely("a.wav") == ""
    file = _with(tmp_path, "a.wav").root / "a.wav"
    assert not SourceFolder(file).is_there


@pytest.mark.parametrize("name", ["a" * 300, "loop/a.wav"])
def test_a_folder_that_cannot_be_looked_at_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    shelf = SourceFolder(tmp_path / name)
    assert not shelf.is_there
    assert not isinstance(shelf.locate("a.wav"), Path)


def test_the_names_of_a_folder_are_read_once(tmp_path: Path) -> None:
    shelf = _with(tmp_path, "a.wav")
    assert shelf.names(tmp_path) == {"a.wav": "a.wav"}
    (tmp_path / "b.wav").write_bytes(b"x")
    assert shelf.names(tmp_path) == {"a.wav": "a.wav"}
    assert SourceFolder(tmp_path).names(tmp_path) == {"a.wav": "a.wav", "b.wav": "b.wav"}


@pytest.mark.parametrize(
    "name", ["out/secret.mp3", "out/secrat.mp3", "out/deeper/x.mp3", "out", "file", "nothing"]
)
def test_behind_a_link_that_leads_out_nothing_is_told_apart(tmp_path: Path, name: str) -> None:
    """Neither what is there, nor whether anything is: a manifest may come from a stranger."""
    secret, sources = tmp_path / "secret", tmp_path / "sources"
    for folder in (secret / "deeper", sources):
        folder.mkdir(parents=True)
    (secret / "secret.mp3").write_bytes(b"x")
    (sources / "out").symlink_to(secret)
    (sources / "file").symlink_to(secret / "secret.mp3")
    (sources / "nothing").symlink_to(secret / "none.mp3")
    shelf = SourceFolder(sources)
    found = shelf.locate(name)
    assert isinstance(found, SourceFault)
    assert (found.code, found.message) == ("E302", f"{name} is a link that leads out of the sources folder")
    assert "secret.mp3" not in shelf.missing("out/secrat.mp3").help


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.mp3").write_bytes(b"x")
    (tmp_path / "b").symlink_to("a")
    assert SourceFolder(tmp_path).locate("b/1.mp3") == tmp_path.resolve() / "b" / "1.mp3"
    assert "b/1.mp3" in SourceFolder(tmp_path).missing("b/l.mp3").help
