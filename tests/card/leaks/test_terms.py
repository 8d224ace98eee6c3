"""Private terms that a plan would put on a card: also those that only the voice would say."""

from __future__ import annotations

import dataclasses

from builder.card.leaks.terms import terms_in_plan
from builder.card.leaks.words import Word, Words
from builder.manifest.pack import SoundSettings, speech_name
from builder.plan.draw import plan_card
from builder.profiles.load import built_in
from tests.packs import listed, pack_of

_WORDS = Words(words=(Word(text="김철수", what="a private term", kind="term"),))


def test_a_term_that_the_voice_would_say_is_told_though_no_name_or_tag_has_it() -> None:
    section = listed(1, "설교", ["김철수의 간증"])
    edit = SoundSettings(announcement=(speech_name("ko", "김철수의 간증"),))
    spoken = dataclasses.replace(section, tracks=(dataclasses.replace(section.tracks[0], edit=edit),))
    silent = plan_card(pack_of(section, discreet=True), built_in()["sd-card"], {})
    aloud = plan_card(pack_of(spoken, discreet=True), built_in()["sd-card"], {})
    assert list(terms_in_plan(silent, _WORDS)) == []
    (finding,) = terms_in_plan(aloud, _WORDS)
    assert (finding.code, finding.message) == (
        "E717",
        "sd-card: the voice would say '김철수', a private term",
    )
