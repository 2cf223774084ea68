r"""Class-activation maps: does the picture show where the student's own network sees its class?

The judge computes the map from the student's own weights and the picture that entered them, and the known mistakes'
maps from the same numbers (`reference_models.class_activation`). A drawn picture shows a map if the two correlate:
both centred and of unit length, brought to the map's size, :math:`\cos \ge 0.93` (0.98 where nothing was resized), as
for `feature_maps`. Colour maps are undone, and a map laid over the photo is taken off it again. Scale and offset say
nothing; the sign does. Of all maps that fit, the one that fits closest is what is shown.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - the field's name

from grading.checks.feature_maps import RESIZED, SAME_SIZE, planes, unit
from grading.checks.opinion import Opinion, right, wrong
from reference_models import class_activation

Array = npt.NDArray[np.float64]
Picture = npt.NDArray[np.generic]

OPACITIES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2)
"""How much of an overlay is the map; the rest is the photo."""

TIE = 1e-4
MOST_PICTURES = 24
COLOUR_AXES = 3


def of_cam(
    pictures: Sequence[Picture], maps: Array, weights: Array, label: int, *, photo: Picture | None = None
) -> Opinion:
    """Your picture is the class-activation map of your own network.

    Args:
        pictures: what was drawn, each (h, w), (h, w, 3) or (h, w, 4).
        maps: (k, h, w), the last convolution's for the photo, from the student's own weights.
        weights: (classes, k), the student's own linear layer.
        label: the predicted class.
        photo: (h, w, 3) as it was shown, to take it off an overlay.
    """
    wanted = class_activation.cam(maps, weights, label)
    known = {m.id: (m.variant(maps, weights, label), f"{m.says} {m.look}") for m in class_activation.CAM}
    return judged(pictures, wanted, known, photo=photo)


def of_grad_cam(pictures: Sequence[Picture], maps: Array, gradients: Array, *, photo: Picture | None = None) -> Opinion:
    """Your picture is the gradient-weighted map of your own network.

    Args:
        pictures: what was drawn, each (h, w), (h, w, 3) or (h, w, 4).
        maps: (k, h, w) of one layer for the photo, from the student's own weights.
        gradients: (k, h, w) of the class's score by that layer.
        photo: (h, w, 3) as it was shown, to take it off an overlay.
    """
    wanted = class_activation.grad_cam(maps, gradients)
    known = {m.id: (m.variant(maps, gradients), f"{m.says} {m.look}") for m in class_activation.GRAD_CAM}
    return judged(pictures, wanted, known, photo=photo)


def judged(  # noqa: PLR0911 - one for each way to be wrong
    pictures: Sequence[Picture],
    wanted: Array,
    known: Mapping[str, tuple[Array, str]],
    *,
    photo: Picture | None = None,
) -> Opinion:
    """One of your pictures shows the map that is asked for, closer than it shows any other.

    Args:
        pictures: what was drawn.
        wanted: the right map, (h, w).
        known: mistake id → its map, and what to tell the student.
        photo: as it was shown, for overlays.
    """
    if not pictures:
        return wrong("No picture was drawn.", "no-figure")
    if np.ptp(wanted) == 0:
        return right("Your network's map is the same everywhere: there is nothing to compare your picture with.")
    drawn = [plane for picture in pictures[:MOST_PICTURES] for plane in _planes(picture, photo)]
    alive = [plane for plane in drawn if plane.size and np.isfinite(plane).all() and np.ptp(plane) > 0]
    if not alive:
        return wrong("Your pictures show one colour only.", "blank-figure")
    fit = _fit(alive, wanted)
    others = {mistake: _fit(alive, other) for mistake, (other, _) in known.items() if np.ptp(other) > 0}
    nearest = max(others, key=lambda mistake: others[mistake], default="")
    if fit >= 0 and fit >= others.get(nearest, -1.0) - TIE:
        return right(margin=round(fit, 4))
    if nearest and others[nearest] >= 0:
        return wrong(known[nearest][1], nearest)
    if photo is not None and any(_shows(plane, np.asarray(photo, np.float64).mean(axis=2)) >= 0 for plane in alive):
        return wrong("The photo is shown; the map is not.", "photo-only")
    return wrong(f"None of your {len(pictures)} pictures shows the map of your own network.", "other-picture")


def _fit(drawn: Sequence[Array], wanted: Array) -> float:
    """By how much the best picture passes the threshold; negative where none does."""
    return max(_shows(plane, wanted) for plane in drawn)


def _shows(plane: Array, wanted: Array) -> float:
    h, w = wanted.shape
    if plane.shape == wanted.shape:
        small, least = plane, SAME_SIZE
    elif plane.shape[0] >= h and plane.shape[1] >= w:
        grid = torch.from_numpy(np.ascontiguousarray(plane, dtype=np.float32))[None, None]
        small, least = F.interpolate(grid, size=(h, w), mode="area")[0, 0].numpy().astype(np.float64), RESIZED
    else:
        return -2.0
    rows = unit(np.stack([small.reshape(-1), wanted.reshape(-1)]))
    return float(rows[0] @ rows[1]) - least


def _planes(picture: Picture, photo: Picture | None) -> Iterator[Array]:
    """The planes of a picture; of an overlay, the map with the photo taken off."""
    found = planes(picture)
    yield from (plane.astype(np.float64) for plane in found)
    if photo is None or len(found) == 1 or picture.shape[:2] != photo.shape[:2]:
        return
    colours, beneath = _fractions(picture), _fractions(photo)
    for opacity in OPACITIES:
        above = (colours - (1 - opacity) * beneath) / opacity
        if above.min() < -0.02 or above.max() > 1.02:  # noqa: PLR2004 - eight bits, divided by the opacity
            continue
        decoded = planes(np.clip(above, 0, 1))
        if len(decoded) == 1:
            yield decoded[0].astype(np.float64)
            return


def _fractions(picture: Picture) -> Array:
    values = np.asarray(picture, dtype=np.float64)
    values = np.repeat(values[:, :, None], COLOUR_AXES, axis=2) if values.ndim < COLOUR_AXES else values[:, :, :3]
    return values / 255 if values.max(initial=0) > 1.5 else values  # noqa: PLR2004 - bytes, not fractions
