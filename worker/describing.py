"""Asks the judge what each rubric says of itself, and stores it: pages and API read nothing else of a rubric."""

import math
import threading
import time
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from grading.domain.assignment import Assignment
from grading.domain.errors import HouseFault, RubricFault
from grading.store import descriptions
from grading.store.database import Database
from worker.judge_holder import Judge

log = structlog.get_logger(__name__)

AGAIN_AFTER_S = 60.0


class Describer:
    """Sees to it that every version of every assignment is described.

    Args:
        database: where descriptions are kept.
        assignments: as their folders have them now.
    """

    def __init__(self, database: Database, assignments: Mapping[str, Assignment]) -> None:
        self._database = database
        self._assignments = assignments
        self._lock = threading.Lock()
        self._judge: Judge | None = None
        self._stopped = threading.Event()
        # When to ask next for a version; never again where there is an answer, or the author must act first.
        self._not_before: dict[tuple[str, str], float] = {}

    def stop(self) -> None:
        """Ask for nothing more."""
        self._stopped.set()

    def look(self, judge: Judge) -> None:
        """Ask for each version that is not described; nothing is raised.

        A rubric that cannot be read is told to staff, by the stored fault, and asked for again of the next judge only.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            if judge is not self._judge:
                self._judge = judge
                self._not_before.clear()
            moment = time.monotonic()
            due = [a for a in self._assignments.values() if self._not_before.get((a.slug, a.version), 0.0) <= moment]
            if due:
                with self._database.read() as db:
                    wanted = descriptions.undescribed(db, due)
                self._not_before |= {(a.slug, a.version): math.inf for a in due if a not in wanted}
                for assignment in wanted:
                    if self._stopped.is_set():
                        break
                    self._not_before[assignment.slug, assignment.version] = self._ask(judge, assignment)
        except SQLAlchemyError as error:
            log.warning("assignments were not described", problem=type(error).__name__)
        finally:
            self._lock.release()

    def _ask(self, judge: Judge, assignment: Assignment) -> float:
        """Ask for one and store the answer; when to ask for it again."""
        slug, version = assignment.slug, assignment.version
        try:
            described = judge.describe(slug)
        except (HouseFault, RubricFault) as fault:
            log.warning("assignment cannot be described", assignment=slug, version=version, problem=str(fault))
            with self._database.write() as db:
                descriptions.keep_fault(db, slug, version, str(fault))
            return math.inf if isinstance(fault, RubricFault) else time.monotonic() + AGAIN_AFTER_S
        with self._database.write() as db:
            descriptions.keep(db, described)
        log.info("assignment described", assignment=slug, version=described.version)
        # Its folder may have changed between our look and the judge's.
        return math.inf if described.version == version else time.monotonic() + AGAIN_AFTER_S
