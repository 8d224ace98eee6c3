"""What a system keeps of a file besides its bytes: times, owner, rights, marks, extended attributes, other names.

A card that was built has one time, and all else the same on each of its files; what differs can be a message.
"""

from __future__ import annotations

import errno
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import Literal

from builder.card.layout import FIXED_TIME
from builder.card.leaks.leak import Leak, excerpt
from builder.card.verify.marks import HIDDEN, READ_ONLY, SYSTEM

_SECOND = 10**9
# Midnight of 1980-01-01, which images have: FAT knows no zone, so a mounted card shows it in the zone of its computer.
_IMAGE_TIME, _ZONE_SECONDS, _MOST_ZONES = 315_532_800, 15 * 60, 14 * 4
# What file systems and security modules attach by themselves, by name and value: a name or a form alone excuses no
# text. Labels are the same on all files of a folder. Those of SELinux: the users, the role and the types that the
# reference policy gives to files of people, on disks of any kind and in containers; two categories at most.
_SELINUX_USERS = rb"unconfined_u|system_u|user_u|staff_u|sysadm_u|guest_u|xguest_u|root"
_SELINUX_TYPES = (
    rb"user_home|user_home_dir|home_root|admin_home|audio_home|data_home|user_tmp|user_tmpfs|tmp|tmpfs|usr|var|var_lib|"
    rb"root|mnt|default|unlabeled|file|removable|dosfs|iso9660|fusefs|nfs|cifs|samba_share|public_content|"
    rb"container_file|container_ro_file|svirt_sandbox_file"
)
_SELINUX_CATEGORY = rb"c(?:[0-9]{1,3}|10[01][0-9]|102[0-3])"
_OF_THE_SYSTEM = {
    "security.selinux": re.compile(
        rb"(?:%(user)b):object_r:(?:%(type)b)_t(?::s0(?::%(one)b(?:,%(one)b)?)?)?\0?"
        % {b"user": _SELINUX_USERS, b"type": _SELINUX_TYPES, b"one": _SELINUX_CATEGORY}
    ),
    "security.SMACK64": re.compile(rb"[_^*?@]|User|System"),
    "btrfs.compression": re.compile(rb"zlib|lzo|zstd|none"),
}
# Access lists: of POSIX, of NFS, of a share. A folder may hand its own down to all that is made in it.
_RIGHTS = "system."
_MARKS = {READ_ONLY: "read-only", HIDDEN: "hidden", SYSTEM: "the system's"}
_KEEP_TIMES = "a plain copy does that: write the image, or copy so that all keep their times, folders too"


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What is attached to a file or folder: `path` on the card, "" for the card's own folder; `time` of writing in ns;
    `rights` are its owner, group, permissions and access lists, as words; `attributes` are the other extended ones;
    `links` counts the names of a file.
    """

    path: str
    kind: Literal["file", "folder", "other"]
    time: int
    rights: Mapping[str, str]
    attributes: Mapping[str, bytes]
    links: int = 1
    marks: int = 0


def look_at(file: Path, path: str = "", marks: int = 0) -> Attached:
    """What the system shows. OSError where it is gone or cannot be looked at; links are not followed."""
    stat = file.lstat()
    is_file = S_ISREG(stat.st_mode)
    extended = _extended(file)
    excused = {name for name, value in extended.items() if _is_of_the_system(name, value)}
    lists = {
        name: value.hex() for name, value in extended.items() if name.startswith(_RIGHTS) or name in excused
    }
    return Attached(
        path=path,
        kind="file" if is_file else "folder" if S_ISDIR(stat.st_mode) else "other",
        time=stat.st_mtime_ns,
        rights={
            "owner": str(stat.st_uid),
            "group": str(stat.st_gid),
            "permissions": f"{S_IMODE(stat.st_mode):04o}",
            **lists,
        },
        attributes={name: value for name, value in extended.items() if name not in lists},
        links=stat.st_nlink if is_file else 1,
        marks=marks,
    )


def _is_of_the_system(name: str, value: bytes) -> bool:
    form = _OF_THE_SYSTEM.get(name)
    return form is not None and form.fullmatch(value) is not None


def _extended(file: Path) -> dict[str, bytes]:
    """Names and values; no value where it may not be read."""
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(file, follow_symlinks=False)
    except OSError as error:
        if error.errno in (
            errno.ENOTSUP,
            errno.EACCES,
            errno.EPERM,
        ):  # no such thing on this disk, or not for us
            return {}
        raise
    return {name: _value(file, name) for name in sorted(names)}


def _value(file: Path, name: str) -> bytes:
    try:
        return os.getxattr(file, name, follow_symlinks=False)
    except OSError:
        return b""


def alone(one: Attached) -> Iterator[Leak]:
    """What a file or folder has that none has."""
    for name, value in one.attributes.items():
        message = f"has an extended attribute, {name}{excerpt(value)}"
        yield Leak(code="E722", message=message)
    if one.links > 1:
        message = (
            f"has {one.links} names on this disk, and what is changed under another name is changed here"
        )
        yield Leak(code="E722", message=message)
    if marks := [what for bit, what in _MARKS.items() if one.marks & bit]:
        yield Leak(code="E722", message=f"is marked as {' and '.join(marks)}")


def unlike(all_of_them: Sequence[Attached]) -> Iterator[tuple[Attached, Leak]]:
    """Those whose owner, rights or marks differ from those of most others, files and folders each for themselves."""
    for kind in ("file", "folder"):
        mine = [one for one in all_of_them if one.kind == kind]
        usual = Counter(_same(one) for one in mine).most_common(1)
        for one in mine:
            if differing := sorted(set(usual[0][0]) ^ set(_same(one))):
                names = list(dict.fromkeys(name for name, _ in differing))
                found = ", ".join(f"{name} {_shown(dict(_same(one)).get(name, 'none'))}" for name in names)
                wanted = ", ".join(_shown(dict(usual[0][0]).get(name, "none")) for name in names)
                message = f"has {found}; most {kind}s here have {wanted}"
                yield one, Leak(code="E722", message=message)


def _same(one: Attached) -> tuple[tuple[str, str], ...]:
    return (*one.rights.items(), ("marks", f"{one.marks:02X}"))


def _shown(value: str) -> str:
    return value if len(value) < 10 else "of its own"


def times(all_of_them: Sequence[Attached]) -> Iterator[Leak]:
    """One leak for all times that are not the one of every card."""
    told = [one for one in all_of_them if not _is_constant(one.time)]
    if told:
        many = f"{len(told)} files and folders tell" if len(told) > 1 else "a file or folder tells"
        message = f"{many} when the card was written: {_timed(told[0])}"
        yield Leak(code="E711", message=message, help=_KEEP_TIMES)
        return
    usual = Counter(one.time for one in all_of_them).most_common(1)
    if others := [one for one in all_of_them if one.time != usual[0][0]]:
        many = f"{len(others)} files and folders have" if len(others) > 1 else "a file or folder has"
        message = f"{many} another time than the others, {_clock(usual[0][0])}: {_timed(others[0])}"
        yield Leak(code="E711", message=message, help=_KEEP_TIMES)


def _timed(one: Attached) -> str:
    return f"{one.path or 'the folder itself'!r} at {_clock(one.time)}"


def _clock(time: int) -> str:
    seconds, fraction = divmod(time, _SECOND)
    rest = f"{fraction / _SECOND:.9f}".strip("0") if fraction else ""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}{rest} UTC"
    except (ValueError, OverflowError, OSError):  # a disk may hold years that no calendar has
        return f"{seconds:,} s after 1970"


def _is_constant(time: int) -> bool:
    """Whether a time is that of every card: of a folder that was built, or of an image that is mounted."""
    seconds, fraction = divmod(time, _SECOND)
    zones, rest = divmod(seconds - _IMAGE_TIME, _ZONE_SECONDS)
    return not fraction and (seconds == FIXED_TIME or (rest == 0 and abs(zones) <= _MOST_ZONES))
