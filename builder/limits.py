"""What is wrong with a plan: limits of the device, names taken for one, orders that cannot be meant. Pure."""

from __future__ import annotations

from builder.findings import Finding, Place
from builder.manifest.pack import Pack
from builder.naming import collision_key
from builder.plan import Plan, PlannedTrack


def faults_of(plan: Plan, pack: Pack) -> list[Finding]:
    """All that there is to say of the plan of a pack."""
    return [*_over_limits(plan, pack), *_collisions(plan), *_fades(plan), *_compressions(plan)]


def _of_track(track: PlannedTrack, code: str, message: str, help_text: str) -> Finding:
    return Finding(code=code, place=track.place, track=track.title, message=message, help=help_text)


def _over_limits(plan: Plan, pack: Pack) -> list[Finding]:
    profile = plan.profile
    findings = []

    def finding(code: str, place: Place, message: str, help_text: str) -> None:
        findings.append(Finding(code=code, place=place, message=message, help=help_text))

    if len(plan.folders) > profile.max_folders:
        finding(
            "E411",
            pack.sections[profile.max_folders].place,
            f"{len(plan.folders)} folders; {profile.name} reads {profile.max_folders}",
            "join sections, or make two packs",
        )
    for section in pack.sections:
        count = sum(track.tags.disc == section.number for track in plan.tracks)
        if count > profile.max_files_per_folder:
            finding(
                "E412",
                section.place,
                f"{count} files in one folder; {profile.name} reads {profile.max_files_per_folder}",
                "divide this section",
            )
    if len(plan.tracks) > profile.max_files:
        finding(
            "E413",
            pack.sections[0].place,
            f"{len(plan.tracks):,} files; {profile.name} reads {profile.max_files:,}",
            "make two packs",
        )
    return findings


def _collisions(plan: Plan) -> list[Finding]:
    first: dict[str, PlannedTrack] = {}
    findings = []
    for track in plan.tracks:
        other = first.setdefault(collision_key(track.path), track)
        if other is not track:
            message = f"{track.path} would also be the name of the track on line {other.place.line}"
            findings.append(_of_track(track, "E401", message, "give the two different titles or numbers"))
    return findings


def _fades(plan: Plan) -> list[Finding]:
    findings = []
    for track in plan.tracks:
        fades = track.fade_in_seconds + track.fade_out_seconds
        if fades and fades > track.sound_seconds / 2 > 0:
            message = f"fades of {fades:g} s take more than half of a track of {track.sound_seconds:.1f} s"
            help_text = "a fade of a voice is a second or two; shorten `fade_in` and `fade_out`"
            findings.append(_of_track(track, "E414", message, help_text))
    return findings


def _compressions(plan: Plan) -> list[Finding]:
    first: dict[str, str] = {}
    message = "tracks of one gain are compressed in different ways, and will not be equally loud"
    help_text = "give `compress` to the whole section, or write `level: each`"
    return [
        _of_track(track, "W415", message, help_text)
        for track in plan.tracks
        if first.setdefault(track.work, track.shaping.compress) != track.shaping.compress
    ]
