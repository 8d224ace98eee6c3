"""A pack is built again over itself: what its record lists is its own, and nothing else is ever taken away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Desk, convert, speech, tree

_HEAD = "profiles: [mp3-player]\nsplit: true\n"


@pytest.fixture(scope="module")
def with_words(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Nine recordings of four minutes, each with words: two cards of 16 MB."""
    desk = Desk(tmp_path_factory.mktemp("words"))
    desk.sources.mkdir()
    short = speech(desk.folder / "short.wav", 4, rate=16000)
    long = convert(short, desk.folder / "long.flac", "-af", "aloop=loop=-1:size=64000", "-t", "240")
    for number in range(1, 10):
        shutil.copy(long, desk.sources / f"{number}.flac")
        (desk.sources / f"{number}.lrc").write_text("[00:01.00]하나\n[01:00.00]둘\n", "utf-8")
    return desk


def _sections(desk: Desk, count: int, words: str = ", lyrics: {}.lrc") -> None:
    desk.write(
        "".join(
            f"  - title: S{n}\n    tracks: [{{title: T{n}, source: {n}.flac{words.format(n)}}}]\n"
            for n in range(1, count + 1)
        ),
        head=_HEAD,
    )


def test_a_pack_with_words_on_the_screen_is_built_again(with_words: Desk) -> None:
    """First it was built once only: the pack's own words were taken for a stranger's files."""
    _sections(with_words, 2)
    first = with_words.build("--image")
    assert first.code == 0, first.err
    before = tree(with_words.out)
    assert sum(name.endswith(".lrc") for name in before) == 2
    again = with_words.build("--image")
    assert again.code == 0, again.err
    assert tree(with_words.out) == before


def test_so_is_one_of_several_cards_and_one_that_becomes_another(with_words: Desk) -> None:
    _sections(with_words, 9)
    for _ in range(2):
        ran = with_words.build("--image", "--card", "16MB")
        assert ran.code == 0, ran.err
        files = tree(with_words.out)
        assert {name.split("/")[2] for name in files} == {"1", "2"}
        assert sum(name.endswith(".lrc") for name in files) == 9
        assert sum(name.endswith("card.img") for name in files) == 2
    _sections(with_words, 9, "")
    assert with_words.build("--card", "16MB").code == 0
    assert not [name for name in tree(with_words.out) if name.endswith((".lrc", ".img"))]
    _sections(with_words, 1)
    for _ in range(2):
        ran = with_words.build()
        assert ran.code == 0, ran.err
        assert {name.split("/")[2] for name in tree(with_words.out)} == {"card", "record.json"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["card/{}/notes.lrc", "card/{}/._T1.lrc", "1/record.json", "card/{}/x/"])
def test_a_strangers_file_among_the_words_is_still_refused(with_words: Desk, name: str) -> None:
    shutil.rmtree(with_words.out, ignore_errors=True)
    _sections(with_words, 1)
    assert with_words.build().code == 0
    pack = with_words.out / "test" / "mp3-player"
    (folder,) = (path for path in (pack / "card").iterdir() if path.is_dir())
    mine = pack / name.format(folder.name)
    if name.endswith("/"):
        mine.mkdir()
    else:
        mine.parent.mkdir(exist_ok=True)
        mine.write_text("precious", "utf-8")
    ran = with_words.build()
    assert ran.code == 5
    assert "there is" in ran.err
    assert mine.exists()


def test_a_file_of_the_old_pack_that_is_also_elsewhere_stays_there_as_it_was(
    with_words: Desk, tmp_path: Path
) -> None:
    """A hard link: another name of the same bytes. What is replaced is never written to."""
    shutil.rmtree(with_words.out, ignore_errors=True)
    _sections(with_words, 1)
    assert with_words.build("--image").code == 0
    kept = {}
    for number, path in enumerate(sorted(with_words.out.rglob("*"))):
        if path.is_file():
            elsewhere = with_words.folder / f"kept {number}"
            elsewhere.hardlink_to(path)
            kept[elsewhere] = (path.read_bytes(), path.stat().st_mtime_ns)
    _sections(with_words, 2, "")
    assert with_words.build("--image").code == 0
    for path, before in kept.items():
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before
        path.unlink()
