"""What check, plan and build all begin with: read the manifest, look at the sources, plan the cards.

Everything that can be known without decoding, as findings; nothing is written.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.findings import Finding, has_errors, in_order
from builder.limits import faults_of
from builder.manifest.load import load_pack
from builder.manifest.pack import Pack, Track
from builder.plan import Plan, plan_card
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from builder.sources import Source, look_at_sources


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
        sources, faults = look_at_sources(pack)
        findings += [*faults, *_used_twice(pack)]
        lengths = {name: source.facts.seconds for name, source in sources.items()}
        for profile in profiles:
            plan = plan_card(pack, profile, lengths)
            plans.append(plan)
            findings += faults_of(plan, pack)
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
    for name, place in zip(pack.profiles, pack.profile_places, strict=True):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(known)}"
            findings.append(
                Finding(code="E222", place=place, message=f'there is no profile "{name}"', help=hint)
            )
    return [known[name] for name in pack.profiles if name in known], findings


def _used_twice(pack: Pack) -> list[Finding]:
    first: dict[tuple[tuple[str, float | None, float | None], ...], Track] = {}
    findings = []
    for track in pack.tracks:
        key = tuple((piece.source, piece.start_seconds, piece.end_seconds) for piece in track.pieces)
        other = first.setdefault(key, track)
        if other is not track:
            source = track.pieces[0].source
            findings.append(
                Finding(
                    code="W309",
                    place=track.place,
                    track=track.title,
                    message=f'{source} is also the recording of "{other.title}" (line {other.place.line})',
                    help="is one of the two the wrong file? If both are meant, nothing need be done",
                )
            )
    return findings
