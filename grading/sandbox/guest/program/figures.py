"""Figures that the program shows: kept as pictures, with the numbers of the images in them."""

import contextlib
import functools
import io
import math
import os
import sys
from pathlib import PurePath
from typing import Any

import numpy as np

from .old_libraries import asked_by, asked_by_student
from .state import ProgramState

MAX_FIGURES = 64
MAX_PNG_A_UNIT = 8
MAX_PNG_BYTES = 1 << 20
MAX_SIDE = 1600
MAX_AXES = 64
MAX_IMAGE_ELEMENTS = 1 << 18
MAX_ARTISTS = 64
KEPT = "figures"
WRITERS = ("torchvision",)
"""Libraries whose functions write what a program hands them."""


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

    _watch_files(program, pyplot)
    pyplot.show = show
    pyplot.pause = lambda _: None
    pyplot.ion = pyplot.ioff = lambda: None
    pyplot.draw_all = lambda *_, **__: None
    figure_class.show = lambda *_, **__: None


def _watch_files(program: ProgramState, pyplot: Any) -> None:
    """Let pictures that are written to files without being shown count as drawn: a person would open them."""
    from PIL import Image

    image: Any = Image.Image
    save_array, save_image = pyplot.imsave, image.save

    @functools.wraps(save_array)
    def imsave(fname: Any, arr: Any, **kwargs: Any) -> Any:
        shown = {k: v for k, v in kwargs.items() if k in ("cmap", "vmin", "vmax", "origin")}
        _written(program, fname, arr, shown)
        return save_array(fname, arr, **kwargs)

    @functools.wraps(save_image)
    def save(self: Any, fp: Any, *args: Any, **kwargs: Any) -> Any:
        if asked_by_student(program) or asked_by(WRITERS):
            _written(program, fp, np.asarray(self), {"cmap": "gray"} if self.mode == "L" else {})
        return save_image(self, fp, *args, **kwargs)

    pyplot.imsave, image.save = imsave, save


def _written(program: ProgramState, file: Any, array: Any, shown: dict[str, Any]) -> None:
    written = program.scratch[KEPT].setdefault("written", [])
    if len(written) < MAX_AXES:
        written.append((PurePath(file).stem if isinstance(file, str | os.PathLike) else "", np.array(array), shown))


def _draw_written(program: ProgramState, pyplot: Any) -> None:
    """One figure of all pictures that a unit wrote to files."""
    written = program.scratch[KEPT].pop("written", [])
    if not written:
        return
    program.mended("pictures that were written to files were taken as drawn")
    columns = math.ceil(math.sqrt(len(written)))
    rows = math.ceil(len(written) / columns)
    _, axes = pyplot.subplots(rows, columns, squeeze=False, figsize=(2 * columns, 2 * rows))
    for place in axes.flat:
        place.axis("off")
    for place, (title, array, shown) in zip(axes.flat, written, strict=False):
        with contextlib.suppress(Exception):
            place.imshow(array, **shown)
            place.set_title(title)


def flush(program: ProgramState) -> None:
    """Keep every open figure, then close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    _draw_written(program, pyplot)
    if not pyplot.get_fignums():
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
