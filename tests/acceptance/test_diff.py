"""`diff` as a reviewer uses it: two packs, two manifests, a manifest and the pack that was built of it before."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.cards import once
from tests.conftest import STARTER, Desk, packbuilder, speech

_SECTIONS = """  - title: Sermons
    tracks:
      - {title: One, source: 1.wav}
      - {title: Two, source: 2.wav}
      - {title: Three, source: 3.wav}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A desk with three recordings and the pack of them."""

    def make(folder: Path) -> None:
        desk = Desk(folder)
        desk.write(_SECTIONS)
        for number in (1, 2, 3, 4):
            speech(desk.sources / f"{number}.wav", 2 + number)
        assert desk.build().code == 0

    with once(tmp_path_factory.getbasetemp(), "diff", make) as folder:
        yield folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    shutil.copytree(made, tmp_path / "desk")
    return Desk(tmp_path / "desk")


def _kinds(ran_json: object) -> list[tuple[str, list[str]]]:
    assert isinstance(ran_json, dict)
    (device,) = ran_json["devices"]
    return [((one["after"] or one["before"])["title"], one["kinds"]) for one in device["changes"]]


def test_a_pack_is_the_same_as_itself_and_as_its_manifest(desk: Desk) -> None:
    pack = desk.card().parent
    for one, other in (
        (pack, pack),
        (desk.manifest, pack),
        (pack, desk.manifest),
        (desk.manifest, desk.manifest),
    ):
        ran = packbuilder("diff", one, other, "--exit-code")
        assert (ran.code, ran.out) == (0, "no difference: 3 tracks as they were\n")


def test_one_recording_that_was_replaced_is_one_change(desk: Desk) -> None:
    """Under its old name, which a list of files does not show."""
    pack = desk.card().parent
    before = desk.folder / "before"
    shutil.copytree(pack, before)
    shutil.copy(desk.sources / "4.wav", desk.sources / "2.wav")
    assert _kinds(packbuilder("diff", pack, desk.manifest, "--format", "json").json) == [
        ("Two", ["re-recorded"])
    ]
    assert desk.build().code == 0
    ran = packbuilder("diff", before, pack, "--format", "json")
    assert (ran.code, _kinds(ran.json)) == (0, [("Two", ["re-recorded"])])
    assert packbuilder("diff", before, pack).out.splitlines()[-1].endswith("2 as they were")
    assert packbuilder("diff", before, pack, "--exit-code").code == 1


def test_two_manifests_are_compared_without_any_recording(desk: Desk) -> None:
    other = desk.folder / "other.yaml"
    text = desk.manifest.read_text("utf-8").replace("title: Two", "title: Second").replace("Test pack", "X")
    other.write_text(text.replace("sources: recordings", "sources: elsewhere"), "utf-8")
    shutil.rmtree(desk.sources)
    ran = packbuilder("diff", desk.manifest, other)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "  title: Test pack -> X",
        "  ~ Sermons / Second: retitled",
        "      title: Two -> Second",
        "title; 1 retitled, 2 as they were",
    ]


def test_a_manifest_with_errors_is_not_compared(desk: Desk) -> None:
    other = desk.folder / "other.yaml"
    other.write_text("pack: x\n", "utf-8")
    ran = packbuilder("diff", desk.manifest, other)
    assert (ran.code, "E202" in ran.out) == (1, True)
    ran = packbuilder("diff", desk.manifest, other, "--format", "json")
    assert (ran.code, {one["code"] for one in ran.json["findings"]}) == (1, {"E202"})


def test_a_manifest_without_its_recordings_cannot_be_held_against_a_pack(desk: Desk) -> None:
    shutil.rmtree(desk.sources)
    ran = packbuilder("diff", desk.manifest, desk.card().parent)
    assert ran.code == 1
    assert "two manifests, or two packs, need no recordings" in ran.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no plan of this program: it is not JSON"),
        ("[1]", "is no plan of this program"),
        ('{"kind": "x"}', "is no plan of this program: kind: input should be 'packbuilder plan'"),
    ],
)
def test_a_file_that_describes_no_pack_is_a_usage_error(desk: Desk, content: str, said: str) -> None:
    file = desk.folder / "x.json"
    file.write_text(content, "utf-8")
    ran = packbuilder("diff", file, desk.card().parent)
    assert (ran.code, said in ran.err) == (2, True), ran.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda record: record.update(schema=99), "no record that this program knows"),
        (
            lambda record: record.update(profile=[[]]),
            "describes no pack: profile: input should be a valid string",
        ),
        (
            lambda record: record["tracks"][0]["pieces"][0].update(start=float("inf")),
            "pieces.0.start: input should be a finite number",
        ),
        (lambda record: record.update(tracks=[{}]), "describes no pack: tracks.0.path: field required"),
        (lambda record: record.update(tracks=7), "describes no pack: tracks: input should be a valid list"),
        (
            lambda record: record["tracks"][0].update(title={}),
            "tracks.0.title: input should be a valid string",
        ),
    ],
)
def test_a_record_that_is_no_record_is_a_usage_error(desk: Desk, change: object, said: str) -> None:
    file = desk.card().parent / "record.json"
    record = json.loads(file.read_text("utf-8"))
    assert callable(change)
    change(record)
    file.write_text(json.dumps(record), "utf-8")
    ran = packbuilder("diff", desk.card().parent, desk.card().parent)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_folder_of_several_devices_asks_for_one(starter: Path) -> None:
    ran = packbuilder("diff", starter, STARTER)
    assert (ran.code, "name one of them" in ran.err) == (2, True)


def test_a_record_says_what_it_is_of_and_what_was_found_wrong(desk: Desk) -> None:
    """And an older one, which does not, is read as before."""
    record = desk.record()
    assert record["manifest"]["file"] == "pack.yaml"
    assert record["manifest"]["sha256"] == hashlib.sha256(desk.manifest.read_bytes()).hexdigest()
    shutil.copy(desk.sources / "1.wav", desk.sources / "3.wav")
    ran = desk.build("--format", "json")
    (finding,) = desk.record()["findings"]
    assert (finding["code"], finding["file"], finding["track"]) == ("W316", "pack.yaml", "Three")
    assert [finding["code"] for finding in ran.json["findings"]] == ["W316"]
    pack = desk.card().parent
    older = {key: value for key, value in desk.record().items() if key not in ("manifest", "findings")}
    for track in older["tracks"]:
        del track["sound_sha256"], track["edit"]
    before = desk.folder / "older"
    shutil.copytree(pack, before)
    (before / "record.json").write_text(json.dumps(older | {"schema": 1}), "utf-8")
    assert packbuilder("diff", before, pack).out == "no difference: 3 tracks as they were\n"
    assert packbuilder("verify", before, before / "card").code == 0
    assert packbuilder("audit", before).code == 0
