"""Pictures with all that a file can carry besides its pixels, each with words that must never reach a card."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

CANARY = b"CANARY"


def drawing(width: int, height: int) -> Image.Image:
    """Four fields of colour, noise in the middle: red, green above; blue, yellow below."""
    image = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2), fill="lime")
    draw.rectangle((0, height // 2, width // 2, height), fill="blue")
    draw.rectangle((width // 2, height // 2, width, height), fill="yellow")
    noise = Image.effect_noise((max(1, width // 3), max(1, height // 3)), 90)
    image.paste(noise, (width // 3, height // 3))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """Who, when, where and with what, and a thumbnail of something else."""
    found = Image.Exif()
    found[Base.Orientation] = orientation
    found[Base.Artist] = found[Base.Make] = found[Base.ImageDescription] = "CANARY"
    found[Base.DateTime] = "2024:01:02 03:04:05"
    found[IFD.Exif] = {Base.UserComment: b"CANARY", Base.MakerNote: b"CANARY" * 20}
    found[IFD.GPSInfo] = {
        GPS.GPSLatitudeRef: "N",
        GPS.GPSLatitude: (39.0, 1.0, 2.0),
        GPS.GPSMapDatum: "CANARY",
    }
    return found


def telling_jpeg(path: Path, *, progressive: bool = False, orientation: int = 1) -> Path:
    """EXIF with GPS, XMP, ICC, a comment, Photoshop's notes, a second picture, and words behind the end."""
    file = io.BytesIO()
    drawing(640, 400).save(
        file,
        "JPEG",
        quality=92,
        progressive=progressive,
        exif=exif(orientation),
        xmp=b"<x:xmpmeta>CANARY</x:xmpmeta>",
        icc_profile=b"CANARY" * 30,
        comment=b"CANARY",
        dpi=(300, 300),
    )
    data = file.getvalue()
    small = io.BytesIO()
    drawing(64, 40).save(small, "JPEG", comment=b"CANARY")
    more = [(0xE1, b"Exif\0\0" + CANARY + small.getvalue()), (0xED, b"Photoshop 3.0\0" + CANARY)]
    planted = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in more)
    path.write_bytes(data[:20] + planted + data[20:] + CANARY + small.getvalue())
    return path


def telling_png(path: Path) -> Path:
    """All three kinds of text, EXIF, ICC, a time, a chunk of somebody's own, and words behind the end."""
    info = PngInfo()
    info.add_text("Author", "CANARY")
    info.add_text("Comment", "CANARY" * 20, zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>CANARY</x:xmpmeta>")
    info.add(b"prVt", CANARY)
    drawing(640, 400).save(path, "PNG", pnginfo=info, exif=exif(), icc_profile=b"CANARY" * 30, dpi=(300, 300))
    path.write_bytes(path.read_bytes() + CANARY)
    return path


def png(path: Path, size: tuple[int, int], rows: bytes, *, depth: int = 8, colour: int = 2) -> Path:
    """A PNG made by hand: its rows of samples, each after a byte 0; `colour` 0 is grey, 2 RGB, 6 RGBA."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def plain_jpeg(image: Image.Image, quality: int = 88, **options: object) -> bytes:
    """A picture as a cover is written."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, **{"optimize": True, **options})
    return file.getvalue()
