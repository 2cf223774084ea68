"""Grade posts, for the staff that looks after them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grading.store.access import Caller, Conflict, Forbidden, NotFound, reach_offering
from grading.store.clock import time_of
from grading.store.tables import GradePost, Offering, PostState, Run, SubmissionRow, User


@dataclass(frozen=True, slots=True)
class PostView:
    """One score on its way to a gradebook, or there."""

    id: str
    slug: str
    user_id: str
    student_name: str
    lms_user_id: str
    score: Decimal
    max_score: Decimal
    state: PostState
    tries: int
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    status_code: int | None
    problem: str | None


def posts_of(db: Session, caller: Caller, slug: str) -> list[PostView]:
    """All posts of an assignment, newest first."""
    offering = reach_offering(db, caller, slug, staff=True)
    return [_view(*row) for row in db.execute(_lines().where(Offering.id == offering.id))]


def posts_in_state(db: Session, course_ids: Iterable[str], state: PostState, limit: int = 100) -> list[PostView]:
    """Posts in one state in some courses, newest first. Checks no rights: its callers have."""
    rows = db.execute(
        _lines().where(Offering.course_id.in_(list(course_ids)), GradePost.state == state.value).limit(limit)
    )
    return [_view(*row) for row in rows]


def newest_posts(db: Session, offering_id: str, user_ids: Iterable[str]) -> dict[str, PostView]:
    """Each student's newest post for an offering. Checks no rights: its callers have."""
    newest: dict[str, PostView] = {}
    rows = db.execute(_lines().where(Offering.id == offering_id, GradePost.user_id.in_(list(user_ids))))
    for post, offering, user in rows:
        newest.setdefault(post.user_id, _view(post, offering, user))
    return newest


def retry_post(db: Session, caller: Caller, post_id: str) -> GradePost:
    """Put a post that was given up or refused back to the others.

    Raises:
        NotFound: nothing of the caller's courses.
        Forbidden: the caller is a student.
        Conflict: it waits already, or was sent.
    """
    row = db.execute(_lines().where(GradePost.id == post_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no post {post_id!r}.")
    post, offering, _ = row
    if offering.course_id not in caller.courses:
        raise NotFound(f"There is no post {post_id!r}.")
    if caller.user_id is not None and not caller.staff_of(offering.course_id):
        raise Forbidden("This is for the course's staff.")
    if post.state not in {PostState.DEAD.value, PostState.REFUSED.value}:
        raise Conflict("not-given-up", f"This post is {post.state}; only one that was given up can be sent again.")
    post.state, post.tries, post.next_try_at, post.problem = PostState.WAITING.value, 0, time_of(db), None
    return post


def _lines() -> Select[GradePost, Offering, User]:
    return (
        select(GradePost, Offering, User)
        .join(Run, Run.id == GradePost.run_id)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .join(User, User.id == GradePost.user_id)
        .order_by(GradePost.created_at.desc(), GradePost.id.desc())
    )


def _view(post: GradePost, offering: Offering, user: User) -> PostView:
    return PostView(
        post.id,
        offering.slug,
        post.user_id,
        user.name,
        post.lms_user_id,
        post.score,
        post.max_score,
        PostState(post.state),
        post.tries,
        post.created_at,
        post.next_try_at,
        post.sent_at,
        post.status_code,
        post.problem,
    )
