"""Chooses the audio for each announcement: a recording from the `prompts` folder, else the voice; never both.

In that folder, which is relative to `sources`, a title is looked for in this order (any of the endings of recordings;
capitals do not matter):

1. by its place: `S02_001` is the first track of the second folder of the pack, `S02` the name of that folder; a reading
   plan counts as one, whatever books it reads and however its days are laid out;
2. a whole chapter by its passage: `MRK_003`, or `003` in a folder `MRK`;
3. a whole chapter from two recordings, the book's name `MRK` and the chapter `003`; not in Psalms, where the number is
   said in another way.

The name of a folder that reads a book is `MRK` alone. A title of the manifest's own is looked for by its place only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from builder.bible.books import books
from builder.bible.titles import speech_seconds, spoken_passage
from builder.findings import Finding
from builder.manifest.pack import Pack, Piece, Section, Track, speech_name, speech_of
from builder.sources.folder import SourceFolder
from builder.sources.probe import SourceFault
from builder.text import some

_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff]")
# All other voices say no more of them than "Chinese letter".
_HAN_VOICES = ("cmn", "yue", "hak")
_ENDINGS = ("wav", "flac", "ogg", "mp3", "m4a")
_OTHER_SOUNDS = ("aac", "aif", "aiff", "amr", "m4b", "mp4", "oga", "opus", "wave", "wma")
_PLACE = re.compile(r"s[0-9]{2,4}(?:_[0-9]{3,4})?|[0-9]{3}")
_BOOK = re.compile(r"([0-9a-z]{3})(?:_[0-9]{3})?")
_MOST_NAMES = 5
# What a title may be without a word in it for the voice.
_MUTE = re.compile(
    r"[\s.,;:!?\-~\"'()\[\]{}\u00ab\u00b7\u00bb\u2013\u2014\u2018-\u201d\u2022\u2026\u3001\u3002\u3008-\u300f\uff01\uff0c\uff1a\uff1b\uff1f]*"
)


def settle_titles(pack: Pack, voice: str | None) -> tuple[Pack, list[Finding]]:
    """The pack with a recording, or a text for the voice, for each of its titles; and findings about them.

    `voice` is the name of the voice for the pack's language: "" if there is none, None if no voices are installed.
    """
    prompts = _Prompts(pack)
    sections = [_settled(pack, section, prompts, voice) for section in pack.sections]
    findings = [finding for _, faults in sections for finding in faults]
    told = [*prompts.findings, *prompts.unused(), *findings]
    return replace(pack, sections=tuple(section for section, _ in sections)), told


def speech_lengths(pack: Pack) -> dict[str, float]:
    """About how long each text of the voice is, in seconds, by its name."""
    names = {
        name
        for section in pack.sections
        for track in ((section.prompt,) if section.prompt else ()) + section.tracks
        for name in (*track.edit.announcement, *(piece.source for piece in track.pieces))
    }
    return {name: speech_seconds(speech[1]) for name in names if (speech := speech_of(name))}


def _settled(
    pack: Pack, section: Section, prompts: _Prompts, voice: str | None
) -> tuple[Section, list[Finding]]:
    unsaid: list[tuple[Track, int]] = []
    faults: list[Finding] = []

    def clips_of(track: Track, at: int) -> tuple[str, ...]:
        if track.says is None:
            return track.edit.announcement
        if found := prompts.find(section, track, at):
            return found
        if not voice:
            unsaid.append((track, at))
            return ()
        if _MUTE.fullmatch(track.says):
            faults.append(_unreadable(track, "there is no word in it", prompts.wanted(section, track, at)))
            return ()
        if _HAN.search(track.says) and voice not in _HAN_VOICES:
            why = f'its voice "{voice}" does not read Chinese characters'
            faults.append(_unreadable(track, why, prompts.wanted(section, track, at)))
            return ()
        return (speech_name(voice, track.says),)

    tracks = tuple(
        replace(track, edit=replace(track.edit, announcement=clips_of(track, at)))
        for at, track in enumerate(section.tracks, 1)
    )
    prompt = section.prompt
    if prompt is not None and prompt.says is not None:
        place = prompt.announcement_place
        clips = clips_of(prompt, 0)
        pieces = tuple(Piece(source=clip, place=place, start_place=place, end_place=place) for clip in clips)
        prompt = replace(prompt, pieces=pieces) if pieces else None
    faults += [_unsaid(pack, section, unsaid, voice, prompts)] if unsaid else []
    return replace(section, tracks=tracks, prompt=prompt), faults


def _unsaid(
    pack: Pack, section: Section, unsaid: list[tuple[Track, int]], voice: str | None, prompts: _Prompts
) -> Finding:
    """One finding for all titles of a section without a recording or a voice."""
    (first, at), count = unsaid[0], len(unsaid)
    more = f" and {count - 1:,} more" if count > 1 else ""
    where = f"in {pack.prompts}" if pack.prompts else "and the manifest names no folder of `prompts`"
    record = f"record {'them' if count > 1 else 'it'} ({prompts.wanted(section, first, at)})"
    if voice is None:
        code, why = "E342", "and no voice is installed to speak"
        ways = f'{record}; or, in the project\'s folder: pip install -e ".[speech]"'
    else:
        code, why = "E343", f"and espeak-ng has no voice for {pack.language}"
        ways = f"{record}, or write `announce: false`"
    return Finding(
        code=code,
        place=section.place,
        track=section.title,
        message=f'there is no recording {where}, {why}: "{first.says}"{more}',
        help=ways,
    )


def _unreadable(track: Track, why: str, file: str) -> Finding:
    return Finding(
        code="E344",
        place=track.announcement_place,
        track=track.title,
        message=f'espeak-ng cannot say "{track.says}": {why}',
        help=f"record it ({file} in the `prompts` folder), or write the title otherwise",
    )


class _Prompts:
    """The recordings of the prompts folder, by their names without endings in small letters."""

    def __init__(self, pack: Pack) -> None:
        self.findings: list[Finding] = []
        self._pack, self._shelf = pack, SourceFolder(pack.sources)
        self._folders: dict[str, Mapping[str, list[str]]] = {}
        self._inner: dict[str, str] = {}
        self._is_asked = False
        self._places = _places(pack.sections)
        if pack.prompts is None or not self._shelf.is_there:
            return
        found = self._shelf.locate(pack.prompts)
        if isinstance(found, Path) and found.is_dir():
            self._inner = {name.lower(): f"{pack.prompts}/{name}" for name in self._names(pack.prompts)}
            return
        message = (
            found.message if isinstance(found, SourceFault) else f"{pack.prompts} is no folder of recordings"
        )
        help_text = "`prompts` is a folder in the sources folder, with a recording for each title"
        self._fault("E340", message, help_text)

    def find(self, section: Section, track: Track, at: int) -> tuple[str, ...]:
        """The recordings that say the title of the `at`th track of a section, 0 being its name; () where none do."""
        self._is_asked = True
        for names in self._ways(section, track, at) if self._pack.prompts else ():
            found = [clip for name in names if (clip := self._clip(name))]
            if len(found) == len(names):
                return tuple(found)
        return ()

    def wanted(self, section: Section, track: Track, at: int) -> str:
        """The file to record a title as."""
        passage = track.passage
        if passage is not None and section.passage and passage.first_verse is None:
            return f"{passage.book}_{passage.first:03}.wav"
        return f"{self._place(section, at).upper()}.wav"

    def _place(self, section: Section, at: int) -> str:
        number, before = self._places[section.number]
        return f"s{number:02}_{before + at:03}" if at else f"s{number:02}"

    def unused(self) -> list[Finding]:
        """Recordings that are passed over since their names say no title, of this pack or another; or all of them."""
        heard = [name for name in self._inner if name.rpartition(".")[2] in (*_ENDINGS, *_OTHER_SOUNDS)]
        is_said = any(track.edit.announcement for track in self._pack.tracks)
        if self._inner and not self._is_asked and not is_said:
            message, help_text = (
                f"no title is to be spoken: {self._pack.prompts} is not used",
                "write `announce: true`",
            )
            return [self._told("W345", message, f"{help_text} under `defaults`, or take `prompts` out")]
        names = sorted(self._inner[name].rpartition("/")[2] for name in heard if not _is_name(name))
        if not names:
            return []
        message = f"the names of these files match no announcement: {some(names, _MOST_NAMES)}"
        help_text = (
            "call them MRK_003.wav, MRK.wav, 003.wav, S02.wav or S02_001.wav (or .flac, .ogg, .mp3, .m4a)"
        )
        return [self._told("W345", message, help_text)]

    def _ways(self, section: Section, track: Track, at: int) -> Iterator[tuple[str, ...]]:
        """Names of recordings, or of two to be joined, below the folder; the first that is there counts."""
        passage = track.passage if at else section.passage
        yield (self._place(section, at),)
        if passage is None or track.says != spoken_passage(passage, self._pack.books, self._pack.language):
            return
        book = passage.book.lower()
        if not at:
            yield (book,)
        elif passage.first_verse is None and passage.first == passage.last:
            chapter = f"{passage.first:03}"
            yield (f"{book}_{chapter}",)
            yield (f"{book}/{chapter}",)
            if passage.book != "PSA":
                yield (book, chapter)

    def _clip(self, name: str) -> str:
        """The source path of a recording by its name in small letters; "" if there is none."""
        folder, _, stem = name.rpartition("/")
        found = self._recordings(folder).get(stem, [])
        if len(found) > 1:
            message = f"{found[0]} and {found[1]} are recordings of one title"
            self._fault("E341", message, "take one of them out of the folder")
        return found[0] if found else ""

    def _recordings(self, folder: str) -> Mapping[str, list[str]]:
        """What is in the folder, or in one within it, which is found whatever its capitals."""
        if folder not in self._folders:
            path = self._inner.get(folder, "") if folder else self._pack.prompts or ""
            found: dict[str, list[str]] = defaultdict(list)
            for name in self._names(path) if path else ():
                stem, _, ending = name.lower().rpartition(".")
                if ending in _ENDINGS:
                    found[stem].append(f"{path}/{name}")
            self._folders[folder] = found
        return self._folders[folder]

    def _names(self, path: str) -> list[str]:
        where = self._shelf.locate(path)
        return sorted(self._shelf.names(where)) if isinstance(where, Path) else []

    def _fault(self, code: str, message: str, help_text: str) -> None:
        self.findings.append(self._told(code, message, help_text))

    def _told(self, code: str, message: str, help_text: str) -> Finding:
        return Finding(code=code, place=self._pack.prompts_place, message=message, help=help_text)


def _places(sections: Sequence[Section]) -> dict[int, tuple[int, int]]:
    """The place of each section, and how many tracks it has before its own: the books of a reading plan share one."""
    places: dict[int, tuple[int, int]] = {}
    place = before = 0
    last = None
    for section in sections:
        if last is None or section.plan != last:
            place, before = place + 1, 0
        places[section.number] = place, before
        before, last = before + len(section.tracks), section.plan
    return places


def _is_name(name: str) -> bool:
    """Whether a recording in small letters is called as one of the prompts folder is."""
    stem, _, ending = name.rpartition(".")
    book = _BOOK.fullmatch(stem)
    return ending in _ENDINGS and bool(
        _PLACE.fullmatch(stem) or (book is not None and book[1].upper() in books())
    )
