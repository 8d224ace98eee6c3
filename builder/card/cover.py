"""A cover for a track: scaled down, and written as the plainest JPEG there is, with not a byte of where it came from.

A photograph tells where and when it was taken, with what, and by whom; a thumbnail in it may show what was cut off.
So nothing of the file is kept but its pixels, and what was written is walked to see that nothing else is in it.
"""

from __future__ import annotations

import io
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from builder.card.jpeg import QUALITIES, plain_fault
from builder.errors import EngineError
from builder.files.opening import open_file

MAX_FILE_BYTES = 20_000_000
MAX_PIXELS = 25_000_000
MIN_PX = 16
# Each scan of a progressive JPEG goes over every pixel, and may take no more than some bytes of the file. Cameras and
# programs write 10 or so.
_MAX_SCANS = 200
_SMALLER = 0.8
_SIGNATURES: dict[bytes, Literal["JPEG", "PNG"]] = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_SAVE_AGAIN = "open it in a picture program and save it again as JPEG"


class CoverError(ValueError):
    """A picture that cannot be a cover: what was found, and in `help` what to do."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002  # as a finding has it
        super().__init__(message)
        self.help = help


def make_cover(path: Path, *, max_px: int, max_bytes: int) -> bytes:
    """A picture as a baseline JPEG no wider or higher than `max_px`, in no more than `max_bytes`.

    Scaled down, never up; turned as its EXIF says; on white where one can see through it. The same picture gives the
    same bytes with the same Pillow. CoverError where the file is no JPEG or PNG, cannot be read, is broken, larger
    than 20 MB or 25 megapixels, or smaller than 16 pixels.
    """
    data = _read(path)
    kind = next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), None)
    if kind is None:
        found = "begins with other bytes than one" if data else "is empty"
        raise CoverError(f"{path.name} is no JPEG or PNG picture: it {found}", _SAVE_AGAIN)
    if kind == "JPEG" and data.count(b"\xff\xda") > _MAX_SCANS:
        raise CoverError(f"{path.name} is a JPEG of more than {_MAX_SCANS} scans", _SAVE_AGAIN)
    try:
        picture = _pixels(data, kind, max_px)
    except CoverError as error:
        raise CoverError(f"{path.name} {error}", error.help) from None
    except Exception as error:  # noqa: BLE001  # Pillow raises almost anything of a file that is damaged
        message = f"{path.name} is not whole, or not a picture: {error or type(error).__name__}"
        raise CoverError(message, _SAVE_AGAIN) from None
    cover = _within(picture, max_bytes)
    if cover is None:
        raise CoverError(
            f"{path.name} does not fit into {max_bytes} bytes, however small it is made",
            "a plainer picture needs fewer bytes",
        )
    return _only_pixels(cover)


def _read(path: Path) -> bytes:
    """The whole file, which may be a link; never a pipe or a device, which might not end."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise CoverError(f"{path.name} is not a file", "a cover is one JPEG or PNG file")
        if facts.st_size > MAX_FILE_BYTES:
            size, most = facts.st_size / 1e6, MAX_FILE_BYTES / 1e6
            raise CoverError(f"{path.name} has {size:.1f} MB, at most {most:.0f} are read", _SAVE_AGAIN)
        with open_file(path) as file:
            return file.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        raise CoverError(f"{path.name} is not there", "correct the name, or add the picture") from None
    except (OSError, ValueError) as error:
        if isinstance(error, CoverError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise CoverError(f"{path.name} cannot be read: {reason}", "copy it again") from None


def _pixels(data: bytes, kind: Literal["JPEG", "PNG"], max_px: int) -> Image.Image:
    """The picture upright, in RGB, no larger than wanted, in an image that knows nothing of the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd EXIF, and of a size that is refused below
        try:
            image = Image.open(io.BytesIO(data), formats=(kind,))
        except Image.DecompressionBombError:
            raise _too_large("far more") from None
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_large(f"{width} x {height}")
        if min(width, height) < MIN_PX:
            raise CoverError(f"is {width} x {height} pixels small", f"{MIN_PX} x {MIN_PX} is the least")
        image.draft("RGB", (2 * max_px, 2 * max_px))  # a JPEG is decoded at half, a quarter or an eighth
        image.load()
        with suppress(Exception):  # EXIF that is broken says nothing; the pixels are whole
            ImageOps.exif_transpose(image, in_place=True)
        upright = _rgb(image)
    scale = min(1.0, max_px / max(upright.size))
    return _fresh(upright, scale)


def _too_large(found: str) -> CoverError:
    return CoverError(
        f"has {found} pixels, at most {MAX_PIXELS // 10**6} million are read",
        "save a smaller one; players show a few hundred",
    )


def _rgb(image: Image.Image) -> Image.Image:
    """Convert to 8-bit RGB; transparent pixels become white."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        grey = image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("RGB")
        clear = np.asarray(image.convert("I")) == image.info.get("transparency", -1)
        grey.paste((255, 255, 255), mask=Image.fromarray(clear.astype(np.uint8) * 255))
        return grey
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


def _fresh(image: Image.Image, scale: float) -> Image.Image:
    """The pixels, scaled, in a new image: Pillow writes a comment of the old one along, asked or not."""
    width, height = (max(1, round(side * scale)) for side in image.size)
    fresh = Image.new("RGB", (width, height))
    fresh.paste(image if scale == 1.0 else image.resize((width, height), Image.Resampling.LANCZOS))
    return fresh


def _within(picture: Image.Image, max_bytes: int) -> bytes | None:
    """A picture as JPEG of at most so many bytes: coarser first, then smaller. None where nothing helps."""
    while max(picture.size) >= MIN_PX:
        for quality in QUALITIES:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=quality, optimize=True, progressive=False)
            if file.tell() <= max_bytes:
                return file.getvalue()
        picture = _fresh(picture, _SMALLER)
    return None


def _only_pixels(cover: bytes) -> bytes:
    """The last gate before a cover goes onto a card. EngineError where a JPEG holds more than its picture."""
    if fault := plain_fault(cover):
        raise EngineError(f"a cover was written that {fault}")
    return cover
