"""Reading plans as a manifest asks for them: the books stay sections, and say to which plan they belong."""

from __future__ import annotations

import pytest

from tests.manifest.conftest import HEAD, Load, good, pack_of


def test_the_books_of_a_plan_are_sections_that_share_it() -> None:
    pack = good("reading-plans")
    plans = list(dict.fromkeys(section.plan for section in pack.sections if section.plan))
    assert [(plan.days, plan.by_date, plan.title) for plan in plans] == [
        (365, True, "구약과 신약"),
        (90, False, None),
        (1, False, None),
    ]
    first = [section for section in pack.sections if section.plan == plans[0]]
    assert [section.title for section in first][:2] == ["창세기", "출애굽기"]
    assert (len(first), sum(len(section.tracks) for section in first)) == (66, 1_189)
    assert plans[0].place.line == 6


def test_a_list_is_read_in_its_own_order_and_may_read_a_book_twice() -> None:
    second = [one for one in good("reading-plans").sections if one.plan and one.plan.days == 90]
    assert [str(section.passage) for section in second] == ["GEN", "PSA 1-41", "MAT", "PSA 42-72", "GEN"]
    assert [len(section.tracks) for section in second] == [50, 41, 28, 31, 50]
    psalms = [track for section in (second[1], second[3]) for track in section.tracks]
    assert {track.work for track in psalms} == {"PSA in PSA/"}
    assert psalms[41].pieces[0].source == "PSA/PSA_042.mp3"


def test_a_list_needs_no_plan(load: Load) -> None:
    pack = pack_of(load, f'{HEAD}sections:\n  - {{reading: [PSA 1, PSA 23], source: "{{chapter}}.mp3"}}\n')
    assert [(section.title, section.plan) for section in pack.sections] == [
        ("시편 1편", None),
        ("시편 23편", None),
    ]


@pytest.mark.parametrize(("plan", "days"), [("1 day", 1), ("16 days", 16), ("3days", 3), ("7 day", 7)])
def test_days_are_counted_as_they_are_written(load: Load, plan: str, days: int) -> None:
    text = f'{HEAD}sections:\n  - {{plan: {plan}, reading: MRK, source: "{{chapter}}.mp3"}}\n'
    (section,) = pack_of(load, text).sections
    assert section.plan is not None
    assert (section.plan.days, section.plan.by_date) == (days, False)


def test_a_plan_with_more_days_than_chapters_says_what_to_write(load: Load) -> None:
    loaded = load(
        f'{HEAD}sections:\n  - {{plan: one-year, reading: NT, source: "{{book}}{{chapter}}.mp3"}}\n'
    )
    assert [(finding.message, finding.help) for finding in loaded.findings] == [
        ("365 days, but 260 chapters", "write `plan: 260 days`, or read more chapters")
    ]


def test_chapters_that_take_turns_are_no_more_sections_than_their_plan(load: Load) -> None:
    turns = ", ".join(f"GEN {n}, PSA {n}" for n in range(1, 51))
    entry = f'  - {{plan: 90 days, reading: [{turns}], source: "{{book}}{{chapter}}.mp3"}}\n'
    pack = pack_of(load, f"{HEAD}sections:\n{entry * 12}")
    assert len(pack.sections) == 1_200
    assert len({section.plan for section in pack.sections}) == 12


def test_a_chapter_that_is_no_chapter_is_told_once_and_not_as_a_day_too_many(load: Load) -> None:
    loaded = load(
        f'{HEAD}sections:\n  - {{plan: 2 days, reading: [JUD 3, PSA 2], source: "{{book}}{{chapter}}.mp3"}}\n'
    )
    assert [finding.code for finding in loaded.findings] == ["E213"]


@pytest.mark.parametrize("prompt", ["true", "a.wav"])
def test_that_days_have_no_spoken_names_is_told(load: Load, prompt: str) -> None:
    loaded = load(
        f'{HEAD}sections:\n  - {{plan: 2 days, prompt: {prompt}, reading: PHP, source: "{{chapter}}.mp3"}}\n'
    )
    assert [(finding.code, finding.place.line) for finding in loaded.findings] == [("W238", 5)]
