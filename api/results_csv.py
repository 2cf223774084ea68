"""A class's results as CSV, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from api.service import Service
from grading.store.access import Caller, reach_offering
from grading.store.queries import results
from grading.store.queries.dashboard import criteria_of

CSV_PAGE = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
