"""An instructor's way through the results, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.pages.classroom import NOTEBOOK_1, SLUG, notebook, report
from tests.pages.conftest import Browser


@pytest.fixture
def reports(classroom):
    """Two students with reports."""
    from api.app import create_app

    app = create_app(classroom.settings, classroom.assignments)
    for login, name, made in (("alan", "Alan Turing", report()), ("emmy", "Emmy Noether", report(backward_pass=2.0))):
        Browser(app).sign_in(classroom, classroom.person(login, name)).submit((NOTEBOOK_1, notebook(login)))
        classroom.grade_next(made)


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_mistake_to_the_report_of_a_student(window, classroom, scripts) -> None:
    """Overview, results, the mistake's students, one report with what only staff see."""
    page = window(java_script_enabled=scripts).sign_in(classroom.staff).page
    expect(page.get_by_text("All clear")).to_be_visible()
    page.get_by_role("link", name="Vanishing Gradients and Feature Visualization", exact=True).click()
    expect(page.get_by_role("img", name="Histogram of scores. 2 graded")).to_be_visible()
    page.get_by_role("link", name="The derivative of the activation is left out").click()
    students = page.locator("section[aria-labelledby=students]")
    expect(students).to_contain_text("Alan Turing")
    expect(students).not_to_contain_text("Emmy Noether")
    page.get_by_role("link", name="Alan Turing").click()

    expect(page.get_by_role("heading", name="Integrity")).to_be_visible()
    expect(page.get_by_text("staff only").first).to_be_visible()


@pytest.mark.usefixtures("reports")
def test_a_dry_run_fills_up_while_one_watches(window, classroom) -> None:
    """The difference grows on the open page and is applied by its button."""
    page = window().sign_in(classroom.staff).page
    page.goto(f"/assignments/{SLUG}/regrades")
    page.get_by_label("Reason").fill("tolerance corrected")
    page.get_by_role("button", name="Start a dry run").click()
    expect(page.get_by_role("heading", name="0 of 2 graded again")).to_be_visible()
    for _ in range(2):
        classroom.grade_next(report(loss_function=0.5))
    expect(page.get_by_role("heading", name="2 of 2 graded again")).to_be_visible()
    page.get_by_role("button", name="Apply").click()

    expect(page.get_by_role("heading", name="Applied regrade")).to_be_visible()


def test_the_apis_documentation_shows_its_routes(window, classroom) -> None:
    """The interactive description draws itself from files of this service alone."""
    page = window().sign_in(classroom.staff).page
    page.goto("/api/docs")

    expect(page.get_by_text("/api/v1/submissions/{submission_id}/report").first).to_be_visible()
