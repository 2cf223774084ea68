"""A town for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from grading.store import database
from tests.store.course import POSTGRESQL, SQLITE, Town, found

BACKENDS = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.db)]


@pytest.fixture
def durable() -> None:
    """Ask for this where a commit has to reach the disk."""


@pytest.fixture(autouse=True)
def _unsynced(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, so no commit waits for the disk."""
    if "durable" not in request.fixturenames:
        monkeypatch.setitem(database.PRAGMAS, "synchronous", "OFF")


@pytest.fixture(scope="session")
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key(_key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> rsa.RSAPrivateKey:
    """The key that every registration gets: making one takes longer than a test."""
    monkeypatch.setattr(rsa, "generate_private_key", lambda **_: _key)
    return _key


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def town(tmp_path: Path, backend: str) -> Iterator[Town]:
    """Two courses in a fresh database, on each kind of server."""
    town = found(tmp_path, backend)
    yield town
    town.end()
