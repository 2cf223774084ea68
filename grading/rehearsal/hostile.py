"""Replies that no rubric author thinks of: at least 160 kinds, made from the right reply or out of nothing.

The rehearsal gives them to every check of a rubric (`replaying`): whatever a program answers, only the student may lose
by it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from grading.domain.errors import AnswerFault, BadReply, Died, Missing, Overran, Raised

Reply = Callable[[Any], Any]


class Opaque:
    """What a handle looks like to a probe: an object without data."""


def constants() -> Iterator[tuple[str, Any]]:
    """Replies that do not depend on the right one."""
    plain: dict[str, Any] = {
        "none": None,
        "true": True,
        "false": False,
        "zero": 0,
        "minus_one": -1,
        "float_zero": 0.0,
        "nan": float("nan"),
        "inf": float("inf"),
        "minus_inf": float("-inf"),
        "tiny": 5e-324,
        "huge_float": 1.7e308,
        "huge_int": 10**400,
        "minus_huge_int": -(10**400),
        "int64_edge": 2**63,
        "complex": 1 + 2j,
        "complex_nan": complex("nan"),
        "empty_text": "",
        "text": "0.5",
        "long_text": "x" * 5000,
        "control_text": "\x1b[31m",
        "format_text": "{0.__class__}",
        "bytes": b"\x00\x01",
        "empty_list": [],
        "empty_tuple": (),
        "empty_dict": {},
        "list_of_none": [None],
        "list_of_text": ["a", "b"],
        "list_of_lists": [[1.0, 2.0], [3.0, 4.0]],
        "ragged": [[1.0], [2.0, 3.0]],
        "deep": _deep(60),
        "mixed": [1, "a", None, {}],
        "tuple_of_nan": (float("nan"),) * 3,
        "list_of_huge": [10**400, 1],
        "dict_of_none": {"w": None},
        "dict_of_int_keys": {0: 1.0},
        "dict_of_text": {"w": "w"},
        "dict_of_lists": {"w": [1.0]},
        "nested_dict": {"w": {"w": {"w": 1.0}}},
        "opaque": Opaque(),
        "list_of_opaque": [Opaque()],
        "dict_of_opaque": {"w": Opaque()},
        "negative_zero": -0.0,
        "numpy_bool": np.bool_(True),
        "numpy_nan": np.float64("nan"),
        "numpy_int8": np.int8(-128),
        "uint64_top": np.uint64(2**64 - 1),
    }
    yield from plain.items()
    for name in ("float16", "float32", "float64", "int8", "int64", "uint8", "bool", "complex64", "complex128"):
        yield f"empty_{name}", np.zeros(0, name)
        yield f"scalar_{name}", np.ones((), name)
        yield f"no_rows_{name}", np.zeros((0, 4), name)
        yield f"many_axes_{name}", np.ones((1,) * 6, name)
    for name in ("float16", "bfloat16", "float32", "float64", "int32", "uint8", "bool", "complex64", "float8_e4m3fn"):
        yield f"tensor_{name}", torch.ones(4, 7).to(getattr(torch, name))
        yield f"empty_tensor_{name}", torch.ones(0).to(getattr(torch, name))
    yield "sparse_tensor", torch.eye(4).to_sparse()
    yield "meta_tensor", torch.ones(4, 7, dtype=torch.complex128)
    yield "objects", np.array([None, {}], dtype=object)
    yield "texts", np.array(["a", "bc"])
    yield "dates", np.array(["2020-01-01"], dtype="datetime64[D]")
    yield "record", np.zeros(3, dtype=[("a", "i4"), ("b", "f8")])


def variations() -> Iterator[tuple[str, Reply]]:
    """Replies made from the right one."""
    arrays: dict[str, Callable[[np.ndarray[Any, Any]], Any]] = {
        "transposed": lambda a: a.T.copy(),
        "flat": lambda a: a.ravel(),
        "column": lambda a: a.reshape(-1, 1),
        "row": lambda a: a.reshape(1, -1),
        "batched": lambda a: a[None],
        "trailing": lambda a: a[..., None],
        "shorter": lambda a: a[:-1] if a.ndim else a,
        "longer": lambda a: np.concatenate([a, a]) if a.ndim else a,
        "first_row": lambda a: a[0] if a.ndim else a,
        "summed": lambda a: a.sum(),
        "summed_rows": lambda a: a.sum(0) if a.ndim else a,
        "kept_dims": lambda a: a.sum(0, keepdims=True) if a.ndim else a,
        "all_nan": lambda a: a * np.nan,
        "one_nan": lambda a: _with_first(a, np.nan),
        "one_inf": lambda a: _with_first(a, np.inf),
        "all_inf": lambda a: a * np.inf,
        "zeros": np.zeros_like,
        "ones": np.ones_like,
        "huge": lambda a: np.full_like(a, 1.7e308),
        "denormal": lambda a: np.full_like(a, 5e-324),
        "as_int": lambda a: a.astype(np.int64),
        "as_int8": lambda a: a.astype(np.int8),
        "as_bool": lambda a: a.astype(bool),
        "as_float16": lambda a: a.astype(np.float16),
        "as_float32": lambda a: a.astype(np.float32) + 1,
        "as_complex": lambda a: a.astype(complex),
        "as_text": lambda a: a.astype(str),
        "as_objects": lambda a: a.astype(object),
        "as_list": lambda a: (a + 1).tolist(),
        "as_tensor": lambda a: torch.from_numpy(a + 1),
        "as_tensor32": lambda a: torch.from_numpy(a + 1).float(),
        "half_tensor": lambda a: torch.from_numpy(a + 1).half(),
        "brain_tensor": lambda a: torch.from_numpy(a + 1).bfloat16(),
        "grad_tensor": lambda a: torch.from_numpy(a + 1).requires_grad_(),
        "negated": lambda a: -a,
        "doubled": lambda a: 2 * a,
        "shifted": lambda a: a + 1,
        "squared": np.square,
        "reversed": lambda a: a[::-1].copy() if a.ndim else a,
        "rounded": np.round,
        "strided": lambda a: np.repeat(a + 1, 2, axis=0)[::2] if a.ndim else a + 1,
        "fortran": lambda a: np.asfortranarray(a + 1),
        "big_endian": lambda a: (a + 1).astype(">f8"),
        "read_only": lambda a: _frozen(a + 1),
        "long_double": lambda a: (a + 1).astype(np.longdouble),
        "nan_and_inf": lambda a: np.where(np.arange(a.size).reshape(a.shape) % 2, np.nan, np.inf),
    }
    for name, change in arrays.items():
        yield name, lambda right, change=change: _mapped(right, change)  # type: ignore[misc]
    wraps: dict[str, Reply] = {
        "in_list": lambda r: [r],
        "in_tuple": lambda r: (r,),
        "in_dict": lambda r: {"answer": r},
        "twice": lambda r: (r, r),
        "with_none": lambda r: (r, None),
        "other_key": lambda r: {f"{k}x": v for k, v in r.items()} if isinstance(r, dict) else {"x": r},
        "upper_keys": lambda r: {k.upper(): v for k, v in r.items()} if isinstance(r, dict) else {"W": r},
        "number_keys": lambda r: dict(enumerate(r.values())) if isinstance(r, dict) else {0: r},
        "values_only": lambda r: list(r.values()) if isinstance(r, dict) else [r, r],
        "pairs": lambda r: list(r.items()) if isinstance(r, dict) else [("w", r)],
        "none_inside": lambda r: dict.fromkeys(r) if isinstance(r, dict) else [None],
        "text_inside": lambda r: dict.fromkeys(r, "x") if isinstance(r, dict) else ["x"],
        "number_inside": lambda r: dict.fromkeys(r, 1.0) if isinstance(r, dict) else 1.0,
        "nan_inside": lambda r: dict.fromkeys(r, float("nan")) if isinstance(r, dict) else float("nan"),
        "object_inside": lambda r: dict.fromkeys(r, Opaque()) if isinstance(r, dict) else Opaque(),
        "extra_key": lambda r: (
            {**_mapped(r, lambda a: a + 1), "extra": None} if isinstance(r, dict) else {"w": None, "extra": r}
        ),
    }
    yield from wraps.items()


def endings() -> Iterator[tuple[str, Reply]]:
    """No reply at all."""
    faults: dict[str, Callable[[], AnswerFault]] = {
        "raises": lambda: Raised("ValueError", "shapes (4,7) and (3,) not aligned"),
        "raises_odd_name": lambda: Raised("KeyboardInterrupt", ""),
        "is_missing": lambda: Missing("Your program defines nothing by that name"),
        "overruns": lambda: Overran("no answer within 5 s"),
        "dies": lambda: Died("the process ended with signal 9"),
        "breaks_the_wire": lambda: BadReply("the answer is no data"),
    }

    def ending(make: Callable[[], AnswerFault]) -> Reply:
        def reply(_: Any) -> Any:
            raise make()

        return reply

    for name, make in faults.items():
        yield name, ending(make)


def replies() -> list[tuple[str, Reply]]:
    """All hostile replies by name."""
    fixed: list[tuple[str, Reply]] = [(name, lambda _, value=value: value) for name, value in constants()]  # type: ignore[misc]
    return [*fixed, *variations()]


def _deep(levels: int) -> list[Any]:
    nest: list[Any] = []
    for _ in range(levels):
        nest = [nest]
    return nest


def _with_first(a: np.ndarray[Any, Any], value: float) -> np.ndarray[Any, Any]:
    changed = a.copy()
    changed.reshape(-1)[:1] = value
    return changed


def _frozen(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    a.flags.writeable = False
    return a


def _mapped(right: Any, change: Callable[[np.ndarray[Any, Any]], Any]) -> Any:
    """The right reply with every number or array in it changed; what is neither stays."""
    match right:
        case dict():
            return {k: _mapped(v, change) for k, v in right.items()}
        case list() | tuple():
            return type(right)(_mapped(v, change) for v in right)
        case torch.Tensor():
            return change(right.detach().to(torch.float64).numpy())
        case bool() | int() | float() | np.ndarray() | np.generic() if np.asarray(right).dtype.kind in "biuf":
            return change(np.asarray(right, dtype=np.float64))
        case _:
            return right
