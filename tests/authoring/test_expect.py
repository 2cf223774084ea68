"""Replies are taken apart into plain arrays and numbers, or refused with a reason."""

import numpy as np
import pytest
import torch

from grading.authoring import expect
from grading.domain.errors import BadReply


@pytest.mark.parametrize(
    "value",
    [
        3,
        3.0,
        np.float32(3),
        np.float64(3),
        np.int64(3),
        np.uint8(3),
        np.array([[3.0]]),
        torch.tensor(3),
        torch.tensor([3.0], dtype=torch.bfloat16),
        torch.tensor(3.0).to(torch.float8_e4m3fn),
        [np.float32(3)],
    ],
    ids=repr,
)
def test_numbers_of_every_kind_count(value: object) -> None:
    """A loss may be a float, a scalar of any library, or an array of one element."""
    assert expect.number(value, "the loss") == 3.0


@pytest.mark.parametrize(
    "value",
    [None, "3", np.str_("3"), np.complex128(3), torch.tensor(3 + 0j), object(), {"loss": 3}, [None], [[1], [1, 2]]],
    ids=lambda v: f"{type(v).__name__} {v}" if type(v) is not object else "object",
)
def test_what_is_no_array_is_refused_with_a_reason(value: object) -> None:
    """Anything else is the student's bad reply, never an exception of Python's own."""
    with pytest.raises(BadReply, match="the loss"):
        expect.array(value, "the loss")


def test_rows_of_any_library_make_an_array() -> None:
    """A list of rows is an array, whichever library each row comes from."""
    rows = [torch.tensor([1.0, 2.0]), np.array([3.0, 4.0]), torch.tensor([5.0, 6.0]).to(torch.float8_e5m2)]

    np.testing.assert_array_equal([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], expect.array(rows, "the weights"))
