"""The lock file: every package that the program runs on, in one version, by the hashes of its files."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builder.cli.doctor import _packages
from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINES = [line for line in LOCK.splitlines() if not line.startswith("#")]
LOCKED = {
    Requirement(line.rstrip(" \\")).name: Requirement(line.rstrip(" \\")) for line in LINES if line[0] != " "
}


def _version(name: str) -> str:
    (pin,) = LOCKED[canonicalize_name(name)].specifier
    assert pin.operator == "=="
    return pin.version


def test_the_lock_holds_pins_and_hashes_and_no_place_to_fetch_from() -> None:
    pin = r"[a-z0-9-]+==[0-9][0-9.]*(?:post[0-9]+)?(?: ; [a-z_]+ [<>=!]+ '[\w.]+')? \\"
    hashes = r"    --hash=sha256:[0-9a-f]{64}"
    whole = rf"(?:{pin}\n(?:{hashes} \\\n)*{hashes}\n)+"
    assert re.fullmatch(whole, "\n".join(LINES) + "\n")
    assert not re.search(r"://|index|find-links|trusted|@", LOCK)


def test_every_python_and_system_has_the_same_version() -> None:
    pins = [line for line in LINES if line[0] != " "]
    assert len(LOCKED) == len(pins) > 30


def _asked_for() -> list[str]:
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *groups["build"]]
    return [*wanted, *extras["romanize"], *extras["speech"]]


@pytest.mark.parametrize("asked", _asked_for())
def test_what_the_program_asks_for_is_locked_in_a_version_that_suits(asked: str) -> None:
    requirement = Requirement(asked)
    assert requirement.specifier.contains(_version(requirement.name))


@pytest.mark.parametrize("name", LOCKED)
def test_what_a_locked_package_asks_for_is_locked_too(name: str) -> None:
    try:
        requires = distribution(name).requires or []
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed here")
    for line in requires:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            assert requirement.specifier.contains(_version(requirement.name)), line


@pytest.mark.parametrize(
    "name", ["imageio-ffmpeg", "mutagen", "numpy", "pillow", "pydub", "soundfile", "espeakng-loader"]
)
def test_what_decides_bytes_or_opens_what_strangers_made_is_installed_as_locked(name: str) -> None:
    assert version(name) == _version(name), "install requirements.lock"


def test_doctor_names_a_package_that_is_not_the_locked_one(tmp_path: Path) -> None:
    other = tmp_path / "requirements.lock"
    other.write_text(LOCK.replace(f"numpy=={version('numpy')}", "numpy==1.0"), "utf-8")
    assert f"numpy {version('numpy')}, not 1.0;" in _packages(other)
    assert "pillow" not in _packages(other)
    assert "to compare with" in _packages(tmp_path / "no.lock")


def test_the_set_up_installs_what_is_locked_and_nothing_else() -> None:
    setup = re.findall(r"```sh\n(.+)\n```", (ROOT / "README.md").read_text("utf-8"))[0]
    assert "pip install --require-hashes -r requirements.lock" in setup
    assert "--no-deps --no-build-isolation -e ." in setup
