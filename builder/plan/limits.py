"""What is wrong with a plan: limits of the device and of the card, orders that cannot be meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from builder.fat.names import MOST_FILE_BYTES
from builder.findings import Finding, Place
from builder.manifest.pack import Pack
from builder.plan.conflicts import faults_of_names, first_of, track_finding
from builder.plan.fitting import entries_of
from builder.plan.paths import ENDING
from builder.plan.plan import Plan
from builder.plan.sizing import GB, MB
from builder.plan.tagging import tag_bytes
from builder.profiles.naming import words_of


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
    profile, limits = plan.profile, plan.profile.limits
    ways = list(plan.remedies) or ["make two packs"]
    if len(plan.folders) > limits.max_folders:
        first = plan.folders[limits.max_folders]
        yield Finding(
            code="E411",
            place=_section_in(plan, first),
            message=f"{len(plan.folders)} folders; {profile.name} reads {limits.max_folders}",
            help=_either(["join sections", *ways]),
        )
    for folder, count in plan.files_by_folder.items():
        if count > limits.max_files_per_folder:
            where = "in no folder" if not folder else "in one folder"
            yield Finding(
                code="E412",
                place=next(t.section_place for t in plan.tracks if t.path.rpartition("/")[0] == folder),
                message=f"{count} files {where}; {profile.name} reads {limits.max_files_per_folder}",
                help=_either(_fewer_in_a_folder(plan, folder)),
            )
    if entries_of(plan) > limits.max_files:
        counted = "files and folders" if limits.folders_count == "yes" else "files"
        yield Finding(
            code="E413",
            place=plan.tracks[0].section_place,
            message=f"{entries_of(plan):,} {counted}; {profile.name} reads {limits.max_files:,}",
            help=_either(ways),
        )


def _section_in(plan: Plan, folder: str) -> Place:
    """The first section of a folder."""
    return next(track.section_place for track in plan.tracks if track.path.startswith(f"{folder}/"))


def _fewer_in_a_folder(plan: Plan, folder: str) -> list[str]:
    if folder:
        return ["divide this section"]
    levels = plan.profile.limits.max_levels
    return [*(["take `levels: 1` out"] if levels > 1 else []), *(plan.remedies or ["make two packs"])]


def _either(ways: list[str]) -> str:
    return " or ".join(ways) if len(ways) < 3 else f"{', '.join(ways[:-1])}, or {ways[-1]}"


def _levels(plan: Plan, pack: Pack) -> Iterator[Finding]:
    profile, limits = plan.profile, plan.profile.limits
    levels = pack.card.levels
    if levels is not None and not limits.min_levels <= levels <= limits.max_levels:
        allowed = (
            f"{limits.min_levels}"
            if limits.min_levels == limits.max_levels
            else f"{limits.min_levels} to {limits.max_levels}"
        )
        yield Finding(
            code="E422",
            place=pack.card.levels_place,
            message=f"{levels} {'level' if levels == 1 else 'levels'}; {profile.name} reads {allowed}",
            help="take `levels` out, or build this profile from a manifest of its own",
        )
    groups = list(dict.fromkeys(path.rsplit("/", 1)[0] for path in plan.folders if "/" in path))
    if len(groups) > limits.max_groups:
        yield Finding(
            code="E422",
            place=_section_in(plan, groups[limits.max_groups]),
            message=f"{len(groups)} groups of folders; {profile.name} reads {limits.max_groups}",
            help=_either([*plan.remedies, "give neighbouring sections one `group`"]),
        )


def room_faults(plan: Plan, pack: Pack) -> Iterator[Finding]:
    """Findings about the size of a plan's card."""
    size, limits, name = plan.size, plan.profile.limits, plan.profile.name

    def finding(code: str, message: str, help_text: str) -> Finding:
        return Finding(code=code, place=pack.card.place, message=message, help=help_text)

    label = size.label
    if size.label_bytes > limits.max_card_gb * GB:
        yield finding(
            "E421",
            f"a card of {label}; {name} reads cards up to {limits.max_card_gb} GB",
            "use a smaller card; larger ones come in a format that it does not know",
        )
    if size.needed_bytes > size.budget_bytes or size.room.clusters_needed > size.room.clusters_there:
        yield finding(
            "E416",
            # Rounded apart, so that what is too much never looks like what is there.
            f"{name}: {-(-size.needed_bytes // MB):,} MB; a card of {label} holds {size.budget_bytes // MB:,} MB",
            _either([*plan.remedies, "fewer recordings"]),
        )
    room = size.room
    shorter = [] if pack.discreet else ["give them shorter titles"]
    what, ways = "folders", ["join sections", *shorter]
    if plan.folders == ("",):
        what, ways = "files", ["take `levels: 1` out", *shorter]
    if room.root_slots_needed > room.root_slots_there:
        yield finding(
            "E420",
            f"{name}: the names of the {what} take {room.root_slots_needed} entries; a card of {label} has "
            f"{room.root_slots_there} for them",
            _either([*plan.remedies, *ways]),
        )
    if room.folder_slots_needed > room.folder_slots_there:
        yield finding("E420", f"{name}: too many names in {room.folder}", "divide this section")


def _telling_words(plan: Plan, pack: Pack) -> Iterator[Finding]:
    """What letters the paths of a discreet pack still have: those that the device demands."""
    profile = plan.profile
    found = dict.fromkeys(word for t in plan.tracks for word in words_of(t.path.removesuffix(ENDING)))
    if pack.discreet and found:
        root = profile.names.root_folder
        is_needless = root and plan.tracks[0].path.startswith(f"{root}/") and profile.limits.min_levels <= 2
        yield Finding(
            code="W423",
            place=pack.discreet_place,
            message=f"{profile.name} requires words in its names: {', '.join(found)}",
            help=f"`levels: 2` leaves {root} out, where the device plays that"
            if is_needless
            else "this cannot be turned off; use another profile if the words are a risk",
        )


def _lengths(plan: Plan) -> Iterator[Finding]:
    limits, name = plan.profile.limits, plan.profile.name
    yield from first_of(
        [t for t in plan.tracks if limits.max_seconds and t.seconds > limits.max_seconds],
        "E417",
        f"{{track.path}} lasts {{track.seconds:,.0f}} s; {name} reads {limits.max_seconds:,.0f} s",
        "list it as a track with `split: 30min`, which makes several files of it",
    )
    yield from first_of(
        [t for t in plan.tracks if t.bytes > MOST_FILE_BYTES],
        "E417",
        "{track.path} takes {track.bytes:,} bytes; a file on a FAT card ends at 4 GiB",
        "list it as a track with `split: 1h`, which makes several files of it",
    )
    yield from first_of(
        [t for t in plan.tracks if 0 < t.seconds < limits.min_seconds],
        "W418",
        f"{{track.path}} lasts {{track.seconds:.1f}} s; files below {limits.min_seconds:g} s give trouble on {name}",
        "join listed ones: source: [a.mp3, b.mp3]; try short chapters on the device",
    )


def _tags(plan: Plan) -> Iterator[Finding]:
    settings = plan.profile.tag
    yield from first_of(
        [t for t in plan.tracks if tag_bytes(t.tags, settings, plan.cover_bytes) > settings.max_tag_bytes],
        "E419",
        f"the tag of {{track.path}} is larger than {settings.max_tag_bytes:,} bytes ({plan.profile.name})",
        "shorten the title, the speaker or the section's title",
    )


def _fades(plan: Plan) -> Iterator[Finding]:
    for track in plan.tracks:
        fades = track.fade_in_seconds + track.fade_out_seconds
        if fades and fades > track.sound_seconds / 2 > 0:
            message = f"fades of {fades:g} s take more than half of a track of {track.sound_seconds:.1f} s"
            help_text = "a fade of a voice is a second or two; shorten `fade_in` and `fade_out`"
            yield track_finding(track, "E414", message, help_text)


def _compressions(plan: Plan) -> Iterator[Finding]:
    first: dict[str, str] = {}
    message = "tracks of one gain are compressed in different ways, and will not be equally loud"
    help_text = "give `compress` to the whole section, or write `level: each`"
    for track in plan.tracks:
        if first.setdefault(track.work, track.shaping.compress) != track.shaping.compress:
            yield track_finding(track, "W415", message, help_text)
