"""A report may be submitted as a PDF where the assignment says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from grading.domain.assignment import Assignment
from grading.domain.errors import NotASubmission
from grading.domain.submission import Submission, SubmittedFile
from grading.intake import match_parts, read_upload, scripts_together
from tests.intake.zips import FIRST, NOTEBOOK, SECOND, assignment

PDF = b"%PDF-1.7\n..."


def with_report() -> Assignment:
    """Two notebooks, of which the second is a report."""
    plain = assignment()
    first, second = plain.files
    return replace(plain, files=(first, replace(second, report=True)))


def belonging(*names: str) -> list[str]:
    """The files that make up the report, of those submitted."""
    files = tuple(SubmittedFile(n, PDF if n.endswith(".pdf") else NOTEBOOK) for n in sorted(names))
    submission = Submission(files)
    matched = match_parts(submission, with_report())
    together = scripts_together(submission, with_report(), matched)
    return [file.name for file in together.get(SECOND, ())]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((FIRST, "anything.pdf"), ["anything.pdf"]),
        (("anything.pdf",), ["anything.pdf"]),
        ((FIRST, SECOND), [SECOND]),
        ((FIRST, SECOND, "group 7.pdf"), [SECOND, "group 7.pdf"]),
        ((FIRST, "feature visualization.pdf", "a sheet.pdf"), ["feature visualization.pdf"]),
    ],
)
def test_the_pdf_is_the_report_or_goes_with_it(names: tuple[str, ...], wanted: list[str]) -> None:
    """Whatever its name; of several the one whose name is nearest."""
    assert sorted(wanted) == sorted(belonging(*names))


def test_elsewhere_a_pdf_alone_is_refused() -> None:
    """Where no report is expected there is nothing in it to grade."""
    assert read_upload([("report.pdf", PDF)], with_report()).files[0].name == "report.pdf"
    with pytest.raises(NotASubmission, match="no notebook"):
        read_upload([("report.pdf", PDF)], assignment())


def test_what_only_says_that_it_is_a_pdf_is_refused() -> None:
    """The student hears of it at once."""
    with pytest.raises(NotASubmission) as refused:
        read_upload([("report.pdf", b"<html>not found</html>")], with_report())

    assert refused.value.code == "not-a-pdf"
    assert Path(str(refused.value.file)).name == "report.pdf"
