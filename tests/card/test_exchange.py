"""Two folders change places in one step, or nothing happens and that is said."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.card.exchange import exchange
from tests.conftest import ROOT, oracle

pytestmark = pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="there is no such step")


@pytest.fixture(params=["the disk", "memory"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two folders with unlike files, on two kinds of file system."""
    memory = Path("/dev/shm")  # a tmpfs on Linux
    if request.param == "memory" and not memory.is_dir():
        pytest.skip("no tmpfs here")
    with tempfile.TemporaryDirectory(dir=tmp_path if request.param == "the disk" else memory) as place:
        one, other = Path(place, "하나"), Path(place, "other")
        for folder in (one, other):
            (folder / "card").mkdir(parents=True)
            (folder / "card" / f"{folder.name}.mp3").write_text(folder.name)
        yield one, other


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.mp3")]


def test_each_stands_in_the_other_ones_place(pair: tuple[Path, Path]) -> None:
    one, other = pair
    assert exchange(one, other)
    assert (_names(one), _names(other)) == (["other.mp3"], ["하나.mp3"])
    assert exchange(one, other)
    assert (_names(one), _names(other)) == (["하나.mp3"], ["other.mp3"])


def test_there_is_nothing_to_exchange_with(pair: tuple[Path, Path]) -> None:
    one, other = pair
    with pytest.raises(FileNotFoundError, match="nowhere"):
        exchange(one, other.with_name("nowhere"))
    assert _names(one) == ["하나.mp3"]


_TRY = """
import sys
from pathlib import Path
from builder.card.exchange import exchange
try:
    print(exchange(Path(sys.argv[1]), Path(sys.argv[2])))
except OSError as error:
    print(error.errno)
"""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        *((unable, "False") for unable in ("EINVAL", "ENOSYS", "EOPNOTSUPP", "EPERM")),
        ("EIO", str(errno.EIO)),
        ("EACCES", str(errno.EACCES)),
    ],
)
def test_a_file_system_that_cannot_is_told_from_one_that_fails(
    pair: tuple[Path, Path], answer: str, said: str
) -> None:
    strace = [oracle("strace"), "-f", "-o", "/dev/null", "-e", "trace=renameat2"]
    command = [*strace, "-e", f"inject=renameat2:error={answer}", sys.executable, "-c", _TRY, *map(str, pair)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == said
    assert _names(pair[0]) == ["하나.mp3"]


def test_another_system_has_no_such_step(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not exchange(*pair)
    assert _names(pair[0]) == ["하나.mp3"]
