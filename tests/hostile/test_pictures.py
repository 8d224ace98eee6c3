"""A cover may be anything: each ends within 10 seconds and 512 MB as a good picture or as the one finding."""

from __future__ import annotations

import io
import os
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.card.pictures import drawing, exif, png, telling_jpeg
from tests.conftest import each, speech
from tests.hostile.runs import Forks

Make = Callable[[Path], object]


def saved(form: str, image: Image.Image | None = None, **options: object) -> Make:
    """A picture as Pillow writes it, whatever the name says."""
    return lambda path: (image or drawing(300, 200)).save(path, form, **options)


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    file = io.BytesIO()
    (image or drawing(300, 200)).save(file, "JPEG", **options)
    return file.getvalue()


def raw(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def scans(count: int) -> bytes:
    """A progressive JPEG of 25 megapixels whose last scan comes so many times."""
    data = jpeg(Image.new("RGB", (6250, 4000), "red"), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def chunks(*more: tuple[bytes, bytes]) -> bytes:
    """A PNG with these chunks before its pixels."""
    file = io.BytesIO()
    drawing(64, 64).save(file, "PNG")
    data = file.getvalue()
    at = data.index(b"IDAT") - 4
    planted = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in more
    )
    return data[:at] + b"".join(planted) + data[at:]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


_JPEG = jpeg()
_TEXT_BOMB = b"Comment\0\0" + zlib.compress(bytes(300_000_000))
_ICC_BOMB = b"icc\0\0" + zlib.compress(bytes(300_000_000))
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'

GOOD: dict[str, Make] = {
    "CMYK": saved("JPEG", drawing(300, 200).convert("CMYK")),
    "grey": saved("JPEG", drawing(300, 200).convert("L")),
    "16 bits of grey": saved("PNG", Image.new("I;16", (64, 64), 40_000)),
    "an animated PNG": lambda path: drawing(64, 64).save(
        path, "PNG", save_all=True, append_images=[Image.new("RGB", (64, 64))] * 50
    ),
    "a palette that is seen through": saved("PNG", drawing(64, 64).convert("P"), transparency=0),
    "25 megapixels of grey": saved("PNG", Image.new("L", (6250, 4000))),
    "25 megapixels with alpha": saved("PNG", Image.new("RGBA", (6250, 4000))),
    "25 megapixels in 16 bits": saved("PNG", Image.new("I;16", (6250, 4000))),
    "25 megapixels progressive": saved("JPEG", Image.new("RGB", (6250, 4000)), progressive=True),
    "200 scans of 25 megapixels": raw(scans(180)),
    "huge EXIF": saved("JPEG", exif=exif(6).tobytes() + bytes(60_000)),
    "huge ICC": saved("JPEG", icc_profile=bytes(5_000_000)),
    "1,000 comments": raw(_JPEG[:2] + segment(0xFE, bytes(10_000)) * 1_000 + _JPEG[2:]),
    "a zip behind it": raw(_JPEG + b"PK\x03\x04" + bytes(5_000)),
    "a web page in a comment": raw(_JPEG[:2] + segment(0xFE, b"<script>alert(1)</script>" * 99) + _JPEG[2:]),
    "a line of 25,000,000 pixels less 9,000,000": lambda path: png(
        path, (1_000_000, 16), (b"\0" + bytes(125_000)) * 16, depth=1, colour=0
    ),
}
BAD: dict[str, Make] = {
    "a PNG bomb": lambda path: png(path, (20_000, 20_000), bytes(1_000)),
    "a PNG bomb of 144 megapixels": lambda path: png(path, (12_000, 12_000), bytes(12_001 * 100)),
    "a PNG of 144 megapixels that is whole": lambda path: png(
        path, (12_000, 12_000), bytes(12_000 * 1_501), depth=1, colour=0
    ),
    "a JPEG bomb": raw(_JPEG.replace(struct.pack(">HH", 200, 300), b"\xff\xff\xff\xff", 1)),
    "1,000 scans": raw(scans(1_000)),
    "GIF": saved("GIF"),
    "WebP": saved("WEBP"),
    "TIFF": saved("TIFF"),
    "BMP": saved("BMP"),
    "SVG": raw(_SVG),
    "a page that is a JPEG further on": raw(b"<html>" + _JPEG),
    "PDF": raw(b"%PDF-1.7\n" + _JPEG),
    "a PNG that is a JPEG": raw(b"\x89PNG\r\n\x1a\n" + _JPEG),
    "nothing": raw(b""),
    "zeros": raw(bytes(1_000_000)),
    "markers without end": raw(b"\xff\xd8\xff" + b"\xff" * 5_000_000),
    "segments without pixels": raw(b"\xff\xd8" + segment(0xE1, bytes(60_000)) * 300),
    "a text bomb": raw(chunks((b"zTXt", _TEXT_BOMB))),
    "noise": raw(b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(1_000_000)),
    **{f"{tenth} tenths": raw(_JPEG[: len(_JPEG) * tenth // 10]) for tenth in range(1, 10)},
    **{f"{tenth} tenths of a PNG": raw(chunks()[: len(chunks()) * tenth // 10]) for tenth in range(1, 10)},
}


def built(program: Forks, folder: Path, make: Make) -> tuple[int, list[str]]:
    speech(folder / "a.wav", 1, rate=8000)
    make(folder / "art.jpg")
    manifest = folder / "pack.yaml"
    track = "sections: [{title: S, tracks: [{title: A, source: a.wav}]}]\n"
    manifest.write_text(f"pack: p\ntitle: T\nlanguage: ko\ncover: art.jpg\n{track}", "utf-8")
    ran = program.packbuilder("check", manifest, "--profile", "mp3-player", "--format", "json")
    return ran.code, ran.codes


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_any_make_is_a_cover(program: Forks, tmp_path: Path, name: str) -> None:
    assert built(program, tmp_path, GOOD[name]) == (0, [])


@pytest.mark.parametrize("name", BAD)
def test_a_picture_that_is_none_or_would_harm_is_one_finding(
    program: Forks, tmp_path: Path, name: str
) -> None:
    assert built(program, tmp_path, BAD[name]) == (1, ["E310"])


def test_a_profile_of_colours_that_unpacks_to_300_megabytes_is_not_unpacked(
    program: Forks, tmp_path: Path
) -> None:
    assert built(program, tmp_path, raw(chunks((b"iCCP", _ICC_BOMB)))) in ((0, []), (1, ["E310"]))


def test_a_cover_that_is_no_file_is_one_finding(program: Forks, tmp_path: Path) -> None:
    def link(path: Path) -> None:
        telling_jpeg(tmp_path.parent / "outside.jpg")
        path.symlink_to(tmp_path.parent / "outside.jpg")

    kinds: list[tuple[Make, str]] = [
        (Path.mkdir, "E310"),
        (os.mkfifo, "E310"),
        (link, "E302"),
        (lambda path: path.symlink_to(path), "E308"),
        (lambda path: path.symlink_to("/dev/zero"), "E302"),
        (Path.exists, "E301"),
    ]
    for number, (make, code) in each(enumerate(kinds)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert built(program, folder, make) == (1, [code]), number
