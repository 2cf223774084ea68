"""Figures that the program shows: kept as pictures, with the numbers of the images in them."""

import io
import sys
from typing import Any

import numpy as np

from .state import ProgramState

MAX_FIGURES = 64
MAX_PNG_A_UNIT = 8
MAX_PNG_BYTES = 1 << 20
MAX_SIDE = 1600
MAX_AXES = 64
MAX_IMAGE_ELEMENTS = 1 << 18
MAX_ARTISTS = 64
KEPT = "figures"


def install(program: ProgramState) -> None:
    """Make `plt.show` keep what would be on the screen, and close it, as a notebook does."""
    program.scratch[KEPT] = {"new": [], "count": 0, "pictures": {}}
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    from matplotlib import figure

    figure_class: Any = figure.Figure

    def show(*_: object, **__: object) -> None:
        flush(program)

    pyplot.show = show
    pyplot.pause = lambda _: None
    pyplot.ion = pyplot.ioff = lambda: None
    pyplot.draw_all = lambda *_, **__: None
    figure_class.show = lambda *_, **__: None


def flush(program: ProgramState) -> None:
    """Keep every open figure, then close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return
    kept = program.scratch[KEPT]
    try:
        for number in pyplot.get_fignums():
            if kept["count"] >= MAX_FIGURES:
                program.mended(f"only the first {MAX_FIGURES} figures were kept")
                break
            figure = pyplot.figure(number)
            if not figure.axes:
                continue
            kept["count"] += 1
            kept["new"].append(_describe(program, figure))
    finally:
        pyplot.close("all")


def take(program: ProgramState) -> list[dict[str, Any]]:
    """What was kept since the last time."""
    flush(program)
    new, program.scratch[KEPT]["new"] = program.scratch[KEPT]["new"], []
    return list(new)


def _describe(program: ProgramState, figure: Any) -> dict[str, Any]:
    pictures = program.scratch[KEPT]["pictures"]
    png = b""
    if pictures.get(program.unit, 0) < MAX_PNG_A_UNIT:
        pictures[program.unit] = pictures.get(program.unit, 0) + 1
        png = _render(figure)
    drawn = [image for axes in figure.axes[:MAX_AXES] for image in axes.get_images()[:MAX_ARTISTS]]
    return {
        "label": program.units[program.unit].label if program.unit >= 0 else "",
        "png": png,
        "images": [_numbers(image.get_array()) for image in drawn[:MAX_ARTISTS]],
    }


def _render(figure: Any) -> bytes:
    """PNG bytes within the limits, or nothing."""
    width, height = figure.get_size_inches()
    dpi = min(float(figure.dpi), MAX_SIDE / max(float(width), float(height), 0.01))
    for _ in range(4):
        file = io.BytesIO()
        try:
            figure.savefig(file, format="png", dpi=dpi)
        except Exception:
            return b""  # a title that is not valid TeX, a size of zero: the numbers are still kept
        if file.tell() <= MAX_PNG_BYTES:
            return file.getvalue()
        dpi /= 1.6
    return b""


def _numbers(values: Any) -> Any:
    """A plain array; larger ones than `MAX_IMAGE_ELEMENTS` are thinned evenly in their first two directions."""
    try:
        array = np.ma.filled(np.ma.asarray(values), 0)
        array = np.asarray(array if array.dtype.kind in "biu" else array.astype(np.float64))
    except (TypeError, ValueError):
        return np.zeros((0,))
    while array.size > MAX_IMAGE_ELEMENTS and array.ndim > 1:
        array = array[::2, ::2]
    return np.ascontiguousarray(array)
