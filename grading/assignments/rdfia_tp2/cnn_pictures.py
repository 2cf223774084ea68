"""2-cd's pictures: how they are normalised, cropped and flipped, for training and for test."""

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
from reference_models.cifar_cnn import CROP, DEVIATION, MEAN, SIDE

Array = npt.NDArray[np.float64]

MANY = 48
CONSTANT_PASSES = 24
"""A change of brightness leaves white at its end in half of the passes."""

FAR = 1e6
CENTRE = (SIDE - CROP) // 2
EXPECTED = f"Expected: {CROP} x {CROP}."
SHRUNK = f"They show the whole picture of {SIDE} x {SIDE}, made smaller."

WANTED = Wanted(MEAN, DEVIATION, usual_mistakes(MEAN, DEVIATION), "test")


@dataclass(frozen=True, slots=True)
class Window:
    """Where a picture that came out lay in the one that went in.

    Attributes:
        top, left: of the window; fractional where pixels were mixed.
        mirrored, turned: left to right, upside down.
        pace: columns of the source for each column.
    """

    top: float
    left: float
    mirrored: bool
    turned: bool
    pace: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What one pipeline does.

    Attributes:
        form: whether tensors come out.
        mean, deviation: of its normalisation.
        size: of what comes out.
        windows: of passes of one ramp.
        varies: whether passes differ.
    """

    form: Conclusion
    mean: Array
    deviation: Array
    size: tuple[int, ...]
    windows: tuple[Window, ...]
    varies: bool


def _pipeline(student: Subject, chain: int) -> Pipeline:
    flat = [np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in (0, 255)]
    ends = passed(student, chain, flat, repeats=CONSTANT_PASSES)
    nothing = np.zeros(3)
    form = colour_pictures.form(ends)
    if not form.holds:
        return Pipeline(form, nothing, nothing, (), (), varies=False)
    mean, deviation = normalisation(*transforms.ends(ends[:CONSTANT_PASSES], ends[CONSTANT_PASSES:]))
    ramps = passed(student, chain, [ramp(SIDE)], repeats=MANY)
    if not (form := colour_pictures.form(ramps)).holds:
        return Pipeline(form, nothing, nothing, (), (), varies=False)
    windows = tuple(_window(p.values, mean, deviation) for p in ramps)
    return Pipeline(form, mean, deviation, ramps[0].shape[1:], windows, varies=transforms.varies(ramps))


_pipelines = Pipelines(_pipeline)


def _window(values: Array, mean: Array, deviation: Array) -> Window:
    with np.errstate(all="ignore"):
        columns = np.clip(np.nan_to_num((values[0] * deviation[0] + mean[0]) * 255 / RAMP_STEP), -FAR, FAR)
        rows = np.clip(np.nan_to_num((values[1] * deviation[1] + mean[1]) * 255 / RAMP_STEP), -FAR, FAR)
    # Medians: a rotation or an erased patch bends the edges.
    across, down = np.median(columns, axis=0), np.median(rows, axis=1)
    pace = abs(float(across[-1] - across[0])) / max(1, len(across) - 1)
    return Window(
        float(min(down[0], down[-1])), float(min(across[0], across[-1])),
        mirrored=bool(across[0] > across[-1]), turned=bool(down[0] > down[-1]), pace=pace,
    )  # fmt: skip


def statistics(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether training and test pictures are normalised as the statement says."""
    return WANTED.judge(*_pipelines.of(student, there.sources, there.modes))


# -- crops and flips ------------------------------------------------------------------------------------


def training(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether training pictures are random crops, flipped at random."""
    train, _ = _pipelines.of(student, there.sources, there.modes)
    return best([_varied(p) for p in train])


def _varied(one: Pipeline) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    if not one.form.holds:
        return one.form
    said = f"Training pictures come out {' x '.join(map(str, one.size))}."
    mirrored = [w.mirrored for w in one.windows]
    moved = {(round(w.top), round(w.left)) for w in one.windows}
    if not one.varies and one.size == (SIDE, SIDE):
        return wrong(said, "no-augmentation")
    if one.size == (CROP, CROP) and all(w.pace > (SIDE - 1) / (CROP - 1) - 0.05 for w in one.windows):
        return wrong(f"{said} {SHRUNK}", "resized")
    if one.size != (CROP, CROP):
        return wrong(f"{said} {EXPECTED}", "crop-size")
    if len(moved) == 1:
        return wrong("All training pictures are cut out at the same place.", "no-random-crop")
    if any(w.turned for w in one.windows):
        return wrong("Some training pictures stand on their heads.", "vertical-flip")
    if not any(mirrored):
        return wrong("No training picture is flipped.", "no-flip")
    if all(mirrored):
        return wrong("All training pictures are flipped.", "always-flipped")
    return right()


def evaluation(student: Subject, there: FoundNetworks) -> Conclusion:
    """Whether test pictures are the central crop."""
    _, test = _pipelines.of(student, there.sources, there.modes)
    return best([_central(p) for p in test])


def _central(one: Pipeline) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    if not one.form.holds:
        return one.form
    said = f"Test pictures come out {' x '.join(map(str, one.size))}."
    if one.varies:
        return wrong("The same test picture comes out differently each time.", "evaluation-augmented")
    if one.size == (SIDE, SIDE):
        return wrong(f"{said} {EXPECTED}", "evaluation-not-cropped")
    if one.size != (CROP, CROP):
        return wrong(f"{said} {EXPECTED}", "evaluation-crop-size")
    window = one.windows[0]
    if window.pace > (SIDE - 1) / (CROP - 1) - 0.05:
        return wrong(f"{said} {SHRUNK}", "evaluation-resized")
    if (round(window.top), round(window.left)) != (CENTRE, CENTRE) or window.mirrored or window.turned:
        return wrong(
            f"The crop begins at row {window.top:.0f}, column {window.left:.0f}; the centre begins at {CENTRE}.",
            "evaluation-off-centre",
        )
    return right()
