"""A hall for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.store import database
from tests.manual.hall import Hall


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, so no commit waits for the disk."""
    monkeypatch.setitem(database.PRAGMAS, "synchronous", "OFF")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A course with the essay."""
    hall = Hall(tmp_path)
    yield hall
    hall.database.close()
