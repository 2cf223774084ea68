"""Statistics of answers that are random.

Every test states its false-alarm rate: the share of right answers that it would call wrong. `ALARM` is 1e-6 for one
test, so that a course of 1,000 students with 50 such tests each sees one false alarm in twenty years of grading.
"""

from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
ALARM = 1e-6
TOO_FEW = 8


def limit_of(alarm: float = ALARM) -> float:
    """Two-sided limit of a standard normal for a false-alarm rate: 4.89 for 1e-6."""
    return NormalDist().inv_cdf(1 - alarm / 2)


def mean_holds(sample: Array, *, mean: float, std: float, alarm: float = ALARM) -> bool:
    """Whether entries have the mean they should: z = (m - mean) sqrt(n) / std, by the central limit theorem.

    Never where there are none, or one is NaN.
    """
    x = np.asarray(sample, np.float64).ravel()
    return bool(x.size) and abs(float(x.mean()) - mean) * float(np.sqrt(x.size)) / std <= limit_of(alarm)


def spread_holds(sample: Array, *, std: float, kurtosis: float = 3.0, alarm: float = ALARM) -> bool:
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
        return True
    ratio = float(x.var(ddof=1)) / std**2
    # Wilson and Hilferty: the cube root of a chi-square over its degrees of freedom is nearly normal, in the tails as
    # well.
    freedom = 2 * x.size / (kurtosis - 1)
    centre = 1 - 2 / (9 * freedom)
    z = (ratio ** (1 / 3) - centre) / float(np.sqrt(2 / (9 * freedom)))
    return bool(abs(z) <= limit_of(alarm))
