"""The start page, an assignment's page, and submitting."""

import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.actions.submissions import submit
from api.pages.asking import signed_in
from api.pages.forms import FROM_OUR_PAGE
from api.pages.instructor.overview import show_overview
from api.pages.rendering import render
from api.service import service_of
from grading.domain.assignment import Assignment
from grading.domain.description import CriterionSummary
from grading.domain.errors import NotASubmission, TooLarge
from grading.store.access import Caller, NotFound, QueueFull, SubmissionsClosed
from grading.store.descriptions import fault_of
from grading.store.queries.students import OfferingView, my_offerings, offering_of
from grading.store.queries.submissions import my_submissions

router = APIRouter()

COUNTING = {"latest": "newest", "best": "best", "first": "first"}


@dataclass(frozen=True, slots=True)
class OfferedAssignment:
    """One assignment on the start page."""

    offering: OfferingView
    points: Decimal
    starter: bool


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """Why nothing was submitted, for the reader beside the form."""

    message: str
    file: str = ""


@router.get("/")
def show_start(request: Request, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Staff get the overview, students their assignments."""
    if caller.is_staff:
        return show_overview(request, caller)
    service = service_of(request)
    with service.database.read() as db:
        offerings = my_offerings(db, caller)
    courses: dict[str, list[OfferedAssignment]] = {}
    for offering in offerings:
        assignment = service.assignments.get(offering.rubric_slug)
        if assignment is not None:
            card = OfferedAssignment(offering, assignment.points, bool(assignment.starter))
            courses.setdefault(offering.course_title, []).append(card)
    return render(request, "student/home.html", caller, here="home", courses=list(courses.items()))


@router.get("/assignments/{slug}")
def show_assignment(request: Request, slug: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """What is asked, the form that takes it, and earlier attempts."""
    return _assignment_page(request, slug, caller)


@router.post("/assignments/{slug}/submissions", dependencies=[FROM_OUR_PAGE])
def submit_files(
    request: Request,
    slug: str,
    caller: Annotated[Caller, Depends(signed_in)],
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Take the files and go to the submission's page; what cannot be taken is explained beside the form."""
    given = [(file.filename or "", file.file.read()) for file in files or [] if file.filename]
    if not given:
        return _assignment_page(request, slug, caller, problem=UploadProblem("Choose at least one file."), status=422)
    try:
        submission = submit(service_of(request), caller, slug, given)
    except TooLarge as fault:
        return _assignment_page(request, slug, caller, problem=UploadProblem(fault.message, fault.file), status=413)
    except NotASubmission as fault:
        return _assignment_page(request, slug, caller, problem=UploadProblem(fault.message, fault.file), status=422)
    except SubmissionsClosed as fault:
        return _assignment_page(request, slug, caller, problem=UploadProblem(str(fault)), status=409)
    except QueueFull as fault:
        return _assignment_page(request, slug, caller, problem=UploadProblem(str(fault)), status=503)
    return RedirectResponse(f"/submissions/{submission.id}", status_code=303)


@router.get("/assignments/{slug}/starter.zip")
def download_starter(request: Request, slug: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """The starter files as the course hands them out, under their own names."""
    with service_of(request).database.read() as db:
        offering = offering_of(db, caller, slug)
    assignment = _assignment_of(request, offering)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in assignment.starter:
            archive.write(assignment.folder / name, Path(name).name)
    return Response(
        packed.getvalue(),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{slug}-starter.zip"'},
    )


def _assignment_page(
    request: Request, slug: str, caller: Caller, *, problem: UploadProblem | None = None, status: int = 200
) -> Response:
    with service_of(request).database.read() as db:
        offering = offering_of(db, caller, slug)
        attempts = my_submissions(db, caller, slug)
        assignment = _assignment_of(request, offering)
        described = service_of(request).description_of(db, assignment)
        staff = caller.staff_of(offering.course_id)
        fault = fault_of(db, assignment) if staff and described is None else ""
    rubric: dict[str, list[CriterionSummary]] = {}
    for row in described.criteria if described else ():
        rubric.setdefault(row.part, []).append(row)
    return render(
        request,
        "student/assignment.html",
        caller,
        status=status,
        offering=offering,
        assignment=assignment,
        rubric=list(rubric.items()),
        attempts=attempts,
        problem=problem,
        counting=COUNTING.get(str(offering.counting), str(offering.counting)),
        staff=staff,
        fault=fault,
    )


def _assignment_of(request: Request, offering: OfferingView) -> Assignment:
    assignment = service_of(request).assignments.get(offering.rubric_slug)
    if assignment is None:
        raise NotFound(f"The rubric of {offering.slug!r} is not installed here; tell your course's staff.")
    return assignment
