"""How the softmax network on digits goes wrong: forward, backward, the improved sigmoid, and any number of layers.

Each is the network with one method changed. `SLOPELESS` names those backward mistakes that have nothing to do with the
hidden function: whoever makes one pays for it in the first task, and not again with the improved sigmoid.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake
from reference_models.softmax_network import SCALE, STEEPNESS, Pass, SoftmaxNetwork

Array = npt.NDArray[np.float64]
Kind = type[SoftmaxNetwork]


def _changed(**methods: Callable[..., Any]) -> Kind:
    return type("Changed", (SoftmaxNetwork,), methods)


def _known(id: str, says: str, look: str, **methods: Callable[..., Any]) -> KnownMistake[Kind]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, _changed(**methods))


def _sigmoid(z: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def _tanh(z: Array) -> Array:
    return np.asarray(np.tanh(STEEPNESS * z))


def _soft(z: Array, axis: int | None) -> Array:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum(axis=axis, keepdims=axis is not None))


def _plain_exp(_: SoftmaxNetwork, z: Array) -> Array:
    return np.exp(np.minimum(z, 500.0))


def _softmax_twice(_: SoftmaxNetwork, z: Array) -> Array:
    return _soft(_soft(z, 1), 1)


def _log_softmax(_: SoftmaxNetwork, z: Array) -> Array:
    return np.log(_soft(z, 1))


_SOFTMAX_LOOK = "Each row of the output adds up to 1: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)."
_HIDDEN_LOOK = "The hidden layer is 1 / (1 + np.exp(-z)) with z = X @ ws[0]."

FORWARD: tuple[KnownMistake[Kind], ...] = (
    _known("hidden-activation-missing", "The hidden layer has no activation function.", _HIDDEN_LOOK,
           activation=lambda _, z: z),
    _known("hidden-sigmoid-sign", "The hidden sigmoid falls: its exponent has the wrong sign.", _HIDDEN_LOOK,
           activation=lambda _, z: _sigmoid(-z)),
    _known("hidden-tanh", "The hidden layer uses tanh where the sigmoid is asked for.", _HIDDEN_LOOK,
           activation=lambda _, z: np.tanh(z)),
    _known("hidden-relu", "The hidden layer uses ReLU where the sigmoid is asked for.", _HIDDEN_LOOK,
           activation=lambda _, z: np.maximum(z, 0)),
    _known("hidden-improved-always", "The improved sigmoid is used although use_improved_sigmoid is False.",
           "Look at the flag before you choose the activation function.",
           activation=lambda _, z: SCALE * _tanh(z)),
    _known("softmax-wrong-axis", "Softmax is taken down the columns: the batch adds up to 1.", _SOFTMAX_LOOK,
           output=lambda _, z: _soft(z, 0)),
    _known("softmax-whole-array", "Softmax divides by the sum of the whole array.", _SOFTMAX_LOOK,
           output=lambda _, z: _soft(z, None)),
    _known("sigmoid-outputs", "The output layer uses the sigmoid instead of softmax.", _SOFTMAX_LOOK,
           output=lambda _, z: _sigmoid(z)),
    _known("logits-returned", "forward returns the logits: softmax is missing.", _SOFTMAX_LOOK, output=lambda _, z: z),
    _known("softmax-not-normalised", "forward returns exp(z): the division is missing.", _SOFTMAX_LOOK,
           output=_plain_exp),
    _known("log-probabilities", "forward returns logarithms of probabilities.",
           "cross_entropy_loss takes the logarithm; forward returns probabilities.", output=_log_softmax),
    _known("softmax-twice", "Softmax is applied twice.", "Apply it once, to the logits.", output=_softmax_twice),
    _known("sigmoid-before-softmax", "The sigmoid is applied to the output layer before softmax.",
           "Softmax takes the logits, hidden @ ws[-1], as they are.", output=lambda _, z: _soft(_sigmoid(z), 1)),
)  # fmt: skip


def _no_mean(at: str) -> Callable[..., Array]:
    def gradient(_: SoftmaxNetwork, entered: Array, delta: Array, layer: int) -> Array:
        summed = at == "all" or (at == "first" and layer == 0) or (at == "later" and layer > 0)
        return entered.T @ delta / (1 if summed else len(delta))

    return gradient


def _mean_times(factor: Callable[[Array], float]) -> Callable[..., Array]:
    def gradient(_: SoftmaxNetwork, entered: Array, delta: Array, layer: int) -> Array:  # noqa: ARG001 - a method's
        return entered.T @ delta / len(delta) * factor(delta)

    return gradient


def _delta_with(slope: Callable[[SoftmaxNetwork, Array], Array]) -> Callable[..., Array]:
    def hidden_delta(self: SoftmaxNetwork, delta: Array, weights: Array, z: Array, layer: int) -> Array:  # noqa: ARG001
        return np.asarray((delta @ weights.T) * slope(self, z))

    return hidden_delta


def _softmax_slope(_: SoftmaxNetwork, seen: Pass, targets: Array) -> Array:
    return np.asarray((seen.outputs - targets) * seen.outputs * (1 - seen.outputs))


def _squared(_: SoftmaxNetwork, seen: Pass, targets: Array) -> Array:
    return 2 * (seen.outputs - targets)


def _ratio(_: SoftmaxNetwork, seen: Pass, targets: Array) -> Array:
    return np.asarray(-targets / seen.outputs)


def _of_activation(network: SoftmaxNetwork, z: Array) -> Array:
    return network.slope(network.activation(z))


_DELTA_LOOK = "delta_j = f'(z_j) · sum over k of w_kj · delta_k, with f'(z) = f(z)·(1 - f(z))."
_MEAN_LOOK = "The loss is the mean over the batch: divide every gradient by the number of rows, once."

SLOPELESS: tuple[KnownMistake[Kind], ...] = (
    _known("gradient-sum", "The gradients are sums over the batch, where the loss is a mean.", _MEAN_LOOK,
           gradient=_no_mean("all")),
    _known("gradient-sum-first-layer", "The first layer's gradient is not divided by the batch size.", _MEAN_LOOK,
           gradient=_no_mean("first")),
    _known("gradient-sum-last-layer", "Only the first layer's gradient is divided by the batch size.", _MEAN_LOOK,
           gradient=_no_mean("later")),
    _known("gradient-mean-twice", "The gradients are divided by the batch size twice.", _MEAN_LOOK,
           gradient=_mean_times(lambda d: 1 / len(d))),
    _known("gradient-mean-over-classes", "The gradients are divided by the number of classes as well.", _MEAN_LOOK,
           gradient=_mean_times(lambda d: 1 / len(d[0]))),
    _known("gradient-sign", "All gradients have the wrong sign.", "The output's delta is outputs - targets.",
           output_delta=lambda _, seen, t: t - seen.outputs),
    _known("delta-times-softmax-slope", "The output's delta is multiplied by the slope of softmax.",
           "Softmax and cross-entropy together leave outputs - targets.", output_delta=_softmax_slope),
    _known("gradient-doubled", "All gradients are twice too large.",
           "The derivative of cross-entropy has no factor 2: outputs - targets.", output_delta=_squared),
    _known("delta-of-loss-only", "The output's delta is -targets / outputs: the slope of softmax is missing.",
           "Softmax and cross-entropy together leave outputs - targets.", output_delta=_ratio),
    _known("delta-is-outputs", "The targets are not subtracted from the outputs.",
           "The output's delta is outputs - targets.", output_delta=lambda _, seen, t: seen.outputs + 0 * t),
)  # fmt: skip

SLOPES: tuple[KnownMistake[Kind], ...] = (
    _known("slope-missing", "The slope of the activation function is missing.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda _, z: np.ones_like(z))),
    _known("slope-is-activation", "The hidden layer's gradient is multiplied by f(z) instead of its slope.",
           _DELTA_LOOK, hidden_delta=_delta_with(lambda s, z: s.activation(z))),
    _known("slope-of-activation", "The slope is taken at the activation: f'(f(z)) instead of f'(z).", _DELTA_LOOK,
           hidden_delta=_delta_with(_of_activation)),
    _known("slope-from-pre-activation", "The slope is z·(1 - z): the activation belongs where the pre-activation is.",
           _DELTA_LOOK, hidden_delta=_delta_with(lambda _, z: z * (1 - z))),
    _known("slope-one-minus", "The slope is 1 - f(z): the factor f(z) is missing.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda _, z: 1 - _sigmoid(z))),
    _known("slope-of-tanh", "The slope is that of tanh, 1 - f(z)², and the hidden layer is a sigmoid.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda _, z: 1 - _sigmoid(z) ** 2)),
    _known("slope-of-relu", "The slope is that of ReLU, which is not the activation here.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda _, z: np.where(z > 0, 1.0, 0.0))),
    _known("slope-sign", "The slope of the hidden layer has the wrong sign.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda s, z: -s.slope(z))),
    _known("slope-squared", "The slope of the hidden layer is multiplied in twice.", _DELTA_LOOK,
           hidden_delta=_delta_with(lambda s, z: s.slope(z) ** 2)),
    _known("slope-of-improved-always", "The slope is the improved sigmoid's although use_improved_sigmoid is False.",
           "Choose the slope by the same flag as the activation.",
           hidden_delta=_delta_with(lambda _, z: SCALE * STEEPNESS * (1 - _tanh(z) ** 2))),
)  # fmt: skip

BACKWARD = (*SLOPELESS, *SLOPES)

_FORMULA = "f(z) = 1.7159 · tanh(2z/3), in the hidden layers only."
_SLOPE = "f'(z) = 1.7159 · 2/3 · (1 - tanh²(2z/3))."

IMPROVED_FORWARD: tuple[KnownMistake[Kind], ...] = (
    _known("improved-flag-ignored", "The plain sigmoid is used although use_improved_sigmoid is True.",
           "Look at the flag, in forward and in backward.", activation=lambda _, z: _sigmoid(z)),
    _known("improved-without-scale", "The factor 1.7159 is missing.", _FORMULA, activation=lambda _, z: _tanh(z)),
    _known("improved-without-two-thirds", "The factor 2/3 inside tanh is missing.", _FORMULA,
           activation=lambda _, z: SCALE * np.tanh(z)),
    _known("improved-three-halves", "The factor inside tanh is 3/2 instead of 2/3.", _FORMULA,
           activation=lambda _, z: SCALE * np.tanh(1.5 * z)),
    _known("improved-plain-tanh", "The hidden layer is a plain tanh.", _FORMULA, activation=lambda _, z: np.tanh(z)),
    _known("improved-constant-mistyped", "The constant 1.7159 is mistyped as 1.7519 or 1.7195.", _FORMULA,
           activation=lambda _, z: 1.7195 * _tanh(z)),
    _known("improved-of-sigmoid", "The improved sigmoid scales the plain one instead of tanh.", _FORMULA,
           activation=lambda _, z: SCALE * _sigmoid(STEEPNESS * z)),
    _known("improved-outputs", "The improved sigmoid is applied to the output layer as well.", _FORMULA,
           output=lambda _, z: _soft(SCALE * _tanh(z), 1)),
)  # fmt: skip

IMPROVED_BACKWARD: tuple[KnownMistake[Kind], ...] = (
    _known("improved-slope-without-two-thirds", "The slope lacks the factor 2/3.", _SLOPE,
           slope=lambda _, z: SCALE * (1 - _tanh(z) ** 2)),
    _known("improved-slope-without-scale", "The slope lacks the factor 1.7159.", _SLOPE,
           slope=lambda _, z: STEEPNESS * (1 - _tanh(z) ** 2)),
    _known("improved-slope-without-factors", "The slope lacks both factors.", _SLOPE,
           slope=lambda _, z: 1 - _tanh(z) ** 2),
    _known("improved-slope-of-plain-sigmoid", "The slope is the plain sigmoid's.", _SLOPE,
           slope=lambda _, z: _sigmoid(z) * (1 - _sigmoid(z))),
    _known("improved-slope-activation-times-rest", "The slope is f·(1 - f) of the improved sigmoid.", _SLOPE,
           slope=lambda s, z: s.activation(z) * (1 - s.activation(z))),
    _known("improved-slope-not-squared", "tanh is not squared in the slope.", _SLOPE,
           slope=lambda _, z: SCALE * STEEPNESS * (1 - _tanh(z))),
    _known("improved-slope-cosh-not-squared", "cosh is not squared in the slope.", _SLOPE,
           slope=lambda _, z: SCALE * STEEPNESS / np.cosh(STEEPNESS * z)),
    _known("improved-slope-activation-squared", "The slope squares f(z), which carries the 1.7159, and not tanh.",
           _SLOPE, slope=lambda s, z: SCALE * STEEPNESS * (1 - s.activation(z) ** 2)),
    _known("improved-slope-from-pre-activation", "The slope is taken from z without tanh.", _SLOPE,
           slope=lambda _, z: SCALE * STEEPNESS * (1 - z**2)),
    _known("improved-slope-at-activation", "tanh is taken of the activation in the slope, not of z.", _SLOPE,
           slope=lambda s, z: SCALE * STEEPNESS * (1 - _tanh(s.activation(z)) ** 2)),
    _known("improved-slope-inner-missing", "The slope takes tanh of z, without 2/3.", _SLOPE,
           slope=lambda _, z: SCALE * STEEPNESS * (1 - np.tanh(z) ** 2)),
    _known("improved-slope-missing", "The hidden layer's slope is missing.", _SLOPE,
           slope=lambda _, z: np.ones_like(z)),
    _known("improved-flag-ignored", "The plain sigmoid is used although use_improved_sigmoid is True.",
           "Look at the flag, in forward and in backward.", activation=lambda _, z: _sigmoid(z),
           slope=lambda _, z: _sigmoid(z) * (1 - _sigmoid(z))),
)  # fmt: skip


def _nothing(_: SoftmaxNetwork, weights: Sequence[Array], seen: Pass, targets: Array) -> list[Array]:  # noqa: ARG001
    return [np.zeros_like(w) for w in weights]


def _first_slope_missing(self: SoftmaxNetwork, delta: Array, weights: Array, z: Array, layer: int) -> Array:
    return np.asarray((delta @ weights.T) * (1.0 if layer == 0 else self.slope(z)))


def _later_slope_missing(self: SoftmaxNetwork, delta: Array, weights: Array, z: Array, layer: int) -> Array:
    return np.asarray((delta @ weights.T) * (self.slope(z) if layer == 0 else 1.0))


def _later_forward(self: SoftmaxNetwork, weights: list[Array], X: Array) -> Pass:
    entered, z = [X], []
    for number, w in enumerate(weights):
        z.append(entered[-1] @ w)
        if number < len(weights) - 1:
            entered.append(self.with_ones(self.activation(z[-1]) if number == 0 else z[-1]))
    return Pass(entered, z, self.output(z[-1]))


def _skipping_forward(self: SoftmaxNetwork, weights: list[Array], X: Array) -> Pass:
    seen = SoftmaxNetwork.forward(self, weights, X)
    return Pass(seen.entered, seen.z, self.output(_sigmoid(seen.z[-1]) if len(weights) > 2 else seen.z[-1]))  # noqa: PLR2004


def _first_only(self: SoftmaxNetwork, weights: list[Array], seen: Pass, targets: Array) -> list[Array]:
    right = SoftmaxNetwork.backward(self, weights, seen, targets)
    return [np.zeros_like(g) if 0 < n < len(right) - 1 else g for n, g in enumerate(right)]


def _no_mean_in_between(_: SoftmaxNetwork, entered: Array, delta: Array, layer: int) -> Array:
    inside = entered.shape[1] != 785 and delta.shape[1] != 10  # noqa: PLR2004 - neither inputs nor outputs
    return entered.T @ delta / (1 if inside and layer else len(delta))


DEEP: tuple[KnownMistake[Kind], ...] = (
    _known("deep-slope-missing-first", "With several hidden layers, the first one's slope is missing.",
           "Every hidden layer has its own slope: delta_l = f'(z_l) · (delta_{l+1} @ W.T).",
           hidden_delta=_first_slope_missing),
    _known("deep-slope-missing-later", "With several hidden layers, only the first one's slope is multiplied in.",
           "Every hidden layer has its own slope.", hidden_delta=_later_slope_missing),
    _known("deep-activation-missing-later", "With several hidden layers, only the first has an activation function.",
           "Every layer but the last goes through the hidden function.", forward=_later_forward),
    _known("deep-sigmoid-before-softmax", "With several hidden layers, the hidden function is applied to the output "
           "layer as well.", "The last layer goes to softmax as it is.", forward=_skipping_forward),
    _known("deep-gradients-zero", "No layer has a gradient: self.grads holds nothing but zeros.",
           "Compute the gradient of every layer, last to first, and keep it in self.grads.", backward=_nothing),
    _known("deep-middle-gradients-zero", "The layers in the middle have no gradient.",
           "Fill self.grads for every layer, last to first.", backward=_first_only),
    _known("deep-middle-gradients-summed", "The gradients of the layers in the middle are not divided by the batch "
           "size.", _MEAN_LOOK, gradient=_no_mean_in_between),
)  # fmt: skip


def _masked_by_itself(_: SoftmaxNetwork, delta: Array, weights: Array, z: Array, layer: int) -> Array:  # noqa: ARG001
    back = delta @ weights.T
    return np.asarray(back * (back > 0))


RELU: tuple[KnownMistake[Kind], ...] = (
    _known("relu-flag-ignored", "The sigmoid is used although use_relu is True.", "Look at the flag in forward too.",
           activation=lambda _, z: _sigmoid(z), slope=lambda _, z: _sigmoid(z) * (1 - _sigmoid(z))),
    _known("relu-slope-missing", "ReLU's slope is missing.", "The slope is 1 where z > 0 and 0 elsewhere.",
           slope=lambda _, z: np.ones_like(z)),
    _known("relu-slope-of-sigmoid", "ReLU is used forwards, and the sigmoid's slope backwards.",
           "The slope is 1 where z > 0 and 0 elsewhere.", slope=lambda _, z: _sigmoid(z) * (1 - _sigmoid(z))),
    _known("relu-mask-of-gradient", "ReLU's mask is taken of the gradient that comes back, not of z.",
           "The slope is 1 where z > 0 and 0 elsewhere.", hidden_delta=_masked_by_itself),
)  # fmt: skip
