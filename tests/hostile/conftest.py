"""One process for all hostile runs of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.runs import Forks, forks, is_unix


@pytest.fixture(scope="session")
def program(cache: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    if not is_unix():
        pytest.skip("runs are timed and weighed as Unix does")
    with forks(tmp_path_factory.mktemp("hostile")) as started:
        yield started
