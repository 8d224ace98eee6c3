"""Bits of MP3 frames read and written one by one, by the standard and by none of our readers but that of headers."""

from __future__ import annotations

from dataclasses import dataclass

from builder.sources.mpeg import FrameHeader, id3v2_size, parse_header

# First bits of the fields of a granule of mono, and their widths: of MPEG-1, and of the low rates.
_COMMON = {"length": (0, 12), "big_values": (12, 9), "gain": (21, 8)}
_AFTER = {"switches": (0, 1), "table0": (1, 5), "table1": (6, 5), "table2": (11, 5), "region0": (16, 4)}
_AFTER |= {
    "region1": (20, 3),
    "block": (1, 2),
    "mixed": (3, 1),
    "gain0": (14, 3),
    "gain1": (17, 3),
    "gain2": (20, 3),
}
_MPEG1 = {**_COMMON, "compress": (29, 4), "preflag": (56, 1), "scale": (57, 1), "quads": (58, 1)}
_LOW = {**_COMMON, "compress": (29, 9), "scale": (61, 1), "quads": (62, 1)}
FIELDS = {
    True: _MPEG1 | {name: (at + 33, width) for name, (at, width) in _AFTER.items()},
    False: _LOW | {name: (at + 38, width) for name, (at, width) in _AFTER.items()},
}


@dataclass
class Frames:
    """The frames of an MP3, mono or not, in bytes that can be changed."""

    data: bytearray
    offsets: list[int]
    header: FrameHeader

    @property
    def parts(self) -> int:
        return len(self.header.side_layout.lengths)

    def get(self, bit: int, width: int) -> int:
        last = -(-(bit + width) // 8)
        return int.from_bytes(self.data[bit // 8 : last], "big") >> (last * 8 - bit - width) & (
            (1 << width) - 1
        )

    def put(self, bit: int, width: int, number: int) -> None:
        last = -(-(bit + width) // 8)
        shift = last * 8 - bit - width
        whole = int.from_bytes(self.data[bit // 8 : last], "big") & ~(((1 << width) - 1) << shift)
        self.data[bit // 8 : last] = (whole | number << shift).to_bytes(last - bit // 8, "big")

    def side(self, frame: int) -> int:
        """The first bit of a frame's side information."""
        return (self.offsets[frame] + self.header.data_start - self.header.side_size) * 8

    def place(self, granule: int, name: str) -> tuple[int, int]:
        """The first bit of a granule's field, and its width."""
        at, width = FIELDS[self.header.is_mpeg1][name]
        frame, part = divmod(granule, self.parts)
        return self.side(frame) + self.header.side_layout.lengths[part] + at, width

    def field(self, granule: int, name: str) -> int:
        return self.get(*self.place(granule, name))

    def set(self, granule: int, name: str, number: int) -> None:
        self.put(*self.place(granule, name), number)

    def begin(self, frame: int) -> int:
        return self.get(self.side(frame), self.header.side_layout.begin_bits)

    def slot(self, frame: int) -> range:
        """The bytes of a frame behind its side information."""
        end = self.offsets[frame + 1] if frame + 1 < len(self.offsets) else self.end
        return range(self.offsets[frame] + self.header.data_start, end)

    @property
    def end(self) -> int:
        last = self.offsets[-1]
        header = parse_header(bytes(self.data[last : last + 4]))
        assert header is not None
        return last + header.size

    def main(self) -> list[int]:
        """Where in the file each byte of main data stands."""
        return [at for frame in range(len(self.offsets)) for at in self.slot(frame)]

    def start(self, granule: int) -> int:
        """The bit of main data at which a granule begins."""
        frame, part = divmod(granule, self.parts)
        before = sum(len(self.slot(earlier)) for earlier in range(frame))
        first = granule - part
        return (before - self.begin(frame)) * 8 + sum(self.field(g, "length") for g in range(first, granule))

    def write(self, bit: int, text: bytes) -> None:
        """Put a text into the main data, from a bit on."""
        places = self.main()
        for at, value in enumerate("".join(f"{byte:08b}" for byte in text)):
            self.put(places[(bit + at) // 8] * 8 + (bit + at) % 8, 1, int(value))


def frames_of(data: bytes) -> Frames:
    at, offsets = id3v2_size(data), []
    first = parse_header(data[at : at + 4])
    assert first is not None
    while header := parse_header(data[at : at + 4]):
        offsets.append(at)
        at += header.size
    return Frames(data=bytearray(data), offsets=offsets, header=first)
