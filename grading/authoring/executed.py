"""A program after its cells ran: what each did, what was drawn. Plain data, rebuilt on the judge's side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """What one cell did.

    Attributes:
        label: "cell 3".
        ran: whether it was started at all (a spent box or budget leaves the rest unstarted).
        fault: "ValueError: text" where it raised, else "". Written by the student: show it, never parse it.
        overran: whether it was stopped at its time limit.
        seconds: wall seconds.
        printed: the start of what it printed.
    """

    label: str
    ran: bool
    fault: str = ""
    overran: bool = False
    seconds: float = 0.0
    printed: str = ""


@dataclass(frozen=True, slots=True)
class CapturedFigure:
    """A figure that the student's code drew.

    Attributes:
        unit: label of the cell that drew it.
        png: its picture, still untrusted bytes.
        images: what `imshow` was given, each (h, w), (h, w, 3) or (h, w, 4), real and finite.
    """

    unit: str
    png: bytes
    images: tuple[Array, ...] = ()


@dataclass(frozen=True, slots=True)
class Executed:
    """The whole run of a program.

    Attributes:
        units: one outcome for each cell, in order.
        figures: what was drawn, in order.
        spent: why nothing more can be asked, or "".
    """

    units: tuple[UnitOutcome, ...] = ()
    figures: tuple[CapturedFigure, ...] = ()
    spent: str = ""

    @property
    def faults(self) -> tuple[UnitOutcome, ...]:
        """The cells that raised or were stopped."""
        return tuple(u for u in self.units if u.fault or u.overran)


def blank(image: Array) -> bool:
    """Whether an image shows nothing: all entries equal, or none."""
    return image.size == 0 or float(np.max(image)) == float(np.min(image))
