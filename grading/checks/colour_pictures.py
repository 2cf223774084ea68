"""Pictures of three channels sent through a program's pipelines: how they are normalised, cropped and flipped.

A pipeline's normalisation is seen on black and white (`transforms`); sizes, crops and flips on a ramp whose pixels say
where they were. Positions are read off the ramp's middle, which padding does not reach, and against its blue, which
changes of brightness move as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import FoundOnce, Subject, expect
from grading.checks import image_networks, transforms
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.transforms import CHANNELS, Passed
from grading.domain.errors import BadReply
from grading.mistakes import pictures
from reference_models.transforms import CIFAR10, CIFAR10_PIXELS

Array = npt.NDArray[np.float64]

SIDE = 32
RAMP_STEP = 8
"""From one row or column of the ramp to the next: 32 of them reach 248."""

PASSES, ENDS = 48, 24
"""Of the ramp; of black and of white, of which a change of brightness leaves white at its end in half of the passes."""

LEVEL = 128 / RAMP_STEP
"""Of the ramp's blue, in rows or columns."""

AROUND = 6
"""Rows and columns on both sides of the middle, none of them padding."""

FAR = 1_000.0
SLOWER = 0.05
"""A picture made smaller by less than this is none."""

PIXELS_REMARK = "Your deviations are CIFAR-10's over all pixels; the sheet gives others. Allowed."


# -- questions --------------------------------------------------------------------------------------------


def passed(
    student: Subject, chain: int, shown: Sequence[npt.NDArray[np.uint8]], *, repeats: int = 1, **options: Any
) -> list[Passed]:
    """What a pipeline of the program makes of pictures.

    Args:
        student: the program.
        chain: the pipeline's number.
        shown: uint8 (h, w, 3).
        repeats: how often each is sent.
        options: "mode" of PIL, "window" whose middle is wanted.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    reply = student.drive("vision_transform", chain, list(shown), repeats=repeats, **options)
    found = []
    for row in expect.sequence(reply, "the pipeline's output"):
        one = expect.mapping(row, "a picture's passage")
        shape = tuple(expect.integer(n, "a length", low=0) for n in expect.sequence(one.get("shape"), "a shape"))
        values = one.get("values")
        array = np.zeros((0,)) if values is None else expect.array(values, "a picture", finite=False)
        whole = not options.get("window")
        fits = array.shape == shape if whole else (array.ndim, *array.shape[:1]) == (len(shape), *shape[:1])
        if values is not None and not (fits and array.size):
            raise BadReply("a picture's shape and values do not fit")
        kind, dtype = expect.text(one.get("kind"), "a type"), expect.text(one.get("dtype"), "a dtype")
        found.append(Passed(kind, dtype, shape, array, one.get("drew") is True))
    if len(found) != len(shown) * repeats:
        raise BadReply(f"{len(shown) * repeats} pictures went in, and {len(found)} came out")
    return found


def ramp(side: int) -> npt.NDArray[np.uint8]:
    """A picture that says of every pixel where it was: columns in red, rows in green; uint8 (side, side, 3)."""
    picture = np.full((side, side, 3), 128, dtype=np.uint8)
    picture[..., 0] = RAMP_STEP * np.arange(side)[None]
    picture[..., 1] = RAMP_STEP * np.arange(side)[:, None]
    return picture


def form(passes: Sequence[Passed]) -> Conclusion:
    """Whether finite float tensors (3, h, w) came out."""
    for one in passes:
        floating = one.dtype.startswith(("float", "bfloat"))
        if one.kind != "tensor" or not floating or one.values.ndim != CHANNELS or one.shape[0] != CHANNELS:
            return wrong(f"A pipeline gives {one.dtype} {one.kind} of shape {one.shape}.", pictures.NO_TENSOR)
        if not np.isfinite(one.values).all():
            return wrong("A pipeline gives values that are not finite.", pictures.NO_TENSOR)
    return right()


# -- what a pipeline does ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """Where a picture that came out lay in the one that went in.

    Attributes:
        top, left: of the window.
        mirrored, turned: left to right, upside down.
        pace: columns of the source for each column.
    """

    top: int
    left: int
    mirrored: bool
    turned: bool
    pace: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What one pipeline does.

    Attributes:
        form: whether tensors come out; where not, nothing else is known.
        ends: what black and white become, (2, 3).
        size: of what comes out.
        windows: of passes of one ramp.
        varies: whether passes differ.
    """

    form: Conclusion
    ends: Array
    size: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ()
    varies: bool = False


def _pipeline(student: Subject, chain: int) -> Pipeline:
    flat = [np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in (0, 255)]
    extremes = passed(student, chain, flat, repeats=ENDS)
    if not (formed := form(extremes)).holds:
        return Pipeline(formed, np.zeros((2, 3)))
    ends = transforms.ends(extremes[:ENDS], extremes[ENDS:])
    ramps = passed(student, chain, [ramp(SIDE)], repeats=PASSES)
    if not (formed := form(ramps)).holds:
        return Pipeline(formed, ends)
    windows = tuple(_window(one.values, *transforms.affine(ends)) for one in ramps)
    return Pipeline(formed, ends, ramps[0].shape[1:], windows, varies=transforms.varies(ramps))


def _window(values: Array, mean: Array, deviation: Array) -> Window:
    with np.errstate(all="ignore"):
        shown = np.nan_to_num((values * deviation[:, None, None] + mean[:, None, None]) * 255 / RAMP_STEP)
    columns, rows, level = np.clip(shown, -FAR, FAR)
    # Medians: a rotation or an erased patch bends the edges.
    left, mirrored, pace = _along(np.median(columns, axis=0), float(np.median(level)))
    top, turned, _ = _along(np.median(rows, axis=1), float(np.median(level)))
    return Window(top, left, mirrored, turned, pace)


def _along(places: Array, level: float) -> tuple[int, bool, float]:
    """Where a line of the ramp began, whether it runs backwards, and its pace, all seen around its middle.

    Args:
        places: what each pixel shows.
        level: what blue shows, which is the same everywhere: brightness and contrast change it with the places.
    """
    middle, around = len(places) // 2, min(AROUND, (len(places) - 1) // 2)
    pace = float(places[middle + around] - places[middle - around]) / max(1, 2 * around)
    backwards = pace < 0
    steps = len(places) - 1 - middle if backwards else middle
    place = (float(places[middle]) - level) / abs(pace) + LEVEL if abs(pace) > SLOWER else float(places[middle])
    return round(np.clip(place, -FAR, FAR)) - steps, backwards, abs(pace)


_asked = FoundOnce[tuple[list[Pipeline], list[Pipeline]]]("vision_transform")


def pipelines(student: Subject) -> tuple[list[Pipeline], list[Pipeline]]:
    """Those for training and those for test, whichever cannot be told among both; those found last come last.

    Each is asked once for each student.
    """

    def ask() -> tuple[list[Pipeline], list[Pipeline]]:
        there = image_networks.seen(student)
        roles = transforms.roles([s for s in there.sources if there.modes.get(s.chain) != "L"])
        chains = dict.fromkeys((*roles.unknown, *roles.train, *roles.evaluation))
        made = {chain: _pipeline(student, chain) for chain in chains}
        train = [made[chain] for chain in (*roles.unknown, *roles.train)]
        return train, [made[chain] for chain in (*roles.unknown, *roles.evaluation)]

    return _asked.of(student, ask)


def best(conclusions: Sequence[Conclusion]) -> Conclusion:
    """One that holds; else the last, that of the final state; else that there is no pipeline."""
    if not conclusions:
        return wrong("No transform was found that gives colour pictures for this.", pictures.NO_PIPELINE)
    return next((o for o in conclusions if o.holds), conclusions[-1])


# -- what a sheet asks for --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What CIFAR-10's pictures must become.

    Attributes:
        test: what the sheet calls pictures that nothing is trained on.
        crop: width and height of what comes out.
        padding: around a picture, before the crop.
    """

    test: str
    crop: int = SIDE
    padding: int = 0

    def normalised(self, student: Subject) -> Conclusion:
        """Whether some pipeline for training and some for test normalise with CIFAR-10's statistics."""
        train, test = pipelines(student)
        trained = best([_statistics(p, "training") for p in train])
        tested = best([_statistics(p, self.test) for p in test])
        if trained.holds and tested.mistake == pictures.NO_NORMALISATION:
            return wrong(tested.message, pictures.EVALUATION_NOT_NORMALISED, **tested.evidence)
        if tested.holds and trained.mistake == pictures.NO_NORMALISATION:
            return wrong(trained.message, pictures.TRAINING_NOT_NORMALISED, **trained.evidence)
        if trained.holds and tested.holds:
            return right(*dict.fromkeys((*trained.remarks, *tested.remarks)))
        return trained if not trained.holds else tested

    def varied(self, student: Subject) -> Conclusion:
        """Whether training pictures are random crops, flipped at random."""
        return best([self._varied(p) for p in pipelines(student)[0]])

    def _varied(self, one: Pipeline) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
        if not one.form.holds:
            return one.form
        said = f"Training pictures come out {' x '.join(map(str, one.size))}"
        if not one.varies and one.size == (SIDE, SIDE):
            return wrong("The same training picture always comes out the same, and whole.", pictures.NO_AUGMENTATION)
        if self._shrunk(one):
            return wrong(f"{said}: the whole picture, made smaller.", pictures.RESIZED)
        if one.size != (self.crop, self.crop):
            return wrong(f"{said}, expected {self.crop} x {self.crop}.", pictures.CROP_SIZE)
        if any(w.turned for w in one.windows):
            return wrong("Some training pictures stand on their heads.", pictures.VERTICAL_FLIP)
        if len({(w.top, w.left) for w in one.windows}) == 1:
            return wrong("All training pictures are cut out at the same place.", pictures.NO_RANDOM_CROP)
        reach = max(abs(n) for w in one.windows for n in (w.top, w.left))
        if self.padding and reach != self.padding:
            said = f"Training pictures are shifted by up to {reach} pixels, expected {self.padding}"
            return wrong(f"{said}.", pictures.OTHER_PADDING)
        if not any(w.mirrored for w in one.windows):
            return wrong("No training picture is flipped.", pictures.NO_FLIP)
        if all(w.mirrored for w in one.windows):
            return wrong("All training pictures are flipped.", pictures.ALWAYS_FLIPPED)
        return right()

    def steady(self, student: Subject) -> Conclusion:
        """Whether a picture that nothing is trained on always comes out the same."""
        return best([self._steady(p) for p in pipelines(student)[1]])

    def _steady(self, one: Pipeline) -> Conclusion:
        if not one.form.holds or not one.varies:
            return one.form
        said = f"The same {self.test} picture comes out differently each time."
        return wrong(said, pictures.EVALUATION_AUGMENTED)

    def central(self, student: Subject) -> Conclusion:
        """Whether pictures that nothing is trained on are cut to their centre."""
        return best([self._central(p) for p in pipelines(student)[1]])

    def _central(self, one: Pipeline) -> Conclusion:
        if not (steady := self._steady(one)).holds:
            return steady
        expected = f"expected {self.crop} x {self.crop}"
        said = f"{self.test.capitalize()} pictures come out {' x '.join(map(str, one.size))}"
        if one.size != (self.crop, self.crop):
            whole = one.size == (SIDE, SIDE)
            mistake = pictures.EVALUATION_NOT_CROPPED if whole else pictures.EVALUATION_CROP_SIZE
            return wrong(f"{said}, {expected}.", mistake)
        if self._shrunk(one):
            return wrong(f"{said}: the whole picture, made smaller.", pictures.EVALUATION_RESIZED)
        window, centre = one.windows[0], (SIDE - self.crop) // 2
        if (window.top, window.left) != (centre, centre) or window.mirrored or window.turned:
            begins = f"The crop begins at row {window.top}, column {window.left}"
            return wrong(f"{begins}; the centre begins at {centre}.", pictures.EVALUATION_OFF_CENTRE)
        return right()

    def _shrunk(self, one: Pipeline) -> bool:
        """Whether it is the whole picture, made as small as the crop should be."""
        whole = (SIDE - 1) / (self.crop - 1)
        return self.crop < SIDE and one.size == (self.crop,) * 2 and all(w.pace > whole - SLOWER for w in one.windows)


def _statistics(one: Pipeline, which: str) -> Conclusion:
    if not one.form.holds:
        return one.form
    return transforms.statistics(one.ends, which, CIFAR10, also=[(CIFAR10_PIXELS, PIXELS_REMARK)])
