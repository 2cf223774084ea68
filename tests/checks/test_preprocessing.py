"""Preprocessing: one formula is right, and every other one has its name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks import preprocessing
from grading.domain.errors import BadReply

MEAN, STD = 33.55, 78.87
Made = Callable[[Any], Any]


def pixels(seed: int = 0) -> np.ndarray:
    """Bytes, some below the mean."""
    return Draw(seed, "pixels").bytes(12, 7)


def standard(x: np.ndarray) -> np.ndarray:
    """The formula."""
    return (x.astype(np.float64) - MEAN) / STD


def with_ones(x: np.ndarray) -> np.ndarray:
    """Ones at the end."""
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def own(x: np.ndarray) -> np.ndarray:
    """With the array's own statistics."""
    return (x - x.mean()) / x.std()


WRONG: dict[str, Made] = {
    "own-statistics": lambda x: with_ones(own(x)),
    "per-pixel-statistics": lambda x: with_ones((x - x.mean(0)) / x.std(0)),
    "uint8-wrap-around": lambda x: with_ones((x - np.uint8(MEAN)) / STD),
    "divided-by-variance": lambda x: with_ones((x - MEAN) / STD**2),
    "mean-not-subtracted": lambda x: with_ones(x / STD),
    "not-divided": lambda x: with_ones(x - MEAN),
    "scaled-by-255": lambda x: with_ones(x / 255),
    "unchanged": with_ones,
    "bias-column-missing": standard,
    "bias-column-first": lambda x: with_ones(standard(x))[:, ::-1][:, [0, *range(7, 0, -1)]],
    "bias-column-zeros": lambda x: with_ones(standard(x)) * ([1] * 7 + [0]),
    "bias-column-normalised": lambda x: standard(with_ones(x)),
    "transposed": lambda x: with_ones(standard(x)).T,
    "wrong-shape": lambda x: standard(x)[:, :3],
    "not-finite": lambda x: with_ones(standard(x) * np.nan),
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_formula_passes_in_either_precision(seed: int, dtype: str) -> None:
    """On all inputs; with the column of ones wherever it is asked for."""
    x = pixels(seed)
    rows = standard(x).astype(dtype)

    assert preprocessing.normalised(with_ones(rows), x, mean=MEAN, std=STD).holds
    assert preprocessing.normalised(rows, x, mean=MEAN, std=STD, bias="none").holds
    assert preprocessing.normalised(np.roll(with_ones(rows), 1, axis=1), x, mean=MEAN, std=STD, bias="first").holds


@pytest.mark.parametrize("mistake", WRONG)
def test_every_known_mistake_is_named(mistake: str) -> None:
    """On any inputs."""
    for seed in range(5):
        conclusion = preprocessing.normalised(WRONG[mistake](pixels(seed)), pixels(seed), mean=MEAN, std=STD)

        assert (conclusion.holds, conclusion.mistake) == (False, mistake), conclusion.message


def test_statistics_are_of_the_training_set() -> None:
    """With either convention of the deviation; not of all sets, not the variance."""
    training, validation = pixels(1), pixels(2) // 2
    everything = np.concatenate([training, validation])

    def judged(x: np.ndarray, ddof: int = 0) -> preprocessing.Conclusion:
        return preprocessing.from_training((x.mean(), x.std(ddof=ddof)), training, everything)

    assert judged(training).holds
    assert judged(training, ddof=1).holds
    assert judged(everything).mistake == "statistics-of-all"
    assert preprocessing.from_training((training.mean(), training.var()), training, everything).mistake == (
        "variance-for-deviation"
    )
    assert not judged(validation).holds


def test_one_hot_rows_hold_a_single_one() -> None:
    """Classes that do not occur have a column too."""
    labels = np.array([0, 2, 2, 1, 0])
    wanted = np.eye(5)[labels]
    wrong = {
        "one-hot-transposed": wanted.T[:, :5],
        "one-hot-too-narrow": wanted[:, :3],
        "one-hot-shifted": np.roll(wanted, 1, axis=1),
        "one-hot-inverted": 1 - wanted,
    }

    assert preprocessing.one_hot(lambda *_: wanted.astype(int), labels, 5).holds
    for mistake, answer in wrong.items():
        if mistake != "one-hot-transposed":
            assert preprocessing.one_hot(lambda *_, a=answer: a, labels, 5).mistake == mistake
    six = np.eye(6)[labels]
    assert preprocessing.one_hot(lambda *_: six.T, labels, 6).mistake == "one-hot-transposed"


@pytest.mark.parametrize("reply", [None, "x", np.zeros(3), {"w": 1}, [[1.0], [1.0, 2.0]]])
def test_what_is_no_table_is_the_students(reply: Any) -> None:
    """The blame is never the author's."""
    with pytest.raises(BadReply):
        preprocessing.normalised(reply, pixels(), mean=MEAN, std=STD)
