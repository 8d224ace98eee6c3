"""Checksums: which recording is another than it was, and which have changed places, by name."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import pytest

from builder.check import check
from builder.files.opening import file_digest
from builder.findings import Finding
from builder.sources.checksums import checksum_lines, checksums_of
from tests.conftest import oracle, write_wav
from tests.recordings import tone

_NAMES = ["MRK/MRK_001.wav", "MRK/MRK_002.wav", "MRK/MRK_003.wav", "설교 1.wav"]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Four recordings, each of its own; the list of their checksums; and a manifest that names all of them."""
    sources = tmp_path / "녹음"
    (sources / "MRK").mkdir(parents=True)
    for at, name in enumerate(_NAMES, 1):
        sound = tone(200.0 * at, 0.5 + at / 10)
        (sources / name).write_bytes(b"")
        _wav(sources / name, sound)
    lines = checksum_lines({name: file_digest(sources / name) for name in _NAMES})
    (tmp_path / "m.sha256").write_text(lines, "utf-8")
    path = tmp_path / "m.yaml"
    path.write_text(
        "pack: p\ntitle: T\nlanguage: ko\nsources: 녹음\nchecksums: m.sha256\nsections:\n"
        '  - reading: MRK 1-3\n    source: "MRK/MRK_{chapter:03}.wav"\n'
        "  - title: S\n    tracks: [{title: A, source: 설교 1.wav}]\n",
        "utf-8",
    )
    return path


def _wav(path: Path, sound: object) -> None:
    import array

    import numpy as np

    write_wav(path, array.array("h", (np.asarray(sound) * 32767).astype("<i2").tobytes()))


def _findings(manifest: Path) -> list[Finding]:
    return [
        finding
        for finding in check(manifest).findings
        if finding.code[1:] in ("360", "361", "362", "363", "364")
    ]


def test_recordings_that_are_what_they_were_say_nothing(manifest: Path) -> None:
    assert check(manifest).findings == ()


def test_the_list_is_what_sha256sum_reads_and_writes(manifest: Path) -> None:
    program, folder = oracle("sha256sum"), manifest.parent / "녹음"
    done = subprocess.run(
        [program, "-c", "--strict", "../m.sha256"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count(b": OK") == 4
    made = subprocess.run([program, *_NAMES], cwd=folder, capture_output=True, check=True)
    (manifest.parent / "m.sha256").write_bytes(made.stdout)
    assert check(manifest).findings == ()


def test_two_recordings_that_were_swapped_are_both_named(manifest: Path) -> None:
    one, two = (manifest.parent / "녹음" / name for name in (_NAMES[0], _NAMES[2]))
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    assert [(found.code, found.track, found.message) for found in _findings(manifest)] == [
        ("E362", "마가복음 1장", f"{_NAMES[0]} and {_NAMES[2]} have changed places"),
        ("E362", "마가복음 3장", f"{_NAMES[2]} and {_NAMES[0]} have changed places"),
    ]


def test_a_recording_that_was_copied_over_another_is_named(manifest: Path) -> None:
    folder = manifest.parent / "녹음"
    (folder / _NAMES[1]).write_bytes((folder / _NAMES[3]).read_bytes())
    (found,) = _findings(manifest)
    assert (found.code, found.message) == ("E362", f"{_NAMES[1]} is now the recording that {_NAMES[3]} was")


def test_a_recording_that_was_replaced_is_a_warning(manifest: Path) -> None:
    _wav(manifest.parent / "녹음" / _NAMES[3], tone(999.0, 1.0))
    (found,) = _findings(manifest)
    assert (found.code, found.severity, found.place.line) == ("W361", "warning", 10)


def test_what_the_list_has_and_no_track_uses_is_told_and_the_other_way_round(manifest: Path) -> None:
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("MRK 1-3", "MRK 1-2"), "utf-8")
    listed = (manifest.parent / "m.sha256").read_text("utf-8").splitlines(keepends=True)
    (manifest.parent / "m.sha256").write_text("".join(line for line in listed if "001" not in line), "utf-8")
    assert [(found.code, found.message, found.place.line) for found in _findings(manifest)] == [
        ("W363", f"{_NAMES[0]}: used, and not in the checksums", 5),
        ("W363", f"{_NAMES[2]}: in the checksums, and used by no track", 5),
    ]


def test_a_second_copy_beside_a_recording_is_named(manifest: Path) -> None:
    folder = manifest.parent / "녹음"
    (folder / "MRK" / "MRK_002 (1).wav").write_bytes((folder / _NAMES[1]).read_bytes())
    (folder / "MRK" / "another.wav").write_bytes(b"of another size")
    (found,) = _findings(manifest)
    assert (found.code, found.severity, found.track) == ("W364", "warning", "마가복음 2장")
    assert (
        found.message == f"MRK/MRK_002 (1).wav, which nothing uses, holds the recording that {_NAMES[1]} was"
    )
    assert "second copy" in found.help


def test_a_recording_that_was_renamed_is_named_by_both_names(manifest: Path) -> None:
    folder = manifest.parent / "녹음"
    (folder / _NAMES[3]).rename(folder / "MRK" / "new.wav")
    (found,) = _findings(manifest)
    assert (found.code, found.track, found.place.line) == ("W364", "A", 10)
    assert found.message == f"MRK/new.wav, which nothing uses, holds the recording that {_NAMES[3]} was"
    assert f"call it {_NAMES[3]} again" in found.help


def test_what_a_selection_lost_is_named_by_both_names(manifest: Path) -> None:
    folder = manifest.parent / "녹음"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("sections:", "gaps: allowed\nsections:"), "utf-8")
    (folder / _NAMES[1]).rename(folder / "MRK" / "new.wav")
    assert {(found.code, found.message) for found in _findings(manifest)} == {
        ("W363", f"{_NAMES[1]}: in the checksums, and used by no track"),
        ("W364", f"MRK/new.wav, which nothing uses, holds the recording that {_NAMES[1]} was"),
    }


def test_a_list_made_by_find_is_read(manifest: Path) -> None:
    path = manifest.parent / "m.sha256"
    path.write_text(path.read_text("utf-8").replace("  ", "  ./"), "utf-8")
    assert check(manifest).findings == ()


def test_many_second_copies_are_one_finding(manifest: Path) -> None:
    folder = manifest.parent / "녹음"
    for number in range(13):
        (folder / f"{number}.wav").write_bytes((folder / _NAMES[3]).read_bytes())
    (found,) = _findings(manifest)
    assert (
        found.message == f"0.wav, which nothing uses, holds the recording that {_NAMES[3]} was; so do 12 more"
    )


def test_names_of_the_list_are_those_of_the_disk(manifest: Path) -> None:
    folder, spelled = manifest.parent / "녹음", unicodedata.normalize("NFD", _NAMES[3])
    (folder / _NAMES[3]).rename(folder / spelled)
    names = [name if name != _NAMES[3] else spelled for name in _NAMES]
    assert list(checksums_of(folder, _NAMES)) == names
    (manifest.parent / "m.sha256").write_text(checksum_lines(checksums_of(folder, _NAMES)), "utf-8")
    assert check(manifest).findings == ()
    done = subprocess.run(
        [oracle("sha256sum"), "-c", "--strict", "../m.sha256"], cwd=folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.count(b": OK")) == (0, 4)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, 5),
        (b"\xff\xfe\x00", 5),
        (b"no checksum at all\nnor here\n", 1),
        (b"0" * 63 + b"  a.wav\n", 1),
        (b"0" * 64 + b"  " + b"a" * 4_000_000, 5),
    ],
    ids=["missing", "bytes", "text", "short", "huge"],
)
def test_a_list_that_is_none_is_one_finding(manifest: Path, content: bytes | None, line: int) -> None:
    path = manifest.parent / "m.sha256"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    found = [one for one in _findings(manifest) if one.code == "E360"]
    assert [one.place.line for one in found] == [line]
