"""What can be submitted, as the members of a course see it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.store.access import Caller, reach_offering
from grading.store.queries.submissions import AttemptView, attempts_by
from grading.store.tables import Course, Offering, Role


@dataclass(frozen=True, slots=True)
class OfferingView:
    """An assignment as a course offers it; `latest` is the caller's own newest submission."""

    id: str
    slug: str
    rubric_slug: str
    title: str
    course_id: str
    course_title: str
    role: Role | None
    due_at: datetime | None
    closes_at: datetime | None
    late_percent_per_day: Decimal
    counting: str
    latest: AttemptView | None


def my_offerings(db: Session, caller: Caller) -> list[OfferingView]:
    """What the caller's courses offer: by course, then by due date."""
    rows = db.execute(
        select(Offering, Course)
        .join(Course, Course.id == Offering.course_id)
        .where(Offering.course_id.in_(caller.courses))
        .order_by(Course.title, Offering.due_at.is_(None), Offering.due_at, Offering.title)
    )
    return [_view(db, caller, offering, course) for offering, course in rows]


def offering_of(db: Session, caller: Caller, slug: str, *, staff: bool = False) -> OfferingView:
    """One offering.

    Raises:
        NotFound: not of the caller's courses.
        Forbidden: `staff` was asked for and the caller is a student there.
    """
    offering = reach_offering(db, caller, slug, staff=staff)
    return _view(db, caller, offering, db.get_one(Course, offering.course_id))


def _view(db: Session, caller: Caller, offering: Offering, course: Course) -> OfferingView:
    own = [] if caller.user_id is None else attempts_by(db, offering.id, caller.user_id, limit=1)
    return OfferingView(
        offering.id,
        offering.slug,
        offering.rubric_slug,
        offering.title,
        course.id,
        course.title,
        caller.role_in(course.id),
        offering.due_at,
        offering.closes_at,
        offering.late_percent_per_day,
        offering.counting,
        own[0] if own else None,
    )
