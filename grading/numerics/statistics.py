"""Statistics of answers that are random or defined only up to scale.

Every test states its false-alarm rate: the share of right answers that it would call wrong. `ALARM` is 1e-6 for one
test, so that a course of 1,000 students with 50 such tests each sees one false alarm in twenty years of grading.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
ALARM = 1e-6
TOO_FEW = 8


@dataclass(frozen=True, slots=True)
class AffineFit:
    """How well `a*x + b` explains `y`.

    Attributes:
        scale: a.
        offset: b.
        residual: root mean square of what is left, relative to the standard deviation of y: 0 where y is x up to scale
            and offset, 1 where x says nothing.
    """

    scale: float
    offset: float
    residual: float


def affine_fit(x: Array, y: Array) -> AffineFit:
    """Least squares of y on x and a constant, over all entries.

    Args:
        x: any shape, finite.
        y: the same number of entries, finite. A constant y is explained by the constant alone (residual 0).
    """
    u, v = np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()
    du, dv = u - u.mean(), v - v.mean()
    spread = float(du @ du)
    scale = float(du @ dv) / spread if spread > 0 else 0.0
    rest, whole = float(np.sum((dv - scale * du) ** 2)), float(dv @ dv)
    residual = float(np.sqrt(rest / whole)) if whole > 0 else 0.0
    return AffineFit(scale, float(v.mean() - scale * u.mean()), residual)


def affine_residual(x: Array, y: Array) -> float:
    """What is left of y after the best a*x + b, relative to its spread: for pictures rescaled for display."""
    return affine_fit(x, y).residual


def best_match(candidates: Array, shown: Array) -> tuple[int, float]:
    """Which of several arrays `shown` is, up to scale and offset.

    Args:
        candidates: (n, ...) arrays, each with as many entries as `shown`.
        shown: any shape.

    Returns:
        Index of the candidate with the least residual, and that residual.
    """
    x = np.asarray(candidates, np.float64).reshape(len(candidates), -1)
    v = np.asarray(shown, np.float64).ravel()
    dx, dv = x - x.mean(axis=1, keepdims=True), v - v.mean()
    spread, whole = np.einsum("ij,ij->i", dx, dx), float(dv @ dv)
    if whole == 0:
        flat = np.flatnonzero(spread == 0)
        return (int(flat[0]), 0.0) if flat.size else (0, 1.0)
    correlation = np.zeros(len(x))
    np.divide((dx @ dv) ** 2, spread * whole, out=correlation, where=spread > 0)
    best = int(np.argmax(correlation))
    return best, float(np.sqrt(max(0.0, 1.0 - correlation[best])))


@dataclass(frozen=True, slots=True)
class ZTest:
    """One statistic against its distribution under the right answer.

    Attributes:
        statistic: as measured.
        expected: its mean where the answer is right.
        z: distance in standard errors.
        limit: |z| beyond this has probability `alarm` where the answer is right.
    """

    statistic: float
    expected: float
    z: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether the statistic is where it should be; never where it is NaN."""
        return abs(self.z) <= self.limit


def limit_of(alarm: float = ALARM) -> float:
    """Two-sided limit of a standard normal for a false-alarm rate: 4.89 for 1e-6."""
    return NormalDist().inv_cdf(1 - alarm / 2)


def mean_test(sample: Array, *, mean: float, std: float, alarm: float = ALARM) -> ZTest:
    """Whether entries have the mean they should: z = (m - mean) sqrt(n) / std, by the central limit theorem."""
    x = np.asarray(sample, np.float64).ravel()
    m = float(x.mean()) if x.size else float("nan")
    return ZTest(m, mean, (m - mean) * float(np.sqrt(x.size)) / std, limit_of(alarm))


def spread_test(sample: Array, *, std: float, kurtosis: float = 3.0, alarm: float = ALARM) -> ZTest:
    """Whether entries have the standard deviation they should, by the asymptotic law of the sample variance.

    The variance of s^2 / std^2 is (kurtosis - 1) / n for large n; 3 for a normal, 1.8 for a uniform. With few entries
    the law is skewed: samples below `TOO_FEW` entries always hold.

    Args:
        sample: any shape.
        std: what it should be.
        kurtosis: of the law the entries should follow.
        alarm: the false-alarm rate.
    """
    x = np.asarray(sample, np.float64).ravel()
    if x.size < TOO_FEW:
        return ZTest(std, std, 0.0, limit_of(alarm))
    ratio = float(x.var(ddof=1)) / std**2
    # Wilson and Hilferty: the cube root of a chi-square over its degrees of freedom is nearly normal, in the tails as
    # well.
    freedom = 2 * x.size / (kurtosis - 1)
    centre = 1 - 2 / (9 * freedom)
    z = (ratio ** (1 / 3) - centre) / float(np.sqrt(2 / (9 * freedom)))
    return ZTest(std * float(np.sqrt(ratio)), std, z, limit_of(alarm))
