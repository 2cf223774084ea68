r"""Slopes: whether a claimed gradient is the derivative of a function, along one random direction.

For a function f and a direction d, :math:`\frac{d}{dt} f(x + t d)|_{t=0} = \langle \nabla f(x), d \rangle`. One random
direction through *all* parameters at once tests every entry of a gradient with two calls; testing one parameter at a
time would let two errors of sign cancel, and cost a call for each entry. The central difference has truncation error
O(t^2) and rounding error O(u/t); t = u^(1/3), about 6e-6 in float64, balances them and leaves a relative error near
u^(2/3), about 4e-11 times the third derivative's size (Nocedal and Wright, *Numerical Optimization*, 2nd ed., section
8.1).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grading.numerics.leaves import as_leaf

STEP = 6e-6
"""Cube root of the unit roundoff of float64."""

SLOPE_RTOL = 1e-5
SLOPE_ATOL = 1e-7
"""Many times the error of a central difference where derivatives have size 1; mistakes are off by percents."""


def central_difference(function: Callable[[float], float], *, step: float = STEP) -> float:
    """Derivative at 0 of a function of one number, float64, error O(step^2)."""
    return (function(step) - function(-step)) / (2 * step)


def inner_product(gradient: Any, direction: Any) -> float:
    """Sum over all leaves of gradient times direction, float64.

    Args:
        gradient: array, or dictionary or sequence of arrays.
        direction: the same structure, keys and shapes.

    Raises:
        ValueError: the structures or shapes differ.
    """
    if isinstance(direction, Mapping):
        if not isinstance(gradient, Mapping) or not set(direction) <= set(gradient):
            raise ValueError("gradient lacks keys of the direction")
        return sum((inner_product(gradient[k], direction[k]) for k in direction), 0.0)
    if isinstance(direction, Sequence) and as_leaf(direction).array is None:
        if not isinstance(gradient, Sequence) or len(gradient) != len(direction):
            raise ValueError("gradient and direction differ in length")
        return sum((inner_product(g, d) for g, d in zip(gradient, direction, strict=True)), 0.0)
    g, d = as_leaf(gradient).array, as_leaf(direction).array
    if g is None or d is None or g.shape != d.shape:
        raise ValueError("gradient and direction differ in shape")
    return float(np.sum(g.astype(np.float64) * d.astype(np.float64)))


def moved(point: Any, direction: Any, t: float) -> Any:
    """The sum point + t direction, leaf by leaf, in the structure of `point`; leaves without a direction stay."""
    if isinstance(point, Mapping):
        return {k: moved(v, direction[k], t) if k in direction else v for k, v in point.items()}
    if isinstance(point, (list, tuple)):
        return type(point)(moved(p, d, t) for p, d in zip(point, direction, strict=True))
    return point + t * direction
