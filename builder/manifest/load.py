"""A manifest file -> nodes -> models -> pack, with defaults applied and a track for every chapter; all findings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from builder.bible.books import names_for
from builder.findings import Finding, Phrase, Place, Problem, in_order
from builder.manifest.entry import SectionInput
from builder.manifest.listed import listed_section
from builder.manifest.models import Manifest
from builder.manifest.pack import CardRequest, Pack, Section
from builder.manifest.readings import read_sections, told_of_scripture
from builder.manifest.waivers import waiver_of
from builder.manifest.yaml.compose import Node
from builder.manifest.yaml.document import read_document
from builder.manifest.yaml.quoting import quoted
from builder.manifest.yaml.validate import validate

# A whole Bible has 66 and 1,189; no device that is known reads more than 999 folders.
MAX_SECTIONS = 1_000
MAX_TRACKS = 5_000


def resolve(
    manifest: Manifest, nodes: Node, path: Path, *, faulty_lines: Collection[int] = ()
) -> tuple[Pack | None, list[Finding]]:
    """The pack of a valid manifest, and what only shows when its parts are put together. None where it is too large.

    `nodes` are those the manifest was validated from. A section that holds one of `faulty_lines` may have lost
    items to a finding, so nothing is said of how many it has.
    """
    findings: list[Finding] = []
    starts = [nodes.place_of(("sections", index)).line for index in range(len(manifest.sections))]
    names = names_for(manifest.language, manifest.names, manifest.books)
    sections: list[Section] = []
    whole = []
    folders = tracks = 0
    for index, entry in enumerate(manifest.sections):
        end = starts[index + 1] if index + 1 < len(starts) else None
        is_whole = not any(starts[index] <= line and (end is None or line < end) for line in faulty_lines)
        inputs = SectionInput(
            manifest=manifest, nodes=nodes, index=index, entry=entry, names=names, is_whole=is_whole
        )
        first = len(sections) + 1
        found = read_sections(inputs, first) if entry.reading else [listed_section(inputs, first)]
        tracks += sum(len(section.tracks) for section in found)
        folders += 1 if entry.plan else len(found)  # what a plan reads is laid out again, in any order
        if folders > MAX_SECTIONS or tracks > MAX_TRACKS:
            problem = Problem("E111", sections=MAX_SECTIONS, tracks=MAX_TRACKS)
            return None, [*findings, problem.at(found[0].place)]
        sections += found
        findings += inputs.findings
        whole += [index] if is_whole else []
    findings += _uneven(manifest, nodes, whole)
    findings += told_of_scripture(manifest, nodes, names, sections)
    profiles: dict[str, Place] = {}
    for index, name in enumerate(manifest.profiles):
        profiles.setdefault(name, nodes.place_of(("profiles", index)))
    pack = Pack(
        id=manifest.pack,
        title=manifest.title,
        language=manifest.language,
        edition=manifest.edition,
        quality=manifest.quality,
        profiles=tuple(profiles),
        profile_places=tuple(profiles.values()),
        sources=path.parent / manifest.sources,
        sources_place=nodes.place_of(("sources",)),
        books=names,
        romanize=manifest.romanize,
        discreet=manifest.discreet,
        discreet_place=nodes.place_of(("discreet",)),
        cover=manifest.cover,
        cover_place=nodes.place_of(("cover",)),
        folder=path.parent,
        checksums=manifest.checksums,
        checksums_place=nodes.place_of(("checksums",)),
        card=CardRequest(
            label_bytes=manifest.card,
            fit=manifest.fit,
            split=manifest.split,
            levels=manifest.levels,
            place=nodes.place_of(("card",)),
            levels_place=nodes.place_of(("levels",)),
        ),
        gaps_allowed=manifest.gaps == "allowed",
        sections=tuple(sections),
        prompts=manifest.prompts,
        prompts_place=nodes.place_of(("prompts",)),
        waivers=tuple(
            waiver_of(entry, nodes.place_of(("waivers", index)))
            for index, entry in enumerate(manifest.waivers or ())
        ),
    )
    return pack, findings


def _uneven(manifest: Manifest, nodes: Node, whole: Collection[int]) -> list[Finding]:
    """Sections in more or fewer groups than the first: a folder holds folders or files, never both."""
    groups = {index: manifest.sections[index].group for index in whole}
    depths = {
        index: 0 if group is None else 1 if isinstance(group, str) else len(group)
        for index, group in groups.items()
    }
    first = next(iter(depths.values()), 0)
    return [
        Problem("E217.uneven", groups=depth, first=first).at(nodes.place_of(("sections", index, "group")))
        for index, depth in depths.items()
        if depth != first
    ]


_KEYS = ("pack", "title", "language", "sections")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`pack` may lack what the findings spoke of; build it only when there are no errors among them. `sha256` is that
    of the manifest's bytes.
    """

    file: str
    sha256: str
    lines: tuple[str, ...]
    pack: Pack | None
    findings: tuple[Finding, ...]


def load_pack(path: Path) -> Loaded:
    """Read a manifest. OSError when the file cannot be read; all else is a finding."""
    document = read_document(path)
    findings = list(document.findings)
    pack: Pack | None = None
    if document.root is not None:
        manifest, nodes, faults = validate(document.root, Manifest)
        findings += faults
        if manifest is not None:
            pack, faults = resolve(
                manifest, nodes, path, faulty_lines={fault.place.line for fault in findings}
            )
            findings += faults
    lines, findings = quoted(document, findings, _KEYS, Phrase("manifest_unlike"))
    return Loaded(
        file=document.file, sha256=document.sha256, lines=lines, pack=pack, findings=in_order(findings)
    )
