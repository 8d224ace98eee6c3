"""The store: what was kept is found, what was damaged never is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import ExitCode, StorageError
from builder.store import Entry, Store, default_folder, file_digest, key_of

_SOUND = b"\xff\xfb\x50\xc4" + bytes(range(256)) * 20
_FACTS = {"seconds": 1.25, "blocks": [[-2300, 4], [-1900, 12]], "true_peak_dbtp": -1.5, "complaint": None}
_KEY, _OTHER = key_of({"source": "one"}), key_of({"source": "other"})


def _add(store: Store, key: str = _KEY, sound: bytes = _SOUND) -> Entry:
    with store.workplace() as name:
        file = Path(name) / "track.mp3"
        file.write_bytes(sound)
        return store.add(key, _FACTS, file)


def _json(store: Store, key: str = _KEY) -> Path:
    (path,) = store.folder.rglob(f"{key}.json")
    return path


def _sound(store: Store, key: str = _KEY) -> Path:
    return _json(store, key).with_suffix(".data")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a" / "cache").open()


def test_what_is_added_is_found_by_this_and_every_later_store(store: Store) -> None:
    added = _add(store)
    for one in (store, Store(store.folder).open()):
        found = one.find(_KEY)
        assert found == added
        assert found is not None
        assert found.facts == _FACTS
        assert found.file is not None
        assert found.file.read_bytes() == _SOUND
    assert store.find(_OTHER) is None


def test_facts_alone_are_an_entry_without_a_file(store: Store) -> None:
    store.add(_KEY, _FACTS)
    assert store.find(_KEY) == Entry(facts=_FACTS, file=None, sha256="")


def test_the_file_is_moved_in_and_no_workplace_stays(store: Store) -> None:
    _add(store)
    left = [path for path in store.folder.rglob("*") if path.is_file()]
    assert sorted(path.suffix for path in left) == [".data", ".json"]
    assert not list(store.folder.glob(".work-*"))


def test_the_same_key_twice_keeps_the_last_whole(store: Store) -> None:
    _add(store)
    _add(store, sound=_SOUND[::-1])
    found = store.find(_KEY)
    assert found is not None
    assert found.file is not None
    assert found.file.read_bytes() == _SOUND[::-1]


def _truncated(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _halved(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def _flipped(path: Path, _: Path) -> None:
    """One bit, in a value: the last digit of the facts, or somewhere in the sound."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"-1.5") + 1 if path.suffix == ".json" else len(data) // 2
    data[at] ^= 4
    path.write_bytes(data)


def _zeroed(path: Path, _: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _swapped(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _a_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_bytes(b"x")


_DAMAGES = [_truncated, _halved, _emptied, _flipped, _zeroed, _swapped, _a_folder]


@pytest.mark.parametrize("which", [_json, _sound])
@pytest.mark.parametrize("damage", _DAMAGES)
def test_a_damaged_entry_is_a_miss_put_aside_and_can_be_made_again(
    store: Store, which: Callable[[Store, str], Path], damage: Callable[[Path, Path], None]
) -> None:
    _add(store)
    _add(store, _OTHER, _SOUND[::-1])
    path, other = which(store, _KEY), which(store, _OTHER)
    damage(path, other)

    assert store.find(_KEY) is None
    assert path.with_name(path.name + ".bad").exists()
    assert not path.exists()
    assert store.find(_KEY) is None
    assert store.find(_OTHER) is not None

    _add(store)
    found = store.find(_KEY)
    assert found is not None
    assert found.file is not None
    assert found.file.read_bytes() == _SOUND


def test_a_sound_that_is_gone_is_a_miss(store: Store) -> None:
    _add(store)
    _sound(store).unlink()
    assert store.find(_KEY) is None
    assert _add(store) == store.find(_KEY)


def test_a_sound_without_its_facts_is_no_entry(store: Store) -> None:
    _add(store)
    _json(store).unlink()
    assert store.find(_KEY) is None
    assert _add(store) == store.find(_KEY)


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"null", b"[]", b"3", b'"x"', b"{}", b"{", b"\xff\xfe"),
        *(b'{"facts": {}}', b'{"sha256": {}, "facts": {}}', b'{"sha256": null, "facts": null}'),
        *(b'{"sha256": "file", "facts": {}}', b'{"sha256": [1], "facts": 2}'),
    ],
)
def test_any_other_json_is_a_miss(store: Store, garbage: bytes) -> None:
    _add(store)
    _json(store).write_bytes(garbage)
    assert store.find(_KEY) is None
    assert _add(store) == store.find(_KEY)


def test_facts_changed_by_hand_are_a_miss(store: Store) -> None:
    _add(store)
    document = json.loads(_json(store).read_bytes())
    document["facts"]["seconds"] = 2.5
    _json(store).write_text(json.dumps(document))
    assert store.find(_KEY) is None


def test_a_damaged_entry_may_be_put_aside_many_times(store: Store) -> None:
    for _ in range(3):
        _add(store)
        _emptied(_sound(store), _sound(store))
        assert store.find(_KEY) is None


def test_a_folder_that_cannot_be_is_an_input_or_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be used") as raised:
        Store(tmp_path / "file" / "cache").open()
    assert raised.value.exit_code == ExitCode.IO
    assert "PACKBUILDER_CACHE" in raised.value.advice


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_that_cannot_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied"):
        Store(tmp_path).open()


def test_an_entry_that_cannot_be_kept_leaves_nothing_half(store: Store) -> None:
    with pytest.raises(TypeError):
        store.add(_KEY, {"seconds": object()})
    assert not [path for path in store.folder.rglob("*") if path.is_file()]
    assert store.find(_KEY) is None


def test_the_environment_moves_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKBUILDER_CACHE", str(tmp_path / "elsewhere"))
    assert default_folder() == tmp_path / "elsewhere"
    monkeypatch.delenv("PACKBUILDER_CACHE")
    assert default_folder().name == "packbuilder"


def test_a_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_digest(tmp_path / "x") == expected


_VALUES = st.none() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=5)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), _VALUES, max_size=5))
def test_a_key_depends_on_what_is_said_and_not_on_its_order(what: dict[str, object]) -> None:
    assert key_of(dict(reversed(what.items()))) == key_of(what)
    assert key_of({**what, "and": "more"}) != key_of(what)


def test_many_threads_may_make_the_same_entry(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: _add(store), range(40)))
    found = store.find(_KEY)
    assert found is not None
    shutil.rmtree(store.folder)
    assert store.find(_KEY) is None


def test_an_entry_in_the_place_of_another_is_a_miss(store: Store) -> None:
    """A swap of whole entries would put one chapter's sound, or its gain, on another."""
    for key, sound in (("ab" + "0" * 62, b"one"), ("ab" + "1" * 62, b"two")):
        _add(store, key, sound)
    first, second = ("ab" + "0" * 62, "ab" + "1" * 62)
    _json(store, first).write_bytes(_json(store, second).read_bytes())
    _sound(store, first).write_bytes(_sound(store, second).read_bytes())
    assert store.find(first) is None
    assert store.find(second) is not None


def test_a_folder_may_be_put_aside_twice(store: Store) -> None:
    for _ in range(2):
        _add(store)
        path = _json(store)
        path.unlink()
        (path / "inside").mkdir(parents=True)
        assert store.find(_KEY) is None
    _add(store)
    assert store.find(_KEY) is not None


def test_endless_brackets_are_a_miss(store: Store) -> None:
    _add(store)
    _json(store).write_bytes(b"[" * 200_000)
    assert store.find(_KEY) is None
