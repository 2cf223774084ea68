"""Student programs as text: notebooks and modules are read, sliced and rewritten here, and never executed.

The way of a file::

    bytes ── read_source ──► Source        cells; magics translated as IPython does; what does not parse says why
                               │
                 ┌─────────────┼──────────────┐
            definitions      whole       identifiers, normalized
                 ▼             ▼              ▼
              Program       Program      names, a digest
        (imports, functions, (cells in      (whether it is an
         classes and what    order, loops   untouched starter)
         they need)          shortened)

Three rules hold everywhere in the room. Text is edited, never regenerated from a syntax tree, so that every line keeps
its number and its comments. Whatever is skipped, mended or overridden is written down as a *repair* for the report.
And nothing a student can write makes a function here raise anything but `NotASubmission`, or take longer than its size
warrants.
"""

from grading.programs.beside import modules_beside
from grading.programs.describing import identifiers, normalized, told
from grading.programs.model import (
    Broken,
    Cell,
    Definition,
    Mode,
    Program,
    Source,
    StoredOutput,
    Unit,
)
from grading.programs.papers import holds_pages, is_paper, with_pages
from grading.programs.reading import read_source, read_together
from grading.programs.running import whole
from grading.programs.slicing import definitions

__all__ = [
    "Broken",
    "Cell",
    "Definition",
    "Mode",
    "Program",
    "Source",
    "StoredOutput",
    "Unit",
    "definitions",
    "holds_pages",
    "identifiers",
    "is_paper",
    "modules_beside",
    "normalized",
    "read_source",
    "read_together",
    "told",
    "whole",
    "with_pages",
]
