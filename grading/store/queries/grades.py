"""Final grades, for scripts and learning platforms."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.store.access import Caller, Forbidden, reach_offering
from grading.store.lateness import grade_of, late_days
from grading.store.queries.results import counting_runs
from grading.store.tables import ReportRow, SubmissionRow, User


@dataclass(frozen=True, slots=True)
class Grade:
    """One student's final grade; `pending_points` still wait for a human."""

    login: str
    score: Decimal
    max_score: Decimal
    grade: Decimal
    pending_points: Decimal
    submitted_at: datetime


def grades_of(db: Session, caller: Caller, slug: str) -> list[Grade]:
    """Every student's final grade, in the order of logins; for staff, and for the course's own platform.

    Raises:
        NotFound: not of the caller's courses.
        Forbidden: the caller is a student.
    """
    offering = reach_offering(db, caller, slug)
    if caller.user_id is not None and not caller.staff_of(offering.course_id):
        raise Forbidden("This is for the course's staff.")
    which: Literal["latest", "best"] = "best" if offering.counting == "best" else "latest"
    chosen = counting_runs(offering, which, graded_only=True).subquery()
    rows = db.execute(
        # Columns and not rows of the mapper: a class of a thousand would be three thousand objects.
        select(User.login, ReportRow.score, ReportRow.max_score, ReportRow.pending_points, SubmissionRow.accepted_at)
        .join(chosen, chosen.c.user_id == User.id)
        .join(SubmissionRow, SubmissionRow.id == chosen.c.submission_id)
        .join(ReportRow, ReportRow.run_id == chosen.c.run_id)
        .where(ReportRow.final)
        .order_by(User.login)
    )
    return [
        Grade(
            login,
            score,
            max_score,
            grade_of(score, late_days(accepted_at, offering.due_at), offering.late_percent_per_day),
            pending_points,
            accepted_at,
        )
        for login, score, max_score, pending_points, accepted_at in rows
    ]
