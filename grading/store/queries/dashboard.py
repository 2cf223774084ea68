"""What a course learns about itself: scores, hard criteria, frequent mistakes, what needs attention.

Counted are students, never staff, and of each student the submission that counts among the graded ones.
"""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Select, Subquery, distinct, exists, func, select
from sqlalchemy.orm import Session

from grading.domain.report import Report
from grading.domain.verdict import RunState
from grading.store.access import Caller, reach_offering
from grading.store.descriptions import Descriptions
from grading.store.queries.posts import PostView, posts_in_state
from grading.store.queries.results import FAILING, counting_runs
from grading.store.tables import (
    CriterionRow,
    Enrollment,
    FindingRow,
    Offering,
    PostState,
    ReportRow,
    Role,
    Run,
    SubmissionRow,
    User,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """An assignment in numbers. Scores are those of students whose report is final."""

    students: int
    submitted: int
    graded: int
    waiting: int
    failed: int
    mean: Decimal | None
    median: Decimal | None
    max_score: Decimal | None


@dataclass(frozen=True, slots=True)
class CriterionShare:
    """How one criterion went; `failing` are students with less than all its points through their own doing."""

    id: str
    title: str
    possible: Decimal
    graded: int
    by_status: Mapping[str, int]
    failing: int


@dataclass(frozen=True, slots=True)
class MistakeShare:
    """How many students made one known mistake.

    Attributes:
        mistake: its id.
        share: of all graded students.
        run_id: one run in which it was made.
        version: of the assignment in that run: whose words the mistake has.
    """

    criterion_id: str
    criterion_title: str
    mistake: str
    students: int
    share: float
    run_id: str
    version: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A submission somebody other than the student must look at."""

    submission_id: str
    slug: str
    student_name: str
    state: RunState
    blame: str | None
    fault: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs a human, in the courses that the caller teaches."""

    failed_runs: tuple[Trouble, ...]
    error_reports: tuple[Trouble, ...]
    dead_posts: tuple[PostView, ...]


@dataclass(frozen=True, slots=True)
class Absentee:
    """A student who has submitted nothing."""

    name: str
    login: str


def absentees_of(db: Session, caller: Caller, slug: str) -> list[Absentee]:
    """The course's students without a submission, by name: whom staff remind before the deadline."""
    offering = reach_offering(db, caller, slug, staff=True)
    submitted = exists().where(SubmissionRow.offering_id == offering.id, SubmissionRow.user_id == User.id)
    rows = db.execute(
        select(User.name, User.login)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.course_id == offering.course_id, Enrollment.role == Role.STUDENT.value, ~submitted)
        .order_by(User.name, User.id)
    )
    return [Absentee(name, login) for name, login in rows]


def scores_of(db: Session, caller: Caller, slug: str) -> list[Decimal]:
    """Every student's final score, in ascending order."""
    return _scores(db, reach_offering(db, caller, slug, staff=True))


def summary_of(db: Session, caller: Caller, slug: str) -> Summary:
    """The assignment in numbers."""
    offering = reach_offering(db, caller, slug, staff=True)
    students = db.scalar(
        select(func.count())
        .select_from(Enrollment)
        .where(Enrollment.course_id == offering.course_id, Enrollment.role == Role.STUDENT.value)
    )
    newest = counting_runs(offering, "latest", graded_only=False).subquery()
    by_state = {
        RunState(state): count
        for state, count in db.execute(
            select(Run.state, func.count()).join(newest, newest.c.run_id == Run.id).group_by(Run.state)
        )
    }
    chosen = _chosen(offering)
    reports = db.execute(
        select(ReportRow.score, ReportRow.final, ReportRow.max_score)
        .join(chosen, chosen.c.run_id == ReportRow.run_id)
        .order_by(ReportRow.score)
    ).all()
    scores = [score for score, final, _ in reports if final]
    return Summary(
        students=students or 0,
        submitted=sum(by_state.values()),
        graded=len(reports),
        waiting=by_state.get(RunState.QUEUED, 0) + by_state.get(RunState.RUNNING, 0),
        failed=by_state.get(RunState.FAILED, 0),
        mean=statistics.mean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        max_score=max((max_score for *_, max_score in reports), default=None),
    )


def criteria_of(db: Session, caller: Caller, slug: str) -> list[CriterionShare]:
    """How each criterion went, in the rubric's order."""
    chosen = _chosen(reach_offering(db, caller, slug, staff=True))
    tallies: dict[str, _Tally] = {}
    rows = db.execute(
        select(
            CriterionRow.criterion_id,
            CriterionRow.status,
            func.count(),
            func.max(CriterionRow.title),
            func.max(CriterionRow.possible),
            func.min(CriterionRow.position),
        )
        .join(chosen, chosen.c.run_id == CriterionRow.run_id)
        .group_by(CriterionRow.criterion_id, CriterionRow.status)
    )
    for criterion_id, status, count, title, possible, position in rows:
        tally = tallies.setdefault(criterion_id, _Tally(title, possible, position))
        tally.by_status[status] = count
        tally.position = min(position, tally.position)
    return [tally.share(name) for name, tally in sorted(tallies.items(), key=lambda named: named[1].position)]


def mistakes_of(db: Session, caller: Caller, slug: str) -> list[MistakeShare]:
    """How many students made each known mistake, the most frequent first."""
    chosen = _chosen(reach_offering(db, caller, slug, staff=True))
    graded = db.scalar(select(func.count()).select_from(chosen)) or 0
    students = func.count(distinct(chosen.c.user_id))
    counted = db.execute(
        select(FindingRow.criterion_id, FindingRow.mistake, students, func.max(FindingRow.run_id))
        .join(chosen, chosen.c.run_id == FindingRow.run_id)
        .where(FindingRow.mistake.is_not(None))
        .group_by(FindingRow.criterion_id, FindingRow.mistake)
        .order_by(students.desc(), FindingRow.criterion_id, FindingRow.mistake)
    ).all()
    # One run in which each was made knows its criterion's title; a join would look it up for every student.
    told = {
        (run_id, criterion_id): (title, version)
        for run_id, criterion_id, title, version in db.execute(
            select(CriterionRow.run_id, CriterionRow.criterion_id, CriterionRow.title, ReportRow.version)
            .join(ReportRow, ReportRow.run_id == CriterionRow.run_id)
            .where(CriterionRow.run_id.in_({run_id for *_, run_id in counted}))
        )
    }
    found = []
    for criterion_id, mistake, count, run_id in counted:
        title, version = told[run_id, criterion_id]
        if mistake is not None:
            found.append(MistakeShare(criterion_id, title, mistake, count, count / graded, run_id, version))
    return found


def words_of(db: Session, known: Descriptions, rubric_slug: str, share: MistakeShare, today: str) -> str:
    """What the mistake says to the student; "" where nobody does.

    In the words of the version that it was made under, else of today's; else, where neither is described, in those that
    the report itself has.

    Args:
        db: a transaction.
        known: the service's descriptions.
        rubric_slug: of the assignment.
        share: the mistake.
        today: the assignment's version as it is set now; "" where it is not installed.
    """
    words = known.mistake(db, rubric_slug, share.mistake, (share.version, today))
    return words.says if words is not None else _said_in_report(db, share)


def attention_of(db: Session, caller: Caller, limit: int = 100) -> Attention:
    """Failed runs, reports with criteria that could not be judged, and posts that were given up."""
    taught = [course_id for course_id in caller.courses if caller.staff_of(course_id)]
    failed = _troubles().where(Offering.course_id.in_(taught), Run.state == RunState.FAILED.value)
    # Told as a set of few: with a join, SQLite looks at every report of these courses.
    not_final = select(ReportRow.run_id).where(~ReportRow.final)
    doubtful = _troubles().where(Offering.course_id.in_(taught), Run.id.in_(not_final))
    return Attention(
        tuple(_trouble(*row) for row in db.execute(failed.limit(limit))),
        tuple(_trouble(*row) for row in db.execute(doubtful.limit(limit))),
        tuple(posts_in_state(db, taught, PostState.DEAD, limit) + posts_in_state(db, taught, PostState.REFUSED, limit)),
    )


def _said_in_report(db: Session, share: MistakeShare) -> str:
    body = db.scalar(select(ReportRow.body).where(ReportRow.run_id == share.run_id))
    rows = () if body is None else Report.from_json(body).criteria
    told = (finding.told.mistake for row in rows if row.id == share.criterion_id for finding in row.findings)
    return next((mistake.says for mistake in told if mistake is not None and mistake.id == share.mistake), "")


def _chosen(offering: Offering) -> Subquery:
    which: Literal["latest", "best"] = "best" if offering.counting == "best" else "latest"
    return counting_runs(offering, which, graded_only=True).subquery()


def _scores(db: Session, offering: Offering) -> list[Decimal]:
    chosen = _chosen(offering)
    return list(
        db.scalars(
            select(ReportRow.score)
            .join(chosen, chosen.c.run_id == ReportRow.run_id)
            .where(ReportRow.final)
            .order_by(ReportRow.score)
        )
    )


@dataclass(slots=True)
class _Tally:
    """One criterion, counted up over its statuses."""

    title: str
    possible: Decimal
    position: int
    by_status: dict[str, int] = field(default_factory=dict)

    def share(self, name: str) -> CriterionShare:
        graded = sum(self.by_status.values())
        failing = sum(self.by_status.get(status, 0) for status in FAILING)
        return CriterionShare(
            id=name,
            title=self.title,
            possible=self.possible,
            graded=graded,
            by_status=self.by_status,
            failing=failing,
        )


def _troubles() -> Select[SubmissionRow, Offering, User, Run]:
    return (
        select(SubmissionRow, Offering, User, Run)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .join(User, User.id == SubmissionRow.user_id)
        .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current)
        .order_by(Run.id.desc())
    )


def _trouble(submission: SubmissionRow, offering: Offering, user: User, run: Run) -> Trouble:
    return Trouble(
        submission.id,
        offering.slug,
        user.name,
        RunState(run.state),
        run.blame,
        run.fault,
        run.stored_at or run.created_at,
    )
