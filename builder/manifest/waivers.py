"""Waivers: warnings that somebody has looked at and lets pass, by code, with a reason and an end. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from builder.findings import Finding, Place, Problem, rules
from builder.manifest import text
from builder.manifest.track_entries import Written
from builder.manifest.values import Text, Title
from builder.text import closest

# The findings that a manifest and its recordings have: of the manifest, the files, the card, the sound.
_WAIVABLE = re.compile("W[2-5][0-9]{2}")
# Those that only decoding finds.
_HEARD = "W5"
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """Warnings of a code pass until a day, that day included; with `track` only those about a track of that title."""

    code: str
    reason: str
    until: date
    track: str | None
    place: Place

    def covers(self, finding: Finding) -> bool:
        return finding.code == self.code and self.track in (None, finding.track)


def _waivable(code: str) -> str:
    rule = rules().get(code)
    if rule is None:
        likely = closest(code, rules())
        raise text.refused(Problem("E242.misspelled" if likely else "E242.unknown", code=code, likely=likely))
    if rule.severity == "error":
        raise text.refused(Problem("E242.error", code=code))
    if rule.is_private:
        raise text.refused(Problem("E242.private", code=code))
    if not _WAIVABLE.fullmatch(code):
        raise text.refused(Problem("E242.elsewhere", code=code))
    return code


def _day(value: str) -> str:
    try:
        if not _ISO_DAY.fullmatch(value):
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise text.refused(Problem("E243", value=value)) from None
    return value


class WaiverEntry(Written):
    """A kind of warning that you have looked at and let pass."""

    code: Annotated[
        str,
        AfterValidator(_waivable),
        WithJsonSchema({"type": "string", "pattern": f"^{_WAIVABLE.pattern}$"}),
    ] = Field(
        description="The code of a warning, such as W309; errors and what may name someone cannot be waived."
    )
    reason: Text = Field(description="Why it may pass, for who reads the manifest after you.")
    until: Annotated[
        str, AfterValidator(_day), WithJsonSchema({"type": "string", "pattern": f"^{_ISO_DAY.pattern}$"})
    ] = Field(description="The last day on which it passes: 2027-03-31.")
    track: Title | None = Field(None, description="Only for tracks of this title.")


def waiver_of(entry: WaiverEntry, place: Place) -> Waiver:
    """The waiver that a valid entry at a place is."""
    until = date.fromisoformat(entry.until)
    return Waiver(code=entry.code, reason=entry.reason, until=until, track=entry.track, place=place)


def today() -> date:
    """The day of this computer, by which waivers end."""
    return datetime.now(UTC).astimezone().date()


def settle(
    waivers: Sequence[Waiver], findings: Iterable[Finding], day: date
) -> tuple[list[Finding], dict[Finding, Waiver]]:
    """The findings that stay, and those that are waived, by which waiver."""
    kept, waived = [], {}
    for finding in findings:
        waiver = next((one for one in waivers if one.covers(finding) and day <= one.until), None)
        if waiver is None:
            kept.append(finding)
        else:
            waived[finding] = waiver
    return kept, waived


def idle(
    waivers: Sequence[Waiver], used: Container[Waiver], day: date, *, is_heard: bool
) -> Iterator[Finding]:
    """Findings about waivers that have ended or waive nothing. Of what only decoding finds nothing is said before, and
    of the rest nothing afterwards.
    """
    for waiver in waivers:
        if waiver.code.startswith(_HEARD) is not is_heard:
            continue
        if day > waiver.until:
            yield Problem("W244.ended", code=waiver.code, until=waiver.until.isoformat()).at(waiver.place)
        elif waiver not in used:
            yield Problem("W244.unused", code=waiver.code).at(waiver.place)


def reasons(waived: Mapping[Finding, Waiver]) -> dict[Finding, str]:
    """Why each finding passes."""
    return {
        finding: f"{waiver.reason} (until {waiver.until.isoformat()})" for finding, waiver in waived.items()
    }
