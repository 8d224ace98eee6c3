"""A discreet pack, end to end: the starter with numbers for names, for every device; no byte of it tells a word."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest

from builder.profiles.load import built_in
from builder.sources.mpeg import id3v2_size
from tests.acceptance.cards import ALL_PROFILES, PROFILES, Made, once, parents
from tests.card.pictures import telling_jpeg
from tests.conftest import ROOT, SAMPLES, STARTER, Desk, each, oracle, packbuilder, speech, tree

_LABEL_BYTES = 32_000_000
# The same recordings under other words, and of another testament.
_OTHERWISE = {
    "pack: starter": "pack: another-7",
    "title: 희망의 소리": "title: Another title\nbooks: {GEN: 편지}",
    "language: ko": "language: zh-Hant",
    '"2026.11"': '"1999"',
    "낭독자": "김목사",
    "LibriVox reader": "福音",
    "reading: MRK 1-3": "reading: GEN 1-3",
    "title: 설교": "title: Songs for the road\n    group: 길",
    "title: English readings": "title: 讀經\n    group: 집",
    "위로하시는 하나님": "One",
    "passage: 2CO 1:3-7": "passage: PSA 23",
    "묻지 말고 물으라": "둘",
    "아주 작은 목소리": "三" * 60,
    "Sense and Sensibility": "설교",
    "group: 마": "group: 가",
}
# Words of the manifest, its recordings and its books, and what the program would make of them.
_WORDS = re.findall(
    r"\S+",
    """
    starter 희망의 희망 소리 kor 2026.11 낭독자 LibriVox reader MRK Mark 마가복음 설교 위로하시는 하나님 2CO EXTRA
    Corinthians 고린도후서 묻지 아주 목소리 English readings Sense Sensibility Speech tuxpaint sonnet jfk LAME Lavf
    """,
)


def _write(folder: Path, *, otherwise: bool) -> Path:
    text = STARTER.read_text("utf-8").replace("../audio-samples", SAMPLES.as_posix())
    text = text.replace("\nsections:", "\ndiscreet: true\nsections:")
    text = text.replace("- reading: MRK 1-3", "- group: 마\n    reading: MRK 1-3")
    text = text.replace("title: 설교", "title: 설교\n    group: 바", 1)
    text = text.replace("title: English readings", "title: English readings\n    group: 사")
    if otherwise:
        text = text.replace("    group: 바\n", "").replace("    group: 사\n", "")
        for old, new in _OTHERWISE.items():
            assert old in text, old
            text = text.replace(old, new)
    path = folder / f"{'otherwise' if otherwise else 'pack'}.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The starter as it ships for one device of each sound; then, from the same store, discreet for every device; and
    discreet under other words. What was said of each is in `*.json`.
    """

    def make(folder: Path) -> None:
        sounds = {
            (profile.audio, profile.high_pass_hz, profile.compress): name
            for name, profile in built_in().items()
        }
        one_of_each = [option for name in sounds.values() for option in ("--profile", name)]
        image = ("--image", "--card", "32MB", *ALL_PROFILES)
        for name, manifest, options in (
            ("named", STARTER, one_of_each),
            ("pack", _write(folder, otherwise=False), image),
            ("otherwise", _write(folder, otherwise=True), image),
        ):
            ran = packbuilder("build", manifest, "-o", folder / name, "--format", "json", *options)
            assert ran.code == 0, ran.err
            (folder / f"{name}.json").write_text(ran.out, "utf-8")

    with once(tmp_path_factory.getbasetemp(), "discreet", make) as folder:
        yield folder


def _said(packs: Path, name: str) -> Any:
    return json.loads((packs / f"{name}.json").read_text("utf-8"))


@pytest.fixture(params=PROFILES)
def made(packs: Path, request: pytest.FixtureRequest) -> Made:
    return Made(packs / "pack" / "starter" / request.param, _LABEL_BYTES)


def _twin(made: Made) -> Made:
    folder = made.folder.parents[2] / "otherwise" / "another-7" / made.folder.name
    return Made(folder, _LABEL_BYTES)


def test_a_pack_that_becomes_discreet_costs_no_encode(packs: Path) -> None:
    for name in ("pack", "otherwise"):
        cards = _said(packs, name)["cards"]
        assert {card["profile"]: card["rendered"] for card in cards} == dict.fromkeys(PROFILES, 0)


def test_only_a_word_that_a_device_wants_is_told(packs: Path) -> None:
    line = (packs / "pack.yaml").read_text("utf-8").splitlines().index("discreet: true") + 1
    found = [finding for finding in _said(packs, "pack")["findings"] if finding["code"].startswith("W42")]
    assert [(one["code"], one["line"], one["message"]) for one in found] == [
        ("W423", line, "kulumi requires words in its names: Kulumi")
    ]


def test_packs_of_the_same_sound_and_other_words_are_the_same_to_the_byte(made: Made) -> None:
    twin = _twin(made)
    assert tree(made.card) == tree(twin.card)
    digests = {hashlib.sha256(one.image.read_bytes()).hexdigest() for one in (made, twin)}
    assert len(digests) == 1
    assert [one["title"] for one in made.tracks] != [one["title"] for one in twin.tracks]


def _silent(made: Made) -> bytes:
    """All bytes of the image but the sound and blocks of zeros; all that stands around the sound of the files; and the
    long names, which FAT keeps in pieces.
    """
    image = made.image.read_bytes()
    around, rest, at = b"", b"", 0
    for path in made.paths:
        data = (made.card / path).read_bytes()
        end = len(data) - (128 if data[-128:-125] == b"TAG" else 0)
        start = id3v2_size(data)
        place = image.index(data[start:end], at)  # the files lie in play order
        rest += image[at:place]
        at = place + end - start
        around += data[:start] + data[end:]
    rest += image[at:]
    blocks = (rest[start : start + 512] for start in range(0, len(rest), 512))
    said = b"".join(block for block in blocks if block.strip(b"\0"))
    return said + around + "\n".join(made.read()).encode("utf-16-le")


def _forms(word: str) -> set[bytes]:
    """A word as a card may hold it: in all encodings, and as FAT has it in short names."""
    forms = set()
    for text in (word, word.upper(), word.lower()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp949", "cp936"):
            try:
                forms.add(text.encode(encoding))
            except UnicodeEncodeError:
                continue
    return forms


def test_no_word_of_the_manifest_is_on_the_card_in_any_encoding(made: Made) -> None:
    silent = _silent(made)
    assert re.search(rb"001 +MP3", silent)  # what is searched is there to be searched
    assert "001.mp3".encode("utf-16-le") in silent
    found = {word for word in _WORDS for form in _forms(word) if form in silent}
    assert found == set()


def test_paths_are_digits_on_the_card_and_in_the_image(made: Made) -> None:
    paths = made.paths
    assert paths == sorted(paths, key=str.encode) == made.read()
    assert set(made.here()) == {*paths, *parents(paths)}
    root = "Kulumi/" if made.folder.name == "kulumi" else ""
    for path in paths:
        assert re.fullmatch(rf"{root}(?:\d{{1,3}}/){{1,3}}\d+(?:_\d{{3}})?\.mp3", path)


def test_exiftool_shows_numbers_and_nothing_else(made: Made) -> None:
    command = [oracle("exiftool"), "-q", "-json", "-a", "-u", "-U", "-G1"]
    shown = json.loads(
        subprocess.run(
            [*command, *(str(made.card / path) for path in made.paths)], capture_output=True, check=False
        ).stdout
    )
    settings = built_in()[made.folder.name].tag
    for number, (path, keys) in each(enumerate(zip(made.paths, shown, strict=True), 1)):
        said = {key: str(value) for key, value in keys.items() if key.startswith("ID3")}
        stem = Path(path).stem
        album = "01" if number < 4 else "02" if number < 7 else "03"
        expected = {}
        if settings.tag != "none":
            expected = {"Title": stem, "Album": album, "Track": str(number), "PartOfSet": str(int(album))}
        old = {}
        if settings.id3v1 != "none":
            old = {"Title": stem, "Album": album, "Track": str(number), "Genre": "None"}
            old |= dict.fromkeys(("Artist", "Year", "Comment"), "")
        wanted = {f"ID3v2_3:{key}": value for key, value in expected.items()}
        assert said == wanted | {f"ID3v1:{key}": value for key, value in old.items()}


def test_the_record_is_the_key_of_the_office_and_verify_goes_by_it(made: Made) -> None:
    record = made.record
    assert (record["discreet"], record["title"], record["language"]) == (True, "희망의 소리", "ko")
    third, fourth = record["tracks"][2:4]
    assert (third["title"], third["section"], third["passage"]) == ("마가복음 3장", "마가복음 1-3장", "MRK 3")
    assert (fourth["title"], fourth["section"], fourth["speaker"]) == ("위로하시는 하나님", "설교", "낭독자")
    assert [track["number"] for track in record["tracks"]] == list(range(1, 12))
    found = made.verified(made.image)
    assert (found.files, found.order, list(found.findings)) == (11, "verified", [])
    assert _twin(made).verified(made.image).findings == ()  # whose key it is, no card tells


def test_a_record_of_a_pack_with_names_says_that_it_is_none(packs: Path) -> None:
    for record in (packs / "named").rglob("record.json"):
        assert json.loads(record.read_text("utf-8"))["discreet"] is False


def test_a_cover_is_left_out_and_told_whether_or_not_it_is_there(desk: Desk) -> None:
    desk.sources.mkdir()
    for number in (1, 2):
        speech(desk.sources / f"{number}.wav", 1, seed=number)
    tracks = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in (1, 2))
    desk.write("  - title: S\n    tracks:\n" + tracks, head="cover: art.jpg\ndiscreet: true\n")
    devices = ("--profile", "mp3-player", "--profile", "sd-card", "--format", "json")
    ran = packbuilder("check", desk.manifest, *devices)
    assert (ran.code, ran.codes) == (0, ["W424"])
    telling_jpeg(desk.sources / "art.jpg")
    ran = desk.build(*devices)
    assert (ran.code, [code for code in ran.codes if code != "W418"]) == (0, ["W424"])
    assert next((one["line"], one["column"]) for one in ran.json["findings"]) == (5, 8)
    made = Made(desk.out / "test" / "mp3-player")
    assert made.record["cover"] is None
    for path in made.paths:
        assert set(mutagen.id3.ID3(made.card / path)) == {"TIT2", "TALB", "TRCK", "TPOS"}


def test_a_discreet_pack_asks_for_no_letters_of_its_titles(desk: Desk) -> None:
    """`romanize` has nothing to do there, and does not ask for its extra."""
    speech(desk.sources / "1.wav", 1, seed=1)
    desk.one_track("1.wav", title="소망")
    desk.manifest.write_text(
        desk.manifest.read_text("utf-8").replace("sections:", "romanize: true\ndiscreet: true\nsections:"),
        "utf-8",
    )
    blocked = desk.folder / "blocked"
    blocked.mkdir()
    (blocked / "koroman.py").write_text("raise ImportError\n", "utf-8")
    (blocked / "pypinyin.py").write_text("raise ImportError\n", "utf-8")
    ran = packbuilder("plan", desk.manifest, PYTHONPATH=os.pathsep.join([str(blocked), str(ROOT)]))
    assert ran.code == 0, ran.err
    assert "01_001.mp3" in ran.out
    assert "소망" in ran.out
