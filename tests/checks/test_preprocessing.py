"""Preprocessing: one formula is right, with a constant mean and deviation, and every other one has its name."""

from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks import preprocessing
from grading.checks.conclusions import Conclusion
from grading.domain.errors import BadReply
from grading.mistakes.preprocessing import ONE_HOT, PREPROCESSING
from reference_models.softmax_network import one_hot

MEAN, STD = 33.5527, 78.8755
ACCEPTED = ((MEAN, STD), (33.318, 78.567))


def pixels(seed: int = 0, bright: float = 0.6) -> np.ndarray:
    """Bytes, some below the mean, of a brightness that is not the training set's."""
    return (Draw(seed, "pixels").bytes(12, 20) * bright).astype(np.uint8)


def standard(x: np.ndarray, mean: float = MEAN, std: float = STD) -> np.ndarray:
    """The formula, and ones at the end."""
    return np.hstack([(x.astype(np.float64) - mean) / std, np.ones((len(x), 1))])


def conclusions(make: Any, seed: int) -> list[Conclusion]:
    """Everything that is asked of a preprocessing."""
    x, other = pixels(seed), pixels(seed + 1, 0.3)
    return [
        preprocessing.normalised(make(x), x, ACCEPTED),
        preprocessing.alike(make(x), x, make(other), other),
        preprocessing.bias_column(make(x), x),
    ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_formula_passes_in_either_precision(seed: int, dtype: str) -> None:
    """With any accepted statistics, rounded or not, and the ones first or last."""
    for make in (
        lambda x: standard(x).astype(dtype),
        lambda x: np.roll(standard(x), 1, axis=1).astype(dtype),
        lambda x: standard(x, 33.55, 78.88).astype(dtype),
        lambda x: standard(x, *ACCEPTED[1]).astype(dtype),
    ):
        assert all(found.holds for found in conclusions(make, seed)), conclusions(make, seed)


@pytest.mark.parametrize("known", PREPROCESSING, ids=lambda known: known.id)
def test_every_known_mistake_is_named(known: Any) -> None:
    """On any inputs, by one of the questions; where there are no two numbers, the others say so."""
    for seed in range(5):
        found = conclusions(lambda x: known.variant(x, MEAN, STD), seed)
        named = {one.mistake_id for one in found if one.mistake}

        assert not all(one.holds for one in found)
        assert named == {known.id}, [one.message for one in found]


def test_the_array_s_own_statistics_are_seen_in_a_second_array() -> None:
    """One array does not show that its own statistics are used; two of different brightness do."""
    own = next(known for known in PREPROCESSING if known.id == "statistics-of-each-array")
    normalised, alike, bias = conclusions(lambda x: own.variant(x, MEAN, STD), 3)

    assert normalised.holds
    assert bias.holds
    assert alike.mistake is own


def test_other_numbers_are_wrong_without_a_name() -> None:
    """A mean of 50 is none that is known."""
    found = conclusions(lambda x: standard(x, 50.0, 60.0), 1)

    assert [one.holds for one in found] == [False, True, True]
    assert not found[0].mistake
    assert "(x - 50) / 60" in found[0].message


@pytest.mark.parametrize("known", ONE_HOT, ids=lambda known: known.id)
def test_wrong_one_hot_rows_are_no_right_ones(known: Any) -> None:
    """Each variant differs from the right answer, and from the others."""
    labels = np.array([[0], [2], [2], [1], [4]], dtype=np.uint8)
    others = [other for other in ONE_HOT if other.id != known.id]

    for right in (one_hot(labels, 6), *(other.variant(labels, 6) for other in others)):
        assert not np.array_equal(known.variant(labels, 6), right)


@pytest.mark.parametrize("reply", [None, "x", np.zeros(3), {"w": 1}, [[1.0], [1.0, 2.0]], np.full((12, 21), np.nan)])
def test_what_is_no_table_is_the_students(reply: Any) -> None:
    """The blame is never the author's."""
    with pytest.raises(BadReply):
        preprocessing.normalised(reply, pixels(), ACCEPTED)
