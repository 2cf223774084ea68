"""How the forward pass of a three-layer network goes wrong.

Each variant overrides one method of `ThreeLayerNet`: the line that the student got wrong.
"""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from dataclasses import replace
from typing import Any

import numpy as np

from grading.mistakes import KnownMistake
from reference_models.mlp import Forward, Net, ThreeLayerNet, net


def _no_activation(layer: int) -> Any:
    """A hidden layer whose output is its input."""
    name = f"into_layer{layer}"

    def linear(self: ThreeLayerNet, p: Any, x: Any, nonlinearity: str) -> Any:  # noqa: ARG001 - the method's signature
        z = getattr(self, name)(p, x)
        return z, z

    return linear


def _bias_outside(layer: int) -> Any:
    """A hidden layer that adds its bias behind the activation."""

    def late(self: ThreeLayerNet, p: Any, x: Any, nonlinearity: str) -> Any:
        z = x @ p[f"W{layer}"]
        return z, self.activation(z, nonlinearity) + p[f"b{layer}"]

    return late


def _other(nonlinearity: str) -> str:
    return "SIGM" if nonlinearity == "RELU" else "RELU"


def _activated_scores(self: ThreeLayerNet, p: Any, X: Any, nonlinearity: str) -> Forward:
    seen = ThreeLayerNet.forward(self, p, X, nonlinearity)
    return replace(seen, scores=self.activation(seen.scores, nonlinearity))


FORWARD: tuple[KnownMistake[Net], ...] = (
    KnownMistake(
        "forward-missing-b1",
        "The first hidden layer does not add its bias b1.",
        "hidden1 = f(X·W1 + b1). It goes unnoticed at first because the biases start at 0.",
        net(into_layer1=lambda net, p, X: X @ p["W1"]),
    ),
    KnownMistake(
        "forward-missing-b2",
        "The second hidden layer does not add its bias b2.",
        "hidden2 = f(hidden1·W2 + b2). It goes unnoticed at first because the biases start at 0.",
        net(into_layer2=lambda net, p, h: h @ p["W2"]),
    ),
    KnownMistake(
        "forward-missing-b3",
        "The scores do not add their bias b3.",
        "scores = hidden2·W3 + b3. It goes unnoticed at first because the biases start at 0.",
        net(output=lambda net, p, h: h @ p["W3"]),
    ),
    KnownMistake(
        "no-biases",
        "No layer adds its bias.",
        "Each layer is input·W + b: add b1, b2 and b3. It goes unnoticed at first because the biases start at 0.",
        net(
            into_layer1=lambda net, p, X: X @ p["W1"],
            into_layer2=lambda net, p, h: h @ p["W2"],
            output=lambda net, p, h: h @ p["W3"],
        ),
    ),
    KnownMistake(
        "forward-missing-hidden-biases",
        "Neither hidden layer adds its bias.",
        "hidden1 = f(X·W1 + b1) and hidden2 = f(hidden1·W2 + b2).",
        net(into_layer1=lambda net, p, X: X @ p["W1"], into_layer2=lambda net, p, h: h @ p["W2"]),
    ),
    KnownMistake(
        "forward-no-activation-layer-1",
        "The first hidden layer has no activation function.",
        "hidden1 = f(X·W1 + b1), with f the sigmoid or the ReLU.",
        net(layer1=_no_activation(1)),
    ),
    KnownMistake(
        "forward-no-activation-layer-2",
        "The second hidden layer has no activation function.",
        "hidden2 = f(hidden1·W2 + b2), with f the sigmoid or the ReLU.",
        net(layer2=_no_activation(2)),
    ),
    KnownMistake(
        "forward-no-activation",
        "Neither hidden layer has an activation function: the network is linear.",
        "Pass X·W1 + b1 and hidden1·W2 + b2 through sigmoid or relu.",
        net(layer1=_no_activation(1), layer2=_no_activation(2)),
    ),
    KnownMistake(
        "forward-activation-on-scores",
        "The scores pass through the activation function.",
        "The last layer is linear: scores = hidden2·W3 + b3. The softmax comes after it.",
        net(forward=_activated_scores),
    ),
    KnownMistake(
        "forward-bias-outside-layer-1",
        "The first hidden layer adds b1 after the activation function.",
        "The bias goes inside: f(X·W1 + b1). Check the parentheses.",
        net(layer1=_bias_outside(1)),
    ),
    KnownMistake(
        "forward-bias-outside-layer-2",
        "The second hidden layer adds b2 after the activation function.",
        "The bias goes inside: f(hidden1·W2 + b2). Check the parentheses.",
        net(layer2=_bias_outside(2)),
    ),
    KnownMistake(
        "forward-bias-outside",
        "Both hidden layers add their bias after the activation function.",
        "The bias goes inside: f(X·W1 + b1) and f(hidden1·W2 + b2). Check the parentheses.",
        net(layer1=_bias_outside(1), layer2=_bias_outside(2)),
    ),
    KnownMistake(
        "forward-other-activation",
        "The branches are swapped, or one of them uses the other's function: the wrong activation function is applied.",
        "NONLINEARITY == 'RELU' must use relu and 'SIGM' must use sigmoid, in both hidden layers.",
        net(activation=lambda net, z, f: net.sigmoid(z) if f == "RELU" else net.relu(z)),
    ),
    KnownMistake(
        "forward-mixed-activations-layer-1",
        "The first hidden layer uses the other branch's activation function.",
        "Both hidden layers use the same function: relu for 'RELU', sigmoid for 'SIGM'.",
        net(layer1=lambda net, p, X, f: (net.into_layer1(p, X), net.activation(net.into_layer1(p, X), _other(f)))),
    ),
    KnownMistake(
        "forward-mixed-activations-layer-2",
        "The second hidden layer uses the other branch's activation function.",
        "Both hidden layers use the same function: relu for 'RELU', sigmoid for 'SIGM'.",
        net(layer2=lambda net, p, h, f: (net.into_layer2(p, h), net.activation(net.into_layer2(p, h), _other(f)))),
    ),
    KnownMistake(
        "forward-biases-subtracted",
        "The biases are subtracted instead of added.",
        "Each layer is input·W + b.",
        net(
            into_layer1=lambda net, p, X: X @ p["W1"] - p["b1"],
            into_layer2=lambda net, p, h: h @ p["W2"] - p["b2"],
            output=lambda net, p, h: h @ p["W3"] - p["b3"],
        ),
    ),
    KnownMistake(
        "forward-activation-twice",
        "The second hidden layer passes through the activation function twice.",
        "hidden2 = f(hidden1·W2 + b2), once.",
        net(
            layer2=lambda net, p, h, f: (
                net.into_layer2(p, h),
                net.activation(net.activation(net.into_layer2(p, h), f), f),
            )
        ),
    ),
)

VARIANTS: dict[str, Net] = {known.id: known.variant for known in FORWARD}


_LINEAR_1 = {"slope1": lambda self, seen, f: np.ones_like(seen.hidden1)}
_LINEAR_2 = {"slope2": lambda self, seen, f: np.ones_like(seen.hidden2)}
_SWAPPED_1 = {"slope1": lambda self, seen, f: self.slope(seen.z1, seen.hidden1, _other(f))}
_SWAPPED_2 = {"slope2": lambda self, seen, f: self.slope(seen.z2, seen.hidden2, _other(f))}

TRUE_SLOPES: dict[str, Net] = {
    id_: type("Consistent", (VARIANTS[id_],), methods)
    for id_, methods in {
        "forward-no-activation-layer-1": _LINEAR_1,
        "forward-no-activation-layer-2": _LINEAR_2,
        "forward-no-activation": _LINEAR_1 | _LINEAR_2,
        "forward-other-activation": _SWAPPED_1 | _SWAPPED_2,
        "forward-mixed-activations-layer-1": _SWAPPED_1,
        "forward-mixed-activations-layer-2": _SWAPPED_2,
    }.items()
}
"""Wrong forward passes with a backward pass that is their true slope, where the textbook's formula is not."""
