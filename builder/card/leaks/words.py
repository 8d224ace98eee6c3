"""Words that no card may hold: of this computer, of the recordings' files, and of the office's private list."""

from __future__ import annotations

import getpass
import os
import platform
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from builder.bible.books import books
from builder.card.leaks.apart import Apart, letters_of, seen, unmarked
from builder.files.opening import open_file

if TYPE_CHECKING:
    from builder.card.leaks.search import Needles

# Shorter ones turn up by chance among the thousand million bytes of coded sound.
_LEAST_IN_SOUND = 6
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp949", "cp936", "latin-1")
_LEAST_WORD, _LEAST_TERM = 3, 2
_MOST_BYTES = 4_000_000
# Names of users, computers and zones that many have, and that name nobody.
_NOBODY = frozenset(
    """root user admin administrator guest owner default public home localhost ubuntu debian fedora linux windows macos
    android pi runner test tester build builder docker pc desktop laptop macbook computer server card music mp3 audio
    utc gmt local universal etc zulu unknown none""".split()  # noqa: SIM905
)

WordKind = Literal["computer", "source", "term"]


class TermsError(ValueError):
    """A file of private terms that cannot be used; the message says where and why."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """A text that must not be on a card, and what it is, as the end of a sentence ("the name of this computer")."""

    text: str
    what: str
    kind: WordKind

    @cached_property
    def folded(self) -> str:
        return _folded(self.text)

    @cached_property
    def _apart(self) -> Apart:
        return Apart(self.text)

    def is_within(self, folded: str, plain: str, letters: str) -> bool:
        """Whether a text holds it, in the three forms of it; within words too, since Korean sets its endings right
        behind a name.
        """
        return self.folded in folded or self._apart.is_in(plain, letters)

    def is_in(self, folded: str) -> bool:
        """Whether a folded text holds it as a whole word."""
        if self.folded not in folded:
            return False
        return re.search(rf"(?<![^\W_]){re.escape(self.folded)}(?![^\W_])", folded) is not None

    def spellings(self) -> Iterator[tuple[bytes, str]]:
        """The word as bytes, with the name of the encoding: in several cases, composed and decomposed."""
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, self.text)
            for case in dict.fromkeys((text, text.lower(), text.upper(), text.title())):
                for encoding in _ENCODINGS:
                    try:
                        yield case.encode(encoding), encoding
                    except UnicodeEncodeError:
                        continue


@dataclass(frozen=True, kw_only=True)
class Words:
    """All that is looked for."""

    words: tuple[Word, ...]

    def in_text(self, text: str) -> list[Word]:
        """Those that a name or the text of a tag holds."""
        folded = _folded(text)
        begun = (word for part in dict.fromkeys(_parts(folded)) for word in self._by_first_part.get(part, ()))
        plain = unmarked(text) if self._terms else ""
        letters = letters_of(plain)
        terms = (word for word in self._terms if word.is_within(folded, plain, letters))
        return [*terms, *(word for word in begun if word.is_in(folded))]

    def terms_in(self, text: str) -> list[Word]:
        """The private terms alone that a text holds."""
        return [word for word in self.in_text(text) if word.kind == "term"]

    def without(self, texts: Iterable[str]) -> Words:
        """Without those of computers and files that the pack itself says, since a manifest may name what it likes.

        Private terms stay: that is what they are for.
        """
        said = {word for text in texts for word in self.in_text(text)}
        return Words(words=tuple(word for word in self.words if word.kind == "term" or word not in said))

    @cached_property
    def _terms(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.kind == "term")

    @cached_property
    def _by_first_part(self) -> Mapping[str, list[Word]]:
        """Whole words by the run of letters that they begin with: thousands are looked up at once."""
        found: dict[str, list[Word]] = defaultdict(list)
        for word in self.words:
            if word.kind != "term" and (first := _parts(word.folded)[:1]):
                found[first[0]].append(word)
        return found

    @cached_property
    def in_sound(self) -> Needles[tuple[Word, str]]:
        """What to look for among coded sound: computers and terms, where they are long enough not to be chance."""
        return _needles(self._spelled(_LEAST_IN_SOUND, ("computer", "term")))

    @cached_property
    def in_bytes(self) -> Needles[tuple[Word, str]]:
        """What to look for among bytes that have no business on a card."""
        return _needles(self._spelled(4, ("computer", "source", "term")))

    def _spelled(self, least: int, kinds: Sequence[WordKind]) -> Iterator[tuple[bytes, tuple[Word, str]]]:
        for word in reversed(self.words):  # of two that are spelled alike, the first is reported
            for data, encoding in word.spellings() if word.kind in kinds else ():
                if len(data) >= least:
                    yield data, (word, encoding)


def _needles(spelled: Iterable[tuple[bytes, tuple[Word, str]]]) -> Needles[tuple[Word, str]]:
    from builder.card.leaks.search import (
        Needles,  # only the audit looks through bytes, for which it takes numpy
    )

    return Needles(dict(spelled))


def words_of_this_computer(environment: Mapping[str, str] | None = None) -> list[Word]:
    """The user's names, the computer's, the home folder and the time zone, as far as they name anyone."""
    known = os.environ if environment is None else environment
    found: dict[str, str] = {}

    def add(text: str | None, what: str) -> None:
        if text and _names_someone(text):
            found.setdefault(text, what)

    for key in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"):
        add(known.get(key), "the user of this computer")
    with suppress(OSError, KeyError, ImportError):  # a user without a name
        add(getpass.getuser(), "the user of this computer")
    add(_full_name(), "the user's full name")
    for name in (platform.node(), known.get("COMPUTERNAME"), known.get("HOSTNAME")):
        add(name, "the name of this computer")
        add((name or "").partition(".")[0], "the name of this computer")
    home = known.get("HOME") or known.get("USERPROFILE")
    if home and len(Path(home).parts) > 2:  # more than /root
        found[home] = "the home folder"
        add(Path(home).name, "the user of this computer")
    for zone in (known.get("TZ"), _zone()):
        add(zone and zone.lstrip(":"), "the time zone")
    return [Word(text=text, what=what, kind="computer") for text, what in found.items()]


def words_of_sources(names: Iterable[str]) -> list[Word]:
    """The names of the recordings' files, with their endings and without, where they are more than numbers."""
    found: dict[str, None] = {}
    for name in names:
        last = name.rpartition("/")[2]
        for text in (last, last.rpartition(".")[0]):
            if len(text) > _LEAST_WORD and re.search(r"[^\W\d_]{3}", text) and _names_someone(text):
                found[text] = None
    return [Word(text=text, what="the name of a recording's file", kind="source") for text in found]


def read_terms(path: Path) -> list[Word]:
    """The terms of a private list: UTF-8, one to a line; empty lines and those that begin with # are passed over.

    TermsError where it cannot be read, or a term is too short to be looked for.
    """
    try:
        with open_file(path) as stream:
            data = stream.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise TermsError(f"{path} is not UTF-8; save it with that encoding") from None
    if len(data) > _MOST_BYTES:
        raise TermsError(f"{path} is larger than a list of words")
    words = []
    for number, line in enumerate(text.splitlines(), 1):
        term = line.strip()
        if not term or term.startswith("#"):
            continue
        word = Word(text=term, what=f"a private term (line {number} of the list)", kind="term")
        if len(word.folded.replace(" ", "")) < _LEAST_TERM:
            message = f"{path}:{number}: fewer than {_LEAST_TERM} letters that can be seen are on every card"
            raise TermsError(f"{message}; write {_LEAST_TERM} or more")
        words.append(word)
    return words


def _names_someone(text: str) -> bool:
    """Neither too short, nor a number, nor what many are called, nor a book of the Bible (a user may be a Mark)."""
    key = _folded(text)
    is_common = all(part in _NOBODY for part in _parts(key))
    least = _LEAST_WORD if text.isascii() else _LEAST_TERM  # Korean and Chinese names have two letters
    return len(text) >= least and not text.isdigit() and not is_common and key not in _names_of_books()


@cache
def _names_of_books() -> frozenset[str]:
    return frozenset(_folded(name) for book in books().values() for name in book.names.values())


def _full_name() -> str:
    """What the system knows as the user's own name; "" where it does not say."""
    try:
        import pwd
    except ImportError:  # Windows
        return ""
    try:
        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    except KeyError:
        return ""


def _zone() -> str:
    """The zone of the system's clock, such as Asia/Seoul, if a link names it (Linux, macOS)."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _parts(folded: str) -> list[str]:
    """The runs of letters and digits in a text."""
    return re.findall(r"[^\W_]+", folded)


def _folded(text: str) -> str:
    """As a reader takes it: whatever the case, the width of letters and the form of spaces, and nothing unseen."""
    wide = unicodedata.normalize("NFKC", seen(text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", seen(wide)).replace("_", " ").split())
