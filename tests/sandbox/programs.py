"""Student programs for tests, without the room that parses them."""

from collections.abc import Mapping
from textwrap import dedent

from grading.sandbox.answers import PlainProgram, PlainUnit


def program(*sources: str, mode: str = "definitions", files: Mapping[str, bytes] | None = None) -> PlainProgram:
    """A program with one cell for each source."""
    units = tuple(PlainUnit(f"cell {i}", dedent(source).strip("\n")) for i, source in enumerate(sources, start=1))
    return PlainProgram("student.ipynb", mode, units, files or {})
