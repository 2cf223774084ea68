"""Reports in PDF: their text, page by page. A parser fed by strangers has no better place than the box."""

from ..program.state import ProgramState
from . import driver

MOST_PAGES = 80
MOST_LINES = 400
LONGEST_LINE = 1000


@driver("pdf_text")
def pdf_text(program: ProgramState, name: str) -> list[list[str]]:
    """The lines of each page of a PDF that lies beside the program; none for a page that holds pictures only."""
    import pypdf  # only few submissions hold one

    pages = pypdf.PdfReader(program.work / name).pages
    texts = [pages[n].extract_text() for n in range(min(len(pages), MOST_PAGES))]
    return [[line[:LONGEST_LINE] for line in text.splitlines()[:MOST_LINES]] for text in texts]
