"""The queue: how many wait, who works, and how long it will take."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grading.domain.jobs import BULK
from grading.domain.verdict import RunState
from grading.store.clock import time_of
from grading.store.settings import Settings
from grading.store.tables import Run, SubmissionRow, WorkerRow

USUAL_SECONDS = 5.0  # until an assignment has runs of its own to learn from
RECENT_RUNS = 20
# A worker that gave no sign for so long does not count when students are told how long it takes.
SILENT_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue; `oldest_age_s` is how long the first in line has waited."""

    name: str
    waiting: int
    running: int
    oldest_age_s: float


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker, its sandbox, and what it grades now."""

    name: str
    queues: tuple[str, ...]
    tier: str
    layers: tuple[Mapping[str, Any], ...]
    started_at: datetime
    seen_at: datetime
    alive: bool
    running: tuple[str, ...]


def estimate(db: Session, run: Run, offering_id: str, place: int | None) -> float | None:
    """Seconds until the run is probably graded; None when it is over.

    Before it come `place - 1` others, as long as the queue's last runs took, in as many lanes as workers that are alive
    have for this queue; then its own time, as the last runs of the same assignment took.
    """
    state = RunState(run.state)
    if state not in {RunState.QUEUED, RunState.RUNNING}:
        return None
    own = _usual_s(
        db,
        select(Run.claimed_at, Run.graded_at)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .where(SubmissionRow.offering_id == offering_id, Run.state == RunState.GRADED.value)
        .order_by(Run.graded_at.desc()),
    )
    usual = USUAL_SECONDS if own is None else own
    if state is RunState.RUNNING:
        elapsed = 0.0 if run.claimed_at is None else (time_of(db) - run.claimed_at).total_seconds()
        return round(max(usual - elapsed, 0.5), 1)
    others = _usual_s(
        db,
        select(Run.claimed_at, Run.graded_at)
        .where(Run.queue == run.queue, Run.claimed_at.is_not(None))
        .order_by(Run.claimed_at.desc()),
    )
    return round(usual + (usual if others is None else others) * (place or 1) / lanes_of(db, run.queue), 1)


def lanes_of(db: Session, queue: str) -> int:
    """How many runs of the queue are graded at once, by the workers that are alive; at least 1."""
    hardware = queue.removesuffix(BULK)
    alive = db.execute(select(WorkerRow.queues, WorkerRow.lanes).where(WorkerRow.seen_at > time_of(db) - SILENT_AFTER))
    return max(1, sum(lanes for queues, lanes in alive if {queue, hardware} & set(queues.split())))


def _usual_s(db: Session, recent: Select[datetime | None, datetime | None]) -> float | None:
    taken = [
        (graded - claimed).total_seconds()
        for claimed, graded in db.execute(recent.limit(RECENT_RUNS))
        if claimed is not None and graded is not None
    ]
    return statistics.median(taken) if taken else None


def queue_state(db: Session) -> list[QueueState]:
    """Every queue that has something in it, and the CPU queue always."""
    counts: dict[str, dict[str, int]] = {"cpu": {}}
    oldest: dict[str, datetime] = {}
    for queue, state, count, first in db.execute(
        select(Run.queue, Run.state, func.count(), func.min(Run.created_at))
        .where(Run.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]))
        .group_by(Run.queue, Run.state)
    ):
        counts.setdefault(queue, {})[state] = count
        if state == RunState.QUEUED.value:
            oldest[queue] = first
    moment = time_of(db)
    return [
        QueueState(
            name,
            by_state.get(RunState.QUEUED.value, 0),
            by_state.get(RunState.RUNNING.value, 0),
            (moment - oldest[name]).total_seconds() if name in oldest else 0.0,
        )
        for name, by_state in sorted(counts.items())
    ]


def workers(db: Session, settings: Settings) -> list[WorkerView]:
    """Workers seen within the last day, the newest first."""
    moment = time_of(db)
    running: dict[str, list[str]] = {}
    for owner, run_id in db.execute(select(Run.lease_owner, Run.id).where(Run.state == RunState.RUNNING.value)):
        running.setdefault(owner or "", []).append(run_id)
    return [
        WorkerView(
            row.name,
            tuple(row.queues.split()),
            row.tier,
            tuple(row.layers or ()),
            row.started_at,
            row.seen_at,
            row.seen_at > moment - timedelta(seconds=settings.lease_s),
            tuple(running.get(row.owner, ())),
        )
        for row in db.scalars(
            select(WorkerRow)
            .where(WorkerRow.seen_at > moment - timedelta(days=1))
            .order_by(WorkerRow.started_at.desc())
        )
    ]
