"""Runs in the box, beside the student's program: carries back what a plain call does not show."""

from typing import Any

from grading.sandbox.guest.drivers import driver
from grading.sandbox.guest.program.state import ProgramState


@driver("arguments_after")
def arguments_after(program: ProgramState, target: str, *arguments: Any) -> list[Any]:
    """The arguments of a call, as the call leaves them."""
    program.resolve(target)(*arguments)
    return list(arguments)
