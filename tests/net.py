"""What the program does, recorded, to be compared after the house was rebuilt and nothing else was meant to change.

    python -m tests.net before.json         # at the commit before
    python -m tests.net after.json          # at the commit after, on the same machine
    python -m tests.net --compare before.json after.json

Recorded are, for every manifest at hand and for generated packs on every device: exit codes, the JSON of every verb,
the records without the versions in them, the SHA-256 of every file of a card and of its image, and the keys of the
store. `--compare` prints what differs; with `--no-words` the sentences of findings and errors may differ, their codes
and places may not. It imports nothing of the program but the command line.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.cli import run
from tests.conftest import ROOT
from tests.net_packs import PACKS, write_recordings

_WORDS = {"message", "help", "advice", "error"}


def record() -> dict[str, Any]:
    """Everything that is recorded, by what was run. Works in a folder of its own, with a store of its own."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        os.environ["PACKBUILDER_CACHE"] = f"{name}/cache"
        os.chdir(name)  # all paths below are relative, so that none of this machine is recorded
        try:
            return dict(_recorded(Path()))
        finally:
            os.chdir(before)


def _recorded(here: Path) -> Iterator[tuple[str, Any]]:
    for folder in ("manifests", "audio-samples", "tests/manifests"):
        shutil.copytree(ROOT / folder, here / folder)
    yield "schema", _ran("schema")
    yield "profiles", _ran("profiles")
    for path in sorted(here.glob("tests/manifests/*/*.yaml")):
        yield from _looked_at(path)
    profiles = [row["name"] for row in _ran("profiles")["json"]["profiles"]]
    yield from _built(here / "manifests/starter.yaml", [])
    recordings = here / "packs/recordings"
    write_recordings(recordings)
    for number, text in enumerate(PACKS):
        path = here / f"packs/{number:02}.yaml"
        path.write_text(f"pack: net-{number:02}\nsources: recordings\n{text}", "utf-8")
        for profile in profiles:
            yield from _built(path, ["--profile", profile])
    yield "init", _ran("init", str(recordings), "-o", "packs/init.yaml", "--language", "ko")
    yield "init: written", [(here / f"packs/init.{end}").read_text("utf-8") for end in ("yaml", "sha256")]
    yield "store", sorted(path.stem for path in (here / "cache").glob("??/*.json"))


def _looked_at(path: Path) -> Iterator[tuple[str, Any]]:
    for verb in ("check", "plan"):
        yield f"{verb} {path}", _ran(verb, str(path))


def _built(path: Path, options: list[str]) -> Iterator[tuple[str, Any]]:
    """A manifest through every verb of its way to the card and back."""
    what = " ".join([str(path), *options])
    for verb in ("check", "plan"):
        yield f"{verb} {what}", _ran(verb, str(path), *options)
    out = Path("out") / hashlib.sha256(what.encode()).hexdigest()[:12]
    yield f"build {what}", _ran("build", str(path), *options, "-o", str(out), "--image")
    for found in sorted(out.glob("**/record.json")):
        card = found.parent.relative_to(out)
        written = json.loads(found.read_text("utf-8"))
        yield f"record {what} {card}", {**written, "engine": None}
        yield f"files {what} {card}", _digests(found.parent)
        yield f"verify {what} {card}", _ran("verify", str(found.parent), str(found.parent / "card.img"))
        yield f"audit {what} {card}", _ran("audit", str(found.parent))
    yield f"plan again {what}", _ran("plan", str(path), *options)
    shutil.rmtree(out, ignore_errors=True)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "record.json")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _ran(*arguments: str) -> dict[str, Any]:
    """The exit code of a verb and the document that it prints; text from the one verb that has no `--format`."""
    asked = arguments if arguments[0] == "schema" else (*arguments, "--format", "json")
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = run([*asked])
    try:
        return {"exit": code, "json": json.loads(out.getvalue())}
    except ValueError:
        return {"exit": code, "text": out.getvalue()}


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_words(inner) for key, inner in value.items() if key not in _WORDS}
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value


def _differences(one: Any, other: Any, where: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _differences(one.get(key), other.get(key), f"{where} > {key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, f"{where} > {at}")
    elif one != other:
        yield f"{where}: {str(one)[:300]} -> {str(other)[:300]}"


def main(arguments: list[str]) -> int:
    if "--compare" not in arguments:
        recorded = record()
        Path(arguments[0]).write_text(json.dumps(recorded, ensure_ascii=False, indent=1), "utf-8")
        print(f"{len(recorded)} results recorded")  # noqa: T201
        return 0
    one, other = (
        json.loads(Path(name).read_text("utf-8")) for name in arguments if not name.startswith("--")
    )
    if "--no-words" in arguments:
        one, other = _without_words(one), _without_words(other)
    found = list(_differences(one, other, "net"))
    print("\n".join([*found, f"{len(found)} differences in {len(one)} results"]))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
