"""What the headers of FLAC, Ogg and M4A say, read by arithmetic.

Nothing but headers is read, each of a few bytes: tags and pictures, which may unfold to any size, are stepped over.
Every function raises ValueError or struct.error where a header is none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_STREAMINFO_BYTES = 34
# The first block of metadata, which may be the last one too.
_FLAC = (b"fLaC\x00\x00\x00\x22", b"fLaC\x80\x00\x00\x22")
_PAGE, _PAGE_HEADER, _NO_GRANULE = b"OggS", 27, 0xFFFFFFFFFFFFFFFF
# A page of Ogg has at most 65,307 bytes, so that the last one begins within these.
_TAIL_BYTES = 1 << 17
_FIRST_PAGES, _MOST_PAGES, _MOST_BOXES = 64, 250_000, 20_000


@dataclass(frozen=True, kw_only=True)
class Flac:
    """STREAMINFO (RFC 9639, section 8.2): `samples` is 0 and `md5` empty where they are not said."""

    sample_rate_hz: int
    bits: int
    samples: int
    md5: str

    @property
    def seconds(self) -> float:
        return self.samples / self.sample_rate_hz


def flac(head: bytes) -> Flac:
    """The header of a FLAC stream from its first 42 bytes."""
    if not head.startswith(_FLAC) or len(head) < len(_FLAC[0]) + _STREAMINFO_BYTES:
        raise ValueError("its header is not there")
    (packed,) = struct.unpack_from(">Q", head, 18)
    rate, digest = packed >> 44, head[26:42]
    if rate == 0:
        raise ValueError("its header says 0 Hz")
    return Flac(
        sample_rate_hz=rate,
        bits=(packed >> 36 & 0x1F) + 1,
        samples=packed & 0xFFFFFFFFF,
        md5=digest.hex() if any(digest) else "",
    )


@dataclass(frozen=True, kw_only=True)
class Ogg:
    """`flac` is the header of a FLAC stream in it."""

    seconds: float
    flac: Flac | None = None


def ogg(stream: BinaryIO, size: int) -> Ogg:
    """The first stream of Vorbis, Opus or FLAC in an Ogg (RFC 3533), by the number of its last sample."""
    for at, serial, _ in _pages(stream, 0, _FIRST_PAGES):
        stream.seek(at)
        body = stream.read(64)
        if body.startswith(b"\x01vorbis"):
            (rate,) = struct.unpack_from("<I", body, 12)
            if rate == 0:
                raise ValueError("its header says 0 Hz")
            return Ogg(seconds=_last_granule(stream, size, serial) / rate)
        if body.startswith(b"OpusHead"):
            (skipped,) = struct.unpack_from("<H", body, 10)
            return Ogg(seconds=(_last_granule(stream, size, serial) - skipped) / 48000)
        if body.startswith(b"\x7fFLAC"):
            inner = flac(body[9:])
            return Ogg(seconds=_last_granule(stream, size, serial) / inner.sample_rate_hz, flac=inner)
    raise ValueError("no Vorbis, Opus or FLAC stream in it")


def _pages(stream: BinaryIO, at: int, most: int) -> Iterator[tuple[int, bytes, int]]:
    """The first pages from an offset on: where the body begins, the stream's serial number, the granule position."""
    for _ in range(most):
        stream.seek(at)
        head = stream.read(_PAGE_HEADER)
        if len(head) < _PAGE_HEADER or not head.startswith(_PAGE):
            return
        segments = stream.read(head[26])
        body = at + _PAGE_HEADER + len(segments)
        yield body, head[14:18], int.from_bytes(head[6:14], "little")
        at = body + sum(segments)


def _last_granule(stream: BinaryIO, size: int, serial: bytes) -> int:
    """The position that the last page of a stream states: in the last kilobytes, or, where another stream ends the
    file, page by page.
    """
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read()
    at = tail.rfind(_PAGE)
    while at != -1:
        granule = int.from_bytes(tail[at + 6 : at + 14], "little")
        if tail[at + 14 : at + 18] == serial and granule != _NO_GRANULE:
            return granule
        at = tail.rfind(_PAGE, 0, at)
    known = [g for _, page, g in _pages(stream, 0, _MOST_PAGES) if page == serial and g != _NO_GRANULE]
    return known[-1] if known else 0


def m4a_seconds(stream: BinaryIO, size: int) -> float:
    """The length of the first sound track (ISO/IEC 14496-12: moov, trak, mdia; hdlr, mdhd)."""
    for moov in boxes(stream, 0, size, b"moov"):
        for trak in boxes(stream, *moov, b"trak"):
            for mdia in boxes(stream, *trak, b"mdia"):
                for start, _ in boxes(stream, *mdia, b"hdlr"):
                    stream.seek(start + 8)
                    if stream.read(4) == b"soun":
                        return next(
                            (_media_seconds(stream, at) for at, _ in boxes(stream, *mdia, b"mdhd")), 0.0
                        )
    raise ValueError("no sound track in it")


def _media_seconds(stream: BinaryIO, at: int) -> float:
    stream.seek(at)
    head = stream.read(32)
    scale, length = (
        struct.unpack_from(">IQ", head, 20) if head[0] == 1 else struct.unpack_from(">II", head, 12)
    )
    return length / scale if scale else 0.0


def boxes(stream: BinaryIO, start: int, end: int, name: bytes) -> Iterator[tuple[int, int]]:
    """Where the contents of each box of a name begin and end, between two offsets."""
    for _ in range(_MOST_BOXES):
        stream.seek(start)
        head = stream.read(8)
        if start + 8 > end or len(head) < 8:
            return
        length, found = struct.unpack(">I4s", head)
        body = start + 8
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
            body += 8
        last = end if length == 0 else min(end, start + length)
        if last < body:
            raise ValueError(f"its part {found.decode('ascii', 'replace')!r} has no end")
        if found == name:
            yield body, last
        start = last
    raise ValueError("it has too many parts")
