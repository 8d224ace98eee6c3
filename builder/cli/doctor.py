"""`packbuilder doctor`."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

import builder
from builder import __version__
from builder.cli.output import print_text, say
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.store import Store, default_folder
from builder.sound.voice.voice import find_voice
from builder.text import size


@click.command(short_help="Show whether this computer has what the program needs.")
def doctor() -> None:
    """Show the versions in use, where ffmpeg and the cache are, and the room that is left."""
    ffmpeg = find_ffmpeg()
    with Store(default_folder(), lambda run: say(f"waiting for {run}")).open() as store:
        kept = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
    voice = find_voice()
    rows = {
        "packbuilder": __version__,
        "Python": f"{platform.python_version()} on {platform.system()}",
        "ffmpeg": f"{ffmpeg.version} ({ffmpeg.executable})",
        "voice": f"espeak-ng {voice.version}" if voice else 'none (pip install -e ".[speech]" brings one)',
        "packages": _packages(Path(builder.__file__).parents[1] / "requirements.lock"),
        "cache": f"{store.folder} ({size(kept)} in it, {size(shutil.disk_usage(store.folder).free)} free)",
        "console": sys.stdout.encoding or "unknown",
    }
    for name, value in rows.items():
        print_text(f"{name:<12} {value}")


def _packages(lock: Path) -> str:
    """Whether the installed packages are the locked ones: others may make other bytes of the same recordings."""
    if not lock.is_file():
        return "no requirements.lock beside the program to compare with"
    others = []
    for name, locked in re.findall(r"(?m)^([\w.-]+)==(\S+)", lock.read_text("utf-8")):
        try:
            installed = version(name)
        except PackageNotFoundError:  # of another system or Python, or not asked for
            continue
        if installed != locked:
            others.append(f"{name} {installed}, not {locked}")
    how = "; pip install --require-hashes -r requirements.lock installs the locked ones"
    return "; ".join(others) + how if others else "as requirements.lock says"
