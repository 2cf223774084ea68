"""Answers that do not stand where they were asked for: in cells of another kind, under no question, under another's.

What is found this way is for a person, and says in front why. A machine that cannot tell whether something is an answer
must not say that there is none.
"""

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from grading.authoring.written import Find
from grading.checks.answers import Question, answer, asked_in, own_lines
from grading.programs import Cell, Source
from grading.programs.syntax import parse

LONGEST = 12_000
LEAST_WORDS = 4
LABEL = re.compile(
    r"[\W_]*(?:(?:assignment|question|answer|task|q|a)[\W_]*)?(?P<number>\d+\.\d+)(?![\d.]*\d)", re.IGNORECASE
)
"""A number of two parts at a line's start: one part may number anything."""
WORDS = re.compile(r"[^\W\d_]{2,}")
CODE_LIKE = re.compile(r"(?m)[=\[\]{}]|\w\(|^\s*[!%]|^\s*(?:import|def|print)\b|^\s*from\s+\S+\s+import\b")
UNDER_ANOTHER = "(Found under another question, by its number.)\n\n"
NO_PLACE = "(The question was not found in the notebook; this is all that was written in it.)\n\n"


def or_misplaced(question: Question, given: frozenset[str]) -> Find:
    """The answer in its place; else, for a person, what stands under its number elsewhere, or where its place is gone.

    Args:
        question: with numbers that no two questions share.
        given: `given_lines` of the starters.
    """
    placed = answer(question, given)

    def found(source: Source) -> str | None:
        text = as_text(source)
        if (told := placed(text)) is not None:
            return told
        own = own_lines(text, given)
        if (told := _labelled([line for line, opens in own if not opens], question.numbers)) is not None:
            return UNDER_ANOTHER + told
        if own and not asked_in(text, question, given):
            return NO_PLACE + "\n".join(line for line, _ in own)[:LONGEST]
        return None

    return found


@lru_cache(maxsize=4)
def as_text(source: Source) -> Source:
    """The notebook with prose in cells of another kind read as text: raw cells, comments, what is no Python."""
    return replace(source, cells=tuple(_as_text(cell) for cell in source.cells))


def _as_text(cell: Cell) -> Cell:
    if cell.kind == "raw":
        return replace(cell, kind="markdown")
    prose = _prose(cell) if cell.kind == "code" else None
    return cell if prose is None else replace(cell, kind="markdown", source=prose)


def _prose(cell: Cell) -> str | None:
    """What a code cell says where it holds no code: only comments, only a text in quotes, or words."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    if lines and all(line.startswith("#") for line in lines):
        said = "\n".join(line.lstrip("#").strip() for line in lines)
    else:
        said = _quoted(cell.source)
    return said if len(WORDS.findall(said)) >= LEAST_WORDS else None


def _quoted(code: str) -> str:
    """The text that is all of a cell, or the cell itself where it is no Python and looks like none; else ""."""
    tree = parse(code).tree
    if tree is None:
        return "" if CODE_LIKE.search(code) else code
    match tree.body:
        case [ast.Expr(value=ast.Constant(value=str() as text))]:
            return text
    return ""


def _labelled(own: Sequence[str], numbers: Collection[str]) -> str | None:
    """What stands behind one of these numbers at a line's start, up to the next such number."""
    labels = [found["number"] if (found := LABEL.match(line)) else "" for line in own]
    start = next((at for at, label in enumerate(labels) if label in numbers), None)
    if start is None:
        return None
    end = next((at for at in range(start + 1, len(own)) if labels[at]), len(own))
    return "\n".join(own[start:end])[:LONGEST]
