"""Manifests that take seconds: many faults, many tracks, many lines. What texts.py is, behind PACKBUILDER_LONG."""

from __future__ import annotations

from tests.hostile.texts import GOOD, HEAD, TRACK, listed, noted

HEAVY: dict[str, tuple[str | bytes, str]] = {
    "49,000 aliases": (noted("\n" + "- *a\n" * 49_000), "E105 E219"),
    "a key 24,000 times": (GOOD + "title: U\n" * 24_000, "E106"),
    "100,000 documents": (GOOD + "---\n" * 100_000, "E108"),
    "a tag of 600,000 escapes": (noted("!<" + "%41" * 600_000 + "> b"), "E105"),
    "100,000 tag directives": ("".join(f"%TAG !a{n}! b\n" for n in range(100_000)) + "---\n" + GOOD, ""),
    "4,900 tracks with a fault": (listed(4_900, "title: t{0}, source: a/{0}.wav, k: v"), "E201 E301 E412 E413"),
    "4,900 tracks of one title": (listed(4_900, "title: t, source: a.wav"), "E221 E412 E413 W309"),
    "900 sections": (
        HEAD + "sections:\n" + "".join(f"- {{reading: JUD, source: {n}.wav}}\n" for n in range(900)),
        "E301 E411 W426",
    ),
    "24,000 unknown keys": (GOOD + "".join(f"tilte{n}: v\n" for n in range(24_000)), "E201"),
    "40,000 profiles": (HEAD + "profiles: [" + "sd-crad, " * 40_000 + "]\n" + TRACK, "E222"),
    "24,000 books": (HEAD + "books:\n" + "".join(f"  X{n}: a\n" for n in range(24_000)) + TRACK, "E213"),
    "600,000 lines of one value": (noted("a\n" + " b\n" * 600_000), "E205"),
    "500,000 escapes": (noted('"' + "\\x41" * 500_000 + '"'), "E205"),
    "2 MB of line ends": ("\n" * 2_000_000, "E110"),
    "a key of 800,000 marks": ("? a" + "\u0316\u0300" * 300_000 + "\n: v\n" + GOOD, "E206"),
    "a start of 2,000,000 digits": (GOOD.replace("a.wav", f"a.wav, start: '{'1' * 1_900_000}'"), "E210"),
}  # fmt: skip
