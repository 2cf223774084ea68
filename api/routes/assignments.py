"""What can be submitted."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse

from api.callers import Member
from api.routes import problems
from api.schemas import AssignmentList, AssignmentOut
from api.service import service_of
from grading.store.access import NotFound
from grading.store.queries.students import my_offerings, offering_of

router = APIRouter(tags=["assignments"])


@router.get("/assignments", responses=problems())
def list_assignments(request: Request, caller: Member) -> AssignmentList:
    """What your courses offer: files, limits, points, due dates."""
    service = service_of(request)
    with service.database.read() as db:
        items = [
            AssignmentOut.of(offering, assignment, service.description_of(db, assignment))
            for offering in my_offerings(db, caller)
            if (assignment := service.assignments.get(offering.rubric_slug)) is not None
        ]
    return AssignmentList(items=items)


@router.get("/assignments/{slug}", responses=problems(404))
def show_assignment(request: Request, slug: str, caller: Member) -> AssignmentOut:
    """One assignment: files expected, limits, the rubric's rows with their points, starter files."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug)
        assignment = service.assignment_of(offering.rubric_slug)
        return AssignmentOut.of(offering, assignment, service.description_of(db, assignment))


@router.get("/assignments/{slug}/starter/{name}", response_class=FileResponse, responses=problems(404))
def fetch_starter(request: Request, slug: str, name: str, caller: Member) -> FileResponse:
    """One starter file, as the course hands it out."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug)
    assignment = service.assignment_of(offering.rubric_slug)
    # Only names from the manifest lead to files: nothing of the path is taken from the request.
    for path in assignment.starter:
        if path.rpartition("/")[2] == name:
            return FileResponse(assignment.folder / path, media_type="application/octet-stream", filename=name)
    raise NotFound(f"This assignment has no starter file {name!r}.")
