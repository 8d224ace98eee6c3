"""A manifest may be anything: it ends within 10 seconds and 512 MB, with the one rule that it breaks or as good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import IS_LONG, STARTER, each, speech
from tests.hostile.heavy import HEAVY
from tests.hostile.runs import Forks
from tests.hostile.texts import GOOD, TEXTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where manifests stand beside the one recording that they name."""
    folder = tmp_path_factory.mktemp("manifests")
    speech(folder / "a.wav", 1, rate=8000)
    return folder


def told(program: Forks, path: Path, codes: str) -> None:
    """`check` finds these rules and no others, in text and as JSON."""
    ran = program.packbuilder("check", path, "--format", "json")
    assert (" ".join(sorted(set(ran.codes))), ran.code) == (codes, 1 if "E" in codes else 0), ran.err
    if len(ran.out) > 100_000:
        return
    shown = program.packbuilder("check", path)
    assert shown.code == ran.code
    assert all(f" {code} " in shown.out for code in codes.split())
    assert max(map(len, shown.out.splitlines())) < 2_000


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", TEXTS | (HEAVY if IS_LONG else {}))
def test_a_hostile_manifest_is_one_finding_or_good(program: Forks, folder: Path, name: str) -> None:
    content, codes = (TEXTS | HEAVY)[name]
    path = folder / "hostile.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told(program, path, codes)


@pytest.mark.parametrize(
    "name", ["\x1b[2J\x07.yaml", "a\nE999 b.yaml", "a\u202eb.yaml", "희망 — ✓.yaml", "[red]x.yaml", "-y.yaml"]
)
def test_a_hostile_name_of_a_manifest_is_shown_and_not_obeyed(
    program: Forks, tmp_path: Path, name: str
) -> None:
    speech(tmp_path / "a.wav", 1, rate=8000)
    (tmp_path / name).write_text(GOOD, "utf-8")
    good = program.packbuilder("check", "--", name, cwd=tmp_path)
    assert (good.code, len(good.out.splitlines())) == (0, 1)
    (tmp_path / name).write_text(GOOD + "note: *b\n", "utf-8")
    told(program, tmp_path / name, "E105")
    gone = program.packbuilder("check", "--", "no" + name, cwd=tmp_path)
    assert gone.code == 2
    assert program.packbuilder("plan", STARTER, "--profile", name.removesuffix(".yaml")).code == 2
    assert program.packbuilder("explain", "--", name).code == 2


def test_what_is_no_file_is_no_manifest_and_is_not_waited_for(program: Forks, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    for name, code in each({"pipe": 5, "device": 5, "folder": 2, "loop": 2}.items()):
        path = tmp_path / f"{name}.yaml"
        for verb in ("check", "plan"):
            assert program.packbuilder(verb, path).code == code, name
        assert program.packbuilder("profiles", path).code == 2, name
        assert program.packbuilder("plan", STARTER, "--profile", path).code == 2, name


def test_a_link_to_a_manifest_is_read_as_where_the_link_stands(program: Forks, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "real.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(GOOD, "utf-8")
    (tmp_path / "link.yaml").symlink_to(elsewhere)
    speech(tmp_path / "a.wav", 1, rate=8000)
    assert program.packbuilder("check", tmp_path / "link.yaml").code == 0
    assert program.packbuilder("check", elsewhere).code == 1


_PROFILE = "name: mine\ntitle: My player\nbased_on: sd-card\n"


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("facts: {max_folders: {value: 5, source: tried}}\n", ""),
        ("facts: {max_folders: {value: &a 5, source: tried}}\n", "E105"),
        ("<<: {title: x}\n", "E107"),
        ("verify: " + "[" * 5_000, "E103"),
        ("verify: [" + "x, " * 60_000 + "]\n", "E102"),
        ("#" * 2_100_000, "E102"),
        ("\ntitle: \ud55c".encode("utf-16"), "E101"),
        (f"verify: [{'1' * 2_000_000}]\n", "E205"),
        ("facts: {max_folders: {value: 1e999999, source: tried}}\n", "E219"),
        (f"facts: {{max_folders: {{value: {'9' * 5_000}, source: tried}}}}\n", "E219"),
        ("facts: {target_lufs: {value: -.inf, source: tried}}\n", "E219"),
        ("facts: {target_lufs: {value: nan, source: tried}}\n", "E219"),
        ("facts: {max_files: {value: ٣, source: tried}}\n", "E219"),
        ("facts: {bitrate_kbps: {value: ²³, source: tried}}\n", "E218"),
        ("facts: {flat_name: {value: '{place:9}{place:9}{label}', source: tried}}\n", ""),
        ("facts: {section_name: {value: '../{section}', source: tried}}\n", "E225"),
        ("facts: {root_folder: {value: ../.., source: tried}}\n", "E225"),
        ("facts: {root_folder: {value: 'C:', source: tried}}\n", "E225"),
        ("facts: {root_folder: {value: CON, source: tried}}\n", "E225"),
        ('facts: {root_folder: {value: "a\\0b", source: tried}}\n', "E225"),
        ('facts: {root_folder: {value: "\\e[2J", source: tried}}\n', "E225"),
        ("based_on: " + "x" * 1_000_000 + "\n", "E106"),
    ],
    ids=range(22),
)
def test_a_hostile_profile_is_one_finding_or_good(
    program: Forks, folder: Path, more: str | bytes, codes: str
) -> None:
    path = folder / "mine.yaml"
    path.write_bytes(_PROFILE.encode() + more if isinstance(more, bytes) else (_PROFILE + more).encode())
    (folder / "good.yaml").write_text(GOOD, "utf-8")
    ran = program.packbuilder("profiles", path, "--format", "json")
    assert (" ".join(sorted(set(ran.codes))), ran.code) == (codes, 1 if codes else 0), ran.err
    planned = program.packbuilder("plan", folder / "good.yaml", "--profile", path)
    assert planned.code == (1 if codes else 0), planned.err


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux has such files")
@pytest.mark.parametrize("verb", ["check", "plan", "build", "profiles"])
def test_what_a_system_keeps_to_itself_is_not_printed(program: Forks, tmp_path: Path, verb: str) -> None:

    for name in (
        "/proc/self/environ",
        "/proc/self/cmdline",
        "/etc/passwd",
        "/etc/shadow",
        "/proc/self/status",
    ):
        text = Path(name).read_bytes().decode("utf-8", "replace") if os.access(name, os.R_OK) else ""
        for ending in ("", ".yaml"):
            path = Path(name)
            if ending:
                path = tmp_path / f"{path.name}.yaml"
                path.unlink(missing_ok=True)
                path.symlink_to(name)
            ran = program.packbuilder(verb, path)
            assert ran.code in (1, 2, 5)
            shown = ran.out + ran.err
            assert [line for line in text.splitlines() if len(line) > 9 and line[:40] in shown] == []


@pytest.mark.parametrize("content", [None, b"a" * 4_000_001, b"\xff\xfe"], ids=["pipe", "huge", "no UTF-8"])
def test_a_list_of_terms_that_is_none_is_a_wrong_command_line(
    program: Forks, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "terms"
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content)
    ran = program.packbuilder("check", STARTER, "--terms", path)
    assert (ran.code, str(path) in ran.err) == (2, True)
