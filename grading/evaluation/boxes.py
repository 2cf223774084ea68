"""What grading needs of a sandbox and its boxes: the real ones, those of a rehearsal, and a test's all have it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from grading.domain.assignment import Limits
from grading.domain.report import Integrity
from grading.domain.verdict import Tier
from grading.programs import Program
from grading.sandbox import Loaded, UnitResult


class Box(Protocol):
    """A confined child with one program in it.

    Every method raises `AnswerFault` for the student's fault and `HouseFault` for ours.
    """

    @property
    def student_s(self) -> float:
        """Seconds that the student's own code took so far."""

    @property
    def spent(self) -> bool:
        """Whether nothing more can be asked."""

    @property
    def integrity(self) -> Sequence[Integrity]:
        """What staff should look at."""

    @property
    def repairs(self) -> Sequence[str]:
        """What was mended to make the program run."""

    def load(self) -> Loaded:
        """Execute the definitions."""

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:
        """Execute one cell."""

    def call(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a definition by name."""

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Ask one of our drivers."""

    def figures(self) -> Sequence[Any]:
        """Figures drawn since last asked."""

    def end(self) -> Any:
        """End the child with its whole process tree."""


OpenBox = Callable[[Program], Box]
"""Opens a fresh box for a program; limits, seed and device are settled. Raises `HouseFault`."""


class OpensBoxes(Protocol):
    """A sandbox: opens boxes."""

    @property
    def tier(self) -> Tier:
        """How much of it holds on this machine."""

    def open(self, program: Program, *, limits: Limits, seed: int, device: str) -> Box:
        """A fresh box. Raises `HouseFault`."""
