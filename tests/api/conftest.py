"""A town for each test, and the application in front of it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.store.conftest import _unsynced, backend, durable, town
from tests.store.course import SLUG, TOY, Town

__all__ = ["_unsynced", "backend", "client", "durable", "town"]


@pytest.fixture
def client(town: Town) -> Iterator[TestClient]:
    """The API, without pages."""
    app = create_app(town.settings, {SLUG: TOY}, pages=False)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
