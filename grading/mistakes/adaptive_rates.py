"""How rules with a rate for each parameter go wrong by hand: RMSProp, Adam and AdamW."""

from dataclasses import replace

import numpy as np

from grading.mistakes import KnownMistake
from grading.mistakes.momentum import Known, decays
from reference_models import descent
from reference_models.descent import Array, Memory, Slope
from reference_models.optimizers import Hyperparameters


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


RMSPROP: tuple[Known, ...] = (
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
    KnownMistake("sgd-instead", "This is plain gradient descent.", "Divide the gradient by sqrt(s).", descent.plain),
    *decays(descent.rmsprop),
)
ADAM: tuple[Known, ...] = (
    KnownMistake(
        "adam-without-bias-correction",
        "Adam's bias correction is missing: the first steps have the wrong length.",
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
        "Adam's decay rates, β1 and β2, are exchanged.",
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
    *decays(descent.adam),
)
ADAMW: tuple[Known, ...] = (
    KnownMistake(
        "adamw-decay-in-the-gradient",
        "The decay goes through the moments: that is Adam with L2.",
        "Shrink the weights themselves: w = w - lr * weight_decay * w, beside Adam's step.",
        _decay_coupled,
    ),
    *decays(descent.adamw),
)
