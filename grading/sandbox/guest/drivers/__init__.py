"""Our own code in the box, asked for by name: what a rubric cannot say as a plain call.

A driver is a function of the loaded program and of plain values::

    @driver("state_dict")
    def state_dict(program: ProgramState, model: object) -> dict[str, object]: ...

The host calls it with `box.drive("state_dict", handle)`. Handles arrive as the objects they stand for; what is returned
goes out as data, or as a handle where it is not data. An exception that leaves a driver is the student's
(`Raised`), so a driver checks its own arguments and raises `DriverError` for a misuse by the rubric's author.

An installer prepares the process before the first unit runs (it wraps library functions to record what a program
builds)::

    @installer
    def record_optimizers(program: ProgramState) -> None: ...

Modules of this folder are imported by every zygote before any student code exists. The "numpy" zygote has no torch: a
module that imports torch at its top is left out there. An assignment's own drivers stand in `drivers.py` of its folder,
which comes with the program and is loaded before it; it imports these modules under their full name
(`from grading.sandbox.guest.drivers import driver`), and torch only inside functions.
"""

import linecache
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from ..program.state import ProgramState

Driver = Callable[..., Any]
Installer = Callable[[ProgramState], None]

COURSE = "drivers.py"
DRIVERS: dict[str, Driver] = {}
INSTALLERS: list[Installer] = []


class DriverError(Exception):
    """The rubric's author used a driver wrongly. The host raises RubricFault."""


def driver(name: str) -> Callable[[Driver], Driver]:
    """Register a function under the name by which the host asks for it.

    Raises:
        ValueError: the name is taken.
    """

    def register(function: Driver) -> Driver:
        if name in DRIVERS:
            raise ValueError(f"two drivers are called {name!r}")
        DRIVERS[name] = function
        return function

    return register


def load(source: str) -> None:
    """Load an assignment's own drivers.

    Args:
        source: of its `drivers.py`, with this package under the name that it has here.

    Raises:
        DriverError: it does not load.
    """
    module = types.ModuleType(f"{__name__}.course")
    module.__package__ = __name__
    sys.modules[module.__name__] = module  # dataclasses look their own module up
    linecache.cache[COURSE] = (len(source), None, source.splitlines(keepends=True), COURSE)
    try:
        exec(compile(source, COURSE, "exec"), module.__dict__)  # noqa: S102 - ours, like this file
    except Exception as error:
        raised = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == COURSE]
        where = f"{COURSE}, line {raised[-1]}," if raised else COURSE
        raise DriverError(
            f"{where} does not load: {type(error).__name__}: {error}. "
            "Mend it: it runs in the box, where nothing else of its folder is"
        ) from error


def installer(function: Installer) -> Installer:
    """Register a function to be called with the program before its first unit runs."""
    INSTALLERS.append(function)
    return function
