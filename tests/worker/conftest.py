"""A town for each test, and a learning platform that it posts to."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from grading.store.lms import add_line_item, register_platform
from grading.store.tables import Offering
from testing.lms import FakePlatform
from tests.store.conftest import _key, _unsynced, backend, durable, key, town
from tests.store.course import Town

__all__ = ["_key", "_unsynced", "backend", "durable", "key", "platform", "town"]


@pytest.fixture
def platform(town: Town, key: rsa.RSAPrivateKey) -> Iterator[FakePlatform]:
    """A platform that the course is connected to, with a Moodle-shaped line item."""
    platform = FakePlatform()
    platform.start()
    platform.audience = f"{platform.url}/audience"
    with town.database.write() as db:
        row = register_platform(
            db,
            town.settings,
            issuer=platform.url,
            client_id="chainrule",
            token_url=f"{platform.url}/token",
            token_audience=platform.audience,
        )
        platform.public_key = key.public_key()
        offering = db.get_one(Offering, town.offering)
        url = f"{platform.url}/lineitems/12/lineitem?type_id=3"
        add_line_item(db, row, offering, url=url, label="Toy", score_maximum=Decimal(10))
    yield platform
    platform.stop()
