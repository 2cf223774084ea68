"""Regrading: a dry run first, then the difference, then, if staff say so, the new grades."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import actions
from api.pages.asking import signed_in
from api.pages.forms import FROM_OUR_PAGE
from api.pages.rendering import render
from api.pages.views import words
from api.service import service_of
from grading.store import regrades as store
from grading.store.access import Caller
from grading.store.queries.students import offering_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What one student's score would do."""

    submission_id: str
    student_name: str
    old: Decimal | None
    new: Decimal | None
    delta: Decimal
    rows: str


@router.get("/assignments/{slug}/regrades")
def show_regrades(request: Request, slug: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """The form that starts a dry run, and earlier regrades."""
    with service_of(request).database.read() as db:
        offering = offering_of(db, caller, slug, staff=True)
        earlier = store.regrades_of(db, caller, slug)
    return render(request, "instructor/regrades.html", caller, offering=offering, regrades=earlier)


@router.post("/assignments/{slug}/regrades", dependencies=[FROM_OUR_PAGE])
def start_dry_run(
    request: Request,
    slug: str,
    caller: Annotated[Caller, Depends(signed_in)],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Queue the dry run and go to its page."""
    regrade = actions.regrades.start(service_of(request), caller, slug, reason.strip())
    return RedirectResponse(f"/assignments/{slug}/regrades/{regrade.id}", status_code=303)


@router.get("/assignments/{slug}/regrades/{regrade_id}")
def show_difference(
    request: Request, slug: str, regrade_id: str, caller: Annotated[Caller, Depends(signed_in)]
) -> Response:
    """How far the dry run is, and what would change."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug, staff=True)
        regrade = store.progress_of(db, caller, regrade_id)
    return render(
        request,
        "instructor/regrade.html",
        caller,
        offering=offering,
        regrade=regrade,
        changes=tuple(_changes(regrade.changes)),
        running=regrade.done + regrade.failed < regrade.total and not regrade.applied_at,
    )


@router.post("/assignments/{slug}/regrades/{regrade_id}/apply", dependencies=[FROM_OUR_PAGE])
def apply_dry_run(
    request: Request, slug: str, regrade_id: str, caller: Annotated[Caller, Depends(signed_in)]
) -> Response:
    """Make the dry run's scores the students' scores."""
    actions.regrades.apply(service_of(request), caller, regrade_id)
    return RedirectResponse(f"/assignments/{slug}/regrades/{regrade_id}", status_code=303)


def _changes(changes: Iterable[store.Change]) -> Iterable[ChangeView]:
    for change in changes:
        rows = ", ".join(f"{row.title}: {_shown(row.old_points)} → {_shown(row.new_points)}" for row in change.criteria)
        delta = change.new_score - (change.old_score or Decimal(0))
        yield ChangeView(change.submission_id, change.student_name, change.old_score, change.new_score, delta, rows)


def _shown(value: Decimal | None) -> str:
    return "–" if value is None else words.points(value)
