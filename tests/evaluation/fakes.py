"""Stand-ins that keep the contract of a box without a process."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grading.authoring import Part
from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, Raised
from grading.domain.report import CriterionResult, Integrity
from grading.evaluation.criteria import Evaluation
from grading.evaluation.session import Session
from grading.evaluation.student import BoxedStudent
from grading.programs import Program, Unit
from grading.sandbox import Defined, Loaded, UnitFault, UnitResult


@dataclass
class FakeBox:
    """A box that answers from plain functions; one that raises an `AnswerFault` or `HouseFault` is believed."""

    functions: Mapping[str, Callable[..., Any]]
    drivers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    faults: tuple[UnitFault, ...] = ()
    unit_results: Sequence[UnitResult | AnswerFault] = ()
    drawn: Sequence[Any] = ()
    student_s: float = 0.0
    spent: bool = False
    ended: bool = False
    integrity: tuple[Integrity, ...] = ()
    repairs: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def load(self) -> Loaded:
        """The functions, with their real signatures."""
        return Loaded(tuple(_defined(n, f) for n, f in self.functions.items()), self.faults)

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:
        """The scripted result."""
        result = self.unit_results[index]
        if isinstance(result, AnswerFault):
            self.spent = True
            raise result
        return result

    def call(self, target: str, *args: Any, **kwargs: Any) -> Any:
        """Answer from the function of that name."""
        self.asked.append(target)
        return self._answer(self.functions[target], *args, **kwargs)

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Answer from the driver of that name."""
        self.asked.append(driver)
        return self._answer(self.drivers[driver], *args, **kwargs)

    def figures(self) -> Sequence[Any]:
        """The scripted figures."""
        return self.drawn

    def end(self) -> None:
        """Remember that it was ended."""
        self.ended = True

    def _answer(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.student_s += 0.001
        try:
            return function(*args, **kwargs)
        except AnswerFault as fault:
            self.spent = fault.kind in ("overran", "died")
            raise
        except Exception as error:
            if type(error).__module__.startswith("grading."):
                raise
            raise Raised(type(error).__name__, str(error), where="cell 1, line 1") from error


def _defined(name: str, function: Callable[..., Any]) -> Defined:
    parameters = inspect.signature(function).parameters.values()
    names = tuple(
        ("*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else "") + p.name for p in parameters
    )
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return Defined(name, "function", names, sum(p.default is p.empty for p in plain))


def program(mode: str = "definitions", cells: int = 0) -> Program:
    """A program without text."""
    return Program("fake.ipynb", mode, tuple(Unit(f"cell {i + 1}", "") for i in range(cells)))  # type: ignore[arg-type]


@contextmanager
def asking(
    part: Part, *boxes: FakeBox, limits: Limits | None = None, cells: int = 0
) -> Iterator[tuple[BoxedStudent, Session]]:
    """A student who answers from the given boxes as they are spent; the last one is opened again and again."""
    queue = list(boxes)
    session = Session(
        {"definitions": program(), "run": program("run", cells)},
        lambda _: queue.pop(0) if len(queue) > 1 else queue[0],
        limits or Limits(),
    )
    yield BoxedStudent(session, part.expects, mode=part.mode), session
    session.close()


def graded(part: Part, seed: int = 1, **functions: Callable[..., Any]) -> list[CriterionResult]:
    """The results of a student whose program defines the given functions."""
    with asking(part, FakeBox(functions)) as (student, session):
        return Evaluation(part, student, seed, renew=session.renew).results()
