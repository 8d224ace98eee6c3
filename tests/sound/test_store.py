"""The store: what was kept is found, what was damaged never is."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import ExitCode, StorageError
from builder.files.opening import file_digest
from builder.sound.store import Store, StoreEntry, default_folder, key_of
from tests.conftest import ROOT

_SOUND = b"\xff\xfb\x50\xc4" + bytes(range(256)) * 20
_FACTS = {"seconds": 1.25, "blocks": [[-2300, 4], [-1900, 12]], "true_peak_dbtp": -1.5, "complaint": None}
_KEY, _OTHER = key_of({"source": "one"}), key_of({"source": "other"})


def _add(store: Store, key: str = _KEY, sound: bytes = _SOUND) -> StoreEntry:
    with store.scratch_folder() as name:
        file = Path(name) / "track.mp3"
        file.write_bytes(sound)
        return store.add(key, _FACTS, file)


def _taken(store: Store, key: str = _KEY) -> StoreEntry | None:
    """What a build that wants the entry is given; where there is none, it could make it."""
    with store.take(key) as found:
        if isinstance(found, StoreEntry):
            return found
        assert list(found.iterdir()) == []
        return None


def _json(store: Store, key: str = _KEY) -> Path:
    (path,) = store.folder.rglob(f"{key}.json")
    return path


def _sound(store: Store, key: str = _KEY) -> Path:
    return _json(store, key).with_suffix(".data")


def _kept(store: Store) -> list[Path]:
    """The files of the store, without its locks and workplaces."""
    return [path for path in store.folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "a" / "cache").open() as store:
        yield store


def test_what_is_added_is_found_by_this_and_every_later_store(store: Store) -> None:
    added = _add(store)
    with Store(store.folder).open() as later:
        assert later.find(_KEY) == _taken(later) == added
    for one in (store, Store(store.folder)):
        found = one.find(_KEY)
        assert found == added
        assert found is not None
        assert found.facts == _FACTS
        assert found.file is not None
        assert found.file.read_bytes() == _SOUND
    assert store.find(_OTHER) is None


def test_facts_alone_are_an_entry_without_a_file(store: Store) -> None:
    store.add(_KEY, _FACTS)
    assert store.find(_KEY) == StoreEntry(facts=_FACTS, file=None, sha256="")


def test_the_file_is_moved_in_and_no_workplace_stays(store: Store) -> None:
    _add(store)
    assert sorted(path.suffix for path in _kept(store)) == [".data", ".json"]
    (place,) = store.folder.glob(".work-*")
    assert [path.name for path in place.iterdir()] == ["held.lock"]


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


def _linked(path: Path, _: Path) -> None:
    """The right bytes, in a place that is not ours."""
    elsewhere = path.parent.parent.parent / path.name
    path.replace(elsewhere)
    path.symlink_to(elsewhere)


def _a_link_to_nowhere(path: Path, _: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _a_pipe(path: Path, _: Path) -> None:
    path.unlink()
    os.mkfifo(path)


_UNIX = [_linked, _a_link_to_nowhere, _a_pipe] if os.name != "nt" else []
_DAMAGES = [*_UNIX, _truncated, _halved, _emptied, _flipped, _zeroed, _swapped, _a_folder]


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
    assert os.path.lexists(path), "looking changes nothing"
    assert _taken(store) is None
    assert os.path.lexists(path.with_name(path.name + ".bad"))
    assert not os.path.lexists(path)
    assert _taken(store) is None
    assert store.damaged == [_KEY]
    assert _taken(store, _OTHER) is not None

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
        assert _taken(store) is None
    assert len(store.damaged) == 3


def test_a_folder_that_cannot_be_is_an_input_or_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be used") as raised:
        Store(tmp_path / "file" / "cache").open().__enter__()
    assert raised.value.exit_code == ExitCode.IO
    assert "PACKBUILDER_CACHE" in raised.value.advice


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_that_cannot_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied"):
        Store(tmp_path).open().__enter__()


def test_an_entry_that_cannot_be_kept_leaves_nothing_half(store: Store) -> None:
    with pytest.raises(TypeError):
        store.add(_KEY, {"seconds": object()})
    assert _kept(store) == []
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
        assert _taken(store) is None
    _add(store)
    assert store.find(_KEY) is not None


def test_endless_brackets_are_a_miss(store: Store) -> None:
    _add(store)
    _json(store).write_bytes(b"[" * 200_000)
    assert store.find(_KEY) is None


def test_a_sound_in_whose_place_stands_a_folder_is_put_aside_even_without_its_facts(store: Store) -> None:
    _add(store)
    sound = _sound(store)
    _json(store).unlink()
    _a_folder(sound, sound)
    assert _taken(store) is None
    _add(store)
    assert _taken(store) is not None


def test_an_entry_that_the_disk_does_not_give_is_put_aside(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(store)
    sound = _sound(store)

    def fail(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("builder.sound.store.file_digest", fail)
    assert _taken(store) is None
    assert store.damaged == [_KEY]
    assert sound.with_name(sound.name + ".bad").read_bytes() == _SOUND


_MAKER = """
import sys, time
from pathlib import Path
from builder.sound.store import StoreEntry, Store
with Store(Path(sys.argv[1])).open() as store, store.take(sys.argv[2]) as found:
    if isinstance(found, StoreEntry):
        print("found")
    else:
        print("making", flush=True)
        if sys.argv[3:]:
            time.sleep(600)
        (found / "x").write_bytes(b"sound")
        time.sleep(0.3)
        store.add(sys.argv[2], {}, found / "x")
"""


def _maker(store: Store, key: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _MAKER, str(store.folder), key, *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_of_many_runs_that_want_an_entry_one_makes_it(store: Store) -> None:
    runs = [_maker(store, _KEY) for _ in range(6)]
    said = [run.communicate(timeout=60)[0].strip() for run in runs]
    assert sorted(said) == ["found"] * 5 + ["making"]


def test_when_the_run_that_makes_an_entry_is_killed_the_next_one_may(store: Store) -> None:
    with _maker(store, _KEY, "for ever") as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "making\n"
        assert _taken(store, _OTHER) is None, "other entries are free"
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(_taken, store)
            time.sleep(0.2)
            assert not waiting.done()
            run.kill()
            assert waiting.result(timeout=30) is None


_AT_THE_DOOR = """
import sys
from pathlib import Path
from builder.files.locking import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Ctrl-Z")
def test_a_run_that_is_stopped_at_the_door_is_named_to_who_comes_in_and_holds_up_nobody_who_leaves(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    inside = Store(tmp_path).open()
    inside.__enter__()
    door = tmp_path / "locks" / "runs.lock"
    command = [sys.executable, "-c", _AT_THE_DOOR, str(door)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "held\n"
        run.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        inside.__exit__(None, None, None)
        assert time.monotonic() - started < 2
        assert list(tmp_path.glob(".work-*")) == []
        with ThreadPoolExecutor(1) as threads:
            coming = threads.submit(Store(tmp_path, told.append).open().__enter__)
            while not told:
                time.sleep(0.05)
            assert not coming.done()
            run.kill()
            coming.result(timeout=30)
    (said,) = told
    assert re.fullmatch(rf"run {run.pid}, which holds the store since \d\d:\d\d", said)


def test_threads_of_one_run_that_wait_for_each_other_are_no_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.files.locking._PATIENCE_SECONDS", 0.0)
    told: list[str] = []
    with Store(tmp_path, told.append).open() as store, ThreadPoolExecutor(1) as threads:
        with store.take(_KEY):
            waiting = threads.submit(_taken, store)
            time.sleep(1.2)
            assert not waiting.done()
        waiting.result(timeout=30)
    assert told == []


def test_nobody_waits_for_an_entry_once_the_build_is_interrupted(store: Store) -> None:
    with store.take(_KEY), ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(_taken, store)
        store.stop()
        with pytest.raises(StorageError):
            waiting.result(timeout=30)


def test_threads_that_make_entries_of_one_stripe_never_lock_each_other_out(store: Store) -> None:
    def make(number: int) -> None:
        key = f"ab{number % 20:062x}"
        with store.take(key) as found:
            if isinstance(found, Path):
                store.add(key, {"number": number % 20})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(make, range(60)))
    assert len(list(store.folder.glob("ab/*.json"))) == 20
    assert sorted(path.name for path in (store.folder / "locks").iterdir()) == ["ab.lock", "runs.lock"]


def test_what_a_killed_run_was_making_is_gone_after_the_next(store: Store) -> None:
    with _maker(store, _KEY, "for ever") as run:
        assert run.stdout is not None
        run.stdout.readline()
        alive = set(store.folder.glob(".work-*"))
        with Store(store.folder).open():
            assert alive < set(store.folder.glob(".work-*")), "the places of runs that live are left alone"
        run.kill()
    assert set(store.folder.glob(".work-*")) == alive
    with Store(store.folder).open():
        pass
    assert len(list(store.folder.glob(".work-*"))) == 1, "this test's own"


def test_a_store_that_is_only_read_is_not_written(tmp_path: Path) -> None:
    assert Store(tmp_path / "none").find(_KEY) is None
    assert not (tmp_path / "none").exists()
