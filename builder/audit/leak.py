"""A leak: bytes that are not accounted for, or that may name someone. Where it is, what it is, what to do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LONGEST = 60

BUILD_AGAIN = "build the pack again, and put on the card nothing but what was built"


@dataclass(frozen=True, kw_only=True)
class Leak:
    """`code` is a rule of findings.toml; `offset` is in the file that is looked at; None is the whole of it."""

    code: str
    message: str
    offset: int | None = None
    help: str = BUILD_AGAIN


def excerpt(data: bytes) -> str:
    """What a person would read in bytes, shortened, in quotes; "" where there is nothing to read."""
    for encoding in ("utf-16", "utf-8", "cp949", "latin-1"):
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    words = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in text[: 4 * _LONGEST])
    words = " ".join(words.split())
    readable = sum(c.isalnum() for c in words)
    return f' "{words[:_LONGEST]}"' if 3 <= readable >= len(words) // 2 else ""
