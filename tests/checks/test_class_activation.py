"""Class-activation maps: found however they are drawn, and every other map by its name."""

from typing import Any

import numpy as np
import pytest
import torch
from matplotlib import colormaps
from torch.nn import functional

from grading.checks import class_activation
from reference_models.class_activation import CAM, GRAD_CAM, cam, grad_cam
from reference_models.mistakes import KnownMistake

LABEL = 2


def case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Maps (k, 7, 7), weights (4, k) and gradients of smooth random fields."""
    random = np.random.default_rng(seed)
    coarse = torch.from_numpy(random.normal(size=(2, 6, 4, 4)))
    maps, gradients = functional.interpolate(coarse, size=(7, 7), mode="bicubic").numpy()
    return np.maximum(maps, 0), random.normal(size=(4, 6)), gradients + random.normal(size=(6, 1, 1))


def enlarged(one: np.ndarray, side: int = 56) -> np.ndarray:
    """As large as the photo."""
    grid = torch.from_numpy(one)[None, None]
    return functional.interpolate(grid, size=(side, side), mode="bilinear")[0, 0].numpy()


def grey(one: np.ndarray) -> np.ndarray:
    """Between 0 and 1."""
    return (one - one.min()) / np.ptp(one)


def heat(one: np.ndarray) -> np.ndarray:
    """With a colour map applied."""
    return colormaps["jet"](grey(one))[:, :, :3]


pytestmark = pytest.mark.slow

PHOTO = np.random.default_rng(7).integers(0, 256, (56, 56, 3)).astype(np.uint8)
WAYS = {
    "as it is": lambda m: m,
    "scaled": lambda m: 3 * m + 5,
    "bytes": lambda m: (255 * grey(m)).astype(np.uint8),
    "enlarged": enlarged,
    "coloured": lambda m: heat(enlarged(m)),
    "laid over the photo": lambda m: 0.4 * heat(enlarged(m)) + 0.6 * PHOTO / 255,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_map_is_found_however_it_is_drawn(way: str) -> None:
    """Among other pictures, for both kinds of map."""
    for seed in range(3):
        maps, weights, gradients = case(seed)
        plain = [PHOTO, WAYS[way](cam(maps, weights, LABEL))]
        weighted = [PHOTO, WAYS[way](grad_cam(maps, gradients))]

        assert class_activation.of_cam(plain, maps, weights, LABEL, photo=PHOTO).holds
        assert class_activation.of_grad_cam(weighted, maps, gradients, photo=PHOTO).holds


@pytest.mark.parametrize("known", CAM, ids=lambda known: known.id)
def test_every_mistake_in_a_cam_is_named(known: KnownMistake[Any]) -> None:
    """At its own size and enlarged."""
    for seed in range(5):
        maps, weights, _ = case(seed)
        shown = known.variant(maps, weights, LABEL)
        for picture in (shown, enlarged(shown)):
            opinion = class_activation.of_cam([picture], maps, weights, LABEL)

            assert (opinion.holds, opinion.mistake) == (False, known.id), seed


@pytest.mark.parametrize("known", GRAD_CAM, ids=lambda known: known.id)
def test_every_mistake_in_a_grad_cam_is_named(known: KnownMistake[Any]) -> None:
    """Wherever it differs from the right map."""
    for seed in range(5):
        maps, _, gradients = case(seed)
        shown = known.variant(maps, gradients)
        if np.ptp(shown) == 0 or class_activation._shows(shown, grad_cam(maps, gradients)) >= 0:
            continue
        opinion = class_activation.of_grad_cam([shown], maps, gradients)

        assert (opinion.holds, opinion.mistake) == (False, known.id), seed


def test_what_is_no_map_is_told() -> None:
    """Nothing, one colour, the photo, or noise."""
    maps, weights, _ = case(0)

    def mistake(*pictures: np.ndarray) -> str:
        return class_activation.of_cam(pictures, maps, weights, LABEL, photo=PHOTO).mistake

    assert mistake() == "no-figure"
    assert mistake(np.ones((9, 9))) == "blank-figure"
    assert mistake(PHOTO.mean(axis=2)) == "photo-only"
    assert mistake(np.random.default_rng(3).normal(size=(30, 30))) == "other-picture"
