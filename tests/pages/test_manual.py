"""The queue of answers, as a browser without scripts uses it."""

import re

import pytest

from api.app import create_app
from api.pages.instructor import marking
from tests.manual.hall import ESSAY, Hall, notebook
from tests.pages.conftest import Browser

pytestmark = pytest.mark.slow

QUEUE = f"/assignments/{ESSAY}/manual"


@pytest.fixture
def hall(tmp_path):
    """A course with the essay, three students in."""
    hall = Hall(tmp_path)
    hall.crowd(3)
    yield hall
    hall.database.close()


@pytest.fixture
def grader(hall):
    """An instructor at the queue."""
    return Browser(create_app(hall.settings, hall.assignments)).sign_in(hall, hall.staff)


def shown(page: str) -> str:
    """The id of the answer on the page."""
    found = re.search(r'data-item="(\w+)"', page)

    assert found
    return found[1]


def mark(grader: Browser, **fields: str) -> None:
    """Send the form of the answer that is shown."""
    grader.send(f"{QUEUE}/{shown(grader.page)}", do="save", **fields)


def test_the_queue_goes_on_to_the_next_answer_until_nothing_is_left(grader, hall) -> None:
    """Six answers, six forms; no name is on any page."""
    grader.get(QUEUE)
    seen = set()
    for _ in range(6):
        seen.add(shown(grader.page))

        assert "Student" not in grader.page.split("<main")[1]
        mark(grader, points="1,5", comment="Say why.")

    assert len(seen) == 6
    assert "6 of 6 answers are marked" in grader.page
    assert {item.state for item in hall.queue(hall.staff)} == {"given"}


def test_the_answer_stands_beside_the_key_points(grader) -> None:
    """Mathematics is set; the points to look for are boxes; there is no suggestion unless asked for."""
    grader.get(f"{QUEUE}?criterion=symmetry")

    assert "<math" in grader.page
    assert "equal weights give equal outputs and gradients" in grader.page
    assert "suggestion:" not in grader.page


def test_suggestions_are_marked_and_tick_nothing(hall) -> None:
    """Where the operator wants them, each says that it is one and by what."""
    hall.settings.suggest_key_points = True
    grader = Browser(create_app(hall.settings, hall.assignments)).sign_in(hall, hall.staff)
    grader.get(f"{QUEUE}?criterion=symmetry")

    assert re.search(r"suggestion: (covered|not found) \((shared words|sentence model)\)", grader.page)
    assert "They tick nothing and give no points." in grader.page
    assert " checked" not in grader.page.split('class="card mark-form"')[1].split("<dialog")[0]


def test_a_comment_is_kept_for_the_row_and_what_was_given_is_there_again(grader) -> None:
    """The next answer of the same row offers it; coming back shows points, comment and ticked key points."""
    grader.get(f"{QUEUE}?criterion=symmetry")
    first = shown(grader.page)
    mark(grader, points="1", comment="Say why.", keep="yes", covered="random initialisation breaks the symmetry")

    assert 'data-comment="Say why." data-points="1"' in grader.page
    grader.get(f"{QUEUE}?view=all&item={first}")
    assert re.search(r'name="points"[^>]*value="1"', grader.page)
    assert re.search(r'value="random initialisation breaks the symmetry" checked', grader.page)
    grader.send(f"{QUEUE}/{first}", do="withdraw")
    grader.get(f"{QUEUE}/trail")
    assert [word for word in ("undone", "graded") if f">{word}<" in grader.page] == ["undone", "graded"]


def test_points_that_make_no_sense_are_refused_in_words(grader) -> None:
    """Nothing is saved."""
    for value in ("3", "many", "-1"):
        grader.get(QUEUE)
        mark(grader, points=value)

        assert re.search(r"\bpoints\b", grader.page, re.IGNORECASE)
        assert "marked" not in grader.page


def test_two_graders_see_their_disagreement_and_settle_it(hall) -> None:
    """The second reads without seeing the first; then both do, and one decides."""
    app = create_app(hall.settings, hall.assignments)
    one, two = (Browser(app).sign_in(hall, who) for who in (hall.staff, hall.second))
    one.get(f"{QUEUE}?criterion=symmetry")
    item = shown(one.page)
    mark(one, points="2", comment="Fine.")
    two.get(f"{QUEUE}?view=second&item={item}")
    assert "Somebody has marked this already" in two.page
    assert "Fine." not in two.page
    mark(two, points="0.5")
    two.get(f"{QUEUE}?view=disputed")
    assert "You disagree." in two.page
    assert "Fine." in two.page
    two.send(f"{QUEUE}/{item}", do="settle", points="1")

    assert [found.state for found in hall.queue(hall.staff) if found.id == item] == ["settled"]


def test_students_read_the_comment_in_their_report_and_never_the_queue(hall) -> None:
    """The comment is in the report, without the grader; the queue is not theirs."""
    app = create_app(hall.settings, hall.assignments)
    handed = hall.submit(hall.student, notebook(symmetry="My very own words."))
    staff, student = (Browser(app).sign_in(hall, who) for who in (hall.staff, hall.student))
    item = next(i for i in hall.queue(hall.staff) if i.submission_id == handed and i.criterion_id == "symmetry")
    staff.get(f"{QUEUE}?view=all&item={item.id}")
    mark(staff, points="1", comment="Name the <gradients>.")
    student.get(f"/submissions/{handed}")

    assert "Name the &lt;gradients&gt;." in student.page
    for point in ("equal weights give equal outputs", "random initialisation", "fan-in"):
        assert point not in student.page
    assert "Grace" not in student.page.split("<main")[1]
    assert student.get(QUEUE).status_code == 403


def test_many_rows_are_folded_so_that_the_answer_is_in_sight(grader, monkeypatch) -> None:
    """Few stand open; of many the summary names the one that is chosen."""
    grader.get(QUEUE)
    assert '<details class="rows">' not in grader.page
    monkeypatch.setattr(marking, "MANY_ROWS", 1)
    grader.get(f"{QUEUE}?criterion=symmetry")

    assert "<summary>Zero weights, of 2 rows</summary>" in grader.page
