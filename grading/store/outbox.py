"""The outbox: scores on their way to a gradebook, written together with the result they come from."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.domain.verdict import RunState
from grading.store.clock import time_of
from grading.store.ids import new_id
from grading.store.lateness import grade_of, late_days
from grading.store.tables import (
    Enrollment,
    GradePost,
    Offering,
    PostState,
    ReportRow,
    Role,
    Run,
    SubmissionRow,
)


def enqueue_counting(db: Session, offering: Offering, user_id: str) -> tuple[str, ...]:
    """Put the student's counting grade into the outbox, if the course posts grades and it is not there yet.

    Staff, people whom the platform does not know, and reports that are not final are left out. Posts of the same person
    that still wait are overtaken: only the newest one is sent.
    """
    if offering.line_item_id is None:
        return ()
    # Locked, so that two results of one person, stored by two workers at once, see each other here.
    enrollment = db.get(Enrollment, (offering.course_id, user_id), with_for_update=True)
    if enrollment is None or enrollment.role != Role.STUDENT.value or not enrollment.lms_user_id:
        return ()
    graded = [
        (
            grade_of(report.score, late_days(submission.accepted_at, offering.due_at), offering.late_percent_per_day),
            *row,
        )
        for row in db.execute(
            select(SubmissionRow, Run, ReportRow)
            .join(Run, (Run.submission_id == SubmissionRow.id) & Run.current & (Run.state == RunState.GRADED.value))
            .join(ReportRow, ReportRow.run_id == Run.id)
            .where(SubmissionRow.offering_id == offering.id, SubmissionRow.user_id == user_id, ReportRow.final)
        )
        for submission, _, report in [row]
    ]
    if not graded:
        return ()
    best = offering.counting == "best"
    grade, submission, run, report = max(graded, key=lambda row: (row[0] if best else 0, row[1].attempt))
    newest = db.scalar(
        select(GradePost)
        .where(GradePost.line_item_id == offering.line_item_id, GradePost.user_id == user_id)
        .order_by(GradePost.created_at.desc(), GradePost.id.desc())
        .limit(1)
    )
    if (
        newest is not None
        and newest.run_id == run.id
        and newest.score == grade
        and newest.pending == (report.pending_points > 0)
        and newest.state != PostState.DEAD.value
    ):
        return ()
    for overtaken in db.scalars(
        select(GradePost).where(
            GradePost.line_item_id == offering.line_item_id,
            GradePost.user_id == user_id,
            GradePost.state == PostState.WAITING.value,
        )
    ):
        overtaken.state = PostState.UNCHANGED.value
        overtaken.problem = "overtaken by a newer grade before it was sent"
    moment = time_of(db)
    post = GradePost(
        id=new_id(),
        line_item_id=offering.line_item_id,
        run_id=run.id,
        user_id=user_id,
        lms_user_id=enrollment.lms_user_id,
        score=grade,
        max_score=report.max_score,
        pending=report.pending_points > 0,
        submitted_at=submission.accepted_at,
        created_at=moment,
        next_try_at=moment,
    )
    db.add(post)
    db.flush()
    return (post.id,)


def due_posts(db: Session, limit: int) -> list[str]:
    """Posts whose time to be sent has come, oldest first."""
    return list(
        db.scalars(
            select(GradePost.id)
            .where(GradePost.state == PostState.WAITING.value, GradePost.next_try_at <= time_of(db))
            .order_by(GradePost.next_try_at)
            .limit(limit)
        )
    )
