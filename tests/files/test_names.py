"""Names that systems keep, and junk by its name: one list for cards, packs and folders of recordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_core import PydanticCustomError

from builder.fat.names import aliases
from builder.files.names import is_reserved, left_by
from builder.manifest.text import checked_pack_id
from builder.profiles.naming import name as name_of
from builder.sources.intake.listing import list_folder


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("._01_MRK_001.mp3", "macOS"),
        (".DS_Store", "macOS"),
        (".Trashes", "macOS"),
        (".fseventsd", "macOS"),
        (".Spotlight-V100", "macOS"),
        ("System Volume Information", "Windows"),
        ("SYSTEM VOLUME INFORMATION", "Windows"),
        ("$RECYCLE.BIN", "Windows"),
        ("Thumbs.db", "Windows"),
        ("desktop.ini", "Windows"),
        ("FOUND.000", "Windows' chkdsk"),
        ("FSCK0000.REC", "Linux' fsck"),
        (".Trash-1000", "Linux"),
        ("LOST.DIR", "Android"),
        ("@eaDir", "a Synology disk station"),
        ("__MACOSX", "macOS"),
        ("Android", "Android"),
        ("copy.tmp", "a program"),
        ("01_MRK_001.mp3", ""),
        ("_.mp3", ""),
        ("Androids", ""),
        ("FOUND.mp3", ""),
        ("tmp", ""),
    ],
)
def test_junk_is_known_by_its_name_in_any_case(name: str, maker: str) -> None:
    assert left_by(name) == maker


@pytest.mark.parametrize(
    "folder",
    ["RECYCLER", "Android", "FOUND.001", "@eaDir", "__MACOSX", ".Trash-1000", "System Volume Information"],
)
def test_what_is_junk_on_a_card_is_junk_in_a_folder_of_recordings(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "GEN_001.mp3").write_bytes(b"sound")
    (tmp_path / "~$GEN_002.mp3").write_bytes(b"sound")
    assert left_by(folder)
    assert list_folder(tmp_path).recordings == []


@pytest.mark.parametrize(
    "word", ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), "lpt0", "lpt9"]
)
def test_a_name_that_windows_keeps_is_kept_from_packs_names_and_aliases_alike(word: str) -> None:
    assert is_reserved(word)
    assert is_reserved(f"{word.upper()}.mp3")
    with pytest.raises(PydanticCustomError):
        checked_pack_id(word)
    label = name_of("{label}", {"label": word}, charset="bmp", max_chars=80, max_bytes=80, ending=".mp3")
    assert label == f"_{word}.mp3"
    assert aliases([f"{word} 한.mp3"]) != [word.upper().encode().ljust(8) + b"MP3"]


@pytest.mark.parametrize("word", ["con1", "console", "com10", "lpt", "null", "xcon"])
def test_a_name_that_only_resembles_one_is_free(word: str) -> None:
    assert not is_reserved(word)
    assert checked_pack_id(word) == word
