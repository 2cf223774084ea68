"""Tells live readers that something happened, with one question to the database however many they are."""

import asyncio
import contextlib
from collections.abc import Iterator

from sqlalchemy import func, select

from grading.store.database import Database
from grading.store.tables import RunEvent

POLL_S = 0.05
# A waiter may miss an event whose transaction committed late; readers look again by themselves after this long.
LOOK_AGAIN_S = 1.0
# A service that goes down waits so long for a database that does not answer.
LAST_ANSWER_S = 5.0


class Watching:
    """Wakes the readers of submissions. Used from one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiters: dict[str, set[asyncio.Event]] = {}
        self._poller: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether readers should leave: the service is going down."""
        return self._stopped

    @contextlib.contextmanager
    def waiter_for(self, submission_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens to the submission; clear it before looking."""
        waiter = asyncio.Event()
        self._waiters.setdefault(submission_id, set()).add(waiter)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="watch run events")
        try:
            yield waiter
        finally:
            waiters = self._waiters[submission_id]
            waiters.discard(waiter)
            if not waiters:
                del self._waiters[submission_id]

    async def stop(self) -> None:
        """Let all readers go, and ask the database nothing more: its connections may be closed after this."""
        self._stopped = True
        for waiters in self._waiters.values():
            for waiter in waiters:
                waiter.set()
        if self._poller is not None:
            # A thread that waits for the database's answer cannot be cancelled, only waited for.
            await asyncio.wait({self._poller}, timeout=LAST_ANSWER_S)
            self._poller.cancel()

    async def _poll(self) -> None:
        last = await asyncio.to_thread(self._newest)
        while self._waiters and not self._stopped:
            await asyncio.sleep(POLL_S)
            for event_id, submission_id in await asyncio.to_thread(self._after, last):
                last = event_id
                for waiter in self._waiters.get(submission_id, ()):
                    waiter.set()

    def _newest(self) -> int:
        with self._database.read() as db:
            return db.scalar(select(func.max(RunEvent.id))) or 0

    def _after(self, last: int) -> list[tuple[int, str]]:
        with self._database.read() as db:
            rows = db.execute(
                select(RunEvent.id, RunEvent.submission_id).where(RunEvent.id > last).order_by(RunEvent.id).limit(1000)
            )
            return [(event_id, submission_id) for event_id, submission_id in rows]
