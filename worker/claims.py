"""Leases: the right to grade a run, kept alive while the work goes on."""

import threading
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from grading.store import runs
from grading.store.database import Database
from grading.store.runs import Claim
from grading.store.settings import Settings
from grading.store.tables import WorkerRow, now

log = structlog.get_logger(__name__)


class Claims:
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
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to give signs of life."""
        with self._database.write() as db:
            name = self.owner.split("/", maxsplit=1)[0]
            queues = " ".join(self._settings.worker_queues)
            db.merge(WorkerRow(owner=self.owner, name=name, queues=queues, started_at=now(), seen_at=now()))
        self._thread.start()

    def take(self, run_id: str) -> Claim | None:
        """Claim a run; None when somebody else has it, it is over, or it is not due."""
        with self._database.write() as db:
            claimed = runs.claim(db, run_id, self.owner, self._lease)
        if claimed is not None:
            with self._lock:
                self._held.add(claimed.run_id)
        return claimed

    def drop(self, claimed: Claim) -> None:
        """Stop renewing: the run is over, or somebody else's."""
        with self._lock:
            self._held.discard(claimed.run_id)

    def describe(self, *, tier: str, layers: list[dict[str, object]]) -> None:
        """Write down what this worker's sandbox holds."""
        with self._database.write() as db:
            row = db.get_one(WorkerRow, self.owner)
            row.tier, row.layers = tier, layers

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
                        row.seen_at = now()
            except SQLAlchemyError as error:
                log.warning("leases were not renewed", problem=type(error).__name__)
                continue
            for run_id in held - kept:
                with self._lock:
                    was_dropped = run_id not in self._held
                    self._held.discard(run_id)
                if not was_dropped:
                    log.warning("lease was lost", run_id=run_id)
