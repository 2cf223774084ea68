"""People's marks: points given, taken back, settled; each time on the trail, in the report, posted.

A mark belongs to the submission and to the person, not to a run: a regrade finds it and keeps it. The same answer in a
later attempt is not read twice: its mark is carried over. Whatever changes here enters the report (`marked_reports`) in
the same transaction, and the score that follows is put into the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.domain.report import Report
from grading.store.access import Caller, Conflict, Forbidden, InvalidRequest
from grading.store.events import record
from grading.store.ids import new_id
from grading.store.marked_reports import GivenMark, answer_digest, with_marks
from grading.store.outbox import enqueue_counting
from grading.store.submissions import current_run
from grading.store.tables import (
    CriterionRow,
    MarkEvent,
    MarkRow,
    MarkState,
    Offering,
    ReportRow,
    Run,
    SubmissionRow,
    User,
    now,
)

HUNDREDTH = Decimal("0.01")
LONGEST_COMMENT = 4000
MOST_COVERED = 100
GRADED, SETTLED, UNDONE, CARRIED, MARKED = "graded", "settled", "undone", "carried", "judged"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person says about one answer.

    Attributes:
        covered: key points that the answer makes.
        answer_sha256: of the answer that was on the page, or "" where the caller does not say.
        settle: whether it counts whatever others gave.
    """

    points: Decimal
    comment: str = ""
    covered: tuple[str, ...] = ()
    answer_sha256: str = ""
    settle: bool = False


def mark(
    db: Session, caller: Caller, offering: Offering, *, submission_id: str, criterion_id: str, wanted: Mark
) -> tuple[str, ...]:
    """Give points to one answer, or change what the caller gave; the ids of grade posts that now wait.

    Args:
        db: a writing transaction.
        caller: staff of the course, a person.
        offering: reached by the caller already.
        submission_id: whose answer, an item of the offering's queue.
        criterion_id: to which row.
        wanted: what the caller says.

    Raises:
        Forbidden: the caller is no person.
        InvalidRequest: the points are not between 0 and what the row is worth, in hundredths; the comment is too long.
        Conflict: the answer is no longer the one that the caller read.
    """
    run, row = _row(db, submission_id, criterion_id)
    points = _checked(wanted, row.possible)
    digest = row.answer_sha256 or ""
    if wanted.answer_sha256 and wanted.answer_sha256 != digest:
        raise Conflict("answer-changed", "This answer has changed since it was shown; read it again.")
    mine = _own(db, caller, submission_id, criterion_id)
    before = _plain(mine)
    if wanted.settle:
        for other in _all(db, submission_id, criterion_id):
            other.state = MarkState.GIVEN.value
    if mine is None:
        mine = MarkRow(id=new_id(), submission_id=submission_id, criterion_id=criterion_id, grader_id=_person(caller))
    mine.points, mine.possible, mine.comment = points, row.possible, storable(wanted.comment).strip()
    mine.covered, mine.answer_sha256, mine.at = [storable(one) for one in wanted.covered], digest, now()
    mine.state = (MarkState.SETTLED if wanted.settle else MarkState.GIVEN).value
    db.add(mine)
    db.flush()
    _note(db, caller, mine, SETTLED if wanted.settle else GRADED, before=before, after=_plain(mine))
    return _applied(db, run, offering)


def withdraw(
    db: Session, caller: Caller, offering: Offering, *, submission_id: str, criterion_id: str
) -> tuple[str, ...]:
    """Take back what the caller gave; the ids of grade posts that now wait.

    Raises:
        Forbidden: the caller is no person.
        Conflict: the caller gave nothing.
    """
    run, _ = _row(db, submission_id, criterion_id)
    mine = _own(db, caller, submission_id, criterion_id)
    if mine is None:
        raise Conflict("not-judged", "You have not marked this answer.")
    moment = now()
    for event in db.scalars(
        select(MarkEvent).where(
            MarkEvent.submission_id == submission_id,
            MarkEvent.criterion_id == criterion_id,
            MarkEvent.grader_id == caller.user_id,
            MarkEvent.undone_at.is_(None),
        )
    ):
        event.undone_at = moment
    _note(db, caller, mine, UNDONE, before=_plain(mine), after=None)
    db.delete(mine)
    db.flush()
    return _applied(db, run, offering)


def refresh(db: Session, run: Run) -> None:
    """Bring a stored report and its rows in line with people's marks."""
    stored = db.get(ReportRow, run.id)
    if stored is None:
        return
    made = with_marks(Report.from_json(stored.body), marks_for(db, run.submission_id))
    stored.body = made.to_json()
    stored.score, stored.pending_points, stored.final = made.score, made.pending_points, made.final
    rows = {row.criterion_id: row for row in db.scalars(select(CriterionRow).where(CriterionRow.run_id == run.id))}
    for told in made.criteria:
        row = rows[told.id]
        row.status, row.points = told.status.value, told.points
        row.answer_sha256 = answer_digest(told, made)
    db.flush()


def marks_for(db: Session, submission_id: str) -> dict[str, list[GivenMark]]:
    """Everybody's marks of one submission, by criterion id."""
    found: dict[str, list[GivenMark]] = {}
    rows = db.execute(
        select(MarkRow, User.login)
        .join(User, User.id == MarkRow.grader_id)
        .where(MarkRow.submission_id == submission_id)
        .order_by(MarkRow.at, MarkRow.id)
    )
    for row, login in rows:
        found.setdefault(row.criterion_id, []).append(mark_of(row, login))
    return found


def mark_of(row: MarkRow, login: str) -> GivenMark:
    """A row as a value."""
    settled = row.state == MarkState.SETTLED.value
    covered = tuple(str(point) for point in row.covered)
    return GivenMark(row.grader_id, login, row.points, row.comment, covered, settled, row.answer_sha256, row.at)


def storable(text: str) -> str:
    """The text without characters that not every database takes."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _applied(db: Session, run: Run, offering: Offering) -> tuple[str, ...]:
    refresh(db, run)
    stored = db.get_one(ReportRow, run.id)
    record(db, run, MARKED, score=float(stored.score), pending_points=float(stored.pending_points))
    return enqueue_counting(db, offering, db.get_one(SubmissionRow, run.submission_id).user_id)


def carry_over(db: Session, submission: SubmissionRow, report: Report) -> None:
    """Copy what people said about the very same answers in the student's earlier attempts."""
    if submission.attempt == 1:
        return
    rows = db.execute(
        select(MarkRow, User.login)
        .join(SubmissionRow, SubmissionRow.id == MarkRow.submission_id)
        .join(User, User.id == MarkRow.grader_id)
        .where(
            SubmissionRow.offering_id == submission.offering_id,
            SubmissionRow.user_id == submission.user_id,
            SubmissionRow.attempt <= submission.attempt,
        )
        .order_by(SubmissionRow.attempt.desc(), MarkRow.at)
    ).all()
    if not rows:
        return
    known = {(row.criterion_id, row.grader_id) for row, _ in rows if row.submission_id == submission.id}
    digests = {row.id: answer_digest(row, report) for row in report.criteria}
    for row, login in rows:
        key = (row.criterion_id, row.grader_id)
        if key in known or digests.get(row.criterion_id) != row.answer_sha256:
            continue
        known.add(key)
        copied = MarkRow(
            id=new_id(),
            submission_id=submission.id,
            criterion_id=row.criterion_id,
            grader_id=row.grader_id,
            points=row.points,
            possible=row.possible,
            comment=row.comment,
            covered=list(row.covered),
            state=row.state,
            answer_sha256=row.answer_sha256,
            at=row.at,
        )
        db.add(copied)
        db.add(
            MarkEvent(
                submission_id=submission.id, criterion_id=row.criterion_id, grader_id=row.grader_id, grader=login,
                action=CARRIED, before=None, after=_plain(copied),
            )
        )  # fmt: skip
    db.flush()


def _row(db: Session, submission_id: str, criterion_id: str) -> tuple[Run, CriterionRow]:
    # Locking the run puts graders of one submission in order.
    run = current_run(db, submission_id)
    row = db.get(CriterionRow, (run.id, criterion_id))
    if row is None:
        raise Conflict("no-such-row", "The newest report of this submission does not have this row.")
    return run, row


def _own(db: Session, caller: Caller, submission_id: str, criterion_id: str) -> MarkRow | None:
    person = _person(caller)
    return next((row for row in _all(db, submission_id, criterion_id) if row.grader_id == person), None)


def _all(db: Session, submission_id: str, criterion_id: str) -> Sequence[MarkRow]:
    return db.scalars(
        select(MarkRow).where(MarkRow.submission_id == submission_id, MarkRow.criterion_id == criterion_id)
    ).all()


def _person(caller: Caller) -> str:
    if caller.user_id is None:
        raise Forbidden("This token speaks for a learning platform; only people mark answers.")
    return caller.user_id


def _checked(wanted: Mark, possible: Decimal) -> Decimal:
    points = wanted.points
    if not points.is_finite() or not 0 <= points <= possible or points != points.quantize(HUNDREDTH):
        raise InvalidRequest("bad-points", f"Points go from 0 to {possible.normalize():f}, in hundredths.")
    if len(wanted.comment) > LONGEST_COMMENT:
        raise InvalidRequest("long-comment", f"A comment has at most {LONGEST_COMMENT} characters.")
    if len(wanted.covered) > MOST_COVERED or any(len(point) > LONGEST_COMMENT for point in wanted.covered):
        raise InvalidRequest("bad-key-points", "These are not the key points of this row.")
    return points


def _plain(row: MarkRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "points": float(row.points),
        "possible": float(row.possible),
        "comment": row.comment,
        "covered": list(row.covered),
        "state": row.state,
        "answer_sha256": row.answer_sha256,
    }


def _note(
    db: Session,
    caller: Caller,
    row: MarkRow,
    action: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    db.add(
        MarkEvent(
            submission_id=row.submission_id, criterion_id=row.criterion_id, grader_id=caller.user_id,
            grader=caller.login, action=action, before=before, after=after,
        )
    )  # fmt: skip
