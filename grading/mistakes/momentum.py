"""How gradient descent by hand goes wrong, plain and with momentum: rates, signs, velocities.

Of 40 hand-written momentum steps 7 did, of 61 plain ones 3.
"""

# ruff: noqa: ARG001 - a variant has the signature of the rule that it replaces

from collections.abc import Callable, Mapping
from dataclasses import replace

from grading.mistakes import KnownMistake
from reference_models import descent
from reference_models.descent import Array, Memory, Rule
from reference_models.optimizers import Hyperparameters

Known = KnownMistake[Rule]

USUAL_MOMENTUM = 0.9


def _previous_gradient(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    return theta - rate * (g + h.momentum * k.g)


def _overwritten(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    return theta - rate * (1 + h.momentum) * g


def _stale_velocity(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    old, k.v = k.v, h.momentum * k.v + g
    return theta - rate * old


def _stale_gradient(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    return theta - rate * k.g


def _never_reset(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = k.v + g
    return theta - rate * k.v


def _velocity_opposed(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = g - h.momentum * k.v
    return theta - rate * k.v


def _rate_twice(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = h.momentum * k.v + rate * g
    return theta - rate * k.v


def _rate_at_velocity_only(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = g + rate * h.momentum * k.v
    return theta - rate * k.v


def _swapped_average(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = (1 - h.momentum) * k.v + h.momentum * g
    return theta - rate * k.v


def _momentum_twice(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    k.v = h.momentum * (k.v + g)
    return theta - rate * k.v


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
    return lambda k, theta, g, given, h: rule(k, theta, g, rate(given), h)


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
    lambda k, theta, g, rate, h: descent.velocity(k, theta, g, rate, replace(h, momentum=USUAL_MOMENTUM)),
)

# -- rule by rule -----------------------------------------------------------------------------------------

GRADIENTS: tuple[Known, ...] = (_STALE_GRADIENT, _NEVER_RESET)
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

MISTAKES: Mapping[str, tuple[Known, ...]] = {"sgd": GRADIENTS, "momentum": VELOCITY}
"""Rule → its known mistakes, the most frequent first."""
