"""The leak gate over an MP3, a folder, an image, a card or a built pack: what is not accounted for, as findings."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from builder.audit.leak import Leak
from builder.audit.names import judge_name
from builder.audit.track import Allowed, Judged, judge_track, word_leak
from builder.audit.volume import judge_volume
from builder.audit.words import Words, words_of_sources
from builder.card.layout import FIXED_TIME
from builder.card.publish import CARD, IMAGE, RECORD
from builder.errors import StorageError
from builder.fat.read import FatError, open_volume
from builder.findings import Finding, Place
from builder.verify.pack import NoPackError, Pack, Track, read_pack
from builder.verify.target import Found, open_target

Report = Callable[[str, int, int, str], None]
"""Told of each file: the stage ("audit"), how many are done, of how many (0: not known), and which."""

_MOST_BYTES = 1 << 30
# So many leaks of one rule are told one by one.
_MOST_TOLD = 20
_UNSEEN = "free space, deleted entries, label and number of the volume: audit the image or the raw card"


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What was looked at, and what was found. `said` is what a finder reads in the tags: the texts of each frame.

    `unseen` says what such a target does not show, "" if it shows all.
    """

    files: int
    bytes: int
    findings: tuple[Finding, ...]
    said: Mapping[str, tuple[str, ...]]
    unseen: str


def audit(
    path: Path,
    words: Words,
    report: Report,
    *,
    allowed: Allowed | None = None,
    shown_as: Path | None = None,
) -> Audited:
    """Look at every byte of what is there; nothing is written. `allowed` is what the tracks may have, if that is known;
    `shown_as` is how findings name the path.

    A folder that a build made is looked at as its card and its image. StorageError where it cannot be read.
    """
    gate = _Gate(
        words=words, report=report, allowed=allowed or Allowed(), path=path, shown_as=shown_as or path
    )
    try:
        if packs := _packs(path):
            for folder in packs:
                pack = read_pack(folder)
                for target in (folder / CARD, folder / IMAGE):
                    if target.exists():
                        gate.card(target, pack)
                if (folder / IMAGE).exists():
                    gate.unseen = ""
        elif path.is_file() and _is_mp3(path):
            gate.single(path)
        else:
            gate.card(path, _pack_beside(path))
    except NoPackError as error:
        gate.tell(path, "", [Leak(code="E719", message=f"is a pack that cannot be read: {error}")])
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}",
            "put the card in again; a raw card is read with the rights of an administrator only",
        ) from error
    return gate.audited()


def _packs(path: Path) -> list[Path]:
    """The cards of a build at or below a folder."""
    if not path.is_dir():
        return []
    found = [path, *sorted(path.glob("[0-9]*")), *sorted(path.glob("*/[0-9]*")), *sorted(path.glob("*"))]
    packs = [
        folder for folder in dict.fromkeys(found) if (folder / RECORD).is_file() and (folder / CARD).is_dir()
    ]
    return [path] if path in packs else packs


def _pack_beside(path: Path) -> Pack | None:
    """The pack that a card or image lies in, where it lies where a build put it."""
    if path.name not in (CARD, IMAGE):
        return None
    try:
        return read_pack(path.resolve().parent)
    except NoPackError:
        return None


def _is_mp3(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(3)
    return path.suffix.lower() == ".mp3" or head == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")


@dataclass(kw_only=True)
class _Gate:
    """Gathers what is found over one or several targets."""

    words: Words
    report: Report
    allowed: Allowed
    path: Path
    shown_as: Path
    total: int = 0  # files that will be looked at; 0 while that is not known
    files: int = 0
    size: int = 0
    unseen: str = ""
    _findings: list[Finding] = field(default_factory=list)
    _said: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _clean: dict[str, Judged] = field(default_factory=dict)  # by the SHA-256 of the file

    def audited(self) -> Audited:
        return Audited(
            files=self.files,
            bytes=self.size,
            findings=tuple(_capped(self._findings)),
            said={frame: tuple(texts) for frame, texts in self._said.items()},
            unseen=self.unseen,
        )

    def single(self, path: Path) -> None:
        """One MP3, wherever it lies: its name and times are the office's."""
        judged = self._judge(path.read_bytes(), self.words)
        self.files, self.size = 1, path.stat().st_size
        self.tell(path, "", judged.leaks)

    def card(self, target: Path, pack: Pack | None) -> None:
        """A folder, an image or a device, held against its record if there is one."""
        words = self.words
        if pack is not None:
            self.total = self.files + len(pack.tracks)
            sources = words_of_sources(source for track in pack.tracks for source in track.sources)
            words = Words(words=(*words.words, *sources)).without(pack.said)
        try:
            with open_target(target) as there:
                tracks = [self._item(target, found, pack, words) for found in there.walk]
            self._tell_apart(target, [(found, judged) for found, judged in tracks if judged is not None])
            if there.is_image:
                with open_volume(target) as volume:
                    self.tell(target, "", judge_volume(volume, list(volume.walk())))
            else:
                self._tell_times(target, [found for found, _ in tracks])
                self.unseen = _UNSEEN
        except FatError as error:
            message = f"is neither an MP3 nor a card that can be accounted for: {error}"
            self.tell(target, "", [Leak(code="E719", message=message, offset=error.offset)])

    def _item(
        self, target: Path, found: Found, pack: Pack | None, words: Words
    ) -> tuple[Found, Judged | None]:
        track = next((track for track in pack.tracks if track.path == found.path), None) if pack else None
        leaks = list(judge_name(found.path, found.kind))
        if pack is not None and not leaks and found.path not in pack.kinds:
            leaks.append(Leak(code="E707", message="is not of this pack"))
        if pack is None or found.path not in pack.kinds:
            name = found.path.rpartition("/")[2]
            leaks += [
                word_leak(w.kind, f"the name holds {w.what}: {w.text!r}", None) for w in words.in_text(name)
            ]
        if found.fault:
            leaks.append(Leak(code="E719", message=f"cannot be looked into: {found.fault}"))
        judged = None
        if found.kind == "file":
            try:
                judged, more = self._file(_content(found), track, words, is_mp3=not leaks or bool(track))
                leaks += more
            except (OSError, FatError) as error:
                leaks.append(Leak(code="E719", message=f"cannot be read: {error}"))
        self.tell(target, found.path, leaks, found, track)
        return found, judged

    def _file(
        self, data: bytes, track: Track | None, words: Words, *, is_mp3: bool
    ) -> tuple[Judged | None, list[Leak]]:
        """What is in a file of a card. One that has no business there is looked through for words only."""
        self.files, self.size = self.files + 1, self.size + len(data)
        if not is_mp3:
            found = words.in_bytes.find([data])
            return None, [
                word_leak(word.kind, f"{word.what} stands there in {encoding}: {word.text!r}", offset)
                for offset, (word, encoding) in found
            ]
        judged = self._judge(data, words)
        leaks = list(judged.leaks)
        if track is not None and not leaks and hashlib.sha256(data).hexdigest() != track.sha256:
            message = "is not the file that was made, and nothing tells what the difference is"
            leaks.append(Leak(code="E718", message=message))
        return judged, leaks

    def _judge(self, data: bytes, words: Words) -> Judged:
        """The same file is judged once, however often it is there: on the card and in its image."""
        digest = hashlib.sha256(data).hexdigest()
        judged = self._clean.get(digest)
        if judged is None:
            judged = judge_track(data, self.allowed, words)
            if not judged.leaks:
                self._clean[digest] = judged
        for frame, text in judged.said.texts.items():
            self._said[frame][text] = None
        return judged

    def _tell_apart(self, target: Path, tracks: list[tuple[Found, Judged]]) -> None:
        """A track that has a tag or a picture which the others have not."""
        kinds = Counter(judged.makeup for _, judged in tracks if not judged.leaks)
        if len(kinds) < 2:
            return
        usual, count = kinds.most_common(1)[0]
        for found, judged in tracks:
            if not judged.leaks and judged.makeup != usual:
                message = f"is made of {_listed(judged.makeup)}; {count} others are of {_listed(usual)}"
                self.tell(target, found.path, [Leak(code="E703", message=message)], found)

    def _tell_times(self, target: Path, items: list[Found]) -> None:
        told = []
        for found in items:
            seconds = (target / found.path).lstat().st_mtime
            if int(seconds) != FIXED_TIME:
                told.append(f"{found.path!r} of {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC")
        if told:
            many = f"{len(told)} files and folders tell" if len(told) > 1 else "one file or folder tells"
            message = f"{many} a time, {told[0]}"
            help_text = "write the image, or copy with the times of the files; folders too"
            self.tell(target, "", [Leak(code="E711", message=message, help=help_text)])

    def tell(
        self,
        target: Path,
        path: str,
        leaks: Iterable[Leak],
        found: Found | None = None,
        track: Track | None = None,
    ) -> None:
        """Leaks of a file of the target, or of the target itself, as findings."""
        if found is not None and found.kind == "file":
            self.report("audit", self.files, self.total, found.path)
        shown = self.shown_as / target.relative_to(self.path)
        for leak in leaks:
            offset = leak.offset
            if found is not None:
                offset = found.offset if offset is None else _located(found, offset)
            self._findings.append(
                Finding(
                    code=leak.code,
                    place=Place(file=f"{shown}/{path}" if path else str(shown), is_binary=True),
                    message=leak.message,
                    help=leak.help,
                    track=track.title if track else "",
                    offset=offset,
                )
            )


def _located(found: Found, offset: int) -> int:
    try:
        return found.locate(offset)
    except (FatError, OSError):
        return offset


def _content(found: Found) -> bytes:
    """All bytes of a file; FatError where it has more than anybody can listen to."""
    blocks, size = [], 0
    for block in found.read():
        blocks.append(block)
        size += len(block)
        if size > _MOST_BYTES:
            raise FatError(found.offset or 0, f"it has more than {_MOST_BYTES:,} bytes")
    return b"".join(blocks)


def _listed(makeup: tuple[str, ...]) -> str:
    return " + ".join(makeup) or "nothing"


def _capped(findings: list[Finding]) -> Iterator[Finding]:
    """The first leaks of each rule, and how many more there are."""
    counts = Counter(finding.code for finding in findings)
    told: Counter[str] = Counter()
    for finding in findings:
        told[finding.code] += 1
        if told[finding.code] <= _MOST_TOLD:
            yield finding
        elif told[finding.code] == counts[finding.code]:
            more = counts[finding.code] - _MOST_TOLD
            place = Place(file=finding.place.file, is_binary=True)
            yield Finding(
                code=finding.code, place=place, message=f"and {more:,} more like it, up to this one"
            )
