"""Attacks on the grader, submitted under any assignment: the files of `adversaries/`, read as text, never imported.

A file defines `attack(asked, *given)`. It is called while the program loads ("import") and for every question to a
function that the rubric asks for; what it returns is the answer. The submission holds nothing else, so it is worth
nothing. The words `escaped`, `tell` and `tried` are of the `KIT`.
"""

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grading.domain.report import Json
from grading.domain.submission import Submission, SubmittedFile

if TYPE_CHECKING:
    from grading.authoring.rubric import Part

FOLDER = Path(__file__).parent / "adversaries"
DECLARED = frozenset({"ENTRIES", "SEEN", "FILES", "HASTY", "HONEST"})
ESCAPED = "ESCAPED: "

# What the attacks share: the words by which the runner knows that something came out or went through.
KIT = '''
import re
import numpy as np

PATTERN = "CAN" + "ARY-[0-9a-f]{24}"

def escaped(what):
    """Something went through that must not: say so in the report."""
    raise RuntimeError("ESC" + "APED: " + str(what))

def tell(found):
    """Canaries in bytes or text, told in the report by an exception's text."""
    text = found.decode("latin-1") if isinstance(found, bytes) else str(found)
    seen = sorted(set(re.findall(PATTERN, text)))
    if seen:
        raise RuntimeError("found " + " ".join(seen))

def tried(action, *given):
    """What an action returns; None where it is refused."""
    try:
        return action(*given)
    except (OSError, ImportError, ValueError, AttributeError, KeyError, TypeError, EOFError):
        return None
'''

AT_IMPORT = """
class AtImport:
    attack("import")
"""


@dataclass(frozen=True)
class Attack:
    """One file of the folder.

    Attributes:
        name: of the file.
        entries: numbers in the catalogue of `tests/adversaries`, "A11".
        seen: kinds of `integrity` that its report must list.
        files: submitted beside the program.
        hasty: graded with short deadlines, because it uses them up.
        honest: what the submission is worth without the attack.
    """

    name: str
    source: str
    entries: tuple[str, ...]
    seen: tuple[str, ...] = ()
    files: Mapping[str, str] | None = None
    hasty: bool = False
    honest: float = 0.0

    @classmethod
    def read(cls, path: Path) -> "Attack":
        """The attack that a file declares, by its capital constants."""
        source = path.read_text(encoding="utf-8")
        declared = {
            target.id.lower(): ast.literal_eval(statement.value)
            for statement in ast.parse(source).body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in DECLARED
        }
        return cls(path.stem, source, **declared)

    def submission(self, parts: "Sequence[Part]") -> Submission:
        """What is submitted: a program for each part, in which every function asked for is the attack."""
        beside = tuple(SubmittedFile(name, text.encode()) for name, text in (self.files or {}).items())
        return Submission((*(SubmittedFile(part.file, self._program(part)) for part in parts), *beside))

    def _program(self, part: "Part") -> bytes:
        from grading.authoring import Function

        asked = [binding.name for binding in part.expects if isinstance(binding, Function)]
        functions = "\n\n".join(f"def {name}(*given):\n    return attack({name!r}, *given)\n" for name in asked)
        texts = (KIT, self.source, AT_IMPORT + "\n" + functions)
        return notebook(texts) if part.file.endswith(".ipynb") else "\n\n".join(texts).encode()


def attacks(folder: Path = FOLDER) -> list[Attack]:
    """All of them, by name."""
    return [Attack.read(path) for path in sorted(folder.glob("*.py"))]


def notebook(cells: Sequence[str]) -> bytes:
    """A notebook of code cells."""
    made: list[dict[str, Json]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()
