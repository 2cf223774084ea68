"""A run's life, from queued to a final state.

::

    queued ──claim──► running ──finish──► graded
      ▲                 │ ├────reject───► rejected     the bytes cannot be graded: the student must act
      │                 │ └────fail─────► failed       the rubric's author must act, or we must, after three tries
      └──release, lease ran out──┘

    queued ──► cancelled, superseded                   (see submissions)

Only the holder of the lease writes a result, and only for the attempt that it claimed; whoever comes late finds the row
changed and goes home. So a message delivered twice grades once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Blame, RunState
from grading.store.blobs import Blobs
from grading.store.clock import time_of
from grading.store.events import RETRYING, record
from grading.store.tables import Offering, Run, SubmissionFile, SubmissionRow

RETRY_DELAYS_S = (1.0, 15.0, 60.0)
LONGEST_FAULT = 2000


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to grade one run, once.

    Attributes:
        attempt: which try this is; a result is taken only while the row still says so.
        created_at: when the run was queued.
    """

    run_id: str
    submission_id: str
    offering_id: str
    rubric_slug: str
    owner: str
    attempt: int
    seed: int
    device: str
    created_at: datetime
    claimed_at: datetime
    queue: str
    trace: str | None = None


def claim(db: Session, run_id: str, owner: str, lease: timedelta) -> Claim | None:
    """Take a queued run, or None when it is not to be had: taken, done, cancelled, or not due yet."""
    moment = time_of(db)
    run = db.scalar(
        update(Run)
        .where(
            Run.id == run_id,
            Run.state == RunState.QUEUED.value,
            or_(Run.not_before.is_(None), Run.not_before <= moment),
        )
        .values(
            state=RunState.RUNNING.value,
            lease_owner=owner,
            lease_expires_at=moment + lease,
            attempts=Run.attempts + 1,
            claimed_at=moment,
        )
        .returning(Run)
    )
    if run is None:
        return None
    record(db, run, RunState.RUNNING.value, attempt=run.attempts)
    offering_id, rubric_slug = db.execute(
        select(Offering.id, Offering.rubric_slug)
        .join(SubmissionRow, Offering.id == SubmissionRow.offering_id)
        .where(SubmissionRow.id == run.submission_id)
    ).one()
    return Claim(
        run.id,
        run.submission_id,
        offering_id,
        rubric_slug,
        owner,
        run.attempts,
        run.seed,
        run.device,
        run.created_at,
        moment,
        run.queue,
        run.trace,
    )


def load_submission(db: Session, submission_id: str, blobs: Blobs) -> Submission:
    """The files that were handed in.

    Raises:
        HouseFault: a blob is missing or altered.
    """
    rows = db.execute(
        select(SubmissionFile.name, SubmissionFile.sha256)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.name)
    )
    return Submission(tuple(SubmittedFile(name, blobs.read(sha256)) for name, sha256 in rows))


def renew(db: Session, owner: str, run_ids: Collection[str], lease: timedelta) -> set[str]:
    """Give a sign of life for the runs; returns those that are still the owner's."""
    return set(
        db.scalars(
            update(Run)
            .where(Run.id.in_(run_ids), Run.state == RunState.RUNNING.value, Run.lease_owner == owner)
            .values(lease_expires_at=time_of(db) + lease)
            .returning(Run.id)
        )
    )


def held(db: Session, claimed: Claim) -> Run | None:
    """The run, locked, if the claim still stands; None when somebody else has it or it is over."""
    return db.scalar(
        select(Run)
        .where(
            Run.id == claimed.run_id,
            Run.state == RunState.RUNNING.value,
            Run.lease_owner == claimed.owner,
            Run.attempts == claimed.attempt,
        )
        .with_for_update()
    )


def end(run: Run, state: RunState) -> None:
    """Close the run: the lease is given up and nothing is waited for."""
    run.state = state.value
    run.lease_owner = None
    run.lease_expires_at = None
    run.not_before = None


def reject(db: Session, claimed: Claim, *, code: str, message: str) -> bool:
    """The bytes turned out not to be gradable; false when the claim no longer stands."""
    return _close(db, claimed, RunState.REJECTED, blame=Blame.STUDENT, code=code, message=message)


def fail(db: Session, claimed: Claim, *, code: str, message: str, blame: Blame) -> bool:
    """There will be no report until somebody acts; false when the claim no longer stands."""
    return _close(db, claimed, RunState.FAILED, blame=blame, code=code, message=message)


def release(db: Session, claimed: Claim, *, message: str, max_attempts: int) -> Run | None:
    """After a fault of ours: back into the queue, or flagged to staff after the last try."""
    run = held(db, claimed)
    if run is not None:
        give_back(db, run, message=message, max_attempts=max_attempts)
    return run


def give_back(db: Session, run: Run, *, message: str, max_attempts: int) -> None:
    """Put a running run back into the queue with a pause, or close it as failed after its last try."""
    run.fault = message[:LONGEST_FAULT]
    run.blame = Blame.HOUSE.value
    if run.attempts >= max_attempts:
        end(run, RunState.FAILED)
        run.fault_code = "house-fault"
        run.stored_at = time_of(db)
        record(db, run, run.state)
        return
    delay_s = RETRY_DELAYS_S[min(run.attempts, len(RETRY_DELAYS_S)) - 1]
    end(run, RunState.QUEUED)
    run.not_before = time_of(db) + timedelta(seconds=delay_s)
    record(db, run, RETRYING, attempt=run.attempts)


def give_back_abandoned(db: Session, *, dead_owners: Collection[str], max_attempts: int) -> list[Run]:
    """Take back runs whose lease ran out or whose owner is known to be dead."""
    abandoned = list(
        db.scalars(
            select(Run)
            .where(
                Run.state == RunState.RUNNING.value,
                or_(Run.lease_expires_at < time_of(db), Run.lease_owner.in_(dead_owners)),
            )
            .with_for_update(skip_locked=True)
        )
    )
    for run in abandoned:
        give_back(db, run, message=f"The worker that graded this (try {run.attempts}) died.", max_attempts=max_attempts)
        run.not_before = None
    return abandoned


def owners_of_running(db: Session) -> set[str]:
    """Everybody who holds a lease."""
    owners = db.scalars(select(Run.lease_owner).where(Run.state == RunState.RUNNING.value).distinct())
    return {owner for owner in owners if owner}


def waiting(db: Session, *, queues: Collection[str], limit: int | None = None) -> list[tuple[str, str]]:
    """Due queued runs as (id, queue), oldest first."""
    return [
        (run_id, queue)
        for run_id, queue in db.execute(
            select(Run.id, Run.queue)
            .where(
                Run.state == RunState.QUEUED.value,
                Run.queue.in_(queues),
                or_(Run.not_before.is_(None), Run.not_before <= time_of(db)),
            )
            .order_by(Run.created_at, Run.id)
            .limit(limit)
        )
    ]


def _close(db: Session, claimed: Claim, state: RunState, *, blame: Blame, code: str, message: str) -> bool:
    run = held(db, claimed)
    if run is None:
        return False
    end(run, state)
    run.blame, run.fault_code, run.fault = blame.value, code, message[:LONGEST_FAULT]
    run.graded_at = run.stored_at = time_of(db)
    record(db, run, state.value)
    return True
