"""Small pictures beside failing findings: a path or a curve against the right one, a classifier's boundary.

They are drawn for the inputs of one run, which nobody sees again; a hidden check's are never kept
(`grading.authoring.illustrate`).
"""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from grading.authoring.pictures import canvas, png_of
from grading.authoring.requirement import Sketch

Array = npt.NDArray[np.float64]

SIZE = (4.2, 2.6)
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


# -- the plane as a classifier divides it -----------------------------------------------------------------

GRID, SCALE, MARGIN, RADIUS = 90, 4, 0.3, 4
REGIONS = ((178, 163, 190), (161, 200, 197), (250, 239, 165))
POINTS = ((68, 1, 84), (33, 145, 140), (253, 231, 37))
OUTLINE = (40, 40, 40)
PALETTE = (*REGIONS, *POINTS, OUTLINE)


def plane(points: Array, labels: npt.NDArray[Any], classify: Callable[[npt.NDArray[np.float32]], Any]) -> bytes:
    """The plane in the colours of up to three classes, as a PNG, and the points on it.

    Drawn by hand, in single precision, with a palette and large pixels: a plotting library would take longer than a
    training, and a student waits for this picture.

    Args:
        points: (n, 2).
        labels: (n,), 0, 1 or 2.
        classify: (m, 2) points to their classes, (m,).
    """
    low, high = points.min() - MARGIN, points.max() + MARGIN
    ticks = low + (np.arange(GRID) + 0.5) * (high - low) / GRID
    grid = np.column_stack([np.tile(ticks, GRID), np.repeat(ticks[::-1], GRID)])  # rows go from the top
    with np.errstate(all="ignore"):
        classes = np.asarray(classify(grid.astype(np.float32))).reshape(GRID, GRID)
    regions = Image.fromarray(classes.astype(np.uint8))
    picture = regions.resize((GRID * SCALE, GRID * SCALE), Image.Resampling.NEAREST)
    picture.putpalette([channel for colour in PALETTE for channel in colour])
    pen = ImageDraw.Draw(picture)
    for (across, up), label in zip((points - low) / (high - low) * GRID * SCALE, labels, strict=True):
        centre = (float(across), GRID * SCALE - float(up))
        pen.circle(centre, RADIUS, fill=len(REGIONS) + int(label), outline=PALETTE.index(OUTLINE))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
