"""Regrades: dry run, difference, apply."""

from fastapi import APIRouter, Response
from starlette.requests import Request

from api import actions
from api.callers import Regrader
from api.routes import problems
from api.schemas import RegradeIn, RegradeList, RegradeOut
from api.service import service_of
from grading.store import regrades

router = APIRouter(tags=["regrades"])


@router.post("/assignments/{slug}/regrades", status_code=202, responses=problems(403, 404, 409, 422))
def start(
    request: Request, response: Response, slug: str, caller: Regrader, wanted: RegradeIn | None = None
) -> RegradeOut:
    """Grade every student's newest submission again, dry: no result changes until it is applied."""
    reason = "" if wanted is None else wanted.reason[:400]
    answer = RegradeOut.of(actions.regrades.start(service_of(request), caller, slug, reason))
    response.headers["Location"] = answer.links["self"]
    response.headers["Retry-After"] = "2"
    return answer


@router.get("/assignments/{slug}/regrades", responses=problems(403, 404))
def list_regrades(request: Request, slug: str, caller: Regrader) -> RegradeList:
    """The assignment's regrades, newest first."""
    with service_of(request).database.read() as db:
        return RegradeList(items=[RegradeOut.of(view) for view in regrades.regrades_of(db, caller, slug)])


@router.get("/regrades/{regrade_id}", responses=problems(403, 404))
def show(request: Request, regrade_id: str, caller: Regrader) -> RegradeOut:
    """How far a regrade is, and whose points would change."""
    with service_of(request).database.read() as db:
        return RegradeOut.of(regrades.progress_of(db, caller, regrade_id))


@router.post("/regrades/{regrade_id}/apply", responses=problems(403, 404, 409))
def apply(request: Request, regrade_id: str, caller: Regrader) -> RegradeOut:
    """Make the new reports the students' results."""
    return RegradeOut.of(actions.regrades.apply(service_of(request), caller, regrade_id))
