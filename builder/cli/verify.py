"""`packbuilder verify`."""

from __future__ import annotations

from pathlib import Path

import click

from builder.card.verify.pack import NoPackError
from builder.card.verify.verify import Verified
from builder.card.verify.verify import verify as verify_card
from builder.cli.output import format_option, print_json, print_text, progress
from builder.errors import ExitCode
from builder.findings import has_errors
from builder.review.report import counted, document, findings_text
from builder.text import printable, size


@click.command(short_help="Hold a card or its image against its pack.")
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.argument("target", type=click.Path(exists=True, path_type=Path))
@format_option
def verify(pack: Path, target: Path, as_format: str) -> ExitCode:
    """Say whether TARGET holds what PACK's record says: every file, byte by byte, in play order, and nothing else.

    PACK is the folder with record.json and card/. TARGET is a disk image, a raw card such as /dev/sdb, or the folder
    where a card is mounted. Take a card out and put it in again before: else the computer may answer from its memory.

    Exit code 1 if there is an error, 0 if there are only warnings or none.
    """
    if not (target.is_file() or target.is_dir() or target.is_block_device() or target.is_char_device()):
        raise click.BadParameter(f"{target} is no image, no card and no folder.", param_hint="TARGET")
    try:
        with progress() as report:
            found = verify_card(pack, target, report)
    except NoPackError as error:
        hint = "PACK is the folder that a build makes, with record.json and card/ in it."
        raise click.BadParameter(f"{error}. {hint}", param_hint="PACK") from None
    if as_format == "json":
        print_json(
            document(
                found.findings,
                pack=found.pack,
                target=str(target),
                files=found.files,
                bytes=found.bytes,
                order=found.order,
            )
        )
    else:
        if found.findings:
            print_text(findings_text(found.findings, {}) + "\n")
        print_text(f"{printable(str(target))}: {_verdict(found)}")
    return ExitCode.FINDINGS if has_errors(found.findings) else ExitCode.DONE


def _verdict(found: Verified) -> str:
    if has_errors(found.findings):
        return counted(found.findings)
    files = f"{found.files} file{'' if found.files == 1 else 's'}, {size(found.bytes)}"
    order = "in play order" if found.order == "verified" else "play order not visible here"
    warned = f"; {counted(found.findings)}" if found.findings else ""
    return f"as the record says: {files}, {order}{warned}"
