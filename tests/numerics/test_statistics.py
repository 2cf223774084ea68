"""Statistics with a stated false-alarm rate."""

import numpy as np
import pytest

from grading.numerics.statistics import limit_of, mean_holds, spread_holds


def test_the_limit_belongs_to_its_alarm_rate() -> None:
    """4.89 standard errors for one in a million, 1.96 for one in twenty."""
    assert limit_of() == pytest.approx(4.8916, abs=1e-4)
    assert limit_of(0.05) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize("size", [30, 300, 3000])
def test_right_samples_raise_about_as_many_alarms_as_stated(size: int) -> None:
    """At a rate of 1 %, 2,000 right samples raise about 20 alarms."""
    rng = np.random.default_rng(3)
    samples = rng.normal(0, 0.3, (2000, size))
    spread = sum(not spread_holds(s, std=0.3, alarm=0.01) for s in samples)
    mean = sum(not mean_holds(s, mean=0.0, std=0.3, alarm=0.01) for s in samples)

    assert 5 <= spread <= 45
    assert 5 <= mean <= 45


def test_uniform_samples_have_their_own_kurtosis() -> None:
    """With the kurtosis of a uniform the test has its stated rate there too."""
    rng = np.random.default_rng(4)
    samples = rng.uniform(-1, 1, (1000, 500))
    alarms = sum(not spread_holds(s, std=1 / np.sqrt(3), kurtosis=1.8, alarm=0.01) for s in samples)

    assert alarms <= 30


def test_wrong_spreads_and_means_are_seen() -> None:
    """1/fan_in for 1/sqrt(fan_in), zeros, NaN and a shifted mean do not hold."""
    rng = np.random.default_rng(5)
    w = rng.normal(0, 1 / 64, (64, 32))

    assert not spread_holds(w, std=1 / 8)
    assert not spread_holds(np.zeros(100), std=1.0)
    assert not spread_holds(np.full(100, np.nan), std=1.0)
    assert not mean_holds(w + 0.1, mean=0.0, std=1 / 64)
    assert not mean_holds(np.zeros(0), mean=0.0, std=1.0)
    assert spread_holds(np.ones(3), std=1.0)
