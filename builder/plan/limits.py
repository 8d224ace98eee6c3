"""What is wrong with a plan: limits of the device and of the card, orders that cannot be meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from builder.fat.names import MOST_FILE_BYTES
from builder.findings import Finding, Phrase, Place, Problem
from builder.manifest.pack import Pack
from builder.plan.conflicts import at_first, at_track, faults_of_names
from builder.plan.fitting import entries_of
from builder.plan.paths import ENDING
from builder.plan.plan import Plan
from builder.plan.sizing import GB, MB
from builder.plan.tagging import tag_bytes
from builder.profiles.naming import words_of

_TWO_PACKS = Phrase("way_two_packs")


def faults_of(plan: Plan, pack: Pack) -> list[Finding]:
    """All findings about the plan of a pack."""
    return [
        *_counts(plan),
        *_levels(plan, pack),
        *room_faults(plan, pack),
        *faults_of_names(plan),
        *_telling_words(plan, pack),
        *_lengths(plan),
        *_tags(plan),
        *_fades(plan),
        *_compressions(plan),
    ]


def _counts(plan: Plan) -> Iterator[Finding]:
    device, limits = plan.profile.name, plan.profile.limits
    ways = list(plan.remedies) or [_TWO_PACKS]
    if len(plan.folders) > limits.max_folders:
        first = plan.folders[limits.max_folders]
        joined = [Phrase("way_join_sections"), *ways]
        problem = Problem(
            "E411", folders=len(plan.folders), device=device, most=limits.max_folders, ways=joined
        )
        yield problem.at(_section_in(plan, first))
    for folder, count in plan.files_by_folder.items():
        if count > limits.max_files_per_folder:
            place = next(t.section_place for t in plan.tracks if t.path.rpartition("/")[0] == folder)
            fewer, most = _fewer_in_a_folder(plan, folder), limits.max_files_per_folder
            key = "E412" if folder else "E412.root"
            yield Problem(key, files=count, device=device, most=most, ways=fewer).at(place)
    if (count := entries_of(plan)) > limits.max_files:
        key = "E413.entries" if limits.folders_count == "yes" else "E413"
        problem = Problem(key, files=count, device=device, most=limits.max_files, ways=ways)
        yield problem.at(plan.tracks[0].section_place)


def _section_in(plan: Plan, folder: str) -> Place:
    """The first section of a folder."""
    return next(track.section_place for track in plan.tracks if track.path.startswith(f"{folder}/"))


def _fewer_in_a_folder(plan: Plan, folder: str) -> list[Phrase]:
    if folder:
        return [Phrase("way_divide_section")]
    levels = plan.profile.limits.max_levels
    return [*([Phrase("way_no_levels")] if levels > 1 else []), *(plan.remedies or [_TWO_PACKS])]


def _levels(plan: Plan, pack: Pack) -> Iterator[Finding]:
    device, limits = plan.profile.name, plan.profile.limits
    levels, least, most = pack.card.levels, limits.min_levels, limits.max_levels
    if levels is not None and not least <= levels <= most:
        key = "E422.levels" if least == most else "E422.range"
        problem = Problem(key, levels=levels, device=device, least=least, most=most)
        yield problem.at(pack.card.levels_place)
    groups = list(dict.fromkeys(path.rsplit("/", 1)[0] for path in plan.folders if "/" in path))
    if len(groups) > limits.max_groups:
        ways = [*plan.remedies, Phrase("way_group")]
        problem = Problem("E422.groups", groups=len(groups), device=device, most=limits.max_groups, ways=ways)
        yield problem.at(_section_in(plan, groups[limits.max_groups]))


def room_faults(plan: Plan, pack: Pack) -> Iterator[Finding]:
    """Findings about the size of a plan's card."""
    size, room, place = plan.size, plan.size.room, pack.card.place
    of = {"device": plan.profile.name, "card": size.label}
    if size.label_bytes > plan.profile.limits.max_card_gb * GB:
        yield Problem("E421", **of, most=plan.profile.limits.max_card_gb).at(place)
    if size.needed_bytes > size.budget_bytes or room.clusters_needed > room.clusters_there:
        # Rounded apart, so that what is too much never looks like what is there.
        needed, there = -(-size.needed_bytes // MB), size.budget_bytes // MB
        ways = [*plan.remedies, Phrase("way_fewer")]
        yield Problem("E416", **of, needed_mb=needed, there_mb=there, ways=ways).at(place)
    if room.root_slots_needed > room.root_slots_there:
        are_files = plan.folders == ("",)
        ways = [*plan.remedies, Phrase("way_no_levels" if are_files else "way_join_sections")]
        ways += [] if pack.discreet else [Phrase("way_shorter_titles")]
        slots = {"needed": room.root_slots_needed, "there": room.root_slots_there}
        yield Problem("E420.files" if are_files else "E420.folders", **of, **slots, ways=ways).at(place)
    if room.folder_slots_needed > room.folder_slots_there:
        yield Problem("E420.names", **of, folder=room.folder).at(place)


def _telling_words(plan: Plan, pack: Pack) -> Iterator[Finding]:
    """What letters the paths of a discreet pack still have: those that the device demands."""
    profile = plan.profile
    found = dict.fromkeys(word for t in plan.tracks for word in words_of(t.path.removesuffix(ENDING)))
    if pack.discreet and found:
        root = profile.names.root_folder
        is_needless = root and plan.tracks[0].path.startswith(f"{root}/") and profile.limits.min_levels <= 2
        key = "W423.root" if is_needless else "W423"
        yield Problem(key, device=profile.name, words=list(found), root=root).at(pack.discreet_place)


def _lengths(plan: Plan) -> Iterator[Finding]:
    limits, device = plan.profile.limits, plan.profile.name
    most, least = limits.max_seconds, limits.min_seconds
    yield from at_first(
        [t for t in plan.tracks if most and t.seconds > most],
        lambda t: Problem("E417.seconds", path=t.path, seconds=t.seconds, device=device, most=most),
    )
    yield from at_first(
        [t for t in plan.tracks if t.bytes > MOST_FILE_BYTES],
        lambda t: Problem("E417.bytes", path=t.path, bytes=t.bytes),
    )
    yield from at_first(
        [t for t in plan.tracks if 0 < t.seconds < least],
        lambda t: Problem("W418", path=t.path, seconds=t.seconds, least=least, device=device),
    )


def _tags(plan: Plan) -> Iterator[Finding]:
    settings, device = plan.profile.tag, plan.profile.name
    most = settings.max_tag_bytes
    yield from at_first(
        [t for t in plan.tracks if tag_bytes(t.tags, settings, plan.cover_bytes) > most],
        lambda t: Problem("E419", path=t.path, most=most, device=device),
    )


def _fades(plan: Plan) -> Iterator[Finding]:
    for track in plan.tracks:
        fades = track.fade_in_seconds + track.fade_out_seconds
        if fades and fades > track.sound_seconds / 2 > 0:
            yield at_track(track, Problem("E414", fades=fades, seconds=track.sound_seconds))


def _compressions(plan: Plan) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for track in plan.tracks:
        if first.setdefault(track.work, track.shaping.compress) != track.shaping.compress:
            yield at_track(track, Problem("W415"))
