"""A box that is none: programs run in the test's own process, loaded and asked by the guest's own loader and drivers.

For submissions of our own only, where a process of its own would just add time. What comes back is copied as the wire
would: plain containers, arrays and numbers; anything else stays an object that no check can take apart.
"""

import builtins
import contextlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np

from grading import pipeline
from grading.assignments import load_rubric
from grading.assignments.catalog import BUILT_IN, read_assignment
from grading.assignments.tdt4265_a2 import drivers as softmax_network
from grading.domain.assignment import Assignment, Limits
from grading.domain.errors import AnswerFault, Missing, Raised
from grading.domain.report import Integrity, Report
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Tier
from grading.evaluation.boxes import Box
from grading.programs import Program
from grading.sandbox.guest.drivers import DRIVERS
from grading.sandbox.guest.program import adapting, loader
from grading.sandbox.guest.program.old_libraries import entries_of
from grading.sandbox.guest.program.state import Absent, ProgramState, Unit

FOLDER = BUILT_IN / "tdt4265_a2"
assert softmax_network  # its drivers are registered


@cache
def assignment() -> Assignment:
    """The manifest."""
    return read_assignment(FOLDER)


class InProcess:
    """One program; see `grading.evaluation.boxes.Box`."""

    spent = False
    integrity: tuple[Integrity, ...] = ()
    repairs: tuple[str, ...] = ()
    student_s = 0.0

    def __init__(self, program: Program) -> None:
        self._program = program
        self._folder = tempfile.TemporaryDirectory()
        for name, content in program.files.items():
            path = Path(self._folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        units = [Unit(u.label, u.source, u.first_line) for u in program.units]
        namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        work = Path(self._folder.name)
        self._state = ProgramState(program.name, "definitions", units, namespace, {}, None, 0, work)

    def load(self) -> Any:
        """Execute the definitions; one that fails is passed over."""
        faults = []
        with self._inside():
            for index in range(len(self._state.units)):
                try:
                    loader.execute(self._state, index)
                except Exception as fault:  # noqa: BLE001 - a definition of a submission may raise anything
                    faults.append(SimpleNamespace(label=loader.label(self._state, index), **loader.describe(fault)))
        return SimpleNamespace(defined=[SimpleNamespace(**d) for d in loader.defined(self._state)], faults=faults)

    def call(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a definition by name."""
        return self._asked(lambda: self._state.resolve(target)(*args, **kwargs))

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Ask a driver."""
        return self._asked(lambda: DRIVERS[driver](self._state, *args, **kwargs))

    def figures(self) -> list[Any]:
        """None are looked at."""
        return []

    def run_unit(self, index: int, *, timeout_s: float) -> Any:
        """Nothing here runs as a whole."""
        raise NotImplementedError

    def end(self) -> None:
        """Take the folder away."""
        self._folder.cleanup()

    def _asked(self, question: Any) -> Any:
        with self._inside():
            try:
                return _copied(question())
            except Absent as absent:
                raise Missing(str(absent)) from absent
            except AnswerFault:
                raise
            except Exception as fault:
                told = loader.describe(fault)
                raise Raised(told["exception"], told["text"], where=told["where"]) from fault

    @contextlib.contextmanager
    def _inside(self) -> Iterator[None]:
        """The program's folder on the path, its modules and nobody else's."""
        before, path, here = dict(sys.modules), list(sys.path), Path.cwd()
        sys.modules.update(self._state.scratch.setdefault("modules", {}))
        sys.path.insert(0, self._folder.name)
        os.chdir(self._folder.name)
        try:
            served = mock.patch.dict(vars(builtins), entries_of(self._state))
            with (
                served,
                contextlib.redirect_stdout(io.StringIO()),
                np.errstate(all="ignore"),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")
                adapting.lend(self._state)
                yield
        finally:
            os.chdir(here)
            sys.path[:] = path
            for name in set(sys.modules) - set(before):
                origin = getattr(sys.modules[name], "__file__", None) or ""
                if origin.startswith(self._folder.name):
                    self._state.scratch["modules"][name] = sys.modules.pop(name)


def _copied(value: Any) -> Any:
    match value:
        case np.ndarray() if value.dtype != object:
            return np.ascontiguousarray(value).copy()
        case np.generic():
            return np.asarray(value)
        case list() | tuple():
            return type(value)(_copied(v) for v in value)
        case dict():
            return {k: _copied(v) for k, v in value.items()}
        case _:
            return value


class Sandbox:
    """Opens boxes that are none."""

    tier = Tier.NONE

    def open(self, program: Program, *, limits: Limits, seed: int, device: str) -> Box:
        """A program in this process."""
        return InProcess(program)


def graded(files: Mapping[str, bytes], *, seed: int = 1) -> Report:
    """The report on a submission of ours."""
    submitted = Submission(tuple(SubmittedFile(name, content) for name, content in files.items()))
    rubric = load_rubric(assignment())
    return pipeline.grade(submitted, assignment(), rubric, seed=seed, sandbox=Sandbox()).report


@cache
def sample(name: str) -> Mapping[str, bytes]:
    """The files of one of the assignment's samples."""
    folder = FOLDER / "samples" / name
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def patched(files: Mapping[str, bytes], *changes: tuple[str, str]) -> dict[str, bytes]:
    """Files with some of their code replaced, wherever it stands.

    Raises:
        LookupError: a text to replace is not there: the sample has changed under the patch.
    """
    texts = {name: content.decode() for name, content in files.items()}
    for old, new in changes:
        if not any(old in text for name, text in texts.items() if name.endswith(".py")):
            raise LookupError(f"the sample has no {old!r}")
        texts = {name: text.replace(old, new) if name.endswith(".py") else text for name, text in texts.items()}
    return {name: text.encode() for name, text in texts.items()}
