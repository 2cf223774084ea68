"""No page breaks WCAG 2.2 A or AA: in light, in dark, and as narrow as a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.classroom import NOTEBOOK_1, NOTEBOOK_2, SLUG, notebook, report
from tests.pages.conftest import Browser

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}


@pytest.fixture
def pages(classroom):
    """Addresses of every kind of page, by who reads it."""
    from api.app import create_app

    app = create_app(classroom.settings, classroom.assignments)
    student = Browser(app).sign_in(classroom, classroom.student)
    other = Browser(app).sign_in(classroom, classroom.person("alan", "Alan Turing"))
    files = ((NOTEBOOK_1, notebook("a = 1")), (NOTEBOOK_2, notebook("b = 1")))
    classroom.gradebook()
    classroom.worker()
    student.submit(*files)
    classroom.grade_next(report(forward_pass=0.0))
    graded = student.submit(*files).url.path
    odd = report()
    odd["pending_points"] = 1.0
    for row, status in zip(odd["criteria"], ("passed", "error", "failed", "not_submitted", "manual"), strict=False):
        row["status"] = status
    classroom.grade_next(odd)
    classroom.give_up_posts()
    other.submit(*files)
    failed = classroom.fail_next()
    staff = Browser(app).sign_in(classroom, classroom.staff)
    staff.get(f"/assignments/{SLUG}/regrades")
    difference = staff.send(f"/assignments/{SLUG}/regrades", reason="try").url.path
    classroom.grade_next(report(loss_function=0.5))
    waiting = student.submit(*files).url.path
    return {
        None: ["/sign-in", f"/sign-in/{classroom.link(classroom.student)}", "/sign-in/unknown", "/nothing"],
        classroom.student: ["/", f"/assignments/{SLUG}", graded, waiting],
        classroom.staff: [
            "/",
            f"/assignments/{SLUG}/results",
            f"/assignments/{SLUG}/regrades",
            difference,
            graded,
            f"/submissions/{failed}",
            "/status",
        ],
    }


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_breaks_a_rule(chromium, served, pages, look) -> None:
    """Axe finds nothing, and no page is wider than the window."""
    from tests.browser.conftest import Window

    found = []
    for person, paths in pages.items():
        window = Window(chromium, served, bypass_csp=True, **LOOKS[look])
        if person is not None:
            window.sign_in(person)
        for path in paths:
            window.page.goto(path)
            for violation in Axe().run(window.page, options=RULES).response["violations"]:
                places = [node["target"] for node in violation["nodes"]][:4]
                found.append((path, violation["id"], violation["help"], places))
            wide = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                found.append((path, "wider than the window", wide))
        window.context.close()

    assert found == []
