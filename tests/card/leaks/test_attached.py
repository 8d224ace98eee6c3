"""What a system keeps of a file besides its bytes: one time for all, and nothing that only one has."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.card.layout import FIXED_TIME, fix_times
from builder.card.leaks.attached import Attached, alone, look_at, times, unlike
from builder.card.leaks.audit import audit
from builder.card.leaks.words import Words
from builder.card.verify import marks
from tests.conftest import oracle

IMAGE_TIME = 315_532_800
SECOND = 10**9


def folder_of(path: Path, *names: str) -> Path:
    """A card of files in the way that a build leaves one."""
    for name in names or ("a.mp3", "b.mp3", "c.mp3"):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"x")
    return path


def seen(card: Path) -> list[Attached]:
    return [
        look_at(card),
        *(look_at(path, path.relative_to(card).as_posix()) for path in sorted(card.rglob("*"))),
    ]


def messages(card: Path) -> list[str]:
    found = seen(card)
    own = [f"{one.path}: {leak.message}" for one in found for leak in alone(one)]
    return own + [f"{one.path}: {leak.message}" for one, leak in unlike(found)]


def at(path: str, time: int) -> Attached:
    return Attached(path=path, kind="file", time=time, rights={}, attributes={})


def told(*all_times: int) -> list[str]:
    return [leak.message for leak in times([at(str(n), time) for n, time in enumerate(all_times)])]


@pytest.mark.parametrize("hours", [-14, -9, 0, 5.75, 14])
def test_one_time_of_an_image_in_any_zone_is_no_leak(hours: float) -> None:
    time = int(IMAGE_TIME + hours * 3600) * SECOND
    assert told(time, time, time) == []


def test_the_time_of_a_folder_that_was_built_is_no_leak() -> None:
    assert told(FIXED_TIME * SECOND, FIXED_TIME * SECOND) == []


@pytest.mark.parametrize("zone", [*range(-56, 57)])
def test_a_zone_for_each_file_is_a_message(zone: int) -> None:
    """113 values for each file: enough for a name in a dozen of them."""
    other = (IMAGE_TIME + zone * 900) * SECOND
    usual = FIXED_TIME * SECOND if zone == 0 else IMAGE_TIME * SECOND
    (message,) = told(usual, usual, other)
    assert "a file or folder has another time than the others" in message
    assert "'2' at" in message


@pytest.mark.parametrize("fraction", [1, 100, 10_000_000, 999_999_999])
@pytest.mark.parametrize("time", [FIXED_TIME, IMAGE_TIME])
def test_a_fraction_of_a_second_is_a_message(time: int, fraction: int) -> None:
    (message,) = told(*[time * SECOND + fraction] * 3)
    assert "3 files and folders tell when the card was written" in message
    assert f"{fraction / SECOND:.9f}".strip("0") in message


@pytest.mark.parametrize(
    "seconds", [0, -1, IMAGE_TIME + 1, IMAGE_TIME - 57 * 900, FIXED_TIME + 2, 1_790_000_000]
)
def test_any_other_time_is_a_message(seconds: int) -> None:
    assert len(told(seconds * SECOND)) == 1


def test_a_folder_as_it_is_made_has_nothing_attached(tmp_path: Path) -> None:
    assert messages(folder_of(tmp_path / "card", "a.mp3", "01/b.mp3", "01/c.mp3", "02/d.mp3")) == []


def extended(path: Path, name: str, value: bytes = b"made by CANARY") -> None:
    """Set by a program that we did not write."""
    call = [oracle("setfattr"), "-n", name, "-v", "0x" + value.hex(), str(path)]
    if subprocess.run(call, check=False, capture_output=True).returncode:
        pytest.skip(f"{name} cannot be set here")


@pytest.mark.parametrize("where", ["", "01", "01/b.mp3"])
@pytest.mark.parametrize("name", ["user.comment", "user.xdg.origin.url", "trusted.kim", "security.kim"])
def test_an_extended_attribute_is_told_with_its_text(tmp_path: Path, where: str, name: str) -> None:
    card = folder_of(tmp_path / "card", "a.mp3", "01/b.mp3", "01/c.mp3")
    extended(card / where, name)
    assert messages(card) == [f'{where}: has an extended attribute, {name} "made by CANARY"']


def test_what_a_link_leads_to_is_not_looked_at(tmp_path: Path) -> None:
    card = folder_of(tmp_path / "card")
    extended(folder_of(tmp_path, "kim.mp3") / "kim.mp3", "user.comment")
    (card / "d.mp3").symlink_to(tmp_path / "kim.mp3")
    (card / "e.mp3").symlink_to(tmp_path / "gone")
    assert messages(card) == []


def acl(path: Path, *options: str) -> None:
    """By a program that we did not write."""
    call = [oracle("setfacl"), *options, str(path)]
    if subprocess.run(call, check=False, capture_output=True).returncode:
        pytest.skip("this disk has no access lists")


def test_an_access_list_of_one_file_is_told(tmp_path: Path) -> None:
    card = folder_of(tmp_path / "card")
    acl(card / "b.mp3", "-m", "u:12345:r")
    (message,) = messages(card)
    assert message.startswith("b.mp3: has system.posix_acl_access of its own")


def test_a_list_that_a_folder_hands_down_is_on_all_and_tells_nothing(tmp_path: Path) -> None:
    """As a team shares a folder: a build in it must not fail for that."""
    acl(tmp_path, "-d", "-m", "u:12345:rwx", "-m", "g:12345:rx")
    card = folder_of(tmp_path / "card", "a.mp3", "01/b.mp3", "01/02/c.mp3")
    assert any(name.startswith("system.posix_acl") for one in seen(card) for name in one.rights)
    assert messages(card) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o027, 0o077])
def test_whatever_the_mask_all_are_alike(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        card = folder_of(tmp_path / "card", "a.mp3", "01/b.mp3")
    finally:
        os.umask(before)
    assert messages(card) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.chmod(0o604), "has permissions 0604; most files here have 06"),
        (lambda path: path.chmod(0o4644), "permissions 4644"),
        (lambda path: os.chown(path, 821, -1), "has owner 821; most files here have "),
        (lambda path: os.chown(path, -1, 821), "has group 821; most files here have "),
    ],
)
def test_a_file_with_another_owner_or_rights_is_told(
    tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    card = folder_of(tmp_path / "card")
    try:
        change(card / "b.mp3")
    except PermissionError:
        pytest.skip("only an administrator may give files away")
    (message,) = messages(card)
    assert message.startswith("b.mp3: ")
    assert said in message


def test_a_second_name_of_a_file_is_told(tmp_path: Path) -> None:
    card = folder_of(tmp_path / "card")
    os.link(card / "b.mp3", tmp_path / "kim.mp3")
    assert messages(card) == [
        "b.mp3: has 2 names on this disk, and what is changed under another name is changed here"
    ]


def test_marks_are_told(tmp_path: Path) -> None:
    def marked(*bits: int) -> list[str]:
        all_of_them = [
            Attached(path=str(n), kind="file", time=0, rights={}, attributes={}, marks=bit)
            for n, bit in enumerate(bits)
        ]
        own = [leak.message for one in all_of_them for leak in alone(one)]
        return own + [f"{one.path}: {leak.message}" for one, leak in unlike(all_of_them)]

    assert marked(marks.ARCHIVE, marks.ARCHIVE) == []
    assert marked(0, 0, 0) == []
    assert marked(marks.HIDDEN | marks.SYSTEM) == ["is marked as hidden and the system's"]
    assert marked(0x20, 0x20, 0x00) == ["2: has marks 00; most files here have 20"]


@pytest.mark.skipif(not hasattr(marks, "ioctl"), reason="only Linux tells the marks of a mounted card")
def test_marks_are_asked_of_the_driver_of_fat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kernel of ours mounts FAT: the question is looked at, and what is made of the answer."""
    file = folder_of(tmp_path) / "a.mp3"
    asked = []

    def answer(handle: int, request: int, buffer: bytes) -> bytes:
        asked.append((str(Path(f"/proc/self/fd/{handle}").readlink()), request, len(buffer)))
        return b"\x27\0\0\0"

    monkeypatch.setattr(marks, "ioctl", answer)
    assert marks.marks_of(file, is_fat=True) == marks.READ_ONLY | marks.HIDDEN | marks.SYSTEM | marks.ARCHIVE
    assert asked == [(str(file), 0x80047210, 4)]
    assert marks.marks_of(file, is_fat=False) == 0
    monkeypatch.undo()
    assert marks.marks_of(file, is_fat=True) == 0  # a disk that knows no such question
    assert marks.marks_of(tmp_path / "gone", is_fat=True) == 0


def test_of_a_card_that_is_given_by_a_link_the_folder_itself_is_looked_at(tmp_path: Path) -> None:
    """Nor is the time of the link held against it."""
    card, link = folder_of(tmp_path / "made"), tmp_path / "link"
    link.symlink_to(card)
    fix_times(card)
    found = {finding.code for finding in audit(link, Words(words=()), lambda *_: None).findings}
    assert "E711" not in found
    assert "E722" not in found
    extended(card, "user.comment")
    fix_times(card)
    os.utime(link, (FIXED_TIME, FIXED_TIME), follow_symlinks=False)
    told = [finding.message for finding in audit(link, Words(words=()), lambda *_: None).findings]
    assert any("user.comment" in message for message in told)


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("security.selinux", b"unconfined_u:object_r:user_home_t:s0\0", False),
        ("security.selinux", b"system_u:object_r:usr_t:s0:c1,c2", False),
        ("security.SMACK64", b"_", False),
        ("btrfs.compression", b"zstd", False),
        ("security.selinux", b"system_u:object_r:dosfs_t:s0", False),
        ("security.selinux", b"system_u:object_r:container_file_t:s0:c123,c1023\0", False),
        ("security.selinux", b"Kim John, River St 12", True),
        # Forms of a label that say something: every part of them is one that policies have, or it is a message.
        ("security.selinux", b"Kim_John_u:object_r:user_home_t:s0", True),
        ("security.selinux", b"system_u:River_St_12_r:user_home_t:s0", True),
        ("security.selinux", b"system_u:object_r:called_by_Lee_on_Sunday_t:s0", True),
        ("security.selinux", b"system_u:object_r:user_home_t:s0:c02,381.1234", True),
        ("security.selinux", b"system_u:object_r:user_home_t:s0:c1,c2,c3", True),
        ("security.selinux", b"system_u:object_r:user_home_t:s0:c1024", True),
        ("security.selinux", b"system_u:object_r:user_home_t:s7", True),
        ("security.selinux.kim", b"unconfined_u:object_r:user_home_t:s0", True),
        ("security.SMACK64", b"KIM", True),
        ("btrfs.compression", b"Kim", True),
        ("trusted.overlay.redirect", b"Kim John", True),
        ("security.ima", b"Kim John", True),
        ("trusted.link", b"Kim John", True),
        ("user.comment", b"", True),
    ],
)
def test_an_attribute_of_the_systems_own_is_known_by_its_form_not_by_its_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: bytes, is_told: bool
) -> None:
    monkeypatch.setattr("builder.card.leaks.attached._extended", lambda _: {name: value})
    assert bool(list(alone(look_at(folder_of(tmp_path) / "a.mp3")))) == is_told
