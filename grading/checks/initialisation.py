r"""Initial weights by their statistics, with a stated false-alarm rate.

An array of n entries follows a law if four statistics are where the law puts them: its mean (central limit theorem),
its spread (asymptotic law of the sample variance, with the law's own kurtosis), its whole distribution function
(Dvoretzky–Kiefer–Wolfowitz, :math:`P(\sup|F_n - F| > \epsilon) \le 2e^{-2n\epsilon^2}`, which holds for every n) and,
for a uniform, its extremes, which no right answer exceeds. Each random one has a quarter of the false-alarm rate, so
the whole has at most `ALARM`, 1e-6.

What n entries can tell: a spread off by the factor r is seen almost surely where :math:`|\ln r| > 10/\sqrt{n}` for a
normal. So 785 x 64 weights show a factor of 1.05, 20 weights only 3 or more.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from grading.authoring import expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import KnownMistake
from grading.mistakes.initialisation import (
    EQUAL_UNITS,
    LAWS,
    ONLY_SOME_LAYERS,
    TORCH_DEFAULT_LEFT,
    UNIFORM_ONE,
    ZEROS_LEFT,
    Known,
    wrong_laws,
)
from grading.numerics.statistics import ALARM, mean_holds, spread_holds
from reference_models.initializers import MATRIX, Fans, Law, zeros

Array = npt.NDArray[np.float64]

KURTOSIS = {"normal": 3.0, "uniform": 1.8}
TESTS = 4
ROUNDING = 1e-6
"""Relative; float32 and `2*rand() - 1` may put an end of the interval this far out."""

LEFT_OUT = (ZEROS_LEFT, TORCH_DEFAULT_LEFT, UNIFORM_ONE)
"""What a layer looks like that the initialisation did not reach."""


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
    if not mean_holds(x, mean=law.mean, std=law.std, alarm=share):
        return "mean"
    if not spread_holds(x, std=law.std, kurtosis=KURTOSIS[law.shape], alarm=share):
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


def judged(
    weights: object, law: Law, *, name: str = "weights", fans: Fans | None = None, known: Sequence[Known] = LAWS
) -> Conclusion:
    """Your initial weights are drawn as the assignment says.

    Args:
        weights: the student's, any shape.
        law: what was asked for.
        name: of the array, in messages.
        fans: of the layer, to name the laws that are mistaken for the right one.
        known: the mistakes to look among, the first that fits names it.
    """
    x = expect.array(weights, name)
    against = follows(x, law)
    facts = {"mean": float(x.mean()), "std": float(x.std()), "entries": x.size}
    if not against:
        twins = _equal_units(x) if law.shape != "constant" else 0
        if twins:
            return wrong(f"{twins} units of {name} start with exactly the same weights.", EQUAL_UNITS, **facts)
        return right(**facts)
    seen = f"over {x.size} entries the mean is {x.mean():.4g} and the standard deviation {x.std():.4g}"
    text = f"Your {name} should be {law}; {seen}."
    for mistake, other in wrong_laws(law, fans, known):
        if not follows(x, other):
            return wrong(text, mistake, against=against, **facts)
    return wrong(text, None, against=against, **facts)


def every(
    weights: Mapping[str, object],
    laws: Mapping[str, Law],
    *,
    fans: Mapping[str, Fans] | None = None,
    known: Sequence[Known] = LAWS,
) -> Conclusion:
    """Every layer starts as the assignment says.

    Args:
        weights: name → array.
        laws: name → what was asked for.
        fans: name → the layer's.
        known: as in `judged`.

    Returns:
        The first that does not hold; "only-some-layers" where others are right.
    """
    conclusions = {
        name: judged(weights.get(name), law, name=name, fans=(fans or {}).get(name), known=known)
        for name, law in laws.items()
    }
    off = {name: o for name, o in conclusions.items() if not o.holds}
    if not off:
        return right(layers=list(conclusions))
    first = next(iter(off.values()))
    good = [name for name in conclusions if name not in off]
    if good and first.mistake in LEFT_OUT:
        return wrong(
            f"{first.message} Only {', '.join(good)} {'is' if len(good) == 1 else 'are'} initialised as asked.",
            ONLY_SOME_LAYERS,
            layers=list(off),
        )
    return replace(first, evidence={**first.evidence, "layers": [*off]})


def by_hand(
    ws: Sequence[Array], laws: Sequence[Law], fans: Sequence[Fans], known: Sequence[Known] = LAWS
) -> Conclusion:
    """Every layer of a network by hand starts as the assignment says, as (in, out) or turned.

    Args:
        ws: the student's, one array for each layer; all but the first may have a row for the bias, first or last, which
            may start at 0.
        laws: what was asked for.
        fans: of each layer.
        known: as in `judged`.
    """
    if len(ws) != len(laws):
        return wrong(f"There are {len(ws)} arrays of weights, expected {len(laws)}: one for each layer.")
    names = [f"ws[{n}]" for n in range(len(ws))]
    weights = {}
    for name, n, w in zip(names, fans, ws, strict=True):
        rows = (n.into, n.into + (name != names[0]))
        if w.shape not in {shape for row in rows for shape in ((row, n.out), (n.out, row))}:
            return wrong(f"{name} has shape {w.shape}, expected {(n.into, n.out)}.")
        lines = w if w.shape[1] == n.out else w.T
        empty = [line for line in (0, -1) if len(lines) > n.into and not lines[line].any()]
        weights[name] = np.delete(lines, empty[:1], axis=0)
    return every(weights, dict(zip(names, laws, strict=True)), fans=dict(zip(names, fans, strict=True)), known=known)


def wrong_starts(
    laws: Sequence[Law], fans: Sequence[Fans], known: Sequence[Known] = LAWS
) -> Iterator[tuple[KnownMistake[Any], list[Law]]]:
    """The known mistakes with the laws that a network's layers then follow, for rehearsals.

    Args:
        laws: of each layer, as asked for.
        fans: of each layer.
        known: the mistakes to look among.
    """
    found = [{one.id: other for one, other in wrong_laws(law, n, known)} for law, n in zip(laws, fans, strict=True)]
    yield from ((one, [f[one.id] for f in found]) for one in known if all(one.id in f for f in found))
    yield ONLY_SOME_LAYERS, [laws[0], *[zeros()] * (len(laws) - 1)]


def _equal_units(x: Array) -> int:
    """How many rows or columns repeat another one exactly; 0 where the arrays are too thin to say."""
    if x.ndim < MATRIX or min(x.shape[0], x[0].size) < MATRIX:
        return 0
    flat = x.reshape(x.shape[0], -1)
    return max(len(lines) - len(np.unique(lines, axis=0)) for lines in (flat, flat.T))
