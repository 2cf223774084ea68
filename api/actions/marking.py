"""Marks and comments that people give in the queue of answers."""

from decimal import Decimal, InvalidOperation

from api.service import Service
from grading.store import comments, marking
from grading.store.access import Caller, InvalidRequest, reach_offering
from grading.store.comments import CommentView
from grading.store.marking import Mark
from grading.store.queries import marking as manual

LONGEST_NUMBER = 12


def mark(service: Service, caller: Caller, slug: str, item_id: str, wanted: Mark) -> None:
    """Give points to one answer, or change what the caller gave.

    Raises:
        NotFound, Forbidden, Conflict, InvalidRequest: as the store says.
    """
    with service.database.write() as db:
        offering, item = manual.reach_item(db, caller, slug, service.settings.secret_key(), item_id)
        posts = marking.mark(
            db, caller, offering, submission_id=item.submission_id, criterion_id=item.criterion_id, wanted=wanted
        )
    service.dispatcher.posts(posts)


def withdraw(service: Service, caller: Caller, slug: str, item_id: str) -> None:
    """Take back what the caller gave.

    Raises:
        NotFound, Forbidden, Conflict: as the store says.
    """
    with service.database.write() as db:
        offering, item = manual.reach_item(db, caller, slug, service.settings.secret_key(), item_id)
        posts = marking.withdraw(db, caller, offering, submission_id=item.submission_id, criterion_id=item.criterion_id)
    service.dispatcher.posts(posts)


def keep_comment(
    service: Service, caller: Caller, slug: str, criterion_id: str, *, text: str, points: Decimal | None
) -> CommentView:
    """Keep a comment for reuse.

    Raises:
        NotFound, Forbidden, Conflict, InvalidRequest: as the store says.
    """
    with service.database.write() as db:
        offering = reach_offering(db, caller, slug, staff=True)
        return comments.keep(db, caller, offering, criterion_id, text=text, points=points)


def drop_comment(service: Service, caller: Caller, slug: str, comment_id: str) -> None:
    """Forget a comment.

    Raises:
        NotFound, Forbidden: as the store says.
    """
    with service.database.write() as db:
        comments.drop(db, reach_offering(db, caller, slug, staff=True), comment_id)


def points_from(text: str) -> Decimal:
    """Points as people type them: "1.5", "1,5".

    Raises:
        InvalidRequest: it is no number.
    """
    try:
        return Decimal(text.strip().replace(",", ".")[:LONGEST_NUMBER])
    except InvalidOperation as error:
        raise InvalidRequest("bad-points", "Points are a number, such as 1.5.") from error
