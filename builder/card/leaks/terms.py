"""Private terms that a plan would put on a card, told at the manifest's lines before any sound is touched. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from builder.card.leaks.words import Word, Words
from builder.findings import Finding
from builder.plan.plan import Plan, PlannedTrack
from builder.sources.lyrics.files import Lyrics


def terms_in_plan(plan: Plan, words: Words) -> Iterator[Finding]:
    """A finding for each term and each place on the card: names, titles, artists, albums, what the voice says."""
    if not any(word.kind == "term" for word in words.words):
        return
    found: dict[tuple[str, Word], list[PlannedTrack]] = defaultdict(list)
    for track in plan.tracks:
        for what, text in _said(plan, track).items():
            for word in words.in_text(text):
                if word.kind == "term":
                    found[what, word].append(track)
    for (what, word), tracks in found.items():
        many = f" of {len(tracks)} files, this the first," if len(tracks) > 1 else ""
        yield Finding(
            code="E717",
            place=tracks[0].section_place if what == "album" else tracks[0].place,
            track=tracks[0].title,
            message=f"{plan.profile.name}: the {what}{many} would say {word.text!r}, {word.what}",
            help="say it otherwise, or leave it out"
            + ("; `discreet: true` puts numbers only on the card" if what != "voice" else ""),
        )


def terms_in_lyrics(files: Iterable[Lyrics], words: Words) -> Iterator[Finding]:
    """A finding for each term that words on a screen would show, at the first of their lines that does."""
    for one in files if words.words else ():
        terms = [
            word for word in words.in_text(" ".join(line.text for line in one.lines)) if word.kind == "term"
        ]
        for word in terms:
            row = next((line.row for line in one.lines if word in words.in_text(line.text)), 1)
            message = f"the words on the screen would say {word.text!r}, {word.what}"
            yield one.finding("E717", row, message, "leave it out of the words, or take `lyrics` out")


def _said(plan: Plan, track: PlannedTrack) -> dict[str, str]:
    settings, tags = plan.profile.tag, track.tags
    aloud = {"voice": ", ".join(track.spoken)}
    if settings.tag == "none" and settings.id3v1 == "none":
        return aloud | {"name": track.path}
    return aloud | {"name": track.path, "title": tags.title, "artist": tags.artist, "album": tags.album}
