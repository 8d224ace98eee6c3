"""Runs the command line many times over, each in a fork of its own that is timed and weighed. Unix only.

A line of JSON with arguments and a folder comes in; how the run ended goes out. The program is loaded once, so that a
run costs milliseconds; a fork begins with all that was loaded, so that what it weighs is what a run of its own would.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from typing import NoReturn

from builder.__main__ import main
from builder.cli.app import app

LONGEST_SECONDS = 60


def run(request: dict[str, str | list[str]]) -> dict[str, float]:
    """Fork, run, wait; the signal that ended it counts below zero."""
    pid = os.fork()
    if pid == 0:
        _become(request)
    _, status, used = os.wait4(pid, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        # Of the processor: another's work on this computer is not counted. What waits for ever meets the alarm.
        "seconds": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
    }


def _become(request: dict[str, str | list[str]]) -> NoReturn:
    """This process is the program from here on. What waits for ever is ended by an alarm."""
    signal.alarm(LONGEST_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, name in ((0, os.devnull), (1, str(request["out"])), (2, str(request["err"]))):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(name, flags, 0o600), number)
    os.chdir(str(request["folder"]))
    sys.argv = ["packbuilder", *request["arguments"]]
    # Streams of its own, since those of the parent may hold what it has not written yet.
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8") for number in (1, 2))  # noqa: PTH123, SIM115
    code = 3
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    assert all(app.commands.values()), "loaded before the first fork"
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)  # noqa: T201  # the answer
