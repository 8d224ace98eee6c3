"""Each kind of leak, planted into a finished card, makes `audit` exit 7 and name it; a card as it was made passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from mutagen.id3 import ID3, TPE1

from builder.card.leaks.words import read_terms
from builder.card.tags import id3v1
from builder.card.verify.target import blocks
from builder.cli import run
from builder.fat.geometry import geometry_for
from builder.fat.write import ImageFile, write_image
from tests.acceptance.leaks import FILES, IMAGES, SECRET, Plant, in_title, insert, overwrite, settle, track
from tests.card.pictures import drawing
from tests.conftest import Desk, Ran, checked, oracle, packbuilder, speech, tree
from tests.tags import ASCII


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three tracks for a player without and one with a cover and ID3v1, with images."""
    desk = Desk(tmp_path_factory.mktemp("built"))
    for number in (1, 2, 3):
        speech(desk.sources / f"recording_of_kim_{number}.wav", 3, seed=500 + number)
    drawing(300, 300).save(desk.sources / "cover.png")
    tracks = "".join(f"      - {{title: T{n}, source: recording_of_kim_{n}.wav}}\n" for n in (1, 2, 3))
    desk.write("  - title: S\n    tracks:\n" + tracks, head="card: 32MB\ncover: cover.png\n")
    ran = desk.build("--image", "--profile", "sd-card", "--profile", "mp5-player")
    assert ran.code == 0, ran.err
    return desk


def audit(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> Ran:
    """The command line in this process: a process for each of some hundred runs would take minutes."""
    capsys.readouterr()
    code = run(["audit", str(path), "--format", "json", *options])
    out, err = capsys.readouterr()
    return Ran(code, out, err)


def messages(ran: Ran, code: str) -> str:
    return "\n".join(f["file"] + ": " + f["message"] for f in ran.json["findings"] if f["code"] == code)


def card_of(built: Desk, folder: Path, profile: str, *, with_record: bool) -> Path:
    """A copy of a card as a person has it: in its pack, or alone."""
    shutil.copytree(built.card(profile), folder / "card")
    if with_record:
        shutil.copy2(built.card(profile).parent / "record.json", folder)
    return folder / "card"


def image_of(built: Desk, folder: Path, *, with_record: bool = True) -> Path:
    image = folder / "card.img"
    shutil.copy2(built.card().parent / "card.img", image)
    if with_record:
        shutil.copy2(built.card().parent / "record.json", folder)
    return image


@pytest.mark.parametrize("profile", ["sd-card", "mp5-player"])
@pytest.mark.parametrize("with_record", [True, False], ids=["in its pack", "alone"])
def test_a_card_as_it_was_made_leaks_nothing(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], profile: str, with_record: bool
) -> None:
    card = card_of(built, tmp_path, profile, with_record=with_record)
    ran = audit(capsys, card)
    assert (ran.code, ran.codes) == (0, []), messages(ran, ran.codes[0])
    assert ran.json["files"] == 3
    assert ran.json["bytes"] == sum(map(len, tree(card).values()))
    ran = audit(capsys, image_of(built, tmp_path, with_record=with_record))
    assert (ran.code, ran.codes) == (0, [])


def test_a_built_pack_is_looked_at_as_its_card_and_its_image(
    built: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    one = audit(capsys, built.card().parent)
    assert (one.code, one.json["files"]) == (0, 6)
    assert one.json["unseen"].startswith("what record.json says")  # and nothing else
    assert ";" not in one.json["unseen"]
    assert audit(capsys, built.card().parent.parent).json["files"] == 12
    assert audit(capsys, built.out).json["files"] == 12


@pytest.mark.parametrize("with_record", [True, False], ids=["in its pack", "alone"])
@pytest.mark.parametrize("planted", FILES, ids=lambda planted: planted.name)
def test_a_leak_in_a_folder_is_named(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: Plant, with_record: bool
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=with_record)
    planted.plant(card)
    settle(card)
    ran = audit(capsys, card)
    assert ran.code == 7
    assert planted.code in ran.codes, ran.json["findings"]
    assert planted.word in messages(ran, planted.code)
    assert "E711" not in ran.codes


@pytest.mark.parametrize("planted", FILES[:35], ids=lambda planted: planted.name)
def test_a_leak_in_a_lone_mp3_is_named(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: Plant
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    path = track(card)
    assert audit(capsys, path).code == 0
    planted.plant(card)
    ran = audit(capsys, path)
    assert ran.code == 7
    assert planted.code in ran.codes


@pytest.mark.parametrize("planted", IMAGES, ids=lambda planted: planted.name)
def test_a_leak_in_an_image_is_named(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: Plant
) -> None:
    image = image_of(built, tmp_path)
    planted.plant(image)
    ran = audit(capsys, image)
    assert ran.code == 7
    assert planted.code in ran.codes, ran.json["findings"]
    assert planted.word in messages(ran, planted.code)


def test_each_leak_of_an_image_is_told_once(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is, and under one name; an entry more, or one under another name, is wrong in several ways."""
    several = {
        "a file copied to it",
        "a folder of Windows",
        "the name of a folder's own entry",
        "two files of one name",
    }
    image = image_of(built, tmp_path, with_record=False)
    good = image.read_bytes()
    twice = []
    for planted in (one for one in IMAGES if one.name not in several):
        planted.plant(image)
        findings = audit(capsys, image).json["findings"]
        places = [finding["offset"] for finding in findings]
        if len(set(places)) < len(places):
            twice.append((planted.name, places))
        image.write_bytes(good)
    assert twice == []


@pytest.mark.parametrize("planted", FILES[:14:3], ids=lambda planted: planted.name)
def test_a_leak_in_a_file_of_an_image_is_named_with_its_byte_of_the_image(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], planted: Plant
) -> None:
    """Planted by the writer of images itself, so that nothing but the file differs."""
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    planted.plant(card)
    files = sorted(card.rglob("*.mp3"))
    items = [
        ImageFile(path=path.relative_to(card).as_posix(), source=path, bytes=path.stat().st_size)
        for path in files
    ]
    write_image(tmp_path / "x.img", items, geometry_for(32_000_000))
    ran = audit(capsys, tmp_path / "x.img")
    assert ran.code == 7
    (finding,) = [f for f in ran.json["findings"] if f["code"] == planted.code]
    data = (tmp_path / "x.img").read_bytes()
    start = data.index(files[1].read_bytes())
    assert start <= finding["offset"] < start + items[1].bytes


@pytest.mark.parametrize("folder", ["", "a/b"])
def test_a_card_without_a_file_is_not_called_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    """Most likely no card is mounted there."""
    (tmp_path / "card" / folder).mkdir(parents=True)
    ran = audit(capsys, tmp_path / "card")
    assert ran.code == 7
    assert "no file" in messages(ran, "E719")


def test_many_leaks_of_one_kind_are_counted_and_the_first_twenty_told(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    for number in range(30):
        (card / f"note {number:02}.txt").write_text("x")
    settle(card)
    ran = audit(capsys, card)
    assert (ran.json["leaks"], len(ran.codes)) == (30, 21)
    assert ran.json["findings"][-1]["message"].startswith("and 10 more like it")
    assert run(["audit", str(card)]) == 7
    assert "30 leaks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("filled", "code"),
    [(b"\xff", 0), (b"\0", 0), (b"\xff\xfe", 7), (b"\xaa", 7), (b"\xff" * 512 + bytes(512), 7)],
    ids=["FF", "zeros", "FE", "AA", "both"],
)
def test_a_larger_card_may_show_ff_where_nothing_was_ever_written(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], filled: bytes, code: int
) -> None:
    image = image_of(built, tmp_path, with_record=False)
    with image.open("ab") as file:
        file.write(filled * (3_072_000 // len(filled)))
    assert audit(capsys, image).code == code


def test_what_a_finder_reads_is_listed_by_what_it_is(built: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    said = audit(capsys, built.card("mp5-player")).json["said"]
    assert said == {
        "names": ["01 S/001 T1.mp3", "01 S/002 T2.mp3", "01 S/003 T3.mp3"],
        "titles": ["T1", "T2", "T3"],
        "artists": ["Test pack"],
        "albums": ["S"],
        "languages": ["kor"],
        "kinds": ["Speech"],
        "numbers of tracks": ["1", "2", "3"],
        "numbers of folders": ["1"],
        "words on the screen": [],
    }


def test_a_time_is_told(built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=True)
    os.utime(track(card), (1_790_000_000, 1_790_000_000))
    ran = audit(capsys, card)
    assert (ran.code, ran.codes) == (7, ["E711"])
    assert "2026-09-21" in messages(ran, "E711")


@pytest.mark.parametrize("zone_hours", [0, -9, 5.75, 11])
def test_the_time_of_an_image_is_told_in_no_zone(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], zone_hours: float
) -> None:
    """A card that an image was written to: 1980-01-01, which each system takes for its own local time."""
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    for path in (*card.rglob("*"), card):
        os.utime(path, (0, 315_532_800 + zone_hours * 3600))
    assert audit(capsys, card).code == 0
    os.utime(track(card), (0, 315_532_800 + zone_hours * 3600 + 7))
    assert audit(capsys, card).codes == ["E711"]


@pytest.mark.parametrize("where", ["card", "folder", "track"])
@pytest.mark.parametrize("nanoseconds", [1, 900 * 10**9])
def test_another_time_of_any_one_is_told(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, nanoseconds: int
) -> None:
    """A fraction of a second, or another zone's midnight."""
    card = card_of(built, tmp_path, "sd-card", with_record=True)
    for path in (*card.rglob("*"), card):
        os.utime(path, (0, 315_532_800))
    path = {"card": card, "folder": track(card).parent, "track": track(card)}[where]
    os.utime(path, ns=(0, 315_532_800 * 10**9 + nanoseconds))
    ran = audit(capsys, card)
    assert (ran.code, ran.codes) == (7, ["E711"])
    assert {"card": "the folder itself", "folder": "'01_S'", "track": "'01_S/"}[where] in messages(
        ran, "E711"
    )


def test_a_build_in_a_shared_folder_passes_the_gate(built: Desk, tmp_path: Path) -> None:
    """Whatever rights it hands down, they are on all files alike."""
    out = tmp_path / "shared"
    out.mkdir()
    checked(oracle("setfacl"), "-d", "-m", "u:12345:rwx", "-m", "m::rwx", out)
    out.chmod(0o2770)
    ran = packbuilder("build", built.manifest, "-o", out, "--image", "--profile", "sd-card")
    assert ran.code == 0, ran.err
    assert "system.posix_acl_access" in os.listxattr(track(out))
    assert packbuilder("audit", out).code == 0


def test_what_lies_beside_cards_is_told_at_its_place(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(built.out, tmp_path / "out")
    assert audit(capsys, out).code == 0
    (out / "test" / ".sd-card.lock").write_text("kim")
    (out / "test" / "sd-card" / ".kim").write_text(SECRET)
    ran = audit(capsys, out)
    told = [(f["code"], f["file"].removeprefix(f"{out}/")) for f in ran.json["findings"]]
    assert told == [("E719", "test/.sd-card.lock"), ("E719", "test/sd-card/.kim")]


def test_a_pack_that_was_copied_to_a_card_hides_nothing_beside_it(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(built.card().parent, tmp_path / "stick" / "x")
    assert audit(capsys, tmp_path / "stick").code == 0
    (tmp_path / "stick" / "kim.txt").write_text(SECRET)
    ran = audit(capsys, tmp_path / "stick")
    assert ran.code == 7
    assert "kim.txt" in messages(ran, "E719")
    (tmp_path / "stick" / "kim.txt").unlink()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "stick")
    ran = audit(capsys, tmp_path / "stick")
    assert ran.code == 7
    assert "x/record.json" in messages(ran, "E707")


def test_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "x")
    assert audit(capsys, tmp_path / "x").code == 5


def test_an_mp3_that_is_too_long_is_no_track(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.card.leaks.card._MOST_BYTES", 10_000)  # a gigabyte takes seconds
    (tmp_path / "x.mp3").write_bytes(bytes(10_001))
    ran = audit(capsys, tmp_path / "x.mp3")
    assert (ran.code, ran.codes) == (7, ["E719"])


@pytest.mark.parametrize("page", ["cp949", "utf-8"])
def test_a_private_term_in_a_title_that_says_another_encoding_is_found(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], page: str
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    track(card).write_bytes(in_title("김목사님".encode(page))(track(card).read_bytes()))
    (tmp_path / "terms.txt").write_text("김목사님\n", "utf-8")
    assert "E717" in audit(capsys, track(card), "--terms", str(tmp_path / "terms.txt")).codes


def test_what_a_tag_says_reaches_no_terminal_as_it_is(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    track(card).write_bytes(in_title(b"\x1b[31m")(track(card).read_bytes()))
    assert run(["audit", str(card)]) == 7
    assert "\x1b" not in capsys.readouterr().out


def test_another_sound_under_a_track_s_name_is_told(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=True)
    first, second = sorted(card.rglob("*.mp3"))[:2]
    second.write_bytes(first.read_bytes())
    settle(card)
    assert audit(capsys, card).codes == ["E701", "E718"]  # its number is that of the first


def test_a_track_more_is_told(built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=True)
    shutil.copy2(track(card), track(card).with_name("01_004_T4.mp3"))
    settle(card)
    assert audit(capsys, card).codes == ["E707"]


def test_a_tag_that_one_track_has_and_the_others_have_not_is_told(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An ID3v1 tag in the very form of ours: only its neighbours show that it does not belong there."""
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    path = track(card)
    path.write_bytes(path.read_bytes() + id3v1(ASCII, "ascii").replace(b"Mark 1", b"T2\0\0\0\0"))
    settle(card)
    ran = audit(capsys, card)
    assert ran.code == 7
    assert "E703" in ran.codes


def spellings() -> list[tuple[str, str, bytes]]:
    """Terms with an encoding and their bytes in it, composed and decomposed, where it has their letters."""
    found = []
    for term in ("김목사님", "李牧师", "Müller", "Kim Yong-su"):
        for form in ("NFC", "NFD"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp949", "cp936", "latin-1"):
                with suppress(UnicodeEncodeError):
                    found.append((term, encoding, unicodedata.normalize(form, term).encode(encoding)))
    return found


@pytest.mark.parametrize(("term", "encoding", "secret"), spellings())
def test_a_private_term_is_found_in_every_spelling(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], term: str, encoding: str, secret: bytes
) -> None:
    """Within the sound of a frame, where it is other sound, or mostly no sound that the frame says it has."""
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    track(card).write_bytes(overwrite(secret, within=60)(track(card).read_bytes()))
    settle(card)
    (tmp_path / "terms.txt").write_text(f"# names\n\n{term}\n", "utf-8")
    found = audit(capsys, card, "--terms", str(tmp_path / "terms.txt"))
    assert "E717" in found.codes
    assert "line 3" in messages(found, "E717")
    assert set(audit(capsys, card).codes) <= {"E704"}


def test_a_private_term_in_a_name_or_a_tag_is_found_in_any_case(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terms.txt").write_text("t2\n", "utf-8")
    ran = audit(capsys, built.card(), "--terms", str(tmp_path / "terms.txt"))
    assert (ran.code, set(ran.codes)) == (7, {"E717"})
    assert "TIT2" in messages(ran, "E717")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [("a\n", ":1:"), ("김\n", ":1:"), (b"\xb1\xe8\xb8\xf1", "UTF-8"), (None, "cannot be read")],
)
def test_a_list_of_terms_that_cannot_be_used_is_a_usage_error(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None, wrong: str
) -> None:
    terms = tmp_path / "terms.txt"
    if content is not None:
        terms.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = audit(capsys, built.card(), "--terms", str(terms))
    assert ran.code == 2
    assert wrong in ran.json["error"]["message"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("USER", "yongsu"),
        ("LOGNAME", "영수"),
        ("COMPUTERNAME", "OFFICE-7"),
        ("TZ", "Asia/Seoul"),
        ("HOME", "/home/yongsu"),
    ],
)
def test_a_word_of_this_computer_is_found(
    built: Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    secret = insert(f"by {value}.".encode("utf-16-le"))
    track(card).write_bytes(secret(track(card).read_bytes()))
    settle(card)
    monkeypatch.setenv(variable, value)
    ran = audit(capsys, card)
    assert ran.code == 7
    assert value in messages(ran, "E716")


def test_a_recording_s_name_in_a_tag_is_found(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=True)
    tag = ID3(track(card))
    tag.add(TPE1(text="from recording_of_kim_2.wav"))
    tag.save(track(card), v1=0, v2_version=3, padding=lambda _: 0)
    settle(card)
    ran = audit(capsys, card)
    assert ran.code == 7
    assert "recording_of_kim_2" in messages(ran, "E716")


def test_what_the_manifest_itself_says_is_no_word_of_this_computer(
    built: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("USER", "T2 x")
    assert audit(capsys, built.card()).code == 0
    assert [word.text for word in read_terms(_terms(tmp_path))] == [SECRET]


def _terms(folder: Path) -> Path:
    path = folder / "list.txt"
    path.write_text(f"\ufeff# a comment\n  {SECRET}  \n", "utf-8")
    return path


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\0" * 4096, b"RIFF\0\0\0\0WAVE" + bytes(900), b"ID3" + b"\xff" * 900]
)
def test_what_is_no_card_and_no_mp3_is_not_accounted_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "thing").write_bytes(content)
    assert audit(capsys, tmp_path / "thing").code == 7


_BY_NAME = {planted.name: planted for planted in FILES}


@pytest.mark.parametrize(
    ("name", "command", "word"),
    [
        ("a text of one's own", ("exiftool", "-a", "-u", "-U"), "CANARY"),
        ("a comment", ("exiftool", "-a"), "CANARY"),
        ("who encoded it", ("mediainfo",), "CANARY"),
        ("the encoder's name", ("mediainfo",), "Lavf60"),
        ("lyrics", ("mediainfo",), "CANARY"),
        ("an ID3v1 tag", ("exiftool", "-a"), "CANARY"),
        ("an APEv2 tag", ("exiftool", "-a"), "CANARY"),
        ("a Lyrics3 tag", ("mp3check", "-e"), "junk after last frame"),
        ("bytes behind", ("mp3val",), "Garbage at the end"),
        ("bytes between frames", ("mp3val",), "resynchronized"),
        ("bytes between frames", ("mp3check", "-e"), "1175 bytes of junk"),
        ("frames of another recording", ("mp3check", "-e"), "mode"),
        ("an information frame", ("mediainfo",), "LAME"),
        ("LAME's own words", ("mediainfo",), "LAME"),
    ],
)
def test_programs_of_others_see_the_leaks_that_were_planted(
    built: Desk, tmp_path: Path, name: str, command: tuple[str, ...], word: str
) -> None:
    """So that what is planted is what it is called; and of the card as it was made they say nothing of the kind."""
    card = card_of(built, tmp_path, "sd-card", with_record=False)

    def said() -> str:
        call = [oracle(command[0]), *command[1:], str(track(card))]
        ran = subprocess.run(call, capture_output=True, text=True, errors="replace", check=False)
        return ran.stdout + ran.stderr

    assert word not in said()
    _BY_NAME[name].plant(card)
    assert word in said()


def test_files_are_counted_as_they_lie_there_also_without_a_record(
    built: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    counts = re.findall(r"^auditing (\d+)/(\d+) ", audit(capsys, card).err, re.MULTILINE)
    assert counts == [(f"{at}", f"{len(counts)}") for at in range(1, len(counts) + 1)] != []


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_file_with_more_than_anybody_can_listen_to_is_not_read(
    built: Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    is_alone: bool,
) -> None:
    card = card_of(built, tmp_path, "sd-card", with_record=False)
    os.truncate(track(card), 10**10)
    settle(card)
    read = 0

    def counted(path: Path) -> Iterator[bytes]:
        nonlocal read
        for block in blocks(path):
            read += len(block)
            yield block

    monkeypatch.setattr("builder.card.verify.target.blocks", counted)
    monkeypatch.setattr("builder.card.leaks.audit.blocks", counted)
    ran = audit(capsys, track(card) if is_alone else card)
    assert (ran.code, "E719" in ran.codes) == (7, True)
    assert "at most" in messages(ran, "E719")
    assert read < 10**7
