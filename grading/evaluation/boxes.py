"""What authoring needs of a box: the part of the sandbox's contract that is used here."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from grading.domain.report import Integrity
from grading.programs import Program


class Defined(Protocol):
    """A definition that the program made."""

    @property
    def name(self) -> str:
        """As the student wrote it."""

    @property
    def kind(self) -> str:
        """What it is: function, class or another word."""

    @property
    def parameters(self) -> Sequence[str]:
        """Names in order, `*args` with its star."""

    @property
    def required(self) -> int:
        """How many positional ones have no default."""


class UnitFault(Protocol):
    """A piece of the program that failed while it was loaded or run."""

    @property
    def label(self) -> str:
        """Which one: "cell 3"."""

    @property
    def exception(self) -> str:
        """The exception's class name."""

    @property
    def text(self) -> str:
        """The exception's text, written by the student."""


class Loaded(Protocol):
    """A program after its definitions were executed."""

    @property
    def defined(self) -> Sequence[Defined]:
        """What there is to ask."""

    @property
    def faults(self) -> Sequence[UnitFault]:
        """What failed."""


class UnitResult(Protocol):
    """One cell after it ran."""

    @property
    def fault(self) -> UnitFault | None:
        """What it raised, or None."""

    @property
    def printed(self) -> str:
        """What it printed, cut."""

    @property
    def seconds(self) -> float:
        """Wall time."""

    @property
    def overran(self) -> bool:
        """Whether it was interrupted at its time limit."""


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
