"""Answers that are found by their question's number, whatever the edition."""

import json

import pytest

from grading.authoring.written import Right, Wrong
from grading.checks.numbered_answers import ELSEWHERE, NONE, Unpaid, answer_to, code_with, if_answered
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source


def notebook(*texts: str) -> Source:
    """A notebook with these markdown cells."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_source(SubmittedFile("a.ipynb", json.dumps(content).encode()))


@pytest.mark.parametrize(
    "texts",
    [
        ("**3.** ★ Why?\n\n**Answer:** Because.\n\n**4.** ★ What?\n\n**Answer:** This.",),
        ("3. ★ Why?\n\nBecause.", "4. What?\n\nThis."),
        ("### Question 3\nWhy?\n\n**Your answer:** Because.\n### Question 4\nWhat?\n\n**Your answer:** This."),
        ("Q3 : Pourquoi ?\n\nRéponse : Because.\n\nQ4 : Quoi ?\n\nRéponse : This.",),
        ("#### (3) ★ Why?", "Because.", "#### (4) What?", "This."),
        ("**Question 3 :** Why?\n\nBecause.\n\n**Question 4 :** What?\n\nThis.",),
    ],
)
def test_an_answer_is_found_by_its_number(texts: tuple[str, ...]) -> None:
    """The text between a question's number and the next one's is its answer, without the question where marked."""
    source = notebook(*([texts] if isinstance(texts, str) else texts))

    assert answer_to(3)(source) is not None
    assert "Because" in str(answer_to(3)(source))
    assert "This" not in str(answer_to(3)(source))
    assert answer_to(9)(source) is None


def test_lists_inside_an_answer_do_not_end_it() -> None:
    """A numbered list of fewer points than the question's number is part of the answer."""
    source = notebook("**Question 11**\n\n1. exact\n2. noisy\n3. between\n\n**Question 12**\n\nslow")

    assert "between" in str(answer_to(11)(source))


def test_an_unpaid_question_costs_nothing() -> None:
    """What is wrong with its answer is a note; left out, it is not even that."""

    class Never:
        def judge(self, answer: str) -> Wrong:
            return Wrong(f"reads {answer}")

    unpaid = Unpaid(Never(), "Question 3")

    assert unpaid.judge("no") == Right("Question 3 (no points): your answer reads no.")
    assert unpaid.judge(NONE) == Right()
    assert if_answered(3)(notebook("nothing")) == NONE


def test_where_no_question_is_numbered_that_is_said() -> None:
    """A script has no room for prose: a person looks for a report."""
    module = read_source(SubmittedFile("circles.py", b"x = 1\nforward(x)\n"))

    assert answer_to(3)(module) == ELSEWHERE
    assert code_with("forward(")(module) == "x = 1\nforward(x)\n"
    assert code_with("backward(")(module) is None
