"""Whose turn it is: the order of a queue, for whoever takes the next run and for whoever asks how long it takes.

A queue is served as a roundabout, not as a line. Within a course, everybody's first waiting run comes before anybody's
second; between courses, each gets its share. What was claimed a moment ago counts as served, so that a course or a
student who has just had many turns lets the others go first. Among equals the older run wins. One statement says all
that, on every database; the place that a student is shown is the place in which the run is taken.
"""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Float, Integer, Select, String, Subquery, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from grading.domain.verdict import RunState
from grading.store.clock import time_of
from grading.store.tables import Course, Offering, Run, SubmissionRow

# So many of the queue's last claims count as served. A number, not a time: it is right for runs of any length.
REMEMBERED_CLAIMS = 40
# Whoever finds the first in line taken by another worker tries the next; after so many somebody else is quick enough.
CANDIDATES = 8


def next_in_line(db: Session, queues: Sequence[str], limit: int = CANDIDATES) -> list[str]:
    """Ids of the due runs whose turn it is, best first; an earlier queue goes before a later one."""
    found: list[str] = []
    moment = time_of(db)
    for queue in queues:
        found += db.scalars(_due(), {"queue": queue, "moment": moment, "most": limit - len(found)})
        if len(found) >= limit:
            break
    return found


def place_in_line(db: Session, run: Run) -> int:
    """The waiting run's place in its queue; 1 is next."""
    return db.scalar(_place(), {"queue": run.queue, "run_id": run.id}) or 1


# Made once: putting the statement together takes longer than carrying it out.
@cache
def _due() -> Select[str]:
    line = _line()
    return (
        select(line.c.id)
        .join(Run, Run.id == line.c.id)
        .where(or_(Run.not_before.is_(None), Run.not_before <= bindparam("moment", type_=Run.not_before.type)))
        .order_by(line.c.place)
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _place() -> Select[int]:
    line = _line()
    return select(line.c.place).where(line.c.id == bindparam("run_id"))


def _line() -> Subquery:
    """All waiting runs of the queue named by the parameter, as (id, place)."""
    queue = bindparam("queue", type_=String)
    recent = (
        select(Offering.course_id, SubmissionRow.user_id)
        .select_from(Run)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .where(Run.queue == queue, Run.claimed_at.is_not(None))
        .order_by(Run.claimed_at.desc())
        .limit(REMEMBERED_CLAIMS)
        .cte("recent")
    )
    of_course = select(recent.c.course_id, func.count().label("turns")).group_by(recent.c.course_id).cte("of_course")
    of_student = (
        select(recent.c.course_id, recent.c.user_id, func.count().label("turns"))
        .group_by(recent.c.course_id, recent.c.user_id)
        .cte("of_student")
    )
    mine = func.row_number().over(
        partition_by=(Offering.course_id, SubmissionRow.user_id), order_by=(Run.created_at, Run.id)
    )
    waiting = (
        select(Run.id, Run.created_at, Offering.course_id, SubmissionRow.user_id, mine.label("nth"))
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .where(Run.state == RunState.QUEUED.value, Run.queue == queue)
        .cte("waiting")
    )
    turn = waiting.c.nth + func.coalesce(of_student.c.turns, 0)
    within = func.row_number().over(
        partition_by=waiting.c.course_id, order_by=(turn, waiting.c.created_at, waiting.c.id)
    ) + func.coalesce(of_course.c.turns, 0)
    shared = (
        select(waiting.c.id, waiting.c.created_at, (cast(within, Float) / Course.share).label("turn"))
        .join(Course, Course.id == waiting.c.course_id)
        .outerjoin(of_course, of_course.c.course_id == waiting.c.course_id)
        .outerjoin(
            of_student,
            and_(of_student.c.course_id == waiting.c.course_id, of_student.c.user_id == waiting.c.user_id),
        )
        .cte("shared")
    )
    place = func.row_number().over(order_by=(shared.c.turn, shared.c.created_at, shared.c.id))
    return select(shared.c.id, place.label("place")).subquery("line")
