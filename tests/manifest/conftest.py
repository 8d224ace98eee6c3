"""Manifests for a single test: written to a temporary folder and read back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from builder.manifest.load import Loaded, load_pack
from builder.manifest.pack import Pack
from builder.manifest.yaml.document import Document, read_document

Write = Callable[[str | bytes], Path]
Load = Callable[[str | bytes], Loaded]
Read = Callable[[str | bytes], Document]

GOOD = Path(__file__).parents[1] / "manifests" / "good"
HEAD = "pack: p\ntitle: T\nlanguage: ko\n"


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Session-wide, so that Hypothesis may call it for every example."""
    folder, numbers = tmp_path_factory.mktemp("manifests"), count()

    def written(content: str | bytes) -> Path:
        path = folder / f"{next(numbers)}.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture(scope="session")
def read(write: Write) -> Read:
    return lambda content: read_document(write(content))


@pytest.fixture(scope="session")
def load(write: Write) -> Load:
    return lambda content: load_pack(write(content))


def good(name: str) -> Pack:
    """A manifest of tests/manifests/good, loaded in silence."""
    loaded = load_pack(GOOD / f"{name}.yaml")
    assert loaded.findings == ()
    assert loaded.pack is not None
    return loaded.pack


def pack_of(load: Load, text: str) -> Pack:
    loaded = load(text)
    assert loaded.findings == ()
    assert loaded.pack is not None
    return loaded.pack
