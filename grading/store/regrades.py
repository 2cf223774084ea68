"""Regrades: every student's newest submission graded again, dry first, then applied."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grading.domain.verdict import RunState
from grading.store.access import Caller, Conflict, NotFound, reach_offering
from grading.store.events import FINAL_STATES
from grading.store.ids import new_id
from grading.store.outbox import enqueue_counting
from grading.store.reports import make_current
from grading.store.submissions import new_run
from grading.store.tables import (
    PURPOSE_GRADE,
    PURPOSE_REGRADE_DRY,
    CriterionRow,
    Offering,
    Regrade,
    ReportRow,
    Run,
    SubmissionRow,
    User,
    now,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade would change for one student."""

    submission_id: str
    student_name: str
    old_score: Decimal | None
    new_score: Decimal
    criteria: tuple["CriterionChange", ...]


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """A row of the rubric before and after; None where that version has no such row."""

    criterion_id: str
    title: str
    old_points: Decimal | None
    new_points: Decimal | None


@dataclass(frozen=True, slots=True)
class RegradeView:
    """A regrade and how far it is; `changes` lists only those whose points differ."""

    id: str
    slug: str
    reason: str
    created_at: datetime
    applied_at: datetime | None
    total: int
    done: int
    failed: int
    unchanged: int
    changes: tuple[Change, ...]
    run_ids: tuple[str, ...]


def start(db: Session, caller: Caller, slug: str, *, device: str, reason: str = "") -> Regrade:
    """Queue a dry run for the newest submission of each student; nothing that students see changes.

    Raises:
        NotFound, Forbidden: not the caller's to regrade.
        Conflict: nothing was submitted, or another regrade still runs.
    """
    offering = reach_offering(db, caller, slug, staff=True)
    unfinished = db.scalar(
        select(func.count())
        .select_from(Run)
        .join(Regrade, Regrade.id == Run.regrade_id)
        .where(Regrade.offering_id == offering.id, Run.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]))
    )
    if unfinished:
        raise Conflict("regrade-running", f"An earlier regrade of this assignment still has {unfinished} runs to go.")
    newest = (
        select(SubmissionRow.user_id, func.max(SubmissionRow.attempt).label("attempt"))
        .where(SubmissionRow.offering_id == offering.id)
        .group_by(SubmissionRow.user_id)
        .subquery()
    )
    submissions = list(
        db.scalars(
            select(SubmissionRow.id)
            .join(newest, (newest.c.user_id == SubmissionRow.user_id) & (newest.c.attempt == SubmissionRow.attempt))
            .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current)
            .where(
                SubmissionRow.offering_id == offering.id,
                Run.state.in_([RunState.GRADED.value, RunState.FAILED.value, RunState.REJECTED.value]),
            )
            .order_by(SubmissionRow.id)
        )
    )
    if not submissions:
        raise Conflict("nothing-to-regrade", "No submission of this assignment has been graded yet.")
    regrade = Regrade(id=new_id(), offering_id=offering.id, started_by=caller.user_id, reason=reason, created_at=now())
    db.add(regrade)
    db.flush()
    for submission_id in submissions:
        new_run(
            db,
            submission_id,
            device=device,
            purpose=PURPOSE_REGRADE_DRY,
            current=False,
            regrade_id=regrade.id,
        )
    return regrade


def progress_of(db: Session, caller: Caller, regrade_id: str) -> RegradeView:
    """How far the regrade is, and what it would change.

    Raises:
        NotFound, Forbidden: not the caller's to see.
    """
    regrade, offering = _reach(db, caller, regrade_id)
    return _view(db, regrade, offering)


def regrades_of(db: Session, caller: Caller, slug: str) -> list[RegradeView]:
    """The offering's regrades, newest first."""
    offering = reach_offering(db, caller, slug, staff=True)
    rows = db.scalars(select(Regrade).where(Regrade.offering_id == offering.id).order_by(Regrade.id.desc()))
    return [_view(db, regrade, offering) for regrade in rows]


def apply(db: Session, caller: Caller, regrade_id: str) -> tuple[RegradeView, tuple[str, ...]]:
    """Make the new reports the students' results; returns the regrade and the grade posts that now wait.

    A run without a final report leaves the student's old result as it is.

    Raises:
        NotFound, Forbidden: not the caller's to apply.
        Conflict: it is not finished, or applied already.
    """
    regrade, offering = _reach(db, caller, regrade_id)
    runs = list(db.scalars(select(Run).where(Run.regrade_id == regrade.id).with_for_update()))
    if regrade.applied_at is not None:
        raise Conflict("applied", "This regrade was applied already.")
    if any(RunState(run.state) not in FINAL_STATES for run in runs):
        raise Conflict("regrade-running", "This regrade is not finished; look again when all its runs are done.")
    posts: list[str] = []
    for run in runs:
        if run.state != RunState.GRADED.value or not db.get_one(ReportRow, run.id).final:
            continue
        run.purpose = PURPOSE_GRADE
        make_current(db, run)
        submission = db.get_one(SubmissionRow, run.submission_id)
        posts += enqueue_counting(db, offering, submission.user_id)
    regrade.applied_at, regrade.applied_by = now(), caller.user_id
    db.flush()
    return _view(db, regrade, offering), tuple(posts)


def _reach(db: Session, caller: Caller, regrade_id: str) -> tuple[Regrade, Offering]:
    regrade = db.get(Regrade, regrade_id)
    if regrade is None:
        raise NotFound(f"There is no regrade {regrade_id!r}.")
    offering = db.get_one(Offering, regrade.offering_id)
    return regrade, reach_offering(db, caller, offering.slug, staff=True)


def _view(db: Session, regrade: Regrade, offering: Offering) -> RegradeView:
    rows = db.execute(
        select(Run, User.name)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .join(User, User.id == SubmissionRow.user_id)
        .where(Run.regrade_id == regrade.id)
        .order_by(User.name, Run.id)
    ).all()
    graded = [(run, name) for run, name in rows if run.state == RunState.GRADED.value]
    changes = [change for run, name in graded if (change := _change(db, run, name, regrade)) is not None]
    return RegradeView(
        id=regrade.id,
        slug=offering.slug,
        reason=regrade.reason,
        created_at=regrade.created_at,
        applied_at=regrade.applied_at,
        total=len(rows),
        done=sum(RunState(run.state) in FINAL_STATES for run, _ in rows),
        failed=sum(RunState(run.state) in FINAL_STATES - {RunState.GRADED} for run, _ in rows),
        unchanged=len(graded) - len(changes),
        changes=tuple(changes),
        run_ids=tuple(run.id for run, _ in rows),
    )


def _change(db: Session, run: Run, name: str, regrade: Regrade) -> Change | None:
    # Before: the newest report that the submission had when the regrade started.
    before = db.scalar(
        select(ReportRow)
        .join(Run, Run.id == ReportRow.run_id)
        .where(
            Run.submission_id == run.submission_id,
            Run.purpose == PURPOSE_GRADE,
            Run.created_at <= regrade.created_at,
            Run.id != run.id,
        )
        .order_by(Run.created_at.desc(), Run.id.desc())
        .limit(1)
    )
    after = db.get_one(ReportRow, run.id)
    old = {} if before is None else _rows(db, before.run_id)
    new = _rows(db, run.id)
    changes = (
        CriterionChange(row_id, row.title, _points(old.get(row_id)), _points(new.get(row_id)))
        for row_id, row in {**new, **{row_id: row for row_id, row in old.items() if row_id not in new}}.items()
    )
    differing = tuple(change for change in changes if change.old_points != change.new_points)
    if before is not None and before.score == after.score and not differing:
        return None
    return Change(run.submission_id, name, None if before is None else before.score, after.score, differing)


def _rows(db: Session, run_id: str) -> dict[str, CriterionRow]:
    rows = db.scalars(select(CriterionRow).where(CriterionRow.run_id == run_id).order_by(CriterionRow.position))
    return {row.criterion_id: row for row in rows}


def _points(row: CriterionRow | None) -> Decimal | None:
    return None if row is None else row.points
