"""What people's points do to a score: they count, survive, are taken back, and are posted."""

import pytest
from sqlalchemy import select

from grading.domain.report import Marking
from grading.domain.verdict import Status
from grading.store import marking, regrades
from grading.store.access import Conflict, Forbidden, InvalidRequest, NotFound
from grading.store.marking import Mark
from grading.store.queries import marking as manual
from grading.store.queries.grades import grades_of
from grading.store.queries.marking import Item, progress
from grading.store.queries.results import results_of
from grading.store.queries.submissions import report_of as seen_by
from grading.store.tables import Offering, Run
from tests.manual.hall import ESSAY, Hall, notebook, points, report_of
from tests.pages.classroom import Person


def give(hall: Hall, who: Person, item: Item, value: str, **more: object) -> tuple[str, ...]:
    """Let somebody judge an answer."""
    with hall.database.write() as db:
        return marking.mark(
            db, hall.caller(who), db.get_one(Offering, hall.essay_id), submission_id=item.submission_id,
            criterion_id=item.criterion_id, wanted=Mark(points(value), **more),
        )  # fmt: skip


def take_back(hall: Hall, who: Person, item: Item) -> None:
    """Let somebody withdraw what they gave."""
    with hall.database.write() as db:
        offering = db.get_one(Offering, hall.essay_id)
        marking.withdraw(
            db, hall.caller(who), offering, submission_id=item.submission_id, criterion_id=item.criterion_id
        )


def items(hall: Hall, who: Person | None = None) -> dict[str, Item]:
    """The one submission's answers, by row."""
    return {item.criterion_id: item for item in hall.queue(who or hall.staff)}


def score(hall: Hall, submission_id: str) -> tuple[float, float]:
    """Score and pending points, as lists have them."""
    row = hall.stored(submission_id)

    assert (float(row.score), float(row.pending_points)) == (row.body["score"], row.body["pending_points"])
    return float(row.score), float(row.pending_points)


def grade_again(hall: Hall, content: bytes) -> None:
    """Grade the newest submissions again, as if they held this, and apply it."""
    with hall.database.write() as db:
        made = regrades.start(db, hall.caller(hall.staff), ESSAY, device="cpu")
    with hall.database.read() as db:
        waiting = db.scalars(select(Run).where(Run.regrade_id == made.id)).all()
    for run in waiting:
        hall.grade(run, report_of(content))
    with hall.database.write() as db:
        regrades.apply(db, hall.caller(hall.staff), made.id)


@pytest.mark.slow
def test_prose_waits_and_a_person_ends_the_waiting(hall: Hall) -> None:
    """No point before somebody read it; then the points count in report, results and grades."""
    handed = hall.submit(hall.student)
    assert score(hall, handed) == (1.0, 4.0)
    waiting = items(hall)
    give(hall, hall.staff, waiting["symmetry"], "1.5", comment="Say why.")
    assert score(hall, handed) == (2.5, 2.0)
    give(hall, hall.staff, waiting["vanishing"], "0")

    assert score(hall, handed) == (2.5, 0.0)
    with hall.database.read() as db:
        (grade,) = grades_of(db, hall.caller(hall.staff), ESSAY)
        (row,) = results_of(db, hall.caller(hall.staff), ESSAY).rows
        seen = seen_by(db, hall.caller(hall.student), handed)
    assert (grade.grade, grade.pending_points) == (points("2.5"), points("0"))
    assert [row.criteria[name].status for name in waiting] == [Status.PARTIAL, Status.FAILED]
    assert seen is not None
    assert [float(c.points) for c in seen.criteria] == [1.0, 1.5, 0.0]


def test_students_read_the_comment_but_neither_graders_nor_key_points(hall: Hall) -> None:
    """What is beside the answer for staff stays there."""
    handed = hall.submit(hall.student)
    give(hall, hall.staff, items(hall)["symmetry"], "1", comment="Say why.", covered=("equal weights",))
    with hall.database.read() as db:
        seen, staffs = (seen_by(db, hall.caller(who), handed) for who in (hall.student, hall.staff))
    assert seen is not None
    assert staffs is not None

    assert seen.criteria[1].marking == Marking("given", points("1"), "Say why.")
    assert staffs.criteria[1].marking is not None
    assert staffs.criteria[1].marking.graders == ("grace",)
    for hidden in ("look_for", "grace", "random initialisation", "equal weights give"):
        assert hidden not in str(seen.to_json())
        assert hidden in str(staffs)


def test_a_regrade_keeps_the_points_and_says_when_the_answer_is_another(hall: Hall) -> None:
    """Also where the machine no longer finds an answer at all; the flag goes once somebody reads it again."""
    handed = hall.submit(hall.student)
    for item in items(hall).values():
        give(hall, hall.staff, item, "2")
    grade_again(hall, notebook())
    assert score(hall, handed) == (5.0, 0.0)
    assert hall.queue(hall.staff, "changed") == []
    grade_again(hall, notebook(symmetry="Read from another cell.", vanishing="YOUR ANSWER HERE"))

    assert score(hall, handed) == (5.0, 0.0)
    assert [item.criterion_id for item in hall.queue(hall.staff, "changed")] == ["symmetry", "vanishing"]
    give(hall, hall.staff, items(hall)["symmetry"], "0.5")
    assert [item.criterion_id for item in hall.queue(hall.staff, "changed")] == ["vanishing"]
    take_back(hall, hall.staff, items(hall)["vanishing"])
    assert score(hall, handed) == (1.5, 0.0)


def test_points_given_while_a_dry_run_waits_are_in_it_when_it_is_applied(hall: Hall) -> None:
    """Nobody's work is lost between dry run and apply."""
    handed = hall.submit(hall.student)
    with hall.database.write() as db:
        made = regrades.start(db, hall.caller(hall.staff), ESSAY, device="cpu")
    with hall.database.read() as db:
        run = db.scalars(select(Run).where(Run.regrade_id == made.id)).one()
    hall.grade(run, report_of(notebook()))
    give(hall, hall.staff, items(hall)["symmetry"], "2")
    with hall.database.write() as db:
        regrades.apply(db, hall.caller(hall.staff), made.id)

    assert score(hall, handed) == (3.0, 2.0)


def test_the_same_answer_in_a_new_attempt_is_not_read_twice(hall: Hall) -> None:
    """What did not change keeps its points, what did waits again; the trail says where the points come from."""
    hall.submit(hall.student)
    for item in items(hall).values():
        give(hall, hall.staff, item, "2", comment="Good.")
    second = hall.submit(hall.student, notebook(vanishing="Something else."))

    assert score(hall, second) == (3.0, 2.0)
    assert [item.criterion_id for item in hall.queue(hall.staff, "todo")] == ["vanishing"]
    with hall.database.read() as db:
        trail = manual.trail_of(db, hall.queue(hall.staff))
    assert [(event.action, event.grader) for event in trail] == [("carried", "grace")]


def test_two_graders_who_disagree_leave_the_points_waiting(hall: Hall) -> None:
    """Nothing counts until they agree or somebody settles it; everything is on the trail."""
    handed = hall.submit(hall.student)
    give(hall, hall.staff, items(hall)["symmetry"], "2")
    assert score(hall, handed) == (3.0, 2.0)
    assert [item.criterion_id for item in hall.queue(hall.second, "second")] == ["symmetry"]
    give(hall, hall.second, items(hall)["symmetry"], "0.5", comment="No reason given.")
    assert score(hall, handed) == (1.0, 4.0)
    assert items(hall)["symmetry"].state == "disputed"
    counted = progress(hall.queue(hall.staff))
    assert (counted.twice, counted.agreed, counted.views["disputed"]) == (1, 0, 1)
    give(hall, hall.staff, items(hall)["symmetry"], "1", settle=True)

    assert score(hall, handed) == (2.0, 2.0)
    give(hall, hall.second, items(hall)["symmetry"], "0")
    assert score(hall, handed) == (2.0, 2.0)
    with hall.database.read() as db:
        trail = manual.trail_of(db, hall.queue(hall.staff))
    assert [(event.grader, event.action) for event in trail] == [
        ("alan", "graded"), ("grace", "settled"), ("alan", "graded"), ("grace", "graded")
    ]  # fmt: skip


def test_what_others_gave_is_hidden_until_one_has_marked(hall: Hall) -> None:
    """A second reading is one."""
    hall.submit(hall.student)
    give(hall, hall.staff, items(hall)["symmetry"], "2", comment="Fine.")

    def others(who: Person) -> object:
        with hall.database.read() as db:
            view = manual.item_of(db, hall.caller(who), items(hall, who)["symmetry"])
        return None if view.others is None else [(one.grader, one.comment) for one in view.others]

    assert others(hall.second) is None
    give(hall, hall.second, items(hall)["symmetry"], "2")
    assert others(hall.second) == [("grace", "Fine.")]


def test_the_queue_is_anonymous_and_its_order_random_but_stable(hall: Hall) -> None:
    """Row by row; neither ids nor order tell who wrote an answer; each grader has an order of their own."""
    people = hall.crowd(8)
    mine, again, others = hall.queue(hall.staff), hall.queue(hall.staff), hall.queue(hall.second)
    rows = [item.criterion_id for item in mine]

    assert [item.id for item in mine] == [item.id for item in again]
    assert rows == ["symmetry"] * 8 + ["vanishing"] * 8
    assert {item.id for item in mine} == {item.id for item in others}
    assert [item.id for item in mine] != [item.id for item in others]
    assert len({item.id for item in mine}) == 16
    by_row = [[i.submission_id for i in mine if i.criterion_id == row] for row in ("symmetry", "vanishing")]
    assert by_row[0] != by_row[1]
    assert not any(person.id in item.id or item.submission_id in item.id for person in people for item in mine)


def test_the_gradebook_hears_pending_first_and_the_score_at_the_end(hall: Hall) -> None:
    """A 0 that a person gave is posted too, though the score is the same as while it was pending."""
    hall.post_grades()
    hall.submit(hall.student)
    (first,) = hall.posts()
    assert (float(first.score), first.pending) == (1.0, True)
    give(hall, hall.staff, items(hall)["symmetry"], "0")
    ids = give(hall, hall.staff, items(hall)["vanishing"], "0")

    last = hall.posts()[-1]
    assert ids == (last.id,)
    assert (float(last.score), last.pending) == (1.0, False)
    assert [post.state for post in hall.posts()[:-1]] == ["unchanged"] * (len(hall.posts()) - 1)


@pytest.mark.parametrize("value", ["-0.5", "2.01", "0.001", "NaN", "Infinity"])
def test_points_that_the_row_cannot_give_are_refused(hall: Hall, value: str) -> None:
    """Nothing is kept of them."""
    handed = hall.submit(hall.student)
    with pytest.raises(InvalidRequest):
        give(hall, hall.staff, items(hall)["symmetry"], value)

    assert score(hall, handed) == (1.0, 4.0)
    assert items(hall)["symmetry"].state == "open"


def test_an_answer_that_changed_under_the_graders_eyes_is_read_again(hall: Hall) -> None:
    """The page's answer and the stored one must be the same."""
    hall.submit(hall.student)
    with pytest.raises(Conflict, match="read it again"):
        give(hall, hall.staff, items(hall)["symmetry"], "1", answer_sha256="0" * 64)


def test_taking_back_restores_what_the_machine_said(hall: Hall) -> None:
    """The report is the judge's own again, and the trail keeps both."""
    handed = hall.submit(hall.student)
    before = hall.stored(handed).body
    give(hall, hall.staff, items(hall)["symmetry"], "1")
    take_back(hall, hall.staff, items(hall)["symmetry"])

    assert hall.stored(handed).body == before
    with pytest.raises(Conflict, match="not marked"):
        take_back(hall, hall.staff, items(hall)["symmetry"])
    with hall.database.read() as db:
        assert [event.action for event in manual.trail_of(db, hall.queue(hall.staff))] == ["undone", "graded"]


def test_only_staff_of_the_course_see_the_queue(hall: Hall) -> None:
    """A student is told so; an answer of another queue does not exist."""
    hall.submit(hall.student)
    with pytest.raises(Forbidden):
        hall.queue(hall.student)
    with hall.database.read() as db, pytest.raises(NotFound):
        manual.reach_item(db, hall.caller(hall.staff), ESSAY, hall.settings.secret_key(), "f" * 20)
