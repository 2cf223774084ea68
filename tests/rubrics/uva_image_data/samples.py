"""The assignment's samples, read."""

from functools import cache

from grading.assignments.catalog import BUILT_IN
from grading.assignments.uva_image_data.rubric import FILE
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

SAMPLES = BUILT_IN / "uva_image_data" / "samples"


@cache
def sample(name: str) -> Source:
    """A sample by its folder's name."""
    path = SAMPLES / name / FILE
    return read_source(SubmittedFile(path.name, path.read_bytes()))
