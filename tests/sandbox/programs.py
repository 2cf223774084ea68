"""Student programs for tests, without the room that parses them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from grading.domain.report import Json


@dataclass(frozen=True, slots=True)
class Unit:
    """One cell."""

    label: str
    source: str
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Program:
    """A program of one or more cells: `ProgramLike`."""

    name: str
    mode: str
    units: tuple[Unit, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    long_loop: int | None = None
    options: Mapping[str, Json] = field(default_factory=dict)


def program(*sources: str, mode: str = "definitions", files: Mapping[str, bytes] | None = None) -> Program:
    """A program with one cell for each source."""
    units = tuple(Unit(f"cell {i}", dedent(source).strip("\n")) for i, source in enumerate(sources, start=1))
    return Program("student.ipynb", mode, units, files or {})
