r"""Initial weights by their statistics, with a stated false-alarm rate.

An array of n entries follows a law if four statistics are where the law puts them: its mean (central limit theorem),
its spread (asymptotic law of the sample variance, with the law's own kurtosis), its whole distribution function
(Dvoretzky–Kiefer–Wolfowitz, :math:`P(\sup|F_n - F| > \epsilon) \le 2e^{-2n\epsilon^2}`, which holds for every n) and,
for a uniform, its extremes, which no right answer exceeds. Each random one has a quarter of the false-alarm rate, so
the whole has at most `ALARM`, 1e-6.

What n entries can tell: a spread off by the factor r is seen almost surely where :math:`|\ln r| > 10/\sqrt{n}` for a
normal. So 785 x 64 weights show a factor of 1.05, 20 weights only 3 or more; `tells` says it for two laws.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.statistics import ALARM, TOO_FEW, mean_test, spread_test
from reference_models import initializers
from reference_models.initializers import Fans, Law

Array = npt.NDArray[np.float64]

KURTOSIS = {"normal": 3.0, "uniform": 1.8}
TESTS = 4
ROUNDING = 1e-6
"""Relative; float32 and `2*rand() - 1` may put an end of the interval this far out."""

SAID = {
    "zeros-left": "They are all 0: the initialisation was left out, or written to another array.",
    "ones-instead": "They are all 1.",
    "random-instead-of-constant": "They are random.",
    "other-shape": "The spread is right, but the distribution is the other one (normal and uniform are exchanged).",
    "variance-for-std": "The spread is the square of what it should be: the variance is passed where the standard "
    "deviation is due.",
    "std-for-variance": "The spread is the square root of what it should be: take the root once only.",
    "std-one": "The standard deviation is 1: the factor is missing.",
    "std-one-normal": "They are standard normal: the range or the factor is missing.",
    "uniform-zero-to-one": "They are uniform on [0, 1].",
    "uniform-one": "They are uniform on [-1, 1]: the improved initialisation is not used.",
    "std-as-bound": "They are uniform with the standard deviation as the end of the interval.",
    "bound-as-std": "They are normal with the end of the interval as the standard deviation.",
    "positive-half": "They are all positive: the interval starts at 0.",
    "half-range": "The spread is half of what it should be.",
    "double-range": "The spread is twice what it should be.",
    "mean-one": "Their mean is off by 1.",
    "fan-out-for-fan-in": "The spread is that of the number of outputs: use the number of inputs.",
    "one-over-fan-in": "The standard deviation is 1/fan_in: take the square root.",
    "lecun-instead": "The variance is 1/fan_in.",
    "xavier-instead": "The variance is Xavier's, 2/(fan_in + fan_out).",
    "kaiming-instead": "The variance is Kaiming's, 2/fan_in.",
    "torch-default-left": "They are as torch makes them: the initialisation was left out, or not applied.",
    "xavier-other-shape": "They are Xavier's, and of the other shape (normal and uniform are exchanged).",
    "kaiming-other-shape": "They are Kaiming's, and of the other shape (normal and uniform are exchanged).",
    "kaiming-fan-out": "The variance is 2/fan_out: use the number of inputs.",
    "root-of-fan-in-missing-two": "The standard deviation is 2/fan_in: take the square root.",
}


def follows(sample: Array, law: Law, *, alarm: float = ALARM) -> str:  # noqa: PLR0911 - one for each test
    """What speaks against the law: "", or "constant", "mean", "spread", "range", "distribution".

    Args:
        sample: any shape, finite.
        law: the law.
        alarm: share of right samples that something speaks against.
    """
    x = np.asarray(sample, np.float64).ravel()
    if law.shape == "constant":
        return "" if bool(np.allclose(x, law.mean, rtol=ROUNDING, atol=0)) else "constant"
    if x.size and np.ptp(x) == 0 and x.size > 1:
        return "constant"
    share = alarm / TESTS
    slack = ROUNDING * (abs(law.mean) + law.bound)
    if law.shape == "uniform" and (np.abs(x - law.mean) > law.bound + slack).any():
        return "range"
    if not mean_test(x, mean=law.mean, std=law.std, alarm=share).holds:
        return "mean"
    if not spread_test(x, std=law.std, kurtosis=KURTOSIS[law.shape], alarm=share).holds:
        return "spread"
    if distance(x, law) > math.sqrt(math.log(2 / share) / (2 * max(1, x.size))):
        return "distribution"
    return ""


def distance(sample: Array, law: Law) -> float:
    """Largest gap between the sample's distribution function and the law's."""
    x = np.sort(np.asarray(sample, np.float64).ravel())
    z = (x - law.mean) / law.std
    wanted = np.asarray(ndtr(z)) if law.shape == "normal" else np.clip((z / math.sqrt(3.0) + 1) / 2, 0, 1)
    steps = np.arange(len(x) + 1) / max(1, len(x))
    return float(max(np.max(steps[1:] - wanted, initial=0.0), np.max(wanted - steps[:-1], initial=0.0)))


def tells(n: int, one: Law, other: Law) -> bool:
    """Whether n entries tell two laws of the same shape and mean apart, almost surely."""
    if 0 in {one.std, other.std}:
        return one != other and n > 1
    return n >= TOO_FEW and abs(math.log(one.std / other.std)) > 10 / math.sqrt(n)


def judged(weights: object, law: Law, *, name: str = "weights", fans: Fans | None = None) -> Conclusion:
    """Your initial weights are drawn as the assignment says.

    Args:
        weights: the student's, any shape.
        law: what was asked for.
        name: of the array, in messages.
        fans: of the layer, to name the laws that are mistaken for the right one.
    """
    x = admit.array(weights, name)
    against = follows(x, law)
    facts = {"mean": float(x.mean()), "std": float(x.std()), "entries": x.size}
    if not against:
        twins = _equal_units(x) if law.shape != "constant" else 0
        if twins:
            return wrong(
                f"{twins} units of {name} start with exactly the same weights: they will stay equal. Draw each entry.",
                "equal-units",
                **facts,
            )
        return right(**facts)
    seen = f"over {x.size} entries the mean is {x.mean():.4g} and the standard deviation {x.std():.4g}"
    text = f"Your {name} should be {law}; {seen}."
    for mistake, known in initializers.mistakes(law, fans).items():
        if not follows(x, known):
            return wrong(f"{text} {SAID[mistake]}", mistake, against=against, **facts)
    return wrong(text, "", against=against, **facts)


def every(
    weights: Mapping[str, object], laws: Mapping[str, Law], *, fans: Mapping[str, Fans] | None = None
) -> Conclusion:
    """Every layer starts as the assignment says.

    Args:
        weights: name → array.
        laws: name → what was asked for.
        fans: name → the layer's.

    Returns:
        The first that does not hold; "only-some-layers" where others are right.
    """
    conclusions = {
        name: judged(weights.get(name), law, name=name, fans=(fans or {}).get(name)) for name, law in laws.items()
    }
    off = {name: o for name, o in conclusions.items() if not o.holds}
    if not off:
        return right(layers=list(conclusions))
    first = next(iter(off.values()))
    good = [name for name in conclusions if name not in off]
    if good and first.mistake in {"zeros-left", "torch-default-left", "uniform-one"}:
        return wrong(
            f"{first.message} Only {', '.join(good)} {'is' if len(good) == 1 else 'are'} initialised as asked.",
            "only-some-layers",
            layers=list(off),
        )
    return replace(first, evidence={**first.evidence, "layers": [*off]})


def fresh(first: object, second: object, *, name: str = "weights") -> Conclusion:
    """Two constructions with different seeds give different weights.

    Args:
        first: the array of one construction.
        second: the same array of another.
        name: of the array, in messages.
    """
    one = admit.array(first, name)
    two = admit.array(second, name, shape=one.shape)
    if one.size > 1 and np.ptp(one) > 0 and np.array_equal(one, two):
        return right(f"Your {name} are the same each time: a seed is set inside. Allowed.")
    return right()


def _equal_units(x: Array) -> int:
    """How many rows or columns repeat another one exactly; 0 where the arrays are too thin to say."""
    if x.ndim < initializers.MATRIX or min(x.shape[0], x[0].size) < initializers.MATRIX:
        return 0
    flat = x.reshape(x.shape[0], -1)
    return max(len(lines) - len(np.unique(lines, axis=0)) for lines in (flat, flat.T))
