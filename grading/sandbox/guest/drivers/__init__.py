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

Modules of this folder, and `watch*.py` beside it, are imported by every zygote before any student code exists. The
"numpy" zygote has no torch: a module that imports torch at its top is left out there.
"""

from collections.abc import Callable
from typing import Any

from ..program.state import ProgramState

Driver = Callable[..., Any]
Installer = Callable[[ProgramState], None]

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


def installer(function: Installer) -> Installer:
    """Register a function to be called with the program before its first unit runs."""
    INSTALLERS.append(function)
    return function
