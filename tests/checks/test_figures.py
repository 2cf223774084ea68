"""Figures: judged by what is in them, however they look."""

from collections.abc import Callable

import numpy as np
import pytest

from grading.authoring import CapturedAxes, CapturedFigure
from grading.checks import figures
from grading.checks.figures import Wanted
from grading.domain.errors import BadReply

LOSSES = np.array([2.3, 1.9, 1.4, 1.1, 0.8, 0.75])
STEPS = np.arange(6.0)
PHOTO = np.random.default_rng(0).random((9, 11, 3))


def figure(*axes: CapturedAxes) -> CapturedFigure:
    """A figure with those axes."""
    return CapturedFigure("cell 4", b"", axes)


def lines(*heights: np.ndarray, **more: object) -> CapturedFigure:
    """One axes with a line for each row of heights."""
    points = tuple(np.stack([np.arange(len(h), dtype=float), h], axis=1) for h in heights)
    return figure(CapturedAxes(lines=points, **more))  # type: ignore[arg-type]


def images(*shown: np.ndarray) -> CapturedFigure:
    """An axes for each picture."""
    return figure(*(CapturedAxes(images=(image,)) for image in shown))


def test_any_figure_that_holds_all_will_do() -> None:
    """Others beside it do no harm, and more than is asked for is fine."""
    full = lines(LOSSES, LOSSES[::-1], xlabel="step", ylabel="loss", title="Training", legend=("train", "test"))
    wanted = Wanted(lines=2, labels=True, legend=True, title=True)

    assert figures.structure([full], wanted).holds
    assert figures.structure([figure(), images(PHOTO), full], wanted).holds
    assert figures.structure([images(PHOTO, PHOTO, PHOTO)], Wanted(images=2, axes=2)).holds


@pytest.mark.parametrize(
    ("drawn", "wanted", "mistake"),
    [
        ([], Wanted(), "no-figure"),
        ([figure()], Wanted(lines=1), "blank-figure"),
        ([images(np.ones((4, 4)))], Wanted(images=1), "blank-figure"),
        ([images(PHOTO)], Wanted(images=2), "too-few-images"),
        ([lines(LOSSES)], Wanted(lines=2), "too-few-lines"),
        ([lines(np.ones(1))], Wanted(lines=1), "blank-figure"),
        ([lines(LOSSES)], Wanted(lines=1, axes=2), "too-few-axes"),
        ([lines(LOSSES, ylabel="loss")], Wanted(lines=1, labels=True), "no-axis-labels"),
        ([lines(LOSSES, LOSSES)], Wanted(lines=2, legend=True), "no-legend"),
        ([lines(LOSSES)], Wanted(lines=1, title=True), "no-title"),
    ],
)
def test_what_is_lacking_is_named(drawn: list[CapturedFigure], wanted: Wanted, mistake: str) -> None:
    """The gravest lack of the nearest figure."""
    if mistake == "blank-figure" and wanted.lines and drawn[0].axes:
        mistake = "too-few-lines"  # a line of one point is drawn, and is no line

    assert figures.structure(drawn, wanted).mistake == mistake


@pytest.mark.parametrize("seed", range(10))
def test_a_curve_is_found_in_any_unit(seed: int) -> None:
    """Percent or share, float32 or not, among other lines."""
    random = np.random.default_rng(seed)
    heights = random.random(20) + 0.1
    drawn = [lines(random.random(20), (100 * heights).astype(np.float32).astype(float))]

    assert figures.curve(drawn, heights).holds
    assert not figures.curve([lines(random.random(20))], heights).holds


CURVES: dict[str, Callable[[], CapturedFigure]] = {
    "axes-exchanged": lambda: figure(CapturedAxes(lines=(np.stack([LOSSES, STEPS], axis=1),))),
    "curve-reversed": lambda: lines(LOSSES[::-1]),
    "curve-accumulated": lambda: lines(np.cumsum(LOSSES)),
    "curve-cut": lambda: lines(LOSSES[:4]),
    "other-curve": lambda: lines(np.sin(LOSSES * 9)),
    "too-few-lines": figure,
}


@pytest.mark.parametrize("mistake", CURVES)
def test_a_curve_drawn_otherwise_is_named(mistake: str) -> None:
    """By the relation of its data to the numbers."""
    assert figures.curve([CURVES[mistake]()], LOSSES).mistake == mistake


def test_numbers_that_are_no_curve_are_not_drawn() -> None:
    """Too few or all equal; and what is no row at all is the student's."""
    assert figures.curve([lines(LOSSES)], [1.0, 2.0]).mistake == "curve-too-short"
    assert figures.curve([lines(LOSSES)], np.ones(9)).mistake == "curve-too-short"
    with pytest.raises(BadReply):
        figures.curve([lines(LOSSES)], None)


@pytest.mark.parametrize(
    "drawn",
    [PHOTO, 3 * PHOTO + 1, (255 * PHOTO).astype(np.uint8), np.concatenate([PHOTO, np.ones((9, 11, 1))], axis=2)],
    ids=["as it is", "brighter", "bytes", "with alpha"],
)
def test_a_picture_is_found_in_any_contrast(drawn: np.ndarray) -> None:
    """Up to brightness, contrast and eight bits."""
    assert figures.picture([images(np.zeros((3, 3)), drawn)], PHOTO).holds


def test_grey_pictures_may_be_drawn_with_three_equal_channels() -> None:
    """As `imshow` of a stacked array does."""
    grey = PHOTO[:, :, 0]

    assert figures.picture([images(np.stack([grey] * 3, axis=2))], grey).holds


PICTURES = {
    "picture-transposed": PHOTO.swapaxes(0, 1),
    "picture-upside-down": PHOTO[::-1],
    "picture-mirrored": PHOTO[:, ::-1],
    "channels-exchanged": PHOTO[:, :, ::-1],
    "single-channel": PHOTO.mean(axis=2),
    "picture-negative": 1 - PHOTO,
    "other-picture": np.random.default_rng(1).random((9, 11, 3)),
    "no-figure": np.ones((9, 11)),
}


@pytest.mark.parametrize("mistake", PICTURES)
def test_a_picture_shown_otherwise_is_named(mistake: str) -> None:
    """By how it was turned."""
    assert figures.picture([images(PICTURES[mistake])], PHOTO).mistake == mistake
