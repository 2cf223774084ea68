"""The other modules of a submission: laid beside the program that imports them, without what they would run.

An import executes a module from its first line to its last. A student's `task2a.py` whose main guard was removed would
train for an hour because `task2.py` imports it; so a module beside the program is cut down to its definitions as the
program itself is. Lines keep their numbers.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from grading.domain.errors import NotASubmission
from grading.domain.submission import SubmittedFile
from grading.programs.model import Program
from grading.programs.reading import code_text, read_source
from grading.programs.slicing import definitions

MOST = 64
_RUN = re.compile(r"^[ \t]*%run[ \t]+(?:-\S+[ \t]+)*(\S+\.ipynb)\b", re.MULTILINE)
# Answers handed out by the course, and older copies, are never what a program means to import.
ASIDE = frozenset({"solution", "solutions", "starter", "template", "original", "old", "backup", "sample", "samples"})


def modules_beside(program: SubmittedFile, files: Iterable[SubmittedFile]) -> dict[str, bytes]:
    """The modules that lie beside a file submitted, cut down to their definitions.

    Args:
        program: the file that is graded; its folder is where imports look.
        files: the whole submission.

    A notebook is among them where the program runs it (`%run helpers.ipynb`): as a text of Python under its name.

    Returns:
        Texts by path relative to that folder. Folders named as copies or solutions are left out, and so is what
        cannot be read at all.
    """
    folder = PurePosixPath(program.name).parent
    run = {name.strip("'\"") for name in _RUN.findall(code_text(program))}
    found: dict[str, bytes] = {}
    for file in files:
        path = PurePosixPath(file.name)
        if file.name == program.name or not path.is_relative_to(folder):
            continue
        inside = path.relative_to(folder)
        if path.suffix.lower() != ".py" and str(inside) not in run:
            continue
        if any(part.casefold() in ASIDE for part in inside.parts[:-1]) or len(found) == MOST:
            continue
        try:
            found[str(inside)] = text_of(definitions(read_source(file)))
        except NotASubmission:
            continue
    return found


def text_of(program: Program) -> bytes:
    """A module's definitions as one text again, each on the line where the student wrote it."""
    lines: list[str] = []
    for unit in program.units:
        lines += [""] * (unit.first_line - 1 - len(lines))
        body = unit.source.rstrip("\n").split("\n")
        if len(lines) > unit.first_line - 1:
            # Several statements on one line: the rest follows below, where numbers are only nearly right.
            lines += body
        else:
            lines[unit.first_line - 1 :] = body
    return ("\n".join(lines) + "\n").encode()
