"""Reports in PDF. Their text is read in a box, as everything is that strangers wrote and a parser must swallow."""

from collections.abc import Callable, Sequence

from grading.authoring import expect
from grading.domain.errors import AnswerFault
from grading.domain.submission import SubmittedFile
from grading.evaluation.boxes import Box
from grading.programs import Program, Source, is_paper, read_together, with_pages

NAME = "report.pdf"
"""In the box: a student's name for it may be anything."""

LONGEST_LINE = 1000


def read_part(files: Sequence[SubmittedFile], open_box: Callable[[Program], Box]) -> Source:
    """Read what belongs to one part: its notebook or modules, and the pages of a report in PDF behind them.

    A PDF that cannot be read has no pages; the repairs say why.

    Raises:
        NotASubmission, TooLarge: as `read_source`.
        HouseFault: no box.
    """
    papers = [file for file in files if is_paper(file)]
    others = [file for file in files if not is_paper(file)]
    source = read_together(others) if others else Source(papers[0].name, "notebook", ())
    for paper in papers:
        try:
            source = with_pages(source, paper.name, _pages(paper, open_box))
        except AnswerFault as fault:
            why = f"its text could not be read ({type(fault).__name__.lower()}): a person reads it"
            source = with_pages(source, paper.name, (), repair=f"{paper.name}: {why}")
    return source


def _lines(page: object) -> list[str]:
    return [expect.text(line, "a line", length=LONGEST_LINE) for line in expect.sequence(page, "a page")]


def _pages(paper: SubmittedFile, open_box: Callable[[Program], Box]) -> tuple[str, ...]:
    box = open_box(Program(NAME, "definitions", (), files={NAME: paper.content}))
    try:
        box.load()
        pages = expect.sequence(box.drive("pdf_text", NAME), "the pages")
        return tuple("\n".join(_lines(page)) for page in pages)
    finally:
        box.end()
