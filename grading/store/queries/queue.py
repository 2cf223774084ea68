"""The queue: how many wait, who works, and how long it will take."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from grading.domain.verdict import RunState
from grading.store.settings import Settings
from grading.store.tables import Run, SubmissionRow, WorkerRow, now

USUAL_SECONDS = 5.0  # until an assignment has runs of its own to learn from
RECENT_RUNS = 20


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


def place_of(db: Session, run: Run) -> int:
    """The waiting run's place in its queue; 1 is next."""
    earlier = or_(Run.created_at < run.created_at, (Run.created_at == run.created_at) & (Run.id < run.id))
    return 1 + (
        db.scalar(
            select(func.count())
            .select_from(Run)
            .where(Run.state == RunState.QUEUED.value, Run.queue == run.queue, earlier)
        )
        or 0
    )


def estimate(db: Session, run: Run, offering_id: str, place: int | None) -> float | None:
    """Seconds until the run is probably graded, from the last runs of the same assignment; None when it is over."""
    state = RunState(run.state)
    if state not in {RunState.QUEUED, RunState.RUNNING}:
        return None
    recent = [
        (graded - claimed).total_seconds()
        for claimed, graded in db.execute(
            select(Run.claimed_at, Run.graded_at)
            .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
            .where(SubmissionRow.offering_id == offering_id, Run.state == RunState.GRADED.value)
            .order_by(Run.graded_at.desc())
            .limit(RECENT_RUNS)
        )
        if claimed is not None and graded is not None
    ]
    usual = statistics.median(recent) if recent else USUAL_SECONDS
    if state is RunState.RUNNING:
        elapsed = 0.0 if run.claimed_at is None else (now() - run.claimed_at).total_seconds()
        return round(max(usual - elapsed, 0.5), 1)
    lanes = max(1, db.scalar(select(func.count()).select_from(Run).where(Run.state == RunState.RUNNING.value)) or 0)
    return round(usual * (1 + (place or 1) / lanes), 1)


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
    moment = now()
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
    moment = now()
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
