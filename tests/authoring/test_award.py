"""Award rules: from checks to points, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring import ALL_OR_NOTHING, MANUAL, PROPORTIONAL, AtLeast, Award
from grading.authoring.award import Counted
from grading.domain.verdict import Status
from tests.evaluation.asked import counted

RULES = [ALL_OR_NOTHING, PROPORTIONAL, AtLeast(1), AtLeast(3), MANUAL]
CHECKS = st.lists(
    st.builds(Counted, st.decimals("0.25", "4", places=2), st.booleans()),
    max_size=8,
)  # fmt: skip
POSSIBLE = st.decimals("0", "10", places=2)


@pytest.mark.parametrize("rule", RULES, ids=repr)
@settings(max_examples=50, deadline=None)
@given(possible=POSSIBLE, checks=CHECKS)
def test_points_lie_between_none_and_all_in_hundredths(rule: Award, possible: Decimal, checks: list[Counted]) -> None:
    """Whatever passes, a row pays no less than 0, no more than its points, and no fraction of a hundredth."""
    points = rule.points(possible, checks)

    assert 0 <= points <= possible
    assert points == points.quantize(Decimal("0.01"))


@pytest.mark.parametrize("rule", RULES, ids=repr)
@settings(max_examples=50, deadline=None)
@given(possible=POSSIBLE, checks=CHECKS, which=st.integers(0, 7))
def test_another_check_passed_never_costs_points(
    rule: Award, possible: Decimal, checks: list[Counted], which: int
) -> None:
    """Every rule is monotone: being right once more is never worse."""
    better = [Counted(c.weight, c.passed or i == which) for i, c in enumerate(checks)]

    assert rule.points(possible, checks) <= rule.points(possible, better)


@pytest.mark.parametrize(
    ("award", "verdicts", "points", "status"),
    [
        (ALL_OR_NOTHING, [True, True, True], "1", Status.PASSED),
        (ALL_OR_NOTHING, [True, False, True], "0", Status.FAILED),
        (PROPORTIONAL, [True, False, True], "0.67", Status.PARTIAL),
        (PROPORTIONAL, [False, False, False], "0", Status.FAILED),
        (AtLeast(2), [True, False, True], "1", Status.PASSED),
        (AtLeast(2), [True, False, False], "0", Status.FAILED),
        (MANUAL, [True, True, True], "0", Status.MANUAL),
    ],
)
def test_a_row_pays_by_its_rule(award: Award, verdicts: list[bool], points: str, status: Status) -> None:
    """The same checks under each rule."""
    result = counted(verdicts, award=award)

    assert (Decimal(points), status) == (result.points, result.status)


def test_weights_share_out_a_proportional_row() -> None:
    """A check of weight 3 beside one of weight 1 is three quarters of the row."""
    assert Decimal("0.75") == counted([True, False], award=PROPORTIONAL, weights=["3", "1"]).points
