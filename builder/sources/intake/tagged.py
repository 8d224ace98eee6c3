"""The title that a recording's own ID3v2 tag gives. Nothing is unpacked or decompressed, whatever a frame claims.

Layout: id3.org, "ID3 tag version 2.3.0" (frame sizes are plain) and "2.4.0" (they are syncsafe).
"""

from __future__ import annotations

from pathlib import Path

from builder.files.opening import open_file
from builder.sources.mpeg import id3v2_size

_MOST_BYTES = 256 * 1024  # a picture before the title may be larger; then there is no title
_ENCODINGS = {1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


def title_in(path: Path, language: str) -> str:
    """The title in the tag before an MP3's sound, "" without one. Programs write Korean and Chinese in the code page of
    their Windows where Latin-1 is declared; `language` tells which that was.
    """
    try:
        with open_file(path) as stream:
            head = stream.read(_MOST_BYTES)
    except OSError:
        return ""
    size = id3v2_size(head[:10])
    if (
        not size or head[3] not in (3, 4) or head[5] & 0xC0
    ):  # unsynchronised, or with an extended header: rare
        return ""
    at, end = 10, min(size, len(head))
    while at + 10 <= end and head[at : at + 4].strip(b"\0"):
        length = _size(head[at + 4 : at + 8], syncsafe=head[3] == 4)
        if head[at : at + 4] == b"TIT2" and not head[at + 9]:
            return _text(head[at + 10 : min(at + 10 + length, end)], language)
        at += 10 + length
    return ""


def _size(raw: bytes, *, syncsafe: bool) -> int:
    total = 0
    for byte in raw:
        total = (total << (7 if syncsafe else 8)) | byte
    return total


def _text(raw: bytes, language: str) -> str:
    if not raw:
        return ""
    page = {"ko": "cp949", "zh": "gb18030"}.get(language.partition("-")[0], "latin-1")
    for charset in (_ENCODINGS[raw[0]],) if raw[0] in _ENCODINGS else ("utf-8", page, "latin-1"):
        try:
            return raw[1:].decode(charset).partition("\0")[0].strip()
        except UnicodeDecodeError:
            continue
    return ""
