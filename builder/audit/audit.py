"""The leak gate over an MP3, a folder, an image, a card or a built pack: what is not accounted for, as findings."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from builder.audit.card import UNCOMPARED, content, look_at_card
from builder.audit.leak import Leak
from builder.audit.ledger import Audited, Ledger, Report
from builder.audit.track import Allowed
from builder.audit.words import Words
from builder.card.publish import CARD, IMAGE, RECORD
from builder.errors import StorageError
from builder.fat.read import FatError
from builder.verify.pack import NoPackError, Pack, read_pack
from builder.verify.target import blocks


def audit(
    path: Path,
    words: Words,
    report: Report,
    *,
    allowed: Allowed | None = None,
    shown_as: Path | None = None,
) -> Audited:
    """Look at every byte of what is there; nothing is written. `allowed` is what the tracks may have, if that is known;
    `shown_as` is how findings name the path.

    A folder that a build made is looked at as its card and its image. StorageError where it cannot be read.
    """
    ledger = Ledger(path=path, shown_as=shown_as or path, allowed=allowed or Allowed(), report=report)
    try:
        if path.is_fifo() or path.is_socket():
            raise OSError(errno.EINVAL, "it is a pipe")  # and might never end
        if packs := _packs(path):
            for folder in packs:
                _look_at_pack(folder, words, ledger)
            ledger.tell(path, _beside(path, packs))
        elif path.is_file() and _is_mp3(path):
            data = content(blocks(path))  # its name and times are the office's
            judged = ledger.judge(data, ledger.count(data, path.name), words)
            ledger.tell(path, judged.leaks)
            ledger.unseen = UNCOMPARED
        else:
            look_at_card(path, _pack_beside(path), words, ledger)
    except FatError as error:
        ledger.tell(path, [Leak(code="E719", message=f"cannot be read: {error}")])
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror or error}",
            "put the card in again; a raw card is read with the rights of an administrator only",
        ) from error
    return ledger.closed()


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


def _beside(path: Path, packs: list[Path]) -> list[Leak]:
    """A leak for what else there is in a folder of built cards, since nobody looked at it; locks begin with a dot."""
    known = {folder for pack in packs for folder in (pack, *pack.parents)}
    found = [
        item
        for folder in sorted(
            {path} | {above for pack in packs for above in pack.parents if path in above.parents}
        )
        for item in sorted(folder.iterdir())
        if folder not in packs and item not in known and not item.name.startswith(".")
    ]
    message = f"holds built cards, and beside them what is not looked at ({len(found)} in all)"
    help_text = "take it out of the folder, or audit it by itself"
    return [Leak(code="E719", message=f"{message}: {found[0].name!r}", help=help_text)] if found else []


def _look_at_pack(folder: Path, words: Words, ledger: Ledger) -> None:
    try:
        pack = read_pack(folder)
    except NoPackError as error:
        ledger.tell(folder, [Leak(code="E719", message=f"has a record that cannot be read: {error}")])
        return
    unseen = ledger.unseen  # of the cards before; that of this card is seen in its image
    look_at_card(folder / CARD, pack, words, ledger)
    if (folder / IMAGE).exists():
        look_at_card(folder / IMAGE, pack, words, ledger)
        ledger.unseen = unseen


def _pack_beside(path: Path) -> Pack | None:
    """The pack that a card or image lies in, where it lies where a build put it."""
    if path.name not in (CARD, IMAGE):
        return None
    try:
        return read_pack(path.resolve().parent)
    except NoPackError:
        return None


def _is_mp3(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(3)
    return path.suffix.lower() == ".mp3" or head == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
