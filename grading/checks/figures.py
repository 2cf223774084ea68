r"""Figures by what is in them: axes, images, lines, labels and the data drawn, never pixels of the rendering.

A figure is right if it holds what was asked for, in whatever colours, sizes and order. Data are held against the
student's own numbers (the losses that their training returned, the picture that their network was given): a curve is
the right one if some line's heights equal them up to a factor, as where one axis is in percent, and rounding to
float32, :math:`10^{-5}`. An image shows a picture if the two agree up to brightness and contrast: both centred and of
unit length, their cosine is at least 0.98, which leaves room for eight bits of grey and clipped contrast.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.authoring.executed import CapturedAxes, CapturedFigure, blank
from grading.checks.conclusions import Conclusion, right, wrong

Array = npt.NDArray[np.float64]

TOLERANCE = 1e-5
SAME_PICTURE = 0.98
COLOURS = 3
FEWEST = 3
"""A curve of fewer points fits many others."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure must hold, at least.

    Attributes:
        images: pictures that show something, in all its axes together.
        lines: lines of two points or more, in all its axes together.
        axes: axes that hold anything.
        labels: whether axes with lines need both axis labels.
        legend: whether axes with several lines need a legend with an entry for each.
        title: whether the axes need titles.
    """

    images: int = 0
    lines: int = 0
    axes: int = 1
    labels: bool = False
    legend: bool = False
    title: bool = False


def structure(figures: Sequence[CapturedFigure], wanted: Wanted) -> Conclusion:
    """One of your figures holds what was asked for.

    Args:
        figures: all that were drawn.
        wanted: by one of them.
    """
    if not figures:
        return wrong("No figure was drawn: is plt.show() reached, or the figure closed before?", "no-figure")
    short = [_lacks(figure, wanted) for figure in figures]
    best = min(short, key=len)
    if not best:
        return right(figures=len(figures))
    mistake, said = best[0]
    return wrong(f"None of your {len(figures)} figures has all that is asked for; the nearest {said}.", mistake)


def _lacks(figure: CapturedFigure, wanted: Wanted) -> list[tuple[str, str]]:
    """What a figure lacks, the gravest first: (mistake, in words)."""
    used = [axes for axes in figure.axes if axes.images or axes.lines or axes.collections or axes.scatters]
    pictures = [image for image in figure.images if not blank(image)]
    lines = [line for axes in used for line in _lines(axes)]
    lined = [axes for axes in used if _lines(axes)]
    found: list[tuple[str, str]] = []
    if not used:
        found.append(("blank-figure", "is empty"))
    elif figure.images and not pictures and wanted.images:
        found.append(("blank-figure", "shows pictures of one colour"))
    if len(pictures) < wanted.images:
        found.append(("too-few-images", f"shows {len(pictures)} pictures, {wanted.images} are asked for"))
    if len(lines) < wanted.lines:
        found.append(("too-few-lines", f"has {len(lines)} lines, {wanted.lines} are asked for"))
    if len(used) < wanted.axes:
        found.append(("too-few-axes", f"has {len(used)} axes, {wanted.axes} are asked for"))
    if wanted.labels and not all(axes.xlabel.strip() and axes.ylabel.strip() for axes in lined):
        found.append(("no-axis-labels", "does not say what its axes are: use xlabel and ylabel"))
    several = [axes for axes in lined if len(_lines(axes)) > 1]
    if wanted.legend and any(len(axes.legend) < len(_lines(axes)) for axes in several):
        found.append(("no-legend", "does not say which line is which: give each a label, and call legend()"))
    if wanted.title and not all(axes.title.strip() for axes in used):
        found.append(("no-title", "has axes without a title"))
    return found


def _lines(axes: CapturedAxes) -> list[Array]:
    return [line for line in axes.lines if len(line) > 1]


def curve(figures: Sequence[CapturedFigure], values: object, what: str = "your losses") -> Conclusion:
    """One of your lines is drawn from the numbers that you computed.

    Args:
        figures: all that were drawn.
        values: the student's own numbers, (n,), n at least 3, not all equal.
        what: their name in messages.
    """
    heights = admit.array(values, what, ndim=1)
    if len(heights) < FEWEST or np.ptp(heights) == 0:
        return wrong(f"There are {len(heights)} numbers in {what}, too few or too equal to draw.", "curve-too-short")
    drawn = [line for figure in figures for axes in figure.axes for line in _lines(axes)]
    if not drawn:
        return wrong("No line was drawn.", "too-few-lines")
    if any(_proportional(heights, line[:, 1]) for line in drawn):
        return right()
    slips: dict[str, tuple[Callable[[Array], bool], str]] = {
        "axes-exchanged": (lambda line: _proportional(heights, line[:, 0]), "is drawn with x and y exchanged"),
        "curve-reversed": (lambda line: _proportional(heights[::-1], line[:, 1]), "is drawn from last to first"),
        "curve-accumulated": (lambda line: _proportional(np.cumsum(heights), line[:, 1]), "is a running sum"),
        "curve-cut": (lambda line: _beginning(heights, line[:, 1]), "breaks off early"),
    }
    for mistake, (shows, said) in slips.items():
        if any(shows(line) for line in drawn):
            return wrong(f"A line shows {what}, but {said}.", mistake)
    return wrong(f"None of your {len(drawn)} lines shows {what}.", "other-curve")


def _proportional(wanted: Array, got: Array) -> bool:
    """Whether two rows are equal up to one positive factor."""
    if wanted.shape != got.shape:
        return False
    factor = float(wanted @ got) / max(float(wanted @ wanted), 1e-300)
    size = float(np.abs(got).max(initial=0.0))
    return factor > 0 and bool((np.abs(got - factor * wanted) <= TOLERANCE * size).all())


def _beginning(wanted: Array, got: Array) -> bool:
    n = len(got)
    return FEWEST <= n < len(wanted) and bool(np.ptp(wanted[:n]) > 0) and _proportional(wanted[:n], got)


def picture(figures: Sequence[CapturedFigure], wanted: object, what: str = "the picture") -> Conclusion:
    """One of your images shows a picture, up to brightness and contrast.

    Args:
        figures: all that were drawn.
        wanted: (h, w) or (h, w, 3); what was computed or given, not all equal.
        what: its name in messages.
    """
    plain = admit.array(wanted, what)
    if plain.ndim not in (2, COLOURS) or (plain.ndim == COLOURS and plain.shape[2] != COLOURS):
        return wrong(f"What should be shown has shape {plain.shape}, which is no picture.", "no-picture")
    shown = [image for figure in figures for image in figure.images if not blank(image)]
    if not shown:
        return wrong("No picture is shown.", "no-figure")
    if any(_alike(plain, image) for image in shown):
        return right()
    for mistake, other, said in _turned(plain):
        if any(_alike(other, image) for image in shown):
            return wrong(f"You show {what} {said}.", mistake)
    return wrong(f"None of your {len(shown)} images shows {what}.", "other-picture")


def _turned(plain: Array) -> Iterator[tuple[str, Array, str]]:
    yield "picture-transposed", plain.swapaxes(0, 1), "with rows and columns exchanged"
    yield "picture-upside-down", plain[::-1], "upside down"
    yield "picture-mirrored", plain[:, ::-1], "with left and right exchanged"
    if plain.ndim == COLOURS:
        yield "channels-exchanged", plain[:, :, ::-1], "with red and blue exchanged"
        yield "single-channel", plain.mean(axis=2), "without its colours"
    yield "picture-negative", -plain, "as a negative"


def _alike(wanted: Array, image: npt.NDArray[np.generic]) -> bool:
    got = np.asarray(image, dtype=np.float64)
    if got.ndim == COLOURS:
        got = got[:, :, :COLOURS]
        if wanted.ndim < COLOURS and np.ptp(got, axis=2).max() == 0:
            got = got[:, :, 0]
    if got.shape != wanted.shape:
        return False
    a, b = wanted.reshape(-1) - wanted.mean(), got.reshape(-1) - got.mean()
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return length > 0 and float(a @ b) / length >= SAME_PICTURE
