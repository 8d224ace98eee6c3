"""The whole way in, with names that are nothing but trouble: each is placed or told, and a manifest is written."""

from __future__ import annotations

import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sources.intake.intake import recognize
from builder.sources.intake.write import Head, manifest_text, publish

_PIECES = st.sampled_from(
    [
        "창세기",
        "GEN",
        "MRK",
        "유다서",
        "Jude",
        "Matthew",
        "希望",
        "희망",
        "01",
        "40",
        "151",
        "001",
        "_",
        "-",
        ".",
        "#",
        ":",
        "%",
        "é",
        "第",
        "一",
        "章",
        "장",
        "제",
        "(1)",
        "INT",
        "copy",
        "track",
        "Set_1_",
        "b41",
        "c01",
        "v01",
        "A01___01_",
        "ENGESVN1DA",
        "{chapter}",
        "{",
        "}",
        "'",
        '"',
        "😀",
        "́",
        "\u200b",
        "\\",
        "/",
        "/",
    ]
)
_NAMES = st.lists(st.one_of(_PIECES, st.just(" ")), min_size=1, max_size=7).map("".join)
_ENDINGS = st.sampled_from([".mp3", ".mp3", ".wav", ".MP3 ", ".wma", ".pdf", ""])


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.tuples(_NAMES, _ENDINGS).map("".join), min_size=1, max_size=25),
    allow_gaps=st.booleans(),
    numbers=st.sampled_from([None, "canon", "usfm"]),
)
def test_every_file_is_placed_or_told_and_what_is_written_reads_back(
    names: list[str], allow_gaps: bool, numbers: str | None
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "in"
        folder.mkdir()
        for name in names:
            with suppress(OSError, ValueError):
                path = folder / name.strip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"sound")
        files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        intake = recognize(folder, language="ko", numbers=numbers, allow_gaps=allow_gaps)
        told = {finding.place.file for finding in intake.findings}
        left_out = {name for names in intake.left_out.values() for name in names}
        known = {*intake.placed, *told, *left_out}
        hidden = {path for path in files if any(part.startswith(".") for part in path.parts)}
        assert {unicodedata.normalize("NFC", path.as_posix()) for path in files - hidden} <= known
        if intake.placed:
            head = Head(pack="p", title="T", language="ko", sources="in")
            publish(manifest_text(intake, head, "m.yaml"), Path(temporary) / "m.yaml", intake)
