"""A cover: any JPEG or PNG becomes a small, plain JPEG that tells nothing; all else is refused with a reason."""

from __future__ import annotations

import io
import json
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from builder.card import cover
from builder.card.cover import MAX_FILE_BYTES, CoverError, make_cover
from builder.card.jpeg import segments
from builder.errors import EngineError
from tests.card.pictures import CANARY, drawing, exif, png, telling_jpeg, telling_png
from tests.conftest import checked, oracle

_ROOM = 200_000
_PLAIN = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
Maker = Callable[[Path], Path]


def _made(path: Path, *, max_px: int = 500, max_bytes: int = _ROOM) -> Image.Image:
    """The cover of a picture, checked to be plain, and opened."""
    data = make_cover(path, max_px=max_px, max_bytes=max_bytes)
    assert len(data) <= max_bytes
    found = segments(data)
    assert {marker for marker, _ in found} == _PLAIN
    assert dict(found)[0xE0] == b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    image = Image.open(io.BytesIO(data))
    image.load()
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert max(image.size) <= max_px
    return image


def _is(image: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Whether the picture has about this colour at a place, in parts of its width and height."""
    found = image.getpixel((int(at[0] * image.width), int(at[1] * image.height)))
    assert isinstance(found, tuple)
    return all(abs(a - b) <= 12 for a, b in zip(found, colour, strict=True))


def _upright(image: Image.Image) -> bool:
    red, lime, blue, yellow = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
    corners = {(0.1, 0.1): red, (0.9, 0.1): lime, (0.1, 0.9): blue, (0.9, 0.9): yellow}
    return all(_is(image, at, colour) for at, colour in corners.items())


def _refused(path: Path, words: str, **limits: int) -> CoverError:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CoverError, match=words) as caught:
            make_cover(path, **{"max_px": 500, "max_bytes": _ROOM, **limits})
    assert caught.value.help
    assert str(caught.value).startswith(path.name)
    return caught.value


_TELLING: dict[str, Maker] = {
    "jpeg": lambda folder: telling_jpeg(folder / "cover.jpg"),
    "progressive": lambda folder: telling_jpeg(folder / "cover.jpg", progressive=True),
    "png": lambda folder: telling_png(folder / "cover.png"),
}


@pytest.mark.parametrize("make", _TELLING.values(), ids=_TELLING)
def test_nothing_of_where_a_picture_came_from_is_left(tmp_path: Path, make: Maker) -> None:
    path = make(tmp_path)
    assert path.read_bytes().count(CANARY) > 5
    data = make_cover(path, max_px=500, max_bytes=_ROOM)
    assert CANARY not in data
    assert b"2024" not in data
    assert _made(path).size == (500, 312)
    assert _upright(_made(path))


@pytest.mark.parametrize("make", _TELLING.values(), ids=_TELLING)
def test_exiftool_finds_nothing_but_the_frame_of_a_jpeg(tmp_path: Path, make: Maker) -> None:
    source, made = make(tmp_path), tmp_path / "made.jpg"
    made.write_bytes(make_cover(source, max_px=500, max_bytes=_ROOM))

    def told(path: Path) -> set[str]:
        seen = set(json.loads(checked(oracle("exiftool"), "-j", "-a", "-u", "-G1", path))[0])
        return {
            key for key in seen if not key.startswith(("System:", "ExifTool:", "Composite:", "SourceFile"))
        }

    assert {"GPS:GPSLatitude", "IFD0:Artist", "ExifIFD:UserComment"} <= told(source)
    picture = {"FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight", "EncodingProcess"}
    samples = {"BitsPerSample", "ColorComponents", "YCbCrSubSampling"}
    header = {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"}
    assert told(made) == {f"File:{name}" for name in picture | samples} | {f"JFIF:{name}" for name in header}
    assert "Baseline DCT" in checked(oracle("exiftool"), "-EncodingProcess", made)


def test_the_pixels_alone_decide_the_bytes(tmp_path: Path) -> None:
    image = drawing(640, 400)
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "b.png", dpi=(300, 300), compress_level=1, exif=exif())
    one, again, other = (
        make_cover(tmp_path / name, max_px=300, max_bytes=_ROOM) for name in ("a.png", "a.png", "b.png")
    )
    assert one == again == other


_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("size", [(300, 200), (4000, 2600)], ids=["small", "large"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_its_camera_was_held(
    tmp_path: Path, orientation: int, size: tuple[int, int]
) -> None:
    image, path = drawing(*size), tmp_path / "cover.jpg"
    stored = image.transpose(_TURNED[orientation]) if orientation in _TURNED else image
    stored.save(path, quality=95, exif=exif(orientation))
    made = _made(path)
    assert made.size == ((300, 200) if size == (300, 200) else (500, 325))
    assert _upright(made)


def test_a_picture_with_broken_exif_stands_as_it_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    drawing(300, 200).save(path, quality=95, exif=b"Exif\0\0no EXIF at all")
    assert _upright(_made(path))


_FORMS: dict[str, Callable[[Path], Path]] = {}


def _form(name: str) -> Callable[[Maker], Maker]:
    def keep(make: Maker) -> Maker:
        _FORMS[name] = make
        return make

    return keep


def _saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


_form("rgb png")(lambda folder: _saved(drawing(200, 100), folder / "x.png"))
_form("palette")(lambda folder: _saved(drawing(200, 100).quantize(256), folder / "x.png"))
_form("rgba")(lambda folder: _saved(drawing(200, 100).convert("RGBA"), folder / "x.png"))
_form("cmyk")(lambda folder: _saved(drawing(200, 100).convert("CMYK"), folder / "x.jpg", quality=95))
_form("jpeg without subsampling")(
    lambda folder: _saved(drawing(200, 100), folder / "x.jpg", quality=95, subsampling=0)
)
_form("rgb jpeg")(lambda folder: _saved(drawing(200, 100), folder / "x.jpg", quality=95, keep_rgb=True))


@_form("16 bits a colour")
def _sixteen(folder: Path) -> Path:
    rows = b"".join(
        b"\0" + b"".join(bytes([value, value]) for value in line)
        for line in (drawing(200, 100).crop((0, y, 200, y + 1)).tobytes() for y in range(100))
    )
    return png(folder / "x.png", (200, 100), rows, depth=16)


@pytest.mark.parametrize("make", _FORMS.values(), ids=_FORMS)
def test_every_form_of_colour_keeps_its_colours(tmp_path: Path, make: Maker) -> None:
    made = _made(make(tmp_path))
    assert made.size == (200, 100)
    assert _upright(made)


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    path = png(tmp_path / "x.png", (32, 32), (b"\0" + b"\xff\xff\0\0") * 32, depth=1, colour=0)
    assert _is(_made(path), (0.2, 0.5), (255, 255, 255))
    assert _is(_made(path), (0.8, 0.5), (0, 0, 0))


def test_grey_of_sixteen_bits_that_is_transparent_stays_unseen(tmp_path: Path) -> None:
    """It may be what somebody painted over: a name that no viewer shows, and the card would."""
    picture = np.full((64, 64), 50_000, np.uint16)
    picture[16:48, 16:48] = 1000
    Image.fromarray(picture).save(tmp_path / "x.png", transparency=1000)
    found = _made(tmp_path / "x.png")
    assert _is(found, (0.5, 0.5), (255, 255, 255))
    assert _is(found, (0.05, 0.05), (194, 194, 194))


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (0x8000, 128), (0x4000, 64), (0xFFFF, 255), (255, 1)])
def test_sixteen_bits_of_grey_keep_their_shade(tmp_path: Path, value: int, shown: int) -> None:
    path = png(tmp_path / "x.png", (32, 32), (b"\0" + value.to_bytes(2, "big") * 32) * 32, depth=16, colour=0)
    found = _made(path).getpixel((16, 16))
    assert isinstance(found, tuple)
    assert all(abs(part - shown) <= 1 for part in found)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_what_can_be_seen_through_lies_on_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "x.png"
    if mode in ("RGBA", "LA"):
        Image.new(mode, (64, 64), (0,) * len(mode)).save(path)
    else:
        Image.new(mode, (64, 64), 0).save(path, transparency=(0, 0, 0) if mode == "RGB" else 0)
    assert _is(_made(path), (0.5, 0.5), (255, 255, 255))


def test_half_of_red_on_white_is_pink(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 128)).save(tmp_path / "x.png")
    assert _is(_made(tmp_path / "x.png"), (0.5, 0.5), (255, 127, 127))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((500, 500), (500, 500)),
        ((501, 500), (500, 499)),
        ((500, 501), (499, 500)),
        ((16, 16), (16, 16)),
        ((100, 200), (100, 200)),
        ((4000, 16), (500, 2)),
        ((1999, 3001), (333, 500)),
    ],
)
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_picture_is_made_smaller_and_never_larger(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int], ending: str
) -> None:
    path = tmp_path / f"x.{ending}"
    Image.new("RGB", size, "navy").save(path)
    assert _made(path).size == expected


def test_a_cover_fills_its_room_to_the_byte_and_no_further(tmp_path: Path) -> None:
    path = _saved(drawing(600, 600), tmp_path / "x.png")
    whole = make_cover(path, max_px=500, max_bytes=_ROOM)
    assert make_cover(path, max_px=500, max_bytes=len(whole)) == whole
    less = make_cover(path, max_px=500, max_bytes=len(whole) - 1)
    assert len(less) < len(whole)
    assert Image.open(io.BytesIO(less)).size == (500, 500)  # coarser before it is smaller


def test_a_cover_that_is_coarse_enough_grows_smaller(tmp_path: Path) -> None:
    path = _saved(Image.effect_noise((500, 500), 100), tmp_path / "x.png")
    made = _made(path, max_bytes=10_000)
    assert 60 < made.width == made.height < 500


def test_room_for_no_picture_at_all_is_told(tmp_path: Path) -> None:
    _refused(_saved(drawing(100, 100), tmp_path / "x.png"), "fit into 100 bytes", max_bytes=100)


def test_only_the_first_picture_of_several_is_taken(tmp_path: Path) -> None:
    drawing(64, 64).save(
        tmp_path / "x.mpo", save_all=True, append_images=[Image.new("RGB", (64, 64))], exif=exif()
    )
    drawing(64, 64).save(tmp_path / "x.png", save_all=True, append_images=[Image.new("RGB", (64, 64))])
    assert _upright(_made(tmp_path / "x.mpo"))
    assert _upright(_made(tmp_path / "x.png"))


def test_only_the_two_decoders_ever_see_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, whole = [], Image.open

    def spied(file: io.BytesIO, formats: tuple[str, ...]) -> Image.Image:
        asked.append(formats)
        return whole(file, formats=formats)

    path = tmp_path / "x.jpg"
    path.write_bytes(b"\xff\xd8\xff and no picture")
    monkeypatch.setattr(Image, "open", spied)
    _refused(path, "not a picture")
    make_cover(_saved(drawing(64, 64), tmp_path / "x.png"), max_px=500, max_bytes=_ROOM)
    assert asked == [("JPEG",), ("PNG",)]


def test_a_name_does_not_say_what_a_picture_is(tmp_path: Path) -> None:
    assert _upright(_made(_saved(drawing(64, 64), tmp_path / "cover.jpg", format="PNG")))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "WEBP"])
def test_other_pictures_are_refused_whatever_their_name(tmp_path: Path, kind: str) -> None:
    _refused(_saved(drawing(64, 64), tmp_path / "cover.jpg", format=kind), "no JPEG or PNG")


@pytest.mark.parametrize("data", [b"", b"A text, not a picture.\n", b"\xff\xd8", b"\x89PNG", b"GIF89a"])
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(data)
    _refused(path, "no JPEG or PNG")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path / "gone.jpg", "not there")
    (tmp_path / "folder.jpg").mkdir()
    _refused(tmp_path / "folder.jpg", "not a file")
    _refused(tmp_path / ("x" * 5000), "cannot be read")
    _refused(tmp_path / "a\0b", "cannot be read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cover.jpg")
    _refused(tmp_path / "cover.jpg", "not a file")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = _saved(drawing(64, 64), tmp_path / "x.png")
    monkeypatch.setattr("builder.card.cover.open_file", denied)
    _refused(path, "Permission denied")


def test_a_file_may_have_20_megabytes_and_not_a_byte_more(tmp_path: Path) -> None:
    path = _saved(drawing(64, 64), tmp_path / "x.png")
    os.truncate(path, MAX_FILE_BYTES)
    assert _upright(_made(path))
    os.truncate(path, MAX_FILE_BYTES + 1)
    _refused(path, "20.0 MB, at most 20")


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (8000, 3126), (10_000, 10_000), (13_000, 13_000)]
)
def test_a_bomb_is_refused_before_it_goes_off(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("decoded")

    path = png(tmp_path / "x.png", size, bytes(1000))
    assert path.stat().st_size < 200
    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    start = time.perf_counter()
    assert "decoded" not in str(_refused(path, "at most 25 million"))
    assert time.perf_counter() - start < 0.5


def test_a_jpeg_bomb_is_refused(tmp_path: Path) -> None:
    path = _saved(drawing(64, 64), tmp_path / "x.jpg")
    path.write_bytes(path.read_bytes().replace(bytes.fromhex("00400040"), bytes.fromhex("ffffffff"), 1))
    _refused(path, "at most 25 million")


def test_25_megapixels_are_read(tmp_path: Path) -> None:
    row = b"\0" + b"\xff" * 500 + b"\0" * 500
    path = png(tmp_path / "x.png", (8000, 3125), row * 3125, depth=1, colour=0)
    assert _made(path).size == (500, 195)


def test_a_jpeg_of_endless_scans_is_refused(tmp_path: Path) -> None:
    path = _saved(drawing(64, 64), tmp_path / "x.jpg", progressive=True)
    data = path.read_bytes()
    last = data.rindex(b"\xff\xda")
    path.write_bytes(data[:last] + data[last:-2] * 300 + data[-2:])
    _refused(path, "scans")


@pytest.mark.parametrize("size", [(15, 100), (100, 15), (1, 1)])
def test_a_picture_below_16_pixels_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    _refused(_saved(Image.new("RGB", size), tmp_path / "x.png"), f"{size[0]} x {size[1]}")


@pytest.mark.parametrize("kept", [0.02, 0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("make", _TELLING.values(), ids=_TELLING)
def test_a_picture_that_breaks_off_is_refused(tmp_path: Path, make: Maker, kept: float) -> None:
    path = make(tmp_path)
    data = path.read_bytes()
    end = data.index(b"IEND") if path.suffix == ".png" else data.index(b"\xff\xd9" + CANARY)
    path.write_bytes(data[: int(end * kept)])
    _refused(path, "not whole")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.sampled_from(sorted(_TELLING)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damage_leads_to_a_plain_cover_or_a_refusal(
    tmp_path: Path, name: str, damage: list[tuple[float, int]]
) -> None:
    path = _TELLING[name](tmp_path)
    data = bytearray(path.read_bytes())
    for place, value in damage:
        data[8 + int(place * (len(data) - 8))] = value
    path.write_bytes(data)
    try:
        made = make_cover(path, max_px=100, max_bytes=_ROOM)
    except CoverError as error:
        assert error.help
    else:
        assert CANARY not in made
        assert {marker for marker, _ in segments(made)} == _PLAIN


def test_segments_are_every_byte_of_a_jpeg(tmp_path: Path) -> None:
    data = telling_jpeg(tmp_path / "x.jpg", progressive=True).read_bytes()
    whole = data[: data.index(b"\xff\xd9" + CANARY) + 2]
    found = segments(whole)
    sizes = [2 if marker in (0xD8, 0xD9) else 4 + len(body) for marker, body in found]
    assert sum(sizes) == len(whole)
    assert {0xE1, 0xE2, 0xED, 0xFE, 0xC2} <= {marker for marker, _ in found}
    for cut in (1, 3, 10, 100, 5000):
        with pytest.raises(ValueError, match=r"cut off|no marker"):
            segments(whole[:-cut])
    with pytest.raises(ValueError, match="no marker"):
        segments(data)


def test_a_scan_runs_over_restarts_to_its_end(tmp_path: Path) -> None:
    drawing(200, 200).save(tmp_path / "x.jpg", restart_marker_rows=1)
    data = (tmp_path / "x.jpg").read_bytes()
    assert b"\xff\xd1" in data
    assert [marker for marker, _ in segments(data)].count(0xDA) == 1
    assert _upright(_made(tmp_path / "x.jpg"))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"comment": b"CANARY"}, "not plain JPEG"),
        ({"exif": exif()}, "not plain JPEG"),
        ({"icc_profile": CANARY}, "not plain JPEG"),
        ({"xmp": CANARY}, "not plain JPEG"),
        ({"progressive": True}, "not plain JPEG"),
        ({"dpi": (300, 300)}, "JFIF header"),
        ({"restart_marker_rows": 1}, "not plain JPEG"),
        ({"keep_rgb": True}, "not plain JPEG"),
        ({"quality": 90}, "quantization tables"),
        ({"subsampling": 0}, "frame header"),
        ({"optimize": False}, "Huffman tables"),
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_jpeg_with_more_than_its_picture_stops_at_the_gate(
    tmp_path: Path, options: dict[str, object], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    drawing(64, 64).save(file, "JPEG", **{"quality": 88, "optimize": True, **options})
    path = _saved(drawing(64, 64), tmp_path / "x.png")
    monkeypatch.setattr(cover, "_within", lambda *_: file.getvalue())
    with pytest.raises(EngineError, match=word):
        make_cover(path, max_px=500, max_bytes=_ROOM)
