"""Charts as geometry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.views import charts

SCORES = st.lists(st.floats(0, 10, allow_nan=False).map(lambda s: round(s, 2)), min_size=1, max_size=60)


@given(SCORES)
def test_every_score_falls_into_one_bar(scores) -> None:
    """The bars' counts add up, and no bar leaves the picture."""
    chart = charts.histogram(scores, 10.0)

    assert chart is not None
    assert len(scores) == sum(bar.count for bar in chart.bins)
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width and bar.y >= 0 for bar in chart.bins)


def test_full_marks_fall_into_the_last_bar() -> None:
    """The last bar includes its upper end, and says so."""
    chart = charts.histogram([10.0, 9.5], 10.0)

    assert chart is not None
    assert (chart.bins[-1].count, chart.bins[-1].label) == (2, "9 to 10")


def test_nothing_graded_is_no_chart() -> None:
    """Without scores there is nothing to draw."""
    assert charts.histogram([], 10.0) is None


@pytest.mark.parametrize(("part", "whole", "expected"), [(1, 3, 33), (0, 0, 0), (5, 5, 100)])
def test_shares_are_whole_percent(part, whole, expected) -> None:
    """A share of nothing is nothing."""
    assert expected == charts.percent(part, whole)
