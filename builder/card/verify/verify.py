"""Holds a card against its pack: what is missing, extra, changed or out of order, and what a computer left there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder.card.verify.content import Content, look_at
from builder.card.verify.match import Matched, match
from builder.card.verify.pack import RecordedPack, read_pack
from builder.card.verify.space import space
from builder.card.verify.target import Target, open_target
from builder.card.verify.tell import WRITE_AGAIN, VerifyFindings
from builder.errors import StorageError
from builder.fat.read import FatError
from builder.findings import Finding
from builder.text import Progress, silent

OrderResult = Literal["verified", "wrong", "not visible"]


@dataclass(frozen=True, kw_only=True)
class Verified:
    """`files` and `bytes` were read and compared. `order` is "not visible" where the system does not show it."""

    pack: str
    files: int
    bytes: int
    order: OrderResult
    findings: tuple[Finding, ...]


def verify(pack: Path, target: Path, report: Progress = silent) -> Verified:
    """Compare an image, a raw card or a folder with the record of a pack; nothing is written.

    NoPackError where `pack` holds no record that is known here; StorageError where the target as a whole cannot be
    read. A single file that cannot be read is a finding.
    """
    expected = read_pack(pack)
    teller = VerifyFindings(target, expected)
    try:
        with open_target(target) as there:
            return _compared(expected, there, teller, report)
    except FatError as error:
        fault = teller.say("E606", "", str(error), WRITE_AGAIN, offset=error.offset)
        return Verified(pack=expected.name, files=0, bytes=0, order="not visible", findings=(fault,))
    except OSError as error:
        raise StorageError(
            f"{target} cannot be read: {error.strerror or error}",
            "put the card in again; a raw card is read with the rights of an administrator only, a folder without",
        ) from error


def _compared(pack: RecordedPack, target: Target, teller: VerifyFindings, report: Progress) -> Verified:
    there = match(pack, target.walk)
    seen = _contents(pack, there, report)
    misplaced = list(teller.order(there)) if target.shows_order else []
    # Where all else is right, it is right to the last byte; where not, the card is written again in any case.
    is_right = not misplaced and _is_whole(pack, there, seen)
    damage = list(teller.damage(target.account(space(report)) if is_right else target.damage))
    order: OrderResult = (
        "wrong" if misplaced else "verified" if target.shows_order and seen else "not visible"
    )
    findings = [
        *(finding for finding in damage if finding.severity == "error"),
        *teller.missing(there),
        *teller.unreadable(there),
        *teller.changed(seen, is_image=target.is_image),
        *misplaced,
        *teller.hidden(there),
        # With nothing of the pack it is another card, and one finding says so.
        *(teller.strange(there) if there.reached else ()),
        *([teller.blind()] if seen and not target.shows_order else ()),
        *(finding for finding in damage if finding.severity == "warning"),
    ]
    read = [content for content in seen.values() if not content.fault or content.bytes]
    return Verified(
        pack=pack.name,
        files=len(read),
        bytes=sum(content.bytes for content in read),
        order=order,
        findings=tuple(findings),
    )


def _is_whole(pack: RecordedPack, there: Matched, seen: Mapping[str, Content]) -> bool:
    """Whether all of the pack is there and nothing else, by names, sizes and marks."""
    return (
        not there.extra
        and not there.junk
        and there.present.keys() == pack.kinds.keys()
        and not any(found.is_hidden or found.fault for found in there.present.values())
        and all(seen[track.path].bytes == track.bytes for track in pack.tracks)
    )


def _contents(pack: RecordedPack, there: Matched, report: Progress) -> dict[str, Content]:
    """What is in the files that are there, in play order."""
    tracks = [track for track in pack.tracks if track.path in there.present]
    seen = {}
    for done, track in enumerate(tracks, 1):
        seen[track.path] = look_at(there.present[track.path], track, pack)
        report("verify", done, len(tracks), track.path)
    return seen
