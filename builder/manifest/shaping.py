"""What may be done to a voice besides its level: the choices that manifests and profiles share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Between a book's name and its chapter, where they are two recordings.
JOIN_SECONDS = 0.25

Quality = Literal["fast", "standard", "best"]
Channel = Literal["auto", "mix", "left", "right"]
Denoise = Literal["none", "light"]
Compress = Literal["none", "gentle", "strong"]


@dataclass(frozen=True, kw_only=True)
class Shaping:
    """What is done to a voice besides its level. A profile gives it, a manifest may say otherwise.

    `channel` "auto" is the mean of two channels, or the good one where the other is dead or cancels it out.
    `high_pass_hz` 0 is none.
    """

    channel: Channel = "auto"
    high_pass_hz: float = 0.0
    denoise: Denoise = "none"
    compress: Compress = "none"

    @property
    def is_plain(self) -> bool:
        """Whether the voice stays as it is."""
        return not self.high_pass_hz and self.denoise == "none" and self.compress == "none"

    @property
    def needs_level(self) -> bool:
        """Whether it depends on the level of what comes in."""
        return self.denoise != "none" or self.compress != "none"


PLAIN = Shaping()
