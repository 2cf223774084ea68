"""Small pictures beside failing findings: a path or a curve against the right one, a histogram of activations.

They are drawn for the inputs of one run, which nobody sees again; a hidden check's are never kept
(`grading.authoring.illustrate`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from grading.authoring.pictures import canvas, png_of
from grading.authoring.requirement import Sketch

Array = npt.NDArray[np.float64]

SIZE = (4.2, 2.6)
BINS = 40
MOST_STEPS = 200
TITLES = ("yours", "the published rule")
CURVE = "the published curve"


def paths(start: Array, yours: Array, rule: Array) -> Sketch:
    """The entry of the parameters that strays furthest, step by step, beside where the rule leads it.

    Args:
        start: any shape.
        yours: (steps, *start.shape), maybe with NaN.
        rule: the same.
    """
    gap = np.nan_to_num(np.abs(yours - rule), nan=np.inf).reshape(len(yours), -1)
    entry = int(gap.max(axis=0).argmax())
    index = [int(i) for i in np.unravel_index(entry, start.shape)] if start.ndim else []
    rows = [np.concatenate([[start.reshape(-1)[entry]], p.reshape(len(p), -1)[:, entry]]) for p in (yours, rule)]

    def draw() -> bytes:
        figure = canvas(*SIZE)
        axes = figure.add_subplot()
        for row, label, style in zip(rows, TITLES, ("o-", "--"), strict=True):
            axes.plot(row[:MOST_STEPS], style, label=label, markersize=3)
        axes.set_xlabel("step")
        axes.set_ylabel(f"entry {index}")
        axes.legend()
        return png_of(figure)

    return Sketch(f"Entry {index} of your parameters, step by step, beside the published rule", draw)


def curve(x: Array, yours: object, rule: Array, what: str) -> Sketch:
    """What an elementwise function answers over its argument, beside the published curve.

    Args:
        x: any shape.
        yours: the student's answers; what is no array of numbers of that shape leaves the picture undrawn.
        rule: the published function's, of that shape.
        what: the function's name.
    """

    def draw() -> bytes:
        answers = np.asarray(yours, np.float64)
        if answers.shape != x.shape:
            raise ValueError("the answers have another shape")
        order = np.argsort(x, axis=None)
        figure = canvas(*SIZE)
        axes = figure.add_subplot()
        axes.plot(x.reshape(-1)[order], answers.reshape(-1)[order], "o", label=TITLES[0], markersize=3)
        axes.plot(x.reshape(-1)[order], rule.reshape(-1)[order], "--", label=CURVE)
        axes.set_xlabel("x")
        axes.set_ylabel(f"{what}(x)")
        axes.legend()
        return png_of(figure)

    return Sketch(f"What your {what} answers, beside the published curve", draw)


def histogram(values: Array, what: str, *, mark: Sequence[float] = ()) -> Sketch:
    """How the numbers of an array are spread.

    Args:
        values: any shape; what is not finite is left out.
        what: their name ("activations of your first layer").
        mark: where to draw vertical lines, such as the ends of a saturating function.
    """
    finite = values[np.isfinite(values)].reshape(-1)

    def draw() -> bytes:
        figure = canvas(*SIZE)
        axes = figure.add_subplot()
        axes.hist(finite, bins=BINS)
        for place in mark:
            axes.axvline(place, linestyle=":", color="black")
        axes.set_xlabel(what)
        axes.set_ylabel("how many")
        return png_of(figure)

    return Sketch(f"Histogram of {what}", draw)
