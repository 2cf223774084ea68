"""Learning rates of a program's steps."""

import pytest

from grading.checks.schedules import decays


@pytest.mark.parametrize(
    ("rates", "mistake"),
    [
        ([0.1, 0.1, 0.095, 0.095, 0.09025], ""),
        ([0.1, 0.095], ""),
        ([0.1, 0.1, 0.1], "rate-constant"),
        ([0.1, 0.1, 0.11], "rate-rises"),
        ([0.1, 0.095, 0.09025, 0.0857], "schedule-each-batch"),
        ([0.1, 0.1, 0.05, 0.05], "decay-factor"),
    ],
)
def test_a_rate_falls_by_its_factor_once_an_epoch(rates: list[float], mistake: str) -> None:
    """Whatever the number of steps in an epoch."""
    conclusion = decays(rates, 0.95)

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)
