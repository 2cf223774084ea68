r"""Training outcome, measured by the judge on inputs the student never saw.

The reference is trained with k seeds under the same budget. A student's accuracy must not fall below

.. math:: \bar a - t_{k-1}(\alpha)\, s\sqrt{1 + 1/k} - z_\alpha \sqrt{\bar a (1 - \bar a)/n},

a prediction limit for one more seed (Student's t) and the sampling error of n test examples, each at half of the
false-alarm rate. Nothing that a program prints is read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from grading.authoring import Draw, expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.metrics import ACCURACY
from grading.mistakes.training_loops import BELOW_BAND, CONSTANT_OUTPUT, LABELS_PERMUTED, ONE_CLASS_ONLY, UNTRAINED
from grading.numerics.statistics import limit_of

Array = npt.NDArray[np.float64]

ALARM = 1e-3
"""A band rests on a handful of seeds, whose tails nobody knows: 1e-6 would promise too much."""

FEWEST = 3
ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class Band:
    """What counts as trained.

    Attributes:
        low: the least share of right answers.
        usual: the reference's mean.
        seeds: how many seeds it was calibrated from.
    """

    low: float
    usual: float
    seeds: int


def calibrated(accuracies: Sequence[float], *, examples: int, alarm: float = ALARM) -> Band:
    """The band that reference runs give.

    Args:
        accuracies: of the reference on the judge's inputs, one for each seed, at least three.
        examples: how many inputs a student is measured on.
        alarm: share of right programs that would fall below.
    """
    a = np.asarray(accuracies, np.float64)
    if len(a) < FEWEST:
        raise ValueError("a band needs at least three seeds")
    mean = float(a.mean())
    # No two seeds tell less than one example apart.
    spread = max(float(a.std(ddof=1)), 1 / examples)
    seeds = -float(stdtrit(len(a) - 1, alarm / 2)) * spread * math.sqrt(1 + 1 / len(a))
    sampling = limit_of(alarm) * math.sqrt(max(mean * (1 - mean), 1 / examples) / examples)
    return Band(max(0.0, mean - seeds - sampling), mean, len(a))


def accuracy(outputs: object, labels: Array, classes: int) -> float:
    """Share of rows whose largest entry is at the label.

    Args:
        outputs: the student's, (n, classes): scores of any kind.
        labels: (n,), the judge's.
        classes: how many.
    """
    scores = expect.array(outputs, "what your network puts out", shape=(len(labels), classes))
    return float((scores.argmax(axis=1) == labels).mean())


def trained(outputs: object, labels: Array, classes: int, band: Band) -> Conclusion:
    """Your trained network answers inputs that it never saw as well as a right program's.

    Args:
        outputs: the student's network, (n, classes), for the judge's inputs.
        labels: (n,).
        classes: how many.
        band: from `calibrated`.
    """
    scores = expect.array(outputs, "what your network puts out", shape=(len(labels), classes))
    answers = scores.argmax(axis=1)
    share = float((answers == labels).mean())
    facts = {"accuracy": share, "examples": len(labels)}
    if share >= band.low:
        return right(**facts)
    text = f"Of {len(labels)} new inputs your network has {share:.1%} right"
    if (np.ptp(scores, axis=0) == 0).all():
        return wrong(f"{text}: its outputs do not depend on the input.", CONSTANT_OUTPUT, **facts)
    if len(np.unique(answers)) == 1:
        return wrong(f"{text}: it gives the same class for every input.", ONE_CLASS_ONLY, **facts)
    table = np.zeros((classes, classes))
    np.add.at(table, (labels.astype(int), answers), 1)
    best = float(table.max(axis=1).sum() / len(labels))
    chance = 1 / classes
    doubtful = limit_of(ALARM) * math.sqrt(chance * (1 - chance) / len(labels))
    if best >= band.low and len(set(table.argmax(axis=1).tolist())) == classes:
        return wrong(f"{text}: it tells the classes apart, but calls them by other numbers.", LABELS_PERMUTED, **facts)
    if abs(share - chance) <= doubtful:
        return wrong(f"{text}: hardly better than guessing among {classes} classes.", UNTRAINED, **facts)
    return wrong(f"{text}; a right program with the same budget has at least {band.low:.1%}.", BELOW_BAND, **facts)


def telling(draw: Draw, n: int, classes: int) -> tuple[Array, Array]:
    """Probabilities (n, classes) and labels (n,) for which no two known accuracies are alike.

    Args:
        draw: where they come from.
        n: odd, so that never as many are right as wrong.
        classes: fewer than n.
    """
    for attempt in range(ATTEMPTS):
        stream = draw.stream(f"attempt-{attempt}")
        scores = np.exp(stream.normal(n, classes, scale=1.5))
        outputs = scores / scores.sum(axis=1, keepdims=True)
        hits = stream.uniform(n) < stream.number(0.45, 0.7)
        labels = np.where(hits, outputs.argmax(axis=1), stream.labels(n, classes))
        # An argmax over the examples must not look like an accuracy of 0.
        if (outputs.argmax(axis=0) == np.eye(classes)[labels].argmax(axis=0)).any():
            return outputs, labels.astype(np.float64)
    raise ValueError("no draw tells the known mistakes apart")


def claimed(said: object, outputs: object, labels: Array, classes: int) -> Conclusion:
    """The accuracy that your function returns is the share of right answers, as a rate or in percent.

    Args:
        said: the student's number for these outputs and labels.
        outputs: (n, classes), the judge's scores.
        labels: (n,).
        classes: how many.
    """
    number, share = expect.number(said, "your accuracy"), accuracy(outputs, labels, classes)
    scores = np.asarray(outputs, np.float64)
    slack = 1e-6 * max(1.0, abs(number))
    if abs(number - share) <= slack:
        return right()
    if abs(number - 100 * share) <= 100 * slack:
        return right("Your accuracy is in percent: allowed.")
    hot = np.eye(classes)[labels.astype(int)]
    for known in ACCURACY:
        value = known.variant(scores, hot)
        if abs(number - value) <= slack or abs(number - 100 * value) <= 100 * slack:
            return wrong(f"Your accuracy is {number:.4g}: not the share of right answers.", known, got=number)
    return wrong(
        f"For scores drawn at random your accuracy is {number:.4g}, and the share of right answers is another.",
        got=number,
    )
