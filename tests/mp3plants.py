"""Texts and marks put into the frames of an MP3 where no player plays them: its sound stays the same to the sample."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import soundfile

from tests.mp3bits import Frames, frames_of

SECRET = b"made by CANARY"


def decoded(data: bytes) -> bytes:
    """The samples that libsndfile (mpg123) decodes; b"" where it does not."""
    try:
        samples, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    except soundfile.LibsndfileError:
        return b""
    return bytes(np.ascontiguousarray(samples).data)


def unheard(data: bytes, changes: Iterator[Frames]) -> bytes:
    """The first of some changed files that sounds as before; a test that finds none is none."""
    before = decoded(data)
    for changed in changes:
        if changed.data != data and decoded(bytes(changed.data)) == before:
            return bytes(changed.data)
    raise AssertionError("every change is heard")


def claimed(data: bytes) -> bytes:
    """Three bits that are no codeword behind the sound of the last granule, which claims them as its own."""
    frames = frames_of(data)
    last = len(frames.offsets) * frames.parts - 1
    frames.set(last, "length", frames.field(last, "length") + 3)
    return unheard(data, iter([frames]))


def behind_the_last_line(data: bytes) -> bytes:
    """A text behind 576 lines: the last granule is filled up with quads of zeros first."""
    frames = frames_of(data)
    last = len(frames.offsets) * frames.parts - 1
    length, bits = frames.field(last, "length"), 144 * (4 if frames.field(last, "quads") else 1)
    frames.write(frames.start(last) + length, b"\xff" * (bits // 8) + SECRET)
    frames.set(last, "length", length + bits + 8 * len(SECRET))
    return unheard(data, iter([frames]))


def padded_elsewhere(data: bytes) -> bytes:
    """The byte of padding of one frame moved to the next: a pattern of these may be a message."""

    def changes() -> Iterator[Frames]:
        for frame in range(3, len(frames_of(data).offsets) - 3):
            frames = frames_of(data)
            here, after = frames.offsets[frame], frames.offsets[frame + 1]
            if not frames.data[here + 2] & 2 or frames.data[after + 2] & 2:
                continue
            frames.data[here + 2] ^= 2
            frames.data[after + 2] ^= 2
            side = frames.side(frame + 1)
            frames.put(side, frames.header.side_layout.begin_bits, frames.begin(frame + 1) - 1)
            head = frames.data[after : after + frames.header.data_start]
            moved = frames.data[after - 1]
            frames.data[after - 1 : after + frames.header.data_start] = head + bytes([moved])
            yield frames

    return unheard(data, changes())


def unused(name: str) -> Callable[[bytes], bytes]:
    """Another number in a field of a granule that needs none."""

    def plant(data: bytes) -> bytes:
        def changes() -> Iterator[Frames]:
            frames = frames_of(data)
            for granule in range(len(frames.offsets) * frames.parts):
                before = frames.field(granule, name)
                frames.set(granule, name, before ^ 1)
                yield frames
                frames.set(granule, name, before)

        return unheard(data, changes())

    return plant


def unshared(data: bytes) -> bytes:
    """Scalefactors that are shared though there are none, or are not shared though they could be."""

    def changes() -> Iterator[Frames]:
        frames = frames_of(data)
        for frame in range(len(frames.offsets)):
            for group in range(4):
                bit = frames.side(frame) + 14 + group
                frames.put(bit, 1, 1 - frames.get(bit, 1))
                yield frames
                frames.put(bit, 1, 1 - frames.get(bit, 1))

    return unheard(data, changes())
