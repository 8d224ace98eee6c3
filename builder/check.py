"""What check, plan and build all begin with: read the manifest, look at the sources, plan the cards.

Everything that can be known without decoding, as findings; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.bible.coverage import Coverage
from builder.card.leaks.terms import terms_in_lyrics, terms_in_plan
from builder.card.leaks.words import Words
from builder.findings import Finding, Problem, has_errors, in_order, once
from builder.manifest.beside import is_profile_file
from builder.manifest.load import load_pack
from builder.manifest.pack import Pack, Track
from builder.manifest.waivers import Waiver, idle, settle, today
from builder.plan.days import DayPlan, day_plans
from builder.plan.fitting import plan_cards
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.plan.romanize import romanizer
from builder.plan.screen import bytes_for, screen_faults
from builder.profiles.choose import ProfileLookup, choose_all
from builder.profiles.profile import Profile
from builder.sound.voice.voice import Voice, find_voice
from builder.sources.chapters import coverage_faults, coverage_of
from builder.sources.checksums import checksum_findings
from builder.sources.duplicates import duplicate_faults
from builder.sources.find import Source, finding_of, look_at_sources
from builder.sources.folder import SourceFolder
from builder.sources.lengths import length_faults
from builder.sources.lyrics.files import LookedAt, Lyrics, look_at_lyrics
from builder.sources.probe import SourceFault
from builder.sources.prompts import settle_titles, speech_lengths


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """A manifest looked at; `sha256` is that of its bytes. `plans` may be acted on only when `is_good`: one for each
    card, profile by profile.

    `pack` is without the chapters that it may lack; `coverage` is what its recordings read of the Bible, None where it
    reads no Scripture. `covers` is the picture in the tags, by the name of the profile; `lyrics` are the words, by
    their source; `lines` are those of every file that was read. `days` are the reading plans, the same for all devices.
    `voice` speaks the titles without a recording; None if there are no such titles, or no voice is installed. `waived`
    are the warnings that the manifest lets pass.
    """

    file: str
    sha256: str
    lines: Mapping[str, tuple[str, ...]]
    pack: Pack | None
    coverage: Coverage | None
    sources: Mapping[str, Source]
    covers: Mapping[str, bytes]
    lyrics: Mapping[str, Lyrics]
    plans: tuple[Plan, ...]
    days: tuple[DayPlan, ...]
    voice: Voice | None
    findings: tuple[Finding, ...]
    waived: Mapping[Finding, Waiver]

    @property
    def is_good(self) -> bool:
        return not has_errors(self.findings)


def check(
    path: Path,
    choices: Sequence[ProfileLookup] = (),
    card_bytes: int | None = None,
    words: Words = Words(words=()),  # noqa: B008  # frozen
) -> CheckResult:
    """Check one manifest for its own profiles, or for those chosen; for cards of `card_bytes` instead of its own size.

    Of `words`, the private terms are looked for in what the cards would say. OSError when it cannot be read.
    """
    loaded = load_pack(path)
    pack = loaded.pack
    findings = list(loaded.findings)
    lines = {loaded.file: loaded.lines}
    sources: dict[str, Source] = {}
    covers: dict[str, bytes] = {}
    screen = LookedAt()
    plans: list[Plan] = []
    coverage: Coverage | None = None
    days: tuple[DayPlan, ...] = ()
    voice: Voice | None = None
    if pack is not None:
        if card_bytes is not None:
            pack = replace(pack, card=replace(pack.card, label_bytes=card_bytes))
        if not choices:
            choices, unknown = _choices_of(pack, path.parent)
            findings += unknown
        for choice in choices:
            findings += choice.findings
            lines |= choice.lines
        profiles = [choice.profile for choice in choices if choice.profile]
        voice = find_voice() if _speaks(pack) else None
        pack, untold = settle_titles(pack, (voice.of(pack.language) or "") if voice else None)
        sources, faults, pack = look_at_sources(pack)
        lengths = {name: source.facts.seconds for name, source in sources.items()} | speech_lengths(pack)
        coverage = coverage_of(pack, sources)
        findings += [*untold, *faults, *_used_twice(pack), *coverage_faults(pack)]
        findings += [*duplicate_faults(pack, sources), *length_faults(pack, lengths)]
        listed, faults = checksum_findings(pack, sources)
        lines |= listed
        findings += faults
        covers, faults = _covers(pack, profiles)
        screen = look_at_lyrics(pack, profiles, sources)
        findings += [*faults, *screen.findings]
        has_words = pack.romanize and not pack.discreet
        romanize = romanizer() if has_words and any(map(_lacks_letters, profiles)) else None
        days = day_plans(pack, lengths)
        findings += [*_shortened(pack, days)]
        for profile in profiles:
            cover_bytes = len(covers.get(profile.name, b""))
            cards = plan_cards(
                pack, profile, lengths, romanize, cover_bytes, bytes_for(profile, screen.lyrics)
            )
            plans += cards
            findings += [
                fault
                for plan in cards
                for fault in (
                    *faults_of(plan, pack),
                    *screen_faults(plan, screen.lyrics),
                    *terms_in_plan(plan, words),
                )
            ]
        used = dict.fromkeys(source for plan in plans for track in plan.tracks for source in track.lyrics)
        findings += terms_in_lyrics([screen.lyrics[source] for source in used], words)
        files = {finding.place.file for finding in findings}
        lines |= {one.file: one.rows for one in screen.lyrics.values() if one.file in files}
        lines |= screen.rows
    waivers, day = pack.waivers if pack else (), today()
    findings, waived = settle(waivers, once(findings), day)
    findings += idle(waivers, waived.values(), day, is_heard=False)
    return CheckResult(
        file=loaded.file,
        sha256=loaded.sha256,
        lines=lines,
        pack=pack,
        coverage=coverage,
        sources=sources,
        covers=covers,
        lyrics=screen.lyrics,
        plans=tuple(plans),
        days=days,
        voice=voice,
        findings=in_order(findings),
        waived=waived,
    )


def with_more(checked: CheckResult, findings: Sequence[Finding], *, is_all: bool = True) -> CheckResult:
    """The same with what was found since: `is_all`, that all recordings have been decoded, and nothing more will be."""
    waivers, day = checked.pack.waivers if checked.pack else (), today()
    kept, waived = settle(waivers, once(findings), day)
    kept += idle(waivers, {*checked.waived.values(), *waived.values()}, day, is_heard=True) if is_all else ()
    return replace(
        checked, findings=(*checked.findings, *in_order(kept)), waived={**checked.waived, **waived}
    )


def _speaks(pack: Pack) -> bool:
    """Whether the voice may be asked for any title."""
    prompts = [section.prompt for section in pack.sections if section.prompt]
    return any(track.says is not None for track in (*pack.tracks, *prompts))


def _lacks_letters(profile: Profile) -> bool:
    """Whether a device cannot show every script everywhere."""
    tag = profile.tag
    return profile.names.charset != "bmp" or tag.tag_encoding == "latin-1" or tag.id3v1 != "none"


def _choices_of(pack: Pack, folder: Path) -> tuple[list[ProfileLookup], list[Finding]]:
    """The profiles that the manifest names; paths are below its folder, and no link leads out of it."""
    source_folder = SourceFolder(folder, "the manifest's folder")
    places = dict(zip(pack.profiles, pack.profile_places, strict=True))
    found = {word: source_folder.locate(word.removeprefix("./")) for word in places if is_profile_file(word)}
    outside = {word: fault for word, fault in found.items() if isinstance(fault, SourceFault)}
    words = [word for word in places if word not in outside]
    choices = choose_all(words, folder)
    findings = [finding_of(fault, places[word], "") for word, fault in outside.items()]
    findings += [
        choice.problem.at(places[word]) for word, choice in zip(words, choices, strict=True) if choice.problem
    ]
    return choices, findings


def _covers(pack: Pack, profiles: Sequence[Profile]) -> tuple[dict[str, bytes], list[Finding]]:
    """The manifest's picture as each profile takes it; and what is wrong with it, told once."""
    takers = [profile for profile in profiles if profile.tag.cover != "none"]
    if pack.cover is None:
        return {}, []
    if pack.discreet:
        return {}, [Problem("W424").at(pack.cover_place)]
    if not takers:
        devices = [profile.name for profile in profiles]
        return {}, [Problem("W311", devices=devices).at(pack.cover_place)]
    from builder.card.cover import (
        CoverError,
        make_cover,
    )  # loads a library for pictures, which most packs do not need

    source_folder = SourceFolder(pack.sources)
    path = source_folder.locate(pack.cover) or source_folder.missing(pack.cover)
    if not isinstance(path, Path):
        return {}, [finding_of(path, pack.cover_place, "")]
    try:
        return {
            profile.name: make_cover(
                path, max_px=profile.tag.max_cover_px, max_bytes=profile.tag.max_cover_bytes
            )
            for profile in takers
        }, []
    except CoverError as error:
        return {}, [Finding(code="E310", place=pack.cover_place, message=str(error), help=error.help)]


def _shortened(pack: Pack, days: Sequence[DayPlan]) -> Iterator[Finding]:
    """Reading plans with fewer chapters than days, since some that the pack may lack were left out."""
    for one in days if pack.gaps_allowed else ():
        wanted, there = one.plan.days, len(one.days)
        if there < wanted:
            yield Problem("W318", days=wanted, chapters=there).at(one.plan.place)


def _used_twice(pack: Pack) -> list[Finding]:
    first: dict[tuple[tuple[str, float | None, float | None], ...], Track] = {}
    findings = []
    for track in pack.tracks:
        key = tuple((piece.source, piece.start_seconds, piece.end_seconds) for piece in track.pieces)
        other = first.setdefault(key, track)
        if other is not track:
            facts = {"path": track.pieces[0].source, "title": other.title, "line": other.place.line}
            findings.append(Problem("W309", **facts).at(track.place, track.title))
    return findings
