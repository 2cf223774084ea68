"""Pipelines by what they do to black, white and a ramp, against torchvision's own transforms."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms as T  # noqa: N812 - torchvision's and ours side by side

from grading.checks import transforms
from grading.checks.transforms import Passed, Source
from grading.mistakes import KnownMistake, pictures
from reference_models import transforms as right
from reference_models.transforms import CIFAR10, Statistics

IMAGENET = T.Normalize(right.IMAGENET.mean, right.IMAGENET.std)
SEEDS = range(15)
Pipeline = Callable[[Image.Image], Any]


def passed(pipeline: Pipeline, pixels: np.ndarray, repeats: int = 1) -> list[Passed]:
    """What comes out, as the box tells it."""
    found = []
    for _ in range(repeats):
        value = pipeline(Image.fromarray(pixels))
        array = value.numpy().astype(np.float64) if isinstance(value, torch.Tensor) else np.zeros(0)
        kind = "tensor" if isinstance(value, torch.Tensor) else type(value).__name__
        dtype = str(value.dtype).removeprefix("torch.") if isinstance(value, torch.Tensor) else ""
        found.append(Passed(kind, dtype, tuple(array.shape) if array.size else (), array))
    return found


def flat(level: int) -> np.ndarray:
    """A picture of one grey."""
    return np.full((64, 64, 3), level, dtype=np.uint8)


def judged(pipeline: Pipeline, repeats: int = 12) -> Any:
    """The conclusion about a pipeline's statistics."""
    return transforms.statistics(
        transforms.ends(passed(pipeline, flat(0), repeats), passed(pipeline, flat(255), repeats)), "training"
    )


RANDOM = T.Compose(
    [
        T.RandomResizedCrop(32), T.RandomHorizontalFlip(), T.ColorJitter(0.3, 0.3, 0.3, 0.05), T.RandomGrayscale(),
        T.ToTensor(), IMAGENET, T.RandomErasing(),
    ]
)  # fmt: skip
RIGHT = {
    "plain": T.Compose([T.ToTensor(), IMAGENET]),
    "rounded": T.Compose([T.ToTensor(), T.Normalize((0.49, 0.46, 0.41), (0.23, 0.22, 0.23))]),
    "rotated": T.Compose([T.RandomRotation(10), T.ToTensor(), IMAGENET]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_imagenets_statistics_pass(name: str) -> None:
    """Exact or rounded to two digits, with corners turned black."""
    assert judged(RIGHT[name]).holds


def test_random_colours_and_erased_patches_raise_no_false_alarm() -> None:
    """The right normalisation passes behind every common augmentation, on every seed."""
    for seed in SEEDS:
        torch.manual_seed(seed)

        assert judged(RANDOM).holds


@pytest.mark.parametrize("mistake", pictures.NORMALISATION, ids=lambda m: m.id)
@pytest.mark.parametrize("wanted", [right.IMAGENET, CIFAR10], ids=["imagenet", "cifar10"])
def test_every_known_mistake_is_named(mistake: KnownMistake[pictures.Ends], wanted: Statistics) -> None:
    """Black and white come out at ends that belong to one mistake only, whatever was asked for."""
    for ends in mistake.variant(wanted):
        conclusion = transforms.statistics(ends, "training", wanted)

        assert (conclusion.holds, conclusion.mistake) == (False, mistake)


def test_statistics_that_count_as_well_are_remarked_upon() -> None:
    """The right ones are not, and what was asked for is no mistake of its own."""
    ends = right.endpoints(right.CIFAR10_PIXELS)

    assert transforms.statistics(ends, "training", CIFAR10, [(right.CIFAR10_PIXELS, "Allowed.")]).remarks == (
        "Allowed.",
    )
    assert transforms.statistics(right.endpoints(CIFAR10), "training", CIFAR10).remarks == ()
    assert transforms.statistics(ends, "training", CIFAR10).mistake == pictures.OTHER_STATISTICS


@pytest.mark.parametrize(
    ("pipeline", "expected"),
    [
        (T.Resize((40, 40)), "no-tensor"),
        (T.Compose([T.Resize((40, 40)), T.PILToTensor()]), "integer-tensor"),
        (T.Compose([T.ToTensor(), IMAGENET]), "no-resize"),
        (T.Compose([T.Resize(40), T.ToTensor()]), "no-resize"),
        (T.Compose([T.Resize((16, 16)), T.ToTensor()]), "too-small"),
        (T.Compose([T.Resize((40, 40)), T.Grayscale(), T.ToTensor()]), "wrong-axes"),
        (T.Compose([T.Resize((40, 40)), T.ToTensor(), T.Lambda(lambda x: x[None])]), "wrong-axes"),
        (T.Compose([T.Resize((40, 40)), T.ToTensor()]), ""),
        (T.Compose([T.RandomResizedCrop(224), T.ToTensor()]), ""),
    ],
    ids=str,
)
def test_the_form_of_pictures_is_judged_on_several_sizes(pipeline: Pipeline, expected: str) -> None:
    """Float tensors (3, h, w) of one size pass; every other form has its name."""
    shapes = ((52, 68), (60, 60), (80, 54))
    random = np.random.default_rng(0)
    passes = [p for h, w in shapes for p in passed(pipeline, random.integers(0, 256, (h, w, 3), dtype=np.uint8))]

    assert expected == transforms.form(passes, "training").mistake_id


def test_what_varies_and_what_does_not() -> None:
    """Equal passes do not vary; one other among them, in values or size, does."""
    picture = np.random.default_rng(1).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    same = passed(T.ToTensor(), picture, 4)

    assert not transforms.varies(same)
    assert transforms.varies([*same, *passed(T.Compose([T.RandomHorizontalFlip(1.0), T.ToTensor()]), picture)])
    assert transforms.varies([*same, *passed(T.Compose([T.Resize(20), T.ToTensor()]), picture)])


@pytest.mark.parametrize(
    ("turned", "expected"),
    [
        (T.RandomHorizontalFlip(1.0), "turned"),
        (T.RandomVerticalFlip(1.0), "turned"),
        (T.RandomRotation((180, 180)), "turned"),
        (T.CenterCrop(32), ""),
    ],
    ids=str,
)
def test_a_turned_picture_is_seen(turned: Any, expected: str) -> None:
    """A ramp that brightens to the right and downwards still does so, or does not."""
    ramp = np.zeros((48, 64, 3), dtype=np.uint8)
    ramp[..., 0] = np.linspace(0, 255, 64)[None]
    ramp[..., 1] = np.linspace(0, 255, 48)[:, None]
    (one,) = passed(T.Compose([turned, T.ToTensor(), IMAGENET]), ramp)

    assert expected == transforms.upright(one, ramp).mistake_id


def test_roles_follow_what_trained_the_network_before_names() -> None:
    """Batches that trained make a pipeline the training one, whatever its data set is called."""
    loaders = [Source("loader", 0, trained=3, passes=1, hint="evaluation"), Source("loader", 1, passes=1)]

    found = transforms.roles(loaders)

    assert (found.train, found.evaluation) == ((0,), (1,))


def test_roles_fall_back_on_names_where_nothing_was_trained() -> None:
    """Flags and names tell, and what they do not tell stays unknown."""
    found = transforms.roles(
        [Source("dataset", 0, hint="train"), Source("dataset", 1, hint="evaluation"), Source("name", 2)]
    )

    assert (found.train, found.evaluation, found.unknown) == ((0,), (1,), (2,))
