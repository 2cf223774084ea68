"""2-ab's learning loops, MNIST and the bonus: what the whole program trained, measured on points that it did not see.

The program runs as it was submitted, on the data classes of the support files; after each cell its networks are kept.
The judge asks these for points and digits of its own, drawn by the same law. What a program prints is not read.

Policy where the statement leaves room:

* Rate, batch size and number of epochs are free, and a small rate learns little in 150 epochs: a network counts as
  trained from `ENOUGH` on, as untrained where it is no better than guessing. In between, and wherever the program keeps
  its networks out of sight, brings its own data or runs out of time, a person decides.
* The best of the networks of one kind counts: experiments with absurd rates cost nothing.
"""

import runpy
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from grading.assignments.rdfia_tp2.circles import part
from grading.authoring import PROPORTIONAL, Draw, Subject, stores
from grading.checks.conclusions import insist
from grading.checks.outcome import Band
from grading.checks.trained import Array, Labels, Loop, Machine, kernels_compared, read_by_person, settings_varied

__all__ = ["part"]


POINTS, DIGITS = 400, 300
ENOUGH = Band(0.7, usual=0.95, seeds=0)
"""At the statement's rate of 0.03 the mean loss leaves networks of 150 epochs between 0.75 and 0.95 on Circles."""

RINGS = ((1.03, 0.22), (0.39, 0.16))
"""Mean and deviation of the radius of each class, of the course's points and of their stand-ins."""

EPOCHS = (
    "every epoch goes through all examples once, in a new order, in batches",
    "train and test loss and accuracy are computed on whole sets and kept",
    "about 94-97 % of the training and 92-96 % of the test examples are right at the end",
)
DIGIT_KEY = ("784 inputs and 10 outputs", "a larger hidden layer, such as 100", "well above 90 % on the test set")
MACHINE_KEY = (
    "a linear machine gets about 53-62 %: the classes are not linearly separable",
    "a Gaussian or second-degree kernel gets about 94-95 %",
    "the kernel's parameters and C were varied, and what they do is told",
)


# -- points and digits of the judge's -----------------------------------------------------------------------


def rings(draw: Draw) -> tuple[Array, Labels]:
    """Points around two circles: (n, 2), and 0 for the outer ring, 1 for the inner one."""
    labels = np.arange(POINTS) % 2
    means, spreads = np.array(RINGS)[labels].T
    radius = np.abs(means + spreads * draw.normal(POINTS))
    angle = 2 * np.pi * draw.uniform(POINTS)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels


def digits(draw: Draw) -> tuple[Array, Labels]:
    """Digits that `MNISTData` does not give: (n, 784) in 0 … 1, and their classes."""
    real = _real(stores().data)
    if real is not None:
        rows = draw.permutation(len(real[0]))[:DIGITS]
        return real[0][rows], real[1][rows]
    labels = np.arange(DIGITS) % 10
    return np.asarray(_support()["drawn_like"](labels, draw.normal(DIGITS, 784))), labels


@lru_cache(maxsize=1)
def _support() -> Mapping[str, Any]:
    """What the support file defines that programs get their data from."""
    return runpy.run_path(str(Path(__file__).parent / "support" / "utils-data.py"))


@lru_cache(maxsize=2)
def _real(data: Path | None) -> tuple[Array, Labels] | None:
    """Test digits behind those that the data class gives."""
    if data is None:
        return None
    given = _support()
    table = given["_from_file"]("mnist.mat", ("Xtest", "Ytest"), (data, data / "rdfia"))
    if table is not None:
        return np.asarray(table["Xtest"], np.float64), np.asarray(table["Ytest"]).argmax(axis=1)
    pictures = given["_idx"](data / "MNIST" / "raw", "t10k-images-idx3-ubyte", 16)
    labels = given["_idx"](data / "MNIST" / "raw", "t10k-labels-idx1-ubyte", 8)
    if pictures is None or labels is None:
        return None
    new = slice(given["MNIST_TEST"], given["MNIST_TEST"] + 4 * DIGITS)
    return pictures.reshape(-1, 784)[new] / 255.0, labels[new].astype(int)


# -- learning loops -----------------------------------------------------------------------------------------

training = part.criterion(
    "ab-training", "Training on Circles", section="1-4. Learning loops", points="0.5", award=PROPORTIONAL
)


def _loop(kind: str, weight: str, question: str, *words: str, follows: Sequence[str]) -> None:
    loop = Loop(words, EPOCHS, "No learning loop of this kind was found.", ENOUGH, classes=2)

    def trained(student: Subject, draw: Draw) -> None:
        X, labels = rings(draw)
        loop.insist_trained(student, [a for a in student.trained__circles(X, 2) if a.kind == kind], labels)

    trained.__doc__ = question
    name = f"training-{kind.replace(' ', '-')}"
    training.holds(id=name, form="free", weight=weight, reference=False, follows=follows)(trained)


_loop("by hand", "2", "The loop by hand trains the network: it tells points of the two circles apart.",
      "permutation", "randperm", "Nbatch", "forward(",
      follows=("ab-initialisation", "ab-forward", "ab-backward", "ab-sgd"))  # fmt: skip
_loop("autograd", "1", "The loop with autograd trains the network.", ".backward()",
      follows=("ab-forward", "ab-loss-accuracy", "ab-autograd"))  # fmt: skip
_loop("module", "1", "The loops with torch.nn and torch.optim train the network.", "nn.",
      follows=("ab-nn", "ab-optim"))  # fmt: skip

mnist = part.criterion("ab-mnist", "MNIST", section="5. MNIST", points="0.5")
MNIST_LOOP = Loop(("MNIST", "mnist"), DIGIT_KEY, "Nothing was trained on MNIST.", ENOUGH, 10, data="MNISTData")


@mnist.holds(id="mnist-network", form="free", reference=False, follows=("ab-nn", "ab-optim"))
def mnist_is_learned(student: Subject, draw: Draw) -> None:
    """The same code learns MNIST: digits that the training did not see are told apart."""
    X, labels = digits(draw)
    MNIST_LOOP.insist_trained(student, student.trained__mnist(X, 10), labels)


# -- support vector machines --------------------------------------------------------------------------------

machine_row = part.criterion(
    "ab-svm", "Bonus: support vector machines", section="6. SVM", points="0.5", award=PROPORTIONAL
)


def _machines(student: Subject, X: Array) -> list[Machine]:
    found: list[Machine] = student.machines(X)
    if not found:
        read_by_person(student, ("SVC", "svm"), MACHINE_KEY, "Your program fits no support vector machine.")
    return found


@machine_row.holds(id="svm-kernels", form="free", weight="2", reference=False)
def kernels_are_compared(student: Subject, draw: Draw) -> None:
    """A linear machine is compared with one of another kernel, which tells the circles apart."""
    X, labels = rings(draw)
    insist(kernels_compared(_machines(student, X), labels, curved=0.8, straight=0.75))


@machine_row.holds(id="svm-settings", form="free", reference=False)
def settings_are_varied(student: Subject, draw: Draw) -> None:
    """C or a parameter of the kernel is varied."""
    insist(settings_varied(_machines(student, rings(draw)[0])))
