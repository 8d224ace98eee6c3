"""What no single fact shows: facts of a profile that contradict each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from builder.findings import Finding, Phrase, Problem
from builder.manifest.yaml.compose import Node
from builder.profiles.naming import FORBIDDEN, Number, bytes_of, holds, literals_of, name, utf16_units
from builder.profiles.profile import Profile

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
    return [one.at(nodes.place_of(("facts", one.facts["own"], "value"))) for one in found]


def _remedy(profile: Profile, *facts: str) -> dict[str, Any]:
    """What to `change` where facts cannot stand together: `own`, the first that the file itself states, or another."""
    taken = {fact: profile.facts[fact].taken_from for fact in facts}
    own = next((fact for fact in facts if not taken[fact]), facts[0])
    change: str | Phrase = own
    for fact in facts:
        change = Phrase("profile_or", first=change, last=fact) if fact != own else change
    for fact, base in taken.items():
        change = Phrase("profile_taken", change=change, fact=fact, base=base) if base else change
    return {"own": own, "change": change}


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


def _of_names(profile: Profile) -> Iterator[Problem]:
    names = profile.names
    if names.letters == "capitals" and names.charset != "ascii":
        remedy = _remedy(profile, "letters", "charset")
        yield Problem("E225.capitals", charset=names.charset, **remedy)
    for fact, pattern in _patterns(profile).items():
        longest, counted = _longest(fact, pattern, profile), _NUMBERS[fact][1]
        chars, size = utf16_units(longest), bytes_of(names.charset, longest)
        made = {"pattern": pattern, "longest": longest, "characters": chars, "bytes": size}
        if chars > names.max_name_chars:
            remedy = _remedy(profile, fact, "max_name_chars", counted)
            yield Problem("E225.name_characters", **made, most=names.max_name_chars, **remedy)
        elif size > names.max_name_bytes:
            remedy = _remedy(profile, fact, "max_name_bytes", counted)
            yield Problem("E225.name_bytes", **made, most=names.max_name_bytes, **remedy)
        apart, most = len(_head(fact, pattern, profile)), names.distinct_chars
        if most and apart > most:
            remedy = _remedy(profile, fact, "distinct_chars", counted)
            yield Problem("E225.distinct", pattern=pattern, character=apart, most=most, **remedy)
        literal = literals_of(pattern)
        if FORBIDDEN.search(literal):
            yield Problem("E225.forbidden", pattern=pattern, **_remedy(profile, fact))
        elif not holds(names.charset, literal):
            remedy = _remedy(profile, fact, "charset")
            yield Problem("E225.charset", pattern=pattern, charset=names.charset, **remedy)
        elif names.letters == "capitals" and not _CAPITALS.fullmatch(literal):
            yield Problem("E225.letters", pattern=pattern, **_remedy(profile, fact, "letters"))


def _head(fact: str, pattern: str, profile: Profile) -> str:
    """The longest name of a pattern as far as the end of its number."""
    ends = [pattern.index("}", at) for one in _NUMBERS[fact][0] if (at := pattern.find(f"{{{one}")) >= 0]
    return _rest(pattern[: min(ends) + 1], profile, merged=False)


def _of_paths(profile: Profile) -> Iterator[Problem]:
    names, patterns = profile.names, _patterns(profile)
    root = names.root_folder
    if root and (FORBIDDEN.search(root) or not holds(names.charset, root) or _cut(root, profile) != root):
        remedy = _remedy(profile, "root_folder", "charset", "max_name_chars", "max_name_bytes")
        yield Problem("E225.root", root=root, **remedy)
    folders = [fact for fact in ("group_name", "section_name") if fact in patterns]
    files = [fact for fact in ("chapter_name", "track_name", "flat_name") if fact in patterns]
    if not files:  # levels that contradict each other are a finding of their own
        return
    # Files in no folder are in no other either.
    above, file = folders, max(files, key=lambda one: len(_longest(one, patterns[one], profile)))
    if file == "flat_name":
        above = []
    parts = [root] if root else []
    parts += [_longest(fact, patterns[fact], profile) for fact in (*above, file)]
    size = bytes_of(names.charset, "/".join(parts))
    if size > names.max_path_bytes:
        remedy = _remedy(profile, "max_path_bytes", *(["root_folder"] if root else []), *above, file)
        facts = {"path": "/".join(parts), "bytes": size, "most": names.max_path_bytes}
        yield Problem("E225.path", **facts, **remedy)


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


def _of_levels(profile: Profile) -> Iterator[Problem]:
    limits, root = profile.limits, profile.names.root_folder
    above = (["root_folder"] if root else []) + (["groups"] if limits.groups != "none" else [])
    most = 2 + len(above)
    if limits.min_levels > limits.max_levels:
        remedy = _remedy(profile, "min_levels", "max_levels")
        yield Problem("E225.levels", least=limits.min_levels, most=limits.max_levels, **remedy)
    if above and limits.max_levels < most:
        remedy = _remedy(profile, *above, "max_levels")
        yield Problem("E225.above", above=above, levels=most, most=limits.max_levels, **remedy)
    if limits.min_levels > most:
        remedy = _remedy(profile, "min_levels", "groups")
        yield Problem("E225.few_levels", least=limits.min_levels, levels=most, **remedy)
    if limits.groups == "manifest" and "{testament" in profile.names.group_name:
        yield Problem("E225.testament", **_remedy(profile, "group_name", "groups"))
    if limits.groups == "testament" and limits.max_groups < 2:
        yield Problem("E225.testaments", **_remedy(profile, "max_groups", "groups"))


def _of_counts(profile: Profile) -> Iterator[Problem]:
    limits = profile.limits
    if limits.max_files_per_folder > limits.max_files:
        remedy = _remedy(profile, "max_files_per_folder", "max_files")
        yield Problem("E225.files", files=limits.max_files_per_folder, most=limits.max_files, **remedy)
    if limits.max_seconds and limits.min_seconds >= limits.max_seconds:
        remedy = _remedy(profile, "min_seconds", "max_seconds")
        yield Problem("E225.seconds", least=limits.min_seconds, most=limits.max_seconds, **remedy)
    if limits.reserve_mb * 1_000_000 >= limits.max_card_gb * 920_000_000:
        remedy = _remedy(profile, "reserve_mb", "max_card_gb")
        yield Problem("E225.reserve", free_mb=limits.reserve_mb, card_gb=limits.max_card_gb, **remedy)
    if limits.gaps == "refused":
        if limits.merge == "chapters":
            yield Problem("E225.merge", **_remedy(profile, "gaps", "merge"))
        if "{canon" in _patterns(profile).get("section_name", ""):
            yield Problem("E225.canon", **_remedy(profile, "section_name", "gaps"))


def _of_sound(profile: Profile) -> Iterator[Problem]:
    audio, least = profile.audio, profile.min_bitrate_kbps
    if least > audio.bitrate_kbps:
        remedy = _remedy(profile, "min_bitrate_kbps", "bitrate_kbps")
        yield Problem("E225.bitrates", least=least, kbps=audio.bitrate_kbps, **remedy)
    if audio.sample_rate_hz < _MPEG1_HZ and audio.bitrate_kbps > _MPEG2_MAX_KBPS:
        remedy = _remedy(profile, "bitrate_kbps", "sample_rate_hz")
        rates = {"hertz": audio.sample_rate_hz, "kbps": audio.bitrate_kbps, "most": _MPEG2_MAX_KBPS}
        yield Problem("E225.rates", **rates, **remedy)
    if audio.target_lufs >= audio.peak_dbtp:
        remedy = _remedy(profile, "target_lufs", "peak_dbtp")
        yield Problem("E225.loudness", lufs=audio.target_lufs, peak=audio.peak_dbtp, **remedy)


def _of_tags(profile: Profile) -> Iterator[Problem]:
    tag = profile.tag
    if tag.cover == "jpeg" and tag.tag == "none":
        yield Problem("E225.no_tag", **_remedy(profile, "cover", "tag"))
    elif tag.cover == "jpeg" and tag.max_cover_bytes >= tag.max_tag_bytes:
        remedy = _remedy(profile, "max_cover_bytes", "max_tag_bytes")
        yield Problem("E225.cover", bytes=tag.max_cover_bytes, most=tag.max_tag_bytes, **remedy)
