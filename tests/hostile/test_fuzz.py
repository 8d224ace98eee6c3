"""Random and broken bytes into every reader: an answer or the error that is meant for it, and never without end."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.passage import PassageError, parse_passage, passage_title
from builder.fat.disk import Disk, FatError
from builder.fat.read import Volume, open_volume
from builder.findings import Finding
from builder.manifest.load import load_pack
from builder.naming import Number, bytes_of, holds, label, name, utf16_units
from builder.profiles.load import built_in, read_profile
from builder.profiles.profile import Profile
from builder.review.report import findings_text
from tests.conftest import ROOT
from tests.fat.images import FAT16, FAT32, image
from tests.hostile.texts import TEXTS

LONG = bool(os.environ.get("PACKBUILDER_LONG"))
ROUNDS = 25 if LONG else 1
_ANY = settings(deadline=None, max_examples=300 * ROUNDS)
Change = Callable[[random.Random, bytearray], None]


def _flip(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _edge(chance: random.Random, data: bytearray) -> None:
    """A number that is often a limit, in 1, 2 or 4 bytes."""
    value = chance.choice((0, 1, 2, 0x7F, 0x80, 0xFF, 0xE5, 0x7FFF, 0xFFF7, 0xFFFF, 0x0FFF_FFF8, 0xFFFF_FFFF))
    width = chance.choice((1, 2, 4))
    at = chance.randrange(len(data))
    data[at : at + width] = value.to_bytes(4, "little")[:width][: len(data) - at]


def _copy(chance: random.Random, data: bytearray) -> None:
    """A piece of it stands somewhere else, over what was there."""
    length = chance.randint(1, 64)
    source, target = chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[source : source + length]
    data[target : target + len(piece)] = piece[: len(data) - target]


def _insert(chance: random.Random, data: bytearray) -> None:
    at, source = chance.randrange(len(data)), chance.randrange(len(data))
    data[at:at] = data[source : source + chance.randint(1, 40)] * chance.choice((1, 1, 1, 50))


def _drop(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 40)]


def _sign(chance: random.Random, data: bytearray) -> None:
    """What YAML reads as more than a letter, or what no text holds."""
    signs = (
        b":",
        b"- ",
        b"[",
        b"{",
        b"}",
        b'"',
        b"'",
        b"\n",
        b"\t",
        b"&a ",
        b"*a",
        b"!",
        b"|",
        b">",
        b"#",
        b"%",
        b"?",
    )
    more = (
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        "\u202e".encode(),
        "\u0301".encode() * 40,
        b"9" * 5000,
        b'"\\U0011',
    )
    at = chance.randrange(len(data))
    data[at:at] = chance.choice((*signs, *more))


_SAME_LENGTH: tuple[Change, ...] = (_flip, _edge, _copy)
_ANY_LENGTH: tuple[Change, ...] = (*_SAME_LENGTH, _insert, _drop, _sign, _sign, _sign)


def mutants(good: bytes, count: int, changes: tuple[Change, ...], seed: int) -> Iterator[bytes]:
    """Broken forms of something good: a few changes each, always the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
            if data:
                chance.choice(changes)(chance, data)
        yield bytes(data)


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
    for data in mutants(_SEEDS[seed], 120 * ROUNDS, _ANY_LENGTH, seed=len(seed)):
        read_manifest(tmp_path / "m.yaml", data)


@_ANY
@given(
    data=st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_findings_or_a_pack(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_manifest(tmp_path_factory.getbasetemp() / "any.yaml", data)


_KEYS = st.sampled_from(
    ["pack", "title", "language", "sections", "tracks", "source", "start", "end", "passage", "reading", "group",
     "announce", "split", "level", "books", "profiles", "card", "defaults", "speaker", "GEN", "<<", "gps", "levels"]
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


@_ANY
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
    for data in mutants(good, 40 * ROUNDS, _ANY_LENGTH, seed=len(base)):
        path.write_bytes(data)
        read = read_profile(path, built_in())
        sound(read.findings, read.lines)
        assert read.findings or read.profile or read.refused


_PROFILES = st.sampled_from(list(built_in().values()))


@_ANY
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


@_ANY
@given(
    st.text(max_size=400)
    | st.tuples(st.sampled_from(["MRK", "2CO", "PSA", "OBA"]), st.text("0123456789:-– ,;.", max_size=30)).map(
        " ".join
    )
)
def test_any_text_is_a_passage_that_reads_as_it_was_or_an_error_with_help(text: str) -> None:
    try:
        passage = parse_passage(text)
    except PassageError as error:
        assert error.help
        return
    assert parse_passage(str(passage)) == passage
    for language in ("ko", "zh-Hans", "zh-Hant", "en"):
        assert passage_title(passage, language, {})


@pytest.fixture(scope="module", params=["FAT16", "FAT32"])
def sound_image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    geometry = {"FAT16": FAT16, "FAT32": FAT32}[request.param]
    sizes = {f"0{n} 희망/00{m} 소리 {m}.mp3": 700 * m for n in (1, 2, 3) for m in (0, 1, 2, 3)}
    return image(tmp_path_factory.mktemp("images"), {**sizes, "last.mp3": 40_000}, geometry)


def _places(path: Path) -> list[tuple[int, int]]:
    """Where structure is: the boot sectors, the beginnings of both FATs, the first folders and files."""
    with open_volume(path) as volume:
        header = volume.header
        fats = [header.fat_offset + copy * header.fat_bytes for copy in range(header.fats)]
        folders = [extent for entry in volume.walk() if entry.is_folder for extent in volume.extents(entry)]
    root = [(header.root_offset, 512)] if header.root_entries else []
    return [
        (0, 512),
        (header.start, 4096),
        *((fat, 256) for fat in fats),
        *root,
        *((at, 512) for at, _ in folders),
    ]


def test_a_broken_image_is_read_faulted_or_refused_within_bounds(
    sound_image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is broken, no more is read than some times what a good image takes."""
    taken = 0
    read = Disk.read

    def counted(disk: Disk, offset: int, length: int) -> bytes:
        nonlocal taken
        taken += length
        return read(disk, offset, length)

    monkeypatch.setattr(Disk, "read", counted)
    everything(sound_image)
    most = 4 * taken + 8_000_000
    places = _places(sound_image)
    chance = random.Random(len(places))
    for _ in range(150 * ROUNDS):
        hurt = chance.sample(places, chance.randint(1, 3))
        with sound_image.open("r+b") as file:
            before = []
            for offset, length in hurt:
                file.seek(offset)
                before.append((offset, file.read(length)))
            for offset, good in before:
                (bad,) = mutants(good, 1, _SAME_LENGTH, seed=chance.getrandbits(32))
                file.seek(offset)
                file.write(bad)
        taken = 0
        everything(sound_image)
        assert taken < most
        with sound_image.open("r+b") as file:
            for offset, good in before:
                file.seek(offset)
                file.write(good)
    everything(sound_image, is_good=True)


def everything(path: Path, *, is_good: bool = False) -> None:
    """All that the reader offers. FatError alone may come out of it."""
    try:
        with open_volume(path) as volume:
            faults = volume.faults()
            _read_all(volume)
            list(volume.deleted())
            rest = next(volume.residue(), None)
    except FatError:
        assert not is_good
    else:
        assert not is_good or (faults, rest) == ([], None)


def _read_all(volume: Volume) -> None:
    for entry in volume.walk():
        try:
            for _ in volume.read(entry):
                pass
        except FatError:
            continue


@_ANY
@given(data=st.binary(max_size=2_000))
def test_any_bytes_are_no_image(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.img"
    path.write_bytes(data)
    with pytest.raises(FatError), open_volume(path):
        pass
