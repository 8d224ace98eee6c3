"""`packbuilder audit`."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

import click

from builder.card.leaks.audit import audit as audit_path
from builder.card.leaks.audit import audit_against
from builder.card.leaks.ledger import Audited
from builder.card.leaks.words import Word
from builder.card.verify.pack import NoPackError, RecordedPack, read_pack
from builder.cli.manifests import all_words, terms_option
from builder.cli.output import format_option, print_json, print_text, progress
from builder.errors import ExitCode
from builder.findings import has_leaks
from builder.review.finder import beginnings, everything
from builder.review.report import document, findings_text
from builder.text import many, printable, size

# In the order in which a person should read them; what is not here is called by its frame.
_KINDS = {
    "names": "names",
    "TIT2": "titles",
    "TPE1": "artists",
    "TALB": "albums",
    "TLAN": "languages",
    "TCON": "kinds",
    "TRCK": "numbers of tracks",
    "TPOS": "numbers of folders",
    "LRC": "words on the screen",
}
_ID3V1 = "ID3v1 "


@click.command(short_help="Look for anything that could give someone away.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--pack",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Hold PATH against the record of this pack, the folder with record.json and card/.",
)
@terms_option
@format_option
def audit(path: Path, pack: Path | None, terms: list[Word], as_format: str) -> ExitCode:
    """Account for every byte of PATH: an MP3, a folder, a disk image, a raw or mounted card, or a built pack.

    Tags, pictures, names, times, the file system, remains of deleted files, what computers leave behind, and
    words of this computer and of your own list. Nothing is written.

    A card that is not in its pack's folder needs --pack: then every byte is held against what was made. Without it,
    all names, texts and words on it are listed for you to judge.

    Exit code 7 if anything is found, else 0.
    """
    words = all_words(terms)
    with progress() as report:
        found = (
            audit_path(path, words, report)
            if pack is None
            else audit_against(_pack(pack), path, words, report)
        )
    if as_format == "json":
        print_json(
            document(
                found.findings,
                path=str(path),
                files=found.files,
                bytes=found.bytes,
                leaks=found.leaks,
                compared=found.is_compared,
                said=_said(found),
                unseen="; ".join(found.unseen) or None,
            )
        )
    else:
        if found.findings:
            print_text(findings_text(found.findings, {}) + "\n")
        print_text("\n".join(_summary(path, found)))
    return ExitCode.LEAK if has_leaks(found.findings) else ExitCode.DONE


def _pack(folder: Path) -> RecordedPack:
    try:
        return read_pack(folder)
    except NoPackError as error:
        hint = "PACK is the folder that a build makes, with record.json and card/ in it."
        raise click.BadParameter(f"{error}. {hint}", param_hint="--pack") from None


def _said(found: Audited) -> dict[str, list[str]]:
    """What a finder reads, by what it is: names, the tags before and behind the sound, words beside it."""
    texts: dict[str, dict[str, None]] = {what: {} for what in _KINDS.values()}
    for frame, said in found.said.items():
        name = frame.removeprefix(_ID3V1)
        for text in filter(None, said):
            texts.setdefault(_KINDS.get(name, name), {})[text] = None
    return {what: list(values) for what, values in texts.items()}


def _summary(path: Path, found: Audited) -> list[str]:
    said = _said(found)
    lines = list(beginnings(said))
    verdict = "every byte is accounted for"
    if not found.is_compared:
        lines = ["What a finder reads, all of it, for you to judge:", *everything(said)]
        verdict = "no leak found; the names, texts and words above are for you to judge"
    if found.findings:
        verdict = many(found.leaks, "leak")
    lines.append(f"{printable(str(path))}: {many(found.files, 'file')}, {size(found.bytes)}: {verdict}")
    for unseen in found.unseen:
        text = f"not seen here: {unseen}"
        lines += wrap(text, width=80, initial_indent=" " * 4, subsequent_indent=" " * 8)
    return lines
