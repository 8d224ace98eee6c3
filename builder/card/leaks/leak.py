"""A leak: bytes that are not accounted for, or that may name someone. Where it is, what it is, what to do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LONGEST = 60

BUILD_AGAIN = "build the pack again, and put on the card nothing but what was built"
WRITE_AGAIN = "write the image again, and open the card on no computer"


@dataclass(frozen=True, kw_only=True)
class Leak:
    """`code` is a rule of findings.toml; `offset` is in the file that is looked at; None is the whole of it."""

    code: str
    message: str
    offset: int | None = None
    help: str = BUILD_AGAIN


def excerpt(data: bytes) -> str:
    """The readable part of some bytes, shortened and quoted, or ""."""
    _, mark, wide = data.rpartition(b"\xff\xfe")  # where UTF-16 begins, if anywhere
    if mark and len(wide) > 1:
        text = wide[: len(wide) // 2 * 2].decode("utf-16-le", "replace")
    else:
        text = next(
            text
            for text in (_decoded(data, encoding) for encoding in ("utf-8", "cp949", "latin-1"))
            if text is not None
        )
    words = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in text[: 4 * _LONGEST])
    words = " ".join(words.split())
    readable = sum(c.isalnum() for c in words)
    return f' "{words[:_LONGEST]}"' if 3 <= readable >= len(words) // 2 else ""


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
