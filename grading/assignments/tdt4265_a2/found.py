"""Where in a report the answer to a task stands, by headings: "Task 2d", "## task 2 d)", "Oppgave 2d:" or "2d)"."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grading.authoring.written import Find
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

REPORT = "AssignmentReport-Group1.ipynb"
_STARTER = Path(__file__).parent / "starter" / REPORT

_WORD = r"(?:(?:sub)?tasks?|oppgaver?|problem|question|exercise|part|del)"
_HEADING = re.compile(
    rf"^[\W_]*(?:(?P<word>{_WORD})[\s:.]*)?(?P<number>[1-4])\s*[.\-_]?\s*\(?(?P<letter>[a-g])?\s*(?P<end>[)\].:,–-]|$|\s)",
    re.IGNORECASE,
)
_FILL = r"fill\s+in(?:\s+(?:your|the))?(?:\s+(?:answers?|image|figure|plot|here))*"
_BLANK = re.compile(rf"^[\W_]*(?:{_FILL})?[\W_]*$", re.IGNORECASE)


def answer_to(task: str) -> Find:
    """Finds the answer to a task such as "2d".

    Where the letter has no heading of its own, the whole task's text counts; where the report has no headings, all of
    it does: a person can tell.
    """

    def find(source: Source) -> str | None:
        given = _sections(source)
        if not given:
            return None
        for name in (task, task[0]):
            if found := "\n".join(given.get(name, ())).strip():
                return found
        if set(given) <= {""}:
            return "\n".join(given[""]).strip() or None
        return None

    return find


def _sections(source: Source) -> dict[str, list[str]]:
    """The report's lines by task; those of the report skeleton, and blanks to be filled in, are left out."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in _lines(source):
        asked = line.strip() in _asked()
        name, said = _heading(line) or (name, line)
        if said.strip() and not asked and not _BLANK.match(said):
            sections.setdefault(name, []).append(said)
    return sections


def _heading(line: str) -> tuple[str, str] | None:
    """The task that a line opens, and what it says behind that; None for any other line."""
    match = _HEADING.match(line)
    if match is None or not (match["word"] or match["letter"]):
        return None
    if not match["word"] and not (line.lstrip().startswith(("#", "*")) or match["end"].strip() or len(line) < 8):  # noqa: PLR2004 - "2d" alone
        return None
    return match["number"] + (match["letter"] or "").lower(), line[match.end() :]


def _lines(source: Source) -> Iterator[str]:
    for cell in source.cells:
        if cell.kind == "code":
            yield from (line.lstrip("# ") for line in cell.source.split("\n") if line.lstrip().startswith("#"))
        else:
            yield from cell.source.split("\n")


@cache
def _asked() -> frozenset[str]:
    """The lines of the skeleton."""
    source = read_source(SubmittedFile(REPORT, _STARTER.read_bytes()))
    return frozenset(line.strip() for cell in source.cells for line in cell.source.split("\n") if line.strip())
