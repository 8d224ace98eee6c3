"""Findings, plans and cards as text for people and as JSON for programs. Pure: data in, text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from builder.findings import Finding, in_order
from builder.plan.plan import Plan, PlannedTrack
from builder.review.compare import Comparison
from builder.text import cells, length, many, printable, size

SCHEMA = 1

MOST_SHOWN = 20
"""So many findings of one code are shown."""

_LONGEST_LINE = 160
_SHOWN_BEFORE = 60


def findings_text(
    findings: Iterable[Finding], lines: Mapping[str, Sequence[str]], most: int | None = None
) -> str:
    """One block per finding: place, code and message; the source line with a caret; what to do. At most `most` of each
    code; of the others how many there are.
    """
    seen: Counter[str] = Counter()
    out = []
    for finding in findings:
        seen[finding.code] += 1
        if most is None or seen[finding.code] <= most:
            out.append(_finding_text(finding, lines.get(finding.place.file, ())))
    out += [
        f"{code}: {count - most:,} more; `packbuilder check --all` shows them"
        for code, count in seen.items()
        if most is not None and count > most
    ]
    return "\n".join(out)


def _finding_text(finding: Finding, lines: Sequence[str]) -> str:
    place = finding.place
    kind = "" if finding.severity == "error" else "warning: "
    file = printable(place.file)
    where = f"{file}:{place.line}:{place.column}"
    if place.is_binary:
        where = file if finding.offset is None else f"{file}:0x{finding.offset:x}"
    out = [f"{where}: {finding.code} {kind}{printable(finding.message)}"]
    if not place.is_binary and place.line <= len(lines) and lines[place.line - 1].strip():
        out += _pointed_at(lines[place.line - 1], place.column - 1, place.width)
    if finding.help:
        out.append(f"    help: {printable(finding.help)}")
    return "\n".join(out)


def _pointed_at(line: str, start: int, width: int) -> list[str]:
    """The line, or the part of a very long one, with a caret below what is meant."""
    cut = max(0, start - _SHOWN_BEFORE) if len(line) > _LONGEST_LINE else 0
    before = printable(line[cut:start])
    marked = printable(line[start : min(start + width, cut + _LONGEST_LINE)])
    indent = "".join("\t" if character == "\t" else " " * cells(character) for character in before)
    carets = "^" * max(1, sum(cells(character) for character in marked))
    return [f"    {printable(line[cut : cut + _LONGEST_LINE])}", f"    {indent}{carets}"]


def finding_json(finding: Finding) -> dict[str, Any]:
    """The fields of the contract; `offset` only if there is one."""
    place = finding.place
    offset = {} if finding.offset is None else {"offset": finding.offset}
    return {
        "code": finding.code,
        "severity": finding.severity,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "track": finding.track or None,
        "message": finding.message,
        "help": finding.help,
        "facts": finding.facts,
        **offset,
    }


def waived_json(reasons: Mapping[Finding, str]) -> list[dict[str, Any]]:
    """Findings that the manifest lets pass, each with its reason."""
    return [{**finding_json(finding), "reason": reason} for finding, reason in reasons.items()]


def recorded(
    findings: Iterable[Finding], device: str, reasons: Mapping[Finding, str] | None = None
) -> list[dict[str, Any]]:
    """What is known to be wrong with a card for a device, as its record has it, and why it passes, where it does: with
    the names of files alone, since in which folder they are is the affair of one computer.
    """
    return [
        finding_json(replace(one, place=replace(one.place, file=PurePath(one.place.file).name)))
        | ({"reason": reasons[one]} if reasons else {})
        for one in in_order(findings)
        if device in _devices(one, device)
    ]


def _devices(finding: Finding, device: str) -> Sequence[str]:
    """The devices that a finding is about; the one asked for, if it is about none."""
    found = finding.facts.get("device", device)
    return found if isinstance(found, list) else [found]


def document(findings: Iterable[Finding], **parts: Any) -> dict[str, Any]:
    """The one JSON document of a command."""
    return {"schema": SCHEMA, **parts, "findings": [finding_json(finding) for finding in findings]}


def counted(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning`."""
    severities = [finding.severity for finding in findings]
    parts = [many(count, word) for word in ("error", "warning") if (count := severities.count(word))]
    return ", ".join(parts) or "no findings"


def plan_text(plan: Plan, new: Set[str], since: Comparison | None = None) -> str:
    """The card as it would be: a tree with length, size and what would be rendered. With `since`, what is not as it was
    in the pack before is marked: + added, ~ changed, > moved.
    """
    signs = {change.after.path: change.sign for change in since.changes if change.after} if since else {}
    counts = f"{many(len(plan.tracks), 'track')} in {many(len(plan.folders), 'folder')}"
    sound = f"{length(plan.seconds)}, about {size(plan.bytes)} at {plan.audio.bitrate_kbps} kbps"
    card = f"{'a' if plan.label_bytes else 'the smallest'} card of {plan.size.label}"
    fit = f"{size(plan.size.needed_bytes)} of the {size(plan.size.budget_bytes)} that {card} holds"
    words = "  (and its words)"
    out = [f"{plan.pack} for {plan.profile.name}{_which(plan)}: {counts}, {sound}", f"  takes {fit}"]
    if plan.discreet:
        out.append("  discreet: listeners see the numbers on the left; the titles are the office's")
    rows = [
        TreeRow(
            path=track.path,
            seconds=track.seconds,
            bytes=track.bytes,
            text=("new     " if track.path in new else "stored  ") + track.title + words * bool(track.lyrics),
            sign=signs.get(plan.inside(track.path), " "),
        )
        for track in plan.tracks
    ]
    about = {folder: _sections_of(plan, folder) for folder in plan.folders if plan.discreet}
    return "\n".join([*out, *tree_lines(rows, about)])


@dataclass(frozen=True, kw_only=True)
class TreeRow:
    """A file of a card: its path, length and size, and what is said of it."""

    path: str
    seconds: float
    bytes: int
    text: str
    sign: str = " "


def tree_lines(rows: Sequence[TreeRow], about: Mapping[str, str]) -> Iterator[str]:
    """The lines of a tree of files, folder by folder; `about` is said of folders."""
    width = max(sum(cells(c) for c in row.path.rpartition("/")[2]) for row in rows)
    folder = ""
    for row in rows:
        here, _, file = row.path.rpartition("/")
        if here != folder:
            folder = here
            yield f"  {folder}/{about.get(folder, '')}"
        fill = " " * (width - sum(cells(c) for c in file))
        yield f"  {row.sign} {file}{fill}  {length(row.seconds):>8}  {size(row.bytes):>8}  {row.text}"


def _sections_of(plan: Plan, folder: str) -> str:
    """What a folder of numbers holds, for the office."""
    titles = dict.fromkeys(t.section for t in plan.tracks if t.path.rpartition("/")[0] == folder)
    return "  " + ", ".join(titles)


def _which(plan: Plan) -> str:
    return f", card {plan.number} of {plan.cards}" if plan.cards > 1 else ""


def plan_json(plan: Plan, new: Set[str]) -> dict[str, Any]:
    return {
        "pack": plan.pack,
        "profile": plan.profile.name,
        "discreet": plan.discreet,
        "seconds": round(plan.seconds, 1),
        "bytes": plan.bytes,
        "bitrate_kbps": plan.audio.bitrate_kbps,
        "card": {
            "number": plan.number,
            "of": plan.cards,
            "label_bytes": plan.size.label_bytes,
            "budget_bytes": plan.size.budget_bytes,
            "needed_bytes": plan.size.needed_bytes,
        },
        "folders": list(plan.folders),
        "tracks": [_planned_json(track, new) for track in plan.tracks],
    }


def _planned_json(track: PlannedTrack, new: Set[str]) -> dict[str, Any]:
    return {
        "path": track.path,
        **track.described,
        "spoken": list(track.spoken),
        "work": track.work,
        "seconds": round(track.seconds, 1),
        "bytes": track.bytes,
        "render": "new" if track.path in new else "stored",
        "lyrics": track.lyrics_path if track.lyrics else None,
    }
