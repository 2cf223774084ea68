"""How a network with one hidden layer goes wrong: by hand (forward, loss, backward, descent), and as a module."""

# ruff: noqa: ARG001, ARG005, PLR0917 - a variant has the signature of the method that it replaces

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from grading.mistakes import KnownMistake, architecture, losses, torch_optimizers
from reference_models import optimizers
from reference_models.circles_network import NAMES, Array, CirclesNet, Parameters, Passed, variant
from reference_models.optimizers import Hyperparameters, Optimizer

Known = tuple[KnownMistake[CirclesNet], ...]


def _known(id: str, says: str, look: str, **methods: Any) -> KnownMistake[CirclesNet]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, variant(**methods))


def _shown(record: KnownMistake[Any], **methods: Any) -> KnownMistake[CirclesNet]:
    """A mistake of any network, as this one shows it."""
    return replace(record, variant=variant(**methods))


WEIGHT_SHAPE = KnownMistake(
    "weight-shape", "A weight has another shape than its layer.", "Wh is (nh, nx) and Wy (ny, nh)."
)
BIAS_SHAPE = KnownMistake("bias-shape", "A bias has another size than its layer.", "bh has nh entries, by has ny.")


def _sigmoid(z: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


def _over_batch(net: CirclesNet, z: Array) -> Array:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum(axis=0, keepdims=True))


def _over_everything(net: CirclesNet, z: Array) -> Array:
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum())


HIDDEN: Known = (
    _known("sigmoid-hidden", "The hidden layer uses the sigmoid; tanh is asked for.",
           "h = tanh(htilde).", hidden=lambda net, z: _sigmoid(z)),
    _known("relu-hidden", "The hidden layer uses ReLU; tanh is asked for.",
           "h = tanh(htilde).", hidden=lambda net, z: np.maximum(z, 0)),
    _known("hidden-activation-missing", "The hidden layer has no activation function.",
           "h = tanh(htilde).", hidden=lambda net, z: z),
)  # fmt: skip

FORWARD: Known = (
    _known("softmax-over-the-batch", "Softmax is taken over the examples: each column sums to 1.",
           "Sum over the classes of each row: dim=1, with keepdim=True.", output=_over_batch),
    _known("softmax-over-everything", "Your softmax divides by the sum over all examples and classes.",
           "Each row is divided by its own sum: dim=1, with keepdim=True.", output=_over_everything),
    _known("sigmoid-at-the-output", "Your output is a sigmoid of each entry, not a softmax of each row.",
           "exp(ytilde) divided by its sum over the row.", output=lambda net, z: _sigmoid(z)),
    _known("no-softmax", "yhat is ytilde itself: the softmax is missing.",
           "The network puts out probabilities.", output=lambda net, z: z),
    _known("exp-not-normalised", "yhat is exp(ytilde), not divided by the sum of its row.",
           "Divide by the sum over the classes.", output=lambda net, z: np.exp(z)),
    _known("log-softmax-at-the-output", "yhat holds logarithms of probabilities.",
           "Leave the logarithm to the loss.", output=lambda net, z: np.log(CirclesNet.output(net, z))),
    *HIDDEN,
    _known("tanh-at-the-output", "ytilde goes through a tanh before the softmax.",
           "ytilde is an affine map of h.", output=lambda net, z: CirclesNet.output(net, np.tanh(z))),
    _known("no-hidden-bias", "The hidden layer does not add its bias bh.",
           "htilde = X Wh^T + bh.", into_hidden=lambda net, p, X: X @ p["Wh"].T),
    _known("no-output-bias", "The output layer does not add its bias by.",
           "ytilde = h Wy^T + by.", into_output=lambda net, p, h: h @ p["Wy"].T),
    _known("no-biases", "No layer adds its bias.", "Add bh and by.",
           into_hidden=lambda net, p, X: X @ p["Wh"].T, into_output=lambda net, p, h: h @ p["Wy"].T),
    _known("bias-subtracted", "The hidden bias is subtracted.", "htilde = X Wh^T + bh.",
           into_hidden=lambda net, p, X: X @ p["Wh"].T - p["bh"]),
)  # fmt: skip

LOSS: Known = (
    _shown(losses.SUM_INSTEAD_OF_MEAN, loss=lambda net, q, Y: float(-(Y * np.log(q)).sum())),
    _shown(losses.MEAN_OVER_CLASSES, loss=lambda net, q, Y: float(-(Y * np.log(q)).mean())),
    _shown(losses.CROSS_ENTROPY_SIGN, loss=lambda net, q, Y: float((Y * np.log(q)).sum(axis=1).mean())),
    _shown(losses.BINARY_CROSS_ENTROPY.advising("One class of several: only the true class counts."),
           loss=lambda net, q, Y: float(-(Y * np.log(q) + (1 - Y) * np.log(1 - q)).mean())),
    _known("binary-cross-entropy-summed", "Your loss adds the binary cross-entropies of all classes.",
           "Only the true class counts.",
           loss=lambda net, q, Y: float(-(Y * np.log(q) + (1 - Y) * np.log(1 - q)).sum(axis=1).mean())),
    _shown(losses.SQUARED_ERROR.advising("The cross-entropy is asked for."),
           loss=lambda net, q, Y: float(((q - Y) ** 2).mean())),
    _known("softmax-before-cross-entropy", "Softmax is applied twice: before the loss, and in it.",
           "yhat holds probabilities already: L = -mean of sum y log yhat.",
           loss=lambda net, q, Y: CirclesNet.loss(net, CirclesNet.output(net, q), Y)),
    _known("loss-base-ten", "Your loss takes the logarithm to the base 10.", "Use the natural one.",
           loss=lambda net, q, Y: float(-(Y * np.log10(q)).sum(axis=1).mean())),
    _known("loss-base-two", "Your loss takes the logarithm to the base 2.", "Use the natural one.",
           loss=lambda net, q, Y: float(-(Y * np.log2(q)).sum(axis=1).mean())),
)  # fmt: skip


def _averaged(*names: str) -> Any:
    """Gradients of which some are divided by the batch's size."""

    def gradients(net: CirclesNet, seen: Passed, dy: Array, dh: Array) -> dict[str, Array]:
        found = CirclesNet.gradients(net, seen, dy, dh)
        return {k: v / len(seen.X) if k in names else v for k, v in found.items()}

    return gradients


def _through(slope: Any) -> Any:
    return lambda net, seen: slope(seen)


def _left_out(name: str) -> Any:
    def gradients(net: CirclesNet, seen: Passed, dy: Array, dh: Array) -> dict[str, Array]:
        found = CirclesNet.gradients(net, seen, dy, dh)
        return {**found, name: np.zeros_like(found[name])}

    return gradients


BACKWARD: Known = (
    _known("slope-of-pre-activation", "The derivative of tanh is taken with htilde: 1 - htilde².",
           "tanh' = 1 - tanh²: use h.", slope=_through(lambda s: 1 - s.htilde**2)),
    _known("slope-missing", "The slope of the activation function is missing.", "Multiply by 1 - h².",
           slope=_through(lambda s: np.ones_like(s.h))),
    _known("slope-of-sigmoid", "The derivative is the sigmoid's, h(1 - h).", "tanh' = 1 - h².",
           slope=_through(lambda s: s.h * (1 - s.h))),
    _known("slope-not-squared", "The derivative is 1 - h: the square is missing.", "tanh' = 1 - h².",
           slope=_through(lambda s: 1 - s.h)),
    _known("slope-of-relu", "The slope is that of ReLU, which is not the activation here.", "tanh' = 1 - h².",
           slope=_through(lambda s: (s.htilde > 0).astype(float))),
    _known("slope-tanh-of-h", "tanh is taken twice: 1 - tanh(h)².", "h is tanh(htilde) already.",
           slope=_through(lambda s: 1 - np.tanh(s.h) ** 2)),
    _known("slope-is-tanh", "You multiply by h, not by the derivative of tanh.", "tanh' = 1 - h².",
           slope=_through(lambda s: s.h)),
    _known("gradient-sign", "All gradients have the wrong sign.", "The slope at ytilde is yhat - y.",
           at_output=lambda net, s, Y: Y - s.yhat),
    _known("logits-for-probabilities", "ytilde is used where yhat is due.", "The slope at ytilde is yhat - y.",
           at_output=lambda net, s, Y: s.ytilde - Y),
    _known("slope-of-log-only", "The slope at the output is -y/yhat: the softmax is left out.",
           "Through softmax and logarithm together it is yhat - y.", at_output=lambda net, s, Y: -Y / s.yhat),
    _known("softmax-slope-twice", "The output's delta is multiplied by p(1 - p): softmax's slope is taken twice.",
           "yhat - y contains it already.",
           at_output=lambda net, s, Y: (s.yhat - Y) * s.yhat * (1 - s.yhat)),
    _known("pre-activation-into-weights", "The gradient of Wy uses htilde.", "It is dytilde^T h.",
           gradients=lambda net, s, dy, dh: {**CirclesNet.gradients(net, s, dy, dh), "Wy": dy.T @ s.htilde}),
    _known("biases-averaged-only", "Only the biases' gradients are divided by the batch's size.",
           "Divide all four or none.", gradients=_averaged("bh", "by")),
    _known("weights-averaged-only", "Only the weights' gradients are divided by the batch's size.",
           "Divide all four or none; the columns of the slopes are summed for the biases.",
           gradients=_averaged("Wh", "Wy")),
    _known("output-averaged-only", "Only the output layer's gradients are divided by the batch's size.",
           "Divide all four or none.", gradients=_averaged("Wy", "by")),
    _known("hidden-averaged-only", "Only the hidden layer's gradients are divided by the batch's size.",
           "Divide all four or none.", gradients=_averaged("Wh", "bh")),
    _known("no-hidden-bias-gradient", "The gradient of bh is 0.", "It is the column sums of dhtilde.",
           gradients=_left_out("bh")),
    _known("no-output-bias-gradient", "The gradient of by is 0.", "It is the column sums of dytilde.",
           gradients=_left_out("by")),
    _known("bias-gradient-before-slope", "The gradient of bh leaves the derivative of tanh out.",
           "It is the column sums of dhtilde.",
           at_hidden=lambda net, p, s, dy: _Unsloped.of(dy @ p["Wy"], net.slope(s)),
           gradients=lambda net, s, dy, dh: {
               **CirclesNet.gradients(net, s, dy, np.asarray(dh)), "bh": dh.before.sum(axis=0)}),
    _known("weight-gradient-before-slope", "The gradient of Wh leaves the derivative of tanh out.",
           "It is dhtilde^T X.",
           at_hidden=lambda net, p, s, dy: _Unsloped.of(dy @ p["Wy"], net.slope(s)),
           gradients=lambda net, s, dy, dh: {
               **CirclesNet.gradients(net, s, dy, np.asarray(dh)), "Wh": dh.before.T @ s.X}),
)  # fmt: skip


class _Unsloped(np.ndarray[Any, Any]):
    """The slope at htilde that remembers what it was before the derivative of tanh."""

    before: Array

    @classmethod
    def of(cls, before: Array, slope: Array) -> "_Unsloped":
        made = (before * slope).view(cls)
        made.before = before
        return made


def _moving(sign: float, *, rate: bool = True, names: tuple[str, ...] = NAMES) -> Any:
    def step(net: CirclesNet, p: Parameters, g: Parameters, eta: float) -> dict[str, Array]:
        return {k: p[k] + sign * (eta if rate else 1.0) * g[k] if k in names else p[k] for k in NAMES}

    return step


STEP: Known = (
    _known("gradient-ascent", "Your step goes up the gradient instead of down.", "Subtract eta times the gradient.",
           step=_moving(1.0)),
    _known("learning-rate-missing", "The learning rate is missing from your step.", "Subtract eta times the gradient.",
           step=_moving(-1.0, rate=False)),
    _known("biases-do-not-move", "Your step leaves the biases as they are.", "Move all four.",
           step=_moving(-1.0, names=("Wh", "Wy"))),
    _known("hidden-layer-does-not-move", "Your step leaves the hidden layer as it is.", "Move all four.",
           step=_moving(-1.0, names=("Wy", "by"))),
    _known("output-layer-does-not-move", "Your step leaves the output layer as it is.", "Move all four.",
           step=_moving(-1.0, names=("Wh", "bh"))),
    _known("parameters-do-not-move", "Your step leaves the parameters as they are.",
           "Local copies are changed, perhaps: change the tensors, or return new ones.", step=_moving(0.0)),
    _known("rate-halved", "Your step has half the rate it was given.", "Subtract eta times the gradient.",
           step=lambda net, p, g, eta: CirclesNet.step(net, p, g, eta / 2)),
    _known("rate-fixed", "Your step has a rate of 0.03 whatever it is given.", "Use eta.",
           step=lambda net, p, g, eta: CirclesNet.step(net, p, g, 0.03)),
    _known("step-is-the-gradient", "Your step puts -eta times the gradient in the parameters' place.",
           "Subtract it from them.", step=lambda net, p, g, eta: {k: -eta * g[k] for k in NAMES}),
)  # fmt: skip


def _accumulating(net: CirclesNet, p: Parameters, X: Array, Y: Array, eta: float, steps: int) -> list[Any]:
    path: list[dict[str, Array]] = []
    total = {k: np.zeros_like(p[k]) for k in NAMES}
    for _ in range(steps):
        slope = net.gradient(p, X, Y)
        total = {k: total[k] + slope[k] for k in NAMES}
        p = net.step(p, total, eta)
        path.append(dict(p))
    return path


DESCENT: Known = (
    _shown(torch_optimizers.GRADIENTS_ACCUMULATE.advising("After the step, set every .grad to zero."),
           descent=_accumulating),
    *(k for k in STEP if k.id != "step-is-the-gradient"),
)  # fmt: skip

# -- as a module, with an optimizer -----------------------------------------------------------------------


def _ending(ending: Any) -> Any:
    return lambda net, p, X: ending(CirclesNet.scores(net, p, X))


def _nothing(net: CirclesNet, p: Parameters, X: Array) -> Array:
    """Of a module whose parameters are others than those that are asked for."""
    return np.zeros((len(X), len(p["by"])))


_LAYERS = "Linear, Tanh, Linear."
_SCORES = "The model puts out scores; CrossEntropyLoss does the rest."

MODULE: Known = (
    _shown(losses.SOFTMAX_BEFORE_CROSS_ENTROPY, scores=_ending(CirclesNet().output)),
    _known("softmax-over-the-batch", "Softmax is taken over the examples: each column sums to 1.", _SCORES,
           scores=_ending(lambda z: _over_batch(CirclesNet(), z))),
    _shown(architecture.SIGMOID_ON_SCORES, scores=_ending(_sigmoid)),
    _shown(architecture.TANH_ON_SCORES, scores=_ending(np.tanh)),
    _shown(architecture.RELU_ON_SCORES, scores=_ending(lambda z: np.maximum(z, 0))),
    *(replace(k, look=_LAYERS) for k in HIDDEN),
    _shown(architecture.BIASES_MISSING, size=lambda net, nx, nh, ny: nx * nh + nh * ny, scores=_nothing),
    _known("one-layer", "There is one layer only.", _LAYERS,
           size=lambda net, nx, nh, ny: nx * ny + ny, scores=_nothing),
)  # fmt: skip


def _measured(record: losses.Known) -> KnownMistake[CirclesNet]:
    def criterion(net: CirclesNet, scores: Array, Y: Array) -> float:
        return float(record.variant(torch.from_numpy(scores), torch.from_numpy(Y.argmax(axis=1))))

    return _shown(record, criterion=criterion)


CRITERION: Known = tuple(_measured(record) for record in losses.CROSS_ENTROPY)


def _walking(rule: Optimizer, momentum: float = 0.0) -> Any:
    """Steps of another rule, along the network's own gradients."""

    def descent(net: CirclesNet, p: Parameters, X: Array, Y: Array, eta: float, steps: int) -> list[Any]:
        options, slopes, path = Hyperparameters(lr=eta, momentum=momentum), list[Any](), [p]
        for _ in range(steps):
            slopes.append(net.gradient(path[-1], X, Y))
            path.append({k: rule(p[k], [s[k] for s in slopes], options)[-1] for k in NAMES})
        return path[1:]

    return descent


OPTIMIZER: Known = (
    _known("optimizer-momentum", "The optimizer has a momentum of 0.9.", "torch.optim.SGD(params, lr=eta).",
           descent=_walking(optimizers.sgd, 0.9)),
    _known("optimizer-adam", "The optimizer is Adam.", "torch.optim.SGD(params, lr=eta).",
           descent=_walking(optimizers.adam)),
    *DESCENT[1:],
)  # fmt: skip
