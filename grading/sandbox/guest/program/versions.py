"""Functions that a program defines several times over: which definition is meant, and calling it as of its own cell.

One name may stand for several functions (a `sgd` that takes gradients in one section, a module in the next): they are
told apart by how many arguments they take, by what their code speaks of, and by their order.
"""

import types
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .loader import VERSIONS, signature
from .state import ProgramState

MEANINGS = {
    "params": {"params", "param", "parameters", "parametres", "p", "weights", "theta"},
    "x": {"x", "input", "inputs", "xbatch", "batch"},
    "yhat": {"yhat", "ypred", "pred", "prediction", "predictions", "ychapeau"},
    "y": {"y", "target", "targets", "label", "labels", "ytrue", "ybatch"},
    "outputs": {"outputs", "output", "out", "cache", "activations"},
    "grads": {"grads", "grad", "gradients", "gradient"},
    "eta": {"eta", "lr", "learningrate", "rate", "alpha", "pas"},
}
"""What arguments of networks by hand are called, without case and underscores."""


@dataclass(frozen=True)
class Version:
    """One definition of a function.

    Attributes:
        unit: where it was made.
    """

    unit: int
    function: Callable[..., Any]

    def speaks_of(self, names: Collection[str]) -> bool:
        """Whether its code, or that of a function inside it, uses one of the names."""
        code = getattr(self.function, "__code__", None)
        inner = [c for c in getattr(code, "co_consts", ()) if isinstance(c, types.CodeType)]
        return any(name in names for c in (code, *inner) for name in getattr(c, "co_names", ()))


def folded(name: str) -> str:
    """A name without case and underscores."""
    return name.replace("_", "").casefold()


def versions_of(program: ProgramState, names: Collection[str], arity: int) -> list[Version]:
    """Every definition under one of the names that takes so many arguments, in order."""
    wanted = {folded(name) for name in names}
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    found = [
        Version(unit, function)
        for name, versions in table.items()
        if folded(name) in wanted
        for unit, function in versions.items()
        if isinstance(function, types.FunctionType) and _takes(function, arity)
    ]
    return sorted(found, key=lambda v: v.unit)


def _takes(function: Callable[..., Any], count: int) -> bool:
    names, required = signature(function)
    return required <= count and (count <= sum(not n.startswith("*") for n in names) or any("*" in n for n in names))


def call(program: ProgramState, version: Version, *args: Any) -> Any:
    """Call a definition among the names of its own section."""
    with _as_of(program, version.unit):
        return version.function(*args)


@contextmanager
def _as_of(program: ProgramState, unit: int) -> Iterator[None]:
    """The names of a section as they were when it was written: a later section may use them for something else."""
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    held = {name: program.namespace[name] for name in table if name in program.namespace}
    for name, versions in table.items():
        if name in held and len(versions) > 1:
            earlier = [u for u in versions if u <= unit]
            program.namespace[name] = versions[max(earlier) if earlier else min(versions)]
    try:
        yield
    finally:
        program.namespace.update(held)


def in_order(function: Callable[..., Any], given: Mapping[str, Any]) -> list[Any]:
    """Arguments in the order of the function's own parameters, where their names tell; else as they are given.

    Args:
        function: the program's.
        given: meaning, one of `MEANINGS` → value.
    """
    names = [folded(name) for name in signature(function)[0]][: len(given)]
    meant = [next((m for m in given if name in MEANINGS[m]), "") for name in names]
    return [given[m] for m in meant] if sorted(meant) == sorted(given) else list(given.values())
