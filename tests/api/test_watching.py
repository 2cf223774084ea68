"""What tells live readers that something happened."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator

from api.watching import Watching


class SlowDatabase:
    """Takes a moment for each answer, and knows whether it is being asked."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.being_asked = 0

    @contextlib.contextmanager
    def read(self) -> Iterator["SlowDatabase"]:
        """A transaction without rows."""
        self.being_asked += 1
        self.asked.set()
        time.sleep(0.05)
        yield self
        self.being_asked -= 1

    def scalar(self, _statement: object) -> int:
        """The newest event's id."""
        return 0

    def execute(self, _statement: object) -> list[tuple[int, str]]:
        """No event is newer."""
        return []


def test_after_the_stop_nobody_asks_the_database():
    """Its connections are closed next: one that is still in use then would never be."""
    database = SlowDatabase()

    async def read_and_stop() -> int:
        watching = Watching(database)
        with watching.waiter_for("submission"):
            await asyncio.to_thread(database.asked.wait, 5.0)
            await watching.stop()
            return database.being_asked

    assert asyncio.run(read_and_stop()) == 0
