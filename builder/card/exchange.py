"""Two folders change places in one step, where the system and the file system can: Linux and macOS."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

# The library call, and its flag: renameat2(2) of Linux 3.15 and glibc 2.28; renamex_np(2) of macOS 10.12.
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2
# What a kernel, a file system such as NFS, or a sandbox (EPERM) answers that does not know how.
_UNABLE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders on one disk change places; False where that cannot be done in one step, and nothing was done.

    OSError where a rename would fail too.
    """
    if sys.platform not in ("linux", "darwin"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    a, b = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            result = libc.renamex_np(a, b, _RENAME_SWAP)
        else:
            result = libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE)
    except AttributeError:  # a C library without it
        return False
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNABLE:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))
