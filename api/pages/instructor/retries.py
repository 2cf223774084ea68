"""What staff set going: a failed run again, a grade to the gradebook again."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import actions
from api.pages.asking import staff
from api.pages.forms import FROM_OUR_PAGE
from api.service import service_of
from grading.store.access import Caller

router = APIRouter()


@router.post("/submissions/{submission_id}/retry", dependencies=[FROM_OUR_PAGE])
def run_again(request: Request, submission_id: str, caller: Annotated[Caller, Depends(staff)]) -> Response:
    """Queue a failed submission anew and go to its page."""
    actions.submissions.retry(service_of(request), caller, submission_id)
    return RedirectResponse(f"/submissions/{submission_id}", status_code=303)


@router.post("/posts/{post_id}/retry", dependencies=[FROM_OUR_PAGE])
def post_again(request: Request, post_id: str, caller: Annotated[Caller, Depends(staff)]) -> Response:
    """Post a grade to the gradebook now and go back to where the button stood."""
    actions.posts.send_again(service_of(request), caller, post_id)
    back = request.headers.get("referer", "")
    return RedirectResponse(back if back.startswith(str(request.base_url)) else "/", status_code=303)
