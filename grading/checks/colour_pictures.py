"""Pictures of three channels sent through a program's pipelines, and how these normalise them.

A pipeline's normalisation is seen on black and white (`transforms`); sizes, crops and flips on a ramp whose pixels say
where they were.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from grading.authoring import FoundOnce, Subject
from grading.authoring import expect as admit
from grading.checks import transforms
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.transforms import CHANNELS, Passed, Source
from grading.domain.errors import BadReply

Array = npt.NDArray[np.float64]
Statistics = tuple[Sequence[float], Sequence[float]]
"""Means and deviations of the channels, of pixels in 0 … 1."""

RAMP_STEP = 8
"""From one row or column of the ramp to the next: 32 of them reach 248."""

TOLERANCE = 0.006
"""Of means and deviations, absolute: sheets round to three digits, CIFAR-10's own to four differ by 0.0005."""

OWN_DEVIATION = (0.247, 0.2435, 0.2616)
"""CIFAR-10's over all pixels; the sheets give the mean over pictures of each one's own."""

FLAT = 1e-9


# -- questions --------------------------------------------------------------------------------------------


def source(row: Mapping[str, Any]) -> Source:
    """A row of the inventory's "sources".

    Raises:
        AnswerFault: it has no known form.
    """

    def whole(key: str) -> int:
        return admit.integer(row.get(key), key, low=-1, high=1 << 40)

    return Source(
        admit.text(row.get("kind"), "a kind"), whole("chain"), whole("trained"), whole("passes"),
        admit.text(row.get("hint"), "a hint"), split=whole("split_of") > 0,
    )  # fmt: skip


def passed(
    student: Subject, chain: int, pictures: Sequence[npt.NDArray[np.uint8]], *, repeats: int = 1, **options: Any
) -> list[Passed]:
    """What a pipeline of the program makes of pictures.

    Args:
        student: the program.
        chain: the pipeline's number.
        pictures: uint8 (h, w, 3).
        repeats: how often each is sent.
        options: "mode" of PIL, "window" whose middle is wanted.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    reply = student.drive("vision_transform", chain, list(pictures), repeats=repeats, **options)
    found = []
    for row in admit.sequence(reply, "the pipeline's output"):
        one = admit.mapping(row, "a picture's passage")
        shape = tuple(admit.integer(n, "a length", low=0) for n in admit.sequence(one.get("shape"), "a shape"))
        values = one.get("values")
        array = np.zeros((0,)) if values is None else admit.array(values, "a picture", finite=False)
        whole = not options.get("window")
        fits = array.shape == shape if whole else (array.ndim, *array.shape[:1]) == (len(shape), *shape[:1])
        if values is not None and not (fits and array.size):
            raise BadReply("a picture's shape and values do not fit")
        kind, dtype = admit.text(one.get("kind"), "a type"), admit.text(one.get("dtype"), "a dtype")
        found.append(Passed(kind, dtype, shape, array, one.get("drew") is True))
    if len(found) != len(pictures) * repeats:
        raise BadReply(f"{len(pictures) * repeats} pictures went in, and {len(found)} came out")
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
            return wrong(f"A pipeline gives {one.dtype} {one.kind} of shape {one.shape}.", "no-tensor")
        if not np.isfinite(one.values).all():
            return wrong("A pipeline gives values that are not finite.", "no-tensor")
    return right()


# -- what a pipeline does ---------------------------------------------------------------------------------


class Normalising(Protocol):
    """One pipeline, as far as its normalisation goes."""

    @property
    def form(self) -> Conclusion:
        """Whether tensors come out."""

    @property
    def mean(self) -> Array:
        """Of its normalisation, (3,)."""

    @property
    def deviation(self) -> Array:
        """Of its normalisation, (3,)."""


P = TypeVar("P")


class Pipelines(Generic[P]):
    """The pipelines of colour pictures that a program has, each asked once for each student."""

    def __init__(self, ask: Callable[[Subject, int], P]) -> None:
        """`ask(student, chain)` finds out what one pipeline does."""
        self._ask = ask
        self._asked = FoundOnce[tuple[list[P], list[P]]]("vision_transform")

    def of(self, student: Subject, sources: Sequence[Source], modes: Mapping[int, str]) -> tuple[list[P], list[P]]:
        """Those for training and those for test, whichever cannot be told among both; those found last come last."""

        def asked() -> tuple[list[P], list[P]]:
            roles = transforms.roles([s for s in sources if modes.get(s.chain) != "L"])
            chains = dict.fromkeys((*roles.unknown, *roles.train, *roles.evaluation))
            made = {chain: self._ask(student, chain) for chain in chains}
            train = [made[chain] for chain in (*roles.unknown, *roles.train)]
            return train, [made[chain] for chain in (*roles.unknown, *roles.evaluation)]

        return self._asked.of(student, asked)


def best(conclusions: Sequence[Conclusion]) -> Conclusion:
    """One that holds; else the last, that of the final state; else that there is no pipeline."""
    if not conclusions:
        return wrong("No transform was found that gives colour pictures for this.", "no-pipeline")
    return next((o for o in conclusions if o.holds), conclusions[-1])


def normalisation(low: Array, high: Array) -> tuple[Array, Array]:
    """Mean and deviation, (3,) each, of a pipeline that brings black to `low` and white to `high`."""
    with np.errstate(all="ignore"):
        difference = high - low
    spread = np.where(np.abs(difference) > FLAT, difference, np.inf)
    return -low / spread, 1 / spread


@dataclass(frozen=True, slots=True)
class Wanted:
    """A normalisation that a sheet asks for.

    Attributes:
        mean, deviation: of the sheet.
        known: mistakes by their statistics.
        test: what the sheet calls pictures that nothing is trained on.
    """

    mean: Sequence[float]
    deviation: Sequence[float]
    known: Sequence[tuple[str, Statistics]]
    test: str

    def judge(self, train: Sequence[Normalising], test: Sequence[Normalising]) -> Conclusion:
        """Whether some pipeline for training and some for test normalise so."""
        trained, tested = best([self._one(p, "training") for p in train]), best([self._one(p, self.test) for p in test])
        if trained.holds and tested.mistake == "no-normalisation":
            return wrong(tested.message, "evaluation-not-normalised", **tested.evidence)
        if tested.holds and trained.mistake == "no-normalisation":
            return wrong(trained.message, "training-not-normalised", **trained.evidence)
        if trained.holds and tested.holds:
            return right(*dict.fromkeys((*trained.remarks, *tested.remarks)))
        return trained if not trained.holds else tested

    def _one(self, one: Normalising, which: str) -> Conclusion:
        if not one.form.holds:
            return one.form
        if near(one, (self.mean, self.deviation)):
            return right()
        if near(one, (self.mean, OWN_DEVIATION)):
            return right("Your deviations are CIFAR-10's over all pixels; the sheet gives others. Allowed.")
        # -0.0 + 0 is 0.0: nobody subtracted less than nothing.
        said = [[round(float(v), 3) + 0 for v in values] for values in (one.mean, one.deviation)]
        mistake = next((name for name, values in self.known if near(one, values)), "other-statistics")
        return wrong(f"{which.capitalize()} pictures: mean {said[0]}, deviation {said[1]}.", mistake,
                     mean=said[0], deviation=said[1])  # fmt: skip


def near(one: Normalising, wanted: Statistics) -> bool:
    """Whether a pipeline normalises with these statistics."""
    pairs = zip((one.mean, one.deviation), wanted, strict=True)
    return all(bool(np.allclose(got, ours, rtol=0.0, atol=TOLERANCE)) for got, ours in pairs)


def usual_mistakes(mean: Sequence[float], deviation: Sequence[float]) -> tuple[tuple[str, Statistics], ...]:
    """Statistics that stand in programs instead of these."""
    return (
        ("no-normalisation", ((0, 0, 0), (1, 1, 1))),
        ("half-statistics", ((0.5,) * 3, (0.5,) * 3)),
        ("imagenet-statistics", ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))),
        ("mnist-statistics", ((0.1307,) * 3, (0.3081,) * 3)),
        ("mean-only", (mean, (1, 1, 1))),
        ("statistics-exchanged", (deviation, mean)),
    )
