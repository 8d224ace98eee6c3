"""Leaks of every kind, to be planted into a finished card: of a folder by its files, of an image by its bytes."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutagen.apev2 import APEv2
from mutagen.id3 import (
    APIC,
    COMM,
    GEOB,
    ID3,
    PRIV,
    TALB,
    TCON,
    TENC,
    TIT2,
    TLAN,
    TPE1,
    TPOS,
    TRCK,
    TSSE,
    TXXX,
    TYER,
    UFID,
    USLT,
    Encoding,
    Frame,
    PictureType,
)
from PIL import ImageDraw

from builder.card.layout import FIXED_TIME
from builder.fat.names import LONG_NAME, checksum
from builder.fat.read import open_volume
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sources.mpeg import id3v2_size, parse_header
from tests.card.pictures import drawing, exif, plain_jpeg
from tests.conftest import checked, oracle, speech
from tests.mp3plants import behind_the_last_line, claimed, padded_elsewhere, unshared, unused

SECRET = "made by CANARY"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A leak: how it is planted, the code that it must be told by, and a word that the message must hold."""

    name: str
    code: str
    word: str
    plant: Callable[[Path], object]


def settle(card: Path) -> None:
    """Give everything the one time of every card, so that no time tells of the planting."""
    for path in (*card.rglob("*"), card):
        os.utime(path, (FIXED_TIME, FIXED_TIME), follow_symlinks=False)


def track(card: Path) -> Path:
    """The second file of a card."""
    return sorted(card.rglob("*.mp3"))[1]


def _tag(*frames: Frame, version: int = 3, padding: int = 0) -> Callable[[Path], object]:
    def plant(card: Path) -> None:
        tag = ID3(track(card))
        for frame in frames:
            tag.add(frame)
        tag.save(track(card), v1=0, v2_version=version, padding=lambda _: padding)

    return plant


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda card: track(card).write_bytes(change(track(card).read_bytes()))


def _file(name: str, content: bytes = SECRET.encode()) -> Callable[[Path], object]:
    def plant(card: Path) -> None:
        path = card / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return plant


def _picture(**kept: Any) -> bytes:
    return plain_jpeg(drawing(64, 64), **kept)


def _cover(data: bytes, description: str = "") -> Frame:
    return APIC(
        encoding=Encoding.LATIN1,
        mime="image/jpeg",
        type=PictureType.COVER_FRONT,
        desc=description,
        data=data,
    )


def _with_codes(secret: bytes) -> bytes:
    """A picture with 15 bits long codes for symbols that do not come in it: letters of a text."""
    data = _picture()
    at = data.index(b"\xff\xc4\0", data.index(b"\xff\xc4\0") + 2)  # of brightness, the rest
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    counts, symbols = data[at + 5 : at + 21], data[at + 21 : end]
    more = bytes(dict.fromkeys(letter for letter in secret if letter not in symbols))
    assert counts[14:] == b"\0\0"
    body = data[at + 4 : at + 5] + counts[:15] + bytes([len(more)]) + symbols + more
    return data[: at + 2] + struct.pack(">H", len(body) + 2) + body + data[end:]


def _with_rows_below() -> bytes:
    """A picture of 64 rows that says to have 58."""
    picture = drawing(64, 64)
    ImageDraw.Draw(picture).text((0, 57), SECRET, fill="black")
    return plain_jpeg(picture).replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 58, 64), 1)


def frame_at(data: bytes, count: int = 5) -> int:
    """Where the frame of that number begins."""
    at = id3v2_size(data)
    for _ in range(count):
        header = parse_header(data[at : at + 4])
        assert header is not None
        at += header.size
    return at


def insert(secret: bytes, *, within: int = 0) -> Callable[[bytes], bytes]:
    """Put bytes before a frame, or so many bytes into it."""
    return lambda data: data[: (at := frame_at(data) + within)] + secret + data[at:]


def overwrite(secret: bytes, *, within: int) -> Callable[[bytes], bytes]:
    return lambda data: data[: (at := frame_at(data) + within)] + secret + data[at + len(secret) :]


def _ape() -> bytes:
    file = io.BytesIO(b"\0" * 64)
    tag = APEv2()
    tag["Artist"] = SECRET
    tag.save(file)
    return file.getvalue()[64:]


def _id3v1(comment: bytes = b"") -> bytes:
    return b"TAG" + b"Sermon".ljust(30, b"\0") + bytes(64) + comment.ljust(30, b"\0") + b"\xff"


def _text_behind_the_end(data: bytes) -> bytes:
    """A second text behind the zero that ends the title; no player shows it."""
    tag = ID3(io.BytesIO(data))
    title = tag["TIT2"]
    title.text = [title.text[0], SECRET]
    file = io.BytesIO(data)
    tag.save(file, v1=0, v2_version=3, padding=lambda _: 0, v23_sep=None)
    return file.getvalue()


def _packed(data: bytes) -> bytes:
    body = zlib.compress(b"\0" + SECRET.encode() * 20)
    frame = b"TXXX" + struct.pack(">IBBI", len(body) + 4, 0, 0x80, 1 + 20 * len(SECRET)) + body
    return (
        data[:6]
        + _syncsafe(id3v2_size(data) - 10 + len(frame))
        + data[10:][: id3v2_size(data) - 10]
        + (frame + data[id3v2_size(data) :])
    )


def _syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _in_all_frames(byte: int, bits: int) -> Callable[[bytes], bytes]:
    """Set bits of the same byte of all frames."""

    def change(data: bytes) -> bytes:
        changed, at = bytearray(data), id3v2_size(data)
        while header := parse_header(data[at : at + 4]):
            changed[at + byte] |= bits
            at += header.size
        return bytes(changed)

    return change


def in_title(text: bytes) -> Callable[[bytes], bytes]:
    """Put bytes before a Latin-1 title, as they are."""

    def change(data: bytes) -> bytes:
        at = data.index(b"TIT2")
        length = int.from_bytes(data[at + 4 : at + 8], "big") + len(text)
        size = id3v2_size(data) - 10 + len(text)
        title = b"TIT2" + length.to_bytes(4, "big") + b"\0\0\0" + text
        return data[:6] + _syncsafe(size) + data[10:at] + title + data[at + 11 :]

    return change


def reframed(data: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """A file with other frames in its tag, or in another order."""
    frames, at, end = [], 10, id3v2_size(data)
    while at < end:
        behind = at + 10 + int.from_bytes(data[at + 4 : at + 8], "big")
        frames.append(data[at:behind])
        at = behind
    tag = b"".join(change(frames))
    return data[:6] + _syncsafe(len(tag)) + tag + data[end:]


def widened(data: bytes) -> bytes:
    """A file with all texts of its tag in UTF-16, in the order in which they were."""

    def wide(frame: bytes) -> bytes:
        body = b"\1\xff\xfe" + frame[11:].decode("latin-1").encode("utf-16-le")
        return frame[:4] + len(body).to_bytes(4, "big") + frame[8:10] + body

    return reframed(data, lambda frames: [wide(frame) for frame in frames])


def _foreign(*options: str) -> Callable[[Path], object]:
    """The file made anew by another program, as anyone would."""

    def plant(card: Path) -> None:
        path = track(card)
        made = path.with_name("made.mp3")
        checked(find_ffmpeg().executable, "-v", "error", "-y", "-i", path, *options, made)
        made.replace(path)

    return plant


def _renamed(change: Callable[[str], str]) -> Callable[[Path], object]:
    return lambda card: track(card).rename(track(card).with_name(change(track(card).stem) + ".mp3"))


def _stereo_behind(card: Path) -> None:
    other = card.parent / "other.mp3"
    wav = speech(card.parent / "other.wav", 1.0, channels=2, seed=77)
    bare = ("-write_xing", "0", "-id3v2_version", "0", "-ac", "2", "-ar", "44100", "-b:a", "64k")
    checked(find_ffmpeg().executable, "-v", "error", "-y", "-i", wav, *bare, other)
    path = track(card)
    path.write_bytes(path.read_bytes() + other.read_bytes())


def _note(path: Path) -> None:
    """An extended attribute, as browsers and file managers attach them."""
    checked(oracle("setfattr"), "-n", "user.xdg.comment", "-v", SECRET, path)


FILES = (
    Plant(name="a text of one's own", code="E701", word="TXXX", plant=_tag(TXXX(desc="by", text=SECRET))),
    Plant(name="a comment", code="E701", word=SECRET, plant=_tag(COMM(lang="kor", text=SECRET))),
    Plant(name="private data", code="E701", word="PRIV", plant=_tag(PRIV(owner="x", data=SECRET.encode()))),
    Plant(name="an id", code="E701", word="UFID", plant=_tag(UFID(owner="http://x", data=b"1234"))),
    Plant(
        name="an embedded file",
        code="E701",
        word="GEOB",
        plant=_tag(GEOB(mime="a/b", filename="x", data=SECRET.encode())),
    ),
    Plant(name="the encoder's name", code="E701", word="TSSE", plant=_tag(TSSE(text="Lavf60.16.100"))),
    Plant(name="who encoded it", code="E701", word=SECRET, plant=_tag(TENC(text=SECRET))),
    Plant(name="a year", code="E701", word="TYER", plant=_tag(TYER(text="2026"))),
    Plant(name="lyrics", code="E701", word="USLT", plant=_tag(USLT(lang="kor", text=SECRET))),
    Plant(name="a packed frame", code="E701", word="TXXX", plant=_bytes(_packed)),
    Plant(name="a tag of version 2.4", code="E701", word="2.4", plant=_tag(version=4)),
    Plant(name="padding", code="E702", word="padding", plant=_tag(padding=1024)),
    Plant(name="a text behind a text", code="E701", word="TIT2", plant=_bytes(_text_behind_the_end)),
    Plant(
        name="a picture with a place",
        code="E706",
        word="EXIF",
        plant=_tag(_cover(_picture(exif=exif()))),
    ),
    Plant(
        name="a picture with a comment",
        code="E706",
        word="CANARY",
        plant=_tag(_cover(_picture(comment=b"CANARY"))),
    ),
    Plant(
        name="a picture with a colour profile",
        code="E706",
        word="ICC",
        plant=_tag(_cover(_picture(icc_profile=b"CANARY" * 30))),
    ),
    Plant(
        name="a picture with XMP",
        code="E706",
        word="XMP",
        plant=_tag(_cover(_picture(xmp=b"<x:xmpmeta>CANARY</x:xmpmeta>"))),
    ),
    Plant(
        name="words behind a picture",
        code="E706",
        word="JPEG",
        plant=_tag(_cover(_picture() + SECRET.encode())),
    ),
    Plant(
        name="words behind a picture's last pixel",
        code="E706",
        word="no pixels",
        plant=_tag(_cover(_picture()[:-2] + SECRET.encode() + b"\xff\xd9")),
    ),
    Plant(
        name="words behind a picture's restart",
        code="E706",
        word="restarts",
        plant=_tag(_cover(_picture()[:-2] + b"\xff\xd0" + SECRET.encode() + b"\xff\xd9")),
    ),
    Plant(
        name="a table of a picture that another replaces",
        code="E706",
        word="twice",
        plant=_tag(
            _cover(_picture()[:20] + b"\xff\xdb\0\x43\0" + SECRET.encode().ljust(64) + _picture()[20:])
        ),
    ),
    Plant(
        name="words in a table of a picture that nothing uses",
        code="E706",
        word="Huffman tables",
        plant=_tag(_cover(_with_codes(SECRET.encode()))),
    ),
    Plant(
        name="a picture in steps of its own",
        code="E706",
        word="quantization tables",
        plant=_tag(_cover(_picture()[:40] + SECRET.encode() + _picture()[40 + len(SECRET) :])),
    ),
    Plant(
        name="words below a picture's last row",
        code="E706",
        word="beyond its edge",
        plant=_tag(_cover(_with_rows_below())),
    ),
    Plant(
        name="a picture as another program writes it",
        code="E706",
        word="Huffman tables",
        plant=_tag(_cover(_picture(optimize=False))),
    ),
    Plant(
        name="unseen letters in a title",
        code="E701",
        word="cannot be seen",
        plant=_tag(TIT2(encoding=Encoding.UTF16, text="T\u200b2")),
    ),
    Plant(
        name="a number that is no track's", code="E701", word="TRCK", plant=_tag(TRCK(text="821012345678"))
    ),
    Plant(
        name="a picture with a description",
        code="E701",
        word="description",
        plant=_tag(_cover(_picture(), SECRET)),
    ),
    Plant(name="an ID3v1 tag", code="E703", word="ID3v1", plant=_bytes(lambda d: d + _id3v1(b"CANARY"))),
    Plant(name="an enhanced tag", code="E703", word="TAG+", plant=_bytes(lambda d: d + b"TAG+" + bytes(223))),
    Plant(name="an APEv2 tag", code="E703", word="APEv2", plant=_bytes(lambda d: d + _ape())),
    Plant(
        name="an APEv2 tag without a header",
        code="E703",
        word="APEv2",
        plant=_bytes(lambda d: d + _ape()[32:]),
    ),
    Plant(
        name="a Lyrics3 tag",
        code="E703",
        word="Lyrics3",
        plant=_bytes(lambda d: d + b"LYRICSBEGININD0000200LYR00014" + SECRET.encode() + b"000046LYRICS200"),
    ),
    Plant(
        name="a tag in mid-stream",
        code="E703",
        word="ID3v2",
        plant=_bytes(insert(b"ID3\3\0\0" + _syncsafe(len(SECRET)) + SECRET.encode())),
    ),
    Plant(
        name="a second tag",
        code="E703",
        word="ID3v2",
        plant=_bytes(lambda d: d[: id3v2_size(d)] + d[: id3v2_size(d)] + d[id3v2_size(d) :]),
    ),
    Plant(name="bytes behind", code="E702", word=SECRET, plant=_bytes(lambda d: d + SECRET.encode())),
    Plant(name="one byte behind", code="E702", word="1 bytes", plant=_bytes(lambda d: d + b"\0")),
    Plant(name="bytes before", code="E702", word=SECRET, plant=_bytes(lambda d: SECRET.encode() + d)),
    Plant(name="bytes between frames", code="E702", word=SECRET, plant=_bytes(insert(SECRET.encode()))),
    Plant(
        name="bytes within a frame",
        code="E702",
        word="between frames",
        plant=_bytes(insert(SECRET.encode() * 6, within=90)),
    ),
    Plant(name="a frame cut off", code="E702", word="behind", plant=_bytes(lambda d: d[:-7])),
    Plant(
        name="an information frame",
        code="E704",
        word="encoder",
        plant=_foreign("-c:a", "libmp3lame", "-ac", "1", "-b:a", "64k"),
    ),
    Plant(
        name="LAME's own words",
        code="E704",
        word="no player plays",
        plant=_foreign("-af", "volume=0", "-write_xing", "0", "-id3v2_version", "0", "-b:a", "64k"),
    ),
    Plant(
        name="the private bit of a frame",
        code="E705",
        word="not all alike",
        plant=_bytes(lambda d: d[: frame_at(d) + 2] + bytes([d[frame_at(d) + 2] | 1]) + d[frame_at(d) + 3 :]),
    ),
    Plant(
        name="the private bits of the side information",
        code="E704",
        word="no player plays",
        plant=_bytes(
            lambda d: d[: frame_at(d) + 5] + bytes([d[frame_at(d) + 5] | 0x54]) + d[frame_at(d) + 6 :]
        ),
    ),
    Plant(
        name="the private bits of all frames",
        code="E704",
        word="marks",
        plant=_bytes(_in_all_frames(2, 0x01)),
    ),
    Plant(name="a copyright on all frames", code="E704", word="marks", plant=_bytes(_in_all_frames(3, 0x08))),
    Plant(
        name="a frame whose sound is nowhere",
        code="E704",
        word="no player plays",
        plant=_bytes(lambda d: d[: frame_at(d, 0) + 4] + b"\xff" + d[frame_at(d, 0) + 5 :]),
    ),
    *(
        Plant(
            name=f"a tag that says {what}",
            code="E701",
            word=frame.__name__,
            plant=_tag(frame(encoding=Encoding.LATIN1 if text.isascii() else Encoding.UTF16, text=text)),
        )
        for what, frame, text in (
            ("a number that is not the track's", TRCK, "4711"),
            ("a folder that is not there", TPOS, "82"),
            ("a zero before its number", TRCK, "02"),
            ("another language", TLAN, "nau"),
            ("no language", TLAN, "kim"),
            ("a kind of somebody's own", TCON, "Kim"),
            ("another kind", TCON, "Gospel"),
            ("letters that select a variant", TIT2, "Mark\U000e0141 1"),
            ("a Mongolian selector", TIT2, "Mark\u180b 1"),
            ("a blank of Ogham", TIT2, "Mark\u16801"),
            ("a note without a head", TIT2, "Mark \U0001d1591"),
            ("a blank at its end", TPE1, "Reader "),
            ("blanks in a row", TPE1, "Reader   of Mark"),
            ("too many marks on a letter", TIT2, "Mark\u0316\u0317\u0318\u0319\u031c 1"),
        )
    ),
    Plant(name="frames of another recording", code="E705", word="another recording", plant=_stereo_behind),
    Plant(
        name="frames of another bitrate",
        code="E705",
        word="bitrate",
        plant=_foreign("-write_xing", "0", "-id3v2_version", "0", "-q:a", "4"),
    ),
    Plant(name="macOS' notes", code="E708", word="macOS", plant=_file(".DS_Store")),
    Plant(name="macOS' other half", code="E708", word="macOS", plant=_file("._01_001.mp3")),
    Plant(name="macOS' journal", code="E708", word="macOS", plant=_file(".fseventsd/0000000001")),
    Plant(
        name="Windows' number",
        code="E708",
        word="Windows",
        plant=_file("System Volume Information/IndexerVolumeGuid"),
    ),
    Plant(name="Windows' bin", code="E708", word="Windows", plant=_file("$RECYCLE.BIN/S-1-5-21/desktop.ini")),
    Plant(name="Windows' thumbnails", code="E708", word="Windows", plant=_file("Thumbs.db")),
    Plant(name="Android's folder", code="E708", word="Android", plant=_file("LOST.DIR/1")),
    Plant(name="our record", code="E707", word="record", plant=_file("record.json", b"{}")),
    Plant(name="our manifest", code="E707", word="manifest", plant=_file("pack.yaml")),
    Plant(name="a report", code="E707", word="report", plant=_file("review.html")),
    Plant(name="checksums", code="E707", word="checksums", plant=_file("card.sha256")),
    Plant(name="a playlist", code="E707", word="playlist", plant=_file("all.m3u", b"/home/kim/x.mp3")),
    Plant(name="a text", code="E707", word="text", plant=_file("README.txt")),
    Plant(name="a picture", code="E707", word="picture", plant=_file("cover.jpg", _picture())),
    Plant(
        name="text in an MP3's place", code="E707", word="no MP3", plant=_file("01_S/99.mp3", b"hello " * 99)
    ),
    Plant(name="Jieli firmware", code="E709", word="renew", plant=_file("jl_692x.ufw")),
    Plant(name="older Jieli firmware", code="E709", word="renew", plant=_file("UPDATA/JL_692X.BFU")),
    Plant(name="MVSilicon firmware", code="E709", word="renew", plant=_file("MAIN.MVA")),
    Plant(name="an empty folder", code="E707", word="kim", plant=lambda card: (card / "kim").mkdir()),
    Plant(name="a copy's name", code="E710", word="copy", plant=_renamed(lambda stem: f"{stem} - Copy")),
    Plant(
        name="a numbered copy",
        code="E710",
        word="copy",
        plant=lambda card: shutil.copy2(track(card), track(card).with_name(track(card).stem + " (1).mp3")),
    ),
    Plant(
        name="a Mac's spelling",
        code="E710",
        word="NFD",
        plant=_renamed(lambda _: unicodedata.normalize("NFD", "02_설교")),
    ),
    Plant(
        name="the order of frames",
        code="E701",
        word="another order",
        plant=_bytes(lambda data: reframed(data, lambda frames: frames[::-1])),
    ),
    Plant(
        name="a frame in another encoding",
        code="E701",
        word="written otherwise",
        plant=_tag(TIT2(encoding=Encoding.UTF16, text="T2")),
    ),
    Plant(name="a tag in another encoding", code="E701", word="another rule", plant=_bytes(widened)),
    Plant(
        name="an album with a number of its own",
        code="E701",
        word="TALB",
        plant=_tag(TALB(encoding=Encoding.LATIN1, text="07 S")),
    ),
    Plant(
        name="letters beyond those of players",
        code="E701",
        word="emoji",
        plant=_tag(TIT2(encoding=Encoding.UTF16, text="T2\U0001f4de")),
    ),
    Plant(
        name="capitals in an ending",
        code="E710",
        word=".Mp3",
        plant=lambda card: track(card).rename(track(card).with_suffix(".Mp3")),
    ),
    Plant(
        name="a blank before the ending", code="E710", word="space", plant=_renamed(lambda stem: f"{stem} ")
    ),
    Plant(name="blanks in a row", code="E710", word="space", plant=_renamed(lambda stem: f"{stem}  a")),
    Plant(name="a wide blank", code="E710", word="seen", plant=_renamed(lambda stem: f"{stem}\u3000a")),
    Plant(name="unseen letters", code="E710", word="seen", plant=_renamed(lambda stem: f"{stem}\u200b")),
    Plant(
        name="a link",
        code="E707",
        word="link",
        plant=lambda card: (card / "x.mp3").symlink_to("/etc/hostname"),
    ),
    Plant(name="a pipe", code="E707", word="pipe", plant=lambda card: os.mkfifo(card / "x.mp3")),
    Plant(name="a note attached to a track", code="E722", word=SECRET, plant=lambda card: _note(track(card))),
    Plant(
        name="a note attached to a folder",
        code="E722",
        word=SECRET,
        plant=lambda card: _note(track(card).parent),
    ),
    Plant(name="a note attached to the card", code="E722", word=SECRET, plant=lambda card: _note(card)),
    Plant(
        name="an access list that names a user",
        code="E722",
        word="posix_acl_access",
        plant=lambda card: checked(oracle("setfacl"), "-m", "u:821012:r", track(card)),
    ),
    Plant(
        name="an access list that a folder hands down",
        code="E722",
        word="posix_acl_default",
        plant=lambda card: checked(oracle("setfacl"), "-d", "-m", "u:821012:r", track(card).parent),
    ),
    Plant(name="rights of its own", code="E722", word="0640", plant=lambda card: track(card).chmod(0o640)),
    Plant(
        name="another name of a track",
        code="E722",
        word="2 names",
        plant=lambda card: os.link(track(card), card.parent / "kim.mp3"),
    ),
    Plant(
        name="words behind the last line of a granule",
        code="E704",
        word="longer",
        plant=_bytes(behind_the_last_line),
    ),
    Plant(name="bits behind a granule's last codeword", code="E704", word="longer", plant=_bytes(claimed)),
    Plant(name="a pattern of padding", code="E704", word="another way", plant=_bytes(padded_elsewhere)),
    Plant(name="a pattern of sharing", code="E704", word="another way", plant=_bytes(unshared)),
    Plant(name="a table of nothing", code="E704", word="no player", plant=_bytes(unused("table2"))),
    Plant(name="a region of nothing", code="E704", word="no player", plant=_bytes(unused("region1"))),
    Plant(name="a gain of nothing", code="E704", word="no player", plant=_bytes(unused("gain2"))),
    Plant(name="a preflag of nothing", code="E704", word="no player", plant=_bytes(unused("preflag"))),
    Plant(name="a table of no quads", code="E704", word="no player", plant=_bytes(unused("quads"))),
    Plant(
        name="sound of two channels",
        code="E705",
        word="2 channels",
        plant=_foreign("-ac", "2", "-write_xing", "0", "-id3v2_version", "0", "-b:a", "64k"),
    ),
)


def _patched(offset: int, data: bytes) -> Callable[[Path], object]:
    """Bytes of an image, from its first or, below 0, its last."""

    def plant(image: Path) -> None:
        with image.open("r+b") as file:
            file.seek(offset, os.SEEK_END if offset < 0 else os.SEEK_SET)
            file.write(data)

    return plant


def partition(image: Path) -> int:
    """The byte at which the first partition begins."""
    with image.open("rb") as file:
        file.seek(454)
        return int.from_bytes(file.read(4), "little") * 512


def _in_volume(offset: int, data: bytes) -> Callable[[Path], object]:
    return lambda image: _patched(partition(image) + offset, data)(image)


def _mtools(tool: str, *arguments: str) -> Callable[[Path], object]:
    """A tool that we did not write, used as on a mounted card; FILE is a text file, `::` the volume."""

    def plant(image: Path) -> None:
        text = image.with_suffix(".txt")
        text.write_text(SECRET)
        named = [str(text) if argument == "FILE" else argument for argument in arguments]
        place = f"{image}@@{partition(image)}"
        subprocess.run([oracle(tool), "-i", place, *named], check=True, capture_output=True, input=b"")

    return plant


def _behind(image: Path) -> None:
    image.write_bytes(image.read_bytes() + b"kim")


def root_of(image: Path) -> int:
    """The byte at which the root folder of a FAT16 volume begins."""
    start = partition(image)
    with image.open("rb") as file:
        file.seek(start)
        boot = file.read(512)
    reserved, fats = struct.unpack_from("<HB", boot, 14)
    (fat_sectors,) = struct.unpack_from("<H", boot, 22)
    return start + (int(reserved) + int(fats) * int(fat_sectors)) * 512


def _in_root(offset: int, data: bytes) -> Callable[[Path], object]:
    return lambda image: _patched(root_of(image) + offset, data)(image)


def _then(*plants: Callable[[Path], object]) -> Callable[[Path], object]:
    def plant(target: Path) -> None:
        for one in plants:
            one(target)

    return plant


def folder_of(image: Path, number: int = 0) -> tuple[int, int, int]:
    """Of a folder of an image: its first byte, the first slot behind its last entry, and where its cluster ends."""
    with open_volume(image) as volume:
        folders = [entry for entry in volume.walk() if entry.is_folder]
        ((start, length),) = volume.extents(folders[number])
    data = image.read_bytes()[start : start + length]
    used = next(at for at in range(0, length, 32) if data[at] == 0)
    return start, start + used, start + length


def _in_folder(offset: int, data: bytes) -> Callable[[Path], object]:
    return lambda image: _patched(folder_of(image)[0] + offset, data)(image)


def _behind_folder(slot: bytes, count: int = 0) -> Callable[[Path], object]:
    """Slots behind the last entry of a folder, as many as its cluster has room for unless so many."""

    def plant(image: Path) -> None:
        _, at, end = folder_of(image)
        _patched(at, slot.ljust(32) * (count or (end - at) // 32))(image)

    return plant


def _renamed_in_image(name: str, other: str) -> Callable[[Path], object]:
    """A long name, or a part of one that lies in one slot, written over by another of the same length."""

    def plant(image: Path) -> None:
        data = image.read_bytes()
        assert data.count(name.encode("utf-16-le")) == 1
        image.write_bytes(data.replace(name.encode("utf-16-le"), other.encode("utf-16-le")))

    return plant


def _exchanged(image: Path) -> None:
    """Two entries of a folder change their 8.3 names, with the checksums of their long names."""
    start, end, _ = folder_of(image)
    data = bytearray(image.read_bytes())
    entries = [at for at in range(start + 64, end, 32) if data[at + 11] == 0x20][:2]
    aliases = [bytes(data[at : at + 11]) for at in entries]
    for at, alias in zip(entries, reversed(aliases), strict=True):
        data[at : at + 11] = alias
        while data[(at := at - 32) + 11] == LONG_NAME:
            data[at + 13] = checksum(alias)
    image.write_bytes(data)


def _both_fats(cluster: int, data: bytes) -> Callable[[Path], object]:
    """Bytes at the entry of a cluster, in both FATs."""

    def plant(image: Path) -> None:
        with open_volume(image) as volume:
            header = volume.header
        for copy in range(header.fats):
            _patched(header.entry_offset(cluster) + copy * header.fat_bytes, data)(image)

    return plant


def _slack_of_a_track(image: Path) -> None:
    with open_volume(image) as volume:
        file = next(entry for entry in volume.walk() if not entry.is_folder)
        offset, length = volume.extents(file)[-1]
    _patched(offset + length, SECRET.encode())(image)


IMAGES = (
    Plant(name="who formatted it", code="E712", word="mkfs.fat", plant=_in_volume(3, b"mkfs.fat")),
    Plant(
        name="a number of the clock's",
        code="E712",
        word="1234-ABCD",
        plant=_in_volume(39, b"\xcd\xab\x34\x12"),
    ),
    Plant(name="a label in the boot sector", code="E712", word="KIM", plant=_in_volume(43, b"KIM        ")),
    Plant(name="a label", code="E712", word="CARE", plant=_mtools("mlabel", "::CARE")),
    Plant(
        name="a file copied to it", code="E711", word="written", plant=_mtools("mcopy", "FILE", "::/99.mp3")
    ),
    Plant(
        name="a file deleted again",
        code="E713",
        word="deleted",
        plant=_then(_mtools("mcopy", "FILE", "::/kim.txt"), _mtools("mdel", "::/kim.txt")),
    ),
    Plant(
        name="what a deleted file held",
        code="E714",
        word=SECRET,
        plant=_then(_mtools("mcopy", "FILE", "::/kim.txt"), _mtools("mdel", "::/kim.txt")),
    ),
    Plant(
        name="a folder of Windows",
        code="E708",
        word="Windows",
        plant=_mtools("mmd", "::/System Volume Information"),
    ),
    Plant(
        name="a hidden file",
        code="E715",
        word="differs",
        plant=_mtools("mattrib", "+h", "::/01_S/01_001_T1.mp3"),
    ),
    Plant(name="the disk's signature", code="E712", word="signature", plant=_patched(440, b"KIM!")),
    Plant(
        name="code of a boot loader", code="E712", word="partition table", plant=_patched(0, b"\xfa\x33\xc0")
    ),
    Plant(name="a gap before the partition", code="E714", word="gap", plant=_patched(600, SECRET.encode())),
    Plant(
        name="the boot sector's code", code="E712", word="boot sector", plant=_in_volume(100, SECRET.encode())
    ),
    Plant(name="free space", code="E714", word="free", plant=_patched(-40_000, SECRET.encode())),
    Plant(name="the last byte", code="E714", word="free", plant=_patched(-1, b"!")),
    Plant(
        name="bytes behind the image",
        code="E714",
        word="behind",
        plant=_behind,
    ),
    Plant(name="slack of the root", code="E714", word="root", plant=_in_root(8_000, SECRET.encode())),
    Plant(name="a time of creation", code="E711", word="2026-11-22", plant=_in_root(16, b"\x76\x5d")),
    Plant(name="hundredths of a second", code="E711", word="time", plant=_in_root(13, b"\x2a")),
    Plant(name="a reserved byte of an entry", code="E715", word="differs", plant=_in_root(12, b"\x40")),
    Plant(
        name="a cluster that is said to be bad",
        code="E715",
        word="differs",
        plant=_then(_in_volume(512 + 24_000, b"\xf7\xff"), _in_volume(512 + 29_696 + 24_000, b"\xf7\xff")),
    ),
    Plant(
        name="the fourth byte of a chain's first entry",
        code="E715",
        word="",
        plant=_in_volume(512 + 2, b"\xf7"),
    ),
    Plant(
        name="labels behind the last entry of a folder",
        code="E714",
        word="KIM YONGSU",
        plant=_behind_folder(b"KIM YONGSU \x08is in room 21 at ten"),
    ),
    Plant(
        name="a dot behind the last entry of a folder",
        code="E715",
        word="does not begin with",
        plant=_behind_folder(b".          \0is in room 21", 1),
    ),
    Plant(
        name="a second pair of dots",
        code="E715",
        word="does not begin with",
        plant=_behind_folder(b"..         \x10kim", 2),
    ),
    Plant(
        name="half of a long name behind the last entry of a folder",
        code="E715",
        word="long name",
        plant=_behind_folder(b"\x41k\0i\0m\0 \0y\0\x0f\0\0"),
    ),
    Plant(
        name="deleted names behind the last entry of a folder",
        code="E713",
        word="IM YONG",
        plant=_behind_folder(b"\xe5IM YONGSU \x20"),
    ),
    Plant(
        name="text behind the end mark of a folder",
        code="E714",
        word=SECRET,
        plant=_behind_folder(b"\0" + SECRET.encode(), 1),
    ),
    Plant(name="a time of a folder's own entry", code="E711", word="tell", plant=_in_folder(22, b"KIM!")),
    Plant(name="a time of the entry above", code="E711", word="tell", plant=_in_folder(32 + 14, b"KIMYON")),
    Plant(name="the name of a folder's own entry", code="E715", word="01_S", plant=_in_folder(8, b"KIM")),
    Plant(name="a size of a folder's own entry", code="E715", word="differs", plant=_in_folder(28, b"KIM!")),
    Plant(name="a mark of the entry above", code="E715", word="marks", plant=_in_folder(32 + 11, b"\x12")),
    Plant(
        name="a reserved byte of the entry above", code="E715", word="reserved", plant=_in_folder(44, b"K")
    ),
    Plant(
        name="half of a cluster's number, which FAT16 passes over",
        code="E715",
        word="first cluster",
        plant=_in_folder(20, b"\x01\x01"),
    ),
    Plant(name="the type byte of a long name", code="E715", word="differs", plant=_in_folder(64 + 12, b"K")),
    Plant(name="exchanged 8.3 names", code="E715", word="8.3 name", plant=_exchanged),
    Plant(name="an entry of a free cluster", code="E715", word="", plant=_both_fats(9_000, b"KI")),
    Plant(
        name="the mark of a card that was in use", code="E715", word="FAT", plant=_both_fats(1, b"\xff\x7f")
    ),
    Plant(
        name="the second FAT alone", code="E715", word="FATs differ", plant=_in_volume(512 + 29_696, b"\xf0")
    ),
    Plant(
        name="behind the last entry of a FAT", code="E714", word="FAT", plant=_both_fats(14_848 - 2, b"KI")
    ),
    Plant(name="slack of a track", code="E714", word=SECRET, plant=_slack_of_a_track),
    Plant(
        name="the partition's first cylinder", code="E715", word="partition table", plant=_patched(447, b"K")
    ),
    Plant(name="a second partition", code="E715", word="partition table", plant=_patched(463, b"KIM YONGSU")),
    Plant(name="a mark for booting", code="E715", word="partition table", plant=_patched(446, b"\x80")),
    Plant(name="heads and tracks", code="E715", word="boot sector", plant=_in_volume(24, b"KI")),
    Plant(
        name="the sectors before the volume", code="E715", word="boot sector", plant=_in_volume(28, b"KIM!")
    ),
    Plant(name="the drive's number", code="E715", word="boot sector", plant=_in_volume(36, b"KI")),
    Plant(
        name="the jump to code that is not there", code="E715", word="boot sector", plant=_in_volume(1, b"K")
    ),
    Plant(
        name="sectors of FF between zeros, as letters",
        code="E714",
        word="behind",
        plant=lambda image: image.write_bytes(
            image.read_bytes() + b"".join(bytes([255 * (bit == "1")]) * 512 for bit in f"{0x4B494D:b}")
        ),
    ),
    Plant(
        name="two files of one name",
        code="E707",
        word="a second time",
        plant=_renamed_in_image("2_T2.m", "1_T1.m"),
    ),
)
