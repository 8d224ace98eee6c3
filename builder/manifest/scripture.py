"""What is told of Scripture in a manifest: verses that no Bible known here has, and names that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.bible.names import Names, is_northern
from builder.bible.passage import parse_passages, verses_beyond
from builder.findings import Finding
from builder.manifest.entry import count_of
from builder.manifest.models import Manifest
from builder.manifest.pack import Section
from builder.manifest.yaml.nodes import Node, Path


def told_of_scripture(
    manifest: Manifest, nodes: Node, names: Names, sections: Sequence[Section]
) -> list[Finding]:
    """Warnings of a manifest whose sections are resolved."""
    return [*_beyond(manifest, nodes), *_unvouched(manifest, nodes, names, sections)]


def _beyond(manifest: Manifest, nodes: Node) -> Iterator[Finding]:
    for path, text in _written(manifest):
        for passage in parse_passages(text):
            if beyond := verses_beyond(passage):
                help_text = "is it a slip? If your Bible counts otherwise, nothing need be done"
                yield Finding(code="W228", place=nodes.place_of(path), message=beyond, help=help_text)


def _written(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Every passage of a manifest, with its path."""
    for at, section in enumerate(manifest.sections):
        if isinstance(section.reading, str):
            yield ("sections", at, "reading"), section.reading
        for index, text in enumerate(section.reading if isinstance(section.reading, list) else ()):
            yield ("sections", at, "reading", index), text
        for index, track in enumerate(section.tracks or ()):
            if track.passage:
                yield ("sections", at, "tracks", index, "passage"), track.passage


def _unvouched(
    manifest: Manifest, nodes: Node, names: Names, sections: Sequence[Section]
) -> Iterator[Finding]:
    """Names of the Common Translation on a card for the North, which only the manifest's writer can vouch for."""
    if not is_northern(manifest.language) or manifest.names:
        return
    tracks = (track for section in sections for track in section.tracks)
    shown = {
        track.passage.book
        for track in tracks
        if track.passage and names.of(track.passage.book) in track.title
    }
    if borrowed := shown - manifest.books.keys():
        are = "is" if len(borrowed) == 1 else "are"
        yield Finding(
            code="W229",
            place=nodes.place_of(("language",)),
            message=f"{len(borrowed)} of {count_of(len(shown), 'book')} {are} called as in the Common Translation: no "
            "source for the names printed in the North was found",
            help="write them under `books:`, or `names: ko-common` to say that these are meant",
        )
