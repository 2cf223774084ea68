"""The queue of answers that people mark, one answer on a page.

Every step is a plain link or form, so it all works without scripts. With them, `manual.js` puts the next answer into
the page that is open, and the keyboard suffices.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.actions import marking
from api.key_point_suggestions import Suggestion, suggested
from api.pages.asking import signed_in
from api.pages.forms import FROM_OUR_PAGE
from api.pages.rendering import render
from api.pages.views.markdown import rendered
from api.service import Service, service_of
from grading.store.access import Caller, NotFound, reach_offering
from grading.store.comments import CommentView, comments_of
from grading.store.marking import Mark
from grading.store.queries import marking as manual
from grading.store.queries.marking import Item, ItemView, View
from grading.store.queries.students import offering_of

router = APIRouter()

MANY_ROWS = 6
"""More are folded away, so that the answer is in sight."""

VIEW_WORDS: dict[View, str] = {
    "todo": "To do",
    "second": "Second reading",
    "disputed": "Disagreement",
    "changed": "Answer changed",
    "mine": "Marked by me",
    "all": "All",
}


@dataclass(frozen=True, slots=True)
class ChosenAnswers:
    """What the address asks of the queue."""

    view: View = "todo"
    criterion: str = ""

    def address(self, slug: str, item_id: str = "") -> str:
        """The page of an answer, or of the queue's first one."""
        chosen = {"view": self.view if self.view != "todo" else "", "criterion": self.criterion, "item": item_id}
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"/assignments/{slug}/manual" + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One of the course's key points beside an answer."""

    text: str
    covered: bool
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One question with its answer, as markup."""

    question: str
    html: Markup


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """One answer, ready to be marked."""

    view: ItemView
    answers: tuple[AnswerView, ...]
    key_points: tuple[KeyPoint, ...]
    comments: tuple[CommentView, ...]
    number: int
    of: int
    previous: str
    following: str


def _asked(view: View = "todo", criterion: Annotated[str, Query(max_length=120)] = "") -> ChosenAnswers:
    return ChosenAnswers(view, criterion)


def _asked_by_form(
    view: Annotated[View, Form()] = "todo", criterion: Annotated[str, Form(max_length=120)] = ""
) -> ChosenAnswers:
    return ChosenAnswers(view, criterion)


@router.get("/assignments/{slug}/manual")
def show_queue(
    request: Request,
    slug: str,
    caller: Annotated[Caller, Depends(signed_in)],
    asked: Annotated[ChosenAnswers, Depends(_asked)],
    item: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One answer of the queue: the one asked for, else the first of the view."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug, staff=True)
        items = manual.queue_of(db, caller, slug, service.settings.secret_key())
        current = _current(service, db, caller, slug, asked=asked, items=items, wanted=item)
    progress = manual.progress(items)
    return render(
        request,
        "instructor/manual.html",
        caller,
        offering=offering,
        progress=progress,
        many=len(progress.rows) > MANY_ROWS,
        current=current,
        asked=asked,
        views=[(name, text, ChosenAnswers(name, asked.criterion).address(slug)) for name, text in VIEW_WORDS.items()],
        rows_href={row: ChosenAnswers(asked.view, row).address(slug) for row in ["", *{i.criterion_id for i in items}]},
        suggesting=service.settings.suggest_key_points,
    )


@router.post("/assignments/{slug}/manual/{item_id}", dependencies=[FROM_OUR_PAGE])
def mark_answer(
    request: Request,
    slug: str,
    item_id: str,
    caller: Annotated[Caller, Depends(signed_in)],
    asked: Annotated[ChosenAnswers, Depends(_asked_by_form)],
    *,
    points: Annotated[str, Form(max_length=20)] = "",
    comment: Annotated[str, Form(max_length=4000)] = "",
    covered: Annotated[list[str] | None, Form()] = None,
    answer_sha256: Annotated[str, Form(max_length=64)] = "",
    following: Annotated[str, Form(max_length=40)] = "",
    do: Annotated[str, Form(max_length=20)] = "",
    keep: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Save what the form says and go on to the next answer."""
    service = service_of(request)
    if do == "withdraw":
        marking.withdraw(service, caller, slug, item_id)
        return RedirectResponse(asked.address(slug, item_id), status_code=303)
    worth = marking.points_from(points)
    told = Mark(worth, comment.replace("\r\n", "\n"), tuple(covered or ()), answer_sha256, do == "settle")
    marking.mark(service, caller, slug, item_id, told)
    if keep and comment.strip():
        with service.database.read() as db:
            _, item = manual.reach_item(db, caller, slug, service.settings.secret_key(), item_id)
        marking.keep_comment(service, caller, slug, item.criterion_id, text=comment[:1000], points=worth)
    return RedirectResponse(asked.address(slug, following), status_code=303)


@router.get("/assignments/{slug}/manual/trail")
def show_trail(request: Request, slug: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Who marked what and when."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug, staff=True)
        items = manual.queue_of(db, caller, slug, service.settings.secret_key())
        trail = manual.trail_of(db, items)
    titles = {item.criterion_id: item.title for item in items}
    return render(request, "instructor/manual_trail.html", caller, offering=offering, trail=trail, titles=titles)


def _current(
    service: Service, db: Session, caller: Caller, slug: str, *, asked: ChosenAnswers, items: list[Item], wanted: str
) -> AnswerPage | None:
    """The answer that the address asks for; without one, the first of the view; None where the view is empty."""
    listed = [item for item in items if manual.in_view(item, asked.view, asked.criterion) or item.id == wanted]
    if not listed:
        return None
    here = next((n for n, item in enumerate(listed) if item.id == wanted), 0)
    if wanted and listed[here].id != wanted:
        raise NotFound(f"There is no answer {wanted!r} in this queue.")
    view = manual.item_of(db, caller, listed[here])
    points = [point for answer in view.answers for point in answer.key_points]
    told = suggested(service.settings, "\n".join(a.text for a in view.answers), points)
    ticked = view.own.covered if view.own else ()
    return AnswerPage(
        view,
        tuple(AnswerView(answer.question, rendered(answer.text)) for answer in view.answers),
        tuple(KeyPoint(point, point in ticked, told.get(point)) for point in points),
        tuple(comments_of(db, reach_offering(db, caller, slug, staff=True), listed[here].criterion_id)),
        here + 1,
        len(listed),
        listed[here - 1].id if here else "",
        listed[here + 1].id if here + 1 < len(listed) else "",
    )
