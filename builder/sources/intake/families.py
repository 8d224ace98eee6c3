"""What the name of a recording claims to hold: the families of names that are delivered in the field. Pure.

The forms are facts: SIL HearThis (src/HearThis/Publishing), FCBH dbp-etl (load/FilenameParser.py), DBS
audio-bible-manager, the Digital Bible Library, BTT Recorder, and what people write by hand in Korean, Chinese and
English. Every witness is kept apart: which of them is right is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from builder.bible.books import books
from builder.bible.lookup import codes_called, narrowed
from builder.bible.numbers import HAN, numeral

_CANON = {book.number: code for code, book in books().items() if book.number <= 66}
NUMBERINGS: Mapping[str, Mapping[int, str]] = {
    "canon": _CANON,
    "usfm": {number + (number > 39): code for number, code in _CANON.items()},
    "zero": {number - 1: code for number, code in _CANON.items()},
    "nt": {number - 39: code for number, code in _CANON.items() if number > 39},
}
"""How books are counted: 1-66; as USFM files are, with Matthew 41 and no 40; from 0; the New Testament from 1."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A word that names a book, and the codes that it may mean."""

    said: str
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a name says. `numbered` is the book by `number`, under each way of counting that has one; the family's own
    unless `is_open`. `chapters` are what its numbers say (Saber names say it twice), none where the name is a book's
    alone. `verses` has no end where the name tells only the first. With `is_counted`, the chapter may be a mere place
    in the order of export.
    """

    family: str
    words: tuple[Witness, ...] = ()
    number: str = ""
    numbered: Mapping[str, str] = field(default_factory=dict)
    chapters: tuple[int, ...] = ()
    verses: tuple[int, int | None] | None = None
    language: str = ""
    is_open: bool = False
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class Family:
    """A form of names. `counts` is how its numbers count books, "" where that differs; where it does not, a name that
    no language here knows is that of the number's book. `folder` is what is behind the name in the folder's, if
    that must hold it too. A form that is `free` is of names typed by hand: of several signs in a row only the first is
    looked at.
    """

    title: str
    form: re.Pattern[str]
    counts: str = ""
    folder: str = ""
    is_free: bool = False


_LONGEST = 150  # characters of a name that is looked at; no family has any so long
_S = r"[ _.\-]"
_ID = r"(?P<id>[A-Z0-9]{9}A(?:[0-9]{2})?(?:-[a-z0-9-]+)?)"  # ENGESVN1DA, ENGESVN1DA16, ENGESVN1DA-opus16
_PORTION_ID = r"_*[A-Z0-9]{8,10}"
_CODE = r"(?P<name>[1-4A-Z][A-Z0-9]{2})"
_HAN = rf"[{HAN}]{{1,7}}"
_WORDED = rf"(?:(?<={_S})(?:chapter|chap|ch)\.?{_S}?|[제第]{_S}?)?"
_NUMBER = rf"(?<![0-9]-)\(?(?P<c>[0-9]{{1,4}}|(?<=第){_HAN}|{_HAN}(?=[章篇回]))\)?"
_CHAPTER = rf"{_WORDED}{_NUMBER}(?:{_S}?[장편章篇回])?"
_VERSE = r"(?:(?<=[장편章篇回])[ _]?|[:.])第?(?P<v>[0-9]{1,3}) ?[절节節]"
_VERSES = r"(?P<v1>[0-9]{1,3})[-~](?P<v2>[0-9]{1,3})"


def _family(title: str, form: str, counts: str = "", *, folder: str = "", is_free: bool = False) -> Family:
    pattern = re.compile(form, re.IGNORECASE if is_free else re.NOFLAG)
    return Family(title=title, form=pattern, counts=counts, folder=folder, is_free=is_free)


FCBH, NUMBERS, BOOK_FOLDERS = "Faith Comes By Hearing", "numbers alone", "chapters in folders of books"
DBP = "Digital Bible Platform"
ANNOUNCED = frozenset({FCBH, DBP})
"""Families whose chapters begin with the name of the book and the number of the chapter."""
FAMILIES = (
    _family(
        FCBH,
        rf"(?P<n>[AB][0-9]{{2}})__(?P<c>__[0-9]|_[0-9]{{2}}|[0-9]{{3}})_(?P<name>.+?)_*{_ID}?",
        "testament",
    ),
    _family(
        DBP,
        rf"{_ID}_(?P<n>[AB][0-9]{{2}})_{_CODE}_(?P<c>[0-9]{{1,3}})(?:_{_VERSES})?",
        "testament",
    ),
    _family(
        f"{FCBH}, portions", rf"Set_[0-9]+_(?P<name>.+?)_(?P<c>[0-9]{{1,3}})_{_VERSES}(?:{_PORTION_ID})?"
    ),
    _family(
        f"{FCBH}, portions",
        rf"[0-9]{{2,4}}_{_CODE}_(?P<c>[0-9]{{1,3}})_{_VERSES}(?:_Set_[0-9]+)?(?:{_PORTION_ID})?",
    ),
    _family(
        "BTT Recorder",
        r"(?i)(?P<lang>[a-z]{2,3}(?:-[a-z0-9-]+)?)_[a-z0-9]+_b(?P<n>[0-9]{2})_(?P<name>[1-4a-z][a-z0-9]{2})"
        r"_c(?P<c>[0-9]{2,3})(?:_v(?P<v1>[0-9]{2,3})(?:-(?P<v2>[0-9]{2,3}))?)?(?:_t[0-9]{2})?",
        "usfm",
    ),
    _family("Paratext and Scripture App Builder", rf"[A-Z0-9]{{2,8}}-{_CODE}-(?P<c>[0-9]{{3}})"),
    _family(
        "numbers before the name",
        r"(?P<n>[0-9]{4})-(?P<c>[0-9]{4})-(?P<name>.+)-(?P<lang>[a-z]{2,3})",
        "canon",
    ),
    _family(
        "a version's letters first", r"[A-Z][A-Z0-9]{1,7}_(?P<n>[0-9]{2})_(?P<name>[^_]+)_(?P<c>[0-9]{1,3})"
    ),
    _family(
        "AudiBible",
        r"(?P<n>[0-9]{2})_[A-Z]{2,8}_(?P<name>[1-4A-Za-z][A-Za-z]{2})_(?P<c>[0-9]{2,3})",
    ),
    _family(
        "Saber and Kulumi",
        r"(?P<n>[0-9]{3})(?P<c>[0-9]{3}) ?(?P<name>(?:[1-4] ?)?[^0-9 ].*?) ?[제第]?(?P<c2>[0-9]{1,3})[장편章篇]?",
        "canon",
    ),
    _family("MegaVoice", r"(?P<name>.+)-(?P<c>[0-9]{3})", folder=r"-[0-9]{3}"),
    _family("Digital Bible Library", rf"{_CODE}_(?P<c>[0-9]{{3}})"),
    _family("Digital Bible Society", r"(?P<n>[0-9]{2})_(?P<name>[^_]+(?:_[^_]+)?)_(?P<c>[0-9]{3})"),
    _family(
        "names of books",
        rf"(?P<book>.+?){_S}?{_CHAPTER}(?:[ _.:,\-]{_VERSES}{_S}?[절节節]?|{_VERSE})?",
        is_free=True,
    ),
    _family(
        NUMBERS,
        rf"(?P<n>[0-9]{{1,3}}){_S}(?P<c>[0-9]{{1,3}})|(?P<n3>[0-9]{{3}})(?P<c3>[0-9]{{3}})",
        is_free=True,
    ),
    _family(
        BOOK_FOLDERS,
        rf"(?:(?:chapter|chap|ch)\.?{_S}?|[제第]{_S}?)?{_NUMBER}(?:{_S}?[장편章篇回])?",
        is_free=True,
    ),
    _family(
        "introductions",
        rf"(?:(?P<book>.+?){_S}?)?(?P<intro>INT|FRT|intro(?:duction)?|서론|개론|머리말|导论|導論|序言)",
        is_free=True,
    ),
    _family("a book of one chapter", r"(?P<book>.+)"),
)
_FOLDERS = (
    re.compile(r"(?P<n>[0-9]{2})_[A-Z]{2,8}_(?P<book>[1-4A-Za-z][A-Za-z]{2})"),  # AudiBible
    re.compile(r"(?P<book>.+)-[0-9]{3}"),  # MegaVoice
    re.compile(r"(?P<book>.+)"),
)
_SEVERAL = re.compile(rf"({_S}){_S}+")
# What systems add to the name of a second copy.
_COPY = re.compile(
    r"[ _]*\([0-9]{1,2}\)$| - (?:Copy|복사본|副本)(?: \([0-9]+\))?$| copy(?: [0-9]+)?$", re.IGNORECASE
)


def claim_of(path: str) -> Claim | None:
    """What the path of a recording, relative to the folder that was given, says of it; None if it names no chapter."""
    folders, _, name = narrowed(path).rpartition("/")
    stem, folder = name.rpartition(".")[0].strip(), folders.rpartition("/")[2].strip()
    if len(stem) > _LONGEST:
        return None
    for text in dict.fromkeys((stem, _COPY.sub("", stem))):
        single = _SEVERAL.sub(r"\1", text)
        for family in FAMILIES:
            match = family.form.fullmatch(single if family.is_free else text)
            if match and (claim := _claim(family, match, folder)):
                return claim
    return None


def book_of(text: str) -> tuple[str, Witness | None]:
    """The number and the word of a text that names a book: `01창세기`, `1 Samuel`, `09_1Samuel`, `0621 John`."""
    digits = len(text) - len(text.lstrip("0123456789"))
    parted = [(text[:cut], text[cut:].strip(" _.-")) for cut in range(min(digits, 4) + 1)]
    found = [
        (number, Witness(said=word, codes=codes)) for number, word in parted if (codes := codes_called(word))
    ]
    if found and not found[0][0]:
        return found[0]
    if len(found) > 1:  # 062 and 1 John, or 0621 and John
        agreed = [one for one in found if {code for _, code in _numbered("", one[0])} & {*one[1].codes}]
        found = agreed or [("", Witness(said=text, codes=tuple(c for _, word in found for c in word.codes)))]
    return found[0] if found else ("", None)


def _claim(family: Family, match: re.Match[str], folder: str) -> Claim | None:
    said = {key: value for key, value in match.groupdict().items() if value}
    number, own = said.get("n") or said.get("n3") or "", None
    if "book" in said:
        number, own = book_of(said["book"])
    elif "name" in said:
        codes = codes_called(said["name"])
        own = Witness(said=said["name"], codes=codes) if codes else None
    if ("book" in said or ("name" in said and not family.counts)) and own is None:
        return None
    if family.folder and not re.fullmatch(re.escape(said["name"]) + family.folder, folder):
        return None
    folder_number, around = _folder_book(folder)
    if family.title == BOOK_FOLDERS:
        number = folder_number
    if family.title == NUMBERS and around is not None and "-" in match[0]:
        return None  # 창세기/1-3.mp3 would be three chapters
    numbered = dict(_numbered(family.counts, number)) if number else {}
    if own is None and around is None and not numbered:
        return None
    read = [numeral(said[key].strip("_")) for key in ("c", "c2", "c3") if key in said]
    chapters = (0,) if "intro" in said else tuple(number for number in read if number is not None)
    if None in read:
        return None
    if not chapters and (own is None or any(books()[code].chapters > 1 for code in own.codes)):
        return None
    first, last = said.get("v1") or said.get("v"), said.get("v2") or said.get("v")
    return Claim(
        family=family.title,
        words=tuple(word for word in (own, around) if word),
        number=number,
        numbered=numbered,
        chapters=chapters,
        verses=(int(first), int(last) if last else None) if first else None,
        language=(said.get("lang") or said.get("id", "")[:3]).lower(),
        is_open=bool(number) and not family.counts,
        is_counted=bool(family.folder),
    )


def _folder_book(folder: str) -> tuple[str, Witness | None]:
    for form in _FOLDERS:
        if match := form.fullmatch(folder):
            number, word = book_of(match["book"])
            if word is not None:
                return match.groupdict().get("n") or number, word
    return (folder if re.fullmatch(r"[0-9]{1,3}", folder) else ""), None


def _numbered(counts: str, number: str) -> Iterator[tuple[str, str]]:
    """The book of a number, by each way of counting that has one."""
    if counts == "testament":
        value = int(number[1:])
        book = _CANON.get(
            value if number[0] == "A" and value <= 39 else value + 39 if number[0] == "B" else 0
        )
        yield from ((counts, book),) if book else ()
        return
    for numbering in (counts,) if counts else NUMBERINGS:
        if book := NUMBERINGS[numbering].get(int(number)):
            yield numbering, book
