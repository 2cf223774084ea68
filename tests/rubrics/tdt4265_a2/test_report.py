"""The report of tdt4265's assignment 2: which numbers are right."""

import pytest

from grading.assignments.tdt4265_a2.report import EqualWidths, Statistics, row_2d
from grading.authoring.check import Asks
from grading.authoring.written import ForHuman, Right, Wrong


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Mean 33.55, standard deviation 78.88.", Right),
        ("mean = 33.318421, std = 78.567490", Right),
        ("$\\mu = 33.31$ and $\\sigma = 78.57$", Right),
        ("33,55 and 78,88", Right),
        ("Mean: 33.55 for all pixels. Std: 78.88.", Right),
        ("The mean is 0.1307 and the std 0.3081.", Wrong),
        ("Mean 33.55.", Wrong),
        ("mean 78.88, std 12.0", Wrong),
        ("We normalised.", Wrong),
    ],
)
def test_mean_and_deviation(answer: str, kind: type) -> None:
    """Both numbers of one set of images are right, of whichever set the course has published."""
    assert isinstance(Statistics().judge(answer), kind), Statistics().judge(answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("785*64 + 64*10 = 50,880.", Right),
        ("50890", Right),
        ("(784 + 1) x 64 + 64 x 10 = 50 880", Right),
        ("784*64 + 64 + 64*10 + 10 = 50 890 parameters", Right),
        ("$784 \\cdot 64 + 64 + 64 \\cdot 10 + 10 = 50890$", Right),
        ("50,816", Wrong),
        ("50954 parameters", Wrong),
        ("about fifty thousand", Wrong),
    ],
)
def test_number_of_parameters(answer: str, kind: type) -> None:
    """50,880 and, with biases in the output layer, 50,890."""
    task = row_2d.checks[0].task
    assert isinstance(task, Asks)
    verdict = task.accepts.judge(answer)

    assert isinstance(verdict, kind), verdict


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("59 units in each layer: 785*59 + 59*59 + 59*10 = 50,386 parameters.", Right),
        ("60 hidden units give 51,300 parameters", Right),
        ("We used 60 units (51 370 with biases).", Right),
        ("59 units, 50,455 parameters", Right),
        ("59 neurons", ForHuman),
        ("32 units in both layers", Wrong),
        ("50 units: 785*50+50*50+500 = 42,250", Wrong),
        ("The same.", Wrong),
    ],
)
def test_equal_widths(answer: str, kind: type) -> None:
    """59 or 60 units, known by their number of parameters."""
    assert isinstance(EqualWidths().judge(answer), kind), EqualWidths().judge(answer)
