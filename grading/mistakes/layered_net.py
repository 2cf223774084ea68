"""How hand-written backward passes of layered networks go wrong, as counted over 61 modules and 13 notebooks."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grading.mistakes import KnownMistake
from reference_models.layered_net import ACTIVATIONS, IMPROVED_SCALE, Array, LayeredNet, Net, net


def _first_slope_everywhere(
    self: LayeredNet, weights: Sequence[Array], X: Array, targets: Array, biases: Sequence[Array] = ()
) -> dict[str, Array]:
    """Written for two layers: a deeper layer's delta is computed from the output's, over the layers between."""
    seen = self.forward(weights, X, biases)
    last = self.output_delta(seen.a[-1], targets)
    gradients = LayeredNet.backward(self, weights, X, targets, biases)
    for number in range(1, len(weights) - 1):
        width = min(last.shape[1], weights[number].shape[1])
        d = last[:, :width] @ weights[number][:, :width].T * self.slope(seen.z[number - 1], seen.a[number])
        gradients[f"W{number}"] = self.weight_gradient(seen.a[number - 1], d)
        if len(biases):
            gradients[f"b{number}"] = self.bias_gradient(d)
    return gradients


def _layer_factor(which: str, *, last: bool) -> Net:
    """1/N is missing in one layer only."""

    def backward(
        self: LayeredNet, weights: Sequence[Array], X: Array, targets: Array, biases: Sequence[Array] = ()
    ) -> dict[str, Array]:
        gradients = LayeredNet.backward(self, weights, X, targets, biases)
        chosen = {str(len(weights))} if last else {str(n) for n in range(1, len(weights))}
        return {name: g * len(X) if name[1:] in chosen else g for name, g in gradients.items()}

    return type(which, (LayeredNet,), {"backward": backward})


def _all(id_: str, says: str, look: str, **methods: Any) -> KnownMistake[Net]:
    return KnownMistake(id_, says, look, net(**methods))


BACKWARD: tuple[KnownMistake[Net], ...] = (
    _all(
        "missing-activation-derivative",
        "The slope of the activation function is missing on the way back.",
        "Multiply what comes back through the weights by f'(z) of the hidden layer.",
        slope=lambda net, z, a: np.ones_like(a),
    ),
    _all(
        "derivative-of-the-pre-activation",
        "The slope is written in terms of the value, but is fed the input of the activation function.",
        "a * (1 - a) and 1 - a**2 take the activation a = f(z), not z.",
        slope=lambda net, z, a: ACTIVATIONS[net.activation].slope(z, z),
    ),
    _all(
        "derivative-of-the-activation-of-the-activation",
        "The slope is taken at the activation instead of at its input: f'(f(z)).",
        "Where f' takes z, hand it z.",
        slope=lambda net, z, a: ACTIVATIONS[net.activation].slope(a, net.hidden(a)),
    ),
    _all(
        "sum-instead-of-mean",
        "The sum over the batch is taken, not the mean.",
        "Divide by the number of examples: the loss is a mean.",
        output_delta=lambda net, outputs, targets: outputs - targets,
    ),
    _all(
        "divided-by-the-batch-twice",
        "The gradients are divided by the number of examples twice.",
        "1/N belongs in one place.",
        output_delta=lambda net, outputs, targets: (outputs - targets) / len(targets) ** 2,
    ),
    _all(
        "mean-over-classes",
        "The mean is taken over the classes as well.",
        "The loss is a mean over the examples and a sum over the classes.",
        output_delta=lambda net, outputs, targets: (outputs - targets) / targets.size,
    ),
    KnownMistake(
        "batch-mean-missing-in-hidden-layers",
        "The hidden layers' gradients are not divided by the number of examples; the last layer's are.",
        "1/N belongs in the first delta, so that every layer has it.",
        _layer_factor("HiddenSummed", last=False),
    ),
    KnownMistake(
        "batch-mean-missing-in-the-last-layer",
        "The last layer's gradient is not divided by the number of examples; the hidden layers' are.",
        "1/N belongs in the first delta, so that every layer has it.",
        _layer_factor("LastSummed", last=True),
    ),
    _all(
        "output-delta-sign",
        "The gradients have the wrong sign: the output's delta is targets - outputs.",
        "The slope of the loss at the logits is outputs - targets.",
        output_delta=lambda net, outputs, targets: (targets - outputs) / len(targets),
    ),
    _all(
        "softmax-slope-twice",
        "The output's delta is multiplied by p(1 - p): softmax's slope is taken twice.",
        "For softmax with cross-entropy the delta is outputs - targets, with nothing else.",
        output_delta=lambda net, outputs, targets: (outputs - targets) * outputs * (1 - outputs) / len(targets),
    ),
    _all(
        "missing-transpose",
        "What comes back goes through the weights the wrong way: W in place of its transpose.",
        "d @ W.T: a missing transpose goes unnoticed only where both sizes are equal.",
        passed_back=lambda net, d, w: d @ w if w.shape[0] == w.shape[1] else d @ w.T,
    ),
    KnownMistake(
        "hard-coded-to-two-layers",
        "Deeper layers get their delta straight from the output's: right for two layers only.",
        "Carry the delta from layer to layer: each one's comes from the layer after it.",
        net(backward=_first_slope_everywhere),
    ),
    _all(
        "bias-gradient-mean",
        "The bias gradients are divided by the number of examples once more.",
        "Sum the rows of the delta, which already contains 1/N.",
        bias_gradient=lambda net, d: d.mean(axis=0),
    ),
    _all(
        "bias-gradient-of-everything",
        "The bias gradients add up over the units as well: one number for all biases of a layer.",
        "Sum over the examples only.",
        bias_gradient=lambda net, d: np.full(d.shape[1], d.sum()),
    ),
)

_OTHERS = {
    "sigmoid": "The slope is that of the plain sigmoid, a(1 - a).",
    "tanh": "The slope is that of tanh, 1 - a².",
    "relu": "The slope is that of the rectifier.",
    "improved-sigmoid": "The slope is that of the improved sigmoid.",
}


def _of_other(kind: str, says: str) -> KnownMistake[Net]:
    return _all(
        f"derivative-of-{kind}",
        f"{says} The forward pass uses another function.",
        "Use the slope of the function that the forward pass uses; look at the flag that chooses it.",
        slope=lambda net, z, a: ACTIVATIONS[kind].slope(z, a),
    )


IMPROVED: tuple[KnownMistake[Net], ...] = (
    _all(
        "improved-sigmoid-without-two-thirds",
        "The factor 2/3 is missing from the slope of the improved sigmoid.",
        "The chain rule brings it: f'(z) = 1.7159 * 2/3 * (1 - tanh²(2z/3)).",
        slope=lambda net, z, a: IMPROVED_SCALE * (1 - np.tanh(2 * z / 3) ** 2),
    ),
    _all(
        "improved-sigmoid-cosh-not-squared",
        "The hyperbolic cosine in the slope of the improved sigmoid is not squared.",
        "f'(z) = 1.7159 * 2/3 / cosh²(2z/3).",
        slope=lambda net, z, a: IMPROVED_SCALE * 2 / 3 / np.cosh(2 * z / 3),
    ),
    _all(
        "improved-sigmoid-without-scale",
        "The factor 1.7159 is missing from the slope of the improved sigmoid.",
        "f'(z) = 1.7159 * 2/3 * (1 - tanh²(2z/3)).",
        slope=lambda net, z, a: 2 / 3 * (1 - np.tanh(2 * z / 3) ** 2),
    ),
    _all(
        "improved-sigmoid-value-for-tanh",
        "The slope of the improved sigmoid squares the activation, which is 1.7159 times tanh, in place of tanh.",
        "Divide the activation by 1.7159 first: 1.7159 * 2/3 * (1 - (a / 1.7159)²).",
        slope=lambda net, z, a: IMPROVED_SCALE * 2 / 3 * (1 - a * a),
    ),
    _all(
        "improved-sigmoid-tanh-of-z",
        "The slope of the improved sigmoid is taken at z, not at 2z/3.",
        "f'(z) = 1.7159 * 2/3 * (1 - tanh²(2z/3)).",
        slope=lambda net, z, a: IMPROVED_SCALE * 2 / 3 * (1 - np.tanh(z) ** 2),
    ),
)


_HARMLESS = {
    "relu": ("derivative-of-the-pre-activation", "derivative-of-the-activation-of-the-activation"),
    "improved-sigmoid": ("derivative-of-the-pre-activation",),
}
"""A rectifier's mask is the same in terms of input and value; the improved sigmoid's slope is written in its input."""


def known(activation: str) -> Mapping[str, KnownMistake[Net]]:
    """Mistake id → the mistake, for a network with that activation.

    >>> "improved-sigmoid-cosh-not-squared" in known("improved-sigmoid"), "derivative-of-tanh" in known("tanh")
    (True, False)
    """
    others = [_of_other(kind, says) for kind, says in _OTHERS.items() if kind != activation]
    special = IMPROVED if activation == "improved-sigmoid" else ()
    return {m.id: m for m in (*special, *BACKWARD, *others) if m.id not in _HARMLESS.get(activation, ())}
