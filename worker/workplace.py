"""What a worker works with: made at its start, taken down at its end."""

import threading
from collections.abc import Callable, Mapping

import structlog

from grading.assignments.live import LiveCatalog
from grading.domain.assignment import Assignment
from grading.domain.errors import HouseFault
from grading.domain.jobs import GRADE_RUN, POST_GRADE, QUEUE_PASSBACK
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.settings import Settings
from worker import gpu_slots, identity
from worker.describing import Describer
from worker.judge_holder import Judge, JudgeHolder
from worker.leases import Leases
from worker.passback import Passback

log = structlog.get_logger(__name__)

WARMING_S = 10.0
"""How long a judge that is starting keeps its workplace from closing."""


class Workplace:
    """The database, the blobs, the judge, the leases and the way to the gradebooks.

    Args:
        settings: what the operator chose.
        judge: a judge, or what starts one.
        announcer: announces runs, as (id, queue) pairs, and posts, by id.
        assignments: which are to be described; None: those that the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        judge: "Judge | Callable[[], Judge]",
        announcer: "Announcer",
        assignments: Mapping[str, Assignment] | None = None,
    ) -> None:
        self.settings = settings
        self.database = Database.open(settings)
        self.blobs = Blobs(settings.blobs)
        self.owner = identity.new_owner()
        self.leases = Leases(self.database, self.owner, settings)
        self.judge = JudgeHolder(judge, self._describe)
        known = LiveCatalog(settings.assignment_dirs) if assignments is None else assignments
        self._describer = Describer(self.database, known)
        self.passback = Passback(settings, self.database)
        self.slots = gpu_slots.slots_of(settings)
        self.announcer = announcer
        self._warming = threading.Thread(target=self._warm, name="start judge", daemon=True)

    def open(self) -> None:
        """Begin to give signs of life, and start the judge, where there are runs to grade, beside everything else."""
        self.leases.start()
        if removed := self.blobs.tidy():
            log.warning("half-written blobs of dead writers removed", drafts=removed)
        if self.settings.run_queues:
            self._warming.start()

    def describe_news(self) -> None:
        """Have the judge describe what was published since; nothing while there is no judge."""
        if (judge := self.judge.running) is not None:
            self._describer.look(judge)

    def close(self) -> None:
        """End the judge and let go of everything."""
        self._describer.stop()
        self.judge.close()
        self.leases.stop()
        if self._warming.is_alive():
            # It may be writing what the judge said; the database is ours until then.
            self._warming.join(WARMING_S)
        self.passback.close()
        identity.retire(self.owner)
        self.database.close()

    def _warm(self) -> None:
        try:
            self.judge.get()
        except HouseFault as fault:
            log.warning("judge did not start", problem=str(fault))
        self.describe_news()

    def _describe(self, judge: Judge) -> None:
        layers: list[dict[str, object]] = [
            {"name": layer.name, "holds": layer.holds, "detail": layer.detail} for layer in judge.layers
        ]
        devices = [self.slots.to_json()] if self.slots is not None else None
        self.leases.describe(tier=str(judge.tier), layers=layers, devices=devices)


class Announcer:
    """Announces rows to the queues of one Celery application.

    Args:
        send: takes a job's name, a row's id and a queue; false when the broker did not answer. Then the rest is not
            tried: each try may take seconds, and the sweep announces again.
    """

    def __init__(self, send: Callable[[str, str, str], bool]) -> None:
        self._send = send

    def runs(self, runs: list[tuple[str, str]]) -> None:
        """Announce runs, each as (id, queue)."""
        for run_id, queue in runs:
            if not self._send(GRADE_RUN, run_id, queue):
                break

    def posts(self, post_ids: list[str]) -> None:
        """Announce grade posts."""
        for post_id in post_ids:
            if not self._send(POST_GRADE, post_id, QUEUE_PASSBACK):
                break
