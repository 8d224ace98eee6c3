"""The house: who may import whom, one owner per dependency, no drawers, no overgrown rooms."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import builder

_ROOT = Path(builder.__file__).parent
_FILES = sorted(_ROOT.rglob("*.py"))


def _module(path: Path) -> str:
    """`sound.store` for builder/sound/store.py, `sound` for builder/sound/__init__.py, "" for the package itself."""
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


# The wings, from the ground up: each imports only what is named before it. `builder` itself holds the version.
_WINGS = (
    "",
    "errors",
    "text",
    "findings",
    "files",
    "bible",
    "manifest",
    "profiles",
    "fat",
    "sources",
    "plan",
    "sound",
    "card",
    "review",
    "check",
    "build",
    "cli",
    "__main__",
)
# What is no business of others, though it lies below them.
_PRIVATE = {
    "manifest.yaml": {"manifest", "profiles", "sources.intake"},
    "sound.mp3": {"sound", "card.leaks"},
    "sound.voice.espeak": {"sound.voice"},
    "card.exchange": {"card"},
}


def test_every_wing_is_on_the_list() -> None:
    assert {_room(module) for module in _MODULES} == set(_WINGS)


def test_a_wing_imports_only_wings_that_come_before_it() -> None:
    wrong = {
        (module, other)
        for module, path in _MODULES.items()
        for other in _rooms_imported(path)
        if other != "builder" and _WINGS.index(_room(other)) > _WINGS.index(_room(module))
    }
    assert wrong == set()


def test_what_is_private_to_a_wing_is_imported_there_only() -> None:
    def lies_in(module: str, place: str) -> bool:
        return f"{module}.".startswith(f"{place}.")

    for private, users in _PRIVATE.items():
        assert any(lies_in(module, private) for module in _MODULES), private
        wrong = {
            module
            for module, path in _MODULES.items()
            if any(lies_in(other, private) for other in _rooms_imported(path))
            and not any(lies_in(module, user) for user in {*users, private})
        }
        assert wrong == set(), private


def test_imports_never_run_in_a_circle() -> None:
    TopologicalSorter({module: _rooms_imported(path) for module, path in _MODULES.items()}).prepare()


def test_a_wing_says_what_its_face_is() -> None:
    """The docstring of each folder names modules of it, or folders in it, that others enter by."""
    folders = [path for path in _FILES if path.name == "__init__.py" and path.parent != _ROOT]
    assert len(folders) > 10
    for path in folders:
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        _, _, face = text.partition("Face: ")
        names = re.findall(r"[a-z0-9_]+", face)
        assert names, path
        there = {one.stem for one in path.parent.iterdir()}
        assert names[0] in there, path
        assert path.parent.name == "cli" or set(names) <= there, path


# Which files may import what others made; a folder ends with a slash.
_OWNERS: dict[str, set[str]] = {
    "click": {"cli/"},
    "rich": {"cli/"},
    "yaml": {"manifest/yaml/compose.py"},
    "mutagen": {"card/tags.py", "sources/probe.py", "card/record.py"},
    "numpy": {
        "sound/",
        "card/leaks/search.py",
        "card/blocks.py",
        "card/cover.py",
        "fat/survey.py",
        "fat/table.py",
        "card/record.py",
    },
    "soundfile": {"sound/encode/render.py", "card/record.py"},
    "PIL": {"card/cover.py"},
    "jinja2": {"review/page.py"},
    "koroman": {"plan/romanize.py"},
    "pypinyin": {"plan/romanize.py"},
    "pydub": {"sound/encode/speech.py"},
    "espeakng_loader": {"sound/voice/voice.py"},
    "subprocess": {"sound/decode/ffmpeg.py", "sound/voice/voice.py"},
    "imageio_ffmpeg": {"sound/decode/ffmpeg.py"},
    "filelock": {"files/locking.py"},
    "ctypes": {"sound/voice/espeak.py", "card/exchange.py"},
    "platformdirs": {"sound/store.py"},
    "langcodes": {"manifest/text.py", "plan/tagging.py"},
    "pydantic": {"manifest/", "profiles/", "review/"},
    "pydantic_core": {"manifest/"},
}
_NOT_OURS = set(sys.stdlib_module_names) - {"subprocess", "ctypes"} | {"builder", "__future__"}


def test_a_dependency_is_imported_by_its_owners_only() -> None:
    for path in _FILES:
        here = path.relative_to(_ROOT).as_posix()
        for name in {name.split(".")[0] for name in _imports(path)} - _NOT_OURS:
            assert name in _OWNERS, f"{name} has no owner"
            assert any(
                here == owner or (owner[-1] == "/" and here.startswith(owner)) for owner in _OWNERS[name]
            )


def test_nothing_starts_a_process_or_reaches_the_network_behind_the_owners_back() -> None:
    for path in _FILES:
        forbidden = {"socket", "urllib", "http", "multiprocessing", "pickle"}
        imported = _imports(path) - {"urllib.parse"}  # which only reads and writes texts
        assert {name.split(".")[0] for name in imported} & forbidden == set()
        assert not re.search(r"\bos\.(?:system|popen|exec\w*|spawn\w*|fork)\b", path.read_text("utf-8"))


def test_a_file_is_small_says_what_it_is_for_and_is_no_drawer() -> None:
    for path in _FILES:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 320
        assert ast.get_docstring(ast.parse(text)), "no docstring"
        assert path.stem not in {"utils", "helpers", "misc", "common", "manager", "handler", "util", "helper"}


def test_no_device_is_named_in_code() -> None:
    for path in _FILES:
        text = path.read_text("utf-8")
        assert not re.search(r"profile\.name\s*(?:==|!=|\bin\b|\bnot in\b)|match\s+profile\.name", text)
        if path.name != "models.py":  # the manifest's default
            assert not re.search(r"""["'](?:sd-card|mp3-player)["']""", text)


def test_the_package_stays_small() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in _FILES)
    assert (
        lines < 28_700
    )  # the review (issue 15) adds 1,900; to be brought down when the sound stages are redone


def test_a_type_has_its_name_to_itself() -> None:
    """Classes and aliases that others may import; a private one is its module's affair."""
    owners: dict[str, list[str]] = {}
    for module, path in _MODULES.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            name = node.name if isinstance(node, ast.ClassDef) else ""
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name = target.id if isinstance(target, ast.Name) else ""
            if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
                owners.setdefault(name, []).append(module)
    assert len(owners) > 200
    assert {name: modules for name, modules in owners.items() if len(modules) > 1} == {}


def test_few_functions_take_more_than_five_things_by_position() -> None:
    """The verbs do, since click gives each option; bundles that travel together are one thing."""
    many = [
        f"{module}.{node.name}"
        for module, path in _MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and len([one for one in node.args.posonlyargs + node.args.args if one.arg not in ("self", "cls")]) > 5
    ]
    assert len(many) <= 11, many
