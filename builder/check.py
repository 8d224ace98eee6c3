"""What check, plan and build all begin with: read the manifest, look at the sources, plan the cards.

Everything that can be known without decoding, as findings; nothing is written.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.audio.probe import Fault, SourceFacts, probe
from builder.findings import Finding, Place, has_errors, in_order
from builder.manifest.pack import Pack, Section, Track, load_pack
from builder.plan import Plan, plan_card
from builder.profiles.profile import Profile, built_in


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source that is there: its path on this computer, and its facts."""

    path: Path
    facts: SourceFacts


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A manifest looked at. `plans` may be acted on only when `is_good`."""

    file: str
    lines: tuple[str, ...]
    pack: Pack | None
    sources: Mapping[str, Source]
    plans: tuple[Plan, ...]
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        return not has_errors(self.findings)


def check(path: Path, profiles: Sequence[Profile] = ()) -> Checked:
    """Check one manifest for its own profiles, or for those given. OSError when it cannot be read."""
    loaded = load_pack(path)
    pack = loaded.pack
    findings = list(loaded.findings)
    sources: dict[str, Source] = {}
    plans = []
    if pack is not None:
        if not profiles:
            profiles, unknown = _profiles_of(pack)
            findings += unknown
        sources, faults = _look_at_sources(pack)
        findings += faults
        lengths = {name: source.facts.seconds for name, source in sources.items()}
        for profile in profiles:
            plan, faults = plan_card(pack, profile, lengths)
            plans.append(plan)
            findings += faults
    return Checked(
        file=loaded.file,
        lines=loaded.lines,
        pack=pack,
        sources=sources,
        plans=tuple(plans),
        findings=in_order(findings),
    )


def _profiles_of(pack: Pack) -> tuple[list[Profile], list[Finding]]:
    known = built_in()
    findings = []
    for name in pack.profiles:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(known)}"
            findings.append(
                Finding(
                    code="E222", place=pack.profiles_place, message=f'there is no profile "{name}"', help=hint
                )
            )
    return [known[name] for name in pack.profiles if name in known], findings


def _look_at_sources(pack: Pack) -> tuple[dict[str, Source], list[Finding]]:
    root = pack.sources
    findings: list[Finding] = []
    if not root.is_dir():
        findings.append(
            Finding(
                code="E300",
                place=pack.sources_place,
                message=f"the sources folder {root} is not there",
                help="`sources` is relative to the manifest; connect the disk, or correct the path",
            )
        )
    shelf = _Shelf(root)
    sources: dict[str, Source] = {}
    for section in pack.sections:
        missing: list[Track] = []
        for track in section.tracks:
            for name, place in _files_of(track):
                found = shelf.find(name)
                if found is None and name == track.source and section.passage:
                    missing.append(track)
                elif found is None:
                    findings.append(_missing(name, place, track, shelf))
                elif found.outside:
                    findings.append(
                        Finding(
                            code="E302",
                            place=place,
                            track=track.title,
                            message=f"{name} is a link that leads out of the sources folder",
                            help="copy the recording into the folder",
                        )
                    )
                else:
                    cuts_itself = track.edit.end_seconds is not None and name == track.source
                    findings += [
                        finding_of(fault, place, track.title)
                        for fault in found.faults
                        if not (fault.code == "E307" and cuts_itself)
                    ]
                    if found.source is not None:
                        sources[name] = found.source
        if missing:
            findings.append(_missing_chapters(section, missing))
    return sources, [*findings, *_used_twice(pack)]


def _files_of(track: Track) -> list[tuple[str, Place]]:
    files = [(track.source, track.place)]
    if track.edit.announcement is not None:
        files.append((track.edit.announcement, track.announcement_place))
    return files


def finding_of(fault: Fault, place: Place, track: str) -> Finding:
    return Finding(code=fault.code, place=place, message=fault.message, help=fault.help, track=track)


@dataclass(frozen=True, kw_only=True)
class _Found:
    source: Source | None
    faults: tuple[Fault, ...] = ()
    outside: bool = False


class _Shelf:
    """The sources folder: finds files by the names manifests use, and looks at each file once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._resolved = root.resolve()
        self._found: dict[str, _Found | None] = {}
        self._names: dict[Path, dict[str, str]] = {}

    def find(self, name: str) -> _Found | None:
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> _Found | None:
        path = self.root / name
        if not path.exists():
            # Disks written by a Mac hold Korean names decomposed; a manifest's are composed.
            path = self.root
            for part in name.split("/"):
                actual = self.names(path).get(part)
                if actual is None:
                    return None
                path = path / actual
            if not path.exists():
                return None
        if not path.resolve().is_relative_to(self._resolved):
            return _Found(source=None, outside=True)
        try:
            probed = probe(path)
        except OSError as error:
            fault = Fault(
                code="E308",
                message=f"{path.name} cannot be read: {error.strerror}",
                help="check its permissions",
            )
            return _Found(source=None, faults=(fault,))
        return _Found(
            source=Source(path=path, facts=probed.facts) if probed.facts else None, faults=probed.faults
        )

    def names(self, folder: Path) -> dict[str, str]:
        """What is in a folder: names as the disk has them, by their composed (NFC) form."""
        if folder not in self._names:
            try:
                entries: Iterable[Path] = sorted(folder.iterdir())
            except OSError:
                entries = ()
            self._names[folder] = {unicodedata.normalize("NFC", path.name): path.name for path in entries}
        return self._names[folder]


def _missing(name: str, place: Place, track: Track, shelf: _Shelf) -> Finding:
    folder, _, last = name.rpartition("/")
    names = shelf.names(shelf.root / folder)
    close = difflib.get_close_matches(last, names, n=1, cutoff=0.6)
    same = [other for other in names if other.casefold() == last.casefold()]
    hint = "copy it there, or correct the name"
    if same or close:
        hint = f'did you mean "{folder + "/" if folder else ""}{(same or close)[0]}"?'
    return Finding(
        code="E301", place=place, track=track.title, message=f"{name} is not in the sources folder", help=hint
    )


def _missing_chapters(section: Section, missing: Sequence[Track]) -> Finding:
    """One finding for all that a reading lacks, however many."""
    assert section.passage is not None  # noqa: S101  # only readings are grouped
    numbers = _ranges([track.number for track in missing])
    first, last = missing[0].source, missing[-1].source
    files = first if first == last else f"{first} … {last}"
    total = len(section.tracks)
    counted = f"{len(missing)} of {total}" if total > 1 else "the one"
    return Finding(
        code="E301",
        place=missing[0].place,
        message=f"{section.passage.book}: {counted} recording{'s are' if total > 1 else ' is'} missing: "
        f"chapter{'s' if len(missing) > 1 else ''} {numbers} ({files})",
        help="copy them into the sources folder, or correct the pattern",
    )


def _ranges(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][-1] + 1:
            out[-1][1:] = [number]
        else:
            out.append([number])
    return ", ".join("-".join(str(end) for end in pair) for pair in out)


def _used_twice(pack: Pack) -> list[Finding]:
    first: dict[tuple[str, float | None, float | None], Track] = {}
    findings = []
    for track in pack.tracks:
        key = (track.source, track.edit.start_seconds, track.edit.end_seconds)
        other = first.setdefault(key, track)
        if other is not track:
            findings.append(
                Finding(
                    code="W309",
                    place=track.place,
                    track=track.title,
                    message=f'{track.source} is also the recording of "{other.title}" (line {other.place.line})',
                    help="is one of the two the wrong file? If both are meant, nothing need be done",
                )
            )
    return findings
