"""Pictures of the labs: how they are normalised, and how training pictures are varied."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from grading.assignments.rdfia_tp2.cnn_pictures import ramp
from grading.authoring import Subject
from grading.checks import transforms
from grading.checks.image_networks import Seen, passed
from grading.checks.opinion import Opinion, right, wrong

Array = npt.NDArray[np.float64]
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
OWN_DEVIATION = (0.247, 0.2435, 0.2616)
SIDE, PADDING = 32, 4
MANY, PASSES = 64, 16
STEP = 8
TOLERANCE = 0.006
INSIDE = 6
"""Rows and columns from here to the other end are never padding."""

Statistics = tuple[Sequence[float], Sequence[float]]
KNOWN: tuple[tuple[str, Statistics], ...] = (
    ("no-normalisation", ((0, 0, 0), (1, 1, 1))),
    ("half-statistics", ((0.5,) * 3, (0.5,) * 3)),
    ("imagenet-statistics", ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))),
    ("mean-only", (MEAN, (1, 1, 1))),
    ("statistics-exchanged", (DEVIATION, MEAN)),
)


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

    form: Opinion
    mean: Array
    deviation: Array
    size: tuple[int, ...] = ()
    moves: tuple[tuple[int, int], ...] = ()
    mirrored: tuple[bool, ...] = ()
    turned: tuple[bool, ...] = ()
    varies: bool = False


_asked: WeakKeyDictionary[Subject, tuple[list[Pipeline], list[Pipeline]]] = WeakKeyDictionary()


def pipelines(student: Subject, there: Seen) -> tuple[list[Pipeline], list[Pipeline]]:
    """Pipelines for training, and for validation. Asked once for each student."""
    if student not in _asked:
        roles = transforms.roles([s for s in there.sources if there.modes.get(s.chain) != "L"])
        made = {
            chain: _pipeline(student, chain)
            for chain in dict.fromkeys((*roles.unknown, *roles.train, *roles.evaluation))
        }
        train = [made[chain] for chain in (*roles.unknown, *roles.train)]
        _asked[student] = train, [made[chain] for chain in (*roles.unknown, *roles.evaluation)]
    return _asked[student]


def _pipeline(student: Subject, chain: int) -> Pipeline:
    nothing = np.zeros(3)
    flat = [np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in (0, 255)]
    ends = passed(student, chain, flat, repeats=PASSES)
    ramps = passed(student, chain, [ramp()], repeats=MANY)
    if not (form := _form([*ends, *ramps])).holds:
        return Pipeline(form, nothing, nothing)
    low, high = _middle(ends[:PASSES]), _middle(ends[PASSES:])
    difference = high - low
    spread = np.where(np.abs(difference) > 1e-9, difference, np.inf)  # noqa: PLR2004 - black and white alike
    deviation, mean = 1 / spread, -low / spread
    places = [_place(one.values, mean, deviation) for one in ramps]
    return Pipeline(
        form, mean, deviation, ramps[0].shape[1:], tuple(p[:2] for p in places), tuple(p[2] for p in places),
        tuple(p[3] for p in places), varies=transforms.varies(ramps),
    )  # fmt: skip


def _middle(passes: Sequence[transforms.Passed]) -> Array:
    """What a picture of one colour becomes; the median is blind to padding and erased patches."""
    return np.asarray(np.median([np.median(p.values.reshape(3, -1), axis=1) for p in passes], axis=0))


def _form(passes: Sequence[transforms.Passed]) -> Opinion:
    for one in passes:
        floating = one.dtype.startswith(("float", "bfloat"))
        if one.kind != "tensor" or not floating or one.values.ndim != 3 or one.shape[0] != 3:  # noqa: PLR2004 - channels first
            return wrong(f"A pipeline gives {one.dtype} {one.kind} of shape {one.shape}.", "no-tensor")
        if not np.isfinite(one.values).all():
            return wrong("A pipeline gives values that are not finite.", "no-tensor")
    return right()


def _place(values: Array, mean: Array, deviation: Array) -> tuple[int, int, bool, bool]:
    """By how much the ramp was shifted, and whether it was mirrored or turned: seen in its middle, not at padding."""
    with np.errstate(all="ignore"):
        columns = np.nan_to_num((values[0] * deviation[0] + mean[0]) * 255 / STEP)
        rows = np.nan_to_num((values[1] * deviation[1] + mean[1]) * 255 / STEP)
    height, width = columns.shape
    across, down = np.median(columns, axis=0), np.median(rows, axis=1)
    x, y = width // 2, height // 2
    mirrored, turned = bool(across[x] > across[min(width - 1, x + 3)]), bool(down[y] > down[min(height - 1, y + 3)])
    at = (width - 1 - x) if mirrored else x
    over = (height - 1 - y) if turned else y
    return _whole(down[y] - over), _whole(across[x] - at), mirrored, turned


def _whole(value: float) -> int:
    return round(float(np.clip(value, -1_000, 1_000)))


def _best(opinions: Sequence[Opinion]) -> Opinion:
    if not opinions:
        return wrong("No transform was found that gives colour pictures for this.", "no-pipeline")
    return next((o for o in opinions if o.holds), opinions[-1])


def statistics(student: Subject, there: Seen) -> Opinion:
    """Whether training and validation pictures are normalised with CIFAR-10's statistics."""
    train, test = pipelines(student, there)
    trained = _best([_normalised(p, "training") for p in train])
    tested = _best([_normalised(p, "validation") for p in test])
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
        return right("Your deviations are CIFAR-10's over all pixels: allowed.")
    said = [[round(float(v), 3) for v in values] for values in (one.mean, one.deviation)]
    mistake = next((name for name, values in KNOWN if _near(one, values)), "other-statistics")
    return wrong(f"{which.capitalize()} pictures: mean {said[0]}, deviation {said[1]}.", mistake)


def _near(one: Pipeline, wanted: Statistics) -> bool:
    return all(
        bool(np.allclose(got, right_, rtol=0.0, atol=TOLERANCE))
        for got, right_ in zip((one.mean, one.deviation), wanted, strict=True)
    )


def steady(student: Subject, there: Seen) -> Opinion:
    """Whether a validation picture always comes out the same."""
    _, test = pipelines(student, there)
    return _best([_steady(p) for p in test])


def _steady(one: Pipeline) -> Opinion:
    if not one.form.holds:
        return one.form
    if one.varies:
        return wrong("The same validation picture comes out differently each time.", "evaluation-augmented")
    return right()


def augmented(student: Subject, there: Seen) -> Opinion:
    """Whether training pictures are shifted by up to four pixels, and mirrored half of the time."""
    train, _ = pipelines(student, there)
    return _best([_augmented(p) for p in train])


def _augmented(one: Pipeline) -> Opinion:  # noqa: PLR0911 - one for each way to be wrong
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
