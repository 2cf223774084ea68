"""Charts as geometry: numbers in, rectangles and labels out. The template only draws them.

Coordinates are those of the SVG's own view box, in its pixels.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 440, 210
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 22, 42
MOST_BINS = 10
EDGE = 0.1


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of the histogram: scores from `low` up to `high`, `high` itself only in the last."""

    low: float
    high: float
    last: bool
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def label(self) -> str:
        """The scores that fall into this bar, in words."""
        low, high = f"{self.low:g}", f"{self.high:g}"
        return f"{low} to {high}" if self.last else f"{low} to under {high}"


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark on the axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """A score distribution, drawn and in numbers."""

    bins: tuple[Bin, ...]
    ticks: tuple[Tick, ...]
    minimum: float
    median: float
    mean: float
    maximum: float
    median_x: float
    count: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP

    @property
    def median_anchor(self) -> str:
        """Which end of the median's label stands at its line, so that it stays inside the picture."""
        share = (self.median_x - self.left) / (self.right - self.left)
        return "start" if share < EDGE else "end" if share > 1 - EDGE else "middle"

    @property
    def finding(self) -> str:
        """The chart in one sentence."""
        top = max(self.bins, key=lambda b: b.count)
        return f"{self.count} graded; half have {self.median:g} or more; most often {top.label} ({top.count})."


def histogram(scores: Sequence[float], full: float) -> Histogram | None:
    """The distribution of scores from 0 to full marks in at most ten equal bars; None without scores."""
    if not scores:
        return None
    full = max(full, *scores, 1e-9)
    bars = min(MOST_BINS, max(1, math.ceil(full)))
    step = full / bars
    counts = [0] * bars
    for score in scores:
        counts[min(bars - 1, max(0, math.floor(score / step + 1e-9)))] += 1
    highest = max(counts)
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    slot = room / bars
    bins = tuple(
        Bin(
            low=round(number * step, 6),
            high=round((number + 1) * step, 6),
            last=number == bars - 1,
            count=count,
            x=round(LEFT + number * slot + 2, 2),
            y=round(TOP + tall * (1 - count / highest), 2),
            width=round(slot - 4, 2),
            height=round(tall * count / highest, 2),
        )
        for number, count in enumerate(counts)
    )
    median = statistics.median(scores)
    return Histogram(
        bins=bins,
        ticks=tuple(Tick(round(LEFT + n * slot, 2), f"{n * step:g}") for n in range(bars + 1)),
        minimum=min(scores),
        median=median,
        mean=statistics.fmean(scores),
        maximum=max(scores),
        median_x=round(LEFT + room * median / full, 2),
        count=len(scores),
    )


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole percent; 0 of nothing is 0."""
    return round(100 * part / whole) if whole else 0
