"""Taking a student's reply apart safely: the value in a known form, or `BadReply` (the student's fault).

For checks whose replies have no reference form (`holds(..., reference=False)`) and for a `Driven.ask` that unpacks what
came back. Never index, iterate or compute with such a reply before it went through here: an exception of Python's own
would be the author's fault.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from grading.domain.errors import BadReply

INT64_MAX = 2**63 - 1
Array = npt.NDArray[Any]


def array(
    value: object, what: str, *, shape: Sequence[int | None] | None = None, ndim: int | None = None, finite: bool = True
) -> Array:
    """The reply as a real-valued float64 array.

    Args:
        value: the reply.
        what: its name in the message ("the hidden layer").
        shape: the shape it must have; None entries take any length.
        ndim: how many axes it must have.
        finite: refuse NaN and infinity.
    """
    plain = _numpy(value) if isinstance(value, torch.Tensor) else value
    if isinstance(plain, (list, tuple)):
        plain = from_nested(plain, what)
    if isinstance(plain, np.generic):
        plain = np.asarray(plain)  # NumPy's float32 and int64 are no Python numbers; its float64 is one
    if isinstance(plain, bool | int | float) and not (isinstance(plain, int) and abs(plain) > INT64_MAX):
        plain = np.asarray(plain)
    if not isinstance(plain, np.ndarray) or plain.dtype.kind not in "biuf":
        raise BadReply(f"{what} is {kind_of(value)}, expected an array of real numbers")
    if ndim is not None and plain.ndim != ndim:
        raise BadReply(f"{what} has {plain.ndim} axes (shape {plain.shape}), expected {ndim}")
    if shape is not None and not _fits(plain.shape, shape):
        raise BadReply(f"{what} has shape {plain.shape}, expected {_shape_text(shape)}")
    result = plain.astype(np.float64)
    if finite and not np.isfinite(result).all():
        raise BadReply(f"{what} contains NaN or infinity")
    return result


def _numpy(tensor: torch.Tensor) -> object:
    """A tensor as NumPy's array, by way of float32 where NumPy has no such type (bfloat16, float8); None for others."""
    for readable in (tensor.detach, lambda: tensor.detach().float()):
        try:
            return readable().numpy()
        except (TypeError, RuntimeError):
            continue
    return None


def number(value: object, what: str) -> float:
    """The reply as one finite real number; arrays of one element count."""
    return (
        float(array(value, what).reshape(-1)[0]) if array(value, what).size == 1 else _refuse(value, what, "a number")
    )


def integer(value: object, what: str, *, low: int = -INT64_MAX, high: int = INT64_MAX) -> int:
    """The reply as one integer in low … high; 3.0 counts as 3."""
    found = number(value, what)
    if found != math.floor(found) or not low <= found <= high:
        raise BadReply(f"{what} is {found:.6g}, expected a whole number in {low} … {high}")
    return int(found)


def boolean(value: object, what: str) -> bool:
    """The reply as a truth value."""
    return value if isinstance(value, bool) else _refuse(value, what, "True or False")


def text(value: object, what: str, *, length: int = 200) -> str:
    """The reply as a string, cut to `length` characters."""
    return value[:length] if isinstance(value, str) else _refuse(value, what, "text")


def sequence(value: object, what: str, *, length: int | None = None) -> Sequence[Any]:
    """The reply as a list or tuple, of the given length if one is given."""
    if not isinstance(value, (list, tuple)):
        raise BadReply(f"{what} is {kind_of(value)}, expected a list")
    if length is not None and len(value) != length:
        raise BadReply(f"{what} has {len(value)} entries, expected {length}")
    return value


def mapping(value: object, what: str, *, keys: Sequence[str] = ()) -> Mapping[str, Any]:
    """The reply as a dictionary with text keys that has at least the given ones."""
    if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
        raise BadReply(f"{what} is {kind_of(value)}, expected a dictionary")
    missing = [k for k in keys if k not in value]
    if missing:
        raise BadReply(f"{what} lacks {', '.join(missing)}")
    return value


def kind_of(value: object) -> str:  # noqa: PLR0911 - one for each kind
    """What a reply is, in words for the student: "a float64 array of shape (4, 7)"."""
    match value:
        case None:
            return "None"
        case bool():
            return "a truth value"
        case int() | float() | complex() | np.number():
            return f"a single number ({type(value).__name__})"
        case str():
            return "text"
        case np.ndarray():
            return f"a {value.dtype} array of shape {value.shape}"
        case torch.Tensor():
            return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
        case list() | tuple():
            return f"a {type(value).__name__} of {len(value)}"
        case dict():
            return f"a dictionary of {len(value)}"
        case _:
            return "an object"


def from_nested(value: Sequence[Any], what: str) -> Array:
    """A regular nested list of numbers as an array."""
    stack: list[object] = list(value)
    while stack:
        item = stack.pop()
        if isinstance(item, (list, tuple)):
            stack.extend(item)
        elif isinstance(item, bool | int | float):
            if isinstance(item, int) and abs(item) > INT64_MAX:
                raise BadReply(f"{what} contains a number too large for 64 bits")
        elif not (isinstance(item, np.ndarray | np.generic | torch.Tensor) and item.ndim <= 1):
            raise BadReply(f"{what} is a list that contains {kind_of(item)}, expected numbers")
    try:
        return np.array([_numpy(v) if isinstance(v, torch.Tensor) else np.asarray(v) for v in value])
    except ValueError as ragged:
        raise BadReply(f"{what} is a list whose rows differ in length") from ragged


def _refuse(value: object, what: str, expected: str) -> Any:
    raise BadReply(f"{what} is {kind_of(value)}, expected {expected}")


def _fits(shape: tuple[int, ...], expected: Sequence[int | None]) -> bool:
    return len(shape) == len(expected) and all(e is None or e == n for n, e in zip(shape, expected, strict=True))


def _shape_text(shape: Sequence[int | None]) -> str:
    inner = ", ".join("any" if n is None else str(n) for n in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"
