"""How a program lays out the parameters of a network written by hand: container, names, orientation, biases, arrays.

The judge speaks of matrices (outputs, inputs) and vectors (n,), each under a name. Which of a program's arrays is which
is told by its name, and where names are others by how many numbers it has: the judge's sizes are all different.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..program.versions import folded

Shapes = Mapping[str, tuple[int, ...]]

MATRIX = 2
BIASES = {"row": (1, -1), "flat": (-1,), "column": (-1, 1)}
FRONTS = ("", "d", "g", "grad", "dl", "delta")
"""What stands in front of a parameter's name where its gradient is meant."""


@dataclass(frozen=True)
class Layout:
    """How a program lays its parameters out.

    Attributes:
        shapes: the judge's: name → shape.
        keys: the program's names of these, or their positions in a tuple or list, in the same order.
        kind: "dict", "tuple" or "list".
        turned: whether matrices are (inputs, outputs).
        bias: "row" (1, n), "flat" (n,) or "column" (n, 1).
        numpy: whether its arrays are NumPy's.
    """

    shapes: Shapes = field(compare=False)
    keys: tuple[Any, ...]
    kind: str = "dict"
    turned: bool = False
    bias: str = "row"
    numpy: bool = False

    @property
    def all_ways(self) -> list["Layout"]:
        """This one, then the same with matrices and biases the other ways."""
        ways = itertools.product((False, True), BIASES)
        others = [replace(self, turned=turned, bias=bias) for turned, bias in ways]
        return [self, *(one for one in others if one != self)]

    @property
    def of_gradients(self) -> list["Layout"]:
        """Where gradients may lie: as parameters do, in a dictionary, and there under names of their own."""
        named = replace(self, keys=tuple(self.shapes), kind="dict")
        names = self.keys if self.kind == "dict" else named.keys
        own = [replace(named, keys=tuple(f"{front}{n}" for n in names)) for front in ("d", "grad_", "g")]
        return list(dict.fromkeys((self, named, *own)))

    def array(self, value: Any) -> Any:
        """An array of the judge's as the program has arrays; a fresh copy."""
        tensor = torch.as_tensor(value).detach().clone()
        return tensor.numpy() if self.numpy else tensor

    def given(self, parameters: Mapping[str, Any]) -> Any:
        """The judge's arrays as the program has them; fresh copies."""
        made = {}
        for name, key in zip(self.shapes, self.keys, strict=True):
            value = torch.as_tensor(parameters[name])
            if value.ndim == MATRIX:
                value = value.t().contiguous() if self.turned else value
            else:
                value = value.reshape(BIASES[self.bias])
            made[key] = self.array(value)
        if self.kind == "dict":
            return made
        ordered = [made[i] for i in sorted(made)]
        return tuple(ordered) if self.kind == "tuple" else ordered

    def own(self, values: Any) -> dict[str, Any]:
        """The program's arrays under the judge's names, as they are."""
        return {name: values[key] for name, key in zip(self.shapes, self.keys, strict=True)}

    def taken(self, values: Any) -> dict[str, Any] | None:
        """The program's arrays as the judge has them, None where they are not all there.

        What has another shape stays as it is.
        """
        found = self._found(values)
        if found is None:
            return None
        made: dict[str, Any] = {}
        for name, value in found.items():
            tensor = tensor_of(value)
            if tensor is None:
                made[name] = value
            elif len(self.shapes[name]) == MATRIX:
                made[name] = tensor.t() if self.turned and tensor.ndim == MATRIX else tensor
            else:
                made[name] = tensor.reshape(-1) if sum(n > 1 for n in tensor.shape) <= 1 else tensor
        return made

    def _found(self, values: Any) -> dict[str, Any] | None:
        if isinstance(values, Mapping):
            known = {folded(k): v for k, v in values.items() if isinstance(k, str)}
            for wanted in (self.keys, self.shapes):
                found = {
                    name: next((known[f + folded(str(key))] for f in FRONTS if f + folded(str(key)) in known), None)
                    for name, key in zip(self.shapes, wanted, strict=True)
                }
                if all(v is not None for v in found.values()):
                    return found
            return by_size(values.values(), self.shapes)
        if isinstance(values, list | tuple) and len(values) >= len(self.shapes):
            found_by_size = by_size(values, self.shapes)
            return self.own(values) if found_by_size is None and self.kind != "dict" else found_by_size
        return None


def layout_of(made: Any, shapes: Shapes) -> Layout | None:
    """The layout of parameters of these shapes that a program made; None where it cannot be told."""
    kind = "dict" if isinstance(made, Mapping) else "tuple" if isinstance(made, tuple) else "list"
    items = list(made.items()) if isinstance(made, Mapping) else list(enumerate(entries(made)))
    found = by_size([value for _, value in items], shapes)
    if found is None or (kind != "dict" and len(items) != len(shapes)):
        return None
    matrix = next(name for name, shape in shapes.items() if len(shape) == MATRIX)
    bias = found[next(name for name, shape in shapes.items() if len(shape) != MATRIX)]
    shape = tuple(found[matrix].shape)
    if shape not in {shapes[matrix], shapes[matrix][::-1]}:
        return None
    keys = tuple(next(key for key, value in items if value is found[name]) for name in shapes)
    way = "flat" if bias.ndim == 1 else "row" if bias.shape[0] == 1 else "column"
    return Layout(shapes, keys, kind, shape != shapes[matrix], way, isinstance(found[matrix], np.ndarray))


def first_fitting(
    likeliest: Layout, ask: Callable[[Layout], Any], fits: Callable[[Any], bool]
) -> tuple[Layout | None, Any]:
    """The first layout in which an answer fits, and that answer; else None, and the first answer that there is.

    Raises:
        Exception: what was raised in the likeliest, where there is an answer in none.
    """
    answered: list[Any] = []
    raised: list[Exception] = []
    for layout in likeliest.all_ways:
        try:
            answered.append(ask(layout))
        except Exception as fault:
            raised.append(fault)
            continue
        if fits(answered[-1]):
            return layout, answered[-1]
    if not answered:
        raise raised[0]
    return None, answered[0]


def entries(made: Any) -> list[Any]:
    """What a program's dictionary, list or tuple holds."""
    return list(made.values()) if isinstance(made, Mapping) else list(made) if isinstance(made, list | tuple) else []


def by_size(values: Iterable[Any], shapes: Shapes) -> dict[str, Any] | None:
    """Parameters by how many numbers they have; None where that does not tell."""
    wanted = {int(np.prod(shape)): name for name, shape in shapes.items()}
    found: dict[str, Any] = {}
    for value in values:
        size = value.numel() if isinstance(value, Tensor) else value.size if isinstance(value, np.ndarray) else -1
        if size in wanted:
            found.setdefault(wanted[size], value)
    return {name: found[name] for name in shapes} if len(found) == len(shapes) else None


def tensor_of(value: Any) -> Tensor | None:
    """A copy of an array as a tensor; None for what is none."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    return torch.as_tensor(value.copy()) if isinstance(value, np.ndarray) else None
