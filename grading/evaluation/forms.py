"""The form of a reply, held against the reference's reply to the same question.

Form is structure, shape, kind of number and finiteness.

Probes compute with replies. A reply that lacks the form of the right one (None, a transposed array, NaN, a list where a
dictionary belongs) would make their arithmetic raise, and Python's own exception says nothing about whose fault it was.
So form is settled here, first.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from grading.numerics.closeness import pairs
from grading.numerics.leaves import REAL_KINDS, Leaf, as_leaf


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a reply lacks the form it should have.

    Attributes:
        path: where in the reply, "" for the whole.
        got: what came, in words.
        expected: the form it should have, in words; never a value.
        text: the sentence's second half, to the student.
    """

    path: str
    got: str
    expected: str
    text: str


def misfit(reply: object, like: object, *, strict: bool = False) -> Misfit | None:
    """How a reply lacks the form of `like`, or None where it has it.

    Args:
        reply: the student's.
        like: the reference's reply to the same question.
        strict: whether another kind of number (an int for a float, a float32 for a float64) is a misfit as well.
    """
    for path, right, got in pairs(like, reply):
        where = f"{path} " if path else ""
        if not isinstance(right, Leaf):
            return Misfit(path, right.got, right.expected, f"{where}is {right.got}, expected {right.expected}")
        trouble = _leaf_misfit(got, right) or (
            f"is {got}, expected {right}" if strict and got.dtype != right.dtype else ""
        )
        if trouble:
            return Misfit(path, str(got), str(right), where + trouble)
    return None


def into_form(reply: Any, like: Any) -> Any:  # noqa: PLR0911 - one for each container
    """A reply that has the form of `like`, as the same containers and dtypes; keys that `like` lacks are dropped."""
    match like:
        case dict():
            return {key: into_form(reply[key], value) for key, value in like.items()}
        case torch.Tensor():
            array = np.ascontiguousarray(np.asarray(as_leaf(reply).array))
            return (
                torch.from_numpy(array).to(like.dtype) if array.shape else torch.tensor(array.item(), dtype=like.dtype)
            )
        case np.ndarray() | np.generic():
            return np.array(as_leaf(reply).array, dtype=like.dtype)[()] if like.ndim == 0 else np.array(
                as_leaf(reply).array, dtype=like.dtype
            )  # fmt: skip
        case bool() | int() | float() | complex():
            return type(like)(np.asarray(as_leaf(reply).array).item())
        case list() | tuple() if isinstance(reply, (list, tuple)):
            return type(like)(into_form(r, v) for r, v in zip(reply, like, strict=True))
        case list() | tuple():
            return type(like)(np.asarray(as_leaf(reply).array).tolist())
        case _:
            return reply


def _leaf_misfit(got: Leaf, right: Leaf) -> str:  # noqa: PLR0911 - one for each way to misfit
    if right.array is None:
        return "" if right.kind in (got.kind, "none") else f"is {got}, expected {right}"
    if got.array is None:
        return f"is {got}, expected {right}"
    if got.shape != right.shape:
        return f"has shape {got.shape}, expected {right.shape}"
    if got.kind == "complex" and right.kind != "complex":
        return f"has complex numbers ({got.dtype}), expected real ones ({right.dtype})"
    unfit = ~np.isfinite(got.array) & np.isfinite(right.array)
    if unfit.any():
        return _unfit_text(got, unfit)
    if right.kind in ("bool", "int") and got.kind == "float" and not np.array_equal(got.array, np.trunc(got.array)):
        return f"has fractions ({got.dtype}), expected whole numbers"
    if right.kind == "float" and got.kind in REAL_KINDS:
        with np.errstate(all="ignore"):
            cast = got.array.astype(_numpy_dtype(right))
        if (~np.isfinite(cast) & np.isfinite(got.array)).any():
            return f"has numbers too large for {right.dtype}"
    return ""


def _unfit_text(got: Leaf, unfit: Any) -> str:
    array = np.asarray(got.array)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(unfit)), unfit.shape)) if unfit.shape else ()
    where = f" at {list(index)}" if index else ""
    return (
        f"has {int(unfit.sum())} entries that are not finite ({array[index]}{where})"
        if unfit.shape
        else f"is {array[()]}"
    )


def _numpy_dtype(leaf: Leaf) -> Any:
    return leaf.dtype if leaf.dtype in ("float16", "float32") else "float64" if leaf.dtype == "float64" else "float32"
