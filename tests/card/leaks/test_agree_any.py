"""Any pack, planned for any device, agrees with itself; its tags are what the gate reads from them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.card.leaks.agree import disagreements
from builder.card.leaks.tag import Said, judge_id3v1, judge_id3v2
from builder.card.tags import id3v1, id3v2
from builder.manifest.load import load_pack
from builder.manifest.pack import Pack
from builder.plan.fitting import plan_cards
from builder.plan.limits import faults_of
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.profiles.profile import Profile
from tests.conftest import ROOT
from tests.packs import any_packs, lengths_of, plan_of

_PROFILES = built_in()
_GOOD = [*sorted((ROOT / "tests" / "manifests" / "good").glob("*.yaml")), ROOT / "manifests" / "starter.yaml"]


def _said(plan: Plan) -> list[tuple[str, dict[str, str]]]:
    """What the gate reads from the tags of a plan, of which none leaks."""
    found = []
    for track in plan.tracks:
        said = Said()
        before, behind = id3v2(track.tags, plan.profile.tag), id3v1(track.tags, plan.profile.tag.id3v1)
        leaks = list(judge_id3v2(before, 0, said)) if before else []
        leaks += list(judge_id3v1(behind, 0, said)) if behind else []
        assert leaks == [], track.tags
        found.append((track.path, said.texts | said.form))
    return found


@settings(deadline=None, max_examples=100)
@given(any_packs(), st.sampled_from(list(_PROFILES.values())))
def test_a_card_as_it_was_planned_agrees(pack: Pack, profile: Profile) -> None:
    plan = plan_of(pack, profile, {})
    said = _said(plan)
    if not [finding for finding in faults_of(plan, pack) if finding.severity == "error"]:
        assert list(disagreements(said)) == []


@pytest.mark.parametrize("path", _GOOD, ids=lambda path: path.stem)
def test_a_good_manifest_agrees_on_every_device(path: Path) -> None:
    pack = load_pack(path).pack
    assert pack is not None
    for profile in _PROFILES.values():
        for plan in plan_cards(pack, profile, lengths_of(pack, 240.0)):
            if not [finding for finding in faults_of(plan, pack) if finding.severity == "error"]:
                assert list(disagreements(_said(plan))) == []


@pytest.mark.parametrize("name", ["sd-card", "car-legacy", "kulumi"])
@pytest.mark.parametrize("discreet", [False, True])
def test_a_whole_bible_agrees_also_on_two_cards(name: str, discreet: bool) -> None:
    pack = load_pack(ROOT / "manifests" / "whole-bible.yaml").pack
    assert pack is not None
    pack = dataclasses.replace(pack, discreet=discreet, card=dataclasses.replace(pack.card, split=True))
    plans = plan_cards(pack, _PROFILES[name], lengths_of(pack, 240.0))
    assert len(plans) == (2 if name == "car-legacy" else 1)
    for plan in plans:
        assert list(disagreements(_said(plan))) == []
