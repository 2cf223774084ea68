"""What course staff see."""

import pytest

from tests.pages.classroom import NOTEBOOK_1, SLUG, notebook, report
from tests.pages.conftest import Browser

pytestmark = pytest.mark.slow

RESULTS = f"/assignments/{SLUG}/results"
PEOPLE = (
    ("alan", "Alan Turing", report()),
    ("emmy", "Emmy Noether", report(backward_pass=2.0, loss_function=0.5, feature_visualization=2.0)),
    ("sofia", "Sofia Kovalevskaya", report(loss_function=0.5)),
)


@pytest.fixture
def results(app, classroom):
    """Three students with reports; their submissions by login."""
    submissions = {}
    for login, name, made in PEOPLE:
        Browser(app).sign_in(classroom, classroom.person(login, name)).submit((NOTEBOOK_1, notebook(login)))
        submissions[login] = classroom.grade_next(made)
    return submissions


def names(page: str) -> list[str]:
    """The students in the order of the page."""
    table = page[page.index('id="students"') :]
    return sorted((name for _, name, _ in PEOPLE if name in table), key=table.index)


def test_the_overview_is_clear_when_nothing_is_wrong(staff) -> None:
    """The landing page says so in words."""
    assert "All clear" in staff.get("/").text


def test_failed_runs_stand_first_and_can_run_again(staff, app, classroom) -> None:
    """The reason is shown to staff, and the button queues the run anew."""
    Browser(app).sign_in(classroom, classroom.student).submit((NOTEBOOK_1, notebook("x = 1")))
    failed = classroom.fail_next()
    page = staff.get("/").text

    assert "no space left on device" in page
    assert "Queued" in staff.send(f"/submissions/{failed}/retry").text


@pytest.mark.usefixtures("results")
def test_results_show_the_distribution_in_a_picture_and_in_numbers(staff) -> None:
    """Median and mean, a labelled histogram, and the same in a table."""
    page = staff.get(RESULTS).text

    assert all(text in page for text in ("Median", "Mean", "Histogram of scores. 3 graded", "9 to 10", "6 to under 7"))


@pytest.mark.usefixtures("results")
def test_results_name_the_students_who_submitted_nothing(staff) -> None:
    """Staff see whom to remind; who submitted does not stand among them, and a narrowed table does not show them."""
    page = staff.get(RESULTS).text
    listed = page[page.index("1 student has submitted nothing") :]

    assert "Ada Lovelace" in listed
    assert "Alan Turing" not in listed
    assert "submitted nothing" not in staff.get(f"{RESULTS}?text=Alan").text


@pytest.mark.usefixtures("results")
def test_results_show_what_the_class_gets_wrong(staff) -> None:
    """Rows by share of students failing, mistakes by students who made them."""
    page = staff.get(RESULTS).text

    assert "The derivative of the activation is left out" in page
    assert "(67 %)" in page


@pytest.mark.usefixtures("results")
def test_a_mistake_leads_to_its_students(staff) -> None:
    """Only those whose answers match it are listed."""
    page = staff.get(f"{RESULTS}?criterion=loss-function&mistake=softmax-before-cross-entropy").text

    assert names(page) == ["Alan Turing"]


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Alan Turing", "Emmy Noether", "Sofia Kovalevskaya"]),
        ("?descending=1", ["Sofia Kovalevskaya", "Emmy Noether", "Alan Turing"]),
        ("?sort=score&descending=1", ["Emmy Noether", "Sofia Kovalevskaya", "Alan Turing"]),
        ("?text=noeth", ["Emmy Noether"]),
        ("?state=queued", []),
    ],
)
def test_students_can_be_sorted_and_filtered(staff, query, expected) -> None:
    """By name, by score, by part of a name, by state."""
    assert expected == names(staff.get(RESULTS + query).text)


def test_long_lists_come_in_pages(staff, app, classroom, monkeypatch) -> None:
    """The next page goes on where the first ended."""
    monkeypatch.setattr("api.pages.instructor.results.PAGE_ROWS", 2)
    for login, name, made in PEOPLE:
        Browser(app).sign_in(classroom, classroom.person(login, name)).submit((NOTEBOOK_1, notebook(login)))
        classroom.grade_next(made)
    first = staff.get(RESULTS).text
    following = first[first.index('id="students"') :].split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = staff.get(RESULTS + following.split("#")[0].replace("&amp;", "&")).text

    assert (names(first), names(second)) == (["Alan Turing", "Emmy Noether"], ["Sofia Kovalevskaya"])


def test_staff_see_everything_in_a_report(staff, results) -> None:
    """Staff's findings, integrity entries, the seed and the phases."""
    page = staff.get(f"/submissions/{results['alan']}").text

    assert all(text in page for text in ("Alan Turing", "hidden probe", "staff only", "os.environ", "8123"))


def test_the_csv_can_be_downloaded(staff, results) -> None:
    """One line for each student, under the names of the columns."""
    answer = staff.get(f"{RESULTS}.csv")

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(results) + 1 == len(answer.text.strip().splitlines())


def test_a_regrade_shows_the_difference_before_it_counts(staff, classroom, results) -> None:
    """Dry run, difference, apply: only the last changes a score."""
    staff.get(f"/assignments/{SLUG}/regrades")
    path = staff.send(f"/assignments/{SLUG}/regrades", reason="tolerance corrected").url.path
    for _ in results:
        classroom.grade_next(report(loss_function=0.5))
    difference = staff.get(path).text
    before = staff.get(f"/submissions/{results['alan']}").text
    staff.get(path)
    applied = staff.send(f"{path}/apply").text
    after = staff.get(f"/submissions/{results['alan']}").text

    assert "Alan Turing" in difference
    assert "Applied regrade" in applied
    assert ('class="score">6<' in before, 'class="score">6.5<' in after) == (True, True)


def test_a_grade_that_was_not_posted_can_be_posted_again(staff, classroom, app) -> None:
    """It needs attention on the landing page, and the button puts it back in line."""
    classroom.gradebook()
    Browser(app).sign_in(classroom, classroom.student).submit((NOTEBOOK_1, notebook("x = 1")))
    classroom.grade_next()
    classroom.give_up_posts()
    page = staff.get("/").text
    action = "/posts/" + page.split('action="/posts/')[1].split('"')[0]
    staff.send(action)

    assert "Line item is gone" in page
    assert "Waiting" in staff.get(RESULTS).text


def test_the_status_page_shows_queues_workers_and_the_sandbox(staff, classroom) -> None:
    """Tier and layers, in words."""
    classroom.worker()
    page = staff.get("/status").text

    assert all(t in page for t in ("worker@lab", "Alive", "Tier: contained", "does not hold", "no writable cgroup"))


@pytest.mark.parametrize("path", ["/status", RESULTS, f"{RESULTS}.csv", f"/assignments/{SLUG}/regrades"])
def test_staffs_pages_are_not_for_students(student, path) -> None:
    """A student gets a page that says so."""
    answer = student.get(path)

    assert (answer.status_code, "This is not for you" in answer.text) == (403, True)
