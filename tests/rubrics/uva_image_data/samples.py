"""The assignment's samples, read."""

from functools import cache
from pathlib import Path

from grading.assignments.uva_image_data import notebook
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

SAMPLES = Path(notebook.__file__).parent / "samples"


@cache
def sample(name: str) -> Source:
    """A sample by its folder's name."""
    path = SAMPLES / name / notebook.FILE
    return read_source(SubmittedFile(path.name, path.read_bytes()))
