"""What no single fact shows: facts of a profile that contradict each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builder.findings import Finding
from builder.manifest.yaml.compose import Node
from builder.profiles.naming import FORBIDDEN, Number, bytes_of, holds, literals_of, name, utf16_units
from builder.profiles.profile import Profile

Contradiction = tuple[tuple[str, ...], str]
"""The facts that cannot stand together, and how."""

_ENDING = ".mp3"
_CAPITALS = re.compile(r"[A-Z0-9_-]*")
_LONGEST_BOOK = "Song of the Three Young Men"
# What a pattern's names are told apart by, where labels are equal, and the fact that gives it its digits.
_NUMBERS = {
    "group_name": (("group",), "max_groups"),
    "section_name": (("section", "canon"), "max_folders"),
    "chapter_name": (("number",), "max_files_per_folder"),
    "track_name": (("number",), "max_files_per_folder"),
    "flat_name": (("place",), "max_files_per_folder"),
}
# Layer III below 32 kHz is MPEG-2, which ends at 160 kbps (ISO 13818-3).
_MPEG1_HZ, _MPEG2_MAX_KBPS = 32_000, 160


def contradictions(profile: Profile, nodes: Node) -> list[Finding]:
    """One finding for each, at the first of its facts that the file itself states."""
    found = [*_of_names(profile), *_of_paths(profile), *_of_levels(profile), *_of_counts(profile)]
    found += [*_of_sound(profile), *_of_tags(profile)]
    return [_finding(profile, nodes, facts, message) for facts, message in found]


def _finding(profile: Profile, nodes: Node, facts: tuple[str, ...], message: str) -> Finding:
    taken = {fact: profile.facts[fact].taken_from for fact in facts}
    own = next((fact for fact in facts if not taken[fact]), facts[0])
    change = " or ".join([own, *(fact for fact in facts if fact != own)])
    theirs = "".join(f"; {fact} is that of {base}" for fact, base in taken.items() if base)
    place = nodes.place_of(("facts", own, "value"))
    return Finding(code="E225", place=place, message=message, help=f"change {change}{theirs}")


def _patterns(profile: Profile) -> dict[str, str]:
    """The patterns that the names of a card are made of: of a device that wants folders, none without them."""
    limits, names = profile.limits, profile.names
    wanted = ["group_name"] if limits.groups != "none" else []
    wanted += ["section_name", "chapter_name", "track_name"] if limits.max_levels > 1 else []
    wanted += ["flat_name"] if limits.min_levels == 1 else []
    return {fact: getattr(names, fact) for fact in wanted}


def _rest(pattern: str, profile: Profile, *, merged: bool) -> str:
    """The longest name of a pattern without its label, which alone can be cut."""
    limits = profile.limits
    folder, file = len(str(limits.max_folders)), len(str(limits.max_files_per_folder))
    section, track = Number(value=1, width=folder), Number(value=1, width=file)
    values: dict[str, str | Number] = {
        "label": "",
        "book": "GEN",
        "bookname": _LONGEST_BOOK,
        "testament": "OT",
        "group": Number(value=1, width=len(str(limits.max_groups))),
        "section": section,
        "canon": section,
        "number": Number(value=1, width=file, last=2) if merged else track,
        "place": track,
    }
    return name(pattern, values, charset=profile.names.charset, max_chars=255, max_bytes=1024)


def _longest(fact: str, pattern: str, profile: Profile) -> str:
    merged = profile.limits.merge == "chapters" and fact == "chapter_name"
    return _rest(pattern, profile, merged=merged) + (
        "" if fact in ("group_name", "section_name") else _ENDING
    )


def _of_names(profile: Profile) -> Iterator[Contradiction]:
    names = profile.names
    if names.letters == "capitals" and names.charset != "ascii":
        yield ("letters", "charset"), f"capitals are a choice of ascii; the charset is {names.charset}"
    for fact, pattern in _patterns(profile).items():
        longest, counted = _longest(fact, pattern, profile), _NUMBERS[fact][1]
        made = f'"{pattern}" makes names such as {longest}'
        chars, size = utf16_units(longest), bytes_of(names.charset, longest)
        if chars > names.max_name_chars:
            text = f"{made} of {chars} characters; max_name_chars is {names.max_name_chars}"
            yield (fact, "max_name_chars", counted), text
        elif size > names.max_name_bytes:
            text = f"{made} of {size} bytes; max_name_bytes is {names.max_name_bytes}"
            yield (fact, "max_name_bytes", counted), text
        apart = len(_head(fact, pattern, profile))
        if names.distinct_chars and apart > names.distinct_chars:
            text = f'"{pattern}" tells names apart by character {apart}; distinct_chars is {names.distinct_chars}'
            yield (fact, "distinct_chars", counted), text
        literal = literals_of(pattern)
        if FORBIDDEN.search(literal):
            yield (fact,), f'"{pattern}" holds a character that no name on a FAT card may have'
        elif not holds(names.charset, literal):
            yield (fact, "charset"), f'"{pattern}" holds what the charset {names.charset} has not'
        elif names.letters == "capitals" and not _CAPITALS.fullmatch(literal):
            yield (fact, "letters"), f'"{pattern}" holds more than the capitals, digits, _ and - of letters'


def _head(fact: str, pattern: str, profile: Profile) -> str:
    """The longest name of a pattern as far as the end of its number."""
    ends = [pattern.index("}", at) for one in _NUMBERS[fact][0] if (at := pattern.find(f"{{{one}")) >= 0]
    return _rest(pattern[: min(ends) + 1], profile, merged=False)


def _of_paths(profile: Profile) -> Iterator[Contradiction]:
    names, patterns = profile.names, _patterns(profile)
    root = names.root_folder
    if root and (FORBIDDEN.search(root) or not holds(names.charset, root) or _cut(root, profile) != root):
        yield (
            ("root_folder", "charset", "max_name_chars", "max_name_bytes"),
            f'"{root}" cannot be the name of a folder: too long, or of letters that names may not have',
        )
    folders = [fact for fact in ("group_name", "section_name") if fact in patterns]
    files = [fact for fact in ("chapter_name", "track_name", "flat_name") if fact in patterns]
    # Files in no folder are in no other either.
    above, file = folders, max(files, key=lambda one: len(_longest(one, patterns[one], profile)))
    if file == "flat_name":
        above = []
    parts = [root] if root else []
    parts += [_longest(fact, patterns[fact], profile) for fact in (*above, file)]
    size = bytes_of(names.charset, "/".join(parts))
    if size > names.max_path_bytes:
        text = f"paths such as {'/'.join(parts)} have {size} bytes; max_path_bytes is {names.max_path_bytes}"
        yield ("max_path_bytes", *(["root_folder"] if root else []), *above, file), text


def _cut(text: str, profile: Profile) -> str:
    """A folder's name as the profile would have it."""
    names = profile.names
    return name(
        "{label}",
        {"label": text},
        charset=names.charset,
        max_chars=names.max_name_chars,
        max_bytes=names.max_name_bytes,
    )


def _of_levels(profile: Profile) -> Iterator[Contradiction]:
    limits, root = profile.limits, profile.names.root_folder
    above = (["root_folder"] if root else []) + (["groups"] if limits.groups != "none" else [])
    most = 2 + len(above)
    if limits.min_levels > limits.max_levels:
        text = f"min_levels {limits.min_levels} is more than max_levels {limits.max_levels}"
        yield ("min_levels", "max_levels"), text
    if above and limits.max_levels < most:
        yield (
            (*above, "max_levels"),
            f"{' and '.join(above)} above folders of files: {most} levels; max_levels is {limits.max_levels}",
        )
    if limits.min_levels > most:
        yield (
            ("min_levels", "groups"),
            f"min_levels is {limits.min_levels}, and without more groups or a root_folder there are {most}",
        )
    if limits.groups == "manifest" and "{testament" in profile.names.group_name:
        yield (
            ("group_name", "groups"),
            "a manifest's groups are no testaments, and {testament} has nothing to say",
        )
    if limits.groups == "testament" and limits.max_groups < 2:
        yield ("max_groups", "groups"), "two testaments are two groups; max_groups is 1"


def _of_counts(profile: Profile) -> Iterator[Contradiction]:
    limits = profile.limits
    if limits.max_files_per_folder > limits.max_files:
        text = f"{limits.max_files_per_folder} files in a folder, but max_files is {limits.max_files}"
        yield ("max_files_per_folder", "max_files"), text
    if limits.max_seconds and limits.min_seconds >= limits.max_seconds:
        text = f"min_seconds {limits.min_seconds:g} is not below max_seconds {limits.max_seconds:g}"
        yield ("min_seconds", "max_seconds"), text
    if limits.reserve_mb * 1_000_000 >= limits.max_card_gb * 920_000_000:
        text = f"{limits.reserve_mb} MB to be left free on a card of {limits.max_card_gb} GB"
        yield ("reserve_mb", "max_card_gb"), text
    if limits.gaps == "refused":
        if limits.merge == "chapters":
            yield (
                ("gaps", "merge"),
                "merged chapters leave out numbers (001-003, 004-006), and gaps are refused",
            )
        if "{canon" in _patterns(profile).get("section_name", ""):
            text = "{canon} leaves out the books that a card has not, and gaps are refused"
            yield ("section_name", "gaps"), text


def _of_sound(profile: Profile) -> Iterator[Contradiction]:
    audio, least = profile.audio, profile.min_bitrate_kbps
    if least > audio.bitrate_kbps:
        text = f"min_bitrate_kbps {least} is more than bitrate_kbps {audio.bitrate_kbps}"
        yield ("min_bitrate_kbps", "bitrate_kbps"), text
    if audio.sample_rate_hz < _MPEG1_HZ and audio.bitrate_kbps > _MPEG2_MAX_KBPS:
        text = (
            f"MP3 at {audio.sample_rate_hz} Hz has at most {_MPEG2_MAX_KBPS} kbps, not {audio.bitrate_kbps}"
        )
        yield ("bitrate_kbps", "sample_rate_hz"), text
    if audio.target_lufs >= audio.peak_dbtp:
        text = (
            f"nothing has a loudness of {audio.target_lufs:g} LUFS and peaks below {audio.peak_dbtp:g} dBTP"
        )
        yield ("target_lufs", "peak_dbtp"), text


def _of_tags(profile: Profile) -> Iterator[Contradiction]:
    tag = profile.tag
    if tag.cover == "jpeg" and tag.tag == "none":
        yield ("cover", "tag"), "a cover stands in the tag, and tag is none"
    elif tag.cover == "jpeg" and tag.max_cover_bytes >= tag.max_tag_bytes:
        yield (
            ("max_cover_bytes", "max_tag_bytes"),
            f"a cover of {tag.max_cover_bytes:,} bytes does not fit in max_tag_bytes {tag.max_tag_bytes:,}",
        )
