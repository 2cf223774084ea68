"""Answers that people mark: the queue, one answer, points, comments, the trail."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from api.actions import marking
from api.callers import Grader, ResultsReader
from api.marking_schemas import CommentList, CommentOut, ItemDetailOut, MarkIn, NewComment, QueueOut, Trail
from api.routes import problems
from api.service import service_of
from grading.store.access import reach_offering
from grading.store.comments import comments_of
from grading.store.marking import Mark
from grading.store.queries import marking as manual
from grading.store.queries.marking import View

router = APIRouter(tags=["manual grading"])


@router.get("/assignments/{slug}/manual", responses=problems(403, 404, 422))
def show_queue(
    request: Request,
    slug: str,
    caller: ResultsReader,
    view: View = "all",
    criterion: Annotated[str, Query(max_length=120)] = "",
) -> QueueOut:
    """The answers that people mark, anonymous, in your own order; `progress` counts all of them."""
    service = service_of(request)
    with service.database.read() as db:
        items = manual.queue_of(db, caller, slug, service.settings.secret_key())
    chosen = [item for item in items if manual.in_view(item, view, criterion)]
    return QueueOut.of(chosen, manual.progress(items), slug)


@router.get("/assignments/{slug}/manual/trail", responses=problems(403, 404))
def show_trail(request: Request, slug: str, caller: ResultsReader) -> Trail:
    """Who gave, changed, settled or took back what, newest first."""
    service = service_of(request)
    with service.database.read() as db:
        return Trail.of(manual.trail_of(db, manual.queue_of(db, caller, slug, service.settings.secret_key())))


@router.get("/assignments/{slug}/manual/comments", responses=problems(403, 404, 422))
def list_comments(
    request: Request, slug: str, caller: ResultsReader, criterion: Annotated[str, Query(max_length=120)] = ""
) -> CommentList:
    """Comments worth repeating, of all rows or one."""
    with service_of(request).database.read() as db:
        return CommentList.of(comments_of(db, reach_offering(db, caller, slug, staff=True), criterion))


@router.post("/assignments/{slug}/manual/comments", status_code=201, responses=problems(403, 404, 409, 422))
def keep_comment(request: Request, slug: str, caller: Grader, wanted: NewComment) -> CommentOut:
    """Keep a comment for reuse; the same text again changes only its points."""
    kept = marking.keep_comment(
        service_of(request), caller, slug, wanted.criterion_id, text=wanted.text, points=wanted.points
    )
    return CommentOut.model_validate(kept)


@router.delete(
    "/assignments/{slug}/manual/comments/{comment_id}",
    status_code=204,
    response_class=Response,
    responses=problems(403, 404),
)
def drop_comment(request: Request, slug: str, comment_id: str, caller: Grader) -> Response:
    """Forget a comment; marks that used it keep their words."""
    marking.drop_comment(service_of(request), caller, slug, comment_id)
    return Response(status_code=204)


@router.get("/assignments/{slug}/manual/{item_id}", responses=problems(403, 404))
def show_answer(request: Request, slug: str, item_id: str, caller: ResultsReader) -> ItemDetailOut:
    """One answer as Markdown, with the course's key points; what others gave only after you have marked it."""
    service = service_of(request)
    with service.database.read() as db:
        _, item = manual.reach_item(db, caller, slug, service.settings.secret_key(), item_id)
        return ItemDetailOut.of(manual.item_of(db, caller, item), slug)


@router.put("/assignments/{slug}/manual/{item_id}/judgement", responses=problems(403, 404, 409, 422))
def mark(request: Request, slug: str, item_id: str, caller: Grader, wanted: MarkIn) -> ItemDetailOut:
    """Give points, or change yours; with `settle` they count whatever others gave. The score follows at once."""
    service = service_of(request)
    told = Mark(wanted.points, wanted.comment, tuple(wanted.covered), wanted.answer_sha256, wanted.settle)
    marking.mark(service, caller, slug, item_id, told)
    return show_answer(request, slug, item_id, caller)


@router.delete(
    "/assignments/{slug}/manual/{item_id}/judgement",
    status_code=204,
    response_class=Response,
    responses=problems(403, 404, 409),
)
def withdraw(request: Request, slug: str, item_id: str, caller: Grader) -> Response:
    """Take your points back."""
    marking.withdraw(service_of(request), caller, slug, item_id)
    return Response(status_code=204)
