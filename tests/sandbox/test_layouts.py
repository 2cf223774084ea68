"""How programs lay out the parameters of a network: there and back again, in every way."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from grading.sandbox.guest.drivers.layouts import Layout, by_size, first_fitting, layout_of

SHAPES = {"Wh": (6, 5), "bh": (6,), "Wy": (3, 6), "by": (3,)}
VALUES = {name: torch.arange(float(np.prod(shape))).reshape(shape) for name, shape in SHAPES.items()}
FIRST = Layout(SHAPES, tuple(SHAPES))
WAYS = [
    *FIRST.all_ways,
    Layout(SHAPES, (2, 0, 3, 1), "list", turned=True, bias="column"),
    Layout(SHAPES, (0, 1, 2, 3), "tuple", bias="flat", numpy=True),
    Layout(SHAPES, ("W1", "b1", "W2", "b2"), numpy=True),
]


def same(values: Mapping[str, Any] | None) -> bool:
    """Whether these are the judge's."""
    return values is not None and all(torch.equal(torch.as_tensor(values[name]), VALUES[name]) for name in SHAPES)


@pytest.mark.parametrize("layout", WAYS, ids=str)
def test_what_is_given_is_taken_back(layout: Layout) -> None:
    """In every orientation, container and kind of array; and the layout is read off what a program made."""
    assert same(layout.taken(layout.given(VALUES)))
    assert layout_of(layout.given(VALUES), SHAPES) == layout


def test_gradients_may_have_names_of_their_own() -> None:
    """dW1 is the gradient of W1; what nobody can tell is None."""
    layout = WAYS[-1]

    for slopes in layout.of_gradients:
        assert same(layout.taken(slopes.given(VALUES)))
    assert layout.taken({"W1": VALUES["Wh"]}) is None
    assert layout.taken(3) is None


def test_what_has_another_shape_stays_as_it_is() -> None:
    """The judge sees it and says so."""
    taken = FIRST.taken({**FIRST.given(VALUES), "bh": torch.ones(2, 3)})

    assert taken is not None
    assert taken["bh"].shape == (2, 3)


def test_sizes_tell_where_names_do_not() -> None:
    """Each of the judge's arrays has another number of entries; two of the same tell nothing."""
    assert same(by_size(reversed(VALUES.values()), SHAPES))
    assert by_size([VALUES["Wh"], VALUES["Wh"], VALUES["bh"], VALUES["by"]], SHAPES) is None


def test_layouts_are_tried_until_an_answer_fits() -> None:
    """Where none fits the first answer counts, where none answers the first exception."""
    turned, answer = first_fitting(FIRST, lambda layout: layout.turned, lambda turned: turned)

    assert turned is not None
    assert (turned.turned, answer) == (True, True)
    assert first_fitting(FIRST, lambda layout: layout.bias, lambda _: False) == (None, "row")
    with pytest.raises(KeyError, match="row"):
        first_fitting(FIRST, lambda layout: {}[layout.bias], lambda _: True)
