"""What is wrong with the names of a plan: taken for one, out of order, too long, not told apart, with gaps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from builder.findings import Finding, Place, Problem
from builder.plan.plan import Plan, PlannedTrack
from builder.profiles.naming import bytes_of, collision_key, utf16_units
from builder.profiles.profile import NameSettings


def at_track(track: PlannedTrack, problem: Problem, more: int = 0) -> Finding:
    """The finding where the manifest names the track."""
    return problem.at(track.place, track.title, more=more)


def at_first(tracks: Iterable[PlannedTrack], about: Callable[[PlannedTrack], Problem]) -> Iterator[Finding]:
    """One finding for many tracks, at the first, with how many there are."""
    tracks = list(tracks)
    if tracks:
        yield at_track(tracks[0], about(tracks[0]), more=len(tracks) - 1)


def faults_of_names(plan: Plan) -> Iterator[Finding]:
    """All findings about the names in a plan."""
    yield from _gaps(plan)
    names, profile = plan.profile.names, plan.profile.name
    yield from _collisions(plan)
    paths = [track.path.encode() for track in plan.tracks]
    late = [
        track for track, path, before in zip(plan.tracks[1:], paths[1:], paths, strict=False) if path < before
    ]
    yield from at_first(late, lambda t: Problem("E402", device=profile, path=t.path))
    most = {"most_characters": names.max_name_chars, "most_bytes": names.max_path_bytes}
    yield from at_first(
        [track for track in plan.tracks if _is_long(track.path, names)],
        lambda t: Problem("E405", path=t.path, device=profile, **most),
    )
    if shown := names.distinct_chars:
        yield from at_first(
            _alike(plan, shown), lambda t: Problem("E404", device=profile, characters=shown, path=t.path)
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
        facts = {"path": track.path, "line": other.place.line, "device": plan.profile.name}
        are_readings = one == other.section_place != another
        problem = Problem("E401.readings" if are_readings else "E401", **facts)
        yield at_track(track, problem, more=len(found) - 1)


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
            facts = {"path": wrong[0].path, "missing": missing, "device": plan.profile.name}
            yield at_track(wrong[0], Problem("E403", **facts))
