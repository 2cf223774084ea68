"""Reading what was submitted, for staff: the document in a frame that can do nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.pages.asking import staff
from api.pages.rendering import render
from api.pages.views.reading import FRAME_POLICY, NotShown, readable
from api.service import service_of
from grading.store.access import Caller, NotFound
from grading.store.queries.submissions import SubmissionView, file_of, submission_of

router = APIRouter()


@router.get("/submissions/{submission_id}/files/{number}/read")
def read_file(request: Request, submission_id: str, number: int, caller: Annotated[Caller, Depends(staff)]) -> Response:
    """The page around the document."""
    submission, name, _ = _file(request, caller, submission_id, number)
    return render(request, "instructor/reading.html", caller, submission=submission, name=name, number=number)


@router.get("/submissions/{submission_id}/files/{number}/contents")
def show_contents(
    request: Request, submission_id: str, number: int, caller: Annotated[Caller, Depends(staff)]
) -> Response:
    """The document itself, for the frame."""
    _, name, content = _file(request, caller, submission_id, number)
    try:
        text = readable(name, content)
    except NotShown as reason:
        text = f"<!doctype html><title>Not shown</title><p>{reason} Download it instead.</p>"
    return HTMLResponse(text, headers={"Content-Security-Policy": FRAME_POLICY, "Cache-Control": "private, no-store"})


def _file(request: Request, caller: Caller, submission_id: str, number: int) -> tuple[SubmissionView, str, bytes]:
    service = service_of(request)
    with service.database.read() as db:
        submission = submission_of(db, caller, submission_id)
        if not caller.staff_of(submission.course_id) or not 0 <= number < len(submission.files):
            raise NotFound("This submission has no such file.")
        name = submission.files[number].name
        digest = file_of(db, caller, submission_id, name)
    return submission, name, service.blobs.read(digest)
