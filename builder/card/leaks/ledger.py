"""What is gathered while one or several targets are looked at: files counted, texts read, leaks as findings."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.card.leaks.leak import Leak
from builder.card.leaks.track import Allowed, Judged, judge_track
from builder.card.leaks.words import Words
from builder.card.verify.target import Found
from builder.fat.read import FatError
from builder.findings import Finding, Place
from builder.sound.mp3.walk import Data
from builder.text import Progress

# So many leaks of one rule are reported one by one.
_MOST_TOLD = 20


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What was looked at, and what was found: `leaks` in all, of which `findings` tell up to twenty of each rule.

    `said` is what a finder reads: the names of files, the texts of each frame of the tags, the words beside tracks.
    `unseen` says what such a target does not show, nothing if it shows all; `is_compared` that it was held against a
    record, which lists every file.
    """

    files: int
    bytes: int
    leaks: int
    findings: tuple[Finding, ...]
    said: Mapping[str, tuple[str, ...]]
    unseen: tuple[str, ...]
    is_compared: bool


@dataclass(kw_only=True)
class AuditFindings:
    """`path` is what is audited, `shown_as` how findings name it."""

    path: Path
    shown_as: Path
    allowed: Allowed
    report: Progress
    total: int = 0
    unseen: list[str] = field(default_factory=list)
    is_compared: bool = True
    _files: int = 0
    _bytes: int = 0
    _findings: list[Finding] = field(default_factory=list)
    _said: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _clean: dict[str, Judged] = field(default_factory=dict)  # by the SHA-256 of the file

    def count(self, data: Data, name: str) -> str:
        """Enter a file that was read; its SHA-256 in hexadecimal."""
        self._files += 1
        self._bytes += len(data)
        self.report("audit", self._files, self.total, name)
        return hashlib.sha256(data).hexdigest()

    def expect(self, files: int) -> None:
        """Say how many files will come next."""
        self.total = self._files + files

    def judge(self, data: Data, digest: str, words: Words) -> Judged:
        """Account for an MP3. The same file is judged once, however often it is there: on the card and in its image."""
        judged = self._clean.get(digest)
        if judged is None:
            judged = judge_track(data, self.allowed, words)
            if not judged.leaks:
                self._clean[digest] = judged
        for frame, text in judged.said.texts.items():
            self.enter_said(frame, [text])
        return judged

    def enter_said(self, frame: str, texts: Iterable[str]) -> None:
        """Enter what a finder reads."""
        for text in texts:
            self._said[frame][text] = None

    def tell(self, target: Path, leaks: Iterable[Leak], found: Found | None = None, title: str = "") -> None:
        """Enter leaks of a target, or of a file or folder found in it."""
        shown = self.shown_as / target.relative_to(self.path)
        place = Place(file=f"{shown}/{found.path}" if found else str(shown), is_binary=True)
        for leak in leaks:
            offset = leak.offset if found is None else _located(found, leak.offset)
            self._findings.append(
                Finding(
                    code=leak.code,
                    place=place,
                    message=leak.message,
                    help=leak.help,
                    track=title,
                    offset=offset,
                )
            )

    def closed(self) -> Audited:
        """All that was entered."""
        return Audited(
            files=self._files,
            bytes=self._bytes,
            leaks=len(self._findings),
            findings=tuple(_capped(self._findings)),
            said={frame: tuple(texts) for frame, texts in self._said.items()},
            unseen=tuple(dict.fromkeys(self.unseen)),
            is_compared=self.is_compared,
        )


def _located(found: Found, offset: int | None) -> int | None:
    """Where a byte of a file is in the image; its entry, where the file as a whole is meant."""
    if offset is None:
        return found.offset
    try:
        return found.locate(offset)
    except (FatError, OSError):
        return offset


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
            message = f"and {more:,} more like it, this the last: {finding.message}"
            yield replace(finding, message=message)
