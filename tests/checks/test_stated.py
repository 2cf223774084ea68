"""Numbers and formulas stated in prose: right, wrong as known, or for a person."""

import pytest

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.formulas import Formula
from grading.checks.stated import StatedCounts, StatedFormula, StatedSizes

SIZES = StatedSizes({"x": 3, "h": 7}, "count them", ("the sizes",))
COUNTS = StatedCounts({"conv": (28, 27), "fc": (110, 100)}, {"conv": 1024}, "a map is no kernel", ("the counts",))
HALF = StatedFormula(Formula("n*(n + k)/2", {"n": (), "k": ()}), "nk", ("the formula",))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("nx = 3 and nh = 7", Right),
        (r"$n_x$ is 3, $n_{h} = 7$", Right),
        ("nx = 3, nh = 8", Wrong),
        ("nx = 3", ForHuman),
    ],
)
def test_sizes_by_their_names(answer: str, kind: type) -> None:
    """All of them, or a person reads."""
    assert isinstance(SIZES.judge(answer), kind)


def test_a_wrong_size_is_told() -> None:
    """With what to do."""
    assert SIZES.judge("nx = 4, nh = 8") == Wrong("says nx = 4, nh = 8; count them")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("28 and 110", Right()),
        ("conv: 3*3*3 + 1 = 28; fc: 10*11", Right()),
        ("27 and 110", Right("Your counts leave out biases: allowed.")),
        ("1,024 and 110", Wrong("states conv = 1,024: a map is no kernel")),
        ("28", ForHuman(("the counts", "not found as numbers: fc"))),
    ],
)
def test_counts_of_layers(answer: str, verdict: object) -> None:
    """As numbers or as products, with biases or without."""
    assert COUNTS.judge(answer) == verdict


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("There are n; the sum is\n(n^2 + n k)/2", Right), ("n k / 2", Wrong), ("half of it", ForHuman)],
)
def test_the_first_formula_with_all_letters(answer: str, kind: type) -> None:
    """What stands before it is prose."""
    assert isinstance(HALF.judge(answer), kind)
