"""Every option that names a file to write refuses, before any work, to replace what this program did not write."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import click
import pytest

from builder.cli import run
from builder.cli.app import app
from builder.cli.output import PagePath
from tests.conftest import Desk, Ran, checked, oracle, speech

_PLAN = "  - plan: 2 days\n    reading: RUT\n    source: RUT_{chapter:03}.wav\n"
_PAGES = {
    "plan --days": ("plan", "--days"),
    "check --coverage": ("check", "--coverage"),
    "build --coverage": ("build", "--coverage"),
}
_OPTIONS = pytest.mark.parametrize("option", _PAGES)


@pytest.fixture
def ruth(desk: Desk) -> Desk:
    """A reading plan of four chapters, which each of the options can tell of."""
    for chapter in range(1, 5):
        speech(desk.sources / f"RUT_{chapter:03}.wav", 1, rate=8000, seed=chapter)
    desk.write(_PLAN)
    return desk


def _run(*arguments: object) -> Ran:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run([*map(str, arguments)])
    return Ran(code, out.getvalue(), err.getvalue())


def _page(desk: Desk, option: str, path: Path) -> Ran:
    verb, name = _PAGES[option]
    out = ["-o", desk.out] if verb == "build" else []
    return _run(verb, desk.manifest, name, path, *out)


@_OPTIONS
def test_a_page_replaces_an_earlier_page(ruth: Desk, option: str) -> None:
    path = ruth.folder / "page.html"
    for _ in range(2):
        assert _page(ruth, option, path).code == 0
    text = path.read_text("utf-8")
    assert text.startswith(
        '<!doctype html>\n<html lang="ko">\n<head>\n<meta name="generator" content="packbuilder'
    )
    path.write_text(text.replace("<html", "<html class"), "utf-8")
    assert _page(ruth, option, path).code == 2


_THERE = [
    "recording",
    "page of somebody else's",
    "manifest",
    "nothing in it",
    "link",
    "link to nothing",
    "folder",
    "pipe",
]


def _put(desk: Desk, path: Path, what: str) -> None:
    match what:
        case "recording":
            shutil.copyfile(desk.sources / "RUT_001.wav", path)
        case "page of somebody else's":
            path.write_text('<!doctype html>\n<html lang="ko">\n<head>\n<title>x</title>', "utf-8")
        case "manifest":
            shutil.copyfile(desk.manifest, path)
        case "nothing in it":
            path.touch()
        case "link":
            path.symlink_to(desk.manifest)
        case "link to nothing":
            path.symlink_to("nothing")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)


def _state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All that is in a folder, without following a link."""
    return {
        str(path): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() and not path.is_symlink() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights there")
@pytest.mark.parametrize("what", _THERE)
@_OPTIONS
def test_a_page_replaces_nothing_else(ruth: Desk, option: str, what: str) -> None:
    path = ruth.folder / "page.html"
    _put(ruth, path, what)
    before = _state(ruth.folder)
    ran = _page(ruth, option, path)
    assert (ran.code, str(path) in ran.err) == (2, True)
    assert _state(ruth.folder) == before  # before any work: no card was built


@pytest.mark.parametrize("name", ["recordings/RUT_001.wav", "pack.yaml", "new.txt"])
@_OPTIONS
def test_a_page_is_called_as_one(ruth: Desk, option: str, name: str) -> None:
    before = _state(ruth.folder)
    ran = _page(ruth, option, ruth.folder / name)
    assert (ran.code, _state(ruth.folder)) == (2, before)
    assert "does not end in .html" in ran.err


@pytest.mark.parametrize("name", ["no/page.html", "pack.yaml/page.html", f"{'x' * 300}.html"])
@_OPTIONS
def test_a_page_that_cannot_be_written_is_told_before_any_work(ruth: Desk, option: str, name: str) -> None:
    before = _state(ruth.folder)
    ran = _page(ruth, option, ruth.folder / name)
    assert (ran.code, _state(ruth.folder)) == (5, before)
    assert "cannot be written" in ran.err


@_OPTIONS
def test_a_page_does_not_go_where_a_pack_is(ruth: Desk, option: str) -> None:
    assert _run("build", ruth.manifest, "-o", ruth.out).code == 0
    before = _state(ruth.out)
    for folder in (ruth.card(), ruth.card().parent):
        assert _page(ruth, option, folder / "page.html").code == 2
    assert {path: what for path, what in _state(ruth.out).items() if not path.endswith(".lock")} == {
        path: what for path, what in before.items() if not path.endswith(".lock")
    }


def test_a_page_does_not_go_where_a_pack_is_about_to_be(ruth: Desk) -> None:
    folder = ruth.out / "test" / "sd-card"
    folder.mkdir(parents=True)
    ran = _page(ruth, "build --coverage", folder / "page.html")
    assert (ran.code, [*folder.iterdir()]) == (2, [])
    assert "in the folder of the pack" in ran.err


def test_every_option_that_names_a_file_to_write_is_known_to_these_tests() -> None:
    """An option that takes a path writes there, reads it, or is one of these; a new one fails here."""
    reads = {"--terms", "--pack", "--against"}
    found = {
        (verb, option.opts[-1]): option.type
        for verb in app.list_commands(click.Context(app))
        for option in app.commands[verb].params
        if isinstance(option, click.Option) and isinstance(option.type, click.Path)
    }
    pages = {key for key, kind in found.items() if isinstance(kind, PagePath)}
    assert pages == set(_PAGES.values())
    rest = {key for key in found.keys() - pages if key[1] not in reads}
    assert rest == {
        ("init", "--output"),
        ("build", "--out"),
        ("plan", "--output"),
    }  # the last in test_saved_plans.py


def _init(desk: Desk, *more: object) -> Ran:
    return _run("init", desk.sources, "-o", desk.folder / "new.yaml", "--language", "ko", *more)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights there")
@pytest.mark.parametrize("what", _THERE)
@pytest.mark.parametrize("name", ["new.yaml", "new.sha256"])
def test_init_replaces_nothing_unasked(ruth: Desk, name: str, what: str) -> None:
    _put(ruth, ruth.folder / name, what)
    before = _state(ruth.folder)
    ran = _init(ruth)
    assert (ran.code, _state(ruth.folder)) == (2, before)
    assert name in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights there")
@pytest.mark.parametrize("what", _THERE)
@pytest.mark.parametrize("name", ["new.yaml", "new.sha256"])
def test_init_replaces_by_force_a_text_as_a_manifest_and_its_own_list(
    ruth: Desk, name: str, what: str
) -> None:
    _put(ruth, ruth.folder / name, what)
    before = _state(ruth.folder)
    ran = _init(ruth, "--force")
    if name == "new.yaml" and what in ("page of somebody else's", "manifest", "nothing in it"):
        assert ran.code == 0  # whatever a person wrote there, this is what --force is for
        return
    assert (ran.code, _state(ruth.folder)) == (2, before)
    assert name in ran.err


def test_init_by_force_does_not_replace_checksums_that_somebody_else_made(ruth: Desk) -> None:
    assert _init(ruth).code == 0
    assert _init(ruth, "--force").code == 0
    listed = ruth.folder / "new.sha256"
    text = listed.read_text("utf-8")
    listed.write_text(text.partition("\n")[2], "utf-8")
    assert _init(ruth, "--force").code == 2
    assert listed.read_text("utf-8") == text.partition("\n")[2]


def test_other_programs_read_the_list_with_its_mark(ruth: Desk) -> None:
    assert _init(ruth).code == 0
    lines = (ruth.folder / "new.sha256").read_text("utf-8").splitlines()
    assert (len(lines), lines[0][:30]) == (5, "# Written by packbuilder init:")
    here = os.getcwd()  # noqa: PTH109
    os.chdir(ruth.sources)
    try:
        assert checked(oracle("sha256sum"), "-c", "--strict", "../new.sha256").count(": OK") == 4
        if shutil.which("shasum"):
            assert checked("shasum", "-a", "256", "-c", "../new.sha256").count(": OK") == 4
    finally:
        os.chdir(here)


def test_a_profile_outside_the_folder_of_the_manifest_is_not_written_into_it(ruth: Desk) -> None:
    profile = ruth.folder / "mine.yaml"
    profile.write_text("name: mine\ntitle: a player\nbased_on: mp3-player\n", "utf-8")
    (ruth.folder / "m").mkdir()
    ran = _run(
        "init", ruth.sources, "-o", ruth.folder / "m" / "n.yaml", "--language", "ko", "--profile", profile
    )
    assert (ran.code, [*(ruth.folder / "m").iterdir()]) == (2, [])
    assert "copy the file there" in ran.err
