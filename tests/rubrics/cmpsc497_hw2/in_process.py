"""A student whose program runs in the test's own process: for our own samples and patches of them, where a box would only add time.

It keeps the contract of the box as far as notebook 1 uses it, with the guest's own parts: the program is sliced as for a box, its units
are executed, functions are called by name, and `trace_call` cuts long loops and looks at local variables. Repairs of the surroundings
are left out: they would change this process.
"""

import contextlib
import io
import json
import sys
import types
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grading.authoring import Part
from grading.domain.assignment import Limits
from grading.domain.report import CriterionResult
from grading.domain.submission import SubmittedFile
from grading.evaluation.criteria import Evaluation
from grading.evaluation.graded import programs_of
from grading.evaluation.session import Session
from grading.evaluation.student import BoxedStudent
from grading.evaluation.trace import copied
from grading.programs import Program, Source, read_source
from grading.sandbox import Defined, Loaded, UnitFault
from grading.sandbox.guest.drivers.calls import trace_call
from grading.sandbox.guest.program import loader, loops
from grading.sandbox.guest.program.state import ProgramState, Unit
from tests.evaluation.fakes import FakeBox

SHELL_CALLS = "get_ipython()"


class InProcess(FakeBox):
    """Our own notebook in a box that is none.

    Args:
        program: its definitions.
    """

    def __init__(self, program: Program) -> None:
        module = types.ModuleType("program")
        # The shell's magics are about the screen, and there is no shell here.
        units = [Unit(u.label, u.source, u.first_line) for u in program.units if SHELL_CALLS not in u.source]
        self._state = ProgramState(
            program.name, program.mode, units, module.__dict__, {}, program.long_loop, seed=0, work=Path()
        )
        loops.install(self._state)
        self._state.scratch[loader.GIVEN] = dict(module.__dict__)
        super().__init__({}, {"trace_call": self._trace_call})

    def load(self) -> Loaded:
        """Execute the definitions."""
        faults = []
        with _quietly():
            for index in range(len(self._state.units)):
                try:
                    loader.execute(self._state, index)
                except Exception as fault:  # noqa: BLE001 - whatever our notebook raises is its outcome
                    said = loader.describe(fault)
                    faults.append(UnitFault(loader.label(self._state, index), said["exception"], said["text"]))
        self._state.unit = -1
        found = (
            Defined(d["name"], d["kind"], tuple(d["parameters"]), d["required"]) for d in loader.defined(self._state)
        )
        return Loaded(tuple(found), tuple(faults))

    def call(self, target: str, *args: Any, **kwargs: Any) -> Any:
        """Answer from the function of that name."""
        with _quietly():
            return self._answer(self._state.resolve(target), *copied(args), **copied(kwargs))

    def _trace_call(self, target: str, args: Sequence[Any], kwargs: dict[str, Any], **options: Any) -> Any:
        with _quietly():
            return trace_call(self._state, target, copied(args), copied(kwargs), **options)


class _Printed(io.StringIO):
    """Standard output as the guest has it."""

    def mark(self) -> int:
        return self.tell()

    def since(self, mark: int) -> str:
        return self.getvalue()[mark:]


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    before, sys.stdout = sys.stdout, _Printed()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout = before


@cache
def cells(path: Path) -> tuple[str, ...]:
    """A committed notebook's code cells."""
    source = read_source(SubmittedFile(path.name, path.read_bytes()))
    return tuple(cell.source for cell in source.code)


def notebook(path: Path, patches: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The code of a committed notebook with some of it replaced.

    Raises:
        LookupError: the text to replace is not there: the sample has changed under the patch.
    """
    found = cells(path)
    for old, new in patches:
        if not any(old in text for text in found):
            raise LookupError(f"the sample has no {old!r}")
        found = tuple(text.replace(old, new) for text in found)
    return found


@contextlib.contextmanager
def asking(part: Part, code: Sequence[str]) -> Iterator[tuple[BoxedStudent, Session, Source]]:
    """A student who answers from a notebook of these code cells."""
    written = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": text} for text in code]
    content = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": written}).encode()
    source = read_source(SubmittedFile(part.file, content))
    programs = programs_of(part, source)
    broken = [piece for cell in source.code for piece in cell.broken]
    session = Session(programs, InProcess, Limits())
    yield BoxedStudent(session, part.expects, mode=part.mode, broken=broken), session, source
    session.close()


def graded(part: Part, code: Sequence[str], *, seed: int) -> dict[str, CriterionResult]:
    """The part's rows by id, for a notebook of these code cells."""
    with asking(part, code) as (student, session, source):
        return {row.id: row for row in Evaluation(part, student, seed, source, renew=session.renew).results()}
