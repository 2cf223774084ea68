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
class CapturedAxes:
    """One axes of a captured figure.

    Attributes:
        title, xlabel, ylabel: text as drawn.
        images: what `imshow` was given, each (h, w), (h, w, 3) or (h, w, 4), real and finite.
        lines: points of each line, (n, 2).
        collections: how many scatter sets, contours and the like.
        legend: its entries.
        scatters: points of each scatter set, (n, 2).
    """

    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    images: tuple[Array, ...] = ()
    lines: tuple[Array, ...] = ()
    collections: int = 0
    legend: tuple[str, ...] = ()
    scatters: tuple[Array, ...] = ()


@dataclass(frozen=True, slots=True)
class CapturedFigure:
    """A figure that the student's code drew.

    Attributes:
        unit: label of the cell that drew it.
        png: its picture, still untrusted bytes.
        axes: what is in it.
    """

    unit: str
    png: bytes
    axes: tuple[CapturedAxes, ...] = ()

    @property
    def images(self) -> tuple[Array, ...]:
        """All images of all axes."""
        return tuple(image for axes in self.axes for image in axes.images)


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

    @property
    def images(self) -> tuple[Array, ...]:
        """All images of all figures."""
        return tuple(image for figure in self.figures for image in figure.images)


def blank(image: Array) -> bool:
    """Whether an image shows nothing: all entries equal, or none."""
    return image.size == 0 or float(np.max(image)) == float(np.min(image))
