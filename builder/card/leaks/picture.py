"""What a cover may hold: the segments of a plain JPEG, and nothing that tells where the picture came from."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from builder.card.jpeg import JFIF, plain_fault, segments
from builder.profiles.profile import MAX_COVER_BYTES

_MARKERS = {
    0xE0: "a JFIF header with more than the version in it, or a thumbnail",
    0xE1: "EXIF or XMP: camera, place, date, or a thumbnail",
    0xE2: "a colour profile (ICC) or more pictures",
    0xED: "a Photoshop or IPTC record",
    0xEE: "an Adobe record",
    0xFE: "a comment",
    0xC2: "a progressive picture",
}


@lru_cache(maxsize=8)  # all tracks of a card have the same
def picture_fault(data: bytes) -> str:
    """How a JPEG is more than pixels, as the end of a sentence, or ""."""
    if len(data) > MAX_COVER_BYTES:
        return f"has {len(data):,} bytes, at most {MAX_COVER_BYTES:,} are"
    if not (fault := plain_fault(data)):
        return ""
    with suppress(ValueError):
        found = segments(data)
        foreign = [_MARKERS[marker] for marker, body in found if marker in _MARKERS and body != JFIF]
        text = next((body for marker, body in found if marker == 0xFE), b"")
        return f"holds {', '.join(dict.fromkeys(foreign))}" + _shown(text) if foreign else fault
    return fault


def _shown(text: bytes) -> str:
    return f" ({text[:60].decode('latin-1')!r})" if text else ""
