"""The hand-written network of two layers: its gradients are the slope of its loss."""

import numpy as np

from reference_models.circles_network import NAMES, CirclesNet, initial

NET = CirclesNet()


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    """Along any direction through all parameters at once."""
    draw = np.random.default_rng()
    p = initial(5, 6, 3, draw)
    direction = initial(5, 6, 3, draw)
    x, y = draw.normal(size=(12, 5)), np.eye(3)[draw.integers(0, 3, 12)]

    def loss(t: float) -> float:
        return NET.loss(NET.forward({k: p[k] + t * direction[k] for k in NAMES}, x).yhat, y)

    slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
    claimed = sum(float((NET.gradient(p, x, y)[k] * direction[k]).sum()) for k in NAMES)

    np.testing.assert_allclose(claimed, slope, rtol=1e-5, atol=1e-8)


def test_descent_lowers_the_loss() -> None:
    """Small steps on one batch make its loss smaller."""
    draw = np.random.default_rng()
    p = initial(2, 4, 2, draw)
    x, y = draw.normal(size=(20, 2)), np.eye(2)[draw.integers(0, 2, 20)]
    losses = [NET.loss(NET.forward(q, x).yhat, y) for q in (p, *NET.descent(p, x, y, 0.05, 20))]

    assert losses[-1] < losses[0]


def test_probabilities_stay_finite_for_huge_scores() -> None:
    """Each row adds up to 1, whatever the scores."""
    rows = NET.output(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]]))

    np.testing.assert_allclose(rows.sum(axis=1), 1.0)
