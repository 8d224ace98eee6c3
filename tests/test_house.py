"""The house: who may import whom, one owner per dependency, no drawers, no overgrown rooms."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import builder

_ROOT = Path(builder.__file__).parent
_FILES = sorted(_ROOT.rglob("*.py"))


def _module(path: Path) -> str:
    """`audio.mp3` for builder/audio/mp3.py, `audio` for builder/audio/__init__.py, "" for the package itself."""
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


_MODULES = {_module(path): path for path in _FILES}


def _imports(path: Path) -> set[str]:
    """Every module that a file imports, in full; `from a import b` is `a.b` where that is a module of ours."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            ours = {name for name in inner if name.removeprefix("builder.") in _MODULES}
            found |= ours if ours else {module}
    return found


def _rooms_imported(path: Path) -> set[str]:
    """Modules of ours that a file imports; `builder` for the package itself, which holds the version."""
    return {name.removeprefix("builder.") for name in _imports(path) if name.split(".")[0] == "builder"}


def _room(module: str) -> str:
    return module.split(".")[0]


# What each room may import of ours, besides itself. A name stands for a module and all within it.
_LADDER: dict[str, set[str]] = {
    "": set(),
    "errors": set(),
    "filenames": set(),
    "findings": set(),
    "bible": set(),
    "shaping": set(),
    "naming": {"filenames"},
    "opening": set(),
    "text": set(),
    "fat": {"errors", "filenames", "naming"},
    "folders": {"errors"},
    "locking": {"errors", "folders"},
    "romanize": {"errors"},
    "lyrics": {"text"},
    "manifest": {"filenames", "findings", "bible", "opening", "shaping", "text"},
    "profiles": {
        "findings",
        "manifest.beside",
        "manifest.document",
        "manifest.nodes",
        "manifest.quoting",
        "manifest.text",
        "manifest.validate",
        "naming",
        "shaping",
    },
    "planning": {
        "bible",
        "fat.geometry",
        "fat.tree",
        "findings",
        "lyrics.lines",
        "manifest.pack",
        "naming",
        "profiles.profile",
        "shaping",
    },
    "papers": {"errors", "opening"},
    "workplace": {"errors", "folders", "locking"},
    "store": {"errors", "folders", "locking", "opening", "workplace"},
    "loudness": {"profiles.profile"},
    "audio": {"errors", "loudness", "opening", "profiles.profile", "shaping"},
    "card": {
        "errors",
        "filenames",
        "fat",
        "folders",
        "locking",
        "naming",
        "opening",
        "planning.plan",
        "planning.tagging",
        "profiles.profile",
    },
    "review": {"bible", "findings", "planning.days", "planning.plan", "text"},
    "shelf": {"audio.probe", "folders"},
    "titles": {"audio.probe", "bible.books", "bible.spoken", "findings", "manifest.pack", "shelf"},
    "sources": {"audio.probe", "bible.coverage", "findings", "manifest.pack", "shelf"},
    "onscreen": {
        "findings",
        "lyrics",
        "manifest.pack",
        "naming",
        "opening",
        "planning.plan",
        "profiles.profile",
        "shelf",
        "sources",
    },
    "checking": {"audio.probe", "bible", "findings", "manifest.pack", "opening", "shelf", "sources"},
    "intake": {
        "audio.frames",
        "bible",
        "errors",
        "filenames",
        "findings",
        "manifest.document",
        "manifest.load",
        "manifest.resolve",
        "manifest.text",
        "opening",
        "papers",
        "shelf",
        "text",
    },
    "check": {
        "audio.probe",
        "audio.voice",
        "audit.foresee",
        "audit.words",
        "bible.coverage",
        "card.cover",
        "checking",
        "findings",
        "onscreen",
        "manifest.beside",
        "manifest.load",
        "manifest.pack",
        "planning",
        "profiles",
        "romanize",
        "shelf",
        "sources",
        "titles",
    },
    "sound": {
        "audio",
        "bible.spoken",
        "errors",
        "findings",
        "loudness",
        "lyrics.fit",
        "manifest.pack",
        "opening",
        "planning.plan",
        "profiles.profile",
        "shaping",
        "sources",
        "store",
    },
    "record": {
        "audio.alike",
        "audio.ffmpeg",
        "bible.coverage",
        "builder",
        "card.layout",
        "card.publish",
        "manifest.pack",
        "onscreen.files",
        "planning.plan",
        "profiles.profile",
        "sound.rendering",
    },
    "build": {
        "audit",
        "card",
        "check",
        "errors",
        "findings",
        "folders",
        "lyrics",
        "onscreen",
        "planning",
        "record",
        "sound",
        "verify.pack",
    },
    "verify": {"card.publish", "errors", "filenames", "fat", "findings", "lyrics.lines", "naming", "opening"},
    "audit": {
        "filenames",
        "audio.ancillary",
        "audio.mp3",
        "bible.books",
        "card.jpeg",
        "card.id3v1",
        "card.layout",
        "card.publish",
        "card.tags",
        "errors",
        "fat",
        "findings",
        "onscreen.files",
        "lyrics.lines",
        "naming",
        "opening",
        "planning.plan",
        "planning.tagging",
        "profiles.profile",
        "text",
        "verify",
    },
    "cli": {
        "audio.ffmpeg",
        "audio.voice",
        "audit",
        "bible.books",
        "bible.coverage",
        "bible.names",
        "build",
        "builder",
        "check",
        "checking.checksums",
        "errors",
        "findings",
        "intake",
        "manifest.beside",
        "manifest.schema",
        "manifest.text",
        "papers",
        "planning.plan",
        "profiles",
        "review",
        "sound.desk",
        "store",
        "text",
        "verify",
    },
    "__main__": {"cli"},
}


def test_every_room_stands_on_the_ladder() -> None:
    assert {_room(module) for module in _MODULES} == set(_LADDER)


@pytest.mark.parametrize("path", _FILES, ids=_module)
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    room = _room(_module(path))
    others = {module for module in _rooms_imported(path) if module == "builder" or _room(module) != room}
    allowed = _LADDER[room]
    wrong = {m for m in others if m not in allowed and not any(m.startswith(f"{a}.") for a in allowed)}
    assert wrong == set()


def test_imports_never_run_in_a_circle() -> None:
    TopologicalSorter({module: _rooms_imported(path) for module, path in _MODULES.items()}).prepare()


def test_the_ladder_has_no_rung_that_nothing_uses() -> None:
    used: dict[str, set[str]] = {room: set() for room in _LADDER}
    for module, path in _MODULES.items():
        used[_room(module)] |= _rooms_imported(path)
    for room, allowed in _LADDER.items():
        idle = {a for a in allowed if not any(m == a or m.startswith(f"{a}.") for m in used[room])}
        assert idle == set(), room


# Which files may import what others made; a folder ends with a slash.
_OWNERS: dict[str, set[str]] = {
    "click": {"cli/"},
    "rich": {"cli/"},
    "yaml": {"manifest/compose.py"},
    "mutagen": {"card/tags.py", "audio/probe.py", "record.py"},
    "numpy": {
        "audio/",
        "loudness/",
        "audit/search.py",
        "card/blocks.py",
        "fat/survey.py",
        "fat/table.py",
        "record.py",
    },
    "soundfile": {"audio/proof.py", "record.py"},
    "PIL": {"card/cover.py"},
    "jinja2": {"review/page.py"},
    "koroman": {"romanize.py"},
    "pypinyin": {"romanize.py"},
    "pydub": {"audio/speech.py"},
    "espeakng_loader": {"audio/voice.py"},
    "subprocess": {"audio/ffmpeg.py", "audio/voice.py"},
    "imageio_ffmpeg": {"audio/ffmpeg.py"},
    "filelock": {"locking.py"},
    "ctypes": {"audio/espeak.py", "card/exchange.py"},
    "platformdirs": {"store.py"},
    "langcodes": {"manifest/text.py", "planning/tagging.py"},
    "pydantic": {"manifest/", "profiles/"},
    "pydantic_core": {"manifest/"},
}
_NOT_OURS = set(sys.stdlib_module_names) - {"subprocess", "ctypes"} | {"builder", "__future__"}


@pytest.mark.parametrize("path", _FILES, ids=_module)
def test_a_dependency_is_imported_by_its_owners_only(path: Path) -> None:
    here = path.relative_to(_ROOT).as_posix()
    for name in {name.split(".")[0] for name in _imports(path)} - _NOT_OURS:
        assert name in _OWNERS, f"{name} has no owner"
        assert any(here == owner or (owner[-1] == "/" and here.startswith(owner)) for owner in _OWNERS[name])


@pytest.mark.parametrize("path", _FILES, ids=_module)
def test_nothing_starts_a_process_or_reaches_the_network_behind_the_owners_back(path: Path) -> None:
    forbidden = {"socket", "urllib", "http", "multiprocessing", "pickle"}
    assert {name.split(".")[0] for name in _imports(path)} & forbidden == set()
    assert not re.search(r"\bos\.(?:system|popen|exec\w*|spawn\w*|fork)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("path", _FILES, ids=_module)
def test_a_file_is_small_says_what_it_is_for_and_is_no_drawer(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 320
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert path.stem not in {"utils", "helpers", "misc", "common", "manager", "handler", "util", "helper"}


@pytest.mark.parametrize("path", _FILES, ids=_module)
def test_no_device_is_named_in_code(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"profile\.name\s*(?:==|!=|\bin\b|\bnot in\b)|match\s+profile\.name", text)
    if path.name != "models.py":  # the manifest's default
        assert not re.search(r"""["'](?:sd-card|mp3-player)["']""", text)


def test_the_package_stays_small() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in _FILES)
    assert lines < 27_000  # with issue 13; to be brought down when the house is rebuilt
