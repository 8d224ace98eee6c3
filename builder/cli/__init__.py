"""The command line. `run` does one verb and turns how it ended into an exit code.

Face: app, output; each verb is a module.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from itertools import pairwise

import click

from builder.cli.app import app
from builder.cli.output import print_error_json, say
from builder.errors import BuilderError, ExitCode
from builder.text import printable


def run(arguments: list[str]) -> int:
    """Run with these arguments. A crash or a closed pipe never looks like success or like findings."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, SystemExit):  # click turns a closed pipe into SystemExit, with the code of findings
        # Whoever read our output has gone, or its disk is full; nothing more may be written to it, not even at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        return ExitCode.IO
    return code


def _run(arguments: list[str]) -> int:
    try:
        return int(app.main(arguments, prog_name="packbuilder", standalone_mode=False) or 0)
    except click.UsageError as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue().rstrip())
        _print_error(arguments, error.format_message(), "", ExitCode.USAGE)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        say("interrupted; every pack that was published is whole")
        _print_error(arguments, "interrupted", "", ExitCode.INTERRUPTED)
        return ExitCode.INTERRUPTED
    except BuilderError as error:
        return _stopped(arguments, str(error), error.advice, error.exit_code)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _stopped(arguments, f"{error.strerror or error}{where}", "", ExitCode.IO)
    except Exception as error:  # noqa: BLE001  # the last place: whatever comes here is a bug of ours
        if os.environ.get("PACKBUILDER_DEBUG"):
            traceback.print_exc()
        return _stopped(
            arguments,
            f"a fault in packbuilder itself: {type(error).__name__}: {error}",
            "run it again with PACKBUILDER_DEBUG=1 and send us what it prints",
            ExitCode.BUG,
        )


def _stopped(arguments: list[str], message: str, advice: str, code: ExitCode) -> int:
    say(f"error: {printable(message)}")
    if advice:
        say(f"    help: {advice}")
    _print_error(arguments, message, advice, code)
    return code


def _print_error(arguments: list[str], message: str, advice: str, code: ExitCode) -> None:
    """With `--format json`, an error is a document too."""
    if "--format=json" in arguments or ("--format", "json") in pairwise(arguments):
        print_error_json(message, advice, int(code))
