"""The table that the benchmarks fill."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured.
        value: the figure, with its unit.
        beside: what it is held against: a target, or another grader in the same run.
        how: how often, and anything the reader must know.
    """

    what: str
    value: str
    beside: str = ""
    how: str = ""


def show(rows: Iterable[Row]) -> None:
    """Print the rows."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("measured", "value", "held against", "how"):
        table.add_column(name, justify="right" if name == "value" else "left")
    for row in rows:
        table.add_row(row.what, row.value, row.beside, row.how)
    console = Console(highlight=False)
    # A pipe has no width; a table that wraps at 80 columns in a log helps nobody.
    Console(highlight=False, width=max(console.width, 150)).print(table)


def seconds_of(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def milliseconds(seconds: float) -> str:
    """Readable: three digits matter."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def middle(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def spread(values: Iterable[float]) -> str:
    """Smallest and largest, so that a reader sees how noisy the machine was."""
    listed = sorted(values)
    return f"n = {len(listed)}, {milliseconds(listed[0])} to {milliseconds(listed[-1])}"
