"""Comments worth repeating, for one row of an offering's rubric."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.store.access import Caller, Conflict, Forbidden, InvalidRequest, NotFound
from grading.store.ids import new_id
from grading.store.marking import storable
from grading.store.tables import CriterionRow, Offering, ReusableComment, Run, SubmissionRow, now

LONGEST = 1000
MOST = 100


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment; `points` are set too when it is picked."""

    id: str
    criterion_id: str
    text: str
    points: Decimal | None


def comments_of(db: Session, offering: Offering, criterion_id: str = "") -> list[CommentView]:
    """The comments of an offering or of one of its rows, oldest first. Checks no rights: its callers have."""
    query = select(ReusableComment).where(ReusableComment.offering_id == offering.id).order_by(ReusableComment.id)
    if criterion_id:
        query = query.where(ReusableComment.criterion_id == criterion_id)
    return [CommentView(row.id, row.criterion_id, row.text, row.points) for row in db.scalars(query)]


def keep(
    db: Session, caller: Caller, offering: Offering, criterion_id: str, *, text: str, points: Decimal | None
) -> CommentView:
    """Keep a comment for reuse; the same text again changes only its points.

    Raises:
        Forbidden: the caller is no person.
        InvalidRequest: no text, too long, or points that the row cannot give.
        NotFound: no report of this offering has such a row.
        Conflict: the row has as many comments as one can look through.
    """
    text = storable(text).strip()
    if caller.user_id is None:
        raise Forbidden("This token speaks for a learning platform; only people keep comments.")
    if not 0 < len(text) <= LONGEST:
        raise InvalidRequest("bad-comment", f"A comment has 1 to {LONGEST} characters.")
    possible = db.scalar(
        select(CriterionRow.possible)
        .join(Run, Run.id == CriterionRow.run_id)
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .where(SubmissionRow.offering_id == offering.id, CriterionRow.criterion_id == criterion_id)
        .order_by(Run.id.desc())
        .limit(1)
    )
    if possible is None:
        raise NotFound(f"No report of this assignment has a row {criterion_id!r}.")
    if points is not None and not (points.is_finite() and 0 <= points <= possible):
        raise InvalidRequest("bad-points", f"Points go from 0 to {possible.normalize():f}.")
    kept = list(
        db.scalars(
            select(ReusableComment).where(
                ReusableComment.offering_id == offering.id, ReusableComment.criterion_id == criterion_id
            )
        )
    )
    row = next((one for one in kept if one.text == text), None)
    if row is None:
        if len(kept) >= MOST:
            raise Conflict("too-many-comments", f"This row has {MOST} comments already; drop one first.")
        row = ReusableComment(
            id=new_id(), offering_id=offering.id, criterion_id=criterion_id, text=text, created_by=caller.user_id,
            created_at=now(),
        )  # fmt: skip
        db.add(row)
    row.points = points
    db.flush()
    return CommentView(row.id, row.criterion_id, row.text, row.points)


def drop(db: Session, offering: Offering, comment_id: str) -> None:
    """Forget a comment; marks that used it keep their words.

    Raises:
        NotFound: the offering has no such comment.
    """
    row = db.get(ReusableComment, comment_id)
    if row is None or row.offering_id != offering.id:
        raise NotFound(f"There is no comment {comment_id!r}.")
    db.delete(row)
