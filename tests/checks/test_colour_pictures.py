"""Pipelines of colour pictures, as programs have them: statistics, crops and flips against torchvision's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms as T  # noqa: N812 - torchvision's and ours side by side

from grading.authoring import Subject
from grading.checks.colour_pictures import Wanted
from grading.mistakes import pictures
from reference_models.transforms import CIFAR10, CIFAR10_PIXELS, IMAGENET

END = (T.ToTensor(), T.Normalize(CIFAR10.mean, CIFAR10.std))
PADDED, CUT = Wanted("validation", padding=4), Wanted("test", crop=28)
TRAIN, TEST = T.Compose([T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), *END]), T.Compose(END)
SMALL = T.Compose([T.RandomCrop(28), T.RandomHorizontalFlip(), *END])

Pipeline = Callable[[Image.Image], Any]


class Program(Subject):
    """A program with one pipeline that trains and one that does not, as the drivers tell of it."""

    def __init__(self, train: Pipeline, test: Pipeline = TEST) -> None:
        torch.manual_seed(1)
        self.chains = (train, test)

    def drive(self, driver: str, *args: Any, **options: Any) -> object:
        """What the box would answer."""
        if driver == "image_networks_exercised":
            return []
        if driver == "vision_inventory":
            rows = [
                {
                    "kind": "loader",
                    "chain": i,
                    "trained": 1 - i,
                    "passes": 1,
                    "hint": hint,
                    "split_of": -1,
                    "mode": "RGB",
                }
                for i, hint in enumerate(("train", "evaluation"))
            ]
            return {"networks": [], "sources": rows, "optimizers": []}
        chain, shown = args
        found = []
        for picture in shown:
            for _ in range(options["repeats"]):
                value = self.chains[chain](Image.fromarray(picture))
                tensor = isinstance(value, torch.Tensor)
                array = value.double().numpy() if tensor else np.asarray(value)
                kind, dtype = ("tensor", str(value.dtype).removeprefix("torch.")) if tensor else ("Image", "uint8")
                found.append({"kind": kind, "dtype": dtype, "shape": list(array.shape), "values": array})
        return found


@pytest.mark.parametrize(
    ("wanted", "steps", "mistake"),
    [
        (PADDED, (T.RandomCrop(32, padding=4), T.RandomHorizontalFlip()), ""),
        (PADDED, (T.RandomHorizontalFlip(), T.Pad(4), T.RandomCrop(32)), ""),
        (PADDED, (T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), T.ColorJitter(0.1, 0.1)), ""),
        (PADDED, (), "no-augmentation"),
        (PADDED, (T.RandomHorizontalFlip(),), "no-random-crop"),
        (PADDED, (T.RandomCrop(32, padding=2), T.RandomHorizontalFlip()), "other-padding"),
        (PADDED, (T.RandomCrop(28), T.RandomHorizontalFlip()), "crop-size"),
        (PADDED, (T.RandomCrop(32, padding=4),), "no-flip"),
        (PADDED, (T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(1.0)), "always-flipped"),
        (PADDED, (T.RandomCrop(32, padding=4), T.RandomVerticalFlip()), "vertical-flip"),
        (CUT, (T.RandomCrop(28), T.RandomHorizontalFlip()), ""),
        (CUT, (T.Resize(28), T.RandomHorizontalFlip()), "resized"),
        (CUT, (T.CenterCrop(28), T.RandomHorizontalFlip()), "no-random-crop"),
        (CUT, (T.RandomCrop(32, padding=4), T.RandomHorizontalFlip()), "crop-size"),
        (CUT, (), "no-augmentation"),
    ],
    ids=str,
)
def test_training_pictures_are_judged_by_where_a_ramp_went(
    wanted: Wanted, steps: tuple[Pipeline, ...], mistake: str
) -> None:
    """On ramps of which every pixel says where it was, with padding around them or not."""
    conclusion = wanted.varied(Program(T.Compose([*steps, *END])))

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


@pytest.mark.parametrize(
    ("steps", "mistake"),
    [
        ((T.CenterCrop(28),), ""),
        ((), "evaluation-not-cropped"),
        ((T.Resize(28),), "evaluation-resized"),
        ((T.CenterCrop(24),), "evaluation-crop-size"),
        ((T.Lambda(lambda p: p.crop((0, 0, 28, 28))),), "evaluation-off-centre"),
        ((T.CenterCrop(28), T.RandomHorizontalFlip(1.0)), "evaluation-off-centre"),
        ((T.RandomCrop(28),), "evaluation-augmented"),
    ],
    ids=str,
)
def test_test_pictures_are_cut_to_their_centre(steps: tuple[Pipeline, ...], mistake: str) -> None:
    """Always the same, and in the middle."""
    conclusion = CUT.central(Program(SMALL, T.Compose([*steps, *END])))

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


@pytest.mark.parametrize(
    ("train", "test", "mistake"),
    [
        (END, END, ""),
        (END, (T.ToTensor(),), "evaluation-not-normalised"),
        ((T.ToTensor(),), END, "training-not-normalised"),
        ((T.ToTensor(),), (T.ToTensor(),), "no-normalisation"),
        ((T.ToTensor(), T.Normalize(IMAGENET.mean, IMAGENET.std)), END, "imagenet-statistics"),
        ((T.ToTensor(), T.Normalize(CIFAR10.std, CIFAR10.mean)), END, "statistics-exchanged"),
        ((), END, "no-tensor"),
    ],
    ids=["right", "test bare", "train bare", "both bare", "imagenet", "exchanged", "pictures"],
)
def test_both_pipelines_normalise(train: tuple[Pipeline, ...], test: tuple[Pipeline, ...], mistake: str) -> None:
    """With CIFAR-10's statistics; where one does not normalise at all, that is its name."""
    conclusion = PADDED.normalised(Program(T.Compose([*train]), T.Compose([*test])))

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


def test_other_deviations_of_cifar10_are_remarked_upon() -> None:
    """Those over all pixels count as well."""
    own = T.Compose([T.ToTensor(), T.Normalize(CIFAR10_PIXELS.mean, CIFAR10_PIXELS.std)])

    assert PADDED.normalised(Program(own, own)).remarks
    assert PADDED.steady(Program(TRAIN, SMALL)).mistake == pictures.EVALUATION_AUGMENTED
