"""Tags in three scripts, and what a profile may want of them."""

from __future__ import annotations

import dataclasses
import unicodedata

from hypothesis import strategies as st

from builder.plan.tagging import Tags
from builder.profiles.profile import TagSettings
from builder.text import text_fault

ASCII = Tags(
    title="Mark 1",
    artist="Reader",
    album="01 Mark",
    track=7,
    disc=2,
    language="eng",
    genre="Speech",
    plain_title="Mark 1",
    plain_artist="Reader",
    plain_album="01 Mark",
)
KOREAN = dataclasses.replace(
    ASCII, title="마가복음 1장", artist="김목사", album="01 마가복음", language="kor"
)
CHINESE = dataclasses.replace(ASCII, title="马可福音 1", artist="李牧师", album="01 马可福音", language="chi")

SETTINGS = TagSettings(
    tag="v2.3",
    tag_encoding="auto",
    max_tag_bytes=2048,
    id3v1="none",
    genre="Speech",
    cover="none",
    max_cover_px=500,
    max_cover_bytes=50_000,
)
UTF_16 = dataclasses.replace(SETTINGS, tag_encoding="utf-16")
LATIN_1 = dataclasses.replace(SETTINGS, tag_encoding="latin-1")
BARE = dataclasses.replace(SETTINGS, tag="none")


def _as_written(text: str) -> str:
    """A text that the manifest takes, or none."""
    return "" if text_fault(unicodedata.normalize("NFC", text)) else unicodedata.normalize("NFC", text)


# What a person may write: no control characters, no halves of a character; also letters beyond the first 65536.
TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60).map(_as_written)


def tags(title: str, artist: str = "Reader", album: str = "01 Mark", track: int = 7) -> Tags:
    return dataclasses.replace(ASCII, title=title, artist=artist, album=album, track=track)
