"""A town on PostgreSQL, and a learning platform that it posts to."""

from tests.store.conftest import _key, _unsynced, backend, durable, key, town
from tests.worker.conftest import platform

__all__ = ["_key", "_unsynced", "backend", "durable", "key", "platform", "town"]
