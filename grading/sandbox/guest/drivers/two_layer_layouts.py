"""How programs lay out the parameters of a network of two layers: orientation, biases, containers, names, arrays.

The judge speaks of Wh (nh, nx), Wy (ny, nh), bh (nh,), by (ny,). Which of a program's four arrays is which is told by
its name, and where names are others by its size: 30, 18, 6 and 3 numbers for five inputs, six units, three classes.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..program.loader import signature

NAMES = ("Wh", "bh", "Wy", "by")
MATRIX = 2
BIASES = {"row": (1, -1), "flat": (-1,), "column": (-1, 1)}
FRONTS = ("", "d", "g", "grad", "dl", "delta")
"""What stands in front of a parameter's name where its gradient is meant."""

MEANINGS = {
    "params": {"params", "param", "parameters", "parametres", "p", "weights", "theta"},
    "x": {"x", "input", "inputs", "xbatch", "batch"},
    "yhat": {"yhat", "ypred", "pred", "prediction", "predictions", "ychapeau"},
    "y": {"y", "target", "targets", "label", "labels", "ytrue", "ybatch"},
    "outputs": {"outputs", "output", "out", "cache", "activations"},
    "grads": {"grads", "grad", "gradients", "gradient"},
    "eta": {"eta", "lr", "learningrate", "rate", "alpha", "pas"},
}
"""Names of arguments, without case and underscores."""


def folded(name: str) -> str:
    """A name without case and underscores."""
    return name.replace("_", "").casefold()


def in_order(function: Callable[..., Any], given: Mapping[str, Any]) -> list[Any]:
    """Arguments in the order of the function's own parameters, where their names tell; else as they are given."""
    names = [folded(name) for name in signature(function)[0]][: len(given)]
    meant = [next((m for m in given if name in MEANINGS[m]), "") for name in names]
    if sorted(meant) == sorted(given):
        return [given[m] for m in meant]
    return list(given.values())


@dataclass(frozen=True)
class Layout:
    """How a program lays its parameters out.

    Attributes:
        turned: whether weights are (inputs, outputs).
        bias: "row" (1, n), "flat" (n,) or "column" (n, 1).
        keys: its names of Wh, bh, Wy and by, or their positions in a tuple or list.
        kind: "dict", "tuple" or "list".
        numpy: whether its arrays are NumPy's.
    """

    turned: bool
    bias: str
    keys: tuple[Any, ...] = NAMES
    kind: str = "dict"
    numpy: bool = False

    def array(self, value: Any) -> Any:
        """An array of the judge's as the program has arrays; a fresh copy."""
        tensor = torch.as_tensor(value).detach().clone()
        return tensor.numpy() if self.numpy else tensor

    def given(self, parameters: Mapping[str, Any]) -> Any:
        """The judge's arrays as the program has them; fresh copies."""
        made = {}
        for name, key in zip(NAMES, self.keys, strict=True):
            value = torch.as_tensor(parameters[name]).detach().clone()
            if value.ndim == MATRIX:
                value = value.t().contiguous() if self.turned else value
            else:
                value = value.reshape(BIASES[self.bias])
            made[key] = value.numpy() if self.numpy else value
        if self.kind == "dict":
            return made
        ordered = [made[i] for i in sorted(made)]
        return tuple(ordered) if self.kind == "tuple" else ordered

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
            elif name[0] == "W":
                made[name] = tensor.t() if self.turned and tensor.ndim == MATRIX else tensor
            else:
                made[name] = tensor.reshape(-1) if sum(n > 1 for n in tensor.shape) <= 1 else tensor
        return made

    def _found(self, values: Any) -> dict[str, Any] | None:
        if isinstance(values, Mapping):
            known = {folded(k): v for k, v in values.items() if isinstance(k, str)}
            for wanted in (self.keys, NAMES):
                found = {
                    name: next((known[f + folded(str(key))] for f in FRONTS if f + folded(str(key)) in known), None)
                    for name, key in zip(NAMES, wanted, strict=True)
                }
                if all(v is not None for v in found.values()):
                    return found
            return by_size(values.values())
        if isinstance(values, list | tuple) and len(values) >= len(NAMES):
            found_by_size = by_size(values)
            if found_by_size is not None or self.kind == "dict":
                return found_by_size
            return {name: values[key] for name, key in zip(NAMES, self.keys, strict=True)}
        return None


def tensor_of(value: Any) -> Tensor | None:
    """A copy of an array as a tensor; None for what is none."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    return torch.as_tensor(value.copy()) if isinstance(value, np.ndarray) else None


SIZES = (5, 6, 3)
"""(nx, nh, ny) of most questions."""


def by_size(values: Iterable[Any], sizes: tuple[int, int, int] = SIZES) -> dict[str, Any] | None:
    """Parameters by how many numbers they have; None where that does not tell."""
    nx, nh, ny = sizes
    wanted = {nh * nx: "Wh", nh: "bh", ny * nh: "Wy", ny: "by"}
    found: dict[str, Any] = {}
    for value in values:
        name = wanted.get(count_of(value), "")
        if name:
            found.setdefault(name, value)
    return {name: found[name] for name in NAMES} if len(found) == len(NAMES) else None


def count_of(value: Any) -> int:
    """How many numbers an array has; -1 for what is none."""
    if isinstance(value, Tensor):
        return value.numel()
    return int(value.size) if isinstance(value, np.ndarray) else -1


def layout_of(made: Any) -> Layout | None:
    """The layout of what `init_params` gives for `SIZES`; None where it cannot be told."""
    nx, nh, _ = SIZES
    kind = "dict" if isinstance(made, Mapping) else "tuple" if isinstance(made, tuple) else "list"
    items: Sequence[tuple[Any, Any]] = list(made.items()) if isinstance(made, Mapping) else list(enumerate(made))
    found = by_size([value for _, value in items])
    if found is None:
        return None
    keys = tuple(next(key for key, value in items if value is found[name]) for name in NAMES)
    weight, bias = found["Wh"], found["bh"]
    turned = {(nh, nx): False, (nx, nh): True}.get(tuple(weight.shape))
    if turned is None or (kind != "dict" and len(items) != len(NAMES)):
        return None
    shape = {1: "flat"}.get(bias.ndim) or ("row" if bias.shape[0] == 1 else "column")
    return Layout(turned, shape, keys, kind, isinstance(weight, np.ndarray))


ORIENTATIONS = tuple(itertools.product((False, True), ("row", "flat", "column")))
