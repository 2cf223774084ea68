"""The queue of answers that people judge: anonymous, row by row, in an order that is random but stays.

An answer's id is keyed by the service's secret: it tells neither the student nor the submission. The order within a row
is keyed by grader too, so that two graders do not tire on the same students. What others gave stays hidden from a
grader until they have marked it themselves, so that a second reading is one.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from grading.domain.report import Report
from grading.domain.verdict import Status
from grading.store.access import Caller, NotFound, reach_offering
from grading.store.marked_reports import GivenMark, ruling
from grading.store.marking import mark_of
from grading.store.queries.results import counting_runs
from grading.store.tables import CriterionRow, MarkEvent, MarkRow, Offering, ReportRow, User

View = Literal["todo", "second", "disputed", "changed", "mine", "all"]
VIEWS: tuple[View, ...] = get_args(View)
ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One answer in the queue.

    Attributes:
        id: anonymous.
        state: "open" (nobody marked it), "given", "disputed" or "settled".
        mine: whether the caller marked it.
        graders: how many did.
        changed: whether the answer is another one than was marked.
        submission_id, run_id: for the store; never shown in the queue.
    """

    id: str
    criterion_id: str
    title: str
    possible: Decimal
    state: str
    mine: bool
    graders: int
    changed: bool
    submission_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One question of the row and what the student wrote."""

    question: str
    text: str
    key_points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """One answer with all that is needed to judge it.

    Attributes:
        findings: what the machine found about other questions of the row, as (passed, message).
        own: what the caller gave.
        others: what others gave; None while it is hidden from the caller.
    """

    item: Item
    section: str
    answer_sha256: str
    answers: tuple[AnswerView, ...]
    findings: tuple[tuple[bool, str], ...]
    own: GivenMark | None
    others: tuple[GivenMark, ...] | None


@dataclass(frozen=True, slots=True)
class RowCount:
    """How far one row of the rubric is."""

    criterion_id: str
    title: str
    total: int
    marked: int


@dataclass(frozen=True, slots=True)
class MarkingProgress:
    """How far the offering is.

    Attributes:
        views: how many answers each view has.
        twice: answers that two or more people marked; of these `agreed` with the same points.
    """

    total: int
    marked: int
    views: Mapping[str, int]
    twice: int
    agreed: int
    rows: tuple[RowCount, ...]


@dataclass(frozen=True, slots=True)
class MarkEventView:
    """One entry of the trail."""

    item_id: str
    criterion_id: str
    grader: str
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    at: datetime
    undone_at: datetime | None


def queue_of(
    db: Session, caller: Caller, slug: str, key: bytes, *, view: View = "all", criterion: str = ""
) -> list[Item]:
    """The answers of an offering in the caller's order, of one view and one row where asked for.

    Raises:
        NotFound, Forbidden: not staff of the course.
    """
    offering = reach_offering(db, caller, slug, staff=True)
    return [item for item in _items(db, caller, offering, key) if in_view(item, view, criterion)]


def in_view(item: Item, view: View, criterion: str = "") -> bool:
    """Whether an answer belongs to a view of the queue."""
    belongs = {
        "todo": item.state == "open" or item.changed,
        "second": item.state == "given" and not item.mine,
        "disputed": item.state == "disputed",
        "changed": item.changed,
        "mine": item.mine,
        "all": True,
    }
    return belongs[view] and criterion in {"", item.criterion_id}


def progress(items: Sequence[Item]) -> MarkingProgress:
    """How far it is, from all answers of an offering."""
    rows: dict[str, list[Item]] = {}
    for item in items:
        rows.setdefault(item.criterion_id, []).append(item)
    twice = [item for item in items if item.graders > 1]
    return MarkingProgress(
        len(items),
        sum(_done(item) for item in items),
        {view: sum(in_view(item, view) for item in items) for view in VIEWS},
        len(twice),
        sum(item.state != "disputed" for item in twice),
        tuple(RowCount(name, of[0].title, len(of), sum(_done(i) for i in of)) for name, of in rows.items()),
    )


def reach_item(db: Session, caller: Caller, slug: str, key: bytes, item_id: str) -> tuple[Offering, Item]:
    """An answer of the queue, and its offering.

    Raises:
        NotFound, Forbidden: not staff of the course, or no such answer.
    """
    offering = reach_offering(db, caller, slug, staff=True)
    for item in _items(db, caller, offering, key):
        if hmac.compare_digest(item.id.encode(), item_id.encode("utf-8", "replace")):
            return offering, item
    raise NotFound(f"There is no answer {item_id!r} in this queue.")


def item_of(db: Session, caller: Caller, item: Item) -> ItemView:
    """All that is needed to mark an answer that the caller reached."""
    report = Report.from_json(db.get_one(ReportRow, item.run_id).body)
    row = next(row for row in report.criteria if row.id == item.criterion_id)
    given = [mark_of(one, login) for one, login in db.execute(_marks([item.submission_id]))
             if one.criterion_id == item.criterion_id]  # fmt: skip
    own = next((one for one in given if one.grader_id == caller.user_id), None)
    open_to_me = own is not None or item.state in {"disputed", "settled"}
    digest = db.get_one(CriterionRow, (item.run_id, item.criterion_id)).answer_sha256
    return ItemView(
        item,
        row.section,
        digest or "",
        tuple(
            AnswerView(f.told.claim or f.message, f.answer.text, f.answer.look_for)
            for f in row.findings
            if f.answer is not None
        ),
        tuple((f.passed, f.message) for f in row.findings if f.answer is None),
        own,
        tuple(one for one in given if one is not own) if open_to_me else None,
    )


def trail_of(db: Session, items: Sequence[Item], limit: int = 200) -> list[MarkEventView]:
    """What people did to these answers, newest first."""
    ids = {(item.submission_id, item.criterion_id): item.id for item in items}
    rows = db.scalars(
        select(MarkEvent)
        .where(MarkEvent.submission_id.in_({submission_id for submission_id, _ in ids}))
        .order_by(MarkEvent.id.desc())
    )
    found = []
    for row in rows:
        item_id = ids.get((row.submission_id, row.criterion_id))
        if item_id is not None:
            found.append(
                MarkEventView(
                    item_id, row.criterion_id, row.grader, row.action, row.before, row.after, row.at, row.undone_at
                )
            )
        if len(found) == limit:
            break
    return found


def _done(item: Item) -> bool:
    return item.state in {"given", "settled"} and not item.changed


def _items(db: Session, caller: Caller, offering: Offering, key: bytes) -> list[Item]:
    chosen = _counting(offering)
    rows = db.execute(
        select(CriterionRow, chosen.c.submission_id)
        .join(chosen, chosen.c.run_id == CriterionRow.run_id)
        .where(
            or_(
                CriterionRow.status == Status.MANUAL.value,
                exists().where(
                    MarkRow.submission_id == chosen.c.submission_id,
                    MarkRow.criterion_id == CriterionRow.criterion_id,
                ),
            )
        )
    ).all()
    given: dict[tuple[str, str], list[GivenMark]] = {}
    for one, login in db.execute(_marks({submission_id for _, submission_id in rows})):
        given.setdefault((one.submission_id, one.criterion_id), []).append(mark_of(one, login))
    made = [
        (row.position, _item(row, submission_id, given.get((submission_id, row.criterion_id), []), caller, key))
        for row, submission_id in rows
    ]
    made.sort(key=lambda pair: (pair[0], _keyed(key, "order", caller.user_id or "", pair[1].id)))
    return [item for _, item in made]


def _item(row: CriterionRow, submission_id: str, given: list[GivenMark], caller: Caller, key: bytes) -> Item:
    told = ruling(given)
    return Item(
        _keyed(key, "item", submission_id, row.criterion_id)[:ID_DIGITS],
        row.criterion_id,
        row.title,
        row.possible,
        "open" if told is None else told.state,
        any(one.grader_id == caller.user_id for one in given),
        len(given),
        told is not None and told.answer_sha256 != (row.answer_sha256 or ""),
        submission_id,
        row.run_id,
    )


def _counting(offering: Offering) -> Any:
    """The submissions worth reading: each student's newest graded one; where the best counts, that one too."""
    latest = counting_runs(offering, "latest", graded_only=True).subquery()
    chosen = select(latest.c.submission_id, latest.c.run_id)
    if offering.counting == "best":
        best = counting_runs(offering, "best", graded_only=True).subquery()
        return chosen.union(select(best.c.submission_id, best.c.run_id)).subquery()
    return chosen.subquery()


def _marks(submission_ids: Any) -> Select[MarkRow, str]:
    return (
        select(MarkRow, User.login)
        .join(User, User.id == MarkRow.grader_id)
        .where(MarkRow.submission_id.in_(list(submission_ids)))
        .order_by(MarkRow.at, MarkRow.id)
    )


def _keyed(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(("manual", *parts)).encode(), hashlib.sha256).hexdigest()
