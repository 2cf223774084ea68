"""Taking a submission: the moment after which nothing can lose it."""

import secrets
from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from grading.domain.jobs import BULK, QUEUE_CPU, QUEUE_GPU
from grading.domain.submission import Submission
from grading.domain.verdict import RunState
from grading.store.access import Caller, Conflict, Forbidden, QueueFull, SubmissionsClosed, reach_submission
from grading.store.clock import moment_in, time_of
from grading.store.events import record
from grading.store.ids import new_id
from grading.store.settings import Settings
from grading.store.tables import (
    PURPOSE_GRADE,
    Enrollment,
    IdempotencyKey,
    Offering,
    Run,
    SubmissionFile,
    SubmissionRow,
)

SEED_BITS = 53  # as many as a JSON number carries exactly everywhere
RETRY_AFTER_FULL_S = 60


def accept(
    db: Session,
    caller: Caller,
    offering: Offering,
    submission: Submission,
    blobs: Mapping[str, str],
    *,
    device: str,
    settings: Settings,
    trace: str | None = None,
) -> Run:
    """Write the submission, its files and the run that will grade it; the caller commits, then announces.

    Args:
        db: a writing transaction.
        caller: whose submission it is.
        offering: what it answers.
        submission: the files, already read and checked.
        blobs: each file's name to the hash under which its bytes are kept.
        device: queue and device that grade it.
        settings: for the limits.
        trace: W3C traceparent of the request, where traces are kept.

    Raises:
        Forbidden: the caller is no person of this course.
        SubmissionsClosed: the offering takes no more submissions.
        QueueFull: too many runs wait already.
    """
    if caller.user_id is None:
        raise Forbidden("This token speaks for a learning platform; only people submit.")
    # Locking the enrollment puts one student's submissions in order: attempt numbers have neither gaps nor twins.
    enrollment = db.scalar(
        select(Enrollment)
        .where(Enrollment.course_id == offering.course_id, Enrollment.user_id == caller.user_id)
        .with_for_update()
    )
    if enrollment is None:
        raise Forbidden("You are not enrolled in this course.")
    moment = time_of(db)
    if offering.closes_at is not None and moment > offering.closes_at:
        raise SubmissionsClosed("closed", f"{offering.title} closed at {offering.closes_at:%Y-%m-%d %H:%M} UTC.")
    _refuse_when_full(db, caller.user_id, settings)
    mine = (SubmissionRow.offering_id == offering.id, SubmissionRow.user_id == caller.user_id)
    if settings.supersede_waiting:
        _supersede(db, offering, caller.user_id)
    row = SubmissionRow(
        id=new_id(),
        offering_id=offering.id,
        user_id=caller.user_id,
        attempt=(db.scalar(select(func.max(SubmissionRow.attempt)).where(*mine)) or 0) + 1,
        sha256=submission.sha256,
        bytes=sum(len(file.content) for file in submission.files),
        accepted_at=moment,
    )
    db.add(row)
    db.flush()
    db.add_all(
        SubmissionFile(submission_id=row.id, name=file.name, sha256=blobs[file.name], bytes=len(file.content))
        for file in submission.files
    )
    return new_run(db, row.id, device=device, trace=trace)


def new_run(
    db: Session,
    submission_id: str,
    *,
    device: str,
    purpose: str = PURPOSE_GRADE,
    current: bool = True,
    regrade_id: str | None = None,
    trace: str | None = None,
) -> Run:
    """Add a queued run with a fresh secret seed."""
    run = Run(
        id=new_id(),
        submission_id=submission_id,
        regrade_id=regrade_id,
        purpose=purpose,
        current=current,
        state=RunState.QUEUED.value,
        queue=queue_for(device, purpose),
        trace=trace,
        device=device,
        seed=secrets.randbits(SEED_BITS),
        created_at=moment_in(db),
    )
    db.add(run)
    db.flush()
    record(db, run, RunState.QUEUED.value)
    return run


def queue_for(device: str, purpose: str = PURPOSE_GRADE) -> str:
    """The queue whose workers have that device; regrades wait in its bulk queue."""
    hardware = QUEUE_GPU if device.startswith("cuda") else QUEUE_CPU
    return hardware if purpose == PURPOSE_GRADE else hardware + BULK


def current_run(db: Session, submission_id: str) -> Run:
    """The run that is the submission's result, locked against changes by others."""
    return db.scalars(select(Run).where(Run.submission_id == submission_id, Run.current).with_for_update()).one()


def cancel(db: Session, caller: Caller, submission_id: str) -> Run:
    """Take a waiting submission out of the queue.

    Raises:
        NotFound: nothing the caller may see.
        Conflict: it no longer waits.
    """
    reach_submission(db, caller, submission_id)
    run = current_run(db, submission_id)
    if run.state == RunState.CANCELLED.value:
        return run
    if run.state != RunState.QUEUED.value:
        raise Conflict("not-waiting", f"This submission is {run.state}; only a waiting one can be cancelled.")
    run.state = RunState.CANCELLED.value
    record(db, run, run.state)
    return run


def retry(db: Session, caller: Caller, submission_id: str) -> Run:
    """Put a submission that failed through no fault of its own back into the queue, as a new run.

    Raises:
        NotFound: nothing the caller may see.
        Forbidden: the caller is not staff.
        Conflict: it neither failed nor was cancelled.
    """
    _, offering = reach_submission(db, caller, submission_id)
    if not caller.staff_of(offering.course_id):
        raise Forbidden("Only the course's staff can run a submission again.")
    old = current_run(db, submission_id)
    if old.state in {RunState.QUEUED.value, RunState.RUNNING.value}:
        raise Conflict("in-progress", f"This submission is {old.state} already.")
    old.current = False
    db.flush()
    return new_run(db, submission_id, device=old.device)


def remember(db: Session, caller: Caller, key: str, request_sha256: str) -> IdempotencyKey:
    """Reserve an idempotency key; flushing it fails where another request holds the key."""
    row = IdempotencyKey(
        caller=caller.user_id or caller.credential, key=key, request_sha256=request_sha256, created_at=time_of(db)
    )
    db.add(row)
    db.flush()
    return row


def remembered(db: Session, caller: Caller, key: str) -> IdempotencyKey | None:
    """What is known about an idempotency key of this caller."""
    return db.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.caller == (caller.user_id or caller.credential), IdempotencyKey.key == key
        )
    )


def answer_with(db: Session, key_id: str, submission_id: str) -> None:
    """Let a reserved idempotency key stand for a submission from now on."""
    db.get_one(IdempotencyKey, key_id).submission_id = submission_id


def forget(db: Session, key_id: str) -> None:
    """Give a reserved idempotency key free: its request came to nothing."""
    db.execute(delete(IdempotencyKey).where(IdempotencyKey.id == key_id, IdempotencyKey.submission_id.is_(None)))


def _refuse_when_full(db: Session, user_id: str, settings: Settings) -> None:
    """Regrades are left out: they wait behind the students, so they must not keep them out either."""
    interactive = (Run.state == RunState.QUEUED.value, Run.purpose == PURPOSE_GRADE)
    waiting = db.scalar(select(func.count()).select_from(Run).where(*interactive)) or 0
    if waiting >= settings.queue_limit:
        raise QueueFull(
            f"{waiting} submissions wait already; yours was not taken. Submit again in a minute.",
            retry_after_s=RETRY_AFTER_FULL_S,
        )
    own = db.scalar(
        select(func.count())
        .select_from(Run)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .where(*interactive, SubmissionRow.user_id == user_id)
    )
    if own is not None and own >= settings.queue_limit_per_student:
        raise QueueFull(
            f"{own} of your own submissions wait already; this one was not taken. Wait for them, or cancel some.",
            retry_after_s=RETRY_AFTER_FULL_S,
        )


def _supersede(db: Session, offering: Offering, user_id: str) -> None:
    waiting = db.scalars(
        select(Run)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .where(
            SubmissionRow.offering_id == offering.id,
            SubmissionRow.user_id == user_id,
            Run.current,
            Run.state == RunState.QUEUED.value,
        )
        .with_for_update()
    )
    for run in waiting:
        run.state = RunState.SUPERSEDED.value
        record(db, run, run.state)
