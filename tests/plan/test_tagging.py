"""What a tag says, and how long it is before anything is written."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.card.tags import id3v2
from builder.plan.tagging import Tags, is_wide, shown, tag_bytes
from builder.profiles.profile import TagSettings
from tests.tags import ASCII, BARE, CHINESE, KOREAN, LATIN_1, SETTINGS, TEXTS, UTF_16, tags


@given(
    st.sampled_from([SETTINGS, UTF_16, BARE]),
    st.builds(tags, TEXTS, TEXTS, TEXTS, st.integers(1, 99_999)),
    st.binary(max_size=300),
)
def test_a_tag_is_as_long_as_was_said_before_it_was_written(
    settings: TagSettings, values: Tags, cover: bytes
) -> None:
    assert tag_bytes(values, settings, len(cover)) == len(id3v2(values, settings, cover))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["C"]), max_size=60))
def test_a_latin_1_tag_is_as_long_as_was_said(title: str) -> None:
    assert tag_bytes(tags(title), LATIN_1) == len(id3v2(tags(title), LATIN_1))


def test_the_length_of_a_tag_counts_by_hand() -> None:
    texts = ["Mark 1", "Reader", "01 Mark", "7", "2", "eng", "Speech"]
    assert tag_bytes(ASCII, SETTINGS) == 10 + sum(12 + len(text) for text in texts)
    assert tag_bytes(ASCII, UTF_16) == 10 + sum(15 + 2 * len(text) for text in texts)
    assert tag_bytes(ASCII, SETTINGS, 1000) == tag_bytes(ASCII, SETTINGS) + 24 + 1000
    assert tag_bytes(ASCII, BARE, 1000) == 0


def test_an_emoji_takes_two_units() -> None:
    assert tag_bytes(tags("😀"), SETTINGS) == tag_bytes(tags("가나"), SETTINGS)


@pytest.mark.parametrize(
    ("values", "settings", "wide"),
    [
        (ASCII, SETTINGS, False),
        (KOREAN, SETTINGS, True),
        (CHINESE, SETTINGS, True),
        (tags("Éphèse"), SETTINGS, True),
        (ASCII, UTF_16, True),
        (tags("Éphèse"), LATIN_1, False),
    ],
)
def test_one_letter_beyond_ascii_widens_the_whole_tag(
    values: Tags, settings: TagSettings, wide: bool
) -> None:
    assert is_wide(values.texts, settings.tag_encoding) is wide


def test_texts_are_composed() -> None:
    apart = dataclasses.replace(KOREAN, title=unicodedata.normalize("NFD", KOREAN.title))
    assert apart != KOREAN
    assert apart.texts == KOREAN.texts


def test_a_latin_1_device_is_shown_the_plain_text_of_what_it_lacks() -> None:
    assert shown("마가복음", "Mark", LATIN_1) == "Mark"
    assert shown("Éphèse", "Ephese", LATIN_1) == "Éphèse"
    assert shown("마가복음", "Mark", SETTINGS) == "마가복음"
