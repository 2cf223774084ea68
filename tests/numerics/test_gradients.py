"""Slopes measured and claimed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.numerics.gradients import SLOPE_ATOL, SLOPE_RTOL, central_difference, inner_product, moved


def agrees(function: Callable[[Any], float], point: Any, gradient: Any, direction: Any) -> bool:
    """Whether the claimed gradient is the function's, along that direction."""
    measured = central_difference(lambda t: float(function(moved(point, direction, t))))
    return inner_product(gradient, direction) == pytest.approx(measured, rel=SLOPE_RTOL, abs=SLOPE_ATOL)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_true_gradient_agrees_along_any_direction(seed: int) -> None:
    """For a smooth function of several arrays, the claim equals what is measured."""
    rng = np.random.default_rng(seed)
    point = {"w": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    direction = {"w": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    gradient = {"w": np.cos(point["w"]), "b": np.exp(point["b"])}

    assert agrees(lambda p: np.sin(p["w"]).sum() + np.exp(p["b"]).sum(), point, gradient, direction)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_one_wrong_sign_in_one_array_is_seen(seed: int) -> None:
    """A direction through all parameters at once sees an error in one of them."""
    rng = np.random.default_rng(seed)
    point = [rng.normal(size=5), rng.normal(size=5) + 3]
    direction = [rng.normal(size=5), rng.uniform(0.5, 1.0, size=5)]
    gradient = [2 * point[0], -2 * point[1]]

    assert not agrees(lambda p: (p[0] ** 2).sum() + (p[1] ** 2).sum(), point, gradient, direction)


def test_the_central_difference_of_a_cubic_is_good_to_the_square_of_its_step() -> None:
    """The error at the default step is about 1e-10."""
    assert central_difference(lambda t: (1 + t) ** 3) == pytest.approx(3.0, abs=1e-9)


def test_inner_products_run_over_all_leaves() -> None:
    """Dictionaries, lists, arrays and tensors; keys without a direction do not count."""
    gradient = {"w": torch.full((2,), 2.0), "b": [1.0, 2.0], "more": np.ones(9)}

    assert inner_product(gradient, {"w": np.ones(2), "b": [1.0, 1.0]}) == 7.0
    assert inner_product([np.ones(2), np.ones((1, 3))], [np.ones(2), np.ones((1, 3))]) == 5.0


@pytest.mark.parametrize(
    ("gradient", "direction"),
    [
        (np.ones(2), np.ones(3)),
        ({"w": 1.0}, {"v": 1.0}),
        (1.0, {"v": 1.0}),
        ([np.ones(1)], [np.ones(1), np.ones(2)]),
        (None, np.ones(1)),
    ],
)
def test_inner_products_of_unlike_structures_are_refused(gradient: object, direction: object) -> None:
    """Broadcasting would hide a wrong shape."""
    with pytest.raises(ValueError, match="gradient"):
        inner_product(gradient, direction)


def test_moving_keeps_what_has_no_direction() -> None:
    """Only the leaves with a direction move."""
    found = moved({"w": np.zeros(2), "h": 50}, {"w": np.ones(2)}, 0.5)

    assert found["h"] == 50
    assert found["w"].tolist() == [0.5, 0.5]
