"""The voice of the `[speech]` extra: espeak-ng from the wheel of espeakng-loader.

Each text is spoken by a process of its own (espeak.py). What espeak-ng says depends on what it said before, even after
it was closed and opened again, so that only a fresh process gives the same bytes every time; it is not safe for
threads; and a title that makes it crash or hang ends that process and not the build.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from builder.files.opening import file_digest
from builder.sound.decode import alike, guard
from builder.sound.decode.ffmpeg import APART

# A title takes a hundredth of a second.
_PATIENCE_SECONDS = 30
_SCRIPT = Path(__file__).with_name("espeak.py")


class VoiceError(Exception):
    """The text was not spoken; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """espeak-ng: its sound depends on `identity`; `voices` are by their BCP 47 tags in small letters."""

    library: Path
    folder: Path  # holds `espeak-ng-data`
    version: str
    identity: str
    voices: Mapping[str, str]

    def of(self, language: str) -> str | None:
        """The voice for a language: that of its nearest tag, `pt-BR` before `pt`; Chinese is Mandarin."""
        tags = language.lower().split("-")
        known = ("-".join(tags[:count]) for count in range(len(tags), 0, -1))
        return next((self.voices[tag] for tag in known if tag in self.voices), None)

    def speak(self, text: str, voice: str, out: Path) -> None:
        """Write a text as WAV, 16 bits mono at the voice's own rate. VoiceError where nothing comes out."""
        _run(self.library, self.folder, voice, str(out.absolute()), text=text)


def find_voice() -> Voice | None:
    """The voice, where the extra is installed and works."""
    try:
        import espeakng_loader  # an extra

        library, data = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
        return Voice(
            library=library,
            folder=data.parent,
            version=_run(library, data.parent),
            identity=f"{version('espeakng-loader')} {file_digest(library)} {alike.machine()}",
            voices=_voices(data),
        )
    except (ImportError, PackageNotFoundError, OSError, RuntimeError, VoiceError):
        return None


def _voices(data: Path) -> dict[str, str]:
    """The files of voices by the languages that they state; where two state one, the first that puts it first."""
    found: dict[str, tuple[int, str]] = {}
    for file in sorted(data.joinpath("lang").rglob("*")):
        if file.is_file():
            lines = file.read_text("utf-8", "replace").splitlines()
            tags = [line.split()[1].lower() for line in lines if line.startswith("language ")]
            for at, tag in enumerate(tags):
                if tag not in found or at < found[tag][0]:
                    found[tag] = at, file.name
    return {tag: name for tag, (_, name) in found.items()}


def _run(library: Path, folder: Path, *arguments: str, text: str = "") -> str:
    """Run the script; what it prints. Nothing of the environment reaches it."""
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(_SCRIPT), str(library), *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=guard.environment(), stdin=pipe, stdout=pipe, stderr=pipe, **APART
    ) as process:
        guard.limit_process(process.pid)
        try:
            out, errors = process.communicate(text.encode(), timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise VoiceError("it does not come to an end") from None
        finally:
            process.kill()
    if process.returncode != 0:
        said = errors.decode("utf-8", "replace").strip().splitlines()
        raise VoiceError(said[-1] if said else f"it crashed ({process.returncode})")
    return str(out, "utf-8", "replace")
