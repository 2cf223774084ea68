"""An assignment's results: the distribution, what the class gets wrong, and every student."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from api.pages.asking import signed_in
from api.pages.rendering import render
from api.pages.views import charts, words
from api.results_csv import as_csv
from api.service import Service, service_of
from grading.domain.sentences import bare, sentence
from grading.domain.verdict import RunState
from grading.store.access import Caller
from grading.store.descriptions import fault_of
from grading.store.queries import marking
from grading.store.queries.dashboard import (
    MistakeShare,
    absentees_of,
    criteria_of,
    mistakes_of,
    scores_of,
    summary_of,
    words_of,
)
from grading.store.queries.results import Sort, results_of
from grading.store.queries.students import OfferingView, offering_of

router = APIRouter()

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class ChosenResults:
    """What the address asks of the table of students."""

    sort: Sort = "name"
    descending: bool = False
    text: str = ""
    state: str = ""
    criterion: str = ""
    mistake: str = ""
    cursor: str = ""

    def address(self) -> str:
        """The same, as the part of an address behind the path."""
        chosen = {
            "sort": self.sort if self.sort != "name" else "",
            "descending": "1" if self.descending else "",
            "text": self.text,
            "state": self.state,
            "criterion": self.criterion,
            "mistake": self.mistake,
            "cursor": self.cursor,
        }
        return "?" + urlencode({key: value for key, value in chosen.items() if value}) + "#students"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; with `href` the column can be sorted."""

    text: str
    href: str = ""
    direction: str = ""
    number: bool = False


COLUMNS: tuple[tuple[Sort | None, str], ...] = (
    ("name", "Student"),
    ("score", "Score"),
    ("state", "State"),
    (None, "Attempts"),
    ("submitted_at", "Submitted"),
    (None, "Gradebook"),
)
NUMBERS = frozenset({"Score", "Attempts"})


def _asked(  # noqa: PLR0917 - the fields of the address
    sort: Sort = "name",
    descending: bool = False,
    text: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    criterion: Annotated[str, Query(max_length=100)] = "",
    mistake: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> ChosenResults:
    known = state if state in set(RunState) else ""
    return ChosenResults(sort, descending, text.strip(), known, criterion, mistake, cursor)


@dataclass(frozen=True, slots=True)
class MistakeBar:
    """One known mistake and how many students' answers match it; `title` is what it says."""

    criterion_id: str
    criterion_title: str
    mistake: str
    title: str
    students: int
    percent: int


@router.get("/assignments/{slug}/results")
def show_results(
    request: Request,
    slug: str,
    caller: Annotated[Caller, Depends(signed_in)],
    asked: Annotated[ChosenResults, Depends(_asked)],
) -> Response:
    """The page of results."""
    service = service_of(request)
    with service.database.read() as db:
        offering = offering_of(db, caller, slug, staff=True)
        summary = summary_of(db, caller, slug)
        scores = [float(score) for score in scores_of(db, caller, slug)]
        criteria = criteria_of(db, caller, slug)
        assignment = service.assignments.get(offering.rubric_slug)
        described = None if assignment is None else service.description_of(db, assignment)
        fault = "" if assignment is None or described else fault_of(db, assignment)
        rows = {row.id: row.title for row in described.criteria} if described else {}
        criteria = [replace(row, title=rows.get(row.id, row.title)) for row in criteria]
        today = assignment.version if assignment else ""
        mistakes = [_mistake_bar(service, db, offering, share, today) for share in mistakes_of(db, caller, slug)]
        absentees = absentees_of(db, caller, slug)
        page = results_of(
            db,
            caller,
            slug,
            cursor=asked.cursor or None,
            limit=PAGE_ROWS,
            sort=asked.sort,
            descending=asked.descending,
            text=asked.text,
            state=RunState(asked.state) if asked.state else None,
            criterion=asked.criterion or None,
            mistake=asked.mistake or None,
        )
        answers = marking.progress(marking.queue_of(db, caller, slug, service.settings.secret_key()))
    full = float(assignment.points) if assignment else max(scores, default=1.0)
    title_of = {c.id: c.title for c in criteria}
    return render(
        request,
        "instructor/results.html",
        caller,
        offering=offering,
        summary=summary,
        chart=charts.histogram(scores, full),
        criteria=criteria,
        mistakes=mistakes,
        fault=fault,
        page=page,
        absentees=absentees,
        answers=answers,
        query=asked,
        heads=tuple(_heads(asked)),
        states=[state.value for state in RunState],
        narrowed=_narrowed(asked, title_of, {bar.mistake: bar.title for bar in mistakes}),
        filtered=bool(asked.text or asked.state or asked.criterion or asked.mistake),
        first_href=replace(asked, cursor="").address(),
        next_href=replace(asked, cursor=page.next_cursor).address() if page.next_cursor else "",
    )


@router.get("/assignments/{slug}/results.csv")
def download_results(request: Request, slug: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Every student's result as a file, the same that the API gives."""
    return as_csv(service_of(request), caller, slug, {})


def _heads(asked: ChosenResults) -> Iterator[Head]:
    """Columns; the one in use says so, and clicking it turns the order around."""
    for key, text in COLUMNS:
        if key is None:
            yield Head(text, number=text in NUMBERS)
            continue
        current = key == asked.sort
        direction = ("descending" if asked.descending else "ascending") if current else ""
        # Scores and times are asked for from the top; names from the start of the alphabet.
        turned = not asked.descending if current else key in {"score", "submitted_at"}
        address = replace(asked, sort=key, descending=turned, cursor="").address()
        yield Head(text, address, direction, text in NUMBERS)


def _mistake_bar(service: Service, db: Session, offering: OfferingView, share: MistakeShare, today: str) -> MistakeBar:
    said = words_of(db, service.descriptions, offering.rubric_slug, share, today)
    return MistakeBar(
        share.criterion_id,
        share.criterion_title,
        share.mistake,
        bare(sentence(said)) or words.in_words(share.mistake),
        share.students,
        round(100 * share.share),
    )


def _narrowed(asked: ChosenResults, title_of: Mapping[str, str], mistakes: Mapping[str, str]) -> str:
    if asked.mistake:
        return f"Mistake: {mistakes.get(asked.mistake) or words.in_words(asked.mistake)}"
    if asked.criterion:
        return f"Failing: {title_of.get(asked.criterion, asked.criterion)}"
    return ""
