"""What a cover may hold: the segments of a plain JPEG, and nothing that tells where the picture came from."""

from __future__ import annotations

from builder.card.cover import plain_fault, segments

_MARKERS = {
    0xE0: "a JFIF header with more than the version in it, or a thumbnail",
    0xE1: "EXIF or XMP: camera, place, date, or a thumbnail",
    0xE2: "a colour profile (ICC) or more pictures",
    0xED: "a Photoshop or IPTC record",
    0xEE: "an Adobe record",
    0xFE: "a comment",
    0xC2: "a progressive picture",
}


def picture_fault(data: bytes) -> str:
    """How a JPEG is more than pixels, as the end of a sentence, or ""."""
    try:
        found = segments(data)
    except ValueError as error:
        return f"is no whole JPEG: {error}"
    if not plain_fault(found):
        return ""
    foreign = [
        f"{_MARKERS.get(marker, f'segment {marker:02X}')}" for marker, _ in found if marker in _MARKERS
    ]
    text = next((body for marker, body in found if marker == 0xFE), b"")
    return f"holds {', '.join(dict.fromkeys(foreign))}" + _shown(text) if foreign else plain_fault(found)


def _shown(text: bytes) -> str:
    return f" ({text[:60].decode('latin-1')!r})" if text else ""
