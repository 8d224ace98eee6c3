"""The names of a card's folders and files: the numbers and words that fill a profile's patterns. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.bible.books import ENGLISH
from builder.bible.passage import Passage
from builder.bible.titles import passage_title, short_passage
from builder.manifest.pack import Pack, Section
from builder.plan.arrange import File, Folder
from builder.plan.days import day_words, plain_day
from builder.plan.places import Group, canon_numbers, groups_above, section_numbers
from builder.profiles.naming import Number, bytes_of, digits_of, holds, label, name, without_words
from builder.profiles.profile import NameSettings, Profile

Romanize = Callable[[str], str]
"""Text in Latin letters, for devices that have no others."""

ENDING = ".mp3"


@dataclass(frozen=True, kw_only=True)
class FileName:
    """The name of a file; its title, what a screen is to show of it, and the same in ASCII."""

    file: str
    title: str
    shown_title: str
    plain_title: str


class Namer:
    """Names the folders and files of one card; those of a discreet pack by numbers alone.

    There a folder has its place in the manifest also where the device numbers books as the Bible does: 041 says Mark.
    A chapter keeps its true number: renumbering would shift every later chapter when one is missing, and office and
    listeners go by these numbers.
    """

    def __init__(
        self, pack: Pack, profile: Profile, levels: int, files: int, romanize: Romanize | None
    ) -> None:
        self._pack, self._names, self._romanize = pack, profile.names, romanize
        if pack.discreet:
            self._names = _wordless(profile.names)
        self._is_flat, self._files = levels == 1, files
        self._above = groups_above(pack, profile, levels)
        self._numbers = section_numbers(pack, self._above)
        self._canon = canon_numbers(pack)

    def folder(self, folder: Folder) -> str:
        """The path of a folder, "" for files that are in none."""
        if self._is_flat:
            return ""
        first, last = folder.sections[0], folder.sections[-1]
        words = ["-".join(dict.fromkeys(filter(None, map(self._folder_words, (first, last)))))]
        if first is last and first.days:
            words = day_words(first, self._names)
        above = [self._group(group) for group in self._above[first.number]]
        counts = {"section": self._numbers, "canon": self._canon} if self._pack.discreet else {}
        spans = {field: _span(numbers, folder) for field, numbers in counts.items()}
        return "/".join([*above, self._filled(self._names.section_name, first, words, spans)])

    def files(self, folder: Folder, path: str, place: int) -> list[FileName]:
        """The names of a folder's files; the first is the `place`th file of the card."""
        above = bytes_of(self._names.charset, f"{path}/" if path else "")
        titles = [_title(file.track.title, file) for file in folder.files]
        most = self._names.distinct_chars
        # A screen that shows the beginning only must not show the same for two.
        is_distinct = not most or len({title[:most].casefold() for title in titles}) == len(titles)
        highest: dict[int, int] = {}
        for file in folder.files:
            highest[file.section.number] = max(file.last, highest.get(file.section.number, 0))
        found = []
        for at, (file, title) in enumerate(zip(folder.files, titles, strict=True), place):
            width = max(3, len(str(highest[file.section.number])))
            number = Number(value=file.number, last=file.last, width=width)
            count = Number(value=at, width=len(str(self._files)))
            before = count.digits(3) if self._is_flat else number.digits(0)
            named = self._file(file, title, number, count, above)
            shown, plain = title if is_distinct else f"{before} {title}", self._plain_title(file)
            if self._pack.discreet:
                shown = plain = digits_of(named.removesuffix(ENDING))
            found.append(FileName(file=named, title=title, shown_title=shown, plain_title=plain))
        return found

    def album(self, folder: Folder) -> tuple[str, str]:
        """What a player calls a folder, and the same in ASCII."""
        first, last = folder.sections[0], folder.sections[-1]
        if self._pack.discreet:
            place = self._canon[first.number] if self._is_flat else _span(self._canon, folder)
            return place.digits(2), place.digits(2)
        if self._is_flat and last is not first:
            return self._pack.title, self.plain(self._pack.title, "")
        titles = [first.title] if last is first else [first.title, last.title]
        words = [self._plain_album(one) for one in dict.fromkeys((first, last))]
        return " - ".join(titles), " - ".join(words)

    def _plain_album(self, section: Section) -> str:
        if section.passage and not section.title.isascii():
            return passage_title(section.passage, ENGLISH)  # as its chapters are called
        if section.days and not section.title.isascii():
            return plain_day(section)
        return self.plain(section.title, self._folder_words(section))

    def plain(self, text: str, otherwise: str) -> str:
        """A text in ASCII: as it is, in Latin letters if that was asked for, or what is said instead."""
        return text if text.isascii() else self._latin(text) or (otherwise if otherwise.isascii() else "")

    def _file(self, file: File, title: str, number: Number, place: Number, above: int) -> str:
        """The name of a file in a folder whose path takes `above` bytes."""
        passage = file.track.passage
        # A chapter that the device cannot show is told by its book, which says more than letters for its sounds.
        words = self._label(title) if file.section.passage else self._words(title)
        if not words and passage is not None:
            is_short = self._names.charset == "ascii" and self._names.letters == "capitals"
            words = short_passage(passage) if is_short else self._label(self._plain_title(file))
        pattern = self._names.chapter_name if file.section.passage else self._names.track_name
        return self._filled(
            self._names.flat_name if self._is_flat else pattern,
            file.section,
            day_words(file.track, self._names) or [words],
            {"number": number, "place": place},
            ending=ENDING,
            above=above,
        )

    def _plain_title(self, file: File) -> str:
        passage, title = file.track.passage, file.track.title
        if file.number == 0:  # the section's name
            passage = file.section.passage
        english = passage_title(passage, ENGLISH) if passage else ""
        if file.section.passage and english and not title.isascii():
            title = english
        if file.track.days and not title.isascii():
            title = plain_day(file.track)
        return _title(self.plain(title, english or str(file.track.number)), file)

    def _filled(
        self,
        pattern: str,
        section: Section,
        words: Sequence[str],
        numbers: Mapping[str, Number],
        ending: str = "",
        above: int = 0,
    ) -> str:
        values: dict[str, str | Number] = {
            "section": self._numbers[section.number],
            "canon": self._canon[section.number],
            "book": section.passage.book if section.passage else "",
            "bookname": self._book_name(section.passage) if section.passage else "",
            **numbers,
        }
        return self._named(pattern, values, words, ending, above)

    def _group(self, group: Group) -> str:
        if group.is_root:
            return group.title
        words = [self._words(group.title)]
        number = Number(value=group.number, width=len(str(group.siblings)))
        return self._named(self._names.group_name, {"group": number, "testament": group.title}, words)

    def _named(
        self,
        pattern: str,
        values: dict[str, str | Number],
        words: Sequence[str],
        ending: str = "",
        above: int = 0,
    ) -> str:
        """A name with the first words that it has room for; else with as much of the last as there is."""
        made = ""
        for choice in words:
            made = name(
                pattern,
                {**values, "label": choice},
                charset=self._names.charset,
                max_chars=self._names.max_name_chars,
                max_bytes=min(self._names.max_name_bytes, self._names.max_path_bytes - above),
                ending=ending,
            )
            if choice in made:
                break
        return made

    def _label(self, text: str) -> str:
        return label(text, self._names.charset, self._names.letters)

    def _words(self, text: str) -> str:
        """A title as the device can show it; "" where it cannot."""
        if self._romanize is not None and not holds(self._names.charset, text):
            text = self._romanize(text)
        return self._label(text)

    def _latin(self, text: str) -> str:
        """A text in ASCII letters, or ""; romanized, if that was asked for."""
        return label(self._romanize(text) if self._romanize else text, "ascii", "any")

    def _folder_words(self, section: Section) -> str:
        passage = section.passage
        if section.days:
            return day_words(section, self._names)[0]
        if passage is None:
            return self._words(section.title)
        if self._names.charset != "ascii":
            return self._label(section.title) or self._book_name(passage)
        # Where only capitals are read names are short, and a code can be matched by every script's readers.
        return passage.book if self._names.letters == "capitals" else self._book_name(passage)

    def _book_name(self, passage: Passage) -> str:
        """A book in the pack's language where the device can show it, else in English."""
        return self._label(self._pack.books.of(passage.book)) or self._label(ENGLISH.of(passage.book))


def _wordless(names: NameSettings) -> NameSettings:
    """The patterns of a discreet pack."""
    return replace(
        names,
        group_name=without_words(names.group_name),
        section_name=without_words(names.section_name),
        chapter_name=without_words(names.chapter_name),
        track_name=without_words(names.track_name),
        flat_name=without_words(names.flat_name),
    )


def _span(numbers: Mapping[int, Number], folder: Folder) -> Number:
    """The number of a folder; of one that holds several sections, the first and the last."""
    first, last = (numbers[section.number] for section in (folder.sections[0], folder.sections[-1]))
    return replace(first, last=max(first.value, last.value))


def _title(title: str, file: File) -> str:
    return title if file.parts == 1 else f"{title} {file.part}/{file.parts}"
