"""The program: `packbuilder`, or `python -m builder`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        # A stream that was closed before we began takes what is written to it, and drops it.
        sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115  # open until the process ends
        sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115  # open until the process ends
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(
                    errors="backslashreplace"
                )  # a console that lacks a letter shows its number
        # Imported here, so that an interrupt while the libraries load ends as quietly as any other.
        from builder.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # a broken installation is neither findings nor success
        sys.stderr.write(
            f"error: the installation of packbuilder is incomplete: {type(error).__name__}: {error}\n"
        )
        sys.exit(3)


def _interrupt(number: int, frame: object) -> NoReturn:  # noqa: ARG001  # a handler's signature
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
