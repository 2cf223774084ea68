"""Answers as leaves: one form for NumPy arrays, torch tensors, Python numbers and lists of numbers."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[Any]
LeafKind = Literal["bool", "int", "float", "complex", "text", "none", "object", "unusable"]

INT64_MAX = 2**63 - 1
REAL_KINDS = frozenset({"bool", "int", "float"})
DEEPEST = 8
"""Lists nested deeper than this are no arrays."""
_KINDS: dict[str, LeafKind] = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One array, number, text or nothing.

    Attributes:
        kind: what it is made of. "object" is a thing that is no data, such as a handle or a module; "unusable" is data
            that is no number either: an integer beyond 64 bits, an array of objects, a ragged list, a dictionary.
        dtype: its own name for that ("float64", "bfloat16", "str", "Handle").
        array: the numbers; a single number has shape (). None where the kind is no number.
        text: the text where the kind is "text", else "".
    """

    kind: LeafKind
    dtype: str
    array: Array | None = None
    text: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the numbers; () for everything else."""
        return () if self.array is None else self.array.shape

    def __str__(self) -> str:
        """In words, for messages: "a float64 array of shape (4, 7)"."""
        match self.kind:
            case "none":
                return "None"
            case "text":
                return "text"
            case "object" | "unusable":
                return self.dtype
            case _:
                return f"a {self.dtype} array of shape {self.shape}" if self.shape else f"one number ({self.dtype})"


def as_leaf(value: object) -> Leaf:  # noqa: C901, PLR0911 - one for each type
    """The leaf that a value stands for; a regular list of numbers is an array."""
    match value:
        case None:
            return Leaf("none", "None")
        case str():
            return Leaf("text", "str", text=value)
        case bool() | np.bool_():
            return Leaf("bool", "bool", np.asarray(value))
        case int():
            return (
                Leaf("int", "int", np.asarray(value)) if abs(value) <= INT64_MAX else Leaf("unusable", "huge integer")
            )
        case float():
            return Leaf("float", "float64", np.asarray(value))
        case complex():
            return Leaf("complex", "complex128", np.asarray(value))
        case torch.Tensor():
            return _tensor_leaf(value)
        case np.ndarray() | np.generic():
            plain = np.asarray(value)
            kind = _KINDS.get(plain.dtype.kind)
            return Leaf(kind, _spelled(plain.dtype), plain) if kind else Leaf("unusable", f"array of {plain.dtype}")
        case bytes():
            return Leaf("unusable", "bytes")
        case list() | tuple():
            stacked = _stacked(value, DEEPEST)
            return (
                as_leaf(stacked)
                if stacked is not None
                else Leaf("unusable", f"a {type(value).__name__} of {len(value)}")
            )
        case dict():
            return Leaf("unusable", f"a dictionary of {len(value)}")
        case _:
            return Leaf("object", type(value).__name__)


@cache
def _spelled(dtype: np.dtype[Any]) -> str:
    # NumPy puts the name together anew each time, which takes longer than the comparison of two small arrays.
    return str(dtype)


def is_numbers(value: object) -> bool:
    """Whether a value is a number, an array, or a regular list of them."""
    return as_leaf(value).array is not None


def _stacked(value: list[Any] | tuple[Any, ...], depth: int) -> Array | None:
    """A list of numbers or of rows of equal shape as one array, or None where it is no such list."""
    rows: list[Array] = []
    for item in value:
        if isinstance(item, (list, tuple)):
            row = _stacked(item, depth - 1) if depth > 1 else None
        else:
            row = as_leaf(item).array
        if row is None or (rows and row.shape != rows[0].shape):
            return None
        rows.append(row)
    return np.array(rows) if rows else None


def _tensor_leaf(value: torch.Tensor) -> Leaf:
    name = str(value.dtype).removeprefix("torch.")
    plain = value.detach().cpu()
    if plain.is_quantized or plain.layout is not torch.strided:
        return Leaf("unusable", f"{name} tensor")
    if name.startswith(("bfloat16", "float8")):
        return Leaf("float", name, plain.to(torch.float32).numpy())
    try:
        array = plain.resolve_conj().resolve_neg().numpy()
    except TypeError:
        return Leaf("unusable", f"{name} tensor")
    kind = _KINDS.get(array.dtype.kind)
    return Leaf(kind, name, array) if kind else Leaf("unusable", f"{name} tensor")
