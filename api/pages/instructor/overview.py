"""What staff see first: what needs them, then each assignment in numbers; and the service's status."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.pages.asking import staff
from api.pages.rendering import render
from api.service import service_of
from grading.store.access import Caller
from grading.store.queries.dashboard import Summary, attention_of, summary_of
from grading.store.queries.queue import queue_state
from grading.store.queries.queue import workers as workers_of
from grading.store.queries.students import OfferingView, my_offerings

router = APIRouter()


@dataclass(frozen=True, slots=True)
class OfferingStanding:
    """One assignment on the overview."""

    offering: OfferingView
    points: Decimal
    summary: Summary


def show_overview(request: Request, caller: Caller) -> Response:
    """The start page of course staff."""
    service = service_of(request)
    courses: dict[str, list[OfferingStanding]] = {}
    own = []
    with service.database.read() as db:
        attention = attention_of(db, caller)
        for offering in my_offerings(db, caller):
            assignment = service.assignments.get(offering.rubric_slug)
            if not caller.staff_of(offering.course_id):
                own.append(offering)
            elif assignment is not None:
                card = OfferingStanding(offering, assignment.points, summary_of(db, caller, offering.slug))
                courses.setdefault(offering.course_title, []).append(card)
    return render(
        request,
        "instructor/home.html",
        caller,
        here="home",
        attention=attention,
        courses=list(courses.items()),
        own=own,
    )


@router.get("/status")
def show_status(request: Request, caller: Annotated[Caller, Depends(staff)]) -> Response:
    """Queues, workers, and how much of the sandbox holds."""
    service = service_of(request)
    with service.database.read() as db:
        queues = queue_state(db)
        workers = workers_of(db, service.settings)
    return render(
        request,
        "instructor/status.html",
        caller,
        here="status",
        queues=queues,
        workers=workers,
        now=datetime.now(UTC),
    )
