"""Any console: every verb, in text and as JSON, whatever the encoding, the terminal and the names of files."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder.cli.app import app
from builder.findings import rules
from builder.profiles.load import built_in, refused
from tests.conftest import ROOT, Desk, Ran, each, packbuilder, speech

_WITHOUT_FORMAT = {"schema", "explain", "doctor"}
_RUNS = [
    (verb, form)
    for verb in app.commands
    for form in ("text", "json")
    if form == "text" or verb not in _WITHOUT_FORMAT
]
_ENCODINGS = {
    "ASCII": {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    "ASCII, strictly": {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"},
    "CP949": {"PYTHONIOENCODING": "cp949:strict", "PYTHONUTF8": "0"},
    "CP1252": {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}  # fmt: skip
_NAMES = {"ko": "희망 — 바람", "zh-Hans": "马可福音 “希望”"}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Korean and a Chinese pack, each in a folder and with recordings of such names, and built."""
    folder = tmp_path_factory.mktemp("consoles")
    for language, name in _NAMES.items():
        desk = Desk(folder / name)
        desk.folder.mkdir()
        speech(desk.sources / f"{name}.wav", 1, rate=8000, seed=sum(map(ord, name)))
        desk.one_track(f"{name}.wav", title=name)
        text = desk.manifest.read_text("utf-8").replace("language: ko", f"language: {language}")
        text = text.replace("sources:", "checksums: list.sha256\nsources:")
        (desk.folder / "list.sha256").write_text(f"{'0' * 64}  {name}.wav\n", "utf-8")
        (desk.folder / f"{name}.yaml").write_text(text, "utf-8")
        (desk.folder / "bad.yaml").write_text(text.replace("title: Test", f"{name}: Test"), "utf-8")
    return folder


def arguments(verb: str, form: str, folder: Path, out: Path) -> list[str]:
    """What a verb is asked for a pack."""
    manifest = str(folder / f"{folder.name}.yaml")
    pack = out / "test" / "sd-card"
    recordings = [str(folder / "recordings"), "-o", str(folder / "new.yaml")]
    more = {
        "init": [*recordings, "--language", "ko", "--force"],
        "check": [manifest, str(folder / "bad.yaml")],
        "plan": [manifest],
        "build": [manifest, "-o", str(out), "--image"],
        "diff": [str(pack), manifest],
        "accept": [manifest, f"{folder.name}.wav"],
        "verify": [str(pack), str(pack / "card")],
        "audit": [str(pack)],
        "profiles": ["pearl"],
        "explain": ["E207"],
    }
    return [verb, *more.get(verb, []), *(["--format", "json"] if form == "json" else [])]


_SESSION = """
import json, os, sys
from builder.__main__ import main
for line in sys.stdin:
    given = [os.fsdecode(word.encode("utf-8", "surrogateescape")) for word in json.loads(line)]
    sys.argv = ["packbuilder", *given]  # as a shell would hand them over
    try:
        main()
    except SystemExit as ended:
        sys.stdout.write(f"\\0{ended.code}\\0")
        sys.stderr.write("\\0\\0")
"""


def session(runs: Sequence[Sequence[object]], **environment: str) -> list[Ran]:
    """Several runs in one process, since an encoding is chosen when a process begins."""
    lines = "".join(json.dumps([*map(str, run)]) + "\n" for run in runs)
    ended = subprocess.run(
        [sys.executable, "-c", _SESSION],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=lines.encode(),
        capture_output=True,
        timeout=300,
        check=True,
    )
    out, err = (text.decode("utf-8", "replace").split("\0") for text in (ended.stdout, ended.stderr))
    assert len(out) == len(err) == 2 * len(runs) + 1
    return [
        Ran(int(code), shown, said)
        for shown, code, said in zip(out[:-1:2], out[1::2], err[:-1:2], strict=True)
    ]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("encoding", _ENCODINGS)
def test_every_verb_ends_as_it_should_on_every_console(packs: Path, tmp_path: Path, encoding: str) -> None:
    runs, bad = [], []
    for name in _NAMES.values():
        runs += [arguments(verb, form, packs / name, tmp_path / name / "결과") for verb, form in _RUNS]
        bad.append(["check", str(packs / name / "bad.yaml")])
    found = session(runs + bad, **_ENCODINGS[encoding])
    for run, ran in each(zip(runs, found, strict=False)):
        where = f"{run}: {ran.out}{ran.err}"
        assert ran.code == (1 if run[0] == "check" else 0), where
        assert "Error" not in ran.err, where
        if "json" in run:
            assert ran.json["schema"] == 1
            assert ran.out.isascii()
    for ran in each(found[len(runs) :]):
        assert ": 2 errors" in ran.out
        assert " E201 unknown key " in ran.out


def test_our_own_words_are_ascii(tmp_path: Path) -> None:
    """A sign that the console lacks is shown as its number: titles of users may be, our own words never."""
    desk = Desk(tmp_path)
    speech(desk.sources / "a.wav", 1, rate=8000)
    desk.one_track("a.wav")
    bad = sorted((ROOT / "tests" / "manifests" / "bad").glob("*.yaml"))
    pack = desk.out / "test" / "sd-card"
    runs: list[Sequence[object]] = [
        *([verb, "--help"] for verb in app.commands),
        *(["explain", code] for code in rules()),
        *(["profiles", name] for name in (*built_in(), *refused(), "no-such")),
        *(["check", "--format", "json", path] for path in bad),
        *([], ["--help"], ["explain"], ["profiles"], ["schema"], ["doctor"], ["check"], ["explain", "E999"]),
        *([verb, desk.manifest, "--card", "3"] for verb in ("check", "plan", "build")),
        *(["check", desk.manifest], ["plan", desk.manifest], ["build", desk.manifest, "-o", desk.out]),
        ["verify", pack, pack / "card"],
        *(["audit", path] for path in (desk.out, pack / "card", pack / "record.json", desk.folder)),
    ]
    for run, ran in each(zip(runs, session(runs, **_ENCODINGS["ASCII"]), strict=True)):
        assert ran.code in (0, 1, 2, 7)
        helps = "".join(f["help"] for f in ran.json["findings"]) if "json" in run else ran.out + ran.err
        assert re.findall(r".*\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}).*|.*[^\x00-\x7f].*", helps) == [], run


def test_no_text_of_ours_has_signs_that_a_console_may_lack() -> None:
    """Messages that no run here shows, too. What is looked for in names and passages is no message."""
    for path in (ROOT / "builder").rglob("*"):
        if path.suffix in (".toml", ".yaml") and not path.match("findings.*.toml"):
            assert path.read_text("utf-8").isascii(), path
        if path.suffix == ".py" and path.name not in ("names.py", "naming.py", "passage.py"):
            code = "".join(re.split(r'#.*|"""(?:.|\n)*?"""', path.read_text("utf-8")))
            assert not re.search("[\u2010-\u2027\u2030-\u205e\u2190-\u21ff×·]", code), path


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names there are Unicode")
def test_names_of_files_that_are_no_utf_8_are_shown_by_their_bytes(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "f") + "희망".encode("cp949")
    where = Path(os.fsdecode(folder))
    where.mkdir()
    desk = Desk(where)
    speech(desk.sources / "a.wav", 1, rate=8000)
    desk.one_track("a.wav")
    for environment in ({}, _ENCODINGS["the C locale"], _ENCODINGS["CP949"]):
        pack = where / "out" / "test" / "sd-card"
        build = ["build", desk.manifest, "-o", where / "out"]
        runs = [["check", desk.manifest], build, ["verify", pack, pack / "card"]]
        found = session([*runs, *([*run, "--format", "json"] for run in runs)], **environment)
        assert [ran.code for ran in found] == [0] * 6, found
        assert all("\\udcc8\\udcf1" in ran.out for ran in found)
        assert all(ran.json["schema"] == 1 for ran in found[3:])
        (gone,) = session([["check", where / "none.yaml"]], **environment)
        assert gone.code == 2
        assert "none.yaml" in gone.err


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names there are Unicode")
def test_a_system_that_has_no_letters_for_the_names_of_a_card_is_told_of_and_is_no_fault(
    packs: Path, tmp_path: Path
) -> None:
    build = [*arguments("build", "text", packs / _NAMES["ko"], tmp_path), "--profile", "mp3-player"]
    (ran,) = session([build], **_ENCODINGS["the C locale"])
    assert ran.code == 5
    assert "this system's file names cannot hold" in ran.err
    assert "PYTHONUTF8=1" in ran.err
    assert list(tmp_path.rglob("card")) == []
    manifest = tmp_path / "pack.yaml"
    text = (
        "pack: p\ntitle: T\nlanguage: ko\nprofiles: [희망.yaml]\ncover: 희망.jpg\nsources: 희망\nsections:\n"
    )
    manifest.write_text(text + "- {title: S, tracks: [{title: A, source: 희망.wav}]}\n", "utf-8")
    (ran,) = session([["check", manifest, "--format", "json"]], **_ENCODINGS["the C locale"])
    assert (ran.code, set(ran.codes)) == (1, {"E222", "E300", "W311"})
    (ran,) = session([build], **_ENCODINGS["ASCII"])
    assert ran.code == 0


@pytest.mark.parametrize(
    "more",
    [
        {"TERM": "xterm", "COLUMNS": "20", "PYTHONIOENCODING": "cp949", "PYTHONUTF8": "0"},
        {"TERM": "xterm", "COLUMNS": "20", "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"},
        {"TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"TERM": "", "COLUMNS": "1", "NO_COLOR": "1"},
    ],
    ids=["CP949", "ASCII", "dumb", "nothing"],
)
def test_every_terminal_takes_bars_and_findings(packs: Path, tmp_path: Path, more: dict[str, str]) -> None:
    folder = packs / _NAMES["ko"]
    code, shown = on_terminal(arguments("build", "text", folder, tmp_path / "out"), more)
    assert code == 0, shown
    assert b"card.img" in shown.replace(b"\r\n", b"")
    code, shown = on_terminal(["check", str(folder / "bad.yaml")], more)
    assert code == 1
    assert b"E201" in shown
    assert b"Traceback" not in shown
    if "NO_COLOR" in more:
        assert not re.search(rb"\x1b\[[0-9;]*[3-9][0-9]*m", shown)
    if more["TERM"] == "dumb":
        assert b"\x1b" not in shown


def on_terminal(command: list[str], more: dict[str, str]) -> tuple[int, bytes]:
    """Run on a terminal that takes both streams; its code and what was shown."""
    pty = pytest.importorskip("pty", reason="terminals of this kind are Unix's")
    leader, follower = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("LANG", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "builder", *command],
        cwd=ROOT, env={**environment, **more}, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            data = os.read(leader, 65_536)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(leader)
    return process.wait(timeout=60), shown


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("verb", "stream"), [*((verb, "stdout") for verb in app.commands), ("plan", "stderr")]
)
def test_a_reader_that_goes_away_never_looks_like_done_findings_or_a_leak(
    packs: Path, tmp_path: Path, verb: str, stream: str
) -> None:
    """Both ways: what is read is closed before the first word, or after the first line."""
    folder = packs / _NAMES["ko"]
    out = packs / "built"
    is_of_a_pack = verb in ("diff", "verify", "audit")
    if is_of_a_pack and not out.exists():
        assert packbuilder(*arguments("build", "text", folder, out)).code == 0
    command = arguments(verb, "text", folder, out if is_of_a_pack else tmp_path / "out")
    command = [verb, "--no-such-option"] if stream == "stderr" else command
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-m", "builder", *command], cwd=ROOT, **pipes)  # type: ignore[call-overload]
    closed, other = (
        (process.stdout, process.stderr) if stream == "stdout" else (process.stderr, process.stdout)
    )
    closed.close()
    rest = other.read()
    other.close()
    assert process.wait(timeout=60) == 5
    assert b"Traceback" not in rest


def test_a_document_is_whole_or_the_code_says_no(packs: Path) -> None:
    """`packbuilder explain | head -1`, as a shell does it."""
    command = f"{shlex.quote(sys.executable)} -m builder profiles --format json | head -c 10; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode in (0, 5)  # 0 where the pipe took all of it before its reader had gone
    with pytest.raises(json.JSONDecodeError):
        json.loads(ran.stdout)
