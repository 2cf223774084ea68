"""Leases: the right to grade a run, kept alive while the work goes on."""

import threading
import time
from collections import deque
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from grading.store import runs
from grading.store.clock import time_of
from grading.store.database import Database
from grading.store.fairness import next_in_line
from grading.store.runs import Claim
from grading.store.settings import Settings
from grading.store.tables import WorkerRow

log = structlog.get_logger(__name__)

# To ask whose turn it is looks at everything that waits. So the answer holds for the next few claims, if they follow at
# once: whoever submits meanwhile waits that much longer, and the longer a grading takes, the less often that happens.
LINE_HOLDS_S = 0.5


class Leases:
    """One worker's leases, renewed by a thread of their own, so that a busy or hanging grader does not lose them.

    Args:
        database: where the leases are.
        owner: this worker, as `identity.new_owner` named it.
        settings: how long a lease lasts and how often it is renewed.
    """

    def __init__(self, database: Database, owner: str, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self.owner = owner
        self._lease = timedelta(seconds=settings.lease_s)
        self._held: set[str] = set()
        self._line: deque[str] = deque()
        self._line_until = 0.0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to give signs of life."""
        with self._database.write() as db:
            name = self.owner.split("#", maxsplit=1)[0]
            queues = " ".join(self._settings.worker_queues)
            moment = time_of(db)
            lanes = self._settings.worker_concurrency
            db.merge(
                WorkerRow(owner=self.owner, name=name, queues=queues, lanes=lanes, started_at=moment, seen_at=moment)
            )
        self._thread.start()

    def take(self) -> Claim | None:
        """Claim the run whose turn it is; None when nothing is due, or others were quicker.

        A message says that something waits, not whose turn it is: brokers know neither courses nor students.
        """
        looked = False
        while (run_id := self._whose_turn()) is not None or not looked:
            if run_id is None:
                looked = True
                self._look()
                continue
            with self._database.write() as db:
                claimed = runs.claim(db, run_id, self.owner, self._lease)
            if claimed is not None:
                with self._lock:
                    self._held.add(claimed.run_id)
                return claimed
        return None

    def _whose_turn(self) -> str | None:
        """The next in the line as it was last seen; None where that is too long ago, or nobody is left of it."""
        with self._lock:
            if time.monotonic() > self._line_until:
                self._line.clear()
            return self._line.popleft() if self._line else None

    def _look(self) -> None:
        with self._database.read() as db:
            line = next_in_line(db, self._settings.run_queues)
        with self._lock:
            self._line = deque(line)
            self._line_until = time.monotonic() + LINE_HOLDS_S

    def drop(self, claimed: Claim) -> None:
        """Stop renewing: the run is over, or somebody else's."""
        with self._lock:
            self._held.discard(claimed.run_id)

    def describe(
        self, *, tier: str, layers: list[dict[str, object]], devices: list[dict[str, object]] | None = None
    ) -> None:
        """Write down what this worker's sandbox holds, and its GPUs."""
        with self._database.write() as db:
            row = db.get_one(WorkerRow, self.owner)
            row.tier, row.layers, row.devices = tier, layers, devices

    def stop(self) -> None:
        """Give no more signs of life."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            with self._database.write() as db:
                row = db.get(WorkerRow, self.owner)
                if row is not None:
                    db.delete(row)
        except SQLAlchemyError as error:
            log.warning("worker row was left behind", problem=type(error).__name__)

    def _beat(self) -> None:
        while not self._stop.wait(self._settings.heartbeat_s):
            with self._lock:
                held = set(self._held)
            try:
                with self._database.write() as db:
                    kept = runs.renew(db, self.owner, held, self._lease) if held else set()
                    row = db.get(WorkerRow, self.owner)
                    if row is not None:
                        row.seen_at = time_of(db)
            except SQLAlchemyError as error:
                log.warning("leases were not renewed", problem=type(error).__name__)
                continue
            for run_id in held - kept:
                with self._lock:
                    was_dropped = run_id not in self._held
                    self._held.discard(run_id)
                if not was_dropped:
                    log.warning("lease was lost", run_id=run_id)
