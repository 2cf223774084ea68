"""Preprocessing, taken apart from its answers: which mean, which deviation, which column of ones.

A right answer is (x - m)/s with two numbers for all pixels of all images; m and s are read off two arrays of different
brightness, so that what was computed from the array itself cannot pass for a constant.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2.digits import STANDIN_STATISTICS
from grading.checks.conclusions import Conclusion, right, wrong
from reference_models.softmax_network import MEAN, PIXELS, STD

Array = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]

ACCEPTED = ((MEAN, STD), (33.318, 78.567), STANDIN_STATISTICS)
"""Of the 20,000 images of this course; of all 60,000, as the course's own answers have it; of the stand-ins."""

SLACK = 0.1
ROUNDED = 1e-3
"""Relative: statistics are told with four digits, and some mistakes multiply them."""

EXACT = 1e-5
MUCH = 1e4
MOST_CONSTANT = 1e-9


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, taken apart.

    Attributes:
        pixels: (n, 784), without the column that is taken for the bias.
        bias: that column, or None where there are 784 columns.
        mean, std: of the one line that all pixels follow; NaN where they follow none.
        each: whether every pixel column follows a line of its own.
    """

    pixels: Array
    bias: Array | None
    mean: float
    std: float
    each: bool


def taken_apart(answer: Array, X: Images) -> Seen:
    """Split an answer into bias and pixels, and read off mean and deviation."""
    pixels, bias = answer, None
    if answer.shape[1] == PIXELS + 1:
        first = np.ptp(answer[:, 0]) <= MOST_CONSTANT and not np.ptp(answer[:, -1]) <= MOST_CONSTANT
        bias, pixels = (answer[:, 0], answer[:, 1:]) if first else (answer[:, -1], answer[:, :-1])
    x = X.astype(np.float64)
    slope, offset = _line(x.reshape(-1), pixels.reshape(-1))
    fits = np.abs(slope * x + offset - pixels).max() <= EXACT * max(1.0, float(np.abs(pixels).max()))
    if fits and slope != 0:
        return Seen(pixels, bias, float(-offset / slope), float(1 / slope), each=True)
    return Seen(pixels, bias, np.nan, np.nan, _each_column(x, pixels))


def judged_statistics(seen: Seen, X: Images) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """The pixels are (x - mean) / std, with two numbers."""
    m, s = seen.mean, seen.std
    if np.isnan(m):
        if seen.each:
            return wrong("Every pixel has a mean and a deviation of its own.", "per-pixel-statistics")
        if _wraps(seen, X):
            return wrong("Dark pixels come out bright: unsigned bytes wrap around at 0.", "bytes-wrap-around")
        return wrong("The pixels are not (x - mean) / std for any mean and std.", "")
    facts = {"mean": m, "std": s}
    own = (float(X.mean()), float(X.std()))
    if any(_near(m, s, *pair) for pair in (*ACCEPTED, own)):
        return right(**facts)
    told = _told(m, s)
    for accepted in ACCEPTED:
        for id_, pair in _known(*accepted).items():
            if _near(m, s, *pair):
                return wrong(told, id_, **facts)
    if abs(m) <= SLACK and abs(s - own[1]) <= SLACK:
        return wrong(told, "mean-not-subtracted", **facts)
    return wrong(f"{told} Mean and deviation are not those of the training set.", "", **facts)


def _told(m: float, s: float) -> str:
    """(x - m) / s in words, without what does nothing."""
    taken = "x" if abs(m) < EXACT else f"(x - {m:.4g})"
    divided = "" if abs(s - 1) < EXACT else f" / {s:.4g}" if s < MUCH else f" / {s:.0f}"
    return f"Your pixels are {taken.strip('()') if not divided else taken}{divided}."


def _known(mean: float, std: float) -> dict[str, tuple[float, float]]:
    """The (m, s) of (x - m)/s that known mistakes come to."""
    return {
        "divided-by-255": (0.0, 255.0),
        "pixels-unchanged": (0.0, 1.0),
        "mean-not-subtracted": (0.0, std),
        "std-not-divided": (mean, 1.0),
        "variance-for-std": (mean, std**2),
        "root-of-std": (mean, std**0.5),
        "scaled-to-one": (127.5, 127.5),
        "mean-and-std-exchanged": (std, mean),
        "scaled-before-statistics": (mean * 255, std * 255),
        "mean-without-brackets": (mean / std, 1.0),
    }


def judged_bias(seen: Seen, answer: Array) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """One column is all ones, the first or the last."""
    if seen.bias is None:
        return wrong(f"The answer has {answer.shape[1]} columns, expected 785.", "bias-missing")
    value = float(seen.bias[0])
    if np.ptp(seen.bias) > MOST_CONSTANT:
        return wrong("Neither the first nor the last column is the same for all images.", "bias-misplaced")
    if abs(value - 1) <= EXACT:
        return right()
    if value == 0:
        return wrong("The bias column is all zeros.", "bias-zeros")
    if not np.isnan(seen.mean) and abs(value - (1 - seen.mean) / seen.std) <= EXACT * max(1.0, abs(value)):
        return wrong(f"The bias column is {value:.4g}, expected 1.", "bias-normalised")
    if abs(value - 1) <= 1:
        return wrong(f"The bias column is {value:.4g}, expected 1.", "bias-normalised")
    return wrong(f"The bias column is {value:.4g}, expected 1.", "bias-other-value")


def judged_same(one: Seen, other: Seen, X: Images, X_other: Images) -> Conclusion:
    """Both arrays are normalised with the same two numbers."""
    if not (np.isnan(one.mean) or np.isnan(other.mean)):
        if abs(one.mean - other.mean) <= EXACT * 255 and abs(one.std - other.std) <= EXACT * 255:
            return right()
        own = _near(one.mean, one.std, float(X.mean()), float(X.std()))
        if own and _near(other.mean, other.std, float(X_other.mean()), float(X_other.std())):
            return wrong("Each array is normalised with its own mean and deviation.", "statistics-of-each-array")
        return wrong("The two arrays are normalised with different numbers.", "statistics-differ")
    return wrong("There are no two numbers that all pixels are normalised with.", "")


def _near(m: float, s: float, mean: float, std: float) -> bool:
    return abs(m - mean) <= max(SLACK, ROUNDED * abs(mean)) and abs(s - std) <= max(SLACK, SLACK / 20 * abs(std) / 10)


def _line(x: Array, y: Array) -> tuple[float, float]:
    centred = x - x.mean()
    slope = float((centred * y).sum() / (centred * centred).sum())
    return slope, float(y.mean() - slope * x.mean())


def _each_column(x: Array, y: Array) -> bool:
    centred = x - x.mean(axis=0)
    slopes = (centred * y).sum(axis=0) / np.maximum((centred * centred).sum(axis=0), 1e-12)
    rest = y - y.mean(axis=0) - slopes * centred
    return bool(np.abs(rest).max() <= EXACT * max(1.0, float(np.abs(y).max())))


def _wraps(seen: Seen, X: Images) -> bool:
    for shift in (33, 34):
        wrapped = (X - np.uint8(shift)).astype(np.float64)
        slope, offset = _line(wrapped.reshape(-1), seen.pixels.reshape(-1))
        if np.abs(slope * wrapped + offset - seen.pixels).max() <= EXACT * max(1.0, float(np.abs(seen.pixels).max())):
            return True
    return False
