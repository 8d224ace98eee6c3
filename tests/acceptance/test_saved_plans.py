"""`plan` against the pack that is there, `plan -o`, and `build plan.json`: as it was reviewed, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.review.plandoc import SavedPlan, document_of, plan_of
from tests.acceptance.cards import once
from tests.conftest import Desk, packbuilder, speech, tree

_SECTIONS = """  - title: Sermons
    tracks:
      - {title: One, source: 1.wav}
      - {title: Two, source: 2.wav}
"""
_DEVICE = """name: mine
title: Our own
based_on: mp3-player
facts:
  max_files: {value: 900, source: tried}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A desk with a pack, and a device of its own."""

    def make(folder: Path) -> None:
        desk = Desk(folder)
        desk.write(_SECTIONS)
        for number in (1, 2, 3):
            speech(desk.sources / f"{number}.wav", 2 + number)
        (folder / "mine.yaml").write_text(_DEVICE, "utf-8")
        assert desk.build().code == 0

    with once(tmp_path_factory.getbasetemp(), "saved", make) as folder:
        yield folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    shutil.copytree(made, tmp_path / "desk")
    return Desk(tmp_path / "desk")


def _plan(desk: Desk, *options: object) -> Path:
    file = desk.folder / "plan.json"
    ran = packbuilder("plan", desk.manifest, "-o", file, "--against", desk.out, *options)
    assert ran.code == 0, ran.err
    return file


def test_a_plan_shows_what_would_change_in_the_pack_before(desk: Desk) -> None:
    ran = packbuilder("plan", desk.manifest, "--against", desk.out)
    assert "no difference: 2 tracks as they were" in ran.out
    desk.write(_SECTIONS.replace("Two", "Second") + "      - {title: Three, source: 3.wav}\n")
    ran = packbuilder("plan", desk.manifest, "--against", desk.out)
    signs = [
        line[2] for line in ran.out.splitlines() if ".mp3 " in line and ("stored" in line or "new" in line)
    ]
    assert signs == [" ", "~", "+"]
    assert "1 retitled, 1 added, 1 as it was" in ran.out
    (change,) = packbuilder("plan", desk.manifest, "--against", desk.out, "--format", "json").json["changes"]
    assert change["counts"] == {"retitled": 1, "added": 1}
    assert packbuilder("plan", desk.manifest, "--against", desk.folder / "no").out.count("no difference") == 0


def test_a_build_says_what_is_not_as_it_was(desk: Desk) -> None:
    shutil.copy(desk.sources / "3.wav", desk.sources / "2.wav")
    ran = desk.build()
    assert "since it was last built: 1 re-recorded, 1 as it was" in ran.out
    ran = desk.build("--format", "json")
    assert [one["counts"] for one in ran.json["changes"]] == [{}]


def test_a_plan_is_built_as_it_is_from_wherever_it_lies(desk: Desk) -> None:
    file = _plan(desk, "--profile", desk.folder / "mine.yaml", "--card", "2GB")
    saved = plan_of(file.read_bytes())
    assert (saved.manifest, saved.profiles, saved.card_bytes) == ("pack.yaml", ["mine.yaml"], 2_000_000_000)
    ran = packbuilder("build", "plan.json", "-o", "built", cwd=desk.folder)
    assert ran.code == 0, ran.err
    record = json.loads((desk.folder / "built/test/mine/record.json").read_text("utf-8"))
    assert (record["profile"], record["card"]["label_bytes"]) == ("mine", 2_000_000_000)
    moved = desk.folder.with_name("moved")
    desk.folder.rename(moved)
    assert packbuilder("build", moved / "plan.json", "-o", moved / "built").code == 0


def _edit(file: str, old: str, new: str) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        path = desk.folder / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    return change


_STALE: list[tuple[str, Callable[[Desk], object], str]] = [
    ("a title", _edit("pack.yaml", "Two", "2"), "manifest: not what it was"),
    ("a note", _edit("pack.yaml", "language", "note: x\nlanguage"), "manifest: not what it was"),
    (
        "a recording",
        lambda desk: shutil.copy(desk.sources / "3.wav", desk.sources / "2.wav"),
        "file 2.wav: not what it was",
    ),
    (
        "another recording",
        _edit("pack.yaml", "2.wav", "3.wav"),
        "file 2.wav: no longer used|file 3.wav: new since the plan",
    ),
    (
        "the device",
        _edit("mine.yaml", "900", "901"),
        "device mine: not what it was",
    ),
    ("the program", _edit("plan.json", '"packbuilder": "', '"packbuilder": "0.'), "made by packbuilder 0.0"),
    ("the plan itself", _edit("plan.json", '"title": "Two"', '"title": "2"'), "the cards would be others"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in _STALE], ids=[row[0] for row in _STALE])
def test_a_plan_that_is_not_up_to_date_is_not_built(
    desk: Desk, change: Callable[[Desk], object], said: str
) -> None:
    file = _plan(desk, "--profile", desk.folder / "mine.yaml")
    before = tree(desk.out)
    change(desk)
    ran = packbuilder("build", file, "-o", desk.out, "--format", "json")
    messages = " ".join(one["message"] for one in ran.json["findings"] if one["code"] == "E430")
    assert (ran.code, all(part in messages for part in said.split("|"))) == (1, True), ran.json["findings"]
    assert tree(desk.out) == before


def test_a_plan_takes_no_devices_and_no_cards(desk: Desk) -> None:
    file = _plan(desk)
    assert packbuilder("build", file, "--profile", "sd-card").code == 2
    assert packbuilder("build", file, "--card", "4GB").code == 2


def test_a_plan_whose_manifest_is_gone_is_a_usage_error(desk: Desk) -> None:
    file = _plan(desk)
    desk.manifest.unlink()
    ran = packbuilder("build", file, "-o", desk.out)
    assert (ran.code, "which is not there" in ran.err) == (2, True)


def test_a_plan_is_written_over_a_plan_only(desk: Desk) -> None:
    file = _plan(desk)
    assert _plan(desk) == file
    file.write_text('{"mine": 1}', "utf-8")
    ran = packbuilder("plan", desk.manifest, "-o", file)
    assert (ran.code, file.read_text("utf-8")) == (2, '{"mine": 1}')
    ran = packbuilder("plan", desk.manifest, "-o", desk.sources / "1.wav")
    assert (ran.code, "does not end in .json" in ran.err) == (2, True)


def test_two_plans_of_one_manifest_are_the_same_bytes_and_can_be_compared(desk: Desk) -> None:
    one = _plan(desk).read_bytes()
    other = _plan(desk)
    assert other.read_bytes() == one
    assert document_of(SavedPlan.model_validate_json(one)).encode() == one
    ran = packbuilder("diff", desk.card().parent, other)
    assert ran.out == "no difference: 2 tracks as they were\n"


def test_a_pack_alone_says_what_is_on_it_and_what_was_found_wrong(desk: Desk) -> None:
    """For a reviewer who has neither the manifest nor the recordings."""
    shutil.copy(desk.sources / "1.wav", desk.sources / "2.wav")
    assert desk.build().code == 0
    pack = shutil.copytree(desk.card().parent, desk.folder / "elsewhere")
    desk.manifest.unlink()
    shutil.rmtree(desk.sources)
    ran = packbuilder("plan", pack)
    assert ran.code == 0
    head, *tree = ran.out.splitlines()
    assert head.startswith("test for sd-card, as it was built: 2 tracks in 1 folder, ")
    assert [line.split()[-1] for line in tree if ".mp3" in line and "kB" in line] == ["One", "Two"]
    assert "of the manifest pack.yaml, sha256 " in ran.out
    assert 'W316 warning: Two: 2.wav has the same sound as 1.wav, which is "One"' in ran.out
    assert packbuilder("plan", pack, "--format", "json").json["cards"] == [
        json.loads((pack / "record.json").read_text("utf-8"))
    ]
    record = json.loads((pack / "record.json").read_text("utf-8"))
    (pack / "record.json").write_text(json.dumps(record | {"findings": ["x"]}), "utf-8")
    ran = packbuilder("plan", pack)
    assert (ran.code, "findings.0" in ran.err) == (2, True)
    ran = packbuilder("plan", desk.out)
    assert (ran.code, "is no pack" in ran.err or "name one of them" in ran.err) == (2, True)


@pytest.mark.parametrize("label", [-1, 0, 1, 999_999, 2 * 10**15])
def test_a_plan_for_a_card_that_none_is_is_no_plan(desk: Desk, label: int) -> None:
    file = _plan(desk)
    file.write_text(file.read_text("utf-8").replace('"card_bytes": null', f'"card_bytes": {label}'), "utf-8")
    ran = packbuilder("build", file, "-o", desk.out)
    assert (ran.code, "card_bytes" in ran.err) == (2, True)


def test_a_plan_and_a_record_name_their_manifest_alike_whatever_the_console_can_show(desk: Desk) -> None:
    """Under the C locale a name that is not English comes as bytes in disguise."""
    named = desk.folder / "희망.yaml"
    desk.manifest.rename(named)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    records, plans = [], []
    environments: list[dict[str, str]] = [{}, plain]
    for environment in environments:
        ran = packbuilder("build", named, "-o", desk.out, cwd=desk.folder, **environment)
        assert ran.code == 0, ran.err
        records.append((desk.card().parent / "record.json").read_bytes())
        ran = packbuilder("plan", named, "-o", desk.folder / "plan.json", cwd=desk.folder, **environment)
        assert ran.code == 0, ran.err
        plans.append((desk.folder / "plan.json").read_bytes())
        ran = packbuilder("build", desk.folder / "plan.json", "-o", desk.out, cwd=desk.folder, **environment)
        assert ran.code == 0, ran.err
    assert len({*records}) == len({*plans}) == 1
    assert json.loads(records[0])["manifest"]["file"] == plan_of(plans[0]).manifest == "희망.yaml"
