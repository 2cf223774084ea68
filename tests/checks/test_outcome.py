"""Training outcome."""

import numpy as np
import pytest

from grading.checks.outcome import accuracy, calibrated, claimed, trained
from grading.domain.errors import BadReply

CLASSES, N = 10, 400
LABELS = np.random.default_rng(0).permutation(np.arange(N) % CLASSES)


def scores(right: float, seed: int = 1) -> np.ndarray:
    """Outputs of a network that is right in that share of the examples."""
    rng = np.random.default_rng(seed)
    answers = np.where(rng.random(N) < right, LABELS, (LABELS + rng.integers(1, CLASSES, N)) % CLASSES)
    return np.eye(CLASSES)[answers] * 3 + rng.normal(0, 0.1, (N, CLASSES))


def test_a_band_keeps_its_false_alarm_rate() -> None:
    """Of 2,000 right programs measured on 400 inputs, at most about 0.1 % fall below a band from eight seeds."""
    rng, below = np.random.default_rng(1), 0
    for _ in range(2000):
        runs = np.clip(rng.normal(0.7, 0.02, 9), 0, 1)
        measured = rng.binomial(N, runs) / N
        below += measured[8] < calibrated(measured[:8].tolist(), examples=N).low

    assert below <= 6


def test_a_band_is_narrow_enough_to_tell() -> None:
    """Eight seeds near 90 % do not let 70 % pass; equal seeds still leave room for sampling."""
    band = calibrated([0.90, 0.91, 0.89, 0.90, 0.905, 0.895, 0.9, 0.9], examples=N)

    assert 0.75 < band.low < 0.88
    assert calibrated([0.9] * 3, examples=N).low < 0.9
    with pytest.raises(ValueError, match="three"):
        calibrated([0.9], examples=N)


def test_outcomes_are_measured_and_named() -> None:
    """Good networks hold; untrained, constant and relabelled ones are told apart."""
    band = calibrated([0.90, 0.91, 0.89, 0.90], examples=N)
    shifted = np.roll(scores(0.95), 1, axis=1)
    one = np.tile(np.eye(CLASSES)[3], (N, 1))

    assert trained(scores(0.9), LABELS, CLASSES, band).holds
    assert trained(scores(0.1), LABELS, CLASSES, band).mistake_id == "untrained"
    assert trained(scores(0.5), LABELS, CLASSES, band).mistake_id == "below-band"
    assert trained(one, LABELS, CLASSES, band).mistake_id == "constant-output"
    assert trained(one + 0.1 * scores(0.9), LABELS, CLASSES, band).mistake_id == "one-class-only"
    assert trained(shifted, LABELS, CLASSES, band).mistake_id == "labels-permuted"
    for bad in (None, scores(0.9)[:, :3], scores(0.9) * np.nan):
        with pytest.raises(BadReply):
            trained(bad, LABELS, CLASSES, band)


def test_an_accuracy_function_is_judged_by_its_number() -> None:
    """Rate and percent count; thresholds per output and wrong divisors are named."""
    p = np.exp(scores(0.6)) / np.exp(scores(0.6)).sum(1, keepdims=True)
    share = accuracy(p, LABELS, CLASSES)
    hot = np.eye(CLASSES)[LABELS]

    assert claimed(share, p, LABELS, CLASSES).holds
    assert claimed(100 * share, p, LABELS, CLASSES).remarks
    assert claimed(((p > 0.5) == (hot > 0.5)).mean(), p, LABELS, CLASSES).mistake_id == "accuracy-per-output"
    assert claimed(share * N, p, LABELS, CLASSES).mistake_id == "accuracy-not-divided"
    assert claimed(share / CLASSES, p, LABELS, CLASSES).mistake_id == "accuracy-divided-by-entries"
    assert claimed(1 - share, p, LABELS, CLASSES).mistake_id == "error-rate"
    assert claimed(0, p, LABELS, CLASSES).mistake_id == "accuracy-zero"
    assert not claimed(0.123, p, LABELS, CLASSES).holds
