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
from builder.review.report import document, findings_text, many, printable, size

_FRAMES = {
    "TIT2": "titles",
    "TPE1": "artists",
    "TALB": "albums",
    "TLAN": "languages",
    "TCON": "kinds",
    "LRC": "words on the screen",
}
_MOST_TITLES, _MOST_OTHERS = 3, 20  # the others name people


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
                leaks=found.leaks,
                said=_said(found),
                unseen=found.unseen or None,
            )
        )
    else:
        if found.findings:
            print_text(findings_text(found.findings, {}) + "\n")
        print_text("\n".join(_summary(path, found)))
    return ExitCode.LEAK if has_leaks(found.findings) else ExitCode.DONE


def _said(found: Audited) -> dict[str, list[str]]:
    """What a finder reads in the tags before and behind the sound, by what it is."""
    texts = {
        what: [*found.said.get(frame, ()), *found.said.get(f"ID3v1 {frame}", ())]
        for frame, what in _FRAMES.items()
    }
    return {what: [text for text in dict.fromkeys(values) if text] for what, values in texts.items()}


def _summary(path: Path, found: Audited) -> list[str]:
    lines = []
    for what, texts in _said(found).items():
        if texts:
            most = _MOST_TITLES if what in ("titles", "words on the screen") else _MOST_OTHERS
            more = f" and {len(texts) - most} more" if len(texts) > most else ""
            lines.append(f"    what a finder reads, {what}: {printable(', '.join(texts[:most]))}{more}")
    verdict = f"{many(found.leaks, 'leak')}" if found.findings else "every byte is accounted for"
    lines.append(f"{printable(str(path))}: {many(found.files, 'file')}, {size(found.bytes)}: {verdict}")
    if found.unseen:
        lines.append(f"    not seen here: {found.unseen}")
    return lines
