"""Statistics with a stated false-alarm rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.numerics.statistics import affine_fit, affine_residual, best_match, limit_of, mean_test, spread_test


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-5, 5).filter(lambda a: abs(a) > 0.01), st.floats(-10, 10))
def test_scale_and_offset_leave_no_residual(seed: int, scale: float, offset: float) -> None:
    """A picture rescaled for display is the same picture."""
    x = np.random.default_rng(seed).normal(size=(6, 5))
    fit = affine_fit(x, scale * x + offset)

    assert fit.residual < 1e-6
    assert (fit.scale, fit.offset) == pytest.approx((scale, offset), abs=1e-8)


def test_unrelated_pictures_leave_nearly_all() -> None:
    """Two independent arrays explain nothing of each other."""
    rng = np.random.default_rng(1)

    assert affine_residual(rng.normal(size=4000), rng.normal(size=4000)) > 0.99


def test_constants_are_explained_by_a_constant() -> None:
    """A flat y is no evidence against x, a flat x explains nothing."""
    assert affine_residual(np.arange(4.0), np.ones(4)) == 0.0
    assert affine_residual(np.ones(4), np.arange(4.0)) == 1.0


def test_the_best_match_is_the_map_that_was_shown() -> None:
    """Among many maps the shown one is found, scaled and shifted; a flat picture matches a flat map only."""
    maps = np.random.default_rng(2).normal(size=(16, 7, 7))
    index, residual = best_match(maps, 255 - 40 * maps[11])

    assert index == 11
    assert residual < 1e-6
    assert best_match(maps, np.zeros((7, 7))) == (0, 1.0)
    assert best_match(np.concatenate([maps, np.zeros((1, 7, 7))]), np.zeros((7, 7))) == (16, 0.0)


def test_the_limit_belongs_to_its_alarm_rate() -> None:
    """4.89 standard errors for one in a million, 1.96 for one in twenty."""
    assert limit_of() == pytest.approx(4.8916, abs=1e-4)
    assert limit_of(0.05) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize("size", [30, 300, 3000])
def test_right_samples_raise_about_as_many_alarms_as_stated(size: int) -> None:
    """At a rate of 1 %, 2,000 right samples raise about 20 alarms."""
    rng = np.random.default_rng(3)
    samples = rng.normal(0, 0.3, (2000, size))
    spread = sum(not spread_test(s, std=0.3, alarm=0.01).holds for s in samples)
    mean = sum(not mean_test(s, mean=0.0, std=0.3, alarm=0.01).holds for s in samples)

    assert 5 <= spread <= 45
    assert 5 <= mean <= 45


def test_uniform_samples_have_their_own_kurtosis() -> None:
    """With the kurtosis of a uniform the test has its stated rate there too."""
    rng = np.random.default_rng(4)
    samples = rng.uniform(-1, 1, (1000, 500))
    alarms = sum(not spread_test(s, std=1 / np.sqrt(3), kurtosis=1.8, alarm=0.01).holds for s in samples)

    assert alarms <= 30


def test_wrong_spreads_and_means_are_seen() -> None:
    """1/fan_in for 1/sqrt(fan_in), zeros, NaN and a shifted mean do not hold."""
    rng = np.random.default_rng(5)
    w = rng.normal(0, 1 / 64, (64, 32))

    assert not spread_test(w, std=1 / 8).holds
    assert not spread_test(np.zeros(100), std=1.0).holds
    assert not spread_test(np.full(100, np.nan), std=1.0).holds
    assert not mean_test(w + 0.1, mean=0.0, std=1 / 64).holds
    assert not mean_test(np.zeros(0), mean=0.0, std=1.0).holds
    assert spread_test(np.ones(3), std=1.0).holds
