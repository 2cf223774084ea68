"""Debuggers, which would wait for somebody to type: their stops do nothing here."""

import bdb
import pdb  # noqa: T100 - to make it harmless
import sys
from typing import Any

from .state import ProgramState

STOPS = ("set_trace", "post_mortem", "pm")


def install(program: ProgramState) -> None:
    """Make `breakpoint()`, `pdb.set_trace()` and the like go on at once."""
    patched: Any = pdb

    def pass_by(*_: object, **__: object) -> None:
        program.mended("a stop for a debugger was left out")

    def leave(debugger: bdb.Bdb, *_: object, **__: object) -> None:
        pass_by()
        debugger.set_continue()

    sys.breakpointhook = pass_by
    for stop in STOPS:
        setattr(patched, stop, pass_by)
    patched.Pdb.set_trace = pass_by
    # Whatever else leads to a prompt (`pdb.run`, a debugger built on this one) finds that there is nothing to type.
    patched.Pdb.interaction = leave
