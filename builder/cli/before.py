"""What there was before: the packs that a build would replace, held against what would be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from builder.card.verify.pack import NoPackError, read_records
from builder.plan.plan import Plan
from builder.review.compare import Comparison, State, compare
from builder.review.plandoc import cards_json
from builder.review.states import NoStateError, state_of_cards


def packs_before(out: Path, plans: Sequence[Plan]) -> dict[str, State]:
    """The packs that are where these plans would be built below `out`, by their profiles; none where there is none that
    can be read.
    """
    found = {}
    for name, cards in by_profile(plans).items():
        with suppress(NoPackError, NoStateError):
            found[name] = state_of_cards(read_records(out / cards[0].pack / name))
    return found


def by_profile(plans: Sequence[Plan]) -> dict[str, list[Plan]]:
    """The plans of each profile: one, or one for each card."""
    found: dict[str, list[Plan]] = {}
    for plan in plans:
        found.setdefault(plan.profile.name, []).append(plan)
    return found


def since(
    before: Mapping[str, State], plans: Sequence[Plan], digests: Mapping[str, str]
) -> dict[str, Comparison]:
    """What the plans would change in the packs before, by the profile."""
    return {
        name: compare(before[name], state_of_cards(cards_json(cards, digests)))
        for name, cards in by_profile(plans).items()
        if name in before
    }
