"""Pictures of the labs: how they are normalised, and how training pictures are varied."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import Subject
from grading.checks import colour_pictures, transforms
from grading.checks.colour_pictures import (
    RAMP_STEP,
    Pipelines,
    Wanted,
    best,
    normalisation,
    passed,
    ramp,
    usual_mistakes,
)
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import FoundNetworks

Array = npt.NDArray[np.float64]
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
SIDE, PADDING = 32, 4
MANY, PASSES = 64, 16
INSIDE = 6
"""Rows and columns from here to the other end are never padding."""

WANTED = Wanted(MEAN, DEVIATION, usual_mistakes(MEAN, DEVIATION), "validation")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What one pipeline does.

    Attributes:
        form: whether float tensors come out.
        mean, deviation: of its normalisation.
        size: of what comes out.
        moves: (rows, columns) by which the passes of one ramp were shifted.
        mirrored, turned: for each pass, whether left and right, top and bottom were exchanged.
        varies: whether passes differ.
    """

    form: Conclusion
    mean: Array
    deviation: Array
    size: tuple[int, ...] = ()
    moves: tuple[tuple[int, int], ...] = ()
    mirrored: tuple[bool, ...] = ()
    turned: tuple[bool, ...] = ()
    varies: bool = False


def _pipeline(student: Subject, chain: int) -> Pipeline:
    nothing = np.zeros(3)
    flat = [np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in (0, 255)]
    ends = passed(student, chain, flat, repeats=PASSES)
    ramps = passed(student, chain, [ramp(SIDE)], repeats=MANY)
    if not (form := colour_pictures.form([*ends, *ramps])).holds:
        return Pipeline(form, nothing, nothing)
    mean, deviation = normalisation(_middle(ends[:PASSES]), _middle(ends[PASSES:]))
    places = [_place(one.values, mean, deviation) for one in ramps]
    return Pipeline(
        form, mean, deviation, ramps[0].shape[1:], tuple(p[:2] for p in places), tuple(p[2] for p in places),
        tuple(p[3] for p in places), varies=transforms.varies(ramps),
    )  # fmt: skip


def _middle(passes: Sequence[transforms.Passed]) -> Array:
    """What a picture of one colour becomes; the median is blind to padding and erased patches."""
    return np.asarray(np.median([np.median(p.values.reshape(3, -1), axis=1) for p in passes], axis=0))


def _place(values: Array, mean: Array, deviation: Array) -> tuple[int, int, bool, bool]:
    """By how much the ramp was shifted, and whether it was mirrored or turned: seen in its middle, not at padding."""
    with np.errstate(all="ignore"):
        columns = np.nan_to_num((values[0] * deviation[0] + mean[0]) * 255 / RAMP_STEP)
        rows = np.nan_to_num((values[1] * deviation[1] + mean[1]) * 255 / RAMP_STEP)
    height, width = columns.shape
    across, down = np.median(columns, axis=0), np.median(rows, axis=1)
    x, y = width // 2, height // 2
    mirrored, turned = bool(across[x] > across[min(width - 1, x + 3)]), bool(down[y] > down[min(height - 1, y + 3)])
    at = (width - 1 - x) if mirrored else x
    over = (height - 1 - y) if turned else y
    return _whole(down[y] - over), _whole(across[x] - at), mirrored, turned


def _whole(value: float) -> int:
    return round(float(np.clip(value, -1_000, 1_000)))


_pipelines = Pipelines(_pipeline)


def statistics(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether training and validation pictures are normalised with CIFAR-10's statistics."""
    return WANTED.judge(*_pipelines.of(student, there.sources, there.modes))


def steady(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether a validation picture always comes out the same."""
    _, test = _pipelines.of(student, there.sources, there.modes)
    return best([_steady(p) for p in test])


def _steady(one: Pipeline) -> Conclusion:
    if not one.form.holds:
        return one.form
    if one.varies:
        return wrong("The same validation picture comes out differently each time.", "evaluation-augmented")
    return right()


def augmented(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether training pictures are shifted by up to four pixels, and mirrored half of the time."""
    train, _ = _pipelines.of(student, there.sources, there.modes)
    return best([_augmented(p) for p in train])


def _augmented(one: Pipeline) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    if not one.form.holds:
        return one.form
    if one.size != (SIDE, SIDE):
        return wrong(f"Training pictures come out {' x '.join(map(str, one.size))}.", "crop-size")
    if not one.varies:
        return wrong("The same training picture always comes out the same.", "no-augmentation")
    if any(one.turned):
        return wrong("Some training pictures stand on their heads.", "vertical-flip")
    reach = max(abs(n) for move in one.moves for n in move)
    if reach == 0:
        return wrong("Training pictures are never shifted.", "no-random-crop")
    if reach != PADDING:
        return wrong(f"Training pictures are shifted by up to {reach} pixels.", "other-padding")
    if not any(one.mirrored):
        return wrong("No training picture is mirrored.", "no-flip")
    if all(one.mirrored):
        return wrong("All training pictures are mirrored.", "always-flipped")
    return right()
