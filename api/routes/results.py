"""Results of an assignment, for the course's staff and its learning platform."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from api import actions
from api.callers import Caller, GradesPoster, GradesReader, ResultsReader
from api.routes import problems
from api.schemas import GradeList, GradeOut, PostList, ResultPage
from api.service import Service, service_of
from grading.domain.verdict import RunState
from grading.store.access import reach_offering
from grading.store.queries import posts, results
from grading.store.queries.dashboard import criteria_of
from grading.store.queries.grades import grades_of

router = APIRouter(tags=["results"])

CSV_PAGE = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
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


def as_csv(service: Service, caller: Caller, slug: str, chosen: dict[str, Any]) -> Response:
    """All results in one file, a page of rows at a time; `chosen` sorts and filters as `results_of` does.

    A column for each of the rubric's rows, then for those that only results of earlier versions have.
    """
    with service.database.read() as db:
        offering = reach_offering(db, caller, slug, staff=True)
        assignment = service.assignments.get(offering.rubric_slug)
        described = None if assignment is None else service.description_of(db, assignment)
        criteria = [row.id for row in described.criteria] if described else []
        criteria += [row.id for row in criteria_of(db, caller, slug) if row.id not in criteria]
    return StreamingResponse(
        _csv_lines(service, caller, slug, criteria, chosen),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-results.csv"'},
    )


def _csv_lines(
    service: Service, caller: Caller, slug: str, criteria: list[str], chosen: dict[str, Any]
) -> Iterator[str]:
    head = ["login", "name", "state", "attempt", "accepted_at", "late_days", "score", "max_score", "grade", "pending"]
    yield _line([*head, *criteria])
    cursor: str | None = None
    while True:
        with service.database.read() as db:
            page = results.results_of(db, caller, slug, cursor=cursor, limit=CSV_PAGE, **chosen)
        for row in page.rows:
            cells = [row.criteria[name].points if name in row.criteria else None for name in criteria]
            fixed = [row.login, row.name, row.state.value, row.attempt, row.accepted_at.isoformat(), row.late_days]
            yield _line([*fixed, row.score, row.max_score, row.grade, row.pending_points, *cells])
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: object) -> object:
    # A spreadsheet would run a name that begins like a formula; some skip blanks, and take wide signs for narrow ones.
    if isinstance(cell, str) and (cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)):
        return "'" + cell
    return "" if cell is None else cell
