"""Figures as a box reports them, rebuilt with types of ours; what does not fit is left out."""

from typing import Any

import numpy as np

from grading.authoring.executed import CapturedFigure

MAX_IMAGES = 200
MAX_TEXT = 200
PICTURE_AXES = (2, 3)


def captured(figure: Any) -> CapturedFigure:
    """A figure of ours from one of the box: attributes `label`, `png` and `images`."""
    label, png, images = (getattr(figure, name, None) for name in ("label", "png", "images"))
    arrays = [a for a in images[:MAX_IMAGES] if isinstance(a, np.ndarray)] if isinstance(images, (list, tuple)) else []
    real = [a.astype(np.float64) for a in arrays if a.dtype.kind in "biuf" and a.ndim in PICTURE_AXES and a.size]
    return CapturedFigure(
        unit=label[:MAX_TEXT] if isinstance(label, str) else "",
        png=bytes(png) if isinstance(png, (bytes, bytearray)) else b"",
        images=tuple(a for a in real if np.isfinite(a).all()),
    )
