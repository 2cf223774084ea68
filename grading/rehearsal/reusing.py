"""A sandbox whose boxes stay from one grading to the next: a program runs once and is asked on many seeds.

For rehearsals. What a seed decides are the questions; running the program is most of the time. What the program drew
for itself, and what it remembers, is then the same for all seeds of one box.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault
from grading.domain.report import Integrity
from grading.evaluation.boxes import Box, OpensBoxes
from grading.programs import Program
from grading.sandbox import Loaded, UnitResult

T = TypeVar("T")

STANDING = frozenset({"vision_inventory", "vision_images", "vision_pictures", "vision_state"})
"""Drivers that tell what a run left behind. It is the same whenever they are asked; what draws afresh is not here."""


class Reused:
    """Opens each program's box once; one that is spent is opened anew. For one submission at a time.

    Args:
        sandbox: opens the boxes.
        times: how many gradings there will be: a box has the time of all of them.
    """

    def __init__(self, sandbox: OpensBoxes, times: int) -> None:
        self._sandbox = sandbox
        self._times = times
        self._boxes: dict[tuple[str, str, str], _Kept] = {}
        self.tier = sandbox.tier

    def open(self, program: Program, *, limits: Limits, seed: int, device: str) -> Box:
        """The program's box: the one that is there, with what its loading and its cells gave, or a fresh one.

        Raises:
            HouseFault: there is none to be had.
        """
        key = program.name, program.mode, device
        kept = self._boxes.get(key)
        if kept is None or kept.spent:
            longer = replace(limits, part_s=limits.part_s * self._times)
            kept = self._boxes[key] = _Kept(self._sandbox.open(program, limits=longer, seed=seed, device=device))
        kept.begin()
        return kept

    def close(self) -> None:
        """End all boxes."""
        for kept in self._boxes.values():
            kept.box.end()
        self._boxes.clear()


class _Kept:
    """A box that is not ended while it can still be asked."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._before = 0.0
        self._given: dict[str, Any] = {}

    def begin(self) -> None:
        """Count seconds from here."""
        self._before = self.box.student_s

    @property
    def student_s(self) -> float:
        return self.box.student_s - self._before

    @property
    def spent(self) -> bool:
        return self.box.spent

    @property
    def integrity(self) -> Sequence[Integrity]:
        return self.box.integrity

    @property
    def repairs(self) -> Sequence[str]:
        return self.box.repairs

    def load(self) -> Loaded:
        return self._once("load", self.box.load)

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:
        return self._once(f"cell {index}", lambda: self.box.run_unit(index, timeout_s=timeout_s))

    def call(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        return self.box.call(target, *args, **kwargs)

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        if driver not in STANDING or kwargs:
            return self.box.drive(driver, *args, **kwargs)
        return self._once(f"{driver} {args!r}", lambda: self.box.drive(driver, *args))

    def figures(self) -> Sequence[Any]:
        return self._once("figures", self.box.figures)

    def end(self) -> Any:
        return self.box.end() if self.box.spent else None

    def _once(self, what: str, give: Callable[[], T]) -> T:
        if what not in self._given:
            try:
                self._given[what] = give()
            except AnswerFault as fault:
                self._given[what] = fault
        given = self._given[what]
        if isinstance(given, AnswerFault):
            raise given
        return cast("T", given)
