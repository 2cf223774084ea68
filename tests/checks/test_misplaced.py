"""Answers that do not stand where they were asked for."""

import json

import pytest

from grading.checks.answers import Question, given_lines
from grading.checks.misplaced import NO_PLACE, UNDER_ANOTHER, as_text, or_misplaced
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

ASKED = "#### Question 1.1: Why?", "YOUR ANSWER HERE", "#### Question 1.2: How?", "YOUR ANSWER HERE"


def book(*cells: tuple[str, str]) -> Source:
    """A notebook of cells: kind and source."""
    made = [
        {"cell_type": kind, "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in cells
    ]
    content = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    return read_source(SubmittedFile("report.ipynb", content))


def text(*cells: str) -> list[tuple[str, str]]:
    """Cells of text."""
    return [("markdown", cell) for cell in cells]


GIVEN = given_lines(book(*text(*ASKED)))
WHY = or_misplaced(Question(numbers=("1.1",)), GIVEN)
HOW = or_misplaced(Question(numbers=("1.2",)), GIVEN)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("# because the weights\n# are all the same", "because the weights\nare all the same"),
        ('"""Because the weights are the same."""', "Because the weights are the same."),
        ("Because the weights aren't different, are they?", "Because the weights aren't different, are they?"),
        ("# Your code", None),
        ("# because the weights are the same\nx = 1", None),
        ("def broken(weights, of, a, layer:", None),
        ("!pip install one two three four", None),
        ("print 'because the weights are the same'", None),
        ("", None),
    ],
)
def test_prose_in_a_code_cell_is_text(code: str, said: str | None) -> None:
    """Comments, a text in quotes, words that are no Python; programs, broken ones too, stay programs."""
    cell = as_text(book(("code", code))).cells[0]

    assert (cell.source if cell.kind == "markdown" else None) == said


def test_a_raw_cell_is_text() -> None:
    """Somebody pressed the key for it."""
    assert WHY(book(*text(ASKED[0]), ("raw", "Because."))) == "Because."


def test_an_answer_in_its_place_is_the_answer() -> None:
    """Nothing is put in front of it."""
    assert WHY(book(*text(ASKED[0], "Because.", *ASKED[2:]))) == "Because."


def test_an_answer_under_another_question_is_known_by_its_number() -> None:
    """Up to the next number; the reason stands in front."""
    source = book(*text(*ASKED[:3], "1.1 Because.\n\nReally.\n\n1.2 So."))

    assert WHY(source) == f"{UNDER_ANOTHER}1.1 Because.\nReally."


def test_a_question_that_is_gone_leaves_everything_to_a_person() -> None:
    """There is no telling what belongs to it."""
    assert HOW(book(*text(ASKED[0], "Because.", "So."))) == f"{NO_PLACE}Because.\nSo."


def test_nothing_written_is_nothing() -> None:
    """Whether the question is there, is left blank beside others, or is gone from an untouched notebook."""
    assert HOW(book(*text(*ASKED))) is None
    assert HOW(book(*text(ASKED[0], "Because.", *ASKED[2:]))) is None
    assert HOW(book(*text(*ASKED[:2]))) is None
