"""Reports in PDF as sources: each page is a cell of text. Whoever parses the PDF does so in a box."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from grading.domain.submission import SubmittedFile
from grading.programs.model import Cell, Source

SUFFIX = ".pdf"
MAGIC = b"%PDF-"
SEARCHED = 1024
"""Bytes in which a PDF's first line may begin."""


def is_paper(file: SubmittedFile) -> bool:
    """Whether a file is submitted as a PDF."""
    return PurePosixPath(file.name).suffix.lower() == SUFFIX


def with_pages(source: Source, name: str, pages: Sequence[str], *, repair: str = "") -> Source:
    """A source with a report's pages behind its cells.

    Args:
        source: to go on from.
        name: of the PDF; each page's `origin`.
        pages: their texts. Without any, one empty page stands for those that could not be read.
        repair: what is to be said about it.
    """
    first = len(source.cells) + 1
    cells = [Cell(n, "markdown", text, None, None, origin=name) for n, text in enumerate(pages or ("",), first)]
    return replace(
        source, cells=(*source.cells, *cells), repairs=(*source.repairs, repair) if repair else source.repairs
    )


def holds_pages(source: Source) -> bool:
    """Whether pages of a PDF are part of a source."""
    return any(cell.origin.lower().endswith(SUFFIX) for cell in source.cells)
