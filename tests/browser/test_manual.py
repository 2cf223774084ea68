"""Marking answers in a real browser: from the keyboard alone, with no page load between two answers."""

from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from grading.store import comments
from grading.store.tables import Offering
from tests.browser.conftest import Served, Window
from tests.browser.test_accessibility import LOOKS, RULES
from tests.manual.hall import ESSAY, Hall, notebook
from tests.manual.test_marking import give

QUEUE = f"/assignments/{ESSAY}/manual"
COUNT = 15


@pytest.fixture
def served(tmp_path):
    """The essay, served; fifteen students have submitted two answers each."""
    hall = Hall(tmp_path, worker_queues=("cpu",), worker_concurrency=1, sweep_s=0.5)
    hall.crowd(COUNT)
    service = Served(hall)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def hall(served) -> Hall:
    """The course."""
    return served.classroom


def test_thirty_answers_are_marked_by_keyboard_without_loading_a_page(window, hall) -> None:
    """Digits give points, c writes a comment, Enter goes on; the mouse is never used and no document is loaded."""
    page = window().sign_in(hall.staff).page
    page.goto(QUEUE)
    documents: list[str] = []
    page.on("request", lambda request: documents.append(request.url) if request.is_navigation_request() else None)
    page.evaluate("window.notReloaded = true")
    for number in range(2 * COUNT):
        expect(page.locator("[data-progress]")).to_have_text(f"{number} of {2 * COUNT} marked")
        before = page.locator("#marking").get_attribute("data-item")
        if number == 0:
            for key in "1.5":
                page.keyboard.press(key)
            page.keyboard.press("Shift+Digit1")
            page.keyboard.press("c")
            page.keyboard.type("Say why.")
            page.keyboard.press("Tab")
            page.keyboard.press("Space")
        elif number == 1:
            page.keyboard.press("r")
            page.keyboard.press("1")
        else:
            page.keyboard.press("f" if number % 2 else "1")
        page.keyboard.press("Enter")
        page.wait_for_function("before => document.getElementById('marking').dataset.item !== before", arg=before)

    expect(page.get_by_text("30 of 30 answers are marked")).to_be_visible()
    assert page.evaluate("window.notReloaded")
    assert documents == []
    items = hall.queue(hall.staff)
    assert {item.state for item in items} == {"given"}
    given = [hall.stored(item.submission_id).body["criteria"] for item in items]
    rows = [row["judgement"] for rows in given for row in rows if "judgement" in row]
    assert sorted({(row["points"], row["comment"]) for row in rows}) == [(1.0, ""), (1.5, "Say why."), (2.0, "")]
    assert any(row["covered"] for row in rows)


def test_next_previous_help_and_taking_back_have_keys(window, hall) -> None:
    """What was begun is there again when one comes back; keys can be switched off."""
    page = window().sign_in(hall.staff).page
    page.goto(QUEUE)
    queue, points = page.locator("#marking"), page.get_by_label("Points of 2")
    first = queue.get_attribute("data-item")
    page.keyboard.press("2")
    page.keyboard.press("j")
    expect(queue).not_to_have_attribute("data-item", first)
    expect(points).to_have_value("")
    page.keyboard.press("k")
    expect(queue).to_have_attribute("data-item", first)
    expect(points).to_have_value("2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-progress]")).to_have_text("1 of 30 marked")
    page.goto(f"{QUEUE}?view=all&item={first}")
    page.keyboard.press("u")
    expect(page.locator("[data-progress]")).to_have_text("0 of 30 marked")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Use these keys").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("2")

    expect(points).to_have_value("")


def test_it_all_works_without_scripts(window, hall) -> None:
    """The same forms and links load pages."""
    page = window(java_script_enabled=False).sign_in(hall.staff).page
    page.goto(QUEUE)
    page.get_by_label("Points of 2").fill("1.5")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("[data-progress]")).to_have_text("1 of 30 marked")
    page.get_by_role("link", name="Next").click()

    expect(page.get_by_text("2 of 29").first).to_be_visible()


def test_points_that_are_too_many_are_refused_on_the_page(window, hall) -> None:
    """The form stays, with what was typed."""
    opened = window().sign_in(hall.staff)
    page = opened.page
    page.goto(QUEUE)
    page.get_by_label("Points of 2").fill("7")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
    expect(page.get_by_label("Points of 2")).to_have_value("7")
    assert all("status of 422" in complaint for complaint in opened.complaints)
    opened.complaints.clear()


def test_a_disagreement_is_settled_with_a_key(window, hall) -> None:
    """Both marks are on the page; s makes the points that are typed there count."""
    item = hall.queue(hall.staff, criterion="symmetry")[0]
    give(hall, hall.staff, item, "2")
    give(hall, hall.second, item, "0.5")
    page = window().sign_in(hall.staff).page
    page.goto(f"{QUEUE}?view=disputed")
    expect(page.get_by_text("0.5 by alan")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("s")
    expect(page.get_by_text("No answer in this view.")).to_be_visible()

    assert [one.state for one in hall.queue(hall.staff) if one.id == item.id] == ["settled"]


LONG = """# In short

$$\\frac{\\partial L}{\\partial w_{ij}} = \\sum_{n=1}^{N} \\delta_j^{(n)} a_i^{(n)} = 0$$

| a | b |
|-|-|
| 1 | 2 |
"""


@pytest.fixture
def disputed(hall) -> str:
    """A long answer that two people marked differently; a comment that is kept; the submission's id."""
    handed = hall.submit(hall.student, notebook(LONG + "\n\n".join(["A paragraph of words. " * 20] * 30)))
    item = next(one for one in hall.queue(hall.staff, criterion="symmetry") if one.submission_id == handed)
    give(hall, hall.staff, item, "2", comment="It names $w_{ij}$.")
    give(hall, hall.second, item, "0.5", comment="The gradients are missing.")
    with hall.database.write() as db:
        offering = db.get_one(Offering, hall.essay_id)
        comments.keep(db, hall.caller(hall.staff), offering, "symmetry", text="Say why.", points=Decimal(1))
    return handed


def test_a_long_answer_is_there_whole(window, hall, disputed) -> None:
    """No formula is cut off, however much stands below it."""
    for look in ("light", "phone"):
        page = window(**LOOKS[look]).sign_in(hall.staff).page
        for path in (f"{QUEUE}?view=disputed", f"/submissions/{disputed}"):
            page.goto(path)
            block = page.locator(".math.block").first
            expect(block).to_be_visible()
            cut = block.evaluate("e => e.querySelector('math').getBoundingClientRect().height - e.clientHeight")

            assert cut <= 1


@pytest.mark.parametrize("look", LOOKS)
def test_the_queue_breaks_no_rule(chromium, served, hall, disputed, look) -> None:
    """Axe finds nothing, with mathematics, key points, comments and a disagreement on the page."""
    found = []
    window = Window(chromium, served, bypass_csp=True, **LOOKS[look]).sign_in(hall.staff)
    for path, there in (
        (QUEUE, "Key points"),
        (f"{QUEUE}?view=disputed", "You disagree."),
        (f"{QUEUE}/trail", "The gradients are missing."),
        (f"/submissions/{disputed}", "Marked by a person: alan, grace"),
    ):
        window.page.goto(path)
        expect(window.page.get_by_text(there).first).to_be_visible()
        violations = Axe().run(window.page, options=RULES).response["violations"]
        found += [(path, one["id"], [node["target"] for node in one["nodes"]][:4]) for one in violations]
        wide = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, "wider than the window", wide))
    window.context.close()

    assert found == []
