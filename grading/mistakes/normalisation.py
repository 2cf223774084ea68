"""How layer normalisation goes wrong, forward and backward; each variant changes one term of the layer."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

import numpy as np

from grading.mistakes import KnownMistake
from reference_models.layer_norm import LayerNorm, variant

Known = KnownMistake[type[LayerNorm]]
_BACK = "An entry moves its row's mean and variance too: three terms come back to it."

FORWARD: tuple[Known, ...] = (
    KnownMistake(
        "layer-norm-over-batch",
        "Mean and variance are taken over the batch, as batch normalisation does.",
        "Take those of each example, over its features: axis=-1, keepdims=True.",
        variant(axis=0),
    ),
    KnownMistake(
        "layer-norm-without-eps",
        "Nothing is added to the variance: a row that hardly varies is blown up.",
        "Divide by sqrt(variance + eps).",
        variant(eps=0.0),
    ),
    KnownMistake(
        "layer-norm-unbiased-variance",
        "The variance is divided by d - 1.",
        "Divide by the number of features d: torch.var needs unbiased=False, np.var does it by itself.",
        variant(variance=lambda layer, x: x.var(axis=-1, ddof=1, keepdims=True)),
    ),
)

BACKWARD: tuple[Known, ...] = (
    KnownMistake(
        "layer-norm-variance-gradient-missing",
        "Nothing comes back through the variance.",
        _BACK,
        variant(through_variance=lambda layer, delta, normalised: np.zeros_like(delta)),
    ),
    KnownMistake(
        "layer-norm-mean-gradient-missing",
        "Nothing comes back through the mean.",
        _BACK,
        variant(through_mean=lambda layer, delta: np.zeros_like(delta)),
    ),
    KnownMistake(
        "layer-norm-gain-gradient-of-input",
        "The gradient of the gain is taken with the input.",
        "Multiply what comes from behind by the normalised input, and sum over the examples.",
        variant(gain_gradient=lambda layer, upstream, x: (upstream * x).sum(axis=0)),
    ),
)
