"""The image of a card: what it is made of is proved while it is read, and what was written when it is there."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from builder.card import layout as image_module
from builder.card.layout import WrittenFile, write_card_image
from builder.errors import StorageError
from builder.fat.geometry import geometry_for
from builder.fat.read import open_volume
from builder.fat.write import write_image
from builder.plan.draw import plan_card
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from tests.packs import listed, pack_of

_CARD = geometry_for(16_000_000)


@pytest.fixture
def plan() -> Plan:
    return plan_card(pack_of(listed(1, "A", ["B", "C"]), listed(2, "D", ["E"])), built_in()["mp3-player"], {})


@pytest.fixture
def placed(plan: Plan, tmp_path: Path) -> dict[str, WrittenFile]:
    """A finished card in a folder, of a few bytes for each track."""
    found = {}
    for number, track in enumerate(plan.tracks, 1):
        file = tmp_path / "card" / track.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes([number]) * 1000 * number)
        found[track.path] = WrittenFile(
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(), bytes=1000 * number
        )
    return found


def test_an_image_holds_the_files_of_the_plan_in_play_order(
    plan: Plan, placed: dict[str, WrittenFile], tmp_path: Path
) -> None:
    write_card_image(tmp_path / "card.img", tmp_path / "card", placed, _CARD)
    with open_volume(tmp_path / "card.img") as volume:
        files = [entry for entry in volume.walk() if not entry.is_folder]
        assert [entry.path for entry in files] == [track.path for track in plan.tracks]
        assert [entry.size for entry in files] == [1000, 2000, 3000]


def test_a_file_that_is_not_what_was_placed_is_no_part_of_an_image(
    plan: Plan, placed: dict[str, WrittenFile], tmp_path: Path
) -> None:
    path = plan.tracks[1].path
    placed[path] = dataclasses.replace(placed[path], sha256="0" * 64)
    with pytest.raises(StorageError, match=r"C\.mp3 is not what was written to it"):
        write_card_image(tmp_path / "card.img", tmp_path / "card", placed, _CARD)


@pytest.mark.parametrize("at", [_CARD.fat_start * 512 + 4, _CARD.root_start * 512 + 1])
def test_an_image_that_reads_back_otherwise_is_refused(
    placed: dict[str, WrittenFile], tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(out: Path, *rest: object, **more: object) -> dict[str, str]:
        written = write_image(out, *rest, **more)  # type: ignore[arg-type]
        with out.open("r+b") as file:
            file.seek(at)
            file.write(b"\0")
        return written

    monkeypatch.setattr(image_module, "write_image", failing)
    with pytest.raises(StorageError, match=r"card\.img is not what was written to it"):
        write_card_image(tmp_path / "card.img", tmp_path / "card", placed, _CARD)
