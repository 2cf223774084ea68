"""Results of an assignment, for the course's staff and its learning platform."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api import actions
from api.callers import GradesPoster, GradesReader, ResultsReader
from api.results_csv import as_csv
from api.routes import problems
from api.schemas import GradeList, GradeOut, PostList, ResultPage
from api.service import service_of
from grading.domain.verdict import RunState
from grading.store.queries import posts, results
from grading.store.queries.grades import grades_of

router = APIRouter(tags=["results"])

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"model": ResultPage, "content": {"text/csv": {"schema": {"type": "string"}}}, "description": "JSON or CSV."}
}


@router.get("/assignments/{slug}/results", response_model=ResultPage, responses={**problems(403, 404, 422), **_CSV})
def list_results(
    request: Request,
    slug: str,
    caller: ResultsReader,
    *,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=results.MAX_PAGE)] = 50,
    sort: results.Sort = "name",
    order: Annotated[str, Query(pattern="^(asc|desc)$")] = "asc",
    text: Annotated[str, Query(max_length=200)] = "",
    state: RunState | None = None,
    criterion: Annotated[str | None, Query(max_length=120)] = None,
    mistake: Annotated[str | None, Query(max_length=200)] = None,
    attempts: results.Attempts = "counting",
) -> Response:
    """One row for each student, a page at a time; all of them as CSV when `Accept` asks for text/csv."""
    service = service_of(request)
    chosen: dict[str, Any] = {
        "sort": sort,
        "descending": order == "desc",
        "text": text,
        "state": state,
        "criterion": criterion,
        "mistake": mistake,
        "attempts": attempts,
    }
    if "text/csv" in request.headers.get("accept", ""):
        return as_csv(service, caller, slug, chosen)
    with service.database.read() as db:
        page = results.results_of(db, caller, slug, cursor=cursor, limit=limit, **chosen)
    headers = {}
    if page.next_cursor is not None:
        query = {**dict(request.query_params), "cursor": page.next_cursor}
        headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
    return JSONResponse(ResultPage.of(page.rows, page.next_cursor).model_dump(mode="json"), headers=headers)


@router.get("/assignments/{slug}/grades", responses=problems(403, 404))
def list_grades(request: Request, slug: str, caller: GradesReader) -> GradeList:
    """Final grades, lateness included, for a learning platform or a script."""
    with service_of(request).database.read() as db:
        return GradeList(items=[GradeOut.model_validate(grade) for grade in grades_of(db, caller, slug)])


@router.get("/assignments/{slug}/posts", responses=problems(403, 404))
def list_posts(request: Request, slug: str, caller: ResultsReader) -> PostList:
    """Scores on their way to the gradebook, and those that did not get there."""
    with service_of(request).database.read() as db:
        return PostList.of(posts.posts_of(db, caller, slug))


@router.post("/posts/{post_id}/retry", status_code=202, responses=problems(403, 404, 409))
def retry_post(request: Request, post_id: str, caller: GradesPoster) -> Response:
    """Give a post that was given up another round of tries."""
    actions.posts.send_again(service_of(request), caller, post_id)
    return Response(status_code=202)
