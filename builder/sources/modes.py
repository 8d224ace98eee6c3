"""Whether an MP3 is of one make from its first frame to its last.

Files copied one behind the other play on, but where the sample rate or the number of channels changes ffmpeg begins its
filters anew, and from there on `start` and `end` would be counted from the change.
"""

from __future__ import annotations

import mmap
from pathlib import Path

from builder.files.opening import open_file
from builder.sources import mpeg as frames

# Fewer frames in a row may be noise that looks like some.
_FRAMES_OF_A_MODE = 10
# What is searched for frames behind damage or a tag, and how often: beyond that the decoder will complain.
_SEARCHED_BYTES, _SEARCHES = 1 << 20, 20


def change_of_mode(path: Path, start: int) -> str:
    """From what to what an MP3 changes, in words; "" where it does not. Walks every frame from `start` on."""
    with open_file(path) as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        first: tuple[int, int] | None = None
        seconds = 0.0
        at = start
        for _ in range(_SEARCHES):
            found = frames.first_frame(data, at, within=_SEARCHED_BYTES)
            if found is None:
                break
            run = 0
            mode: tuple[int, int] | None = None
            for offset, header in frames.frames(data, found):
                here = (header.sample_rate_hz, header.channels)
                if here != mode:
                    run, mode = 0, here
                run += 1
                if run == _FRAMES_OF_A_MODE:
                    first = first or here
                    if here != first:
                        return (
                            f"{_words(first)} at first, {_words(here)} from about {seconds / 60:.1f} min on"
                        )
                seconds += header.samples / header.sample_rate_hz
                at = offset + header.size
            at = max(at, found + 1)
    return ""


def _words(mode: tuple[int, int]) -> str:
    return f"{mode[0]:,} Hz and {mode[1]} channel{'s' if mode[1] > 1 else ''}"
