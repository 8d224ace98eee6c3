"""`build` runs the leak gate over what it made, and publishes nothing that fails it; private terms are told earlier."""

from __future__ import annotations

from pathlib import Path

import pytest

import builder.build
from builder.card.layout import fix_times
from builder.cli import run
from tests.conftest import Desk, packbuilder, speech, tree


@pytest.fixture
def good(desk: Desk) -> Desk:
    speech(desk.sources / "a.wav", 1.5, seed=801)
    desk.one_track("a.wav", ", speaker: Kim Yong-su", title="Hope")
    assert desk.build().code == 0
    return desk


@pytest.mark.parametrize("name", [".DS_Store", "record.json", "01_SERMONS/secret.mp3"])
def test_what_fails_the_gate_is_not_published_and_the_last_pack_stays(
    good: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = tree(good.out)
    good.one_track("a.wav", title="Another")

    def slip(card: Path) -> None:
        (card / name).write_text("made by kim")
        fix_times(card)

    monkeypatch.setattr(builder.build, "fix_times", slip)
    assert run(["build", str(good.manifest), "-o", str(good.out)]) == 7
    said = capsys.readouterr().err
    assert f"{good.out}/test/sd-card/card/{name}" in said
    assert "nothing was built" in said
    assert tree(good.out) == before
    monkeypatch.undo()
    assert good.build().code == 0
    assert tree(good.out) != before


def test_a_private_term_is_told_at_its_line_before_any_work(good: Desk, tmp_path: Path) -> None:
    before = tree(good.out)
    (tmp_path / "terms.txt").write_text("yong-su\n김목사\n", "utf-8")
    for verb, more in (("check", ()), ("plan", ()), ("build", ("-o", good.out))):
        ran = packbuilder(verb, good.manifest, *more, "--terms", tmp_path / "terms.txt", "--format", "json")
        assert ran.code == 7
        (finding,) = ran.json["findings"]
        assert (finding["code"], finding["line"], finding["track"]) == ("E717", 8, "Hope")
        assert "artist" in finding["message"]
        assert "rendering" not in ran.err
    assert tree(good.out) == before
    ran = packbuilder("check", good.manifest, PACKBUILDER_TERMS=str(tmp_path / "terms.txt"))
    assert ran.code == 7


def test_a_discreet_pack_holds_no_term_of_its_titles(good: Desk, tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("yong-su\nhope\nsermons\n", "utf-8")
    assert packbuilder("check", good.manifest, "--terms", tmp_path / "terms.txt").code == 7
    good.manifest.write_text("discreet: true\n" + good.manifest.read_text("utf-8"), "utf-8")
    ran = good.build("--terms", tmp_path / "terms.txt", "--image")
    assert ran.code == 0, ran.err
    assert packbuilder("audit", good.out, "--terms", tmp_path / "terms.txt").code == 0


@pytest.mark.parametrize("user", ["hope", "kim yong-su", "Test pack"])
def test_a_builder_who_is_called_as_the_manifest_says_builds_all_the_same(good: Desk, user: str) -> None:
    ran = good.build(USER=user, LOGNAME=user, COMPUTERNAME=user)
    assert ran.code == 0, ran.err
    assert packbuilder("audit", good.out, USER=user, LOGNAME=user).code == 0


@pytest.mark.sampled(2)
@pytest.mark.parametrize("title", ["می\u200cخواهم", "क्\u200dष", "크 리 스 도"])
def test_a_joiner_that_is_spelling_is_no_leak(good: Desk, title: str) -> None:
    good.one_track("a.wav", title=title)
    ran = good.build("--profile", "mp3-player", "--image")
    assert ran.code == 0, ran.err
