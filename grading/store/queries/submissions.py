"""One submission: its state, its attempts, its runs and what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from grading.domain.report import Report
from grading.domain.verdict import RunState
from grading.store.access import Caller, NotFound, reach_offering, reach_submission
from grading.store.events import FINAL_STATES
from grading.store.fairness import place_in_line
from grading.store.lateness import grade_of, late_days
from grading.store.queries.queue import estimate
from grading.store.reports import Reader, as_seen_by
from grading.store.tables import (
    Course,
    Offering,
    ReportRow,
    Run,
    RunEvent,
    SubmissionFile,
    SubmissionRow,
    User,
    now,
)


@dataclass(frozen=True, slots=True)
class FileView:
    """One file as it was submitted."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission with the state of its current run.

    Attributes:
        queue_position: 1 is next; None unless it waits.
        eta_seconds: until it is probably graded; None unless it waits or runs.
        score: None until graded, and while the report is not final.
        grade: the score after lateness.
        fault: for the reader: what went wrong, when there is no report.
    """

    id: str
    slug: str
    course_id: str
    course_title: str
    assignment_title: str
    user_id: str
    student_name: str
    student_login: str
    attempt: int
    state: RunState
    accepted_at: datetime
    claimed_at: datetime | None
    graded_at: datetime | None
    stored_at: datetime | None
    due_at: datetime | None
    late_days: int
    sha256: str
    bytes: int
    files: tuple[FileView, ...]
    run_id: str
    device: str
    attempts: int
    queue_position: int | None
    eta_seconds: float | None
    score: Decimal | None
    max_score: Decimal | None
    pending_points: Decimal | None
    final: bool | None
    grade: Decimal | None
    blame: str | None
    fault_code: str | None
    fault: str | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One of a student's submissions for an assignment, in short."""

    id: str
    attempt: int
    state: RunState
    score: Decimal | None
    max_score: Decimal | None
    final: bool | None
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class RunView:
    """One grading of a submission; the seed is for staff."""

    id: str
    purpose: str
    current: bool
    state: RunState
    attempts: int
    seed: int | None
    device: str
    created_at: datetime
    claimed_at: datetime | None
    graded_at: datetime | None
    stored_at: datetime | None
    phases: Mapping[str, float] | None
    blame: str | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened; `id` only grows."""

    id: int
    name: str
    data: Mapping[str, Any]
    at: datetime


def submission_of(db: Session, caller: Caller, submission_id: str) -> SubmissionView:
    """The submission, for its student and the course's staff.

    Raises:
        NotFound: for everybody else.
    """
    reach_submission(db, caller, submission_id)
    return _view(db, caller, db.execute(_lines().where(SubmissionRow.id == submission_id)).one())


def my_submissions(db: Session, caller: Caller, slug: str) -> list[SubmissionView]:
    """The caller's own submissions for an assignment, newest first."""
    offering = reach_offering(db, caller, slug)
    rows = db.execute(
        _lines()
        .where(SubmissionRow.offering_id == offering.id, SubmissionRow.user_id == caller.user_id)
        .order_by(SubmissionRow.attempt.desc())
    )
    return [_view(db, caller, row) for row in rows]


def attempts_of(db: Session, caller: Caller, submission_id: str) -> list[AttemptView]:
    """All submissions of the same student for the same assignment, newest first."""
    submission, offering = reach_submission(db, caller, submission_id)
    return attempts_by(db, offering.id, submission.user_id)


def attempts_by(db: Session, offering_id: str, user_id: str, limit: int | None = None) -> list[AttemptView]:
    """One student's submissions for an offering, newest first. Checks no rights: its callers have."""
    rows = db.execute(
        select(SubmissionRow, Run, ReportRow)
        .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current)
        .outerjoin(ReportRow, ReportRow.run_id == Run.id)
        .where(SubmissionRow.offering_id == offering_id, SubmissionRow.user_id == user_id)
        .order_by(SubmissionRow.attempt.desc())
        .limit(limit)
    )
    return [
        AttemptView(
            submission.id,
            submission.attempt,
            RunState(run.state),
            report.score if report is not None and report.final else None,
            None if report is None else report.max_score,
            None if report is None else report.final,
            submission.accepted_at,
        )
        for submission, run, report in rows
    ]


def report_of(db: Session, caller: Caller, submission_id: str) -> Report | None:
    """The report as its reader may see it; None when there is none (yet).

    Raises:
        NotFound: nothing the caller may see.
    """
    submission, offering = reach_submission(db, caller, submission_id)
    body = db.scalar(
        select(ReportRow.body)
        .join(Run, Run.id == ReportRow.run_id)
        .where(Run.submission_id == submission.id, Run.current)
    )
    if body is None:
        return None
    reader: Reader = "staff" if caller.staff_of(offering.course_id) else "student"
    return as_seen_by(Report.from_json(body), reader, after_due=offering.due_at is None or now() > offering.due_at)


def figure_allowed(db: Session, caller: Caller, submission_id: str, sha256: str) -> None:
    """Whether the picture belongs to the report as the caller sees it.

    Raises:
        NotFound: it does not.
    """
    report = report_of(db, caller, submission_id)
    if report is None or all(figure.sha256 != sha256 for figure in report.figures):
        raise NotFound("There is no such figure in this report.")


def file_of(db: Session, caller: Caller, submission_id: str, name: str) -> str:
    """The hash of a file as it was submitted.

    Raises:
        NotFound: no such file.
    """
    submission, _ = reach_submission(db, caller, submission_id)
    row = db.get(SubmissionFile, (submission.id, name))
    if row is None:
        raise NotFound(f"There is no file {name!r} in this submission.")
    return row.sha256


def runs_of(db: Session, caller: Caller, submission_id: str) -> list[RunView]:
    """Every grading of the submission, newest first; students see those that were their result."""
    submission, offering = reach_submission(db, caller, submission_id)
    staff = caller.staff_of(offering.course_id)
    rows = db.scalars(select(Run).where(Run.submission_id == submission.id).order_by(Run.id.desc()))
    return [
        RunView(
            run.id,
            run.purpose,
            run.current,
            RunState(run.state),
            run.attempts,
            run.seed if staff else None,
            run.device,
            run.created_at,
            run.claimed_at,
            run.graded_at,
            run.stored_at,
            run.phases,
            run.blame,
            run.fault if staff else _fault_for_students(run),
        )
        for run in rows
        if staff or run.current
    ]


def events_after(db: Session, submission_id: str, after: int, limit: int = 100) -> list[EventView]:
    """What happened to the submission after the event `after`, in order. Checks no rights: its callers have."""
    rows = db.scalars(
        select(RunEvent)
        .where(RunEvent.submission_id == submission_id, RunEvent.id > after)
        .order_by(RunEvent.id)
        .limit(limit)
    )
    return [EventView(row.id, row.name, row.data, row.at) for row in rows]


def _lines() -> Select[SubmissionRow, Offering, Course, User, Run, ReportRow]:
    return (
        select(SubmissionRow, Offering, Course, User, Run, ReportRow)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .join(Course, Course.id == Offering.course_id)
        .join(User, User.id == SubmissionRow.user_id)
        .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current)
        .outerjoin(ReportRow, ReportRow.run_id == Run.id)
    )


def _files(db: Session, submission_id: str) -> Sequence[SubmissionFile]:
    return db.scalars(
        select(SubmissionFile).where(SubmissionFile.submission_id == submission_id).order_by(SubmissionFile.name)
    ).all()


def _view(
    db: Session, caller: Caller, row: Row[SubmissionRow, Offering, Course, User, Run, ReportRow]
) -> SubmissionView:
    submission, offering, course, user, run, _ = row
    report: ReportRow | None = row[5]  # the join leaves it out where there is none
    state = RunState(run.state)
    place = place_in_line(db, run) if state is RunState.QUEUED else None
    days = late_days(submission.accepted_at, offering.due_at)
    score = report.score if report is not None and report.final else None
    staff = caller.staff_of(offering.course_id)
    return SubmissionView(
        id=submission.id,
        slug=offering.slug,
        course_id=course.id,
        course_title=course.title,
        assignment_title=offering.title,
        user_id=user.id,
        student_name=user.name,
        student_login=user.login,
        attempt=submission.attempt,
        state=state,
        accepted_at=submission.accepted_at,
        claimed_at=run.claimed_at,
        graded_at=run.graded_at,
        stored_at=run.stored_at,
        due_at=offering.due_at,
        late_days=days,
        sha256=submission.sha256,
        bytes=submission.bytes,
        files=tuple(FileView(file.name, file.sha256, file.bytes) for file in _files(db, submission.id)),
        run_id=run.id,
        device=run.device,
        attempts=run.attempts,
        queue_position=place,
        eta_seconds=estimate(db, run, offering.id, place),
        score=score,
        max_score=None if report is None else report.max_score,
        pending_points=None if report is None else report.pending_points,
        final=None if report is None else report.final,
        grade=None if score is None else grade_of(score, days, offering.late_percent_per_day),
        blame=run.blame,
        fault_code=run.fault_code,
        fault=run.fault if staff else _fault_for_students(run),
    )


def _fault_for_students(run: Run) -> str | None:
    # What the student must act on is theirs to read; our own faults and the author's may name things of the house.
    if run.state == RunState.REJECTED.value:
        return run.fault
    if run.state == RunState.FAILED.value:
        return "This submission could not be graded, through no fault of yours. The course's staff has been told."
    return None
