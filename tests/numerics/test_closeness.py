"""Laws of `difference`."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading.numerics import Difference, GapKind, difference
from grading.numerics.closeness import TOLERANCES, describe

finite = st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False)
arrays = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=5), elements=finite)
leaves = st.one_of(arrays, finite, st.integers(-(2**40), 2**40), st.booleans(), st.none(), st.text(max_size=5))
answers = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(min_size=1, max_size=3), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def kind_of(found: Difference | None) -> GapKind | None:
    """In what an answer differs first."""
    return found.first.kind if found is not None else None


@settings(max_examples=150, deadline=None)
@given(answers)
def test_an_answer_without_nan_agrees_with_itself(answer: Any) -> None:
    """Whatever the structure, nothing differs from itself."""
    assert difference(answer, answer) is None


@settings(max_examples=50, deadline=None)
@given(arrays.filter(lambda a: a.size > 0), st.data())
def test_nan_agrees_with_nothing(array: Any, data: st.DataObject) -> None:
    """NaN on either side is a difference, also where both have it."""
    broken = array.copy()
    index = data.draw(st.tuples(*(st.integers(0, n - 1) for n in array.shape)))
    broken[index] = np.nan

    assert kind_of(difference(array, broken)) is GapKind.FINITE
    assert kind_of(difference(broken, array)) is GapKind.FINITE
    assert kind_of(difference(broken, broken)) is GapKind.FINITE


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=5), elements=st.floats(0.5, 2.0)),
    st.integers(-30, 60),
    st.data(),
)
def test_any_one_element_changed_is_seen_at_every_scale(array: Any, power: int, data: st.DataObject) -> None:
    """A change by a hundredth of the largest entry is seen, with its index, at size 2^-30 as at 2^60."""
    index = data.draw(st.tuples(*(st.integers(0, n - 1) for n in array.shape)))
    right = array * 2.0**power
    changed = right.copy()
    changed[index] += 0.01 * right.max()
    found = difference(right, changed)

    assert found is not None
    assert found.first.kind is GapKind.VALUE
    assert found.first.index == index
    assert found.first.wrong == 1


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(0.5, 2.0)),
    hnp.arrays(np.float64, st.just(()), elements=st.floats(-1e-6, 1e-6)),
    st.integers(-20, 60),
)
def test_the_verdict_does_not_depend_on_the_unit(array: Any, error: Any, power: int) -> None:
    """Scaling both answers by a power of two changes nothing."""
    unit = 2.0**power
    wrong = array * (1 + error)

    assert (difference(array, wrong) is None) == (difference(array * unit, wrong * unit) is None)


@settings(max_examples=50, deadline=None)
@given(arrays)
def test_the_container_does_not_matter(array: Any) -> None:
    """An array, a tensor and a nested list of the same numbers are one answer."""
    tensor = torch.from_numpy(array.copy())

    assert difference(array, tensor) is None
    assert difference(tensor, array) is None
    if array.size:
        assert difference(array, array.tolist()) is None


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ({"w": 1.0}, {"v": 1.0}, GapKind.STRUCTURE),
        ({"w": 1.0}, 1.0, GapKind.STRUCTURE),
        ((1.0, 2.0), (1.0, 2.0, 3.0), GapKind.STRUCTURE),
        ((1.0, 2.0), 1.0, GapKind.STRUCTURE),
        (np.ones(3), None, GapKind.STRUCTURE),
        (np.ones(3), "text", GapKind.STRUCTURE),
        (np.ones(3), [[1.0], [1.0, 2.0]], GapKind.STRUCTURE),
        (1, 10**400, GapKind.STRUCTURE),
        (None, 0.0, GapKind.STRUCTURE),
        (np.ones((3, 1)), np.ones(3), GapKind.SHAPE),
        (1.0, np.ones(1), GapKind.SHAPE),
        (np.ones((2, 3)), np.ones((3, 2)), GapKind.SHAPE),
        (np.ones(3), np.ones(3, complex), GapKind.DTYPE),
        (np.array([0.5, 1.5]), np.array([0, 1]), GapKind.DTYPE),
        (np.ones(2), np.array([1.0, np.inf]), GapKind.FINITE),
        (np.ones(2), np.array([1.0, 1.1]), GapKind.VALUE),
        (np.array([1, 2]), np.array([1, 3]), GapKind.VALUE),
        (np.array([True, False]), np.array([True, True]), GapKind.VALUE),
        ("ReLU", "tanh", GapKind.VALUE),
        (np.zeros(3), np.full(3, 1e-3), GapKind.VALUE),
        (np.full(3, 1e-9), np.zeros(3), GapKind.VALUE),
    ],
)
def test_what_differs_is_told_by_its_kind(right: Any, wrong: Any, kind: GapKind) -> None:
    """The first thing that differs, in the order structure, shape, dtype, finite, value."""
    assert kind_of(difference(right, wrong)) is kind


@pytest.mark.parametrize(
    ("right", "same"),
    [
        (np.array([0.0, 1.0]), np.array([0, 1])),
        (np.array([1.0, 0.0]), np.array([True, False])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (1.0, np.float32(1.0)),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf])),
        ({"w": 1.0}, {"w": 1.0, "more": None}),
        ([1.0, 2.0], (1.0, 2.0)),
        (np.linspace(0, 1, 9), np.linspace(0, 1, 9).astype(np.float32)),
        (np.linspace(0, 1, 9), np.linspace(0, 1, 9) * (1 + 1e-9)),
        (np.array([1e6, 0.0]), np.array([1e6, 1e-2])),
        (1 + 2j, 1 + 2j),
        (0.0, 2e-16),
    ],
)
def test_what_is_right_passes(right: Any, same: Any) -> None:
    """Rounding, other containers and other kinds of number with the same values are no difference."""
    assert difference(right, same) is None


def test_half_precision_is_no_excuse() -> None:
    """An answer in float16 to a question in float64 is held to float32."""
    right = np.linspace(1, 2, 50)

    assert kind_of(difference(right, right.astype(np.float16))) is GapKind.VALUE
    assert difference(right.astype(np.float16), right.astype(np.float16) * np.float16(1.002)) is None


def test_the_question_can_be_coarser_than_the_answer() -> None:
    """A Python float that came out of float32 arithmetic is held to float32, where the caller says so."""
    assert difference(1.0, 1.00001) is not None
    assert difference(1.0, 1.00001, coarsest="float32") is None


def test_own_tolerances_replace_those_of_the_dtype() -> None:
    """`rtol` and `atol` are taken as they are, for whole numbers too."""
    assert difference(np.array([1.0, 2.0]), np.array([1.05, 2.05]), rtol=0.1, atol=0.0) is None
    assert difference(np.array([100]), np.array([101]), rtol=0.1, atol=0.0) is None
    assert difference(np.array([1.0]), np.array([1.0 + 1e-9]), rtol=0.0, atol=0.0) is not None


def test_a_difference_lists_all_leaves_and_tells_form_first() -> None:
    """Every leaf that differs is listed; a wrong shape is told before a wrong value."""
    right = {"a": np.ones(2), "b": np.ones((2, 3)), "c": (1.0, 2.0)}
    found = difference(right, {"a": np.zeros(2), "b": np.ones((3, 2)), "c": (1.0, 3.0)})

    assert found is not None
    assert found.paths == ("b", "a", "c[1]")
    assert found.leaves == 4


def test_the_gap_tells_the_answers_own_number_and_no_right_one() -> None:
    """The text of a gap carries what came, never what was expected."""
    found = difference(np.array([0.125, 0.25]), np.array([0.125, 7.5]))

    assert found is not None
    assert (found.first.index, found.first.value, found.first.greatest) == ((1,), "7.5", 7.25)
    assert "0.25" not in repr(found)


def test_tensors_of_every_kind_are_read_or_refused() -> None:
    """bfloat16 and float8 are read through float32; sparse and quantized tensors are no plain data."""
    assert difference(torch.ones(2), torch.ones(2, dtype=torch.bfloat16)) is None
    assert difference(torch.ones(2), torch.ones(2, dtype=torch.float8_e4m3fn)) is None
    assert kind_of(difference(torch.eye(2), torch.eye(2).to_sparse())) is GapKind.STRUCTURE
    assert difference(torch.eye(2), torch.eye(2).conj()) is None
    assert kind_of(difference(np.ones(1), np.array([None]))) is GapKind.STRUCTURE
    assert kind_of(difference(1.0, b"1")) is GapKind.STRUCTURE


def test_objects_agree_only_with_objects() -> None:
    """A handle stands for an object; a number does not."""

    class Model:
        """Anything that is no data."""

    assert difference(Model(), Model()) is None
    assert kind_of(difference(Model(), 1.0)) is GapKind.STRUCTURE
    assert kind_of(difference(Model(), None)) is GapKind.STRUCTURE


def test_deep_nests_end() -> None:
    """Lists nested beyond reason are no arrays, and cost no time."""
    nest: list[Any] = [1.0]
    for _ in range(200):
        nest = [nest]

    assert kind_of(difference(np.ones(1), nest)) is GapKind.STRUCTURE


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"W1": 1, "b1": 2}, "a dictionary with W1, b1"),
        ({}, "an empty dictionary"),
        ({str(i): i for i in range(10)}, "a dictionary with 0, 1, 2, 3, 4, 5, 6, 7 and 2 more"),
        ((1, "a"), "a tuple of 2"),
        (np.ones((4, 7)), "a float64 array of shape (4, 7)"),
        (1.5, "one number (float64)"),
        (None, "None"),
        ("x", "text"),
        (10**400, "huge integer"),
    ],
)
def test_forms_are_described_in_words(value: Any, words: str) -> None:
    """A form reads like a part of a sentence, without values."""
    assert describe(value) == words


def test_every_tolerance_has_room_for_rounding_and_none_for_mistakes() -> None:
    """Tolerances lie between a hundred units of rounding and a tenth."""
    for name, bits in (("float64", 53), ("float32", 24), ("float16", 11), ("bfloat16", 8)):
        assert 2.0**-bits < TOLERANCES[name].rtol < 0.1
