"""How the backward pass of a three-layer network goes wrong, and the step along its gradients.

Each variant overrides one method of `ThreeLayerNet`: the line that the student got wrong.
"""

# ruff: noqa: ARG005, PLR0917 - a variant has the signature of the method that it replaces

from typing import Any

import numpy as np

from grading.mistakes import KnownMistake
from reference_models.mlp import NAMES, WEIGHTS, Net, ThreeLayerNet, Training, net


def _only(*names: str) -> Any:
    """A step that moves only these parameters."""
    return lambda net, p, g, step: {k: p[k] - step * g[k] if k in names else p[k] for k in NAMES}


def _penalty(factor: float, *names: str) -> Any:
    """A regularizer whose gradient is `factor` times reg·parameter for these parameters, and right for the others."""

    def gradient(self: ThreeLayerNet, name: str, parameter: Any, reg: float) -> Any:
        return factor * reg * parameter if name in names else ThreeLayerNet.penalty_gradient(self, name, parameter, reg)

    return gradient


def _updated_first(*updated: str) -> Any:
    """A step that propagates through weights which this very step has already moved."""

    def step(
        self: ThreeLayerNet, p: Any, X: Any, y: Any, seen: Any, nonlinearity: str, step_size: float, reg: float
    ) -> Any:
        right = self.backward(p, X, y, seen, nonlinearity, reg)
        moved = {**p, **{name: p[name] - step_size * right[name] for name in updated}}
        late = self.backward(moved, X, y, seen, nonlinearity, reg)
        gradients = {name: late[name] if name[1] < max(updated)[1] else right[name] for name in NAMES}
        gradients |= {w: gradients[w] + reg * (p[w] - moved[w]) for w in updated if w != max(updated)}
        return gradients, self.descend(p, gradients, step_size)

    return step


def _column_softmax(scores: Any) -> Any:
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=0, keepdims=True)


def _assembled(self: ThreeLayerNet, p: Any, X: Any, seen: Any, d3: Any, d2: Any, d1: Any, reg: float) -> Any:
    inputs = {"1": (X, d1), "2": (seen.hidden1, d2), "3": (seen.hidden2, d3)}
    return {
        name: (self.weight_gradient(*inputs[name[1]]) if name in WEIGHTS else self.bias_gradient(inputs[name[1]][1]))
        + self.penalty_gradient(name, p[name], reg)
        for name in NAMES
    }


def _not_passed_on(self: ThreeLayerNet, p: Any, X: Any, y: Any, seen: Any, nonlinearity: str, reg: float) -> Any:
    d3 = self.scores_gradient(seen.scores, y)
    into2 = d3 @ p["W3"].T
    d1 = into2 @ p["W2"].T * self.slope1(seen, nonlinearity)
    return _assembled(self, p, X, seen, d3, into2 * self.slope2(seen, nonlinearity), d1, reg)


def _masked_by_gradient(self: ThreeLayerNet, p: Any, X: Any, y: Any, seen: Any, nonlinearity: str, reg: float) -> Any:
    if nonlinearity != "RELU":
        return ThreeLayerNet.backward(self, p, X, y, seen, nonlinearity, reg)
    d3 = self.scores_gradient(seen.scores, y)
    d2 = np.maximum(0.0, d3 @ p["W3"].T)
    d1 = np.maximum(0.0, d2 @ p["W2"].T)
    return _assembled(self, p, X, seen, d3, d2, d1, reg)


def _accumulating(self: ThreeLayerNet, *start: Any, steps: int) -> Training:
    """Gradients add up over the iterations instead of starting from nothing in each."""
    nonlinearity, X, y, model, step_size, reg = start
    p, total = {name: model[name] for name in NAMES}, {name: np.zeros_like(model[name]) for name in NAMES}
    for _ in range(steps):
        gradients = self.backward(p, X, y, self.forward(p, X, nonlinearity), nonlinearity, reg)
        total = {name: total[name] + gradients[name] for name in NAMES}
        p = self.descend(p, total, step_size)
    return Training(p, np.zeros(0), np.zeros(0), np.zeros(0))


def _stops_after_one(self: ThreeLayerNet, *start: Any, steps: int) -> Training:
    return ThreeLayerNet.train(self, *start, steps=min(steps, 1))


BACKWARD: tuple[KnownMistake[Net], ...] = (
    KnownMistake(
        "missing-one-over-n",
        "The gradient of the scores is not divided by the number of examples.",
        "The loss is a mean over N examples, so dscores = (probs - one-hot) / N.",
        net(scores_gradient=lambda net, s, y: len(y) * ThreeLayerNet.scores_gradient(net, s, y)),
    ),
    KnownMistake(
        "missing-one-hot",
        "The gradient of the scores is probs / N: the 1 of the right class was not subtracted.",
        "dscores[range(N), y] -= 1 before you divide by N.",
        net(
            scores_gradient=lambda net, s, y: ThreeLayerNet.scores_gradient(net, s, y) + np.eye(s.shape[1])[y] / len(y)
        ),
    ),
    KnownMistake(
        "scores-gradient-sign",
        "The gradient of the scores has the wrong sign: one-hot - probs.",
        "dscores = (probs - one-hot) / N.",
        net(scores_gradient=lambda net, s, y: -ThreeLayerNet.scores_gradient(net, s, y)),
    ),
    KnownMistake(
        "softmax-over-examples",
        "The probabilities are normalized over the examples instead of over the classes.",
        "Sum over axis=1 with keepdims=True: each row of probs adds up to 1.",
        net(scores_gradient=lambda net, s, y: (_column_softmax(s) - np.eye(s.shape[1])[y]) / len(y)),
    ),
    KnownMistake(
        "ascent",
        "The step goes up the gradient instead of down: the parameters move by + step_size · gradient.",
        "W += -step_size * dW, for every parameter.",
        net(descend=lambda net, p, g, step: {k: p[k] + step * g[k] for k in NAMES}),
    ),
    KnownMistake(
        "step-size-ignored",
        "The step does not multiply the gradient by step_size.",
        "W += -step_size * dW, for every parameter.",
        net(descend=lambda net, p, g, step: {k: p[k] - g[k] for k in NAMES}),
    ),
    KnownMistake(
        "step-size-hard-coded",
        "The step uses 0.1, whatever step_size is passed in.",
        "Multiply by the argument step_size.",
        net(descend=lambda net, p, g, step: {k: p[k] - 0.1 * g[k] for k in NAMES}),
    ),
    KnownMistake(
        "nothing-updated",
        "The parameters that come back have not moved.",
        "Update W1 … b3 inside the loop, and return the updated ones.",
        net(descend=_only()),
    ),
    KnownMistake(
        "biases-not-updated",
        "The biases are not updated.",
        "b += -step_size * db for b1, b2 and b3 as well.",
        net(descend=_only(*WEIGHTS)),
    ),
    KnownMistake(
        "only-last-layer-updated",
        "Only the last layer, W3 and b3, is updated.",
        "Update W1, b1, W2 and b2 as well.",
        net(descend=_only("W3", "b3")),
    ),
    KnownMistake(
        "first-layer-not-updated",
        "The first layer, W1 and b1, is not updated.",
        "Update W1 and b1 as well.",
        net(descend=_only("W2", "W3", "b2", "b3")),
    ),
    KnownMistake(
        "missing-regularization",
        "The gradients of the weights do not contain the regularization.",
        "The loss has 0.5·reg·ΣW², so add reg * W to dW1, dW2 and dW3.",
        net(penalty_gradient=_penalty(0.0, *WEIGHTS)),
    ),
    *(
        KnownMistake(
            f"missing-regularization-{w.lower()}",
            f"The gradient of {w} does not contain the regularization; the others do.",
            f"Add reg * {w} to d{w}.",
            net(penalty_gradient=_penalty(0.0, w)),
        )
        for w in WEIGHTS
    ),
    KnownMistake(
        "regularization-doubled",
        "The regularization adds 2·reg·W to the gradients.",
        "The loss has 0.5·reg·ΣW²: its slope is reg·W, without the 2.",
        net(penalty_gradient=_penalty(2.0, *WEIGHTS)),
    ),
    KnownMistake(
        "regularization-halved",
        "The regularization adds 0.5·reg·W to the gradients.",
        "The 0.5 of 0.5·reg·ΣW² cancels against the 2 of the square: add reg·W.",
        net(penalty_gradient=_penalty(0.5, *WEIGHTS)),
    ),
    KnownMistake(
        "regularization-subtracted",
        "The regularization is subtracted from the gradients.",
        "Add reg * W: it pulls the weights towards 0 when the step subtracts it.",
        net(penalty_gradient=_penalty(-1.0, *WEIGHTS)),
    ),
    KnownMistake(
        "regularization-without-reg",
        "The regularization adds W to the gradients, without the factor reg.",
        "Add reg * W.",
        net(penalty_gradient=lambda net, name, p, reg: p if name in WEIGHTS else 0 * p),
    ),
    KnownMistake(
        "biases-regularized",
        "The biases are regularized as well.",
        "Only W1, W2 and W3 are in the penalty: add nothing to db1, db2 and db3.",
        net(penalty_gradient=lambda net, name, p, reg: reg * p),
    ),
    KnownMistake(
        "slope-missing",
        "The slope of the activation function is missing.",
        "Multiply dhidden by f': sigmoid_grad(hidden) for the sigmoid, or set it to 0 where hidden <= 0 for ReLU. "
        "For ReLU a mask `hidden < 0` does nothing, since hidden is never negative.",
        net(slope=lambda net, z, a, f: np.ones_like(a)),
    ),
    KnownMistake(
        "missing-activation-derivative-layer-1",
        "The gradient of the first hidden layer lacks the slope of the activation function; the second has it.",
        "Multiply dhidden1 by f' before you compute dW1 and db1. For ReLU, set it to 0 where hidden1 <= 0.",
        net(slope1=lambda net, seen, f: np.ones_like(seen.hidden1)),
    ),
    KnownMistake(
        "missing-activation-derivative-layer-2",
        "The gradient of the second hidden layer lacks the slope of the activation function; the first has it.",
        "Multiply dhidden2 by f' before you compute dW2 and db2, and pass the product on to layer 1.",
        net(slope2=lambda net, seen, f: np.ones_like(seen.hidden2)),
    ),
    KnownMistake(
        "activation-derivative-not-passed-on",
        "dW2 and db2 use the slope of the second hidden layer, but the gradient passed on to layer 1 does not.",
        "Compute dhidden1 from dhidden2 after it was multiplied by f'.",
        net(backward=_not_passed_on),
    ),
    KnownMistake(
        "sigmoid-grad-of-the-input",
        "The slope of the sigmoid is z·(1 - z) with z the value before the activation.",
        "sigmoid_grad(x) = x·(1 - x) expects the activation: call it on hidden1 and hidden2, not on X·W + b.",
        net(slope=lambda net, z, a, f: z * (1 - z) if f == "SIGM" else ThreeLayerNet.slope(net, z, a, f)),
    ),
    KnownMistake(
        "sigmoid-twice-in-gradient",
        "The slope of the sigmoid is taken of the activation as if it were the input: the sigmoid is applied twice.",
        "hidden is already sigmoid(z): the slope is hidden·(1 - hidden), without another sigmoid.",
        net(
            slope=lambda net, z, a, f: (
                net.sigmoid(a) * (1 - net.sigmoid(a)) if f == "SIGM" else ThreeLayerNet.slope(net, z, a, f)
            )
        ),
    ),
    KnownMistake(
        "tanh-slope",
        "The slope of the sigmoid is 1 - hidden²: that is the slope of tanh.",
        "The slope of the sigmoid is hidden·(1 - hidden).",
        net(slope=lambda net, z, a, f: 1 - a * a if f == "SIGM" else ThreeLayerNet.slope(net, z, a, f)),
    ),
    KnownMistake(
        "sigmoid-slope-incomplete",
        "The slope of the sigmoid is 1 - hidden: the factor hidden is missing.",
        "The slope of the sigmoid is hidden·(1 - hidden).",
        net(slope=lambda net, z, a, f: 1 - a if f == "SIGM" else ThreeLayerNet.slope(net, z, a, f)),
    ),
    KnownMistake(
        "activation-instead-of-slope",
        "The gradient is multiplied by the activation itself instead of by its slope.",
        "Multiply by f': hidden·(1 - hidden) for the sigmoid, 1 or 0 for ReLU.",
        net(slope=lambda net, z, a, f: a),
    ),
    KnownMistake(
        "slope-sign",
        "The slope of the hidden layer has the wrong sign.",
        "The slope of the sigmoid is hidden·(1 - hidden).",
        net(slope=lambda net, z, a, f: a * (a - 1) if f == "SIGM" else ThreeLayerNet.slope(net, z, a, f)),
    ),
    KnownMistake(
        "other-activation-derivative",
        "The backward pass uses the slope of the other activation function.",
        "The branch 'SIGM' needs sigmoid_grad(hidden), the branch 'RELU' the mask hidden > 0.",
        net(slope=lambda net, z, a, f: ThreeLayerNet.slope(net, z, a, "SIGM" if f == "RELU" else "RELU")),
    ),
    KnownMistake(
        "relu-mask-inverted",
        "The mask of the ReLU is the wrong way round: the gradient is cut where the unit is active.",
        "dhidden[hidden <= 0] = 0: what is not active passes nothing on.",
        net(slope=lambda net, z, a, f: 1 - ThreeLayerNet.slope(net, z, a, f) if f == "RELU" else net.sigmoid_grad(a)),
    ),
    KnownMistake(
        "relu-mask-on-the-gradient",
        "The mask of the ReLU looks at the sign of the gradient instead of at the hidden layer.",
        "dhidden[hidden <= 0] = 0: the condition is about hidden.",
        net(backward=_masked_by_gradient),
    ),
    KnownMistake(
        "bias-gradient-mean",
        "The bias gradients are divided by the number of examples once more.",
        "dscores already contains 1/N: use np.sum(..., axis=0, keepdims=True).",
        net(bias_gradient=lambda net, d: d.mean(axis=0, keepdims=True)),
    ),
    KnownMistake(
        "bias-gradient-of-everything",
        "The bias gradients add up over the units as well: one number for all biases of a layer.",
        "Sum over the examples only: np.sum(..., axis=0, keepdims=True).",
        net(bias_gradient=lambda net, d: np.full((1, d.shape[1]), d.sum())),
    ),
    KnownMistake(
        "bias-gradient-not-summed",
        "The bias gradients are not summed over the examples: b1, b2 and b3 grow to one row for each example.",
        "Sum over the examples: np.sum(..., axis=0, keepdims=True).",
        net(bias_gradient=lambda net, d: d),
    ),
    KnownMistake(
        "bias-gradient-wrong-axis",
        "The bias gradients are summed over the units instead of over the examples.",
        "Sum over axis=0, with keepdims=True: db has the shape of b.",
        net(bias_gradient=lambda net, d: d.sum(axis=1, keepdims=True)),
    ),
    KnownMistake(
        "bias-gradient-one-example",
        "The bias gradients use a single example instead of the sum over all.",
        "Sum over the examples: np.sum(..., axis=0, keepdims=True).",
        net(bias_gradient=lambda net, d: d[:1]),
    ),
    KnownMistake(
        "weight-gradient-divided-again",
        "The weight gradients are divided by N a second time.",
        "dscores already contains 1/N: dW = inputᵀ·d, without another division.",
        net(weight_gradient=lambda net, layer_input, d: layer_input.T @ d / len(d)),
    ),
    KnownMistake(
        "updated-before-propagating",
        "W3 was updated before the gradient was passed back through it.",
        "Compute all gradients first, then update all parameters.",
        net(step=_updated_first("W3")),
    ),
    KnownMistake(
        "updated-layer-by-layer",
        "W3 and W2 were each updated before the gradient was passed back through them.",
        "Compute all gradients first, then update all parameters.",
        net(step=_updated_first("W2", "W3")),
    ),
)

TRAINING: tuple[KnownMistake[Net], ...] = (
    KnownMistake(
        "gradients-accumulate",
        "The gradients of all steps add up: they are never set to zero.",
        "Compute dW and db anew in each iteration; `dW += ...` needs a fresh dW.",
        net(train=_accumulating),
    ),
    KnownMistake(
        "stops-after-one-step",
        "Training stops after the first iteration.",
        "Look for a return or break inside the loop: its indentation decides.",
        net(train=_stops_after_one),
    ),
)
"""Mistakes that one step does not show."""
