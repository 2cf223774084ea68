"""A run's life, from queued to a final state.

::

    queued ──claim──► running ──finish──► graded
      ▲                 │ ├────reject───► rejected     the bytes cannot be graded: the student must act
      │                 │ └────fail─────► failed       the rubric's author must act, or we must, after three tries
      └──release, lease ran out──┘

    queued ──► cancelled, superseded                   (see submissions)

Only the holder of the lease writes a result, and only for the attempt that it claimed; whoever comes late finds the row
changed and stops. So a message delivered twice grades once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from grading.domain.report import RunFacts
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Blame, RunState
from grading.store.blobs import Blobs
from grading.store.clock import moment_in, time_of
from grading.store.events import RETRYING, record
from grading.store.tables import Offering, Run, SubmissionFile, SubmissionRow, rows_of

RETRY_DELAYS_S = (1.0, 15.0, 60.0)
LONGEST_FAULT = 2000
# Of a run that is over: nobody holds it, and nothing is waited for.
OVER: Final = {"lease_owner": None, "lease_expires_at": None, "not_before": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to grade one run, once.

    Attributes:
        attempt: which try this is; a result is taken only while the row still says so.
        created_at: when the run was queued.
        files: names of what was submitted, and the hashes of their bytes.
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
    trace: str | None
    files: tuple[tuple[str, str], ...]


def claim(db: Session, run_id: str, owner: str, lease: timedelta) -> Claim | None:
    """Take a queued run, or None when it is not to be had: taken, done, cancelled, or not due yet."""
    moment, of = moment_in(db), rows_of(Run).c
    run = db.execute(
        update(rows_of(Run))
        .where(
            of.id == run_id,
            of.state == RunState.QUEUED.value,
            or_(of.not_before.is_(None), of.not_before <= moment),
        )
        .values(
            state=RunState.RUNNING.value,
            lease_owner=owner,
            lease_expires_at=moment_in(db, lease),
            attempts=of.attempts + 1,
            claimed_at=moment,
        )
        .returning(
            of.id, of.submission_id, of.current, of.state, of.attempts, of.seed, of.device, of.created_at,
            of.claimed_at, of.queue, of.trace,
        )
    ).one_or_none()  # fmt: skip
    if run is None:
        return None
    record(db, run, RunState.RUNNING.value, attempt=run.attempts)
    rows = db.execute(
        select(Offering.id, Offering.rubric_slug, SubmissionFile.name, SubmissionFile.sha256)
        .join(SubmissionRow, Offering.id == SubmissionRow.offering_id)
        # A submission without files is refused at the door; were there one, it must not keep the queue from going on.
        .outerjoin(SubmissionFile, SubmissionFile.submission_id == SubmissionRow.id)
        .where(SubmissionRow.id == run.submission_id)
        .order_by(SubmissionFile.name)
    ).all()
    return Claim(
        run.id,
        run.submission_id,
        rows[0].id,
        rows[0].rubric_slug,
        owner,
        run.attempts,
        run.seed,
        run.device,
        run.created_at,
        run.claimed_at,
        run.queue,
        run.trace,
        tuple((row.name, row.sha256) for row in rows if row.name is not None),
    )


def load_submission(claimed: Claim, blobs: Blobs) -> Submission:
    """The files that were submitted.

    Raises:
        HouseFault: a blob is missing or altered.
    """
    return Submission(tuple(SubmittedFile(name, blobs.read(sha256)) for name, sha256 in claimed.files))


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
    return db.scalar(select(Run).where(stands(claimed)).with_for_update())


def stands(claimed: Claim) -> ColumnElement[bool]:
    """Whether the claim still stands: nobody else has the run, and it is not over."""
    return and_(
        Run.id == claimed.run_id,
        Run.state == RunState.RUNNING.value,
        Run.lease_owner == claimed.owner,
        Run.attempts == claimed.attempt,
    )


def finish(db: Session, run_id: str, facts: RunFacts, *, graded_at: datetime) -> None:
    """Close a run whose report is stored; whoever calls holds its row locked.

    Args:
        db: a writing transaction.
        run_id: the run's.
        facts: of its report, with what it took of a GPU.
        graded_at: when the judge was done.
    """
    db.execute(
        update(rows_of(Run))
        .where(rows_of(Run).c.id == run_id)
        .values(
            **OVER,
            state=RunState.GRADED.value,
            graded_at=graded_at,
            stored_at=moment_in(db),
            phases=dict(facts.phases),
            gpu_seconds=facts.gpu.seconds if facts.gpu is not None else None,
            gpu_peak_bytes=facts.gpu.peak_bytes if facts.gpu is not None else None,
            blame=None,
            fault=None,
            fault_code=None,
        )
    )


def end(run: Run, state: RunState) -> None:
    """Close the run: the lease is given up and nothing is waited for."""
    run.state = state.value
    for column, value in OVER.items():
        setattr(run, column, value)


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
