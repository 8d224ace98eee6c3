"""Random and broken texts into every reader: an answer or the error that is meant for it, and never without end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bible.books import names_for
from builder.bible.passage import PassageError, format_passages, parse_passage, parse_passages
from builder.bible.titles import passages_title
from builder.findings import Finding
from builder.manifest.load import load_pack
from builder.profiles.load import built_in, read_profile
from builder.profiles.naming import Number, bytes_of, holds, label, name, utf16_units
from builder.profiles.profile import Profile
from builder.review.report import findings_text
from tests.conftest import ROOT
from tests.hostile.mutants import ANY, ANY_LENGTH, ROUNDS, mutants
from tests.hostile.texts import TEXTS


def sound(findings: tuple[Finding, ...], lines: tuple[str, ...]) -> None:
    """Findings that can be shown: each at a place of the file."""
    for finding in findings:
        assert finding.place.line >= 1
        assert finding.place.column >= 1
        assert finding.message
    text = findings_text(findings, {finding.place.file: lines for finding in findings})
    assert not set(text) & set(map(chr, range(32))) - {"\n", "\t"}


_SEEDS = {
    "starter": (ROOT / "manifests" / "starter.yaml").read_bytes(),
    "whole Bible": (ROOT / "manifests" / "whole-bible.yaml").read_bytes()[:1_500],
    "bombs": b"".join(
        (text if isinstance(text, bytes) else text.encode())[:300] for text, _ in list(TEXTS.values())[::5]
    ),
}


def read_manifest(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    before = time.process_time()
    loaded = load_pack(path)
    assert time.process_time() - before < 1 + len(data) / 50_000
    sound(loaded.findings, loaded.lines)
    assert loaded.findings or loaded.pack is not None


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_broken_manifest_is_findings_or_a_pack(tmp_path: Path, seed: str) -> None:
    for data in mutants(_SEEDS[seed], 120 * ROUNDS, ANY_LENGTH, seed=len(seed)):
        read_manifest(tmp_path / "m.yaml", data)


@ANY
@given(
    data=st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_findings_or_a_pack(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_manifest(tmp_path_factory.getbasetemp() / "any.yaml", data)


_KEYS = st.sampled_from(
    ["pack", "title", "language", "sections", "tracks", "source", "start", "end", "passage", "reading", "group",
     "announce", "announced", "prompt", "prompts", "split", "level",
     "books", "profiles", "card", "defaults", "speaker", "GEN", "<<", "gps", "levels"]
)  # fmt: skip
_VALUES = st.sampled_from(
    ["p", "ko", "MRK 1-3", "a.mp3", "1:30", "{chapter:03}.mp3", "true", "together", "4GB", "2"]
)
_TREES = st.recursive(
    _VALUES | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


def written(tree: object) -> str:
    """A tree in flow style; texts are quoted, so that they are what they are."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{written(key)}: {written(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(written, tree)) + "]"
    return '"' + "".join(c if c.isalnum() or c in " :./-{}" else f"\\U{ord(c):08x}" for c in str(tree)) + '"'


@ANY
@given(tree=st.dictionaries(_KEYS, _TREES, max_size=6))
def test_any_tree_of_values_is_findings_or_a_pack(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, object]
) -> None:
    whole = {"pack": "p", "title": "T", "language": "ko", **tree}
    read_manifest(
        tmp_path_factory.getbasetemp() / "tree.yaml", written(whole).encode("utf-8", "surrogatepass")
    )


@pytest.mark.parametrize("base", ["sd-card", "pearl", "papyrus"])
def test_a_broken_profile_is_findings_or_a_profile(tmp_path: Path, base: str) -> None:
    path = tmp_path / f"{base}.yaml"
    good = (ROOT / "builder" / "profiles" / f"{base}.yaml").read_bytes()
    for data in mutants(good, 40 * ROUNDS, ANY_LENGTH, seed=len(base)):
        path.write_bytes(data)
        read = read_profile(path, built_in())
        sound(read.findings, read.lines)
        assert read.findings or read.profile or read.refused


_PROFILES = st.sampled_from(list(built_in().values()))


@ANY
@given(st.text(max_size=300), _PROFILES, st.integers(10, 255), st.integers(10, 765), st.integers(1, 5000))
def test_any_text_is_a_name_within_any_limits(
    text: str, profile: Profile, most: int, most_bytes: int, number: int
) -> None:
    names = profile.names
    count = Number(value=number, width=4)
    words: dict[str, str | Number] = {
        "section": count,
        "number": count,
        "label": label(text, names.charset, names.letters),
    }
    made = name(
        "{number} {label}", words, charset=names.charset, max_chars=most, max_bytes=most_bytes, ending=".mp3"
    )
    assert made.startswith(f"{number:04}")
    assert utf16_units(made) <= most
    assert bytes_of(names.charset, made) <= most_bytes
    assert holds(names.charset, made) or "\ud800" <= max(made) <= "\udfff"


@ANY
@given(
    st.text(max_size=400)
    | st.tuples(
        st.sampled_from(
            ["MRK", "2CO", "PSA", "OBA", "Ps", "시편 151편", "요한", "约一", "诗篇第", "1 John-"]
        ),
        st.text("0123456789:-–~ ,;.장편절第章篇节至一十百〇", max_size=30),
        st.sampled_from(["", "", "-REV", "~말라기 3장", "至 启示录"]),
    ).map(" ".join)
)
def test_any_text_is_passages_that_read_as_they_were_or_an_error_with_help(text: str) -> None:
    before = time.process_time()
    try:
        passages = parse_passages(text)
    except PassageError as error:
        assert error.help
        return
    finally:
        assert time.process_time() - before < 0.5
    assert parse_passages(format_passages(passages)) == passages
    for passage in passages:
        assert parse_passage(str(passage)) == passage
    for language in ("ko", "ko-KP", "zh-Hans", "zh-Hant", "en"):
        assert passages_title(passages, names_for(language))
