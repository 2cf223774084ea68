"""Submit, and follow what becomes of it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from api import actions
from api.callers import Reader, Submitter
from api.routes import problems
from api.schemas import RunList, SubmissionList, SubmissionOut
from api.service import Service, service_of
from api.watching import LOOK_AGAIN_S
from grading.domain.errors import NotASubmission
from grading.domain.verdict import RunState
from grading.store.access import Conflict, reach_submission
from grading.store.events import FINAL_STATES
from grading.store.queries import submissions
from grading.store.queries.submissions import EventView
from grading.store.submissions import current_run

router = APIRouter(tags=["submissions"])

MAX_FILES = 500
MAX_FIELDS = 20
RETRY_AFTER_S = "1"
# So many submissions are held in memory and unpacked at the same time; the others wait on disk.
_unpacking = anyio.CapacityLimiter(4)

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                        }
                    },
                }
            }
        },
    }
}


@router.post(
    "/assignments/{slug}/submissions",
    status_code=202,
    responses=problems(400, 403, 404, 409, 413, 422, 503),
    openapi_extra=_FORM,
)
async def submit(
    request: Request,
    response: Response,
    slug: str,
    caller: Submitter,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> SubmissionOut:
    """Submit notebooks, modules or a zip. Grading goes on by itself; `Location` tells where to look."""
    service = service_of(request)
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form, _unpacking:
        sent = [item for item in form.getlist("files") if isinstance(item, UploadFile)]
        if not sent:
            raise NotASubmission("no-files", "Nothing was submitted: send at least one file in the form field `files`.")
        files = [(item.filename or "", await item.read()) for item in sent]
        view = await run_in_threadpool(
            actions.submissions.submit, service, caller, slug, files, idempotency_key=idempotency_key
        )
    answer = SubmissionOut.of(view)
    response.headers["Location"] = answer.links["self"]
    response.headers["Retry-After"] = RETRY_AFTER_S
    return answer


@router.get("/assignments/{slug}/submissions", responses=problems(403, 404))
def list_own(request: Request, slug: str, caller: Reader) -> SubmissionList:
    """Your own submissions for an assignment, newest first."""
    with service_of(request).database.read() as db:
        views = submissions.my_submissions(db, caller, slug)
    return SubmissionList(items=[SubmissionOut.of(view) for view in views])


@router.get("/submissions/{submission_id}", responses=problems(403, 404))
def show(request: Request, response: Response, submission_id: str, caller: Reader) -> SubmissionOut:
    """Where a submission stands: state, place in the queue, estimate, score."""
    with service_of(request).database.read() as db:
        view = submissions.submission_of(db, caller, submission_id)
    if not view.over:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return SubmissionOut.of(view)


@router.get("/submissions/{submission_id}/report", responses=problems(403, 404, 409))
def show_report(request: Request, submission_id: str, caller: Reader) -> dict[str, Any]:
    """The report, as far as you may see it now: `chainrule.report/1`."""
    with service_of(request).database.read() as db:
        report = submissions.report_of(db, caller, submission_id)
        if report is None:
            state = submissions.submission_of(db, caller, submission_id).state
            raise Conflict("no-report", f"This submission is {state}: there is no report.")
    return report.to_json()


@router.get("/submissions/{submission_id}/runs", responses=problems(403, 404))
def list_runs(request: Request, submission_id: str, caller: Reader) -> RunList:
    """Every grading of the submission, with the times of its stages."""
    with service_of(request).database.read() as db:
        return RunList.of(submissions.runs_of(db, caller, submission_id))


@router.get("/submissions/{submission_id}/files/{name:path}", response_class=Response, responses=problems(403, 404))
def fetch_file(request: Request, submission_id: str, name: str, caller: Reader) -> Response:
    """One file, as it was submitted."""
    service = service_of(request)
    with service.database.read() as db:
        sha256 = submissions.file_of(db, caller, submission_id, name)
    # A student's bytes are never shown by the browser under our name, whatever they pretend to be.
    return _inert(service.blobs.read(sha256), "application/octet-stream", disposition="attachment")


@router.get("/submissions/{submission_id}/figures/{sha256}", response_class=Response, responses=problems(403, 404))
def fetch_figure(request: Request, submission_id: str, sha256: str, caller: Reader) -> Response:
    """One picture of the report, a PNG."""
    service = service_of(request)
    with service.database.read() as db:
        submissions.figure_allowed(db, caller, submission_id, sha256)
    return _inert(service.blobs.read(sha256), "image/png", disposition="inline")


@router.post("/submissions/{submission_id}/cancel", responses=problems(403, 404, 409))
def cancel(request: Request, submission_id: str, caller: Submitter) -> SubmissionOut:
    """Take a waiting submission out of the queue."""
    return SubmissionOut.of(actions.submissions.cancel(service_of(request), caller, submission_id))


@router.post("/submissions/{submission_id}/retry", status_code=202, responses=problems(403, 404, 409))
def retry(request: Request, submission_id: str, caller: Submitter) -> SubmissionOut:
    """Staff: grade one submission again, as its result."""
    return SubmissionOut.of(actions.submissions.retry(service_of(request), caller, submission_id))


def _watched(request: Request, submission_id: str, caller: Reader) -> str:
    """The submission's id, if the caller may watch it: asked before the answer begins."""
    with service_of(request).database.read() as db:
        reach_submission(db, caller, submission_id)
    return submission_id


@router.get(
    "/submissions/{submission_id}/events", response_class=EventSourceResponse, responses=problems(403, 404, 422)
)
async def watch(
    request: Request,
    watched: Annotated[str, Depends(_watched)],
    last_event_id: Annotated[int, Header(ge=0, le=2**62)] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events, one for each change of state; ends after a final one. Resumes after `Last-Event-ID`."""
    service = service_of(request)
    with service.watching.waiter_for(watched) as waiter:
        while not service.watching.stopped:
            waiter.clear()
            events, over = await run_in_threadpool(_news, service, watched, last_event_id)
            for event in events:
                last_event_id = event.id
                yield ServerSentEvent(data=dict(event.data), event=event.name, id=str(event.id))
            if over:
                return
            with anyio.move_on_after(LOOK_AGAIN_S):
                await waiter.wait()


def _news(service: Service, submission_id: str, after: int) -> tuple[list[EventView], bool]:
    with service.database.read() as db:
        events = submissions.events_after(db, submission_id, after)
        return events, RunState(current_run(db, submission_id).state) in FINAL_STATES and not events[99:]


def _inert(content: bytes, media_type: str, *, disposition: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": disposition,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
        },
    )
