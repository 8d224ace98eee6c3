"""The only caller of ffmpeg: finds it, runs it, and knows how it must be called.

A source is opened by its content's own demuxer and nothing else, and read by the decoders of sound alone, since an
`.mp3` that is really a playlist makes ffmpeg open other files. It is given as a file that is open already: its name,
which may look like an option, a pattern or an address, never reaches a tool. What ffmpeg leaves behind is not believed
on its exit code: on a full disk it has been seen to exit 0.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import imageio_ffmpeg

from builder.errors import EngineError, StorageError, ToolMissingError
from builder.sound.decode import alike, guard
from builder.sources.probe import Container, SourceFacts

_DEMUXERS: dict[Container, str] = {"mp3": "mp3", "wav": "wav", "flac": "flac", "ogg": "ogg", "m4a": "mov"}
# Pictures are no sound; a decoder of them would be started to learn their size, and may be led to take all memory.
_DECODERS = (
    "mp3float,mp3,mp2float,mp2,mp1float,mp1,flac,vorbis,opus,aac,alac,ac3,eac3,"
    "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_s64le,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw,"
    "adpcm_ms,adpcm_ima_wav,adpcm_yamaha,gsm_ms,g722,g726,wmav2"
)
_NOT_OF_THE_SOUND = ("not on whitelist", "Last message repeated")
# Standard input, whatever it is, as a file that can be searched.
_OPENED = (
    ("-protocol_whitelist", "fd", "-i", "fd:")
    if sys.platform == "win32"
    else ("-protocol_whitelist", "file", "-i", "file:/dev/fd/0")
)
_CHUNK, _PIPE_BYTES = 1 << 18, 1 << 20
# In a process group of its own: an interrupt of ours is not ffmpeg's, which we end ourselves (`stop`).
APART: dict[str, Any] = {"process_group": 0}
if sys.platform == "linux":
    import fcntl
if sys.platform == "win32":
    APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
# "[mp3float @ 0x55d0c8]": who complains, at an address that is another in every run.
_ADDRESS = re.compile(r"\[[^\]@]*@ 0x[0-9a-f]+\] *")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call ended: the exit code and what ffmpeg complained of, one line per complaint."""

    code: int
    complaints: tuple[str, ...]
    stalled: bool = False

    @property
    def crashed(self) -> bool:
        """Ended by us, by a signal, or by an exception of Windows; ffmpeg's own codes are 0 to 255."""
        return self.stalled or not 0 <= self.code <= 255


class Ffmpeg:
    """One ffmpeg executable, and the processes of it that run now, so that they can be stopped."""

    def __init__(self, executable: str, version: str, identity: str) -> None:
        self.executable = executable
        self.version = version
        # A digest of all that it says of itself, since two builds of a version may differ, and of where it runs.
        self.identity = identity
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(
        self, arguments: Sequence[str], folder: Path, feed: Iterable[memoryview] | None = None
    ) -> Outcome:
        """Run to the end in `folder`, where relative file names are read and written. `feed` is its standard input."""
        source = subprocess.DEVNULL if feed is None else subprocess.PIPE
        call = Call(self, arguments, folder, source, subprocess.DEVNULL)
        with call:
            call.write(feed or ())
        return call.outcome

    def stream(self, arguments: Sequence[str], folder: Path, source: BinaryIO) -> Call:
        """Run on an open file with standard output as a stream: iterate over the call inside `with`, then read
        `outcome`.
        """
        return Call(self, arguments, folder, source, subprocess.PIPE)

    def stop(self) -> None:
        """End every running process; later calls end at once. For an interrupted build."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _end(process)

    def _start(
        self, arguments: Sequence[str], folder: Path, source: int | BinaryIO, out: int, errors: IO[bytes]
    ) -> Any:
        quiet = ("-nostdin", "-hide_banner", "-v", "error", "-y")
        command = [self.executable, *quiet, *alike.OPTIONS, *guard.limits(), *arguments]
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            try:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=guard.environment(),
                    stdin=source,
                    stdout=out,
                    stderr=errors,
                    **APART,
                )
            except OSError as error:
                raise ToolMissingError(f"ffmpeg cannot be started: {error}", _ADVICE) from error
            self._running.add(process)
        guard.limit_process(process.pid)
        for pipe in (process.stdin, process.stdout):
            _widen(pipe)
        return process

    def _ended(self, process: subprocess.Popen[bytes]) -> bool:
        with self._lock:
            self._running.discard(process)
            return self._stopped


class Call:
    """One run of ffmpeg. Its standard error goes to a file: an unread pipe would block it."""

    def __init__(
        self, ffmpeg: Ffmpeg, arguments: Sequence[str], folder: Path, source: int | BinaryIO, out: int
    ) -> None:
        self._ffmpeg = ffmpeg
        self._moved = 0
        self._errors = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed in __exit__
        try:
            self._process = ffmpeg._start(arguments, folder, source, out, self._errors)
        except BaseException:
            self._errors.close()
            raise
        # Whether it can only wait until we give it more, or take more from it.
        self._is_waiting_for_us = self._process.stdin is not None or self._process.stdout is not None
        self._watch = guard.Watchdog(
            folder,
            lambda: self._moved,
            lambda: _end(self._process),
            self._process.pid,
            lambda: self._is_waiting_for_us,
        )
        self.outcome = Outcome(code=-1, complaints=())

    def __enter__(self) -> Call:
        return self

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._read():
            self._moved += len(chunk)
            yield chunk

    def _read(self) -> bytes:
        self._is_waiting_for_us = False
        chunk: bytes = self._process.stdout.read(_CHUNK)
        self._is_waiting_for_us = True
        return chunk

    def write(self, feed: Iterable[memoryview]) -> None:
        """Give it its standard input, as far as it takes it: how it ended is for `outcome` to say."""
        if self._process.stdin is None:
            return
        with suppress(BrokenPipeError, OSError), self._process.stdin as pipe:
            for chunk in feed:
                self._is_waiting_for_us = False
                pipe.write(chunk)
                self._is_waiting_for_us = True
                self._moved += len(chunk)
            self._is_waiting_for_us = False

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._is_waiting_for_us = False
        try:
            if kind is not None:
                _end(self._process)
            if self._process.stdout is not None:
                self._process.stdout.close()
            code = self._process.wait()
        except BaseException:
            _end(self._process)
            self._process.wait()
            raise
        finally:
            self._watch.close()
            stopped = self._ffmpeg._ended(self._process)
            self._errors.seek(0)
            text = self._errors.read(1 << 20).decode("utf-8", "replace")
            self._errors.close()
        if stopped and kind is None:
            raise KeyboardInterrupt
        lines = (_ADDRESS.sub("", line).strip() for line in text.splitlines())
        said = [line for line in lines if line and not any(words in line for words in _NOT_OF_THE_SOUND)]
        if self._watch.has_ended_it:
            said.append("it did nothing any more, and was ended")
        self.outcome = Outcome(code=code, complaints=tuple(said), stalled=self._watch.has_ended_it)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and whatever it started: what is called ffmpeg may be a script around one."""
    if sys.platform == "win32":
        process.kill()
    elif process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _widen(pipe: IO[bytes] | None) -> None:
    """Give a pipe more room, where the system lets us: fewer turns between its two ends."""
    if pipe is not None and sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


_ADVICE = (
    "the imageio-ffmpeg package brings one: install packbuilder again; "
    "or set IMAGEIO_FFMPEG_EXE to an ffmpeg with libmp3lame"
)


def find_ffmpeg() -> Ffmpeg:
    """The ffmpeg of the imageio-ffmpeg wheel, or the one IMAGEIO_FFMPEG_EXE names."""
    os.environ.pop("FFREPORT", None)  # it would make ffmpeg write down when and where it runs, in this folder
    try:
        executable = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ToolMissingError("there is no ffmpeg", _ADVICE) from error
    found = shutil.which(executable)
    if found is None:
        raise ToolMissingError(f"there is no ffmpeg at {executable}", _ADVICE)
    executable = str(Path(found).absolute())  # it is started in other folders than this one
    try:
        answer = subprocess.run(
            [executable, "-hide_banner", "-v", "error", "-version"],
            env=guard.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolMissingError(f"ffmpeg cannot be started: {error}", _ADVICE) from error
    text = answer.stdout.decode("utf-8", "replace")
    words = text.split()
    if answer.returncode != 0 or words[:2] != ["ffmpeg", "version"] or len(words) < 3:
        raise ToolMissingError(f"{executable} does not answer as ffmpeg does", _ADVICE)
    if "--disable-libmp3lame" in text or ("configuration:" in text and "--enable-libmp3lame" not in text):
        raise ToolMissingError(f"the ffmpeg at {executable} cannot write MP3: it lacks libmp3lame", _ADVICE)
    identity = hashlib.sha256(answer.stdout + alike.machine().encode()).hexdigest()
    return Ffmpeg(executable, words[2], identity)


def failure(folder: Path, outcome: Outcome, what: str) -> EngineError | StorageError:
    """What to raise when ffmpeg did not do its work in `folder`: is the disk full, or is the engine broken?

    The exit code does not tell; the room that is left does.
    """
    complaint = outcome.complaints[-1] if outcome.complaints else f"exit code {outcome.code}"
    free = shutil.disk_usage(folder).free
    limited = hasattr(signal, "SIGXFSZ") and outcome.code == -signal.SIGXFSZ
    if free < 1 << 20 or limited or any(word in complaint for word in ("No space left", "File too large")):
        return StorageError(
            f"the disk that holds {folder.parent} took no more: {what}; {free:,} bytes are free",
            "free some room, or set PACKBUILDER_CACHE to a folder on another disk",
        )
    return EngineError(f"{what} ({complaint})")


def source_arguments(facts: SourceFacts) -> list[str]:
    """Options that open the source on standard input, behind its tags: its own demuxer, decoders of sound only."""
    demuxer = _DEMUXERS[facts.kind]
    extra: tuple[str, ...] = ()
    if facts.kind == "m4a":
        extra = ("-enable_drefs", "0", "-use_absolute_path", "0")
    if facts.kind in ("flac", "ogg"):
        extra = ("-err_detect", "crccheck")  # of each frame: FLAC's is 16 bits
    if facts.tag_bytes:
        extra += ("-skip_initial_bytes", str(facts.tag_bytes))
    allowed = ("-format_whitelist", demuxer, "-codec_whitelist", _DECODERS)
    return ["-threads", "1", *allowed, "-f", demuxer, *extra, *_OPENED]
