"""How inputs and labels of a network by hand go wrong: pixels, the column of ones, one-hot rows."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake

Array = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]
Preprocessing = Callable[[Bytes, float, float], Array]
"""(images (n, pixels), the training set's mean, its deviation) → (n, pixels + 1), a column of ones last."""

Pixels = KnownMistake[Preprocessing]
OneHot = KnownMistake[Callable[[Labels, int], Array]]


def _with_ones(pixels: npt.NDArray[np.generic], value: float = 1.0) -> Array:
    return np.hstack([np.asarray(pixels, np.float64), np.full((len(pixels), 1), value)])


def _of(change: Callable[[Array, float, float], Array]) -> Preprocessing:
    """A formula for the pixels; the column of ones is right."""
    return lambda X, mean, std: _with_ones(change(np.asarray(X, np.float64), mean, std))


def _right(X: Bytes, mean: float, std: float) -> Array:
    return np.asarray((X - mean) / std)


_STATISTICS = (
    "Take two numbers, the mean and the standard deviation of all pixels of the training set: (X - mean) / std."
)
_ONES = "Append np.ones((X.shape[0], 1)) after the pixels were normalised."

STATISTICS_OF_EACH_ARRAY: Pixels = KnownMistake(
    "statistics-of-each-array",
    "Each array is normalised with its own mean and deviation.",
    "Compute both once, from the training set, and use them for training and validation images.",
    _of(lambda X, *_: (X - X.mean()) / X.std()),
)
PER_PIXEL_STATISTICS: Pixels = KnownMistake(
    "per-pixel-statistics",
    "Every pixel has a mean and a deviation of its own.",
    _STATISTICS,
    _of(lambda X, *_: (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9)),
)
PER_IMAGE_STATISTICS: Pixels = KnownMistake(
    "per-image-statistics",
    "Every image is normalised with a mean and deviation of its own.",
    _STATISTICS,
    _of(lambda X, *_: (X - X.mean(axis=1)[:, None]) / X.std(axis=1)[:, None]),
)
BYTES_WRAP_AROUND: Pixels = KnownMistake(
    "bytes-wrap-around",
    "Dark pixels come out bright: unsigned bytes wrap around at 0.",
    "Make X a float array before you subtract.",
    lambda X, mean, std: _with_ones((X - np.uint8(mean)) / std),
)

ONE_LINE: tuple[Pixels, ...] = (
    KnownMistake(
        "divided-by-255", "The pixels are divided by 255 and not normalised.", _STATISTICS, _of(lambda X, *_: X / 255)
    ),
    KnownMistake("pixels-unchanged", "The pixels come out as they went in.", _STATISTICS, _of(lambda X, *_: X)),
    KnownMistake("mean-not-subtracted", "The mean is not subtracted.", _STATISTICS, _of(lambda X, _, std: X / std)),
    KnownMistake(
        "std-not-divided",
        "The pixels are not divided by the standard deviation.",
        _STATISTICS,
        _of(lambda X, mean, _: X - mean),
    ),
    KnownMistake(
        "divided-by-variance",
        "The pixels are divided by the variance.",
        _STATISTICS,
        _of(lambda X, mean, std: (X - mean) / std**2),
    ),
    KnownMistake(
        "root-of-std",
        "The pixels are divided by the root of the standard deviation.",
        _STATISTICS,
        _of(lambda X, mean, std: (X - mean) / std**0.5),
    ),
    KnownMistake(
        "scaled-to-one",
        "The pixels are brought to -1 … 1 and not normalised.",
        _STATISTICS,
        _of(lambda X, *_: X / 127.5 - 1),
    ),
    KnownMistake(
        "statistics-exchanged",
        "Mean and deviation are exchanged.",
        _STATISTICS,
        _of(lambda X, mean, std: (X - std) / mean),
    ),
    KnownMistake(
        "scaled-before-statistics",
        "The pixels are divided by 255 first, and then normalised with the mean and deviation of pixels in 0 … 255.",
        _STATISTICS,
        _of(lambda X, mean, std: (X / 255 - mean) / std),
    ),
    KnownMistake(
        "mean-without-brackets",
        "Only the mean is divided by the deviation: brackets are missing.",
        "In Python division goes before subtraction.",
        _of(lambda X, mean, std: X - mean / std),
    ),
)
"""Those that are one line through all pixels, (X - a) / b with other numbers a and b."""

BIAS_MISSING: Pixels = KnownMistake("bias-missing", "The column of ones is missing.", _ONES, _right)
BIAS_ZEROS: Pixels = KnownMistake(
    "bias-zeros", "The bias column is all zeros.", _ONES, lambda X, mean, std: _with_ones(_right(X, mean, std), 0.0)
)
BIAS_NORMALISED: Pixels = KnownMistake(
    "bias-normalised",
    "The bias column was normalised with the pixels.",
    _ONES,
    lambda X, mean, std: (_with_ones(X) - mean) / std,
)
BIAS_MISPLACED: Pixels = KnownMistake(
    "bias-misplaced",
    "The column of ones stands neither first nor last.",
    _ONES,
    lambda X, mean, std: np.insert(_right(X, mean, std), X.shape[1] // 2, 1.0, axis=1),
)
BIAS_COLUMNS: Pixels = KnownMistake(
    "bias-columns",
    "More than one column was added.",
    _ONES,
    lambda X, mean, std: _with_ones(_with_ones(_right(X, mean, std))),
)
BIAS_OTHER_VALUE: Pixels = KnownMistake(
    "bias-other-value",
    "The bias column is constant, and not 1.",
    _ONES,
    lambda X, mean, std: _with_ones(_right(X, mean, std), 5.0),
)

PREPROCESSING = (
    STATISTICS_OF_EACH_ARRAY,
    PER_PIXEL_STATISTICS,
    PER_IMAGE_STATISTICS,
    *ONE_LINE,
    BYTES_WRAP_AROUND,
    BIAS_MISSING,
    BIAS_ZEROS,
    BIAS_NORMALISED,
    BIAS_MISPLACED,
    BIAS_COLUMNS,
    BIAS_OTHER_VALUE,
)

_PLACE = "Row n has a 1 at column Y[n] and zeros elsewhere."


def _hot(Y: Labels, classes: int, off: int = 0) -> Array:
    return np.eye(classes)[np.asarray(Y, np.int64).reshape(-1) + off]


ONE_HOT: tuple[OneHot, ...] = (
    KnownMistake(
        "one-hot-transposed",
        "Classes and examples are exchanged.",
        "The shape is (examples, classes).",
        lambda Y, k: _hot(Y, k).T,
    ),
    KnownMistake("one-hot-off-by-one", "The 1 stands one column off.", _PLACE, lambda Y, k: _hot(Y, k, -1)),
    KnownMistake(
        "one-hot-ten-classes",
        "There are always 10 columns.",
        "Use num_classes.",
        lambda Y, _: _hot(Y, max(10, int(Y.max()) + 1)),
    ),
    KnownMistake(
        "one-hot-extra-axis",
        "There is an axis too many.",
        "Y has shape (n, 1): take Y[:, 0].",
        lambda Y, k: _hot(Y, k)[:, None, :],
    ),
    KnownMistake(
        "one-hot-labels",
        "The label itself stands at its place, instead of 1.",
        _PLACE,
        lambda Y, k: _hot(Y, k) * Y.reshape(-1, 1),
    ),
    KnownMistake("one-hot-all-ones", "Every row is full of ones.", _PLACE, lambda Y, k: np.ones((len(Y), k))),
    KnownMistake("one-hot-zeros", "There is no 1 anywhere.", _PLACE, lambda Y, k: np.zeros((len(Y), k))),
)
