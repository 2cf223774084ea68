"""Reports in PDF, in a real box: numbers are read from their text, what is not found there goes to a person."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure

from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig

SKELETON = Path(__file__).resolve().parents[3] / "grading/assignments/tdt4265_a2/starter/AssignmentReport-Group1.ipynb"
PAGES = (
    "Task 2a\n\nMean: 33.55, standard deviation 78.88.\n\nTask 2d\n\n785*64 + 64*10 = 50,816 parameters.",
    "Task 3\n\nIt converges faster.\n\nTask 4a\n\nIt under-fits.",
)

pytestmark = pytest.mark.box


def pdf_of(*pages: str) -> bytes:
    """A PDF whose text can be read."""
    made = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(made) as out:
        for page in pages:
            figure = Figure()
            FigureCanvasPdf(figure)
            figure.text(0.05, 0.95, page, va="top")
            out.savefig(figure)
    return made.getvalue()


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge at work."""
    with Judge.start(JudgeConfig(warm=False)) as started:
        yield started


def rows(judge: Judge, **files: bytes) -> dict[str, Any]:
    """The report's rows on files submitted, by id."""
    named = {name.replace("_", "."): content for name, content in files.items()}
    submission = Submission(tuple(SubmittedFile(name, content) for name, content in named.items()))
    report = judge.grade(submission, "tdt4265-a2", seed=1).report.to_json()
    assert report["final"]
    return {row["id"]: row for row in report["criteria"]}


def test_numbers_are_read_from_a_pdf_beside_an_untouched_skeleton(judge: Judge) -> None:
    """The skeleton's notebook is nobody's report where a PDF is submitted with it, whatever the PDF's name."""
    found = rows(judge, group7_pdf=pdf_of(*PAGES), AssignmentReport_ipynb=SKELETON.read_bytes())

    assert found["task-2a-report"]["status"] == "passed"
    assert found["task-2d"]["status"] == "failed"
    assert "biases are left out" in found["task-2d"]["findings"][0]["message"]
    assert found["task-4a-report"]["status"] == "manual"


def test_what_a_pdf_does_not_say_in_text_goes_to_a_person(judge: Judge) -> None:
    """An answer may stand in a picture, so that a person looks before points are lost."""
    assert rows(judge, report_pdf=pdf_of(*PAGES))["task-4d"]["status"] == "manual"
    assert rows(judge, report_pdf=pdf_of(""))["task-2d"]["status"] == "manual"


def test_a_pdf_that_cannot_be_read_goes_to_a_person(judge: Judge) -> None:
    """A broken file stops nothing and costs nothing by itself."""
    found = rows(judge, report_pdf=b"%PDF-1.7\n" + pdf_of(*PAGES)[40:400])

    assert {row["status"] for row in found.values() if row["id"].startswith("task-4d")} == {"manual"}
