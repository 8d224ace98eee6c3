"""A profile of one's own: built with as with ours, and a faulty one answered like a faulty manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.profiles.load import built_in, refused
from tests.conftest import ROOT, STARTER, Desk, packbuilder, speech

MINE = """\
name: mine
title: the black player sold in 2026
based_on: sd-card
facts:
  id3v1:
    value: cp949
    source: "tried: Korean titles of the old tag show"
    confidence: high
    tested_on: ["one of 2026, bought at the market"]
  charset:
    value: cp949
    source: "made for Korea: names too"
  letters:
    value: any
    source: "as charset"
  section_name:
    value: "{section} {label}"
    source: "tried"
  track_name:
    value: "{number} {label}"
    source: "tried"
  max_files_per_folder:
    value: 2
    source: "tried: the third file does not play"
"""
FILE = "profiles/mine.yaml"


@pytest.fixture
def own(desk: Desk) -> Desk:
    """A desk with two sermons, and a profile beside the manifest."""
    for number in (1, 2, 3):
        speech(desk.sources / f"{number}.wav", 1, seed=number)
    sermons(desk, 2)
    profile(desk, MINE)
    return desk


def sermons(desk: Desk, count: int, head: str = "") -> None:
    tracks = "".join(f"      - {{title: 희망 {n}, source: {n}.wav}}\n" for n in range(1, count + 1))
    desk.write("  - title: 설교\n    tracks:\n" + tracks, head=head)


def profile(desk: Desk, text: str, name: str = FILE) -> Path:
    path = desk.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_player_made_for_korea_reads_its_code_page(own: Desk) -> None:
    ran = own.build("--profile", own.folder / FILE, "--image", "--format", "json")
    assert (ran.code, ran.codes) == (0, [])
    assert [card["profile"] for card in ran.json["cards"]] == ["mine"]
    assert [track["path"] for track in own.record("mine")["tracks"]] == [
        "01 설교/001 희망 1.mp3",
        "01 설교/002 희망 2.mp3",
    ]
    tag = (own.card("mine") / "01 설교" / "001 희망 1.mp3").read_bytes()[-128:]
    assert tag[:33].rstrip(b"\0") == b"TAG" + "희망 1".encode("cp949")
    folder = own.out / "test" / "mine"
    assert packbuilder("verify", folder, folder / "card.img").code == 0


def test_it_shares_its_sound_with_the_profile_it_is_based_on(own: Desk) -> None:
    both = ("--profile", "sd-card", "--profile", own.folder / FILE)
    ran = own.build(*both, "--format", "json", PACKBUILDER_CACHE=str(own.folder / "cache"))
    assert [(card["profile"], card["rendered"]) for card in ran.json["cards"]] == [
        ("sd-card", 2),
        ("mine", 0),
    ]


def test_a_manifest_names_it_by_a_path_beside_itself(own: Desk, tmp_path: Path) -> None:
    sermons(own, 2, head=f"profiles: [sd-card, {FILE}]\n")
    ran = packbuilder("build", own.manifest, "-o", own.out, "--format", "json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert [card["profile"] for card in ran.json["cards"]] == ["sd-card", "mine"]


def test_its_limits_are_held_like_ours(own: Desk) -> None:
    sermons(own, 3)
    ran = own.build("--profile", own.folder / FILE, "--format", "json")
    assert (ran.code, ran.codes) == (1, ["E412"])
    assert ran.json["findings"][0]["message"] == "3 files in one folder; mine reads 2"
    assert not own.out.exists()


FAULTS = {
    "not its name": (("name: mine", "name: ours"), "E219", 1),
    "no such base": (("based_on: sd-card", "based_on: sdcard"), "E222", 3),
    "no such fact": (("max_files_per_folder", "max_files_a_folder"), "E201", 22),
    "not a number": (("value: 2\n", "value: two\n"), "E219", 23),
    "no source": (('    source: "made for Korea: names too"\n', ""), "E202", 10),
    "facts that contradict each other": (("value: 2\n", "value: 3000\n"), "E225", 23),
    "no number in a pattern": (('"{number} {label}"', '"{label}"'), "E219", 20),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("change", "code", "line"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_at_its_line(own: Desk, change: tuple[str, str], code: str, line: int) -> None:
    assert MINE.count(change[0]) == 1
    path = profile(own, MINE.replace(*change))
    ran = own.build("--profile", path, "--format", "json")
    assert (ran.code, ran.codes, ran.json["cards"]) == (1, [code], [])
    (finding,) = ran.json["findings"]
    assert (finding["file"], finding["line"]) == (str(path), line)
    assert not own.out.exists()
    # The same from within a manifest, and for people.
    sermons(own, 2, head=f"profiles: [{FILE}]\n")
    shown = packbuilder("check", own.manifest)
    assert shown.code == 1
    assert f"{path}:{line}:" in shown.out
    assert MINE.replace(*change).splitlines()[line - 1] in shown.out


def test_two_profiles_of_one_name_do_not_build_into_one_folder(own: Desk) -> None:
    other = profile(own, MINE.replace("value: 2\n", "value: 3\n"), "other/mine.yaml")
    for between in ([], ["--profile", "sd-card"]):
        ran = own.build("--profile", own.folder / FILE, *between, "--profile", other)
        assert ran.code == 2
        assert "called" in ran.err
    sermons(own, 2, head=f"profiles: [{FILE}, sd-card, other/mine.yaml]\n")
    ran = own.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E227"])
    assert (ran.json["findings"][0]["line"], ran.json["findings"][0]["column"]) == (5, 41)
    assert not own.out.exists()


def test_one_profile_named_in_two_ways_is_built_once(own: Desk) -> None:
    ways = [own.folder / FILE, own.folder / "profiles" / ".." / FILE]
    ran = own.build(*(option for way in ways for option in ("--profile", way)), "--format", "json")
    assert (ran.code, [card["profile"] for card in ran.json["cards"]]) == (0, ["mine"])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", ["profiles/none.yaml", "profiles"])
def test_a_profile_that_cannot_be_read_is_a_wrong_command_line(own: Desk, path: str) -> None:
    ran = own.build("--profile", own.folder / path)
    assert ran.code == 2
    assert not own.out.exists()


@pytest.mark.parametrize(
    ("verb", "device"), [("check", "papyrus"), ("plan", "audibible"), ("build", "papyrus")]
)
def test_a_device_that_cannot_be_served_is_a_wrong_command_line(own: Desk, verb: str, device: str) -> None:
    ran = packbuilder(verb, own.manifest, "--profile", device, cwd=own.folder)
    assert ran.code == 2
    words = " ".join(ran.err.split())
    assert refused()[device].reason in words
    assert refused()[device].help[1:] in words
    assert not own.out.exists()


def test_in_a_manifest_it_is_a_finding_at_its_word(own: Desk) -> None:
    sermons(own, 2, head="profiles: [sd-card, papyrus, sd-kard]\n")
    ran = own.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E224", "E222"])
    assert [(finding["line"], finding["column"]) for finding in ran.json["findings"]] == [(5, 21), (5, 30)]
    assert not own.out.exists()


def test_a_refusal_of_ones_own_is_told_like_ours(own: Desk) -> None:
    reason = 'refused:\n  reason: "it plays tapes"\n  help: "buy another"\n  source: "seen"\n'
    path = profile(own, f"name: mine\ntitle: My player\n{reason}")
    ran = own.build("--profile", path)
    assert ran.code == 2
    assert "plays tapes" in ran.err


def test_every_profile_is_listed_with_what_it_can_do() -> None:
    document = packbuilder("profiles", "--format", "json").json
    assert document["schema"] == 1
    shown = {one["name"]: one for one in document["profiles"]}
    assert list(shown) == [*built_in(), *refused()]
    for name, ours in built_in().items():
        facts = {fact: one["value"] for fact, one in shown[name]["facts"].items()}
        assert facts == json.loads(json.dumps(ours.values()))
        assert all(one["source"] for one in shown[name]["facts"].values())
    assert shown["papyrus"]["refused"]["reason"] == refused()["papyrus"].reason


@pytest.mark.parametrize("name", ["saber", "papyrus"])
def test_one_profile_is_shown_alone(name: str) -> None:
    ran = packbuilder("profiles", name, "--format", "json")
    assert (ran.code, [one["name"] for one in ran.json["profiles"]]) == (0, [name])


def test_a_profile_of_ones_own_shows_where_each_fact_is_from(own: Desk) -> None:
    ran = packbuilder("profiles", own.folder / FILE)
    assert ran.code == 0
    assert "tested on one of 2026, bought at the market" in ran.out
    assert "from sd-card: " in ran.out
    facts = packbuilder("profiles", own.folder / FILE, "--format", "json").json["profiles"][0]["facts"]
    assert (facts["max_files_per_folder"]["value"], facts["max_files_per_folder"]["taken_from"]) == (2, None)
    assert facts["max_files"]["taken_from"] == "sd-card"


def test_an_unknown_profile_is_answered_with_the_nearest() -> None:
    ran = packbuilder("profiles", "sabre")
    assert ran.code == 2
    assert 'Did you mean "saber"?' in ran.err
    assert packbuilder("check", STARTER, "--profile", "kulum", cwd=ROOT).code == 2
