"""Layer normalisation by hand: `layer_norm(x, gain, shift)` and `layer_norm_backward(upstream, x, gain)`.

A rubric takes the references and the questions, and writes the rows::

    part = rubric.part("layers.py", expects=normalisation.EXPECTS, reference=Reference(**normalisation.RIGHT))
    row.agrees(mistakes=normalisation.FORWARD)(normalisation.forward)
    row.agrees(mistakes=normalisation.BACKWARD)(normalisation.backward)

Float64 on both sides, so the usual tolerance by dtype. Some rows hardly vary: only there an eps shows.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Function, Subject, acting
from grading.mistakes import normalisation as mistakes
from reference_models.layer_norm import LayerNorm

Array = npt.NDArray[np.float64]

EXPECTS = (Function("layer_norm", arity=3), Function("layer_norm_backward", arity=3))
STILL = 1e-3
"""Spread of a row whose variance is below eps."""


def _backward_of(layer: type[LayerNorm]) -> Callable[[Array, Array, Array], tuple[Array, Array, Array]]:
    """A layer's backward pass as students return it: the slopes at x, gain and shift."""

    def backward(upstream: Array, x: Array, gain: Array) -> tuple[Array, Array, Array]:
        slopes = layer().backward(upstream, x, gain)
        return slopes.x, slopes.gain, slopes.shift

    return backward


RIGHT: Mapping[str, Callable[..., Any]] = {
    "layer_norm": LayerNorm().forward,
    "layer_norm_backward": _backward_of(LayerNorm),
}
FORWARD = acting(mistakes.FORWARD, "layer_norm", lambda layer: layer().forward)
BACKWARD = acting((*mistakes.BACKWARD, *mistakes.FORWARD), "layer_norm_backward", _backward_of)


def forward(subject: Subject, draw: Draw) -> object:
    """layer_norm(x, gain, shift) normalises each row of x over its features, then scales and shifts (eps = 1e-5)."""
    x, gain, shift, _ = _drawn(draw)
    return subject.layer_norm(x, gain, shift)


def backward(subject: Subject, draw: Draw) -> object:
    """layer_norm_backward(upstream, x, gain) gives the slopes of the loss at x, gain and shift."""
    x, gain, _, upstream = _drawn(draw)
    return subject.layer_norm_backward(upstream, x, gain)


def _drawn(draw: Draw) -> tuple[Array, Array, Array, Array]:
    """X (n, d), gain (d,), shift (d,), upstream (n, d); the last two rows of x hardly vary."""
    n, d = draw.sizes(2, 4, 9)
    x = draw.normal(n, d, scale=2.0, mean=1.0)
    x[-2:] *= STILL
    return x, draw.normal(d, mean=1.0), draw.normal(d), draw.normal(n, d)
