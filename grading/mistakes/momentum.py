"""How gradient descent by hand goes wrong, plain and with momentum: rates, signs, velocities, weight decay.

Of 40 hand-written momentum steps 7 did, of 61 plain ones 3.
"""

# ruff: noqa: ARG001 - a variant has the signature of the rule that it replaces

from collections.abc import Callable
from dataclasses import replace

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
    "The gradients of all steps add up: they are never set to zero.",
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


def rates(rule: Rule) -> tuple[Known, ...]:
    """How any rule's step goes wrong. A check recognises these with any rate."""
    return (
        PARAMETERS_DO_NOT_MOVE,
        replace(GRADIENT_ASCENT, variant=_at(rule, lambda rate: -rate)),
        replace(LEARNING_RATE_MISSING, variant=_at(rule, lambda _: 1.0)),
        replace(LEARNING_RATE_OTHER, variant=_at(rule, lambda rate: rate / 2)),
    )


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


def decays(rule: Rule) -> tuple[Known, ...]:
    """The weight decay's mistakes in that rule."""
    return tuple(KnownMistake(id_, says, look, made(rule)) for id_, says, look, made in _DECAYS)


GRADIENTS: tuple[Known, ...] = (_STALE_GRADIENT, _NEVER_RESET)
SGD: tuple[Known, ...] = (*GRADIENTS, *decays(descent.plain))
VELOCITY: tuple[Known, ...] = (
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
    *GRADIENTS,
)
MOMENTUM: tuple[Known, ...] = (*VELOCITY, *decays(descent.velocity))
NESTEROV: tuple[Known, ...] = (
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
    *decays(descent.nesterov),
)
