"""Results of an assignment: one row for each student who submitted, a page at a time."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from grading.domain.verdict import RunState, Status
from grading.store.access import Caller, InvalidRequest, reach_offering
from grading.store.lateness import grade_of, late_days
from grading.store.queries.posts import PostView, newest_posts
from grading.store.tables import (
    CriterionRow,
    Enrollment,
    FindingRow,
    Offering,
    ReportRow,
    Role,
    Run,
    SubmissionRow,
    User,
)

Sort = Literal["name", "score", "submitted_at", "state"]
Attempts = Literal["counting", "latest", "best"]
FAILING = (Status.FAILED.value, Status.PARTIAL.value, Status.NOT_ATTEMPTED.value, Status.NOT_SUBMITTED.value)
MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class CriterionCell:
    """One criterion in a student's row."""

    status: Status
    points: Decimal
    possible: Decimal


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One student's result.

    Attributes:
        attempt: which submission this is, of `attempts`.
        flagged: whether the report has integrity entries for staff to look at.
        criteria: by criterion id, in the report's order.
        post: the newest score on its way to the gradebook.
    """

    user_id: str
    login: str
    name: str
    submission_id: str
    attempt: int
    attempts: int
    state: RunState
    score: Decimal | None
    max_score: Decimal | None
    pending_points: Decimal | None
    final: bool | None
    grade: Decimal | None
    late_days: int
    accepted_at: datetime
    flagged: bool
    criteria: Mapping[str, CriterionCell]
    post: PostView | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones begin; None after the last."""

    rows: tuple[ResultRow, ...]
    next_cursor: str | None


def counting_runs(offering: Offering, attempts: Literal["latest", "best"], *, graded_only: bool) -> Select[Any]:
    """For each student the run that counts: (user_id, submission_id, run_id, attempts).

    Staff who tried the assignment themselves are left out.
    """
    # Said by what it is not: SQLite would otherwise begin with all graded runs of all courses.
    left_out = [state.value for state in RunState if graded_only and state is not RunState.GRADED]
    order: list[ColumnElement[Any]] = [SubmissionRow.attempt.desc()]
    if attempts == "best":
        order.insert(0, func.coalesce(ReportRow.score, -1).desc())
    ranked = (
        select(
            SubmissionRow.user_id,
            SubmissionRow.id.label("submission_id"),
            Run.id.label("run_id"),
            func.count().over(partition_by=SubmissionRow.user_id).label("attempts"),
            func.row_number().over(partition_by=SubmissionRow.user_id, order_by=order).label("rank"),
        )
        .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current)
        .where(SubmissionRow.offering_id == offering.id, Run.state.not_in(left_out))
    )
    if attempts == "best":
        ranked = ranked.outerjoin(ReportRow, ReportRow.run_id == Run.id)
    chosen = ranked.subquery()
    # Who is a student is asked once for each of them, not once for each attempt.
    return (
        select(chosen)
        .join(Enrollment, (Enrollment.course_id == offering.course_id) & (Enrollment.user_id == chosen.c.user_id))
        .where(chosen.c.rank == 1, Enrollment.role == Role.STUDENT.value)
    )


def results_of(
    db: Session,
    caller: Caller,
    slug: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
    sort: Sort = "name",
    descending: bool = False,
    text: str = "",
    state: RunState | None = None,
    criterion: str | None = None,
    mistake: str | None = None,
    attempts: Attempts = "counting",
) -> Page:
    """One page of results.

    Args:
        db: any transaction.
        caller: staff of the course.
        slug: of the offering.
        cursor: where the last page ended.
        limit: rows on a page, at most 500.
        sort: what the rows are ordered by; students with the same value follow in the order of ids.
        descending: largest first.
        text: part of a name or login.
        state: only submissions in this state.
        criterion: only students who failed this criterion.
        mistake: only students who made this known mistake.
        attempts: which submission is the student's result; "counting" is what the offering says.

    Raises:
        NotFound, Forbidden: the caller is not staff of the course.
        InvalidRequest: the cursor is not one of ours, or belongs to another order.
    """
    offering = reach_offering(db, caller, slug, staff=True)
    which: Literal["latest", "best"] = (
        attempts if attempts != "counting" else "best" if offering.counting == "best" else "latest"
    )
    chosen = counting_runs(offering, which, graded_only=False).subquery()
    key = _sort_key(sort)
    query = (
        select(User, SubmissionRow, Run, ReportRow, chosen.c.attempts, key)
        .join(chosen, chosen.c.user_id == User.id)
        .join(SubmissionRow, SubmissionRow.id == chosen.c.submission_id)
        .join(Run, Run.id == chosen.c.run_id)
        .outerjoin(ReportRow, ReportRow.run_id == Run.id)
    )
    if text:
        like = f"%{text.lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        query = query.where(
            or_(func.lower(User.name).like(like, escape="!"), func.lower(User.login).like(like, escape="!"))
        )
    if state is not None:
        query = query.where(Run.state == state.value)
    if criterion is not None:
        query = query.where(
            exists().where(
                CriterionRow.run_id == Run.id,
                CriterionRow.criterion_id == criterion,
                CriterionRow.status.in_(FAILING),
            )
        )
    if mistake is not None:
        query = query.where(exists().where(FindingRow.run_id == Run.id, FindingRow.mistake == mistake))
    if cursor is not None:
        query = query.where(_beyond(key, _decode(cursor, sort, descending=descending), descending=descending))
    order = (key.desc(), User.id.desc()) if descending else (key, User.id)
    limit = max(1, min(limit, MAX_PAGE))
    rows = db.execute(query.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        following = _encode(sort, last[5], last[0].id, descending=descending)
    cells = _cells(db, [run.id for _, _, run, *_ in shown])
    posts = newest_posts(db, offering.id, [user.id for user, *_ in shown]) if offering.line_item_id else {}
    return Page(
        tuple(
            _row(offering, user, submission, run, report, count, cells.get(run.id, {}), posts.get(user.id))
            for user, submission, run, report, count, _ in shown
        ),
        following,
    )


def _row(  # noqa: PLR0917  # the columns of one line
    offering: Offering,
    user: User,
    submission: SubmissionRow,
    run: Run,
    report: ReportRow | None,
    count: int,
    criteria: Mapping[str, CriterionCell],
    post: PostView | None,
) -> ResultRow:
    days = late_days(submission.accepted_at, offering.due_at)
    score = report.score if report is not None and report.final else None
    return ResultRow(
        user_id=user.id,
        login=user.login,
        name=user.name,
        submission_id=submission.id,
        attempt=submission.attempt,
        attempts=count,
        state=RunState(run.state),
        score=score,
        max_score=None if report is None else report.max_score,
        pending_points=None if report is None else report.pending_points,
        final=None if report is None else report.final,
        grade=None if score is None else grade_of(score, days, offering.late_percent_per_day),
        late_days=days,
        accepted_at=submission.accepted_at,
        flagged=report is not None and report.flagged,
        criteria=criteria,
        post=post,
    )


def _cells(db: Session, run_ids: list[str]) -> dict[str, dict[str, CriterionCell]]:
    cells: dict[str, dict[str, CriterionCell]] = {}
    rows = db.scalars(
        select(CriterionRow)
        .where(CriterionRow.run_id.in_(run_ids))
        .order_by(CriterionRow.run_id, CriterionRow.position)
    )
    for row in rows:
        cells.setdefault(row.run_id, {})[row.criterion_id] = CriterionCell(Status(row.status), row.points, row.possible)
    return cells


def _sort_key(sort: Sort) -> ColumnElement[Any]:
    # Millionths as plain integers, and times as ids that sort like them, so that a cursor is plain JSON.
    match sort:
        case "name":
            return func.lower(User.name)
        case "score":
            return case((ReportRow.final, func.coalesce(_whole(ReportRow.score), -1)), else_=-1)
        case "submitted_at":
            return SubmissionRow.__table__.c.id
        case "state":
            return Run.__table__.c.state


def _whole(column: Any) -> ColumnElement[int]:
    from sqlalchemy import BigInteger, type_coerce

    return type_coerce(column, BigInteger)


def _beyond(key: ColumnElement[Any], place: tuple[Any, str], *, descending: bool) -> ColumnElement[bool]:
    value, user_id = literal(place[0]), literal(place[1])
    if descending:
        return or_(key < value, and_(key == value, User.id < user_id))
    return or_(key > value, and_(key == value, User.id > user_id))


def _encode(sort: Sort, value: object, user_id: str, *, descending: bool) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, descending, value, user_id]).encode()).decode().rstrip("=")


def _decode(cursor: str, sort: Sort, *, descending: bool) -> tuple[Any, str]:
    wrong = InvalidRequest("bad-cursor", "This cursor does not belong to this list; begin again without it.")
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    match told:
        case [str() as told_sort, bool() as told_order, str() | int() as value, str() as user_id] if (
            told_sort == sort and told_order is descending and isinstance(value, int if sort == "score" else str)
        ):
            return value, user_id
    raise wrong
