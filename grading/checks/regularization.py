r"""Regularization by what it adds to the gradient.

A penalty shows in the difference of two gradients at the same point and on the same batch, with strength
:math:`\lambda` and without: everything else cancels. For an array w,

.. math:: \Delta = \lambda w\;(\tfrac\lambda2\|w\|^2),\quad \Delta = 2\lambda w\;(\lambda\|w\|^2),\quad
          \Delta = \lambda\,\mathrm{sign}(w)\;(\lambda\|w\|_1).

The two conventions of L2 are both published (the half: Goodfellow et al. 2016, 7.1.1; without: Tibshirani 1996 and
scikit-learn's Ridge); a rubric says which count. The factor c in :math:`\Delta = c\,\lambda w` is found by least
squares, and the rest must be below 1e-5 of the length of :math:`\Delta` plus what is lost when two gradients that are
nearly equal are subtracted, 1e-12 of theirs. Draw weights away from 0, where L1 has its kink.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong

Array = npt.NDArray[np.float64]
Arrays = Mapping[str, Array]
Kind = Literal["l1", "l2"]

REST = 1e-5
LOST = {"float64": 1e-12, "float32": 1e-5}
SLIP = 1e-3
"""Relative; how well a factor must fit a slip to name it."""

HALF, WHOLE = 1.0, 2.0
"""The factors c of L2 with the half and without; L1's is 1."""

WORDS = {"l1": "L1 (the sign of each weight)", "l2": "L2 (each weight itself)"}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a penalty adds to one array's gradient.

    Attributes:
        kind: "l1", "l2", "none", or "other".
        factor: c, relative to the strength.
    """

    kind: str
    factor: float = 0.0


def effect(difference: Array, weights: Array, strength: float, *, noise: float = 0.0) -> Effect:
    """Which penalty a difference of gradients comes from.

    Args:
        difference: gradient with the penalty minus gradient without.
        weights: where it was taken, no entry 0.
        strength: λ.
        noise: length that rounding alone explains.
    """
    length = float(np.linalg.norm(difference))
    if length <= max(noise, REST * strength * float(np.linalg.norm(weights))):
        return Effect("none")
    best = Effect("other")
    for kind, direction in (("l2", weights), ("l1", np.sign(weights))):
        factor = float((difference * direction).sum() / max(float((direction * direction).sum()), 1e-300))
        if float(np.linalg.norm(difference - factor * direction)) <= REST * length + noise:
            best = Effect(kind, factor / strength)
            break
    return best


def penalty(
    with_penalty: Mapping[str, object],
    without: Mapping[str, object],
    weights: Arrays,
    strength: float,
    *,
    kind: Kind,
    factors: tuple[float, ...] = (HALF, WHOLE),
    free: tuple[str, ...] = (),
    biases_count: bool = False,
    lengths: tuple[int, ...] = (),
    dtype: str = "float64",
) -> Conclusion:
    """Your penalty adds to each weight's gradient what L1 or L2 adds, and leaves the biases alone.

    Args:
        with_penalty: the student's gradients with strength λ.
        without: with strength 0, same point and batch.
        weights: name → array at that point.
        strength: λ.
        kind: which penalty was asked for.
        factors: values of c that count; L1 has 1 only. Another than the first is remarked upon.
        free: names that must not be regularized.
        biases_count: whether a regularized bias costs the check; else it is a remark.
        lengths: sizes of the batch and of the data, to recognise a division by one of them.
        dtype: in which the student computes.
    """
    admitted = {
        name: (
            admit.array(with_penalty.get(name), f"the gradient of {name}", shape=w.shape),
            admit.array(without.get(name), f"the gradient of {name}", shape=w.shape),
        )
        for name, w in weights.items()
    }
    effects = {
        name: effect(
            a - b, weights[name], strength, noise=LOST[dtype] * float(np.linalg.norm(a) + np.linalg.norm(b))
        )
        for name, (a, b) in admitted.items()
    }  # fmt: skip
    bound = [e for name, e in effects.items() if name not in free]
    wanted = factors if kind == "l2" else (1.0,)
    regularized_free = [name for name in free if name in effects and effects[name].kind != "none"]
    facts = {"factors": [e.factor for e in bound], "arrays": list(effects)}
    conclusion = _of_weights(effects, bound, kind, wanted, free=free, strength=strength, lengths=lengths, facts=facts)
    if not conclusion.holds or not regularized_free:
        return conclusion
    text = f"Your penalty also holds {', '.join(regularized_free)}: biases are not regularized, as is the custom."
    if biases_count:
        return wrong(text, "bias-regularized", arrays=regularized_free)
    return right(*conclusion.remarks, f"{text} Allowed here.", arrays=regularized_free)


def _of_weights(  # noqa: PLR0911 - one for each way to be wrong
    effects: Mapping[str, Effect],
    bound: list[Effect],
    kind: Kind,
    wanted: tuple[float, ...],
    *,
    free: tuple[str, ...],
    strength: float,
    lengths: tuple[int, ...],
    facts: Mapping[str, object],
) -> Conclusion:
    none = [name for name, e in effects.items() if e.kind == "none" and name not in free]
    if len(none) == len(bound):
        return wrong(
            "Your gradients are the same with the penalty and without: add its slope to them.", "no-penalty", **facts
        )
    if none:
        return wrong(f"Your penalty leaves out {', '.join(none)}.", "penalty-leaves-out", left_out=none)
    other = {"l1": "l2", "l2": "l1"}[kind]
    if all(e.kind == other for e in bound):
        return wrong(f"Your penalty is {WORDS[other]} where {WORDS[kind]} is asked for.", f"{other}-instead", **facts)
    strange = [name for name, e in effects.items() if e.kind != kind and name not in free]
    if strange:
        return wrong(
            f"What your penalty adds to {', '.join(strange)} is no {kind.upper()} penalty's slope.", "", **facts
        )
    factor = bound[0].factor
    if any(abs(e.factor - factor) > REST * 10 * abs(factor) for e in bound):
        listed = ", ".join(f"{e.factor:.4g}" for e in bound)
        return wrong(f"Your penalty has another strength in each array ({listed} times λ).", "penalty-uneven", **facts)
    for position, c in enumerate(wanted):
        if abs(factor - c) <= 10 * REST * c:
            if position == 0:
                return right(factor=factor)
            convention = "λ‖w‖², without the half" if c == WHOLE else "λ/2 ‖w‖²"
            return right(f"Your penalty is {convention}: allowed.", factor=factor)
    return _other_factor(factor, wanted, strength, lengths)


def _other_factor(factor: float, wanted: tuple[float, ...], strength: float, lengths: tuple[int, ...]) -> Conclusion:
    slips = [(-1.0, "Your penalty has the wrong sign: it makes weights grow.", "penalty-sign")]
    for n in lengths:
        slips += [
            (1 / n, f"Your penalty is divided by {n}: only the data's part is a mean.", "penalty-divided"),
            (n, f"Your penalty is multiplied by {n}: it counts once, not per example.", "penalty-summed"),
        ]
    slips += [
        (strength, "The strength of your penalty is multiplied in twice.", "strength-twice"),
        (1 / strength, "The strength of your penalty is missing.", "strength-missing"),
    ]
    known = [(c * slip, text, mistake) for c in wanted for slip, text, mistake in slips]
    known += [
        (WHOLE, "Your penalty's slope is 2λw: the half is missing.", "penalty-without-half"),
        (HALF, "Your penalty's slope is λw: the 2 of the derivative is missing.", "penalty-derivative"),
        (HALF / 2, "Your penalty's slope is half of what it should be.", "penalty-halved"),
    ]
    for value, text, mistake in known:
        if abs(factor - value) <= SLIP * abs(value):
            return wrong(text, mistake, factor=factor)
    return wrong(f"Your penalty is {factor:.4g} times as strong as asked for.", "penalty-factor", factor=factor)


def consistent(value: object, weights: Arrays, strength: float, gradient_factor: float, *, kind: Kind) -> Conclusion:
    """The penalty in your loss is the one whose slope is in your gradients.

    Args:
        value: your loss with the penalty minus your loss without.
        weights: the regularized arrays.
        strength: λ.
        gradient_factor: c, from the gradients.
        kind: of the penalty.
    """
    added = admit.number(value, "the penalty in your loss")
    if kind == "l2":
        belongs = gradient_factor * strength / 2 * sum(float((w * w).sum()) for w in weights.values())
    else:
        belongs = gradient_factor * strength * sum(float(np.abs(w).sum()) for w in weights.values())
    if abs(added - belongs) <= 10 * REST * abs(belongs):
        return right()
    ratio = added / belongs if belongs else float("inf")
    return wrong(
        f"The penalty in your loss is {ratio:.4g} times the one whose slope is in your gradients.",
        "penalty-not-in-loss" if added == 0 else "penalty-loss-and-slope-differ",
        ratio=ratio,
    )
