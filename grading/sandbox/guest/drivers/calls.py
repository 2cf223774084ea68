"""Drivers for plain functions and objects: calls with their inside looked at, attributes, state dicts."""

import functools
import inspect
import sys
import types
from typing import Any

import numpy as np

from ..program import loops
from ..program.loader import defined as _defined
from ..program.loader import describe as _describe
from ..program.loader import signature as _signature
from ..program.seeds import seed_everything
from ..program.state import ProgramState
from ..wire.values import Packer, UnsendableError
from . import DriverError, driver

MAX_CAPTURED_BYTES = 64 << 20


@driver("trace_call")
def trace_call(  # noqa: PLR0917 - drivers are called by name and position over the wire
    program: ProgramState,
    target: object,
    args: tuple[Any, ...] | list[Any] = (),
    kwargs: dict[str, Any] | None = None,
    steps: int | None = None,
    capture: bool = True,
    keep_raised: bool = False,
    loop_length: int | None = None,
    leave: bool = True,
) -> dict[str, Any]:
    """Call a function with its long loops cut, and look at its local names when it returns.

    Args:
        program: the loaded program.
        target: a name in the program, or a callable.
        args: positional arguments.
        kwargs: named arguments.
        steps: iterations of every long loop; None for as many as are written.
        capture: whether to look inside.
        loop_length: of a loop that is cut as well, though it is not long: the first range of that length.
        keep_raised: whether an exception of the function is an answer too: what it had computed by then is in `locals`.
        leave: whether a function that loops over no range is left after so many rounds, wherever it is then; its value
            is None, and `locals` is filled whatever `capture` says. Else only marked literals are cut in such loops.

    Returns:
        `value`: what the function returned; `locals`: data among its local names, arrays copied (empty without
        `capture`, or where the function is not written in Python); `printed`: what it printed, the last 4,000
        characters; `captured`: whether its return was seen; `raised`: the exception's `exception`, `text` and `where`,
        or None.
    """
    function = program.resolve(target) if isinstance(target, str) else target
    if not callable(function):
        raise DriverError(f"trace_call needs something to call, not {type(function).__name__}")
    code = _code_of(function)
    seen: dict[str, Any] = {}
    captured = False

    def watch(frame: types.FrameType, event: str, _: object) -> None:
        nonlocal captured
        if event == "return" and frame.f_code is code:
            captured = True
            seen.clear()
            seen.update(frame.f_locals)

    mark = sys.stdout.mark() if hasattr(sys.stdout, "mark") else 0
    leaving = loops.rounds(code, steps) if leave and steps is not None and code is not None else None
    with program.steps(None if leaving else steps, length=loop_length):
        if (capture or leaving) and code is not None:
            sys.setprofile(watch)
        value, raised = None, None
        try:
            sys.settrace(leaving)
            value = function(*args, **(kwargs or {}))
        except loops.Left:
            pass
        except Exception as fault:
            sys.settrace(None)
            sys.setprofile(None)
            if not keep_raised:
                raise
            raised = _describe(fault)
        finally:
            sys.settrace(None)
            sys.setprofile(None)
    printed = sys.stdout.since(mark) if hasattr(sys.stdout, "since") else ""
    return {
        "value": value,
        "locals": _data_among(seen),
        "printed": printed[-4000:],
        "captured": captured,
        "raised": raised,
    }


def _code_of(function: Any) -> types.CodeType | None:
    """The code of the student's own function under partials, methods and well-behaved decorators."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    if isinstance(function, type):
        function = vars(function).get("__init__") or getattr(function, "__init__", None)
    if not isinstance(function, (types.FunctionType, types.MethodType)):
        function = getattr(type(function), "__call__", None)  # noqa: B004 - not whether it can be called: by what
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, types.CodeType) else None


def _data_among(names: dict[str, Any]) -> dict[str, Any]:
    """Those local names that are data, arrays copied: the caller may go on changing them."""

    def refuse(_: object) -> dict[str, Any]:
        raise UnsendableError

    kept: dict[str, Any] = {}
    total = 0
    for name, value in names.items():
        packer = Packer(refuse)
        try:
            packer.pack(value)
        except Exception:  # noqa: S112 - not data, or a class that fights back
            continue
        total += sum(raw.data.nbytes for raw in packer.arrays.values())
        if total > MAX_CAPTURED_BYTES:
            break
        kept[name] = value.copy() if isinstance(value, np.ndarray) else value
    return kept


@driver("defined")
def defined(program: ProgramState) -> list[dict[str, Any]]:
    """Everything that the program defines, as in `Loaded.defined`."""
    return _defined(program)


@driver("signature")
def signature(program: ProgramState, target: object) -> dict[str, Any]:
    """Positional parameters of a function or constructor, and how many of them have no default."""
    names, required = _signature(program.resolve(target) if isinstance(target, str) else target)
    return {"parameters": names, "required": required}


@driver("seed")
def seed(_: ProgramState, number: int) -> None:
    """Seed `random`, NumPy and torch again: two calls then see the same random numbers."""
    seed_everything(number)


@driver("state_dict")
def state_dict(_: ProgramState, model: Any) -> dict[str, Any]:
    """A module's parameters and buffers by name."""
    return dict(model.state_dict())


@driver("weight")
def weight(_: ProgramState, model: Any, name: str) -> object:
    """One parameter or buffer of a module by name."""
    return model.state_dict()[name]
