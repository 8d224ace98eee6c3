"""`packbuilder audit`."""

from __future__ import annotations

from pathlib import Path

import click

from builder.audit.audit import audit as audit_path
from builder.audit.ledger import Audited
from builder.audit.words import Word
from builder.cli.output import format_option, print_json, print_text, progress
from builder.cli.terms import all_words, terms_option
from builder.errors import ExitCode
from builder.findings import has_leaks
from builder.review.report import counted, document, findings_text, many, printable, size

_FRAMES = {"TIT2": "titles", "TPE1": "artists", "TALB": "albums", "TLAN": "languages", "TCON": "kinds"}
_MOST_SHOWN = {"TIT2": 3}  # titles; of the others, which name people, 20


@click.command(short_help="Look for anything that could give someone away.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@terms_option
@format_option
def audit(path: Path, terms: list[Word], as_format: str) -> ExitCode:
    """Account for every byte of PATH: an MP3, a folder, a disk image, a raw or mounted card, or a built pack.

    Tags, pictures, names, times, the file system, remains of deleted files, what computers leave behind, and
    words of this computer and of your own list. Nothing is written.

    Exit code 7 if anything is found, else 0.
    """
    with progress() as report:
        found = audit_path(path, all_words(terms), report)
    if as_format == "json":
        print_json(
            document(
                found.findings,
                path=str(path),
                files=found.files,
                bytes=found.bytes,
                said={frame: list(texts) for frame, texts in found.said.items()},
                unseen=found.unseen or None,
            )
        )
    else:
        if found.findings:
            print_text(findings_text(found.findings, {}) + "\n")
        print_text("\n".join(_summary(path, found)))
    return ExitCode.LEAK if has_leaks(found.findings) else ExitCode.DONE


def _summary(path: Path, found: Audited) -> list[str]:
    lines = []
    for frame, what in _FRAMES.items():
        texts = [text for text in found.said.get(frame, ()) if text]
        if texts:
            most = _MOST_SHOWN.get(frame, 20)
            more = f" and {len(texts) - most} more" if len(texts) > most else ""
            lines.append(f"    what a finder reads, {what}: {printable(', '.join(texts[:most]))}{more}")
    verdict = f"{counted(found.findings)}: LEAK" if found.findings else "every byte is accounted for"
    lines.append(f"{printable(str(path))}: {many(found.files, 'file')}, {size(found.bytes)}: {verdict}")
    if found.unseen:
        lines.append(f"    not seen here: {found.unseen}")
    return lines
