"""2-cd's pictures: how they are normalised, cropped and flipped, for training and for test."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from grading.authoring import Subject
from grading.checks import transforms
from grading.checks.image_networks import Seen, passed
from grading.checks.opinion import Opinion, right, wrong
from reference_models.cifar_cnn import CROP, DEVIATION, MEAN, SIDE

Array = npt.NDArray[np.float64]

STEP = 8
"""Of the ramp: 32 columns from 0 to 248."""

MANY = 48
CONSTANT_PASSES = 24
"""A change of brightness leaves white at its end in half of the passes."""

FAR = 1e6
TOLERANCE = 0.006
"""Of means and deviations; the statement rounds to three digits, CIFAR-10's own to four differ by 0.0005."""

OWN_DEVIATION = (0.247, 0.2435, 0.2616)
CENTRE = (SIDE - CROP) // 2

Statistics = tuple[Sequence[float], Sequence[float]]
KNOWN: tuple[tuple[str, Statistics], ...] = (
    ("no-normalisation", ((0, 0, 0), (1, 1, 1))),
    ("half-statistics", ((0.5,) * 3, (0.5,) * 3)),
    ("imagenet-statistics", ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))),
    ("mnist-statistics", ((0.1307,) * 3, (0.3081,) * 3)),
    ("mean-only", (MEAN, (1, 1, 1))),
    ("statistics-exchanged", (DEVIATION, MEAN)),
)


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

    form: Opinion
    mean: Array
    deviation: Array
    size: tuple[int, ...]
    windows: tuple[Window, ...]
    varies: bool


def _pipeline(student: Subject, chain: int) -> Pipeline:
    flat = [np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in (0, 255)]
    ends = passed(student, chain, flat, repeats=CONSTANT_PASSES)
    nothing = np.zeros(3)
    form = _form(ends)
    if not form.holds:
        return Pipeline(form, nothing, nothing, (), (), varies=False)
    low, high = transforms.ends(ends[:CONSTANT_PASSES], ends[CONSTANT_PASSES:])
    with np.errstate(all="ignore"):
        difference = high - low
    spread = np.where(np.abs(difference) > 1e-9, difference, np.inf)  # noqa: PLR2004 - black and white alike
    deviation, mean = 1 / spread, -low / spread
    ramps = passed(student, chain, [ramp()], repeats=MANY)
    if not (form := _form(ramps)).holds:
        return Pipeline(form, nothing, nothing, (), (), varies=False)
    windows = tuple(_window(p.values, mean, deviation) for p in ramps)
    return Pipeline(form, mean, deviation, ramps[0].shape[1:], windows, varies=transforms.varies(ramps))


def ramp() -> npt.NDArray[np.uint8]:
    """A picture that says of every pixel where it was: columns in red, rows in green."""
    picture = np.full((SIDE, SIDE, 3), 128, dtype=np.uint8)
    picture[..., 0] = STEP * np.arange(SIDE)[None]
    picture[..., 1] = STEP * np.arange(SIDE)[:, None]
    return picture


def _form(passes: Sequence[transforms.Passed]) -> Opinion:
    for one in passes:
        floating = one.dtype.startswith(("float", "bfloat"))
        if one.kind != "tensor" or not floating or one.values.ndim != 3 or one.shape[0] != 3:  # noqa: PLR2004 - channels first
            return wrong(f"A pipeline gives {one.dtype} {one.kind} of shape {one.shape}.", "no-tensor")
        if not np.isfinite(one.values).all():
            return wrong("A pipeline gives values that are not finite.", "no-tensor")
    return right()


def _window(values: Array, mean: Array, deviation: Array) -> Window:
    with np.errstate(all="ignore"):
        columns = np.clip(np.nan_to_num((values[0] * deviation[0] + mean[0]) * 255 / STEP), -FAR, FAR)
        rows = np.clip(np.nan_to_num((values[1] * deviation[1] + mean[1]) * 255 / STEP), -FAR, FAR)
    # Medians: a rotation or an erased patch bends the edges.
    across, down = np.median(columns, axis=0), np.median(rows, axis=1)
    pace = abs(float(across[-1] - across[0])) / max(1, len(across) - 1)
    return Window(
        float(min(down[0], down[-1])), float(min(across[0], across[-1])),
        mirrored=bool(across[0] > across[-1]), turned=bool(down[0] > down[-1]), pace=pace,
    )  # fmt: skip


_asked: WeakKeyDictionary[Subject, tuple[list[Pipeline], list[Pipeline]]] = WeakKeyDictionary()


def _pipelines(student: Subject, there: Seen) -> tuple[list[Pipeline], list[Pipeline]]:
    """Pipelines of colour pictures: for training, for test; those found last come last. Asked once for each student."""
    if student not in _asked:
        roles = transforms.roles([s for s in there.sources if there.modes.get(s.chain) != "L"])
        made = {
            chain: _pipeline(student, chain)
            for chain in dict.fromkeys((*roles.unknown, *roles.train, *roles.evaluation))
        }
        train = [made[chain] for chain in (*roles.unknown, *roles.train)]
        _asked[student] = train, [made[chain] for chain in (*roles.unknown, *roles.evaluation)]
    return _asked[student]


def _best(opinions: Sequence[Opinion]) -> Opinion:
    if not opinions:
        return wrong("No pipeline was found that gives colour pictures for this.", "no-pipeline")
    return next((o for o in opinions if o.holds), opinions[-1])


# -- normalisation --------------------------------------------------------------------------------------


def statistics(student: Subject, there: Seen) -> Opinion:
    """Whether training and test pictures are normalised as the statement says."""
    train, test = _pipelines(student, there)
    trained, tested = _best([_normalised(p, "training") for p in train]), _best([_normalised(p, "test") for p in test])
    if trained.holds and not tested.holds and tested.mistake == "no-normalisation":
        return wrong(tested.message, "evaluation-not-normalised", **tested.evidence)
    if tested.holds and not trained.holds and trained.mistake == "no-normalisation":
        return wrong(trained.message, "training-not-normalised", **trained.evidence)
    if trained.holds and tested.holds:
        return right(*dict.fromkeys((*trained.remarks, *tested.remarks)))
    return trained if not trained.holds else tested


def _normalised(one: Pipeline, which: str) -> Opinion:
    if not one.form.holds:
        return one.form
    if _near(one, (MEAN, DEVIATION)):
        return right()
    if _near(one, (MEAN, OWN_DEVIATION)):
        return right("Your deviations are CIFAR-10's over all pixels; the statement gives others. Allowed.")
    said = [[round(float(v), 3) for v in values] for values in (one.mean, one.deviation)]
    mistake = next((name for name, values in KNOWN if _near(one, values)), "other-statistics")
    return wrong(f"{which.capitalize()} pictures: mean {said[0]}, deviation {said[1]}.", mistake,
                 mean=said[0], deviation=said[1])  # fmt: skip


def _near(one: Pipeline, wanted: Statistics) -> bool:
    return all(
        bool(np.allclose(got, right_, rtol=0.0, atol=TOLERANCE))
        for got, right_ in zip((one.mean, one.deviation), wanted, strict=True)
    )


# -- crops and flips ------------------------------------------------------------------------------------


def training(student: Subject, there: Seen) -> Opinion:
    """Whether training pictures are random crops, flipped at random."""
    train, _ = _pipelines(student, there)
    return _best([_varied(p) for p in train])


def _varied(one: Pipeline) -> Opinion:  # noqa: PLR0911 - one for each way to be wrong
    if not one.form.holds:
        return one.form
    said = f"Training pictures come out {' x '.join(map(str, one.size))}."
    mirrored = [w.mirrored for w in one.windows]
    moved = {(round(w.top), round(w.left)) for w in one.windows}
    if not one.varies and one.size == (SIDE, SIDE):
        return wrong(said, "no-augmentation")
    if one.size == (CROP, CROP) and all(w.pace > (SIDE - 1) / (CROP - 1) - 0.05 for w in one.windows):
        return wrong(said, "resized")
    if one.size != (CROP, CROP):
        return wrong(said, "crop-size")
    if len(moved) == 1:
        return wrong("All training pictures are cut out at the same place.", "no-random-crop")
    if any(w.turned for w in one.windows):
        return wrong("Some training pictures stand on their heads.", "vertical-flip")
    if not any(mirrored):
        return wrong("No training picture is flipped.", "no-flip")
    if all(mirrored):
        return wrong("All training pictures are flipped.", "always-flipped")
    return right()


def evaluation(student: Subject, there: Seen) -> Opinion:
    """Whether test pictures are the central crop."""
    _, test = _pipelines(student, there)
    return _best([_central(p) for p in test])


def _central(one: Pipeline) -> Opinion:  # noqa: PLR0911 - one for each way to be wrong
    if not one.form.holds:
        return one.form
    said = f"Test pictures come out {' x '.join(map(str, one.size))}."
    if one.varies:
        return wrong("The same test picture comes out differently each time.", "evaluation-augmented")
    if one.size == (SIDE, SIDE):
        return wrong(said, "evaluation-not-cropped")
    if one.size != (CROP, CROP):
        return wrong(said, "evaluation-crop-size")
    window = one.windows[0]
    if window.pace > (SIDE - 1) / (CROP - 1) - 0.05:
        return wrong(said, "evaluation-resized")
    if (round(window.top), round(window.left)) != (CENTRE, CENTRE) or window.mirrored or window.turned:
        return wrong(
            f"The crop begins at row {window.top:.0f}, column {window.left:.0f}; the centre begins at {CENTRE}.",
            "evaluation-off-centre",
        )
    return right()
