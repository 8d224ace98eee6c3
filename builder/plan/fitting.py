"""How a pack comes to fit: on one card, at a lower bitrate, or on several cards. Pure.

The manifest says what may be done (`fit`, `split`). Where it does not, or where that is not enough, the plan says
what would do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from builder.findings import Phrase
from builder.manifest.pack import Pack, Section
from builder.plan.days import laid_out
from builder.plan.draw import levels_of, plan_card
from builder.plan.paths import Romanize
from builder.plan.plan import Plan
from builder.plan.sizing import GB
from builder.profiles.profile import Profile

# Of MPEG-1 Layer III (ISO 11172-3, table 2.4.2.3).
_BITRATES_KBPS = (320, 256, 224, 192, 160, 128, 112, 96, 80, 64, 56, 48, 40, 32)


def plan_cards(
    pack: Pack,
    profile: Profile,
    seconds: Mapping[str, float],
    romanize: Romanize | None = None,
    cover_bytes: int = 0,
    lyrics_bytes: Mapping[str, int] | None = None,
) -> tuple[Plan, ...]:
    """The card of a pack for a profile, or the cards where it takes several and may.

    One that does not fit is returned all the same, with what would help; limits.py finds the fault in it.
    """
    pack = laid_out(pack, profile, seconds, is_flat=levels_of(pack, profile) == 1)
    inputs = _Inputs(
        profile=profile,
        seconds=seconds,
        romanize=romanize,
        cover_bytes=cover_bytes,
        lyrics_bytes=lyrics_bytes or {},
    )
    plan = inputs.plan(pack)
    if fits(plan):
        return (plan,)
    if pack.card.fit and (lower := inputs.at_lower_bitrate(pack)):
        return (lower,)
    cards = inputs.on_several_cards(pack, pack.card.fit and pack.card.split)
    if pack.card.split and cards:
        return cards
    return (replace(plan, remedies=tuple(inputs.remedies(pack, cards))),)


def fits(plan: Plan) -> bool:
    """Whether the card holds the plan, and the device finds all its files."""
    limits = plan.profile.limits
    return (
        plan.size.holds
        and len(plan.folders) <= limits.max_folders
        and entries_of(plan) <= limits.max_files
        and max(plan.files_by_folder.values()) <= limits.max_files_per_folder
    )


def entries_of(plan: Plan) -> int:
    """The files of a card as the device counts them: some count the folders too."""
    return len(plan.tracks) + (len(plan.folders) if plan.profile.limits.folders_count == "yes" else 0)


@dataclass(frozen=True, kw_only=True)
class _Inputs:
    """What every plan of a pack shares."""

    profile: Profile
    seconds: Mapping[str, float]
    romanize: Romanize | None
    cover_bytes: int
    lyrics_bytes: Mapping[str, int]

    def plan(self, pack: Pack, bitrate_kbps: int | None = None) -> Plan:
        return plan_card(
            pack,
            self.profile,
            self.seconds,
            romanize=self.romanize,
            bitrate_kbps=bitrate_kbps,
            cover_bytes=self.cover_bytes,
            lyrics_bytes=self.lyrics_bytes,
        )

    def lower_bitrates(self) -> list[int]:
        """The bitrates below the profile's own that its devices read, best first."""
        highest, lowest = self.profile.audio.bitrate_kbps, self.profile.min_bitrate_kbps
        return [rate for rate in _BITRATES_KBPS if lowest <= rate < highest]

    def at_lower_bitrate(self, pack: Pack) -> Plan | None:
        """The plan at the best bitrate of the profile's range at which it fits."""
        plans = (self.plan(pack, rate) for rate in self.lower_bitrates())
        return next((plan for plan in plans if fits(plan)), None)

    def on_several_cards(self, pack: Pack, may_be_lower: bool) -> tuple[Plan, ...]:
        """The fewest cards that hold whole sections in their order, at the best bitrate at which they can; none where
        a section is too much for one.
        """
        rates = [None, *(self.lower_bitrates() if may_be_lower else [])]
        return next(filter(None, (self._cards(pack, rate) for rate in rates)), ())

    def _cards(self, pack: Pack, rate: int | None) -> tuple[Plan, ...]:
        plans: list[Plan] = []
        rest = pack.sections
        while rest:
            # Joining chapters changes what sections take: each share is planned as the card that it would be.
            shares = range(1, len(rest) + 1)
            count = bisect_left(
                shares, True, key=lambda count: not fits(self._share(pack, rest[:count], rate))
            )
            if count == 0 or count == len(pack.sections):
                return ()
            plans.append(self._share(pack, rest[:count], rate))
            rest = rest[count:]
        return tuple(replace(plan, number=number, cards=len(plans)) for number, plan in enumerate(plans, 1))

    def _share(self, pack: Pack, sections: Sequence[Section], rate: int | None = None) -> Plan:
        """The plan of some sections; names count them from 1, whatever their numbers in the pack."""
        return self.plan(replace(pack, sections=tuple(sections)), rate)

    def remedies(self, pack: Pack, cards: tuple[Plan, ...]) -> Iterator[Phrase]:
        """The ways to make the pack fit, best first. Each does so alone, or prevents several cards."""
        lower = None if pack.card.fit else self.at_lower_bitrate(pack)
        if lower is not None:
            yield Phrase("way_fit", kbps=lower.audio.bitrate_kbps)
        if cards:
            yield Phrase("way_split", cards=len(cards))
        if pack.card.split and not cards:
            yield from (
                Phrase("way_divide", section=section.title)
                for section in pack.sections
                if not fits(self._share(pack, [section]))
            )
        limits = self.profile.limits
        if limits.merge == "none":
            merging = replace(self.profile, limits=replace(limits, merge="chapters"))
            if fits(replace(self, profile=merging).plan(pack)):
                yield Phrase("way_merge")
        if pack.card.label_bytes is not None:
            larger = self.plan(replace(pack, card=replace(pack.card, label_bytes=None)))
            if fits(larger):
                yield Phrase("way_larger_card", gb=larger.size.label_bytes // GB)
