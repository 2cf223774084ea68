"""What a function of the program calls while it runs: for tasks that must be done by hand."""

import sys
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..program.state import ProgramState
from . import DriverError, driver

MOST_NAMES = 500
Seen = Counter[tuple[str, str]]


@driver("calls_made")
def calls_made(
    program: ProgramState,
    target: object,
    args: tuple[Any, ...] | list[Any] = (),
    kwargs: dict[str, Any] | None = None,
    steps: int | None = None,
) -> dict[str, Any]:
    """Call a function, and write down what the program's own lines call in libraries.

    Three watches: the interpreter's profile sees every Python and C function that a line of the program enters, under
    whatever name it was reached; torch's function mode sees what tensors are asked, methods and operators among them;
    its dispatch mode sees the kernels ("aten._softmax.default"), also those that compiled or scripted code calls.

    Args:
        program: the loaded program.
        target: a name in the program, or a callable.
        args: positional arguments.
        kwargs: named arguments.
        steps: iterations of every long loop; None for as many as are written.

    Returns:
        `value`: what the function returned; `calls`: [name, place, how often] of each; `tampered`: whether the program
        took the watch off.
    """
    function = program.resolve(target) if isinstance(target, str) else target
    if not callable(function):
        raise DriverError(f"calls_made needs something to call, not {type(function).__name__}")
    seen: Seen = Counter()

    def note(name: str, frame: types.FrameType | None) -> None:
        key = (name[:200], place_of(frame))
        if key in seen or len(seen) < MOST_NAMES:
            seen[key] += 1

    def profile(frame: types.FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_back is not None and _students(frame.f_back) and not _students(frame):
            note(f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}", frame.f_back)
        elif event == "c_call" and _students(frame):
            note(_c_name(argument), frame)

    with program.steps(steps), _torch_watched(note):
        sys.setprofile(profile)
        try:
            value = function(*args, **(kwargs or {}))
        finally:
            tampered = sys.getprofile() is not profile
            sys.setprofile(None)
    return {
        "value": value,
        "calls": [[name, place, count] for (name, place), count in seen.items()],
        "tampered": tampered,
    }


@contextmanager
def _torch_watched(note: Any) -> Iterator[None]:
    """Names of torch's functions while inside; nothing where torch was never imported."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    from torch.overrides import TorchFunctionMode, resolve_name
    from torch.utils._python_dispatch import TorchDispatchMode

    def students_frame() -> Any:
        frame: Any = sys._getframe(2)  # noqa: SLF001 - the only way to the caller
        while frame is not None and not _students(frame):
            frame = frame.f_back
        return frame

    class Watch(TorchFunctionMode):  # type: ignore[misc, unused-ignore] # torch's class is untyped
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if (frame := students_frame()) is not None:
                note(str(resolve_name(func) or getattr(func, "__name__", func)), frame)
            return func(*args, **(kwargs or {}))

    class Kernels(TorchDispatchMode):  # type: ignore[misc, no-untyped-call, unused-ignore] # the same
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if (frame := students_frame()) is not None:
                note(str(func), frame)
            return func(*args, **(kwargs or {}))

    kernels: Any = Kernels
    with Watch(), kernels():
        yield


def _students(frame: types.FrameType) -> bool:
    """Whether a frame runs a line of the program: its units are compiled under names such as <cell 3>."""
    name = frame.f_code.co_filename
    return name.startswith("<") and not name.startswith(("<frozen", "<string", "<__array", "<@beartype"))


def place_of(frame: types.FrameType | None) -> str:
    """Where a frame is, in words: "cell 3, line 4"."""
    return f"{frame.f_code.co_filename.strip('<>')}, line {frame.f_lineno}" if frame is not None else ""


def _c_name(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__qualname__", "") or getattr(function, "__name__", "?")
    if isinstance(owner, types.ModuleType):
        return f"{owner.__name__}.{name}"
    module = getattr(function, "__module__", None) or (type(owner).__module__ if owner is not None else "builtins")
    return f"{module}.{name}"
