"""Figures as a box reports them, rebuilt with types of ours; what does not fit is left out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grading.authoring.executed import Array, CapturedAxes, CapturedFigure

MAX_AXES = 200
MAX_TEXT = 200
PICTURE_AXES = (2, 3)
POINTS = np.zeros((0, 2))
"""The form of a line: one (x, y) in each row."""


def captured(figure: Any) -> CapturedFigure:
    """A figure of ours from one of the box: attributes `png`, `unit` and `axes`."""
    png = getattr(figure, "png", b"")
    axes = getattr(figure, "axes", ())
    entries = list(axes)[:MAX_AXES] if isinstance(axes, (list, tuple)) else []
    return CapturedFigure(
        unit=_text(getattr(figure, "unit", "")),
        png=bytes(png) if isinstance(png, (bytes, bytearray)) else b"",
        axes=tuple(_axes(a) for a in entries),
    )


def _axes(entry: Any) -> CapturedAxes:
    axes = (
        entry if isinstance(entry, Mapping) else {name: getattr(entry, name, None) for name in CapturedAxes.__slots__}
    )
    collections = axes.get("collections", 0)
    count = len(collections) if isinstance(collections, (list, tuple)) else collections
    return CapturedAxes(
        title=_text(axes.get("title")),
        xlabel=_text(axes.get("xlabel")),
        ylabel=_text(axes.get("ylabel")),
        images=tuple(a for a in _arrays(axes.get("images")) if a.ndim in PICTURE_AXES and a.size),
        lines=_points(axes.get("lines")),
        collections=count if isinstance(count, int) else 0,
        legend=tuple(_text(t) for t in _listed(axes.get("legend")) if isinstance(t, str)),
        scatters=_points(axes.get("scatters")),
    )


def _points(values: object) -> tuple[Array, ...]:
    return tuple(a for a in _arrays(values) if a.ndim == POINTS.ndim and a.shape[1:] == POINTS.shape[1:])


def _listed(values: object) -> list[Any]:
    return list(values)[:MAX_AXES] if isinstance(values, (list, tuple)) else []


def _arrays(values: object) -> list[Array]:
    """The finite real arrays among the values of a list."""
    listed = values if isinstance(values, (list, tuple)) else ()
    real = [v.astype(np.float64) for v in listed if isinstance(v, np.ndarray) and v.dtype.kind in "biuf"]
    return [a for a in real if np.isfinite(a).all()]


def _text(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""
