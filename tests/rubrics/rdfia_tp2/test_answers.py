"""Written answers: found by their number, whatever the edition; numbers and formulas judged, prose left to people."""

import json
from pathlib import Path

import pytest

from grading.assignments.rdfia_tp2.rubric import rubric
from grading.authoring.check import Asks
from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.numbered_answers import ELSEWHERE, answer_to, if_answered
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

RIGHT = Path(__file__).resolve().parents[3] / "grading/assignments/rdfia_tp2/samples/right"


def notebook(*texts: str) -> Source:
    """A notebook with these markdown cells."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_source(SubmittedFile("a.ipynb", json.dumps(content).encode()))


def asked(check: str) -> Asks:
    """The written question of that id."""
    found = next(c for row in rubric.criteria for c in row.checks if c.id == check)
    assert isinstance(found.task, Asks)
    return found.task


def test_where_no_question_is_numbered_a_person_looks_for_a_report() -> None:
    """Scripts, and notebooks that come with a report, are not said to have no answers."""
    module = read_source(SubmittedFile("circles.py", b"x = 1\n"))

    assert answer_to(3)(module) == ELSEWHERE
    assert answer_to(3)(notebook("# My work", "Nothing is numbered here.")) == ELSEWHERE
    assert isinstance(asked("question-4").accepts.judge(ELSEWHERE), ForHuman)
    assert isinstance(asked("cd-question-10-answer").accepts.judge(ELSEWHERE), ForHuman)


def test_what_is_left_out_of_the_unpaid_questions_costs_nothing() -> None:
    """An unpaid question without an answer passes without a remark."""
    task = asked("cd-question-1-unpaid")

    assert task.accepts.judge(str(if_answered(1)(notebook("nothing")))) == Right()


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        (r"$\lfloor (x + 2p - k)/s \rfloor + 1$, likewise for y", True),
        ("x' = (x - k + 2p)/s + 1", True),
        (r"$x' = \left\lfloor \frac{x - k + 2p}{s} \right\rfloor + 1$", True),
        ("(x+2*p*(k-1)-1)/s", False),
        ("(x - k + p)/s + 1", False),
    ],
)
def test_the_output_size_is_compared_symbolically(answer: str, good: bool) -> None:
    """Any way to write the formula counts; the published wrong one is told, for no points."""
    verdict = asked("cd-question-1-unpaid").accepts.judge(answer)

    assert isinstance(verdict, Right)
    assert (verdict.note == "") is good


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("2,432; 51,264; 102,464; 1,025,000; 10,010", Right),
        ("2432, 51264, 102464, 1025000 et 10010", Right),
        (
            "| conv1 | 32x32x32 | 2 432 |\n| conv2 | 51 264 |\n| conv3 | 102 464 |\n| fc4 | 1 025 000 |\n| fc5 | 10 010 |",
            Right,
        ),
        ("2400, 51200, 102400, 1024000, 10000", Right),
        (
            "conv1: (5*5*3+1)*32 = 2432\nconv2: 64*(5*5*32+1)\nconv3: 64*(5*5*64+1)\nfc4: 1024*1000+1000\nfc5: 10010",
            Right,
        ),
        ("32,800, 16,448, 4,160, 1,025,000, 10,010", Wrong),
        ("a lot", ForHuman),
    ],
)
def test_counts_of_weights(answer: str, kind: type) -> None:
    """All five counts, with or without biases, in any writing; those with the map's size are wrong."""
    assert isinstance(asked("cd-question-10-answer").accepts.judge(answer), kind)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("nx = 2, nh = 4, ny = 2", Right),
        (r"$n_x = 2$, $n_h = 4$ et $n_y = 2$", Right),
        ("nx=2, nh=3, ny=2", Wrong),
        ("as many as there are features", ForHuman),
    ],
)
def test_sizes_of_the_figure(answer: str, kind: type) -> None:
    """Three numbers, each with its name; prose is for people."""
    assert isinstance(asked("question-4").accepts.judge(answer), kind)


@pytest.mark.parametrize("part", rubric.parts, ids=lambda part: part.file)
def test_every_answer_of_the_right_sample_is_found(part) -> None:
    """No question of the right sample goes unanswered."""
    path = RIGHT / part.file
    source = read_source(SubmittedFile(path.name, path.read_bytes()))

    for row in part.criteria:
        for check in row.checks:
            if isinstance(check.task, Asks):
                assert check.task.find(source), check.id
