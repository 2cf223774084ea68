"""Reading what was submitted: shown to staff, and harmless."""

import re

import nbformat
import pytest

from api.pages.views.reading import NotShown, readable
from tests.pages.classroom import NOTEBOOK_1, notebook

pytestmark = pytest.mark.slow
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="https://elsewhere.example/x.png" onerror="alert(1)">',
    '<a href="javascript:alert(1)">here</a>',
    '<iframe src="https://elsewhere.example"></iframe><object data="x"></object><form action="/sign-out"></form>',
    "<svg onload=alert(1)><style>@import 'https://elsewhere.example'</style></svg>",
    "[here](javascript:alert(1)) ![there](https://elsewhere.example/x.png)",
)


def hostile_notebook() -> bytes:
    """Every trick, as Markdown, as an HTML output and as an output's plain text."""
    v4 = nbformat.v4
    cells = [v4.new_markdown_cell(trick) for trick in HOSTILE]
    outputs = [v4.new_output("display_data", {"text/html": trick, "image/svg+xml": trick}) for trick in HOSTILE]
    outputs += [v4.new_output("stream", text=trick) for trick in HOSTILE]
    outputs.append(v4.new_output("display_data", {"application/javascript": "alert(1)", "text/plain": "js"}))
    cells.append(v4.new_code_cell("print('<script>')", outputs=outputs))
    return nbformat.writes(v4.new_notebook(cells=cells)).encode()


def test_a_notebook_keeps_its_code_and_loses_its_scripts():
    """Nothing that runs or calls elsewhere is left as markup; code and words are still there."""
    shown = readable("a.ipynb", hostile_notebook())
    tags = re.findall(r"<[a-zA-Z][^>]*>", shown)

    assert not [tag for tag in tags if re.match(r"<(script|iframe|object|form|svg|link|base)\b", tag)]
    assert not [tag for tag in tags if re.search(r"\son\w+\s*=|javascript:", tag)]
    assert "print" in shown
    assert "here" in shown


def test_a_module_is_shown_as_its_text():
    """Markup in a module is text."""
    assert "&lt;b&gt;" in readable("a.py", b"x = '<b>'\n")


@pytest.mark.parametrize("content", [b"{", b'{"cells": 1, "nbformat": 4}', b"\xff"])
def test_what_cannot_be_read_is_said(content):
    """A broken notebook is one sentence, not a fault."""
    with pytest.raises(NotShown, match="cannot be shown"):
        readable("a.ipynb", content)


def test_staff_read_in_a_frame_that_can_do_nothing(student, staff):
    """The frame has no scripts, no origin and no network; students have the download only."""
    student.submit((NOTEBOOK_1, notebook("x = 41 + 1")))
    path = re.search(r"/submissions/[\w-]+", student.page)[0]
    page = staff.get(f"{path}/files/0/read")
    contents = staff.get(f"{path}/files/0/contents")
    policy = contents.headers["Content-Security-Policy"]

    assert 'sandbox src="' in page.text
    assert "41" in contents.text
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert {student.get(f"{path}/files/0/{what}").status_code for what in ("read", "contents")} == {403}


def test_staff_of_another_course_find_nothing(student, staff):
    """A number that is not there, or not theirs, is not found."""
    student.submit((NOTEBOOK_1, notebook("x = 1")))
    path = re.search(r"/submissions/[\w-]+", student.page)[0]

    assert staff.get(f"{path}/files/7/contents").status_code == 404
