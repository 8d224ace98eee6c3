"""Recordings made to do harm, or damaged, each written by a few lines: bombs, liars, wounds, and wrong things in place
of files. Small on the disk, whatever they unfold to.
"""
# ruff: noqa: ARG005  # every maker is given what any may need

from __future__ import annotations

import base64
import os
import random
import socket
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from builder.sources.mpeg import bounds, frames
from tests.conftest import convert, speech

Good = dict[str, bytes]
Maker = Callable[[Path, Good], object]


def good_files(folder: Path) -> Good:
    """The same two seconds as each kind, and as MP3s of other makes."""
    wav = speech(folder / "good.wav", 2, rate=22050)
    options = {
        "mp3": ("-b:a", "64k"),
        "bare.mp3": ("-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"),
        "48k.mp3": ("-ar", "48000", "-b:a", "64k"),
        "flac": (),
        "ogg": (),
        "m4a": (),
    }
    made = {kind: convert(wav, folder / f"good.{kind}", *more).read_bytes() for kind, more in options.items()}
    return {**made, "wav": wav.read_bytes()}


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))


def id3(frames_: bytes) -> bytes:
    return b"ID3\x04\0\0" + syncsafe(len(frames_)) + frames_


def frame(name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
    return name + syncsafe(len(body)) + flags + body


@cache
def bomb(unfolded: int = 314_000_000, count: int = 1) -> bytes:
    """A tag of so many texts, each of which unfolds to so many bytes."""
    packed = [zlib.compressobj(9) for _ in range(count)]
    pieces = [[packer.compress(b"\0%d\0" % n)] for n, packer in enumerate(packed)]
    for _ in range(unfolded // 1_000_000):
        for packer, out in zip(packed, pieces, strict=True):
            out.append(packer.compress(b"A" * 1_000_000))
    size = syncsafe(unfolded)
    bodies = [size + b"".join(out) + packer.flush() for packer, out in zip(packed, pieces, strict=True)]
    return id3(b"".join(frame(b"TXXX", body, b"\0\x09") for body in bodies))


def png_bomb(side: int = 20_000) -> bytes:
    """A picture of one colour, with as many pixels as memory has bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(1)
    rows = packer.compress(bytes(3 * side + 1)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def picture(data: bytes, url: bool = False) -> bytes:
    """A picture block of FLAC and Ogg; with `url` an address stands in the place of the picture."""
    mime = b"-->" if url else b"image/png"
    return (
        struct.pack(">II", 3, len(mime)) + mime + struct.pack(">I", 0)
        + struct.pack(">IIIII", 20_000, 20_000, 24, 0, len(data)) + data
    )  # fmt: skip


def flac_with(data: bytes, block: bytes) -> bytes:
    return data[:42] + b"\x06" + struct.pack(">I", len(block))[1:] + block + data[42:]


def ogg_page(serial: bytes, number: int, flags: int, granule: int, segments: bytes, body: bytes) -> bytes:
    head = b"OggS\0" + bytes([flags]) + struct.pack("<Q", granule) + serial + struct.pack("<I", number)
    page = head + bytes(4) + bytes([len(segments)]) + segments + body
    return page[:22] + struct.pack("<I", _ogg_crc(page)) + page[26:]


def _ogg_crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def _crc_of(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ 0x04C11DB7 if value & 1 << 31 else value << 1) & 0xFFFFFFFF
    return value


_CRC = [_crc_of(byte) for byte in range(256)]


def ogg_with(data: bytes, comment: bytes) -> bytes:
    """An Ogg Vorbis whose comment header holds one field more, on pages of its own."""
    first = data.index(b"OggS", 4)
    count = data[first + 26]
    lacing = data[first + 27 : first + 27 + count]
    body_at = first + 27 + count
    sizes, run = [], 0
    for value in lacing:
        run += value
        if value < 255:
            sizes.append(run)
            run = 0
    assert data[body_at : body_at + 7] == b"\x03vorbis"
    assert len(sizes) == 2, "the headers of these files end on one page"
    vendor = struct.unpack_from("<I", data, body_at + 7)[0]
    head = data[body_at : body_at + 11 + vendor]
    packet = head + struct.pack("<II", 1, len(comment)) + comment + b"\x01"
    setup = data[body_at + sizes[0] : body_at + sizes[0] + sizes[1]]
    serial, pages, number = data[14:18], [], 1
    for content in (packet, setup):
        laces = bytes([255]) * (len(content) // 255) + bytes([len(content) % 255])
        for start in range(0, len(laces), 255):
            part = laces[start : start + 255]
            piece = content[start * 255 : start * 255 + sum(part)]
            done = start + 255 >= len(laces)
            pages.append(ogg_page(serial, number, 1 if start else 0, 0 if done else 2**64 - 1, part, piece))
            number += 1
    rest, at = b"", body_at + sum(lacing)
    while at < len(data):  # numbers of the pages that follow go on from there
        count = data[at + 26]
        segments = data[at + 27 : at + 27 + count]
        body = data[at + 27 + count : at + 27 + count + sum(segments)]
        granule = struct.unpack_from("<Q", data, at + 6)[0]
        rest += ogg_page(serial, number, data[at + 5], granule, segments, body)
        number, at = number + 1, at + 27 + count + sum(segments)
    return data[:first] + b"".join(pages) + rest


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def m4a_with(data: bytes, extra: bytes) -> bytes:
    """An M4A with one box more at the end of its `moov`, which stands at the end of the file."""
    at = data.index(b"moov") - 4
    size = struct.unpack_from(">I", data, at)[0]
    assert at + size == len(data)
    return data[:at] + struct.pack(">I", size + len(extra)) + data[at + 4 :] + extra


def behind_ftyp(data: bytes, what: bytes) -> bytes:
    size = struct.unpack_from(">I", data)[0]
    return data[:size] + what + data[size:]


def wounded(data: bytes, *, size: int, noise: bool, at: float = 0.5) -> bytes:
    """Bytes in the middle are noise, or a hole."""
    place = int(len(data) * at)
    return data[:place] + (random.Random(1).randbytes(size) if noise else bytes(size)) + data[place + size :]


def flipped(data: bytes, at: float = 0.5) -> bytes:
    place = int(len(data) * at)
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


def put(data: bytes, offset: int, value: bytes) -> bytes:
    return data[:offset] + value + data[offset + len(value) :]


def info_of(data: bytes, frame_count: int) -> bytes:
    """The same MP3 with another count of frames in its Info frame."""
    return put(data, data.index(b"Info") + 8, struct.pack(">I", frame_count))


def vbri_of(bare: bytes, frame_count: int) -> bytes:
    """An MP3 behind a VBRI frame of Fraunhofer's encoder."""
    _, header = next(frames(bare, 0))
    first = bare[:4] + bytes(32) + b"VBRI" + struct.pack(">HHHII", 1, 0, 75, len(bare), frame_count)
    return first.ljust(header.size, b"\0") + bare


def samples_of(flac: bytes, count: int) -> bytes:
    """The same FLAC with another count of samples in its header."""
    packed = struct.unpack_from(">Q", flac, 18)[0]
    return put(flac, 18, struct.pack(">Q", packed >> 36 << 36 | count))


def silent_flac(hours: int, rate: int = 8000) -> bytes:
    """Hours of digital silence in 14 bytes for each 8 seconds (RFC 9639): one constant for 65,535 samples."""
    block = 65_535
    count = hours * 3600 * rate // block
    info = struct.pack(">HH", block, block) + bytes(6)
    info += struct.pack(">Q", rate << 44 | 15 << 36 | count * block) + bytes(16)
    made = [b"fLaC\x80\0\0\x22" + info]
    for number in range(count):
        head = (
            b"\xff\xf8\x74\x08" + chr(number).encode("utf-8", "surrogatepass") + struct.pack(">H", block - 1)
        )
        body = head + bytes([_crc(head, 0x07, 8)]) + bytes(3)
        made.append(body + struct.pack(">H", _crc(body, 0x8005, 16)))
    return b"".join(made)


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << (bits - 8)
        for _ in range(8):
            crc = (crc << 1 ^ (polynomial if crc >> (bits - 1) else 0)) & ((1 << bits) - 1)
    return crc


def behind(kind: str, hole: int = 10 << 30) -> Maker:
    """A good file with a hole behind it, which takes no room on a disk."""
    return lambda folder, good: sparse(good[kind], hole, b"\0", folder / f"a.{kind.rpartition('.')[2]}")


def file(make: Callable[[Good], bytes], name: str) -> Maker:
    return lambda folder, good: (folder / name).write_bytes(make(good))


def sparse(head: bytes, hole: int, tail: bytes, path: Path) -> None:
    with path.open("wb") as stream:
        stream.write(head)
        stream.seek(hole, 1)
        stream.write(tail)


def big_apic(folder: Path, good: Good) -> None:
    size = 200 << 20
    head = b"ID3\x04\0\0" + syncsafe(size) + b"APIC" + syncsafe(size - 10) + b"\0\0" + b"\0image/png\0\3\0"
    sparse(head, size + 10 - len(head), good["bare.mp3"], folder / "a.mp3")


# What stands before the list of tags: a handler that says it is one.
_META = bytes(4) + box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))


def big_cover(folder: Path, good: Good) -> None:
    """An M4A whose cover has 200 MB, which is a hole on the disk."""
    size = 200 << 20
    head = struct.pack(">I4sII", size + 16, b"data", 14, 0)
    for name, more in ((b"covr", b""), (b"ilst", b""), (b"meta", _META), (b"udta", b"")):
        head = struct.pack(">I4s", 8 + len(more) + len(head) + size, name) + more + head
    data = good["m4a"]
    at = data.index(b"moov") - 4
    moov = struct.pack(">I4s", len(data) - at + len(head) + size, b"moov") + data[at + 8 :]
    sparse(data[:at] + moov + head, size - 1, b"\0", folder / "a.m4a")


def fifo(folder: Path, good: Good) -> None:
    os.mkfifo(folder / "a.mp3")


def fifo_behind_a_link(folder: Path, good: Good) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "a.mp3").symlink_to("pipe")


def listener(folder: Path, good: Good) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket has 107 bytes at most
        try:
            one.bind("a.mp3")
        finally:
            os.chdir(here)


def endless_device(folder: Path, good: Good) -> None:
    (folder / "a.mp3").symlink_to("/dev/zero")


def circle(folder: Path, good: Good) -> None:
    (folder / "a.mp3").symlink_to("b.mp3")
    (folder / "b.mp3").symlink_to("a.mp3")


def outside(folder: Path, good: Good) -> None:
    (folder.parent / "secret.mp3").write_bytes(good["mp3"])
    (folder / "a.mp3").symlink_to(folder.parent / "secret.mp3")


def hard_link(folder: Path, good: Good) -> None:
    (folder.parent / "b.mp3").write_bytes(good["mp3"])
    os.link(folder.parent / "b.mp3", folder / "a.mp3")


def tagged(good: Good, tag: bytes) -> bytes:
    return tag + good["bare.mp3"]


def in_the_middle(data: bytes, what: bytes) -> bytes:
    """Something between two frames of an MP3."""
    offsets = [offset for offset, _ in frames(data, bounds(data)[0])]  # type: ignore[arg-type]
    place = offsets[len(offsets) // 2]
    return data[:place] + what + data[place:]


def chunked(wav: bytes, chunk: bytes, *, first: bool) -> bytes:
    """A WAV with an `id3 ` chunk before or behind its sound."""
    whole = b"id3 " + struct.pack("<I", len(chunk)) + chunk + bytes(len(chunk) & 1)
    return wav[:12] + whole + wav[12:] if first else wav + whole


def comment_picture(block: bytes) -> bytes:
    return b"METADATA_BLOCK_PICTURE=" + base64.b64encode(block)


_MANY = id3(b"".join(frame(b"TXXX", b"\0x%d\0" % (n % 10)) for n in range(100_000)))
_TEXT = id3(frame(b"TIT2", b"\0" + b"K" * 89))

# What it is, how it is made, and what is found; no code where it builds without a word.
CORPUS: dict[str, tuple[Maker, str]] = {
    "an ID3 bomb": (file(lambda good: tagged(good, bomb()), "a.mp3"), ""),
    "a cover of 200 MB in an MP3": (big_apic, ""),
    "100,000 frames in a tag": (file(lambda good: tagged(good, _MANY), "a.mp3"), ""),
    "a million empty tags": (file(lambda good: tagged(good, id3(b"") * 1_000_000), "a.mp3"), ""),
    "a tag that ends beyond the file": (
        file(lambda good: b"ID3\x03\0\0" + syncsafe(200 << 20) + good["bare.mp3"], "a.mp3"), "E305",
    ),
    "a tag in mid-stream": (file(lambda good: in_the_middle(good["bare.mp3"], _TEXT), "a.mp3"), "W505"),
    "a tag and a playlist": (file(lambda good: _TEXT + b"#EXTM3U\nb.wav\n" * 99, "a.mp3"), "E305"),
    "400 bytes of noise in an MP3": (file(lambda good: wounded(good["mp3"], size=400, noise=True), "a.mp3"), "W505"),
    "a hole of 2 KB in an MP3": (file(lambda good: wounded(good["bare.mp3"], size=2048, noise=False), "a.mp3"), "W505"),
    "half of an MP3": (file(lambda good: good["mp3"][: len(good["mp3"]) // 2], "a.mp3"), "E307"),
    "an Info frame that promises twice": (file(lambda good: info_of(good["mp3"], 160), "a.mp3"), "E307"),
    "an Info frame that promises half": (file(lambda good: info_of(good["mp3"], 40), "a.mp3"), ""),
    "an Info frame that promises years": (file(lambda good: info_of(good["mp3"], 0xFFFFFFFF), "a.mp3"), "E313"),
    "a VBRI frame that is right": (file(lambda good: vbri_of(good["bare.mp3"], 78), "a.mp3"), ""),
    "a VBRI frame that promises twice": (file(lambda good: vbri_of(good["bare.mp3"], 160), "a.mp3"), "E307"),
    "an MP3 with another glued on": (file(lambda good: good["mp3"] + good["48k.mp3"], "a.mp3"), "E314"),
    "nothing but sync": (file(lambda good: b"\xff" * 20_000_000, "a.mp3"), "E305"),
    "noise": (file(lambda good: b"\xff\xfb\x90\x00" + random.Random(2).randbytes(999_999), "a.mp3"), "E305"),
    "an MP3 called WAV": (file(lambda good: good["mp3"], "a.wav"), "W306"),
    "a bomb before a WAV's sound": (file(lambda good: chunked(good["wav"], bomb(), first=True), "a.wav"), "W505"),
    "a bomb behind a WAV's sound": (file(lambda good: chunked(good["wav"], bomb(), first=False), "a.wav"), "W505"),
    "thirty smaller bombs in a WAV": (
        file(lambda good: chunked(good["wav"], bomb(12_000_000, 30), first=True), "a.wav"), "W505",
    ),
    "a WAV of a million chunks": (
        file(lambda good: good["wav"][:12] + b"junk\0\0\0\0" * 1_000_000 + good["wav"][12:], "a.wav"), "E305",
    ),
    "a WAV followed by a million chunks": (
        file(lambda good: good["wav"] + b"junk\0\0\0\0" * 1_000_000, "a.wav"), "E305",
    ),
    "RF64": (file(lambda good: b"RF64" + b"\xff" * 4 + good["wav"][8:], "a.wav"), "E305"),
    "Wave64": (file(lambda good: b"riff\x2e\x91\xcf\x11" + bytes(99), "a.wav"), "E305"),
    "a WAV that promises 4 GB": (file(lambda good: put(good["wav"], 40, b"\xfe\xff\xff\xff"), "a.wav"), "E307"),
    "one bit of a FLAC": (file(lambda good: flipped(good["flac"], 0.6), "a.flac"), "E312"),
    "noise in a FLAC": (file(lambda good: wounded(good["flac"], size=400, noise=True), "a.flac"), "E312"),
    "a hole in a FLAC": (file(lambda good: wounded(good["flac"], size=2048, noise=False), "a.flac"), "E312"),
    "half of a FLAC": (file(lambda good: good["flac"][: len(good["flac"]) // 2], "a.flac"), "E307"),
    "a FLAC without a digest": (file(lambda good: put(good["flac"], 26, bytes(16)), "a.flac"), ""),
    "a FLAC with another's digest": (file(lambda good: put(good["flac"], 26, b"x" * 16), "a.flac"), "E312"),
    "a FLAC that promises 100 h": (file(lambda good: samples_of(good["flac"], 360_000 * 22050), "a.flac"), "E313"),
    "18 hours of silence in a FLAC": (file(lambda good: silent_flac(18), "a.flac"), "E319"),
    "18 hours of silence in a FLAC that does not say": (
        file(lambda good: samples_of(silent_flac(18), 0), "a.flac"), "E319",
    ),
    "10 GB of nothing behind an MP3": (behind("mp3"), "E319"),
    "2 GB of nothing behind a bare MP3": (behind("bare.mp3", 2 << 30), "E319"),
    "10 GB of nothing behind a FLAC that does not say": (
        lambda folder, good: sparse(samples_of(good["flac"], 0), 10 << 30, b"\0", folder / "a.flac"), "E319",
    ),
    "10 GB of nothing behind a FLAC": (behind("flac"), "E319"),
    "a FLAC that promises 100 s": (file(lambda good: samples_of(good["flac"], 100 * 22050), "a.flac"), "E307"),
    "a FLAC that does not say": (file(lambda good: samples_of(good["flac"], 0), "a.flac"), ""),
    "a bomb before a FLAC": (file(lambda good: bomb() + good["flac"], "a.flac"), ""),
    "a picture bomb in a FLAC": (file(lambda good: flac_with(good["flac"], picture(png_bomb())), "a.flac"), ""),
    "a smaller one": (file(lambda good: flac_with(good["flac"], picture(png_bomb(6000))), "a.flac"), ""),
    "a FLAC with a picture of 16 MB": (
        file(lambda good: flac_with(good["flac"], picture(bytes(16_000_000))), "a.flac"), "",
    ),
    "a picture bomb in an Ogg": (
        file(lambda good: ogg_with(good["ogg"], comment_picture(picture(png_bomb(9000)))), "a.ogg"), "",
    ),
    "3 MB of comment in an Ogg": (file(lambda good: ogg_with(good["ogg"], b"x=" + b"y" * 3_000_000), "a.ogg"), ""),
    "half of an Ogg": (file(lambda good: good["ogg"][: len(good["ogg"]) // 2], "a.ogg"), "E307"),
    "an Ogg of pages without end": (file(lambda good: good["ogg"][:58] + b"OggS" * 4_000_000, "a.ogg"), "E307"),
    "a cover of 200 MB in an M4A": (big_cover, "E503"),
    "a picture bomb in an M4A": (
        file(
            lambda good: m4a_with(
                good["m4a"],
                box(b"udta", box(b"meta", _META + box(b"ilst", box(b"covr", box(
                    b"data", struct.pack(">II", 14, 0) + png_bomb(),
                ))))),
            ),
            "a.m4a",
        ), "",
    ),
    "an M4A of a million boxes": (
        file(lambda good: behind_ftyp(good["m4a"], box(b"free", b"") * 1_000_000), "a.m4a"), "E305",
    ),
    "an M4A with a million boxes inside": (
        file(lambda good: box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", box(b"free", b"") * 1_000_000), "a.m4a"), "E305",
    ),
    "boxes within boxes": (file(lambda good: box(b"ftyp", b"M4A ") + _nested(20_000), "a.m4a"), "E305"),
    "half of an M4A": (file(lambda good: good["m4a"][: len(good["m4a"]) // 2], "a.m4a"), "E307"),
    "a pipe": (fifo, "E303"),
    "a pipe behind a link": (fifo_behind_a_link, "E303"),
    "a socket": (listener, "E303"),
    "a device behind a link": (endless_device, "E302"),
    "a folder": (lambda folder, good: (folder / "a.mp3").mkdir(), "E303"),
    "links in a circle": (circle, "E308"),
    "a link out of the sources": (outside, "E302"),
    "a hard link": (hard_link, ""),
}  # fmt: skip


def _nested(depth: int) -> bytes:
    return b"".join(struct.pack(">I4s", 8 * (depth - level), b"moov") for level in range(depth))
