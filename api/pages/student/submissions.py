"""A submission's page: where it stands, its report, its figures and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.actions.submissions import cancel
from api.pages.asking import signed_in
from api.pages.forms import FROM_OUR_PAGE
from api.pages.rendering import render
from api.pages.views import report as views
from api.service import service_of
from grading.domain.report import Report
from grading.domain.verdict import RunState
from grading.store.access import Caller, NotFound
from grading.store.queries.students import offering_of
from grading.store.queries.submissions import (
    AttemptView,
    attempts_of,
    figure_allowed,
    file_of,
    report_of,
    submission_of,
)

router = APIRouter()

WAITING = frozenset({RunState.QUEUED, RunState.RUNNING})
# A figure is a PNG that the judge encoded anew; opened on its own it still may do nothing.
INERT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400, immutable"}


@dataclass(frozen=True, slots=True)
class Before:
    """The attempt before this one and what changed since."""

    attempt: int
    changes: tuple[views.CriterionChange, ...]


@router.get("/submissions/{submission_id}")
def show_submission(request: Request, submission_id: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Where the submission stands, and its report once there is one."""
    service = service_of(request)
    with service.database.read() as db:
        submission = submission_of(db, caller, submission_id)
        report = report_of(db, caller, submission_id)
        attempts = attempts_of(db, caller, submission_id)
        before = _before(db, caller, submission_id, attempts, report)
        rubric_slug = offering_of(db, caller, submission.slug).rubric_slug
        assignment = service.assignments.get(rubric_slug)
        described = None if assignment is None else service.description_of(db, assignment)
        # A report's rows are those of the version that graded it, whatever was published since.
        graded_by = report and service.descriptions.of(db, rubric_slug, report.assignment_version)
    return render(
        request,
        "submission.html",
        caller,
        submission=submission,
        report=views.read(report, assignment, graded_by or described) if report else None,
        rubric_rows=described.criteria if described else (),
        attempts=attempts,
        previous=before.attempt if before else None,
        changes=before.changes if before else (),
        waiting=submission.state in WAITING,
        staff=caller.staff_of(submission.course_id),
    )


@router.get("/submissions/{submission_id}/figures/{sha256}")
def show_figure(
    request: Request, submission_id: str, sha256: str, caller: Annotated[Caller, Depends(signed_in)]
) -> Response:
    """One figure of the report, as an image that can do nothing else."""
    service = service_of(request)
    with service.database.read() as db:
        figure_allowed(db, caller, submission_id, sha256)
    return Response(service.blobs.read(sha256), media_type="image/png", headers=INERT)


@router.get("/submissions/{submission_id}/files/{number}")
def download_file(
    request: Request, submission_id: str, number: int, caller: Annotated[Caller, Depends(signed_in)]
) -> Response:
    """One of the files submitted, byte for byte, always as a download."""
    service = service_of(request)
    with service.database.read() as db:
        files = submission_of(db, caller, submission_id).files
        if not 0 <= number < len(files):
            raise NotFound("This submission has no such file.")
        digest = file_of(db, caller, submission_id, files[number].name)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in files[number].name)
    return Response(
        service.blobs.read(digest),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{plain}"', "Content-Security-Policy": "sandbox"},
    )


@router.post("/submissions/{submission_id}/cancel", dependencies=[FROM_OUR_PAGE])
def cancel_submission(request: Request, submission_id: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Take a submission that still waits out of the queue."""
    cancel(service_of(request), caller, submission_id)
    return RedirectResponse(f"/submissions/{submission_id}", status_code=303)


def _before(
    db: Session,
    caller: Caller,
    submission_id: str,
    attempts: Sequence[AttemptView],
    report: Report | None,
) -> Before | None:
    """The newest earlier attempt that has a report, compared with this one."""
    if report is None:
        return None
    number = next(a.attempt for a in attempts if a.id == submission_id)
    earlier = sorted((a for a in attempts if a.attempt < number and a.score is not None), key=lambda a: -a.attempt)
    for attempt in earlier:
        old = report_of(db, caller, attempt.id)
        if old is not None:
            return Before(attempt.attempt, views.changes(old, report))
    return None
