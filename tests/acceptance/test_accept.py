"""`accept`: a recording that was replaced on purpose gets its new checksum, and only it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Desk, packbuilder, speech

_SECTIONS = """  - title: Sermons
    tracks:
      - {title: One, source: 하나.wav}
      - {title: Two, source: b/2.wav}
      - {title: Three, source: 3.wav}
"""


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """A desk with three recordings and the list of what they were, as somebody keeps it by hand."""
    desk.write(_SECTIONS, head="checksums: pack.sha256\n")
    (desk.sources / "b").mkdir()
    for number, name in enumerate(("하나.wav", "b/2.wav", "3.wav"), 2):
        speech(desk.sources / name, number)
    one, two, three = (_digest(desk.sources / name) for name in ("하나.wav", "b/2.wav", "3.wav"))
    _list(desk).write_bytes(
        f"# mine\r\n{one.upper()} *하나.wav\r\n\r\n{two}  ./b/2.wav\r\n{three}  3.wav".encode()
    )
    assert packbuilder("check", desk.manifest).code == 0
    return desk


def _list(desk: Desk) -> Path:
    return desk.folder / "pack.sha256"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace(desk: Desk, name: str, seconds: float = 7) -> None:
    speech(desk.sources / name, seconds)


@pytest.mark.parametrize("given", ["b/2.wav", "./b/2.wav", "{sources}/b/2.wav"])
def test_a_recording_is_accepted_by_its_name_or_its_path_and_nothing_else_changes(
    listed: Desk, given: str
) -> None:
    _replace(listed, "b/2.wav")
    _replace(listed, "3.wav", 8)
    before = _list(listed).read_bytes()
    old = hashlib.sha256(before).hexdigest()
    ran = packbuilder("accept", listed.manifest, given.format(sources=listed.sources), cwd=listed.folder)
    assert ran.code == 0, ran.err
    after = _list(listed).read_bytes()
    assert hashlib.sha256(after).hexdigest() != old
    lines, others = before.split(b"\r\n"), after.split(b"\r\n")
    assert [at for at, (one, other) in enumerate(zip(lines, others, strict=True)) if one != other] == [3]
    assert others[3] == _digest(listed.sources / "b/2.wav").encode() + b"  ./b/2.wav"
    codes = packbuilder("check", listed.manifest, "--format", "json").json["findings"]
    assert [(one["code"], one["track"]) for one in codes] == [("W361", "Three")]


def test_several_are_accepted_at_once_and_others_read_the_list(listed: Desk) -> None:
    _replace(listed, "하나.wav")
    _replace(listed, "3.wav", 8)
    ran = packbuilder("accept", listed.manifest, "하나.wav", "3.wav", "b/2.wav", "--format", "json")
    assert [(one["source"], one["before"] == one["after"]) for one in ran.json["accepted"]] == [
        ("하나.wav", False),
        ("3.wav", False),
        ("b/2.wav", True),
    ]
    text = _list(listed).read_text("utf-8").replace("\r\n", "\n")
    if shutil.which("sha256sum"):
        checked = subprocess.run(
            ["sha256sum", "-c", "-"], cwd=listed.sources, input=text.encode(), check=False
        )
        assert checked.returncode == 0


def test_one_that_was_never_listed_is_added(listed: Desk) -> None:
    listed.write(_SECTIONS + "      - {title: Four, source: 4.wav}\n", head="checksums: pack.sha256\n")
    _replace(listed, "4.wav", 9)
    before = _list(listed).read_bytes()
    assert packbuilder("accept", listed.manifest, "4.wav").code == 0
    assert (
        _list(listed).read_bytes()
        == before + b"\r\n" + f"{_digest(listed.sources / '4.wav')}  4.wav\r\n".encode()
    )
    assert packbuilder("check", listed.manifest).code == 0


def test_a_list_stays_as_it_is_to_the_byte_where_nothing_changed(listed: Desk) -> None:
    _list(listed).write_bytes(b"\xef\xbb\xbf" + _list(listed).read_bytes())
    before, time = _list(listed).read_bytes(), _list(listed).stat().st_mtime_ns
    ran = packbuilder("accept", listed.manifest, "3.wav")
    assert (ran.code, "as it was" in ran.out) == (0, True)
    assert (_list(listed).read_bytes(), _list(listed).stat().st_mtime_ns) == (before, time)
    _replace(listed, "하나.wav")
    assert packbuilder("accept", listed.manifest, "하나.wav").code == 0
    assert _list(listed).read_bytes().startswith(b"\xef\xbb\xbf# mine\r\n")


@pytest.mark.parametrize("sources", [["하나.wav"], ["하나.wav", "3.wav"], ["하나.wav", "b/2.wav", "3.wav"]])
def test_recordings_that_were_swapped_are_not_accepted(listed: Desk, sources: list[str]) -> None:
    """However many are named: the listener would hear another chapter than the player shows."""
    one, three = listed.sources / "하나.wav", listed.sources / "3.wav"
    one.rename(listed.folder / "x")
    three.rename(one)
    (listed.folder / "x").rename(three)
    before = _list(listed).read_bytes()
    ran = packbuilder("accept", listed.manifest, *sources, "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E362"])
    assert _list(listed).read_bytes() == before


def test_a_name_that_is_not_known_is_a_usage_error_with_the_one_that_was_meant(listed: Desk) -> None:
    ran = packbuilder("accept", listed.manifest, "b/2.wave")
    assert (ran.code, 'did you mean "b/2.wav"?' in ran.err) == (2, True)
    (listed.sources / "3.wav").unlink()
    ran = packbuilder("accept", listed.manifest, "3.wav")
    assert (ran.code, "is not in the sources folder" in ran.err) == (2, True)


def test_a_manifest_without_a_list_or_with_a_broken_one_is_refused(listed: Desk) -> None:
    _list(listed).write_text("no list\n" * 3)
    assert packbuilder("accept", listed.manifest, "3.wav").code == 1
    _list(listed).unlink()
    ran = packbuilder("accept", listed.manifest, "3.wav", "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E360"])
    listed.write(_SECTIONS)
    assert packbuilder("accept", listed.manifest, "3.wav").code == 2


def test_a_list_that_is_a_link_is_not_followed(listed: Desk) -> None:
    _replace(listed, "3.wav")
    _list(listed).rename(listed.folder / "other")
    _list(listed).symlink_to("other")
    before = (listed.folder / "other").read_bytes()
    assert packbuilder("accept", listed.manifest, "3.wav").code == 5
    assert (listed.folder / "other").read_bytes() == before
