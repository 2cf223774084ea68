"""The sweep: finds what was lost, at the start and every few seconds.

Lost are runs whose message never arrived, runs whose worker died, and posts whose time has come. The broker is never
asked: what waits is what the database says waits. On the way, what was published meanwhile is described.
"""

import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from grading.store import runs
from grading.store.outbox import due_posts
from worker import identity
from worker.workplace import Workplace

log = structlog.get_logger(__name__)

# A run that still waits is announced again after this long, in case its message was lost on the way.
ANNOUNCE_AGAIN_S = 60.0
POSTS_AT_ONCE = 50
# Any message wakes a worker for any run, so a long queue needs no message for each.
RUNS_AT_ONCE = 500
# Where the broker lives in another process's memory, no message arrives here: look often.
UNANNOUNCED_SWEEP_S = 0.25


class Sweep:
    """Looks for lost rows and announces them."""

    def __init__(self, place: Workplace, every_s: float) -> None:
        self._place = place
        self._every_s = every_s
        self._announced: dict[str, float] = {}
        self._first = True
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="sweep", daemon=True)

    def start(self) -> None:
        """Sweep once, then again and again in a thread."""
        self._try()
        self._thread.start()

    def stop(self) -> None:
        """Sweep no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def once(self) -> None:
        """Take back what dead workers held, and announce what waits."""
        settings, database = self._place.settings, self._place.database
        with self._lock:
            with database.read() as db:
                dead = identity.dead_among(runs.owners_of_running(db))
            with database.write() as db:
                taken_back = runs.give_back_abandoned(db, dead_owners=dead, max_attempts=settings.max_attempts)
            if taken_back:
                log.warning("runs taken back from dead workers", runs=len(taken_back))
            with database.read() as db:
                waiting = runs.waiting(db, queues=settings.run_queues, limit=RUNS_AT_ONCE)
                posts = due_posts(db, POSTS_AT_ONCE) if "passback" in settings.worker_queues else []
            self._place.announcer.runs([(run_id, queue) for run_id, queue in waiting if self._is_news(run_id)])
            self._place.announcer.posts([post_id for post_id in posts if self._is_news(post_id)])
            self._first = False
            still = {run_id for run_id, _ in waiting} | set(posts)
            self._announced = {row_id: at for row_id, at in self._announced.items() if row_id in still}
        self._place.describe_news()

    def _is_news(self, row_id: str) -> bool:
        moment = time.monotonic()
        if row_id not in self._announced and not self._first:
            # Whoever queued it has just announced it, most likely; it is news if it still waits at the next sweep.
            self._announced[row_id] = moment - ANNOUNCE_AGAIN_S
            return False
        if self._announced.get(row_id, -ANNOUNCE_AGAIN_S) > moment - ANNOUNCE_AGAIN_S:
            return False
        self._announced[row_id] = moment
        return True

    def _go_on(self) -> None:
        while not self._stop.wait(self._every_s):
            self._try()

    def _try(self) -> None:
        """A database that is away for a moment is no reason to end, at the start as little as later."""
        try:
            self.once()
        except SQLAlchemyError as error:
            log.warning("sweep failed", problem=type(error).__name__)
