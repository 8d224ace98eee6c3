"""The leak gate over an MP3, a folder, an image, a card or a built pack: what is not accounted for, as findings."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from builder.card.leaks.attached import alone, look_at
from builder.card.leaks.beside import judge_beside
from builder.card.leaks.card import content, look_at_card
from builder.card.leaks.leak import Leak
from builder.card.leaks.ledger import Audited, AuditFindings
from builder.card.leaks.sight import UNCOMPARED, of_a_file, of_a_pack, of_attributes
from builder.card.leaks.track import Allowed
from builder.card.leaks.words import Words
from builder.card.publish import CARD, IMAGE, RECORD
from builder.card.verify.pack import NoPackError, RecordedPack, read_pack
from builder.card.verify.target import blocks
from builder.errors import StorageError
from builder.fat.read import FatError
from builder.text import Progress

_ID = re.compile("[a-z0-9-]{1,40}")
_WHERE = "a name of a folder may say anything; audit the pack by itself, or build it again"


def audit(
    path: Path,
    words: Words,
    report: Progress,
    *,
    allowed: Allowed | None = None,
    shown_as: Path | None = None,
) -> Audited:
    """Look at every byte of what is there; nothing is written. `allowed` is what the tracks may have, if that is known;
    `shown_as` is how findings name the path.

    A folder that a build made is looked at as its card and its image. StorageError where it cannot be read.
    """
    ledger = AuditFindings(path=path, shown_as=shown_as or path, allowed=allowed or Allowed(), report=report)
    with _reading(path, ledger):
        pack = _pack_beside(path)  # a pack that lies on its card is no pack
        if pack is None and (packs := _packs(path)):
            for folder in packs:
                _look_at_pack(folder, path, words, ledger)
            for item, leak in judge_beside(path, packs, words):
                ledger.tell(item, [leak])
        else:
            _look_at_one(path, pack, words, ledger)
    return ledger.closed()


def audit_against(pack: RecordedPack, path: Path, words: Words, report: Progress) -> Audited:
    """The same of one card, wherever it lies, held against the record of its pack: then every byte of it is known."""
    ledger = AuditFindings(path=path, shown_as=path, allowed=Allowed(), report=report)
    with _reading(path, ledger):
        _look_at_one(path, pack, words, ledger)
    return ledger.closed()


def _look_at_one(path: Path, pack: RecordedPack | None, words: Words, ledger: AuditFindings) -> None:
    if pack is None and (wrong := _bad_record_beside(path)):
        ledger.tell(path, [Leak(code="E719", message=f"has a record that cannot be read: {wrong}")])
    if path.is_file():  # its name, times and rights are the office's
        ledger.tell(path, alone(look_at(path.resolve())))
    if path.is_file() and path.name != IMAGE and _is_mp3(path):
        _look_at_track(path, pack, words, ledger)
    else:
        look_at_card(path, pack, words, ledger)


@contextmanager
def _reading(path: Path, ledger: AuditFindings) -> Iterator[None]:
    """Enter what is no card, and say what an error of the disk means."""
    try:
        if path.is_fifo() or path.is_socket():
            raise OSError(errno.EINVAL, "it is a pipe")  # and might never end
        yield
    except FatError as error:
        ledger.tell(path, [Leak(code="E719", message=f"cannot be read: {error}")])
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}",
            "put the card in again; a raw card is read with the rights of an administrator only",
        ) from error


def _packs(path: Path) -> list[Path]:
    """The built cards in a folder, or up to three levels below it: out/PACK/PROFILE/NUMBER. None on a mounted card:
    what somebody copied there is on the card.
    """
    if not path.is_dir() or os.path.ismount(path):
        return []
    if _is_pack(path):
        return [path]
    return [
        folder for level in ("*", "*/*", "*/*/*") for folder in sorted(path.glob(level)) if _is_pack(folder)
    ]


def _is_pack(folder: Path) -> bool:
    return (folder / RECORD).is_file() and (folder / CARD).is_dir()


def _look_at_pack(folder: Path, root: Path, words: Words, ledger: AuditFindings) -> None:
    try:
        pack = read_pack(folder)
        if _is_misnamed(folder, root, pack):
            message = f"is in folders of other names than {pack.name}/{pack.profile}, which a build gives it"
            ledger.tell(folder, [Leak(code="E719", message=message, help=_WHERE)])
    except NoPackError as error:
        pack = None
        ledger.tell(folder, [Leak(code="E719", message=f"has a record that cannot be read: {error}")])
    unseen = list(ledger.unseen)  # of the cards before; that of this card is seen in its image
    look_at_card(folder / CARD, pack, words, ledger)
    if (folder / IMAGE).is_file():
        ledger.unseen = [*unseen, *of_attributes()]
        look_at_card(folder / IMAGE, pack, words, ledger)
    ledger.unseen += of_a_pack()


def _is_misnamed(folder: Path, root: Path, pack: RecordedPack) -> bool:
    """Whether a folder from `root` down to a pack has a name that says more than an id does."""
    names = folder.relative_to(root).parts
    return any(name not in (pack.name, pack.profile) and not _ID.fullmatch(name) for name in names)


def _look_at_track(path: Path, pack: RecordedPack | None, words: Words, ledger: AuditFindings) -> None:
    """An MP3 by itself: its name and times are the office's."""
    data = content(blocks(path), path.stat().st_size)
    digest = ledger.count(data, path.name)
    leaks = list(ledger.judge(data, digest, words).leaks)
    ledger.unseen += of_a_file()
    if pack is None:
        ledger.is_compared = False
        ledger.unseen.append(UNCOMPARED)
    elif not leaks and digest not in {track.sha256 for track in pack.tracks}:
        leaks.append(Leak(code="E718", message=f"is no file of the pack {pack.name!r}"))
    ledger.tell(path, leaks)


def _pack_beside(path: Path) -> RecordedPack | None:
    """The pack that a card or image lies in, where it lies where a build put it."""
    here = Path(os.path.abspath(path))  # noqa: PTH100  # `.` has a name too, and a link keeps its own
    if here.name not in (CARD, IMAGE):
        return None
    for folder in dict.fromkeys((here.parent, here.resolve().parent)):
        with suppress(NoPackError):
            return read_pack(folder)
    return None


def _bad_record_beside(path: Path) -> str:
    """What is wrong with the record of the card or image of a pack; "" where none lies beside it."""
    here = Path(os.path.abspath(path))  # noqa: PTH100  # as above
    if here.name in (CARD, IMAGE) and os.path.lexists(here.parent / RECORD):
        try:
            read_pack(here.parent)
        except NoPackError as error:
            return str(error)
    return ""


def _is_mp3(path: Path) -> bool:
    """Whether a file is an MP3 by its first bytes, or by its name unless it begins as a card does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(512)
    is_sound = head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
    return is_sound or (path.suffix.lower() == ".mp3" and head[510:] != b"\x55\xaa")
