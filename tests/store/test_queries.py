"""What staff and students read: lists, shares, pages, grades."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from grading.domain.verdict import RunState
from grading.store import reports, runs
from grading.store.access import Forbidden, InvalidRequest, NotFound
from grading.store.queries import dashboard, grades, queue, results, students, submissions
from grading.store.tables import Offering, Run, now
from tests.store.conftest import BACKENDS
from tests.store.course import PIXEL_NAME, SLUG, Town, found, report_for, submit


def grade(town: Town, login: str, content: bytes) -> Run:
    """Submit, claim and store in one go."""
    run = submit(town, login, content)
    with town.database.write() as db:
        claimed = runs.claim(db, run.id, "w", timedelta(seconds=30))
        reports.store(db, claimed, report_for(content), [PIXEL_NAME], graded_at=now())
    return run


def offering(town: Town, **values: object) -> None:
    """Change the offering."""
    with town.database.write() as db:
        for name, value in values.items():
            setattr(db.get_one(Offering, town.offering), name, value)


@pytest.fixture(scope="module", params=BACKENDS)
def graded_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Ann got it right after a wrong first try, Ben got it wrong, Cyd waits, the teacher tried it too."""
    town = found(tmp_path_factory.mktemp("graded"), request.param)
    grade(town, "ann", b"wrong")
    grade(town, "ann", b"right")
    grade(town, "ben", b"wrong")
    submit(town, "cyd")
    grade(town, "teacher", b"wrong")
    yield town
    town.end()


@pytest.fixture
def graded(graded_once: Town, tmp_path: Path) -> Iterator[Town]:
    """The graded town, to be changed at will."""
    town = graded_once.copied(tmp_path / "copy")
    yield town
    town.end()


def rows(town: Town, **asked: object) -> list[str]:
    """Logins of the results, in order."""
    with town.database.read() as db:
        return [row.login for row in results.results_of(db, town.caller("teacher"), SLUG, **asked).rows]


def test_results_show_each_student_once_and_no_staff(graded: Town):
    """Of each student the newest submission, with its criteria."""
    with graded.database.read() as db:
        page = results.results_of(db, graded.caller("helper"), SLUG)

    assert [(row.login, row.attempt, row.attempts, row.state, row.score) for row in page.rows] == [
        ("ann", 2, 2, RunState.GRADED, Decimal(10)),
        ("ben", 1, 1, RunState.GRADED, Decimal(4)),
        ("cyd", 1, 1, RunState.QUEUED, None),
    ]
    assert page.rows[1].flagged
    assert page.rows[1].criteria["second"].points == 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sort": "score", "descending": True}, ["ann", "ben", "cyd"]),
        ({"sort": "score"}, ["cyd", "ben", "ann"]),
        ({"sort": "submitted_at"}, ["ann", "ben", "cyd"]),
        ({"sort": "name", "descending": True}, ["cyd", "ben", "ann"]),
        ({"text": "EN"}, ["ben"]),
        ({"text": "%"}, []),
        ({"state": RunState.QUEUED}, ["cyd"]),
        ({"criterion": "second"}, ["ben"]),
        ({"mistake": "flipped-sign"}, ["ben"]),
        ({"mistake": "other"}, []),
    ],
)
def test_results_can_be_sorted_and_narrowed(graded: Town, asked: dict, expected: list[str]):
    """Every column that the page offers."""
    assert rows(graded, **asked) == expected


@pytest.mark.parametrize("sort", ["name", "score", "submitted_at", "state"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_put_together_are_the_whole_list(graded: Town, sort: str, descending: bool):
    """One row a page, no row twice and none left out."""
    seen, cursor = [], None
    for _ in range(4):
        with graded.database.read() as db:
            page = results.results_of(
                db, graded.caller("teacher"), SLUG, cursor=cursor, limit=1, sort=sort, descending=descending
            )
        seen += [row.login for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == rows(graded, sort=sort, descending=descending)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "WyJuYW1lIiwgZmFsc2UsIG51bGwsICIiXQ"])
def test_a_foreign_cursor_is_refused(graded: Town, cursor: str):
    """Not a crash, and not the first page."""
    with pytest.raises(InvalidRequest):
        rows(graded, cursor=cursor)


def test_a_cursor_of_another_order_is_refused(graded: Town):
    """A place in one order means nothing in another."""
    with graded.database.read() as db:
        cursor = results.results_of(db, graded.caller("teacher"), SLUG, limit=1).next_cursor
    with pytest.raises(InvalidRequest):
        rows(graded, cursor=cursor, sort="score")


def test_the_best_attempt_counts_where_the_course_says_so(town: Town):
    """A worse second try does not hurt."""
    grade(town, "ann", b"right")
    grade(town, "ann", b"wrong")
    with town.database.read() as db:
        assert dashboard.scores_of(db, town.caller("teacher"), SLUG) == [Decimal(4)]
    offering(town, counting="best")
    with town.database.read() as db:
        assert dashboard.scores_of(db, town.caller("teacher"), SLUG) == [Decimal(10)]
        assert results.results_of(db, town.caller("teacher"), SLUG).rows[0].score == 10


def test_a_waiting_newer_attempt_does_not_hide_the_graded_one_from_the_charts(graded: Town):
    """Charts count graded work only."""
    submit(graded, "ben")
    with graded.database.read() as db:
        assert dashboard.scores_of(db, graded.caller("teacher"), SLUG) == [Decimal(4), Decimal(10)]


def test_shares_are_of_graded_students(graded: Town):
    """Half of the two graded students failed the second criterion, by the same mistake; staff do not count."""
    teacher = graded.caller("teacher")
    with graded.database.read() as db:
        first, second = dashboard.criteria_of(db, teacher, SLUG)
        (mistake,) = dashboard.mistakes_of(db, teacher, SLUG)
        summary = dashboard.summary_of(db, teacher, SLUG)

    assert (first.id, first.failing) == ("first", 0)
    assert (second.id, second.graded, second.failing) == ("second", 2, 1)
    assert second.by_status == {"passed": 1, "failed": 1}
    assert (mistake.mistake, mistake.students, mistake.share) == ("flipped-sign", 1, 0.5)
    assert (summary.students, summary.submitted, summary.graded, summary.waiting) == (3, 3, 2, 1)
    assert (summary.mean, summary.median) == (7, 7)


def test_nothing_submitted_gives_empty_answers(town: Town):
    """No division by zero on the first day."""
    teacher = town.caller("teacher")
    with town.database.read() as db:
        assert dashboard.criteria_of(db, teacher, SLUG) == []
        assert dashboard.mistakes_of(db, teacher, SLUG) == []
        assert dashboard.summary_of(db, teacher, SLUG).mean is None
        assert len(dashboard.absentees_of(db, teacher, SLUG)) == dashboard.summary_of(db, teacher, SLUG).students
        assert results.results_of(db, teacher, SLUG).rows == ()


@pytest.mark.parametrize(
    "ask",
    [
        dashboard.scores_of,
        dashboard.summary_of,
        dashboard.absentees_of,
        dashboard.criteria_of,
        dashboard.mistakes_of,
        results.results_of,
        grades.grades_of,
    ],
)
def test_only_the_courses_staff_reads_results(graded: Town, ask):
    """A student of the course is refused, for everybody else the assignment does not exist."""
    with graded.database.read() as db:
        with pytest.raises(Forbidden):
            ask(db, graded.caller("ann"), SLUG)
        for outsider in ("rival", "stranger"):
            with pytest.raises(NotFound):
                ask(db, graded.caller(outsider), SLUG)


def test_a_submission_is_seen_by_its_student_and_staff_only(graded: Town):
    """For others it does not exist, nor do its report, files, figures and runs."""
    run = grade(graded, "ann", b"wrong")
    with graded.database.read() as db:
        for login in ("ann", "teacher", "helper"):
            assert submissions.submission_of(db, graded.caller(login), run.submission_id).score == 4
        for login in ("ben", "stranger", "rival", "platform"):
            for ask in (submissions.submission_of, submissions.report_of, submissions.runs_of, submissions.attempts_of):
                with pytest.raises(NotFound):
                    ask(db, graded.caller(login), run.submission_id)


def test_seeds_of_runs_are_for_staff(graded: Town):
    """A student could prepare for a seed that is used again."""
    run = grade(graded, "ann", b"wrong")
    with graded.database.read() as db:
        assert submissions.runs_of(db, graded.caller("ann"), run.submission_id)[0].seed is None
        assert submissions.runs_of(db, graded.caller("teacher"), run.submission_id)[0].seed == run.seed


def test_a_figure_is_fetched_only_through_its_report(graded: Town):
    """Knowing a hash opens nothing."""
    run = grade(graded, "ann", b"wrong")
    with graded.database.read() as db:
        submissions.figure_allowed(db, graded.caller("ann"), run.submission_id, PIXEL_NAME)
        with pytest.raises(NotFound):
            submissions.figure_allowed(db, graded.caller("ann"), run.submission_id, "0" * 64)


def test_place_in_line_and_estimate(town: Town):
    """The first is next; who waits further back waits longer; an estimate exists before anything was graded."""
    waiting = [submit(town, login) for login in ("ann", "ben", "cyd")]
    with town.database.read() as db:
        views = [submissions.submission_of(db, town.caller("teacher"), run.submission_id) for run in waiting]
        states = queue.queue_state(db)

    assert [view.queue_position for view in views] == [1, 2, 3]
    assert views[0].eta_seconds < views[1].eta_seconds < views[2].eta_seconds
    assert (states[0].name, states[0].waiting, states[0].running) == ("cpu", 3, 0)


def test_lateness_takes_its_share(town: Town):
    """A day late at ten percent leaves nine tenths."""
    offering(town, due_at=now() - timedelta(hours=3), late_percent_per_day=Decimal(10))
    grade(town, "ann", b"right")
    with town.database.read() as db:
        (row,) = results.results_of(db, town.caller("teacher"), SLUG).rows
        (told,) = grades.grades_of(db, town.caller("platform"), SLUG)

    assert (row.score, row.late_days, row.grade) == (10, 1, 9)
    assert (told.login, told.grade) == ("ann", 9)


def test_a_report_with_a_fault_of_ours_is_no_grade(town: Town):
    """It is shown to staff as trouble, and has no score anywhere."""
    run = grade(town, "ann", b"broken")
    with town.database.read() as db:
        view = submissions.submission_of(db, town.caller("ann"), run.submission_id)
        attention = dashboard.attention_of(db, town.caller("teacher"))
        assert dashboard.scores_of(db, town.caller("teacher"), SLUG) == []
        assert grades.grades_of(db, town.caller("teacher"), SLUG) == []
        assert dashboard.attention_of(db, town.caller("rival")).error_reports == ()

    assert (view.final, view.score, view.grade) == (False, None, None)
    assert [trouble.submission_id for trouble in attention.error_reports] == [run.submission_id]


def test_students_see_what_their_courses_offer(graded: Town):
    """With their own newest submission, and nothing of other courses."""
    with graded.database.read() as db:
        (ours,) = students.my_offerings(db, graded.caller("ann"))
        assert students.my_offerings(db, graded.caller("stranger")) == []

    assert (ours.slug, ours.latest.attempt, ours.latest.score) == (SLUG, 2, 10)


def test_events_resume_after_the_last_one_seen(graded: Town):
    """Nothing twice, nothing left out."""
    run = grade(graded, "ann", b"right")
    with graded.database.read() as db:
        events = submissions.events_after(db, run.submission_id, 0)
        rest = submissions.events_after(db, run.submission_id, events[0].id)

    assert [event.name for event in events] == ["queued", "running", "graded"]
    assert rest == events[1:]
    assert json.loads(json.dumps(dict(events[2].data)))["score"] == 10.0
