"""What is wrong with the names of a plan: taken for one, out of order, too long, not told apart, with gaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.findings import Finding, Place
from builder.plan.plan import Plan, PlannedTrack
from builder.profiles.naming import bytes_of, collision_key, utf16_units
from builder.profiles.profile import NameSettings


def track_finding(track: PlannedTrack, code: str, message: str, help_text: str) -> Finding:
    """A finding where the manifest names the track."""
    return Finding(code=code, place=track.place, track=track.title, message=message, help=help_text)


def first_of(tracks: Iterable[PlannedTrack], code: str, message: str, help_text: str) -> Iterator[Finding]:
    """One finding for many tracks, at the first, with how many there are; `{…}` in the message is the first."""
    tracks = list(tracks)
    if tracks:
        more = f" (and {len(tracks) - 1:,} more)" if len(tracks) > 1 else ""
        yield track_finding(tracks[0], code, message.format(track=tracks[0]) + more, help_text)


def faults_of_names(plan: Plan) -> Iterator[Finding]:
    """All findings about the names in a plan."""
    yield from _gaps(plan)
    names, profile = plan.profile.names, plan.profile.name
    yield from _collisions(plan)
    paths = [track.path.encode() for track in plan.tracks]
    late = [
        track for track, path, before in zip(plan.tracks[1:], paths[1:], paths, strict=False) if path < before
    ]
    yield from first_of(
        late,
        "E402",
        f"{profile} would play {{track.path}} before what stands above it",
        "it numbers books as the Bible does: bring the readings into that order, and other sections behind them",
    )
    yield from first_of(
        [track for track in plan.tracks if _is_long(track.path, names)],
        "E405",
        f"{{track.path}} is longer than the names or paths that {profile} reads "
        f"({names.max_name_chars} characters, {names.max_path_bytes} bytes)",
        "shorten the titles of the section, its group and its tracks",
    )
    if names.distinct_chars:
        yield from first_of(
            _alike(plan, names.distinct_chars),
            "E404",
            f"{profile} shows {names.distinct_chars} characters of {{track.path}}, the same as of the one before",
            "change the profile's patterns so that the number comes within that",
        )


def _collisions(plan: Plan) -> Iterator[Finding]:
    """Two tracks of one name; of two sections that read the same, one finding for all their chapters."""
    first: dict[str, PlannedTrack] = {}
    pairs: dict[tuple[Place, Place], list[tuple[PlannedTrack, PlannedTrack]]] = {}
    for track in plan.tracks:
        other = first.setdefault(collision_key(track.path), track)
        if other is not track:
            sections = other.section_place, track.section_place
            key = sections if sections[0] != sections[1] else (other.place, track.place)
            pairs.setdefault(key, []).append((other, track))
    for (one, another), found in pairs.items():
        other, track = found[0]
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        yield track_finding(
            track,
            "E401",
            f"{track.path} would also be the name of the track on line {other.place.line}{more}",
            f"{plan.profile.name} names readings by book and chapter alone: take one of the two out, or list its "
            "recordings as tracks"
            if one == other.section_place != another
            else "give the two different titles or numbers",
        )


def _is_long(path: str, names: NameSettings) -> bool:
    return bytes_of(names.charset, path) > names.max_path_bytes or any(
        utf16_units(part) > names.max_name_chars or bytes_of(names.charset, part) > names.max_name_bytes
        for part in path.split("/")
    )


def _alike(plan: Plan, most: int) -> Iterator[PlannedTrack]:
    seen: set[str] = set()
    for track in plan.tracks:
        folder, _, file = track.path.rpartition("/")
        key = collision_key(f"{folder}/{file.rpartition('.')[0][:most]}")
        if key in seen:
            yield track
        seen.add(key)


def _gaps(plan: Plan) -> Iterator[Finding]:
    """A device that counts files takes the one after a missing number for that number."""
    if plan.profile.limits.gaps == "allowed":
        return
    for folder in filter(None, plan.folders):  # files in no folder are named by their count
        tracks = [track for track in plan.tracks if track.path.rpartition("/")[0] == folder]
        numbers = [track.number for track in tracks]
        wrong = [
            t
            for t, number, wanted in zip(tracks, numbers, range(1, 1 + len(tracks)), strict=True)
            if number != wanted
        ]
        if wrong:
            missing = min(set(range(1, max(numbers))) - set(numbers), default=1)
            yield track_finding(
                wrong[0],
                "E403",
                f"{wrong[0].path}: there is no number {missing} before it, and {plan.profile.name} counts files",
                "add what is missing, or list the recordings as tracks, which are numbered from 1",
            )
