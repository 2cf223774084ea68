"""How update rules by hand go wrong: gradient descent, momentum, Nesterov, RMSProp, Adam, AdamW.

Of 40 hand-written momentum steps 7 did, of 61 plain ones 3.
"""

# ruff: noqa: ARG001 - a variant has the signature of the rule that it replaces

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from grading.mistakes import KnownMistake
from reference_models import descent
from reference_models.descent import Array, Memory, Rule, Slope
from reference_models.optimizers import Hyperparameters

Known = KnownMistake[Rule]

USUAL_MOMENTUM = 0.9


def _previous_gradient(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    return theta - rate * (slope(theta) + h.momentum * k.g)


def _overwritten(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    return theta - rate * (1 + h.momentum) * slope(theta)


def _stale_velocity(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    old, k.v = k.v, h.momentum * k.v + slope(theta)
    return theta - rate * old


def _stale_gradient(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    slope(theta)
    return theta - rate * k.g


def _never_reset(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = k.v + slope(theta)
    return theta - rate * k.v


def _velocity_opposed(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = slope(theta) - h.momentum * k.v
    return theta - rate * k.v


def _rate_twice(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = h.momentum * k.v + rate * slope(theta)
    return theta - rate * k.v


def _rate_at_velocity_only(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = slope(theta) + rate * h.momentum * k.v
    return theta - rate * k.v


def _swapped_average(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = (1 - h.momentum) * k.v + h.momentum * slope(theta)
    return theta - rate * k.v


def _momentum_twice(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v = h.momentum * (k.v + slope(theta))
    return theta - rate * k.v


def _second_only(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    descent._moments(k, slope(theta), h)  # noqa: SLF001 - a variant of that module's own rule
    return np.asarray(theta - rate * k.v / (np.sqrt(k.s / (1 - h.beta2**k.t)) + h.eps))


def _first_only(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    descent._moments(k, slope(theta), h)  # noqa: SLF001 - a variant of that module's own rule
    return np.asarray(theta - rate * k.v / (1 - h.beta1**k.t) / (np.sqrt(k.s) + h.eps))


def _uncorrected(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    descent._moments(k, slope(theta), h)  # noqa: SLF001 - a variant of that module's own rule
    return np.asarray(theta - rate * k.v / (np.sqrt(k.s) + h.eps))


def _frozen_count(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.t = 1
    return descent.adam(k, theta, slope, rate, h)


def _correction_kept(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    k.v, k.s = descent._moments(k, slope(theta), h)  # noqa: SLF001 - a variant of that module's own rule
    return np.asarray(theta - rate * k.v / (np.sqrt(k.s) + h.eps))


def _no_root(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    m, s = descent._moments(k, slope(theta), h)  # noqa: SLF001 - a variant of that module's own rule
    return np.asarray(theta - rate * m / (s + h.eps))


def _swapped_betas(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    return descent.adam(k, theta, slope, rate, replace(h, beta1=h.beta2, beta2=h.beta1))


def _rms_no_root(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    g = slope(theta)
    k.s = h.alpha * k.s + (1 - h.alpha) * g * g
    return np.asarray(theta - rate * g / (k.s + h.eps))


def _rms_swapped(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    return descent.rmsprop(k, theta, slope, rate, replace(h, alpha=1 - h.alpha))


def _rms_summed(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    g = slope(theta)
    k.s = k.s + g * g
    return np.asarray(theta - rate * g / (np.sqrt(k.s) + h.eps))


def _rms_stale(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    g = slope(theta)
    old, k.s = k.s, h.alpha * k.s + (1 - h.alpha) * g * g
    return np.asarray(theta - rate * g / (np.sqrt(old) + h.eps))


def _decay_coupled(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    return descent.adam(k, theta, slope, rate, h)


def _undecayed(rule: Rule) -> Rule:
    def without(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
        return rule(k, theta, lambda at: slope(at) - h.weight_decay * at, rate, replace(h, weight_decay=0.0))

    return without


def _decay(rule: Rule, factor: float) -> Rule:
    def other(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
        stronger = replace(h, weight_decay=factor * h.weight_decay)
        return rule(k, theta, lambda at: slope(at) + (factor - 1) * h.weight_decay * at, rate, stronger)

    return other


_STALE_GRADIENT: Known = KnownMistake(
    "gradient-of-the-step-before",
    "Each step uses the gradient of the step before; the first one does not move.",
    "Compute the gradient of this batch first, then update with it.",
    _stale_gradient,
)
_NEVER_RESET: Known = KnownMistake(
    "gradients-accumulate",
    "The gradients of all steps add up: each step is longer than it should be.",
    "Set the gradients to zero before each backward pass (zero_grad, or assign instead of +=).",
    _never_reset,
)

# -- whatever the rule ------------------------------------------------------------------------------------


def _at(rule: Rule, rate: Callable[[float], float]) -> Rule:
    """A rule with another rate than the one it is given."""
    return lambda k, theta, slope, given, h: rule(k, theta, slope, rate(given), h)


_IN_PLACE = "Each array of parameters becomes w - learning_rate * gradient, where the network keeps it."

PARAMETERS_DO_NOT_MOVE: Known = KnownMistake(
    "parameters-do-not-move",
    "Your step leaves the parameters as they are.",
    f"A local copy is changed, perhaps. {_IN_PLACE}",
    lambda _, theta, *__: theta,
)
PARAMETERS_LEFT_OUT: Known = KnownMistake("parameters-left-out", "Only some layers are updated.", _IN_PLACE)
GRADIENT_ASCENT: Known = KnownMistake(
    "gradient-ascent",
    "Your step goes up the gradient instead of down.",
    "Subtract it from the parameters.",
    _at(descent.plain, lambda rate: -rate),
)
LEARNING_RATE_MISSING: Known = KnownMistake(
    "learning-rate-missing",
    "The learning rate is missing from your step.",
    "Multiply the gradient by it.",
    _at(descent.plain, lambda _: 1.0),
)
LEARNING_RATE_OTHER: Known = KnownMistake(
    "learning-rate-other",
    "The step has another learning rate than the one that is passed.",
    "Use the one that is passed, and do not divide by the batch size again.",
    _at(descent.plain, lambda rate: rate / 2),
)
RATE_APPLIED_TWICE: Known = KnownMistake(
    "rate-applied-twice",
    "The learning rate is multiplied in twice.",
    "Put it in one place: v = momentum * v + g, then w - lr * v.",
    _rate_twice,
)

PATH_SHAPE = KnownMistake(
    "path-shape", "The parameters change their shape.", "A step moves every entry, and adds or drops none."
)
PATH_NOT_FINITE = KnownMistake(
    "path-not-finite",
    "The parameters become NaN or infinite.",
    "Look at the sign and the size of the step.",
    symptom=True,
)

RATES = (PARAMETERS_DO_NOT_MOVE, GRADIENT_ASCENT, LEARNING_RATE_MISSING, LEARNING_RATE_OTHER)
"""Of plain gradient descent. A check recognises them of every rule, with any rate."""

# -- momentum that a trainer turns on and off -------------------------------------------------------------

MOMENTUM_ALWAYS: Known = KnownMistake(
    "momentum-always",
    "The velocity is used although use_momentum is False.",
    "Look at self.use_momentum.",
    descent.velocity,
)
MOMENTUM_AVERAGED: Known = KnownMistake(
    "momentum-averaged",
    "The velocity is a running mean, (1 - gamma) times the gradient.",
    "The task says dw(t) = gradient + gamma * dw(t-1).",
    descent.averaged,
)
MOMENTUM_HARD_CODED: Known = KnownMistake(
    "momentum-hard-coded",
    "The momentum is always 0.9, whatever is passed.",
    "Use self.momentum_gamma.",
    lambda k, theta, slope, rate, h: descent.velocity(k, theta, slope, rate, replace(h, momentum=USUAL_MOMENTUM)),
)

# -- rule by rule -----------------------------------------------------------------------------------------

WEIGHT_DECAY_IGNORED = "weight-decay-ignored"
"""Its id: there is a record for every rule."""

_DECAYS = (
    (WEIGHT_DECAY_IGNORED, "The weight decay is not applied.", "Add weight_decay * w to the gradient.", _undecayed),
    (
        "weight-decay-sign",
        "The weight decay has the wrong sign: weights grow instead of shrinking.",
        "The step is w - lr * (g + weight_decay * w).",
        lambda rule: _decay(rule, -1.0),
    ),
    (
        "weight-decay-doubled",
        "The weight decay is twice as strong as asked: the derivative of w² brings a 2 that the convention cancels.",
        "With the penalty λ/2 · w² the gradient gets λ·w.",
        lambda rule: _decay(rule, 2.0),
    ),
)


def _decays(rule: Rule) -> tuple[Known, ...]:
    return tuple(KnownMistake(id_, says, look, made(rule)) for id_, says, look, made in _DECAYS)


MISTAKES: Mapping[str, tuple[Known, ...]] = {
    "sgd": (_STALE_GRADIENT, _NEVER_RESET, *_decays(descent.plain)),
    "momentum": (
        KnownMistake(
            "momentum-ignored",
            "The velocity plays no part: this is plain gradient descent.",
            "Keep the last velocity and add momentum times it: v = momentum * v + g.",
            descent.plain,
        ),
        KnownMistake(
            "previous-gradient-instead-of-velocity",
            "The buffer keeps the last gradient instead of the velocity, so that the past is forgotten after one step.",
            "Store what you moved along, v = g + momentum * v, not g.",
            _previous_gradient,
        ),
        KnownMistake(
            "velocity-overwritten",
            "The buffer is overwritten with the new gradient before it is used: every step is g times (1 + momentum).",
            "Read the old velocity first, then store the new one; copy arrays that are changed in place.",
            _overwritten,
        ),
        KnownMistake(
            "velocity-used-before-its-update",
            "The step follows the velocity of the step before; the first one does not move.",
            "Update the velocity first, then move along it.",
            _stale_velocity,
        ),
        KnownMistake(
            "velocity-sign",
            "The velocity is subtracted where it belongs added: the steps swing instead of gaining speed.",
            "Check the signs: v = momentum * v + g and w = w - lr * v.",
            _velocity_opposed,
        ),
        RATE_APPLIED_TWICE,
        KnownMistake(
            "rate-multiplies-the-velocity",
            "The learning rate also shrinks what the velocity keeps.",
            "The velocity keeps momentum times itself, without the learning rate.",
            _rate_at_velocity_only,
        ),
        KnownMistake(
            "momentum-complement",
            "Momentum and 1 - momentum are exchanged.",
            "The old velocity is multiplied by momentum (such as 0.9), the gradient by the rest.",
            _swapped_average,
        ),
        KnownMistake(
            "momentum-multiplies-the-gradient",
            "Momentum multiplies the gradient too: v = momentum * (v + g).",
            "Only the old velocity is multiplied by momentum.",
            _momentum_twice,
        ),
        KnownMistake(
            "nesterov-instead", "This is Nesterov's momentum.", "Move along the velocity itself.", descent.nesterov
        ),
        _STALE_GRADIENT,
        _NEVER_RESET,
        *_decays(descent.velocity),
    ),
    "nesterov": (
        KnownMistake(
            "no-look-ahead",
            "This is ordinary momentum: nothing looks ahead.",
            "Take the gradient at w + momentum * v, or move by g + momentum * v.",
            descent.velocity,
        ),
        KnownMistake(
            "momentum-ignored",
            "The velocity plays no part: this is plain gradient descent.",
            "Keep the last velocity: v = momentum * v + g.",
            descent.plain,
        ),
        *_decays(descent.nesterov),
    ),
    "rmsprop": (
        KnownMistake("rmsprop-root", "The root over the mean square is missing.", "Divide by sqrt(s).", _rms_no_root),
        KnownMistake(
            "rmsprop-complement",
            "α and 1 - α are exchanged.",
            "The old mean square is multiplied by α (such as 0.9).",
            _rms_swapped,
        ),
        KnownMistake(
            "adagrad-instead",
            "The squares add up and are never forgotten: that is AdaGrad.",
            "Average them: s = α * s + (1 - α) * g².",
            _rms_summed,
        ),
        KnownMistake(
            "rmsprop-used-before-its-update",
            "The step divides by the mean square of the step before.",
            "Update s first, then divide by its root.",
            _rms_stale,
        ),
        KnownMistake(
            "sgd-instead", "This is plain gradient descent.", "Divide the gradient by sqrt(s).", descent.plain
        ),
        *_decays(descent.rmsprop),
    ),
    "adam": (
        KnownMistake(
            "adam-without-bias-correction",
            "The moments are not corrected for their start at 0: the first steps have the wrong length.",
            "Divide m by 1 - β1^t and s by 1 - β2^t.",
            _uncorrected,
        ),
        KnownMistake(
            "adam-corrects-second-moment-only",
            "Only the second moment is corrected for its start at 0.",
            "Divide m by 1 - β1^t as well.",
            _second_only,
        ),
        KnownMistake(
            "adam-corrects-first-moment-only",
            "Only the first moment is corrected for its start at 0.",
            "Divide s by 1 - β2^t as well.",
            _first_only,
        ),
        KnownMistake(
            "adam-step-not-counted",
            "The count t stays at 1, so that the correction never fades.",
            "Increase t by 1 in each step, before the correction.",
            _frozen_count,
        ),
        KnownMistake(
            "adam-correction-kept",
            "The corrected moments are stored back as the moments.",
            "Keep m and s as they are; the corrected ones are for this step only.",
            _correction_kept,
        ),
        KnownMistake("adam-root", "The root over the second moment is missing.", "Divide by sqrt(s).", _no_root),
        KnownMistake(
            "adam-betas-swapped",
            "β1 and β2 are exchanged.",
            "β1 (0.9) belongs to the gradient, β2 (0.999) to its square.",
            _swapped_betas,
        ),
        KnownMistake(
            "adamw-instead",
            "The decay stays outside the moments: that is AdamW.",
            "Add weight_decay * w to the gradient.",
            descent.adamw,
        ),
        KnownMistake(
            "rmsprop-instead",
            "The first moment is missing: that is RMSProp.",
            "Step along m.",
            lambda k, theta, slope, rate, h: descent.rmsprop(k, theta, slope, rate, replace(h, alpha=h.beta2)),
        ),
        *_decays(descent.adam),
    ),
    "adamw": (
        KnownMistake(
            "adamw-decay-in-the-gradient",
            "The decay goes through the moments: that is Adam with L2.",
            "Shrink the weights themselves: w = w - lr * weight_decay * w, beside Adam's step.",
            _decay_coupled,
        ),
        *_decays(descent.adamw),
    ),
}
"""Optimizer → known mistakes, the most frequent first."""
