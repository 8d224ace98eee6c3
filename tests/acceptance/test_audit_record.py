"""A card held against its record (`audit --pack`): every byte is known then. Without it, all that it says is listed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.cli import run
from builder.fat.geometry import geometry_for
from builder.fat.write import ImageFile, write_image
from tests.acceptance.cards import once
from tests.acceptance.leaks import settle
from tests.conftest import Desk, Ran, packbuilder, speech
from tests.disks import small_disk

_TITLES = ("하나", "둘", "Three", "Four", "Five", "Six")
_SIZE = 32_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Six tracks in two folders, three of them with words, for a device with a screen and one without."""

    def make(folder: Path) -> None:
        desk = Desk(folder)
        sections = ""
        for number, title in enumerate(_TITLES):
            speech(desk.sources / f"{number}.wav", 2, seed=910 + number)
            words = f", lyrics: {number}.lrc" if number < 3 else ""
            if words:
                lines = "".join(f"[00:{n / 10:05.2f}]line {n} of {title}\n" for n in range(12))
                (desk.sources / f"{number}.lrc").write_text(lines, "utf-8")
            sections += f"  - title: S{number // 3}\n    tracks:\n" if number % 3 == 0 else ""
            sections += f"      - {{title: {title}, speaker: Reader, source: {number}.wav{words}}}\n"
        desk.write(sections, head="card: 32MB\n")
        ran = desk.build("--image", "--profile", "sd-card", "--profile", "mp3-player")
        assert ran.code == 0, ran.err

    with once(tmp_path_factory.getbasetemp(), "recorded", make) as folder:
        yield Desk(folder)


def audit(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """The command line in this process: one of its own takes longer than all the rest."""
    capsys.readouterr()
    code = run(["audit", *map(str, arguments), "--format", "json"])
    out, err = capsys.readouterr()
    return Ran(code, out, err)


def pack_of(built: Desk, profile: str = "mp3-player") -> Path:
    return built.card(profile).parent


def found(ran: Ran, target: Path) -> list[tuple[str, str, str]]:
    """(code, path on the card, message) of each finding."""
    return [
        (one["code"], one["file"].removeprefix(str(target)).lstrip("/"), one["message"])
        for one in ran.json["findings"]
    ]


@pytest.fixture
def card(built: Desk, tmp_path: Path) -> Path:
    """The card in somebody's hand, with no record beside it."""
    return shutil.copytree(built.card("mp3-player"), tmp_path / "in hand")


def image_of(card: Path, path: Path, paths: list[str], size: int = _SIZE) -> Path:
    """An image by our writer, so that nothing but what the record says tells it from the one that was built."""
    path.unlink(missing_ok=True)
    items = [ImageFile(path=one, source=card / one, bytes=(card / one).stat().st_size) for one in paths]
    write_image(path, items, geometry_for(size))
    return path


def paths_of(pack: Path) -> list[str]:
    """In the order of entries: of each folder its tracks, and behind them its words."""
    tracks = json.loads((pack / "record.json").read_bytes())["tracks"]
    paths = [path for track in tracks for path in (track["path"], (track["lyrics"] or track)["path"])]
    return sorted(dict.fromkeys(paths), key=lambda path: (path.rpartition("/")[0], path.endswith(".lrc")))


@pytest.mark.parametrize("profile", ["sd-card", "mp3-player"])
def test_a_card_and_an_image_of_any_name_are_as_the_record_says(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], profile: str
) -> None:
    pack = pack_of(built, profile)
    folder = shutil.copytree(pack / "card", tmp_path / "x")
    for name in ("KIM", "sdb", "card.mp3"):
        image = Path(shutil.copy2(pack / "card.img", tmp_path / name))
        ran = audit(capsys, image, "--pack", pack)
        assert (ran.code, ran.json["compared"], ran.json["unseen"]) == (0, True, None), ran.out
        with image.open("ab") as file:
            file.write(bytes(3_000_320))  # as on a larger card, of whole sectors
        ran = audit(capsys, image, "--pack", pack)
        assert ran.code == 0
        assert "3,000,320 bytes longer" in ran.json["unseen"]
        with image.open("ab") as file:
            file.write(bytes(1))
        (one,) = found(audit(capsys, image, "--pack", pack), image)
        assert one[0] == "E715"
        assert "3,000,321 bytes longer" in one[2]
        image.unlink()
    ran = audit(capsys, folder, "--pack", pack)
    assert (ran.code, ran.json["compared"]) == (0, True)
    assert "order of the entries" in ran.json["unseen"]
    assert audit(capsys, pack / "card.img", "--pack", pack).json["files"] == len(paths_of(pack))


def _change(path: Path) -> None:
    """A file in the form of a track, and not the one that was made."""
    path.write_bytes(sorted(path.parent.parent.rglob("*.mp3"))[-1].read_bytes())


_FIRST, _WORDS = "01 S0/001 하나.mp3", "01 S0/001 하나.lrc"


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda card: (card / _FIRST).unlink(), [("E718", _FIRST, "is missing")]),
        (lambda card: (card / _WORDS).unlink(), [("E718", _WORDS, "is missing")]),
        (
            lambda card: _change(card / _FIRST),  # whose number is another too
            [("E718", _FIRST, "bytes; the record says"), ("E701", _FIRST, "TRCK"), ("E701", _FIRST, "TPOS")],
        ),
        (
            lambda card: (card / _WORDS).write_bytes(b"[00:00.00]another\r\n"),
            [("E718", _WORDS, "has 19 bytes; the record says")],
        ),
        (
            lambda card: shutil.copy(card / _FIRST, card / "01 S0/009.mp3"),
            [("E707", "01 S0/009.mp3", "is not of this pack")],
        ),
    ],
    ids=["a track less", "words less", "another track", "other words", "a track more"],
)
@pytest.mark.parametrize("is_image", [False, True], ids=["folder", "image"])
def test_what_differs_from_the_record_is_told_at_its_place(
    built: Desk,
    card: Path,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], object],
    expected: list[tuple[str, str, str]],
    is_image: bool,
) -> None:
    pack = pack_of(built)
    damage(card)
    settle(card)
    here = [path.relative_to(card).as_posix() for path in card.rglob("*") if path.is_file()]
    known = paths_of(pack)
    here.sort(key=lambda path: (path.rpartition("/")[0], known.index(path) if path in known else 99))
    target = image_of(card, card.parent / "x.img", here) if is_image else card
    ran = audit(capsys, target, "--pack", pack)
    assert ran.code == 7
    told = found(ran, target)
    assert sorted((code, path) for code, path, _ in told) == sorted(
        (code, path) for code, path, _ in expected
    )
    for code, path, message in expected:
        assert any(message in one[2] for one in told if one[:2] == (code, path)), told


def test_another_order_is_told_though_every_file_is_right(
    built: Desk, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six files can stand in 720 ways: a message of nine bits. Without a record, their names tell their order."""
    pack = pack_of(built)
    paths = paths_of(pack)
    paths[0], paths[1] = paths[1], paths[0]
    image = image_of(card, tmp_path / "x.img", paths)
    ((code, path, message),) = found(audit(capsys, image), image)
    assert (code, path) == ("E718", paths[1])
    assert "the entries are not in the order of names" in message
    ((code, path, message),) = found(audit(capsys, image, "--pack", pack), image)
    assert (code, path) == ("E718", paths[0])
    assert "should: the order is not that of the record" in message


def test_a_volume_of_another_size_is_told(
    built: Desk, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_of(built)
    image = image_of(card, tmp_path / "x.img", paths_of(pack), 64_000_000)
    assert audit(capsys, image).code == 0
    ((code, _, message),) = found(audit(capsys, image, "--pack", pack), image)
    assert code == "E718"
    assert "the volume ends at byte" in message


@pytest.mark.parametrize("is_image", [False, True], ids=["folder", "image"])
def test_the_card_of_another_pack_is_one_finding(
    built: Desk, card: Path, capsys: pytest.CaptureFixture[str], is_image: bool
) -> None:
    target = pack_of(built) / "card.img" if is_image else card
    ran = audit(capsys, target, "--pack", pack_of(built, "sd-card"))
    ((code, path, message),) = found(ran, target)
    assert (code, path) == ("E718", "")
    assert message.startswith(
        "none of the 6 files of the pack 'test' is here; what is there instead begins with"
    )
    assert ran.json["compared"] is False


def test_another_edition_of_the_pack_is_one_finding(
    built: Desk, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads((pack_of(built) / "record.json").read_bytes())
    for track in record["tracks"]:
        track["sha256"] = "0" * 64
        if track["lyrics"]:
            track["lyrics"]["sha256"] = "0" * 64
    (tmp_path / "record.json").write_text(json.dumps(record))
    ((code, path, message),) = found(audit(capsys, card, "--pack", tmp_path), card)
    assert (code, path) == ("E718", "")
    assert message.startswith("none of the 9 files that are here is the one that was made")


@pytest.mark.parametrize("key", ["sha256", "bytes"])
def test_a_record_that_lies_is_told_of_the_card_and_of_the_image(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    pack = shutil.copytree(pack_of(built), tmp_path / "pack")
    record = json.loads((pack / "record.json").read_bytes())
    record["tracks"][1][key] = "0" * 64 if key == "sha256" else 7
    record["tracks"][2]["lyrics"][key] = "0" * 64 if key == "sha256" else 7
    (pack / "record.json").write_text(json.dumps(record))
    ran = audit(capsys, pack)
    assert ran.code == 7
    lying = (record["tracks"][1]["path"], record["tracks"][2]["lyrics"]["path"])
    told = [(code, where) for code, where, _ in found(ran, pack)]
    assert told == [("E718", f"{above}/{one}") for above in ("card", "card.img") for one in lying]


_ROW: dict[str, Any] = {"path": "a.mp3", "bytes": 1, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"tracks": [{**_ROW, "path": "../a.mp3"}]}, "track 1 lacks a path on the card"),
        ({"tracks": [{**_ROW, "path": "/etc/hostname"}]}, "track 1 lacks a path on the card"),
        ({"tracks": [{**_ROW, "lyrics": {**_ROW, "path": "../a.lrc"}}]}, "track 1 lacks a path on the card"),
        ({"tracks": [{**_ROW, "bytes": True}]}, "track 1 lacks a path on the card"),
        ({"tracks": [{**_ROW, "bytes": -1}]}, "track 1 lacks a path on the card"),
        ({"tracks": [_ROW, _ROW]}, "lists a path twice"),
        ({"tracks": [_ROW], "card": {"label_bytes": 10**15}}, "which no card has"),
        ({"tracks": [_ROW], "card": {"label_bytes": "4 GB"}}, "which no card has"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused(
    card: Path, tmp_path: Path, record: dict[str, Any], said: str
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "record.json").write_text(json.dumps({"schema": 1, **record}))
    ran = packbuilder("audit", card, "--pack", tmp_path / "pack")
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())
    assert "--pack" in ran.err


def test_a_pack_that_is_none_is_usage_and_a_pipe_is_not_waited_for(card: Path, tmp_path: Path) -> None:
    for pack in (tmp_path / "gone", card):
        assert packbuilder("audit", card, "--pack", pack).code == 2
    (tmp_path / "pack").mkdir()
    os.mkfifo(tmp_path / "pack" / "record.json")
    assert packbuilder("audit", card, "--pack", tmp_path / "pack").code == 2


def test_a_track_by_itself_is_held_against_the_record_too(
    built: Desk, card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lone = Path(shutil.copy(card / _FIRST, tmp_path / "attachment.mp3"))
    assert audit(capsys, lone, "--pack", pack_of(built)).code == 0
    record = json.loads((pack_of(built) / "record.json").read_bytes())
    del record["tracks"][0]
    (tmp_path / "record.json").write_text(json.dumps(record))
    ((code, _, message),) = found(audit(capsys, lone, "--pack", tmp_path), lone)
    assert (code, message) == ("E718", "is no file of the pack 'test'")


def test_a_mounted_card_is_held_against_the_record(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder where a card is mounted is no entry of a FAT: its times and rights are the computer's."""
    monkeypatch.setattr("builder.card.leaks.card.is_fat", lambda _: True)
    with small_disk(tmp_path / "media", "4m") as media:
        shutil.copytree(built.card("mp3-player"), media, dirs_exist_ok=True)
        os.utime(media)
        media.chmod(0o1777)
        ran = audit(capsys, media, "--pack", pack_of(built))
        assert ran.code == 0, ran.out
        (media / "kim").write_text("x")
        assert set(audit(capsys, media, "--pack", pack_of(built)).codes) == {"E707", "E711"}


_READ = """\
What a finder reads, all of it, for you to judge:
    names (9): 01 S0/001 하나.mp3 | 01 S0/002 둘.mp3 | 01 S0/003 Three.mp3 |
        01 S0/001 하나.lrc | 01 S0/002 둘.lrc | 01 S0/003 Three.lrc |
        02 S1/001 Four.mp3 | 02 S1/002 Five.mp3 | 02 S1/003 Six.mp3
    titles (6): 하나 | 둘 | Three | Four | Five | Six
    artists (1): Reader
    albums (2): 01..02 S0..1
    languages (1): kor
    kinds (1): Speech
    numbers of tracks (6): 1..6
    numbers of folders (2): 1..2
    words on the screen (36): line 0..11 of 하나 | line 0..11 of 둘 |
        line 0..11 of Three
"""


def test_without_a_record_all_names_texts_and_words_are_shown(
    built: Desk, card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", str(card)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"{_READ}{card}: 9 files, 100 kB: no leak found; the names, texts and words above are"
    )
    assert "    not seen here: whether names, texts and sound are as they were made" in out
    assert run(["audit", str(card), "--pack", str(pack_of(built))]) == 0
    out = capsys.readouterr().out
    assert "every byte is accounted for" in out
    assert "words on the screen: line 0..11 of 하나, line 0..11 of 둘, line 0..11 of Three\n" in out
    assert "as they were made" not in out


def test_json_has_all_of_it_with_and_without_a_record(
    built: Desk, card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = audit(capsys, card)
    assert ran.json["compared"] is False
    said = ran.json["said"]
    assert said["names"] == paths_of(pack_of(built))
    assert said["words on the screen"] == [f"line {n} of {title}" for title in _TITLES[:3] for n in range(12)]
    assert said["numbers of tracks"] == ["1", "2", "3", "4", "5", "6"]
    assert audit(capsys, card, "--pack", pack_of(built)).json["said"] == said


@pytest.mark.parametrize("more", [b"\0", bytes(512), bytes(4096) + b"\xff"])
def test_the_packs_own_image_has_the_bytes_that_were_made(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: bytes
) -> None:
    pack = Path(shutil.copytree(pack_of(built), tmp_path / "pack", copy_function=shutil.copy2))
    assert audit(capsys, pack / "card.img").code == 0
    with (pack / "card.img").open("ab") as file:
        file.write(more)
    for arguments in ((pack,), (pack / "card.img",), ("--pack", pack, pack / "card.img")):
        ran = audit(capsys, *arguments)
        assert ran.code == 7
        assert {"E718", "E714"} & set(ran.codes)


def test_a_volume_of_another_size_is_told_where_the_manifest_named_no_card(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = pack_of(built)
    other = image_of(pack / "card", tmp_path / "other.img", paths_of(pack), 2 * 10**9)
    ran = audit(capsys, "--pack", pack, other)
    assert (ran.code, "E718" in ran.codes) == (7, True)
    assert "the volume ends at byte" in ran.out


def test_a_note_attached_to_a_lone_image_is_told(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Path(shutil.copy(pack_of(built) / "card.img", tmp_path / "x.img"))
    assert audit(capsys, image).code == 0
    os.setxattr(image, "user.comment", b"Kim John")
    assert audit(capsys, image).codes == ["E722"]
