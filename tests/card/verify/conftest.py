"""The card of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.card.verify.cards import Card


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path).make()
