r"""Preprocessing pipelines by what they do to pictures of the judge's own.

On a picture of one colour every right pipeline is the affine map :math:`v = (p/255 - \mu)/\sigma` of each channel,
whatever it does to size and position: black and white show both constants. A smooth picture shows randomness, a ramp
shows orientation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import pictures
from reference_models.transforms import IMAGENET, Statistics, endpoints

Array = npt.NDArray[np.float64]

STATISTICS_TOLERANCE = 0.006
"""Absolute, for means and deviations: students round to two or three digits; the closest known wrong statistics
differ by 0.0064 in one entry and by 0.02 in others.
"""

NAMED_TOLERANCE = 0.02
SMALLEST = 32
"""A ResNet-18 shrinks pictures 32 times: below this nothing is left of them."""

USUAL = 224
CHANNELS = 3


@dataclass(frozen=True, slots=True)
class Passed:
    """One picture after the pipeline.

    Attributes:
        kind: "tensor", or the name of the type that came out instead.
        dtype: of the values ("float32").
        shape: of the whole output.
        values: (3, h, w) or a middle window of it; empty where it is no array.
        drew: whether random numbers were drawn on the way.
    """

    kind: str
    dtype: str
    shape: tuple[int, ...]
    values: Array
    drew: bool = False


def form(passes: Sequence[Passed], which: str) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Every picture becomes a float tensor (3, h, w), all of one size.

    Args:
        passes: pictures of different sizes, at least one each.
        which: "training" or "evaluation", for the message.
    """
    for one in passes:
        if one.kind == "ndarray" and len(one.shape) == CHANNELS and one.shape[-1] == CHANNELS:
            return wrong(f"Your {which} pipeline gives a NumPy array (height, width, 3).", pictures.NO_TENSOR)
        if one.kind not in ("tensor", "ndarray"):
            return wrong(f"Your {which} pipeline gives a {one.kind}.", pictures.NO_TENSOR, got=one.kind)
        if not one.dtype.startswith(("float", "bfloat")):
            return wrong(f"Your {which} pipeline gives {one.dtype} values.", pictures.INTEGER_TENSOR, got=one.dtype)
        if len(one.shape) != CHANNELS or one.shape[0] != CHANNELS:
            return wrong(
                f"Your {which} pipeline gives shape {one.shape}, expected (3, height, width).",
                pictures.WRONG_AXES,
                got=list(one.shape),
            )
        if not np.isfinite(one.values).all():
            return wrong(f"Your {which} pipeline gives values that are not finite.", pictures.NOT_FINITE)
    sizes = sorted({one.shape[1:] for one in passes})
    if len(sizes) > 1:
        return wrong(
            f"Your {which} pipeline gives pictures of different sizes "
            f"({', '.join(f'{h} x {w}' for h, w in sizes[:3])}).",
            pictures.NO_RESIZE,
            sizes=[list(s) for s in sizes[:4]],
        )
    height, width = sizes[0]
    if min(height, width) < SMALLEST:
        return wrong(
            f"Your {which} pipeline shrinks pictures to {height} x {width}: too small for a ResNet-18.",
            pictures.TOO_SMALL,
            size=[height, width],
        )
    if min(height, width) < USUAL // 2:
        return right(
            f"Your {which} pictures are {height} x {width}; the pretrained network saw 224 x 224: try larger ones."
        )
    return right(size=[height, width])


def ends(black: Sequence[Passed], white: Sequence[Passed]) -> Array:
    """What black and white become, (2, 3): medians over the picture, the extremes over random passes.

    Random changes of brightness leave black as it is and white at its end in about half of the passes; erased patches
    are outvoted by the median.
    """
    low = np.min([np.median(p.values.reshape(CHANNELS, -1), axis=1) for p in black], axis=0)
    high = np.max([np.median(p.values.reshape(CHANNELS, -1), axis=1) for p in white], axis=0)
    return np.stack([low, high])


def statistics(
    found: Array, which: str, wanted: Statistics = IMAGENET, also: Sequence[tuple[Statistics, str]] = ()
) -> Conclusion:
    """The affine map of each channel is the normalisation that was asked for.

    Args:
        found: from `ends`.
        which: "training" or "evaluation".
        wanted: the statistics; a pretrained network's are ImageNet's.
        also: others that count, each with what to remark.
    """
    if not (np.abs(found[1] - found[0]) > 1e-6).all():  # noqa: PLR2004 - black and white became the same
        return wrong(f"Black and white pictures come out of your {which} pipeline alike.", pictures.PICTURES_ALIKE)
    mean, std = affine(found)
    for accepted, remarked in ((wanted, ""), *also):
        if _near(mean, std, endpoints(accepted), STATISTICS_TOLERANCE):
            return right(*([remarked] if remarked else []))
    said = {"mean": [round(float(v), 4) + 0.0 for v in mean], "std": [round(float(v), 4) for v in std]}
    message = (
        f"On pictures of one colour your {which} pipeline computes (pixel - {said['mean']}) / {said['std']} with "
        f"pixels in [0, 1], expected (pixel - {list(wanted.mean)}) / {list(wanted.std)}."
    )
    for mistake in pictures.NORMALISATION:
        tolerance = STATISTICS_TOLERANCE if mistake.id == "half-statistics" else NAMED_TOLERANCE
        if any(_near(mean, std, variant, tolerance) for variant in mistake.variant(wanted)):
            return wrong(message, mistake, **said)
    return wrong(message, pictures.OTHER_STATISTICS, **said)


def affine(found: Array) -> tuple[Array, Array]:
    """Mean and deviation, (3,) each, of a pipeline that brings black and white to these ends (2, 3)."""
    spread = np.where(found[1] == found[0], np.inf, found[1] - found[0])
    std = 1 / spread
    return -found[0] * std + 0.0, std  # no -0.0 in what a student reads


def _near(mean: Array, std: Array, wanted: Array, tolerance: float) -> bool:
    spread = wanted[1] - wanted[0]
    wanted_std, wanted_mean = 1 / spread, -wanted[0] / spread
    relative = np.abs(std - wanted_std) <= tolerance * np.maximum(1, np.abs(wanted_std)) * np.minimum(
        1, 4 * np.abs(wanted_std)
    )
    return bool(relative.all() and (np.abs(mean - wanted_mean) <= tolerance * np.maximum(1, np.abs(wanted_mean))).all())


def varies(passes: Sequence[Passed]) -> bool:
    """Whether passes of one picture differ from each other."""
    first = passes[0]
    return any(p.shape != first.shape or not np.array_equal(p.values, first.values) for p in passes[1:])


def upright(passed: Passed, picture: npt.NDArray[np.uint8]) -> Conclusion:
    """A picture that brightens to the right in red and downwards in green still does.

    Args:
        passed: the evaluation pipeline's whole output for it.
        picture: (height, width, 3): the ramp.
    """
    red, green = passed.values[0], passed.values[1]
    across, down = np.ptp(picture[0, :, 0].astype(int)) > 0, np.ptp(picture[:, 0, 1].astype(int)) > 0
    if not (across and down):
        return right()
    rightwards = float(red[:, -1].mean() - red[:, 0].mean()) > 0
    downwards = float(green[-1].mean() - green[0].mean()) > 0
    if rightwards and downwards:
        return right()
    return wrong("Your evaluation pipeline turns or mirrors pictures.", pictures.TURNED)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which pipelines train and which evaluate, by number."""

    train: tuple[int, ...] = ()
    evaluation: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A loader, data set or variable that leads to a pipeline.

    Attributes:
        kind: "loader", "dataset" or "name".
        chain: the pipeline's number, -1 for none.
        trained: optimizer steps on its batches.
        passes: how often it was iterated.
        hint: "train" or "evaluation" where its flags or names say so.
        split: whether it is a subset of something larger.
    """

    kind: str
    chain: int
    trained: int = 0
    passes: int = 0
    hint: str = ""
    split: bool = False


def source(row: Mapping[str, Any]) -> Source:
    """A row of the inventory's "sources".

    Raises:
        AnswerFault: it has no known form.
    """

    def whole(key: str) -> int:
        return expect.integer(row.get(key), key, low=-1, high=1 << 40)

    return Source(
        expect.text(row.get("kind"), "a kind"), whole("chain"), whole("trained"), whole("passes"),
        expect.text(row.get("hint"), "a hint"), split=whole("split_of") > 0,
    )  # fmt: skip


def roles(sources: Sequence[Source]) -> Roles:
    """Which pipeline plays which part: by what trained the network where anything did, else by flags and names."""
    there = [s for s in sources if s.chain >= 0]
    trained = {s.chain for s in there if s.trained}
    if trained:
        used = [s for s in there if not s.trained and s.kind != "name"]
        tested = {
            s.chain
            for s in used
            if s.hint == "evaluation" or (s.kind == "loader" and s.passes and (s.split or s.chain not in trained))
        }
        return Roles(tuple(sorted(trained)), tuple(sorted(tested)))
    train = {s.chain for s in there if s.hint == "train"}
    tested = {s.chain for s in there if s.hint == "evaluation"}
    rest = {s.chain for s in there} - train - tested
    return Roles(tuple(sorted(train)), tuple(sorted(tested)), tuple(sorted(rest)))
