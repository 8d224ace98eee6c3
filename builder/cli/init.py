"""`packbuilder init`."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from builder.bible.books import NAME_SETS
from builder.cli.manifests import chosen_profile
from builder.cli.output import format_option, print_json, print_text
from builder.errors import ExitCode
from builder.files.papers import Paper, obstacle, write_paper
from builder.findings import has_errors
from builder.manifest.beside import checked_folder, checked_profile, is_profile_file
from builder.manifest.text import checked_language, checked_pack_id, checked_title
from builder.review.report import counted, document, findings_text
from builder.sources.checksums import MARK as CHECKSUMS_MARK
from builder.sources.checksums import checksum_lines, checksums_of
from builder.sources.intake.decide import COUNTED_AS
from builder.sources.intake.intake import Intake, recognize
from builder.sources.intake.listing import below
from builder.sources.intake.sermons import SectionTitles, Sermons, neutral_title
from builder.sources.intake.taken import Taken
from builder.sources.intake.write import MANIFEST, Head, manifest_text, publish, relative
from builder.text import many, printable

CHECKSUMS = Paper(what="a list of checksums", is_known=lambda data: data.startswith(CHECKSUMS_MARK.encode()))

Callback = Callable[[click.Context, click.Parameter, str | None], str | None]


def _by(check: Callable[[str], str]) -> Callback:
    """A callback of an option that holds its value to what a manifest may hold."""

    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        try:
            return check(value) if value is not None else None
        except ValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    return callback


def _profiles(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        chosen_profile(ctx, param, value)
    return values


@click.command(short_help="Write a manifest from a folder of recordings.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "manifest",
    metavar="M.yaml",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The manifest to write.",
)
@click.option("--language", callback=_by(checked_language), help="BCP 47: ko, zh-Hans, en and so on.")
@click.option(
    "--names", type=click.Choice(NAME_SETS), help="What the books are called, if not by the language."
)
@click.option("--pack", callback=_by(checked_pack_id), help="The pack's id; else from the folder's name.")
@click.option("--title", callback=_by(checked_title), help="What the listener may see; else a neutral word.")
@click.option(
    "--section-titles",
    type=click.Choice(get_args(SectionTitles)),
    default="neutral",
    show_default=True,
    help="What folders of recordings that are no Scripture are called: a neutral word and a number; or the folder's "
    "name, which may be that of a person.",
)
@click.option(
    "--profile",
    "profiles",
    metavar="NAME|FILE.yaml",
    multiple=True,
    callback=_profiles,
    help="A device to build for; may be repeated.",
)
@click.option(
    "--numbers",
    type=click.Choice([*COUNTED_AS]),
    help="How books are numbered where names do not tell: "
    + "; ".join(f"{name}: {text}" for name, text in COUNTED_AS.items())
    + ".",
)
@click.option(
    "--allow-gaps", is_flag=True, help="Chapters may be missing: the manifest says `gaps: allowed`."
)
@click.option("--force", is_flag=True, help="Write over a manifest that is there.")
@format_option
def init(
    folder: Path,
    manifest: Path,
    language: str | None,
    names: str | None,
    pack: str | None,
    title: str | None,
    section_titles: SectionTitles,
    profiles: tuple[str, ...],
    numbers: str | None,
    allow_gaps: bool,
    force: bool,
    as_format: str,
) -> ExitCode:
    """Recognize the recordings in FOLDER by their names, and write a manifest that `check` and `build` take as it is.

    Bibles under the names of those who deliver them, in Korean, Chinese and English; sermons in plain folders. Nothing
    is guessed: what is not certain is reported, and left out. No recording is changed.

    Exit code 0 if everything was placed, 1 if something was not or is missing: what is certain is written all the same.
    """
    checksums = manifest.with_suffix(".sha256")
    if manifest == checksums:
        raise click.UsageError(f"{manifest} would be the list of checksums; call the manifest M.yaml")
    for path, paper in ((manifest, MANIFEST), (checksums, CHECKSUMS)):
        if os.path.lexists(path) and not force:
            raise click.UsageError(
                f"{path} is there already; choose another name, or write over it with --force"
            )
        if found := obstacle(path, paper):
            raise click.UsageError(f"{printable(str(path))} {found}; choose another name, or move it away")
    intake = recognize(
        folder, language=language, numbers=numbers, allow_gaps=allow_gaps, section_titles=section_titles
    )
    if intake.placed and not intake.language:
        raise click.UsageError(
            "the names do not tell the language: say --language ko, zh-Hans, en, or another"
        )
    if intake.placed:
        sources = relative(folder, manifest)
        try:
            checked_folder(sources)
        except ValueError as error:
            raise click.UsageError(f"no manifest can name the folder {printable(sources)}: {error}") from None
        head = Head(
            pack=pack or _pack_id(folder, intake),
            # Never the name of the folder, which may be that of a person: a title is on every card.
            title=title or neutral_title(intake.language, is_bible=intake.has_scripture),
            language=intake.language,
            sources=sources,
            names=names,
            profiles=[_profile_word(word, manifest) for word in profiles],
            allow_gaps=allow_gaps,
            checksums=checksums.name,
        )
        lines = checksum_lines(checksums_of(folder, intake.placed))
        write_paper(checksums, f"{CHECKSUMS_MARK}{lines}", CHECKSUMS)
        publish(manifest_text(intake, head, manifest.name), manifest, intake)
    findings = below(folder, intake.findings)
    if as_format == "json":
        print_json(
            document(
                findings,
                manifest=str(manifest) if intake.placed else None,
                language=intake.language or None,
                recognized=[vars(one) for one in intake.recognized],
                left_out={kind: list(paths) for kind, paths in intake.left_out.items()},
                titles=[_title_json(one) for one in intake.taken],
            )
        )
    else:
        if findings:
            print_text(findings_text(findings, {}) + "\n")
        print_text("\n".join(_summary(intake, folder, manifest)))
    return ExitCode.FINDINGS if has_errors(intake.findings) else ExitCode.DONE


def _profile_word(word: str, manifest: Path) -> str:
    """A profile as the manifest names it; a usage error where its file is not below the manifest's folder."""
    if not is_profile_file(word):
        return word
    try:
        return checked_profile(relative(Path(word), manifest))
    except ValueError as error:
        help_text = "a manifest names profiles in its own folder only: copy the file there"
        raise click.UsageError(f"--profile {printable(word)}: {error}; {help_text}") from None


def _title_json(taken: Taken) -> dict[str, Any]:
    return {
        "title": taken.title,
        "path": taken.path,
        "from": taken.source,
        "may_hold": [{"what": sign.kind, "text": sign.text} for sign in taken.signs],
    }


def _summary(intake: Intake, folder: Path, manifest: Path) -> list[str]:
    lines = []
    for one in intake.recognized:
        held = f", {many(one.books, 'book')}, {many(one.chapters, 'chapter')}" if one.books else ""
        lines.append(f"    {many(one.recordings, 'recording')}, {one.family}{held}")
    if intake.numbering:
        lines.append(f"    books are numbered so that {COUNTED_AS[intake.numbering]}")
    if intake.told_by_names and intake.placed:
        lines.append(f"    the language, {intake.language}, is told by the names")
    talks = [section for section in intake.sections if isinstance(section, Sermons)]
    if talks and not any(section.folder for section in talks):
        lines.append(
            f"    {many(len(talks), 'section')} of a neutral title; --section-titles folders takes the folder's name"
        )
    if not intake.placed:
        return [*lines, f"{printable(str(folder))}: {counted(intake.findings)}; no manifest was written"]
    said = f", {counted(intake.findings)}" if intake.findings else ""
    lines.append(f"{printable(str(manifest))}: written, {many(len(intake.placed), 'track')}{said}")
    lines.append(
        f"{printable(str(manifest.with_suffix('.sha256')))}: written, the checksums of the recordings"
    )
    return [*lines, f"    next: packbuilder check {_quoted(printable(str(manifest)))}"]


def _quoted(path: str) -> str:
    """A path as a command line takes it."""
    return path if re.fullmatch(r"[\w./:\\+-]+", path) else f'"{path}"'


def _pack_id(folder: Path, intake: Intake) -> str:
    """The folder's name in letters that an id may hold, or a neutral word."""
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode().lower()
    try:
        return checked_pack_id(re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-"))
    except ValueError:
        return "bible" if intake.has_scripture else "recordings"
