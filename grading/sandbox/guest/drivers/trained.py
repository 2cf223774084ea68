"""What a whole run trained: small networks and support vector machines, as they were after each cell.

A learning loop's result lies under a name that the next section takes for its own, so every network that a cell leaves
behind in another state is kept, with the forward pass of that moment: parameters in a dictionary or list, or a module.
Machines are kept as they are fitted. Only rubrics with the option "trained" ask for it.
"""

import copy
import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..program.loader import BETWEEN
from ..program.state import ProgramState
from . import driver, installer

KEPT, MACHINES = "trained.networks", "trained.machines"
MOST_KEPT, MOST_MACHINES, MOST_ANSWERED = 64, 200, 60
MOST_NUMBERS = 2_000_000
MATRIX = 2
FORWARD = ("forward", "forward_pass", "propagation_avant")
PASSING = ("yhat", "htilde", "ytilde")
"""Keys of what a forward pass computes: no parameters."""


@dataclass(frozen=True)
class Kept:
    """One network after one cell.

    Attributes:
        label: of the cell.
        name: of the variable.
        kind: "by hand", "autograd" (the same with gradients kept track of) or "module".
        numbers: its parameters, in their order.
        answer: inputs to outputs.
    """

    label: str
    name: str
    kind: str
    numbers: tuple[Tensor, ...]
    answer: Callable[[Tensor], Any]

    def takes(self, inputs: int) -> bool:
        """Whether one of its matrices has a side of so many entries."""
        return any(inputs in n.shape for n in self.numbers if n.ndim == MATRIX)

    def same(self, other: "Kept") -> bool:
        """Whether nothing changed."""
        pairs = zip(self.numbers, other.numbers, strict=False)
        return len(self.numbers) == len(other.numbers) and all(a.shape == b.shape and a.equal(b) for a, b in pairs)


@installer
def keep_what_is_trained(program: ProgramState) -> None:
    """Look after every cell."""
    if program.mode == "run" and program.options.get("trained"):
        program.scratch[KEPT], program.scratch[MACHINES] = [], []
        program.scratch.setdefault(BETWEEN, []).append((_before, _after))


def _before(program: ProgramState, source: str) -> None:
    """Watch machines, where the program speaks of any; importing them takes a second."""
    if "svm" not in source or program.scratch.get("trained.watching"):
        return
    program.scratch["trained.watching"] = True
    library = importlib.import_module("sklearn.svm")
    for name in ("SVC", "LinearSVC", "NuSVC"):
        kind = getattr(library, name)
        kind.fit = _fitting(kind.fit, program.scratch[MACHINES])


def _fitting(original: Callable[..., Any], kept: list[Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def fit(machine: Any, *args: Any, **kwargs: Any) -> Any:
        answer = original(machine, *args, **kwargs)
        if len(kept) < MOST_MACHINES:
            kept.append(copy.copy(machine))
        return answer

    return fit


def _after(program: ProgramState, source: str) -> None:  # noqa: ARG001 - called like the other
    kept: list[Kept] = program.scratch[KEPT]
    label = program.units[program.unit].label
    for name, value in list(program.namespace.items()):
        found = None if name.startswith("_") else _network(program, label, name, value)
        last = next((k for k in reversed(kept) if k.name == name), None)
        if found is not None and (last is None or not found.same(last)) and len(kept) < MOST_KEPT:
            kept.append(found)


def _network(program: ProgramState, label: str, name: str, value: Any) -> Kept | None:
    if isinstance(value, nn.Module):
        numbers = tuple(p.detach().clone() for p in value.parameters())
        if not _is_network(numbers):
            return None
        return Kept(label, name, "module", numbers, copy.deepcopy(value).eval())
    if not isinstance(value, Mapping | list | tuple) or "grad" in name.lower():
        return None
    entries = list(value.values()) if isinstance(value, Mapping) else list(value)
    if isinstance(value, Mapping) and any(key in value for key in PASSING):
        return None
    numbers = tuple(v.detach().clone() for v in entries if isinstance(v, Tensor))
    forward = next((f for n in FORWARD if callable(f := program.namespace.get(n))), None)
    if len(numbers) < len(entries) or not _is_network(numbers) or forward is None:
        return None
    own = dict(zip(value, numbers, strict=True)) if isinstance(value, Mapping) else type(value)(numbers)
    tracked = any(isinstance(v, Tensor) and v.requires_grad for v in entries)
    return Kept(label, name, "autograd" if tracked else "by hand", numbers, functools.partial(_passed, forward, own))


def _is_network(numbers: tuple[Tensor, ...]) -> bool:
    matrices = sum(n.ndim == MATRIX and n.is_floating_point() for n in numbers)
    return matrices >= MATRIX and sum(n.numel() for n in numbers) <= MOST_NUMBERS


def _passed(forward: Callable[..., Any], parameters: Any, X: Tensor) -> Any:
    try:
        answer = forward(parameters, X)
    except Exception:
        answer = forward(X, parameters)
    parts = answer if isinstance(answer, list | tuple) else [answer]
    return next((p for p in parts if isinstance(p, Tensor) and p.shape[:1] == X.shape[:1]), None)


@driver("trained_networks")
def networks(program: ProgramState, X: Any) -> list[dict[str, Any]]:
    """What every kept network for such inputs puts out.

    Args:
        program: the student's, run as a whole.
        X: (n, inputs).

    Returns:
        For each, in the order of the cells, `label`, `name`, `kind`, and `out`: (n, classes), or None where it raised.
    """
    inputs = torch.as_tensor(np.asarray(X), dtype=torch.float32)
    answers = []
    for kept in [k for k in program.scratch.get(KEPT, ()) if k.takes(inputs.shape[1])][-MOST_ANSWERED:]:
        out = None
        try:
            with torch.no_grad():
                found = kept.answer(inputs.clone())
            out = found.detach() if isinstance(found, Tensor) and found.ndim == MATRIX else None
        except Exception:
            out = None
        answers.append({"label": kept.label, "name": kept.name, "kind": kept.kind, "out": out})
    return answers


@driver("trained_machines")
def machines(program: ProgramState, X: Any) -> list[dict[str, Any]]:
    """What every machine that was fitted to such inputs says.

    Args:
        program: the student's, run as a whole.
        X: (n, inputs).

    Returns:
        For each, in the order in which they were fitted, `kernel`, `settings` (of C, gamma, degree and coef0, as text),
        and `said`: for each row the number of the class, in the order of the labels.
    """
    found = []
    for machine in program.scratch.get(MACHINES, ()):
        if getattr(machine, "n_features_in_", 0) != np.shape(X)[1]:
            continue
        own = machine.get_params()
        said = np.searchsorted(machine.classes_, machine.predict(np.asarray(X)))
        settings = {name: str(own[name]) for name in ("C", "gamma", "degree", "coef0") if name in own}
        found.append({"kernel": str(own.get("kernel", "linear")), "settings": settings, "said": said.astype(np.int64)})
    return found[-MOST_ANSWERED:]
