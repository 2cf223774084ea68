"""Where in a report the answer to a task stands, by headings: "Task 2d", "## task 2 d)", "Oppgave 2d:" or "2d)".

Tasks have a number and a letter. What the course wrote into the report that it hands out is nobody's answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grading.authoring.written import Accepts, Find, ForHuman, Right, Wrong
from grading.domain.submission import SubmittedFile
from grading.programs import Source, holds_pages, read_source

UNREAD = "(The report is a PDF in whose text no answer to this task was found. It may stand in a picture.)"
NOT_ASKED = "(The report has no such task. Not every edition of the sheet asks it.)"

_WORD = r"(?:(?:sub)?tasks?|oppgaver?|problem|question|exercise|part|del)"
_HEADING = re.compile(
    rf"^[\W_]*(?:(?P<word>{_WORD})[\s:.]*)?(?P<number>[1-9])\s*[.\-_]?\s*\(?(?P<letter>[a-g])?\s*(?P<end>[)\].:,–-]|$|\s)",
    re.IGNORECASE,
)
_FILL = r"fill\s+in(?:\s+(?:your|the))?(?:\s+(?:answers?|image|figure|plot|here))*"
_BLANK = re.compile(rf"^[\W_]*(?:{_FILL})?[\W_]*$", re.IGNORECASE)


def answer_to(task: str, skeleton: Path) -> Find:
    """Finds the answer to a task such as "2d".

    Where the letter has no heading of its own, the whole task's text counts; where the report has no headings, all of
    it does: a person can tell. What is not found in a PDF is `UNREAD`: text and pictures come out of it as they may.

    Args:
        task: its number and letter.
        skeleton: the report as the course hands it out.
    """

    def find(source: Source) -> str | None:
        given = _sections(source, skeleton)
        missing = UNREAD if holds_pages(source) else None
        if not given:
            return missing
        for name in (task, task[0]):
            if found := "\n".join(given.get(name, ())).strip():
                return found
        if set(given) <= {""}:
            return "\n".join(given.get("", ())).strip() or missing
        return missing

    return find


def answer_if_asked(task: str, skeleton: Path) -> Find:
    """`answer_to`, for a task that not every edition has: a report with answers and no such heading is `NOT_ASKED`."""
    find = answer_to(task, skeleton)

    def found(source: Source) -> str | None:
        answer = find(source)
        openings = [opening for line in _lines(source) if (opening := _opening(line)) is not None]
        if answer is None and openings and task not in {o.task for o in openings} and _sections(source, skeleton):
            return NOT_ASKED
        return answer

    return found


@dataclass(frozen=True, slots=True)
class Readable:
    """An answer as judged, or for a person where none was found in a PDF.

    Attributes:
        inner: what counts as right.
        key: what a person looks for.
    """

    inner: Accepts
    key: str

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """As the inner one says."""
        return ForHuman((self.key,)) if answer == UNREAD else self.inner.judge(answer)


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line that begins with a task's number.

    Attributes:
        task: "2d", or "2".
        said: what the line says behind it.
        sure: whether it is a heading; else it may be prose that speaks of the task, "Task 2b was hard".
    """

    task: str
    said: str
    sure: bool


def _sections(source: Source, skeleton: Path) -> dict[str, list[str]]:
    """The report's lines by task; those of the report skeleton, and blanks to be filled in, are left out.

    A paragraph that begins with a task's name in the midst of a sentence is that task's answer only where no heading
    names the task; it stays with the heading above it as well.
    """
    lines = list(_lines(source))
    openings = [_opening(line) for line in lines]
    headed = {opening.task for opening in openings if opening is not None and opening.sure}
    sections: dict[str, list[str]] = {}
    name = beside = ""
    for line, opening in zip(lines, openings, strict=True):
        said = line
        if opening is not None and opening.sure:
            name, beside, said = opening.task, "", opening.said
        elif not line.strip():
            beside = ""
        elif opening is not None and opening.task not in headed:
            beside = opening.task
        if said.strip() and line.strip() not in _asked(skeleton) and not _BLANK.match(said):
            for task in {name, beside or name}:
                sections.setdefault(task, []).append(said)
    return sections


def _opening(line: str) -> _Opening | None:
    """The task that a line begins with; None for any other line."""
    match = _HEADING.match(line)
    if match is None or not (match["word"] or match["letter"]):
        return None
    marked = line.lstrip().startswith(("#", "*", "_")) or bool(match["end"].strip())
    if not match["word"] and not (marked or len(line) < 8):  # noqa: PLR2004 - "2d" alone
        return None
    said = line[match.end() :]
    return _Opening(match["number"] + (match["letter"] or "").lower(), said, marked or not said.lstrip()[:1].islower())


def _lines(source: Source) -> Iterator[str]:
    for cell in source.cells:
        if cell.kind == "code":
            yield from (line.lstrip("# ") for line in cell.source.split("\n") if line.lstrip().startswith("#"))
        else:
            yield from cell.source.split("\n")


@cache
def _asked(skeleton: Path) -> frozenset[str]:
    """The lines of the skeleton."""
    source = read_source(SubmittedFile(skeleton.name, skeleton.read_bytes()))
    return frozenset(line.strip() for cell in source.cells for line in cell.source.split("\n") if line.strip())
