"""A student's way through the service, in a real browser, with scripts and without."""

import base64

from playwright.sync_api import expect

from tests.pages.classroom import NOTEBOOK_1, NOTEBOOK_2, SLUG, notebook

TITLE = "Vanishing Gradients and Feature Visualization"
DROP = """
([name, content]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}
"""


def chosen(*names: str) -> list[dict[str, object]]:
    """Notebooks as a file chooser gives them."""
    return [{"name": name, "mimeType": "application/json", "buffer": notebook(f"name = {name!r}")} for name in names]


def read_report(page) -> None:
    """The score, the named mistake, its evidence and the figures are on the page."""
    expect(page.get_by_text("6 / 10").first).to_be_visible()
    expect(page.get_by_text("3 of 8 rows need another look.", exact=True)).to_be_visible()
    row = page.locator("#row-backward-pass")
    expect(row.get_by_text("Looks like: the derivative of the activation is left out")).to_be_visible()
    row.get_by_text("Details of dW1").click()
    expect(row.get_by_role("row", name="Shape of your answer")).to_contain_text("2 × 50")
    figure = page.get_by_role("img", name="Decision boundary with sigmoid. The reference.")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_js_property("complete", value=True)
    assert figure.evaluate("image => image.naturalWidth") == 480


def test_a_notebook_by_the_file_chooser_is_watched_until_it_is_graded(window, classroom, start_grading) -> None:
    """Queued, running and graded follow each other on the page without a reload."""
    page = window().sign_in(classroom.student).page
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_label("Drop your files here, or choose them").set_input_files(chosen(NOTEBOOK_1, NOTEBOOK_2))
    expect(page.get_by_role("list", name="Chosen files")).to_contain_text(NOTEBOOK_2)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Queued, 1st in line")).to_be_visible()
    page.evaluate("window.notReloaded = true")
    start_grading()

    expect(page.locator("main").get_by_text("Running your code")).to_be_visible()
    read_report(page)
    expect(page.locator("#said")).to_contain_text("Graded: 6 of 10.")
    assert page.evaluate("window.notReloaded")


def test_a_notebook_can_be_dropped_on_the_page(window, classroom, start_grading) -> None:
    """Dropped files are listed, one can be taken back, the rest is submitted."""
    start_grading()
    page = window().sign_in(classroom.student).page
    page.goto(f"/assignments/{SLUG}")
    for name in (NOTEBOOK_1, NOTEBOOK_2):
        page.evaluate(DROP, [name, base64.b64encode(notebook(name)).decode()])
    listed = page.get_by_role("list", name="Chosen files")
    expect(listed.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name=f"Remove {NOTEBOOK_2}").click()
    expect(listed.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Submit").click()

    read_report(page)
    expect(page.get_by_role("region", name="Receipt")).to_contain_text(NOTEBOOK_1)
    expect(page.get_by_role("region", name="Receipt")).not_to_contain_text(NOTEBOOK_2)


def test_everything_works_without_scripts(window, classroom, start_grading) -> None:
    """Sign in, submit, wait, read: the same with scripts turned off."""
    start_grading()
    page = window(java_script_enabled=False).sign_in(classroom.student).page
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_label("Choose your files").set_input_files(chosen(NOTEBOOK_1))
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Running your code").or_(page.get_by_text("Queued, 1st in line"))).to_be_visible()

    expect(page.get_by_text("6 / 10").first).to_be_visible()
    expect(page.get_by_text("Looks like: the derivative of the activation is left out")).to_be_visible()
    expect(page.get_by_role("img", name="Decision boundary with sigmoid. The reference.")).to_be_attached()


def test_what_cannot_be_taken_is_explained_beside_the_form(window, classroom) -> None:
    """A broken notebook is refused in words, and the form is still there."""
    opened = window().sign_in(classroom.student)
    page = opened.page
    page.goto(f"/assignments/{SLUG}")
    page.locator("#files").set_input_files([{"name": NOTEBOOK_1, "mimeType": "text/plain", "buffer": b"{ broken"}])
    page.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("alert")).to_contain_text(NOTEBOOK_1)
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()
    assert all("status of 422" in complaint for complaint in opened.complaints)
    opened.complaints.clear()


def test_too_large_files_are_pointed_out_before_the_upload(window, classroom) -> None:
    """The limit is said while the files are chosen."""
    page = window().sign_in(classroom.student).page
    page.goto(f"/assignments/{SLUG}")
    page.locator("#files").set_input_files([{"name": NOTEBOOK_1, "mimeType": "text/plain", "buffer": b" " * (2 << 20)}])

    expect(page.get_by_text("Together 2.0 MB; at most 1.0 MB are taken.")).to_be_visible()


def test_the_keyboard_is_enough(window, classroom, start_grading) -> None:
    """A closed row opens by keyboard, and the first stop is the way to the content."""
    start_grading()
    page = window().sign_in(classroom.student).page
    page.goto(f"/assignments/{SLUG}")
    page.locator("#files").set_input_files(chosen(NOTEBOOK_1))
    page.get_by_role("button", name="Submit").press("Enter")
    expect(page.get_by_text("6 / 10").first).to_be_visible()
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    passed = page.locator("#row-forward-pass summary")
    passed.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("The first loss is that of a three-layer network")).to_be_visible()
