"""`packbuilder accept`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from builder.cli.manifests import manifest_argument
from builder.cli.output import format_option, print_json, print_text
from builder.errors import ExitCode
from builder.files.papers import Paper, write_paper
from builder.findings import Finding, has_errors
from builder.manifest.load import load_pack
from builder.review.report import counted, document, findings_text
from builder.sources.accept import Accepted, SwappedError, UnknownSourceError, with_accepted
from builder.sources.accept import accept as accept_sources
from builder.sources.checksums import open_list, read_list
from builder.text import many, printable

_SWAPPED = (
    "put the right recording back under this name; where the names of now are the right ones, make the list again "
    "with `init`"
)
_SHOWN = 12  # digits of a checksum


@click.command(short_help="Take a recording that was replaced on purpose.")
@manifest_argument
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@format_option
def accept(manifest: Path, sources: tuple[str, ...], as_format: str) -> ExitCode:
    """Put the checksum that SOURCE has now into the list beside MANIFEST, and leave all others as they are.

    SOURCE is a recording as the manifest names it, or its path on this disk. One that is now the recording that another
    was is not accepted: most likely two were swapped. Listen before you accept.

    Exit code 1 if the manifest or its list has errors, or a recording is not accepted: then nothing is written.
    """
    loaded = load_pack(manifest)
    findings = [one for one in loaded.findings if one.severity == "error"]
    pack = loaded.pack
    if pack is None or findings:
        return _refused(findings, loaded.lines, loaded.file, as_format)
    if pack.checksums is None:
        raise click.UsageError(
            f"{manifest} names no list of checksums (`checksums`), so there is nothing to accept"
        )
    found = open_list(pack, pack.checksums)
    if isinstance(found, Finding):
        return _refused([found], loaded.lines, loaded.file, as_format)
    lines = found.text.removeprefix("\ufeff").splitlines()
    listed, faults = read_list(lines, str(found.path))
    if has_errors(faults):
        return _refused(faults, tuple(lines), str(found.path), as_format)
    try:
        accepted = accept_sources(pack, listed, sources)
    except SwappedError as error:
        swapped = Finding(code="E362", place=pack.checksums_place, message=str(error), help=_SWAPPED)
        return _refused([swapped], loaded.lines, loaded.file, as_format)
    except UnknownSourceError as error:
        raise click.UsageError(f"{printable(str(error))}. Nothing was accepted") from None
    except OSError as error:
        raise click.UsageError(
            f"{error.filename} cannot be read: {error.strerror}. Nothing was accepted"
        ) from None
    if any(one.before != one.after for one in accepted):
        before = found.text.encode()
        paper = Paper(what="the list", is_known=lambda data: data == before)  # nobody changed it meanwhile
        write_paper(found.path, with_accepted(found.text, accepted), paper)
    if as_format == "json":
        print_json(document((), checksums=str(found.path), accepted=[asdict(one) for one in accepted]))
    else:
        print_text("\n".join([*map(_line, accepted), _sum(accepted, found.path)]))
    return ExitCode.DONE


def _refused(findings: Sequence[Finding], lines: Sequence[str], file: str, as_format: str) -> ExitCode:
    """Show why nothing is accepted."""
    if as_format == "json":
        print_json(document(findings, checksums=None, accepted=[]))
    else:
        print_text(findings_text(findings, {file: lines}))
        print_text(f"{printable(file)}: {counted(findings)}; nothing was accepted")
    return ExitCode.FINDINGS


def _line(one: Accepted) -> str:
    if one.before == one.after:
        return f"  {one.source}: is as it was"
    before = f"{one.before[:_SHOWN]}..." if one.before else "not in the list"
    return f"  {one.source}: {before} -> {one.after[:_SHOWN]}..."


def _sum(accepted: Sequence[Accepted], path: Path) -> str:
    changed = sum(one.before != one.after for one in accepted)
    return (
        f"{path}: {many(changed, 'checksum')} written, all others as they were"
        if changed
        else f"{path}: as it was"
    )
