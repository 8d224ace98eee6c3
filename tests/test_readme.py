"""What the documents say is what the project does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from builder.manifest.load import load_pack
from builder.profiles.load import built_in, read_profile
from builder.profiles.profile import Profile
from tests.conftest import ROOT, each

README = (ROOT / "README.md").read_text("utf-8")
DOCS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CI = (ROOT / ".ci" / "run").read_text("utf-8")


def test_ci_runs_the_very_commands_of_the_readme() -> None:
    commands = re.findall(r"```sh\n(.+)\n```", README)
    assert len(commands) == 2
    for command in commands:
        assert command in CI.splitlines()


BLOCKS = [
    block for text in (README, *DOCS.values()) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
]


def test_the_readme_is_short_and_every_page_is_linked_from_its_list() -> None:
    assert len(README.splitlines()) <= 200
    assert {*re.findall(r"^- \[[^]]+\]\(docs/([a-z-]+\.md)\)", README, re.MULTILINE)} == set(DOCS)


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in DOCS)])
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: str) -> None:
    path = ROOT / page
    for link in each(re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text("utf-8"))):
        file, _, heading = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        titles = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in [
            re.sub(r"[^\w-]", "", one.lower().replace(" ", "-")) for one in titles
        ]


def test_the_manifest_in_ten_lines_and_the_others_are_good_ones(tmp_path: Path) -> None:
    first, *others = [block for block in BLOCKS if block.startswith("pack:")]
    assert others
    assert len(first.splitlines()) == 10
    for text in (first, *others):
        path = tmp_path / "hope.yaml"
        path.write_text(text, "utf-8")
        assert load_pack(path).findings == ()


def test_the_device_of_ones_own_is_a_good_one(tmp_path: Path) -> None:
    (text,) = [block for block in BLOCKS if block.startswith("name:")]
    path = tmp_path / "market-radio.yaml"
    path.write_text(text, "utf-8")
    read = read_profile(path, built_in())
    assert read.findings == ()
    assert read.profile is not None
    assert read.profile.names.max_name_chars == 20


@pytest.mark.parametrize("profile", built_in().values(), ids=lambda profile: profile.name)
def test_every_mark_of_a_device_fact_is_explained(profile: Profile) -> None:
    for fact in each(profile.facts.values()):
        for mark in re.findall(r"\[[A-Z]\d+\]", fact.source):
            assert mark in CONTRIBUTING, mark


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in each(project["dependencies"]):
        name = re.split(r"[<>=;]", requirement)[0]
        assert re.search(rf"(?i)\b{name}\b", CONTRIBUTING), name


def test_the_changelog_has_the_form_it_names() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text
    assert "### Added" in text


def test_every_promise_names_a_test_that_is_there() -> None:
    """Files by their path or name, tests by their function; each row of the table has one at least."""
    table = DOCS["promises.md"].split("## And what is not")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| ") and "---" not in row]
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    sources = "\n".join((ROOT / path).read_text("utf-8") for path in sorted(files))
    assert len(rows) > 30
    for promise, proof in rows[1:]:
        if promise.strip().startswith("**"):  # the head of a group
            continue
        named = re.findall(r"`([^`]+)`", proof)
        assert named, promise
        for name in named:
            if name.endswith(".py"):
                assert any(path == name or path.endswith(f"/{name}") for path in files), name
            elif name.endswith("/"):
                assert (ROOT / name).is_dir(), name
            else:
                assert f"def {name}(" in sources, name
