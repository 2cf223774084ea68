"""Draws: the same for every subject of a check, fresh for each run and each check."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring import Draw

SEEDS = st.integers(0, 2**64)
KEYS = st.text(max_size=20)


def some_of_everything(draw: Draw) -> list[np.ndarray]:
    """One draw of each kind of array."""
    return [
        draw.normal(3, 4),
        draw.uniform(5, low=-1.0),
        draw.away_from_zero(4),
        draw.integers(6, high=1000),
        draw.labels(12, 4),
        draw.one_hot(8, 3),
        draw.bytes(16),
        draw.images(1, height=4, width=4),
        draw.torch.normal(2, 3).numpy(),
        draw.permutation(9),
    ]


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, key=KEYS)
def test_draws_of_one_name_are_equal(seed: int, key: str) -> None:
    """Seed and key decide every number, in order."""
    for a, b in zip(some_of_everything(Draw(seed, key)), some_of_everything(Draw(seed, key)), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(deadline=None)
@given(seed=SEEDS, other=SEEDS, key=KEYS, another=KEYS)
def test_draws_of_different_names_differ(seed: int, other: int, key: str, another: str) -> None:
    """Another seed or another key is another stream."""
    first, second = Draw(seed, key).normal(4), Draw(other, another).normal(4)

    assert ((seed, key) == (other, another)) == bool((first == second).all())


@settings(deadline=None)
@given(seed=SEEDS, before=st.integers(0, 5))
def test_a_stream_does_not_depend_on_what_was_drawn_before(seed: int, before: int) -> None:
    """A subject that draws more than another still sees the same numbers in a named stream."""
    draw = Draw(seed, "check")
    draw.normal(before)

    np.testing.assert_array_equal(Draw(seed, "check").stream("weights").normal(3), draw.stream("weights").normal(3))


@settings(deadline=None)
@given(seed=SEEDS)
def test_no_draw_is_all_zero(seed: int) -> None:
    """An answer of zeros agrees with nothing by chance."""
    draw = Draw(seed, "check")

    for array in (draw.normal(2), draw.uniform(2), draw.away_from_zero(1), draw.one_hot(1, 2), draw.torch.normal(2)):
        assert np.any(np.asarray(array) != 0)


@settings(deadline=None)
@given(seed=SEEDS, margin=st.floats(0.01, 1.0))
def test_nothing_stands_near_a_kink(seed: int, margin: float) -> None:
    """No entry is closer to 0 than the margin."""
    assert np.abs(Draw(seed, "check").away_from_zero(100, margin=margin)).min() >= margin


@settings(deadline=None)
@given(seed=SEEDS, count=st.integers(1, 5))
def test_sizes_are_all_different(seed: int, count: int) -> None:
    """A missing transpose cannot hide behind two equal sizes."""
    sizes = Draw(seed, "check").sizes(count, 3, 9)

    assert len(set(sizes)) == count
    assert all(3 <= n <= 9 for n in sizes)


@settings(deadline=None)
@given(seed=SEEDS, n=st.integers(4, 40))
def test_every_class_occurs(seed: int, n: int) -> None:
    """Where there are enough examples."""
    assert set(Draw(seed, "check").labels(n, 4)) == {0, 1, 2, 3}
