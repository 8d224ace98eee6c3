"""Files are opened as files, and nothing else is waited for."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from builder.files.opening import open_file


def test_a_file_is_opened_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1\r\n2\x1a3")
    with open_file(path) as stream:
        assert stream.read() == b"1\r\n2\x1a3"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such things in folders")
@pytest.mark.parametrize("thing", ["pipe", "folder", "device", "socket", "link to a pipe"])
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thing: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a")
    match thing:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "socket":
            with socket.socket(socket.AF_UNIX) as one:
                one.bind("a")
        case _:
            os.mkfifo("b")
            path.symlink_to("b")
    with pytest.raises(OSError, match=r"no regular file|folder|No such device|not supported"):
        open_file(path)
    handles = Path("/proc/self/fd")
    if handles.exists():
        assert not [
            h for h in handles.iterdir() if h.is_symlink() and str(h.readlink()).startswith(str(tmp_path))
        ]
