r"""Preprocessing written by hand, taken apart from its answers: which mean, which deviation, which column of ones.

What is right is one formula, :math:`(x - m)/s` with two numbers for all pixels of all images: the *training set's*
mean and deviation, whichever array it is applied to. The numbers are read off the answer, so that a rounded 33.55 is
right where 33.5527 is meant, and a known mistake is named by the numbers that it comes to. Ask about arrays whose own
statistics differ from the training set's and from each other's: then what was computed from the array itself cannot
pass for a constant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import preprocessing as known

Array = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]
Statistics = tuple[float, float]
"""Mean and standard deviation."""

SLACK = 0.1
ROUNDED = 1e-3
"""Relative: statistics are told with four digits, and some mistakes multiply them."""

EXACT = 1e-5
"""Relative to the largest entry, for programs that compute in float32."""

MUCH = 1e4
MOST_CONSTANT = 1e-9
BYTES = 255


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, taken apart.

    Attributes:
        pixels: (n, d), without the column that is taken for the bias.
        bias: that column, or None where there are d columns.
        line: mean and deviation of the one line that all pixels follow; None where they follow none.
    """

    pixels: Array
    bias: Array | None
    line: Statistics | None


def taken_apart(answer: object, X: Images) -> Seen | Conclusion:
    """Split an answer into bias and pixels, and read off mean and deviation.

    Args:
        answer: the student's array for `X`, (n, d), or (n, d + 1) with a bias column, first or last.
        X: (n, d).

    Returns:
        What is seen, or what is wrong with the number of columns.
    """
    n, d = X.shape
    whole = expect.array(answer, "your preprocessed images", shape=(n, None))
    if whole.shape[1] not in (d, d + 1):
        return wrong(f"There are {whole.shape[1]} columns, expected {d + 1}.", known.BIAS_COLUMNS)
    pixels, bias = whole, None
    if whole.shape[1] == d + 1:
        first = np.ptp(whole[:, 0]) <= MOST_CONSTANT and not np.ptp(whole[:, -1]) <= MOST_CONSTANT
        bias, pixels = (whole[:, 0], whole[:, 1:]) if first else (whole[:, -1], whole[:, :-1])
    return Seen(pixels, bias, _line(X, pixels))


def normalised(answer: object, X: Images, accepted: Sequence[Statistics]) -> Conclusion:
    """The pixels are (x - mean) / std, with two numbers.

    Args:
        answer: as in `taken_apart`.
        X: images whose own statistics are none of the accepted.
        accepted: statistics of the training set. Those of X are accepted here as well: see `alike`.
    """
    seen = taken_apart(answer, X)
    if isinstance(seen, Conclusion):
        return seen
    if seen.line is None:
        return _crooked(seen.pixels, X, accepted)
    (m, s), own = seen.line, (float(X.mean()), float(X.std()))
    pairs = (*accepted, own)
    if any(_near(seen.line, pair) for pair in pairs):
        return right(mean=m, std=s)
    told = _told(m, s)
    for pair in pairs:
        for one in known.ONE_LINE:
            line = _line(X, one.variant(X, *pair)[:, :-1])
            if line is not None and _near(seen.line, line):
                return wrong(told, one, mean=m, std=s)
    return wrong(f"{told} Mean and deviation are not those of the training set.", mean=m, std=s)


def alike(answer: object, X: Images, other: object, X_other: Images) -> Conclusion:
    """Both arrays are normalised with the same two numbers.

    Args:
        answer: for `X`, as in `taken_apart`.
        X: images.
        other: the answer for `X_other`.
        X_other: images of another brightness.
    """
    one, two = taken_apart(answer, X), taken_apart(other, X_other)
    for seen in (one, two):
        if isinstance(seen, Conclusion):
            return seen
    lines = [seen.line for seen in (one, two) if isinstance(seen, Seen) and seen.line is not None]
    if len(lines) < 2:  # noqa: PLR2004 - both
        return wrong("There are no two numbers that all pixels are normalised with.")
    if all(abs(a - b) <= EXACT * BYTES for a, b in zip(*lines, strict=True)):
        return right()
    if all(_near(line, (float(x.mean()), float(x.std()))) for line, x in zip(lines, (X, X_other), strict=True)):
        return wrong("The two arrays are normalised with different numbers.", known.STATISTICS_OF_EACH_ARRAY)
    return wrong("The two arrays are normalised with different numbers.")


def bias_column(answer: object, X: Images) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """One column is all ones, the first or the last.

    Args:
        answer: as in `taken_apart`.
        X: the images.
    """
    seen = taken_apart(answer, X)
    if isinstance(seen, Conclusion):
        return seen
    if seen.bias is None:
        return wrong(f"There are {X.shape[1]} columns, expected {X.shape[1] + 1}.", known.BIAS_MISSING)
    value = float(seen.bias[0])
    if np.ptp(seen.bias) > MOST_CONSTANT:
        return wrong("Neither the first nor the last column is the same for all images.", known.BIAS_MISPLACED)
    if abs(value - 1) <= EXACT:
        return right()
    told = f"The bias column is {value:.4g}, expected 1."
    if value == 0:
        return wrong(told, known.BIAS_ZEROS)
    m, s = seen.line or (np.nan, np.nan)
    # (1 - m) / s itself, or another number near 1 that some preprocessing made of it.
    if abs(value - (1 - m) / s) <= EXACT * max(1.0, abs(value)) or abs(value - 1) <= 1:
        return wrong(told, known.BIAS_NORMALISED)
    return wrong(told, known.BIAS_OTHER_VALUE)


def _crooked(pixels: Array, X: Images, accepted: Sequence[Statistics]) -> Conclusion:
    """What pixels are that follow no single line."""
    if _lines(X.astype(np.float64), pixels):
        return wrong("No two numbers normalise all pixels.", known.PER_PIXEL_STATISTICS)
    if _lines(X.T.astype(np.float64), pixels.T):
        return wrong("No two numbers normalise all pixels.", known.PER_IMAGE_STATISTICS)
    shifts = {int(mean) + rounded for mean, _ in accepted for rounded in (0, 1)}
    if any(_line(X - np.uint8(shift), pixels) is not None for shift in shifts):
        return wrong("No two numbers normalise all pixels.", known.BYTES_WRAP_AROUND)
    return wrong("The pixels are not (x - mean) / std for any mean and std.")


def _told(m: float, s: float) -> str:
    """(x - m) / s in words, without what does nothing."""
    taken = "x" if abs(m) < EXACT else f"(x - {m:.4g})"
    divided = "" if abs(s - 1) < EXACT else f" / {s:.4g}" if s < MUCH else f" / {s:.0f}"
    return f"Your pixels are {taken.strip('()') if not divided else taken}{divided}."


def _near(line: Statistics, pair: Statistics) -> bool:
    (m, s), (mean, std) = line, pair
    return abs(m - mean) <= max(SLACK, ROUNDED * abs(mean)) and abs(s - std) <= max(SLACK, ROUNDED / 2 * abs(std))


def _line(X: Images, pixels: Array) -> Statistics | None:
    """The m and s with which all pixels are (x - m) / s."""
    x, y = X.astype(np.float64).reshape(-1), pixels.reshape(-1)
    centred = x - x.mean()
    slope = float((centred * y).sum() / (centred * centred).sum())
    offset = float(y.mean() - slope * x.mean())
    fits = np.abs(slope * x + offset - y).max() <= EXACT * max(1.0, float(np.abs(y).max()))
    return (-offset / slope, 1 / slope) if fits and slope != 0 else None


def _lines(x: Array, y: Array) -> bool:
    """Whether every column follows a line of its own."""
    centred = x - x.mean(axis=0)
    slopes = (centred * y).sum(axis=0) / np.maximum((centred * centred).sum(axis=0), 1e-12)
    rest = y - y.mean(axis=0) - slopes * centred
    return bool(np.abs(rest).max() <= EXACT * max(1.0, float(np.abs(y).max())))
